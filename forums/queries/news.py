"""What is new in public: events of forums, submissions and commitments, kept by everything they can be followed by.

``forums.actions.news`` keeps them; feeds read them here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forums import events
from forums.messages import MESSAGES
from forums.messages.event import ForumEvent
from forums.queries.following import About, about
from forums.search import forum_index, submission_index
from server.core import database, ledger
from server.core.errors import Text
from server.core.ledger import Entry

PAGE = 50
"""Entries of a feed."""
WINDOW = 20_000
"""How many pieces of news, newest first, a feed of many forums looks at."""
HITS = 1_000
"""How many forums, and how many submissions, newest first, a feed about words looks at."""

HEARD = tuple(sorted(kind for kind, record in MESSAGES.items() if record.news is not None))
"""The kinds of events that are news."""
COMMITMENTS = tuple(kind for kind in HEARD if kind.startswith("commitment."))
MANY = events.SubmissionReceived.kind
"""What comes by the hundred: news of its forum's feed and of topics only."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news."""

    entry: Entry
    about: About
    line: Text


def line(entry: Entry) -> Text | None:
    """What an event says to followers; None where it is nothing new."""
    return MESSAGES[entry.kind].new(ForumEvent(entry))


async def of_one(thing: About) -> list[Item]:
    """The newest pieces of news of a thing that little happens to, newest first."""
    found = [(entry, line(entry)) for entry in await ledger.read(thing.subject)]
    items = [Item(entry, thing, text) for entry, text in found if text is not None]
    return items[: -PAGE - 1 : -1]


async def newest(where: Mapping[str, object], q: str = "", *, commitments: bool = False) -> list[Item]:
    """The newest pieces of news, newest first, narrowed by forum_id, forum_kind, department_id, district,
    submission_id.

    ``commitments``: only of what the city has promised.
    """
    wanted, values = [f"n.{name} = ?" for name in where], list(where.values())
    if q:
        found = {
            "forum_id": await forum_index.search(database.connection(), q, limit=HITS),
            "submission_id": await submission_index.search(database.connection(), q, limit=HITS),
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
    items = sorted(entries.values(), key=lambda entry: -entry.id)  # jobs may hear of them in another order
    return [
        Item(entry, things[entry.subject], text)
        for entry in items
        if entry.subject in things and things[entry.subject].shown and (text := line(entry)) is not None
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
