"""What is new in public: facts about forums, voices and promises, kept by everything they can be followed by.

Written by a job that hears the ledger, so that no action waits for followers; feeds read it, and the same job lays
each piece of news into the daily digest of those who follow it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums import events
from forums.labels import OUTCOMES
from forums.queries.following import About, about
from forums.search import forum_index, voice_index
from server.core import city, clock, database, ledger
from server.core.errors import Text, _
from server.core.jobs import Task
from server.core.ledger import Entry
from tracking.following.subjects import about_topic, names_of, topic_text

PAGE = 50
"""Entries of a feed."""
WINDOW = 20_000
"""How many pieces of news, newest first, a feed of many forums looks at."""
HITS = 1_000
"""How many forums, and how many voices, newest first, a feed about words looks at."""

LINES: Mapping[str, Text] = {
    events.ForumProposed.kind: _("A citizen proposes it."),
    events.ForumTakenUp.kind: _("The city takes it up and plans it."),
    events.ForumDeclined.kind: _("The city does not take it up."),
    events.ForumPublished.kind: _("It was announced."),
    events.ForumOpened.kind: _("Enough people stand behind it: it is open for discussion."),
    events.ForumStarted.kind: _("It has begun."),
    events.ForumClosed.kind: _("It is over."),
    events.MinutesPublished.kind: _("The minutes are there."),
    events.ForumCancelled.kind: _("It was cancelled."),
    events.SubmissionReceived.kind: _("Somebody speaks."),
    events.TextShown.kind: _("Somebody speaks."),
    events.SubmissionAnswered.kind: _("It was answered: %(outcome)s."),
    events.SubmissionDone.kind: _("What was adopted of it is carried out."),
    events.CommitmentMade.kind: _("The city promises it."),
    events.CommitmentEdited.kind: _("It is promised for another day: %(day)s."),
    events.StepDone.kind: _("A step of it is done."),
    events.CommitmentDone.kind: _("The promise is kept."),
    events.CommitmentContested.kind: _("Its author says that the promise is not kept."),
    events.CommitmentOverdue.kind: _("The promised day has passed."),
    events.CommitmentDropped.kind: _("The promise was given up."),
}
"""The kinds of facts that are news, and what each says."""
HEARD = tuple(sorted(LINES))
PROMISES = tuple(kind for kind in HEARD if kind.startswith("commitment."))
MANY = events.SubmissionReceived.kind
"""What comes by the hundred: news of its forum's feed and of topics only."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news."""

    entry: Entry
    about: About
    line: Text


def is_news(entry: Entry) -> bool:
    """Whether a fact is one; of what is changed of a promise only another day."""
    return entry.kind in LINES and (entry.kind != events.CommitmentEdited.kind or "due_on" in entry.data["fields"])


def line(entry: Entry) -> Text:
    """What a fact says, in words."""
    if entry.kind == events.SubmissionAnswered.kind:
        return _("It was answered: %(outcome)s.", outcome=OUTCOMES[entry.data["outcome"]])
    if entry.kind == events.CommitmentEdited.kind:
        return _("It is promised for another day: %(day)s.", day=entry.data["due_on"])
    if entry.kind == events.SubmissionDone.kind and not entry.data["done_on"]:
        return _("What was adopted of it is not carried out after all.")
    return LINES[entry.kind]


async def hear(task: Task) -> None:
    """Keep one fact as news, and lay it into the digests of its followers. Once, however often it is tried."""
    entry = await ledger.get(task.payload["event"])
    thing = (await about([entry.subject])).get(entry.subject)
    if thing is None or not thing.shown or not is_news(entry):
        return
    kind = entry.kind
    if kind == events.TextShown.kind:  # a voice that waited for a moderator is news when it can be read
        if thing.voice_id is None or entry.data["comment"] or entry.data["stood"] or entry.data["after_appeal"]:
            return
        kind = MANY
    known = await city.city()
    async with database.transaction():
        if kind == MANY:
            await ledger.lock(entry.subject)
            spoken = "SELECT 1 AS one FROM forum_news WHERE voice_id = ? AND kind = ?"
            if await database.fetch_one(spoken, thing.voice_id, MANY):
                return
        fresh = await database.fetch(
            "INSERT INTO forum_news (event_id, kind, subject, forum_id, forum_kind, department_id, district, voice_id, "
            "occurred_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING RETURNING id",
            entry.id, kind, entry.subject, thing.forum_id, thing.forum_kind, thing.department_id, thing.district,
            thing.voice_id, entry.occurred_at,
        )  # fmt: skip
        if fresh:
            names = [] if kind == MANY else names_of(thing, known.departments)
            await _tell(entry, [*names, *await _topics(thing)])


