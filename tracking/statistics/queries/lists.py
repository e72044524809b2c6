"""The submissions behind the figures: as pages of a list, and line by line for the export.

The totals tell which months are not empty under the filters, so that lists do not scan empty periods.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forums.labels import OUTCOMES
from forums.queries import figures
from server.core import database
from server.core.errors import Text, _
from server.core.listing import Condition, Order, where
from server.core.rows import read
from tracking.statistics.cells import Filters
from tracking.statistics.figures import Figures
from tracking.statistics.measures import ADOPTION
from tracking.statistics.queries import tables
from tracking.statistics.rules import ADOPTED
from tracking.statistics.verify import COLUMNS, FORUM_COLUMNS

PAGE = 30
BLOCK = 1_000
"""Lines of the export read at once."""


@dataclass(frozen=True)
class Stage:
    """A stage of submissions, which is the list behind a number."""

    label: Text
    where: str
    """SQL condition that selects them among counted submissions."""
    count: Callable[[Figures], int]


def _answered(outcome: str, label: Text) -> Stage:
    return Stage(label, f"v.outcome = '{outcome}'", lambda found: found["outcomes"][outcome])


STAGES: Mapping[str, Stage] = {
    "considered": Stage(_("With an answer"), "v.outcome <> ''", lambda found: found["considered"]),
    "open": Stage(_("Without an answer yet"), "v.outcome = ''", lambda found: found["received"] - found["considered"]),
    "adopted": Stage(
        _("Adopted in full or in part"),
        f"v.outcome IN ('{ADOPTED[0]}', '{ADOPTED[1]}')",
        lambda found: found["adopted"],
    ),
    "done": Stage(_("Carried out"), "v.done_on IS NOT NULL", lambda found: found["done"]),
    **{f"outcome-{outcome}": _answered(outcome, label) for outcome, label in OUTCOMES.items()},
}
_NEVER = (date(9999, 1, 1), 2**62)
_OLDEST = Order({"v.received_on": date, "v.submission_id": int})
_NEWEST = Order(_OLDEST.keys, descending=True)


@dataclass(frozen=True)
class Listed:
    """One submission as the list shows it."""

    submission: str
    """Its number."""
    title: str
    forum: str
    forum_title: str
    """The number again if the title is not public."""
    department_id: int
    received_on: date
    outcome: str
    outcome_on: date | None
    done_on: date | None


_ROW = (
    "SELECT v.submission_id, v.number AS submission, v.forum_id, COALESCE(f.slug, '') AS forum, v.kind, "
    "v.department_id, v.district, v.received_on, v.outcome, v.outcome_on, v.done_on "
    "FROM statistics_submission v LEFT JOIN statistics_forum f ON f.forum_id = v.forum_id"
)


def _counted(filters: Filters, *more: Condition) -> Condition:
    """The counted submissions under the filters and further conditions."""
    chosen = {
        "forum_id": filters.forum_id or None, "kind": filters.kind or None,
        "department_id": filters.department_id, "district": filters.district,
    }  # fmt: skip
    narrowed = (Condition(f"v.{name} = ?", (value,)) for name, value in chosen.items() if value is not None)
    return where(Condition("v.counted = ?", (True,)), *narrowed, *more)


async def _months(filters: Filters, stage: str) -> dict[str, int]:
    """The months that are not empty, with their counts."""
    count = STAGES[stage].count if stage else lambda found: found["received"]
    months = await tables.months(ADOPTION, filters)
    return {f"m{line.key}": n for line in months if (n := count(line.figures))}


async def page(filters: Filters, stage: str, before: str) -> tuple[list[Listed], str, int]:
    """A page of the list, newest first, where the next one begins, and the total count.

    Raises ``Invalid`` for a malformed ``before``.
    """
    start = _NEWEST.read(before) or _NEVER
    months = await _months(filters, stage)
    left = sorted((month for month in months if month <= f"m{start[0].isoformat()[:7]}"), reverse=True)
    rows: list[Any] = []
    selected = Condition(STAGES[stage].where if stage else "")
    while left and len(rows) <= PAGE:
        taken, wanted = [left.pop(0)], PAGE + 1 - len(rows)
        while left and sum(months[month] for month in taken[1:]) < wanted:
            taken.append(left.pop(0))
        end = min(start, (_after(taken[0]), 0))  # an upper bound, or the index would be scanned from its end
        found = _counted(
            filters,
            selected,
            Condition(f"v.period IN ({database.marks(taken)})", tuple(taken)),
            Condition("v.received_on >= ?", (date.fromisoformat(f"{taken[-1][1:]}-01"),)),
            _NEWEST.beyond(end),
        )
        sql = f"{_ROW}{found.sql} ORDER BY {_NEWEST.sql()} LIMIT {wanted}"
        rows += await database.fetch(sql, *found.values)
    shown = _NEWEST.page(rows, PAGE)
    titles = await figures.submission_titles([row["submission_id"] for row in shown.rows])
    forums = await figures.forum_titles(sorted({row["forum_id"] for row in shown.rows}))
    listed = [
        read(
            Listed,
            {
                **row,
                "title": titles.get(row["submission_id"], row["submission"]),
                "forum_title": forums.get(row["forum_id"], row["forum"]),
            },
        )
        for row in shown.rows
    ]
    return listed, shown.after, sum(months.values())


def _after(month: str) -> date:
    """The first day after a month."""
    year, number = int(month[1:5]), int(month[6:8])
    return date(year + number // 12, number % 12 + 1, 1)


async def export(filters: Filters, known: Mapping[int, str]) -> AsyncIterator[list[tuple[str, ...]]]:
    """Every counted submission under filters, oldest first, in blocks. ``known``: department codes by id.

    Each block is a short read of its own, so that a million lines do not block other work.
    """
    for month in sorted(await _months(filters, "")):
        place: tuple[Any, ...] = (date.fromisoformat(f"{month[1:]}-01"), 0)
        while place:
            found = _counted(filters, Condition("v.received_on < ?", (_after(month),)), _OLDEST.beyond(place))
            rows = await database.fetch(f"{_ROW}{found.sql} ORDER BY {_OLDEST.sql()} LIMIT {BLOCK}", *found.values)
            if rows:
                yield [_line(row, COLUMNS, known) for row in rows]
            place = _OLDEST.at(rows[-1]) if len(rows) == BLOCK else ()


def _line(row: Mapping[str, Any], columns: Sequence[str], known: Mapping[int, str]) -> tuple[str, ...]:
    said = {**row, "department": known.get(row["department_id"], "")}
    return tuple(["" if said[name] is None else str(said[name]) for name in columns])


async def export_forums(known: Mapping[int, str]) -> AsyncIterator[list[tuple[str, ...]]]:
    """Every forum that was held, oldest first."""
    after = 0
    while True:
        rows = await database.fetch(
            "SELECT forum_id, slug AS forum, kind, department_id, district, held_on, participants "
            f"FROM statistics_forum WHERE forum_id > ? AND counted = ? ORDER BY forum_id LIMIT {BLOCK}",
            after, True,
        )  # fmt: skip
        if rows:
            yield [_line(row, FORUM_COLUMNS, known) for row in rows]
        if len(rows) < BLOCK:
            return
        after = rows[-1]["forum_id"]
