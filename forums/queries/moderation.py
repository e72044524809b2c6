"""The moderation of texts that were reported, held, hidden or appealed, as the public and their authors see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from forums.guidelines import GUIDELINES
from forums.labels import RULES
from forums.queries.history import words
from server.core import accounts, database, ledger
from server.core.errors import Text
from server.core.listing import Order, Page
from server.core.rows import read

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Hidden:
    """The placeholder of a hidden text."""

    rule: str
    """A key of ``forums.labels.RULES``."""
    reason: Text | str
    """The moderator's own words, or the rule's standard ones (``|text`` translates them)."""
    appealed: bool
    """Whether the author has appealed, which is possible once."""
    upheld: bool = False
    """Whether another moderator has kept it hidden after the appeal."""

    @property
    def name(self) -> Text:
        """The rule in words."""
        return RULES[self.rule]


async def reasons(subjects: Sequence[str]) -> dict[str, Hidden]:
    """The placeholders of those subjects that are hidden. One query, none without subjects."""
    if not subjects:
        return {}
    rows = await database.fetch(
        "SELECT subject, rule, reason, open, appealed_at FROM review WHERE subject IN (?) AND rule <> ''", subjects
    )
    return {row["subject"]: hidden(row) for row in rows}


def hidden(row: Mapping[str, Any]) -> Hidden:
    """The placeholder from a row of ``review``."""
    appealed = row["appealed_at"] is not None
    reason = row["reason"] or GUIDELINES[row["rule"]].reason
    return Hidden(row["rule"], reason, appealed, appealed and not row["open"])


@dataclass(frozen=True, slots=True)
class Appeal:
    """The state of an author's appeal."""

    hidden: Hidden
    words: str
    """What the author wrote."""


async def appeal(subject: str) -> Appeal | None:
    """The hiding of a text as its author sees it; None if it is not hidden."""
    row = await database.fetch_one(
        "SELECT rule, reason, open, appeal, appealed_at FROM review WHERE subject = ? AND rule <> ''", subject
    )
    return Appeal(hidden(row), row["appeal"]) if row else None


@dataclass(frozen=True, slots=True)
class Count:
    """How many texts were reported, hidden, appealed, and restored after they had been hidden."""

    reported: int
    hidden: int
    appealed: int
    shown: int


async def figures(today: date) -> tuple[Count, Count]:
    """The public figures of the last year and of all time, from the daily totals. One query."""
    names = ("reported", "hidden", "appealed", "shown")
    sums = ", ".join(
        f"COALESCE(SUM(CASE WHEN day > ? THEN {name} ELSE 0 END), 0) AS year_{name}, COALESCE(SUM({name}), 0) AS {name}"
        for name in names
    )
    row = await database.fetch_one(f"SELECT {sums} FROM moderation_day", *[today - YEAR] * len(names))
    assert row is not None  # noqa: S101 — a sum always has a row
    return read(Count, row, "year_"), read(Count, row)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event about a text, for its history."""

    id: int
    subject: str
    kind: str
    rule: str
    """The rule that the event names, if any."""
    why: str
    """Why it was held."""
    at: datetime
    who: str
    """The official's name; empty for readers, authors and the system."""
    words: str
    """The text that the event refers to: a reason, or what the author wrote."""


_ENTRY = (
    "SELECT t.event_id AS id, t.subject, e.kind, e.data, e.occurred_at AS at, e.actor FROM text_event t "
    f"{ledger.with_event('t.event_id')}WHERE "
)
PAGE = 50
NEWEST = Order({"t.id": int}, descending=True)


async def history(subject: str) -> list[Entry]:
    """The history of one text, oldest first; the newest thousand events. Three queries."""
    rows = await database.fetch(_ENTRY + "t.subject = ? ORDER BY t.event_id DESC LIMIT 1000", subject)
    return await _entries(rows[::-1])


async def of_forum(forum_id: int, start: tuple[int, ...]) -> Page[Entry]:
    """A page of the moderation events of one forum, newest first. Three queries."""
    before = start[0] if start else ledger.END
    rows = await database.fetch(
        f"{_ENTRY}t.forum_id = ? AND t.event_id < ? ORDER BY t.event_id DESC LIMIT {PAGE + 1}", forum_id, before
    )
    page = NEWEST.page(rows, PAGE)
    return page.of(await _entries(page.rows))


async def _entries(rows: Sequence[Any]) -> list[Entry]:
    read_data = [(row, orjson.loads(row["data"])) for row in rows]
    said = await words(data["text"] for _row, data in read_data if data.get("text"))
    names = await accounts.actor_names(row["actor"] for row in rows)
    return [
        read(
            Entry,
            {
                **row,
                "rule": data.get("rule", ""),
                "why": data.get("why", ""),
                "who": names.get(row["actor"], ""),
                "words": said.get(data.get("text"), ""),
            },
        )
        for row, data in read_data
    ]
