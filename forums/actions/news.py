"""Keep events as public news, and queue them for the daily digests of followers.

Run by a job that consumes the ledger, so that no action waits for followers.
"""

from forums import events
from forums.queries.followed import about_topic, names_of, topic_text
from forums.queries.following import About, about
from forums.queries.news import MANY, line
from server.core import city, database, ledger
from server.core.jobs import Task
from server.core.notify import follows


async def hear(task: Task) -> None:
    """Keep one event as news and queue it for its followers' digests. Idempotent."""
    entry = await ledger.get(task.payload["event"])
    thing = (await about([entry.subject])).get(entry.subject)
    if thing is None or not thing.shown or line(entry) is None:
        return
    kind = entry.kind
    if kind == events.TextShown.kind:  # a held submission becomes news once it is public
        if thing.submission_id is None or entry.data["comment"] or entry.data["stood"] or entry.data["after_appeal"]:
            return
        kind = MANY
    known = await city.city()
    async with database.transaction():
        if kind == MANY:
            await ledger.lock(entry.subject)
            spoken = "SELECT 1 AS one FROM forum_news WHERE submission_id = ? AND kind = ?"
            if await database.fetch_one(spoken, thing.submission_id, MANY):
                return
        fresh = await database.fetch(
            "INSERT INTO forum_news (event_id, kind, subject, forum_id, forum_kind, department_id, district, "
            "submission_id, "
            "occurred_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING RETURNING id",
            entry.id, kind, entry.subject, thing.forum_id, thing.forum_kind, thing.department_id, thing.district,
            thing.submission_id, entry.occurred_at,
        )  # fmt: skip
        if fresh:
            names = [] if kind == MANY else names_of(thing, known.departments)
            await follows.tell(entry, [*names, *await _topics(thing)])


async def _topics(thing: About) -> list[str]:
    """The followed topics that match an event's subject. Only topic keys begin with t, whatever the collation."""
    topics = await follows.between("topic", "u")
    text = topic_text(thing) if topics else ""
    return [topic for topic in topics if about_topic(topic.removeprefix("topic/"), text)]