async def _topics(thing: About) -> list[str]:
    """The followed topics that it is about: of what is followed only these begin with t, in any order of letters."""
    rows = await database.fetch("SELECT DISTINCT what FROM follow WHERE what >= 'topic' AND what < 'u'")
    text = topic_text(thing) if rows else ""
    return [row["what"] for row in rows if about_topic(row["what"].removeprefix("topic/"), text)]


async def _tell(entry: Entry, names: Sequence[str]) -> None:
    if names:
        await database.execute(
            "INSERT INTO digest_item (event_id, email, subject, language, created_at) "
            f"SELECT ?, email, ?, MIN(language), ? FROM follow WHERE what IN ({database.marks(names)}) GROUP BY email "
            "ON CONFLICT (event_id, email) DO NOTHING",
            entry.id, entry.subject, clock.now(), *names,
        )  # fmt: skip


async def of_one(thing: About) -> list[Item]:
    """The newest pieces of news of a thing that little happens to, newest first."""
    entries = [entry for entry in await ledger.read(thing.subject) if is_news(entry)]
    return [Item(entry, thing, line(entry)) for entry in entries[: -PAGE - 1 : -1]]


async def newest(where: Mapping[str, object], q: str = "", *, promises: bool = False) -> list[Item]:
    """The newest pieces of news, newest first, narrowed by forum_id, forum_kind, department_id, district, voice_id.

    ``promises``: only of what the city has promised.
    """
    wanted, values = [f"n.{name} = ?" for name in where], list(where.values())
    if q:
        found = {
            "forum_id": await forum_index.search(database.connection(), q, limit=HITS),
            "voice_id": await voice_index.search(database.connection(), q, limit=HITS),
        }
        if not any(found.values()):
            return []
        marks = (f"n.{name} IN ({database.marks(ids)})" for name, ids in found.items() if ids)
        wanted.append(f"({' OR '.join(marks)})")
        values += [each for ids in found.values() for each in ids]
    if not (promises or "forum_id" in where or "voice_id" in where):
        wanted.append(f"n.id > (SELECT COALESCE(MAX(id), 0) - {WINDOW} FROM forum_news)")
        if not q:
            wanted.append("n.kind <> ?")
            values.append(MANY)
    rows = await _rows(wanted, values, PROMISES if promises else ())
    entries = await ledger.several([row["event_id"] for row in rows])
    things = await about(entry.subject for entry in entries.values())
    items = sorted(entries.values(), key=lambda entry: -entry.id)  # jobs may hear of them in another order
    return [
        Item(entry, things[entry.subject], line(entry))
        for entry in items
        if entry.subject in things and things[entry.subject].shown
    ]


async def _rows(wanted: Sequence[str], values: Sequence[object], kinds: Sequence[str]) -> Sequence[Any]:
    """The newest rows; of some kinds only, the newest of each from an index, for they are few among all the others."""
    one = "SELECT n.id, n.event_id FROM forum_news n {} ORDER BY n.id DESC " + f"LIMIT {PAGE}"
    if not kinds:
        return await database.fetch(one.format("WHERE " + " AND ".join(wanted) if wanted else ""), *values)
    each = f"SELECT * FROM ({one.format('WHERE ' + ' AND '.join(['n.kind = ?', *wanted]))}) AS one"
    return await database.fetch(
        f"SELECT event_id FROM ({' UNION ALL '.join([each] * len(kinds))}) AS n ORDER BY id DESC LIMIT {PAGE}",
        *(value for kind in kinds for value in (kind, *values)),
    )


def changed_at(items: Sequence[Item]) -> datetime:
    """When the newest piece happened; the beginning of time for none."""
    return max((item.entry.occurred_at for item in items), default=datetime.fromtimestamp(0, tz=clock.now().tzinfo))
