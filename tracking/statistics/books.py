"""What was counted last of each voice, forum and petition, and how that adds to the totals: one book for each.

A row says all that its part of the totals was made of, so that the next count can take exactly that away again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.core import database
from tracking.statistics.cells import ADOPTION, PETITIONS, Area
from tracking.statistics.rules import ANSWER, DONE, HOURS, At, Entry, days_between, month_of

Row = Mapping[str, Any]
ROWS = 1_000


@dataclass(frozen=True)
class Book:
    """One table of what was counted."""

    table: str
    key: str
    number: str
    """The column that names a thing to people."""
    subject: str
    """The first word of its name in the ledger."""
    area: Area
    columns: tuple[str, ...]
    entry: Callable[[Row], Entry]
    sums: Mapping[str, str]
    """Each measure as SQL over rows of the table."""
    days: Mapping[str, str]
    """What is counted in days or hours: its name to its column."""

    def entry_of(self, row: Row | None) -> Entry | None:
        """What a row adds to the totals."""
        return self.entry(row) if row is not None and row["counted"] else None


def _at(row: Row, forum_id: int) -> At:
    return At(forum_id, row["kind"], row["department_id"], row["district"], row["period"])


def _voice(row: Row) -> Entry:
    measures = {
        "received": 1,
        **({row["outcome"]: 1} if row["outcome"] else {}),
        **({"done": 1} if row["done_on"] else {}),
    }
    pairs = ((ANSWER, row["answer_days"]), (DONE, row["done_days"]))
    days = tuple((what, value) for what, value in pairs if value is not None)
    return Entry(_at(row, row["forum_id"]), measures, days)


def _forum(row: Row) -> Entry:
    measures = {"forums": 1, **({"participants": row["participants"]} if row["participants"] else {})}
    return Entry(_at(row, row["forum_id"]), measures)


_CASE = ("answered", "timed", "on_time", "reopened", "rated", "rating")


def _case(row: Row) -> Entry:
    measures = {"received": 1, **{name: row[name] for name in _CASE if row[name]}}
    return Entry(_at(row, 0), measures, ((HOURS, row["hours"]),) if row["hours"] is not None else ())


_PLACE = ("counted", "forum_id", "kind", "department_id", "district", "period")
VOICES = Book(
    "statistics_voice", "submission_id", "number", "submission", ADOPTION,
    ("number", *_PLACE, "received_on", "outcome", "outcome_on", "done_on", "answer_days", "done_days"),
    _voice,
    {
        "received": "COUNT(*)",
        **{
            name: f"SUM(CASE WHEN outcome = '{name}' THEN 1 ELSE 0 END)"
            for name in ADOPTION.measures[3:9]
        },
        "done": "SUM(CASE WHEN done_on IS NULL THEN 0 ELSE 1 END)",
    },
    {ANSWER: "answer_days", DONE: "done_days"},
)  # fmt: skip
FORUMS = Book(
    "statistics_forum", "forum_id", "slug", "forum", ADOPTION,
    ("slug", *(name for name in _PLACE if name != "forum_id"), "held_on", "participants"),
    _forum,
    {"forums": "COUNT(*)", "participants": "SUM(participants)"},
    {},
)  # fmt: skip
CASES = Book(
    "statistics_case", "case_id", "reference", "case", PETITIONS,
    ("reference", *(name for name in _PLACE if name != "forum_id"), *_CASE, "answered_at", "hours"),
    _case,
    {"received": "COUNT(*)", **{name: f"SUM({name})" for name in _CASE}},
    {HOURS: "hours"},
)  # fmt: skip


def voice_row(now: Any) -> dict[str, Any]:
    """A submission's figures as its row."""
    answered = now.outcome_on if now.outcome else None
    return {
        "submission_id": now.id, "number": now.number, "counted": now.counted, "forum_id": now.forum_id,
        "kind": now.kind, "department_id": now.department_id, "district": now.district,
        "period": month_of(now.received_on), "received_on": now.received_on, "outcome": now.outcome,
        "outcome_on": answered, "done_on": now.done_on,
        "answer_days": days_between(now.received_on, answered) if answered else None,
        "done_days": days_between(now.received_on, now.done_on) if now.done_on else None,
    }  # fmt: skip


def forum_row(now: Any) -> dict[str, Any]:
    """A forum's figures as its row."""
    return {
        "forum_id": now.id, "slug": now.slug, "counted": now.counted, "kind": now.kind,
        "department_id": now.department_id, "district": now.district, "period": month_of(now.held_on),
        "held_on": now.held_on, "participants": now.participants,
    }  # fmt: skip


_BLANK: Mapping[str, Any] = {
    "counted": False,
    **dict.fromkeys(("number", "slug", "reference", "kind", "district", "period", "outcome"), ""),
    **dict.fromkeys(("received_on", "outcome_on", "done_on", "held_on", "answered_at"), None),
    **dict.fromkeys(("answer_days", "done_days", "hours"), None),
}
"""What a row says before anything was counted; nought where it is not named."""


async def lock(book: Book, ids: Sequence[int], *, make: bool) -> dict[int, Row]:
    """The rows of some things, locked until the transaction ends; ``make`` begins those that are not there.

    The rows are taken in the order of their ids, so that two processes never wait for each other in a circle.
    """
    if not ids:
        return {}
    if make:
        blank = {name: _BLANK.get(name, 0) for name in book.columns if _BLANK.get(name, 0) is not None}
        columns = dict.fromkeys((book.key, *blank))
        marks = ", ".join([f"({', '.join('?' * len(columns))})"] * len(ids))
        await database.execute(
            f"INSERT INTO {book.table} ({', '.join(columns)}) VALUES {marks} ON CONFLICT ({book.key}) DO NOTHING",
            *(key if name == book.key else blank[name] for key in sorted(ids) for name in columns),
        )
    update = " FOR UPDATE" if database.dialect() == "postgres" else ""
    marks = ", ".join("?" * len(ids))
    rows = await database.fetch(
        f"SELECT {book.key}, {', '.join(book.columns)} FROM {book.table} WHERE {book.key} IN ({marks}) "
        f"ORDER BY {book.key}{update}",
        *ids,
    )
    return {row[book.key]: normal(row) for row in rows}


def normal(row: Any) -> dict[str, Any]:
    """A raw row in one shape on both databases."""
    found = dict(row)
    found["counted"] = bool(found["counted"])
    for name in ("received_on", "outcome_on", "done_on", "held_on"):
        if name in found:
            found[name] = database.day_or_none(found[name])
    if "answered_at" in found:
        found["answered_at"] = database.moment_or_none(found["answered_at"])
    return found


async def write(book: Book, rows: Sequence[Row]) -> None:
    """Keep what was counted now."""
    columns = tuple(dict.fromkeys((book.key, *book.columns)))
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns if name != book.key)
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        marks = ", ".join([f"({', '.join('?' * len(columns))})"] * len(part))
        await database.execute(
            f"INSERT INTO {book.table} ({', '.join(columns)}) VALUES {marks} "
            f"ON CONFLICT ({book.key}) DO UPDATE SET {sets}",
            *(row[name] for row in part for name in columns),
        )
