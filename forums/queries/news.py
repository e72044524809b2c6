"""Public news: events of forums, submissions and commitments, indexed by what they can be followed by.

Written by ``forums.actions.news``, read here by the feeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forums import events
from forums.messages import MESSAGES
from forums.messages.event import ForumEvent
from forums.queries.following import About, about
from forums.search import SUBMISSION, newest_forums
from server.core import database, ledger, search
from server.core.errors import Text
from server.core.ledger import Entry

PAGE = 50
"""Entries of a feed."""
WINDOW = 20_000
"""How many events, newest first, a feed of many forums considers."""
HITS = 1_000
"""How many forums, and how many submissions, newest first, a search feed considers."""

HEARD = tuple(sorted(kind for kind, record in MESSAGES.items() if record.news is not None))
"""The kinds of events that are news."""
COMMITMENTS = tuple(kind for kind in HEARD if kind.startswith("commitment."))
MANY = events.SubmissionReceived.kind
"""Comes by the hundred, so only the feed of its own forum and topics report it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One news item."""

    entry: Entry
    about: About
    line: Text


def line(entry: Entry) -> Text | None:
    """What followers read about an event; None if it is not news."""
    return MESSAGES[entry.kind].new(ForumEvent(entry))


async def of_one(thing: About) -> list[Item]:
    """The newest news of something with few events, newest first."""
    found = [(entry, line(entry)) for entry in await ledger.read(thing.subject)]
    items = [Item(entry, thing, text) for entry, text in found if text is not None]
    return items[: -PAGE - 1 : -1]


async def newest(where: Mapping[str, object], q: str = "", *, commitments: bool = False) -> list[Item]:
    """The latest news, newest first, narrowed by forum_id, forum_kind, department_id, district and submission_id.

    ``commitments``: only news of commitments.
    """
    wanted, values = [f"n.{name} = ?" for name in where], list(where.values())
    if q:
        found = {
            "forum_id": await newest_forums(q, limit=HITS),
            "submission_id": await search.ENGINE.newest(SUBMISSION, q, limit=HITS),
        }
        if not any(found.values()):
            return []
        marks = (f"n.{name} IN ({database.marks(ids)})" for name, ids in found.items() if ids)
        wanted.append(f"({' OR '.join(marks)})")
        values += [each for ids in found.values() for each in ids]
    if not (commitments or "forum_id" in where or "submission_id" in where):
        wanted.append(f"n.id > (SELECT COALESCE(MAX(id), 0) - {WINDOW} FROM forum_news)")
        if not q:
            wanted.append("n.kind <> ?")
            values.append(MANY)
    rows = await _rows(wanted, values, COMMITMENTS if commitments else ())
    entries = await ledger.several([row["event_id"] for row in rows])
    things = await about(entry.subject for entry in entries.values())
    items = sorted(entries.values(), key=lambda entry: -entry.id)  # jobs may record events out of order
    return [
        Item(entry, things[entry.subject], text)
        for entry in items
        if entry.subject in things and things[entry.subject].shown and (text := line(entry)) is not None
    ]


async def _rows(wanted: Sequence[str], values: Sequence[object], kinds: Sequence[str]) -> Sequence[Any]:
    """The newest rows. Given kinds are rare among the others, so the newest of each are read from an index."""
    one = "SELECT n.id, n.event_id FROM forum_news n {} ORDER BY n.id DESC " + f"LIMIT {PAGE}"
    if not kinds:
        return await database.fetch(one.format("WHERE " + " AND ".join(wanted) if wanted else ""), *values)
    each = f"SELECT * FROM ({one.format('WHERE ' + ' AND '.join(['n.kind = ?', *wanted]))}) AS one"
    return await database.fetch(
        f"SELECT event_id FROM ({' UNION ALL '.join([each] * len(kinds))}) AS n ORDER BY id DESC LIMIT {PAGE}",
        *(value for kind in kinds for value in (kind, *values)),
    )
