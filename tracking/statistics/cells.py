"""The tables of totals: adding to them, and reading rows of them. Knows nothing of what is counted.

Rows are written in one order, so that two processes that write at once wait for each other and never in a circle.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from server.core import database
from tracking.statistics.rules import ALL, EVERY_DEPARTMENT, EVERY_FORUM, At, Delta

ROWS = 1_000
"""Rows in one statement: the databases take 32,766 values."""
DIMENSIONS = ("kind", "department", "district", "year", "month")


@dataclass(frozen=True)
class Area:
    """A pair of tables: totals with their measures, and how often each number of days or hours came."""

    totals: str
    days: str
    measures: tuple[str, ...]


ADOPTION = Area(
    "statistics_adoption",
    "statistics_adoption_days",
    (
        *("forums", "participants", "received", "adopted", "partly_adopted", "already_done", "under_study"),
        *("not_adopted", "out_of_scope", "done"),
    ),
)
PETITIONS = Area(
    "statistics_petitions",
    "statistics_petition_hours",
    ("received", "answered", "timed", "on_time", "reopened", "rated", "rating"),
)
PLACE = "forum_id, kind, department_id, district, period"


@dataclass(frozen=True)
class Filters:
    """What narrows the figures; 0 is no forum, None no department, None no district: each "all of them"."""

    forum_id: int = EVERY_FORUM
    kind: str = ""
    department_id: int | None = None
    district: str | None = None
    year: str = ""

    def at(self) -> At:
        """The total that these name."""
        return At(
            self.forum_id,
            self.kind or ALL,
            EVERY_DEPARTMENT if self.department_id is None else self.department_id,
            ALL if self.district is None else self.district,
            f"y{self.year}" if self.year else ALL,
        )


async def change(area: Area, delta: Delta) -> None:
    """Add to the totals, inside a transaction."""
    rows = [
        (*at, *(change[name] for name in area.measures))
        for at, change in sorted(delta.totals.items())
        if any(change.values())
    ]
    sets = ", ".join(f"{name} = {area.totals}.{name} + excluded.{name}" for name in area.measures)
    await _upsert(area.totals, f"{PLACE}, {', '.join(area.measures)}", PLACE, sets, rows)
    days = [(*at, what, value, number) for (at, what, value), number in sorted(delta.days.items()) if number]
    key = f"{PLACE}, what, value"
    await _upsert(area.days, f"{key}, number", key, f"number = {area.days}.number + excluded.number", days)


async def _upsert(table: str, columns: str, key: str, sets: str, rows: Sequence[tuple[object, ...]]) -> None:
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        marks = ", ".join([f"({', '.join('?' * len(part[0]))})"] * len(part))
        await database.execute(
            f"INSERT INTO {table} ({columns}) VALUES {marks} ON CONFLICT ({key}) DO UPDATE SET {sets}",
            *(value for row in part for value in row),
        )


def _condition(area_at: At, dimension: str) -> tuple[str, list[object]]:
    """What finds the totals of a dimension's values at a place."""
    parts: list[tuple[str, Sequence[object]]] = [("forum_id = ?", (area_at.forum_id,))]
    for name, value in zip(("kind", "department_id", "district"), area_at[1:4], strict=True):
        if dimension == name.removesuffix("_id"):
            parts.append((f"{name} <> ?", (EVERY_DEPARTMENT if name == "department_id" else ALL,)))
        else:
            parts.append((f"{name} = ?", (value,)))
    if dimension in {"year", "month"}:
        start = f"{dimension[0]}{area_at.period[1:]}"
        parts.append(("period >= ? AND period < ?", (start, f"{start}~")))
    else:
        parts.append(("period = ?", (area_at.period,)))
    return " AND ".join(part for part, _values in parts), [value for _part, values in parts for value in values]


def _key(row: Any, dimension: str) -> Any:
    if dimension in {"year", "month"}:
        period = str(row["period"])
        return period[1:5] if dimension == "year" else period[1:]
    return row["department_id" if dimension == "department" else dimension] if dimension else ""


def _of_forum(filters: Filters, *, monthly: bool) -> tuple[str, list[object]]:
    """What finds a forum's own rows; its days are kept by year, its totals by month."""
    where, values = "forum_id = ?", list[object]([filters.forum_id])
    for name, value in (("kind", filters.kind or None), ("department_id", filters.department_id)):
        if value is not None:
            where, values = f"{where} AND {name} = ?", [*values, value]
    if filters.district is not None:
        where, values = f"{where} AND district = ?", [*values, filters.district]
    if filters.year:
        start = f"{'m' if monthly else 'y'}{filters.year}"
        where, values = f"{where} AND period >= ? AND period < ?", [*values, start, f"{start}~"]
    return where, values


async def totals(area: Area, filters: Filters, dimension: str = "") -> dict[Any, Counter[str]]:
    """The measures at a place, by the values of a dimension (one key, ``""``, for none). One query."""
    at = filters.at()
    where, values = _of_forum(filters, monthly=True) if filters.forum_id else _condition(at, dimension)
    rows = await database.fetch(f"SELECT {PLACE}, {', '.join(area.measures)} FROM {area.totals} WHERE {where}", *values)
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[_key(row, dimension)].update({name: row[name] for name in area.measures})
    return {key: sums for key, sums in found.items() if any(sums.values())}


async def days(area: Area, filters: Filters, dimension: str = "") -> dict[Any, dict[str, Counter[int]]]:
    """How often each number of days came at a place, by the values of a dimension that is no month. One query."""
    where, values = _of_forum(filters, monthly=False) if filters.forum_id else _condition(filters.at(), dimension)
    rows = await database.fetch(f"SELECT {PLACE}, what, value, number FROM {area.days} WHERE {where}", *values)
    return _histograms((_key(row, dimension), row) for row in rows)


def _histograms(rows: Iterator[tuple[Any, Any]]) -> dict[Any, dict[str, Counter[int]]]:
    found: dict[Any, dict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for key, row in rows:
        if row["number"]:
            found[key][row["what"]][row["value"]] += row["number"]
    return found


async def forums(
    area: Area, filters: Filters, before: int, limit: int
) -> tuple[dict[int, Counter[str]], dict[int, dict[str, Counter[int]]]]:
    """The totals of forums under filters, the newest first, from below an id: their measures and days.

    Two queries, three in a year.
    """
    one = Filters(0, filters.kind, filters.department_id, filters.district, filters.year)
    where, values = _of_forum(one, monthly=True)
    where = where.replace("forum_id = ?", "forum_id > ? AND forum_id < ?", 1)
    if filters.year:  # begun at the year's last forum, and never by the index of periods, which would have to be sorted
        before = min(before, await _end_of(area, filters.year))
        where = where.replace("period >=", "(period || '') >=").replace("period <", "(period || '') <")
    sums = ", ".join(f"SUM({name}) AS {name}" for name in area.measures)
    rows = await database.fetch(
        f"SELECT forum_id, {sums} FROM {area.totals} WHERE {where} GROUP BY forum_id "
        f"ORDER BY forum_id DESC LIMIT {limit}",
        0,
        before,
        *values[1:],
    )
    found = {row["forum_id"]: Counter({name: int(row[name]) for name in area.measures}) for row in rows}
    if not found:
        return {}, {}
    where, values = _of_forum(one, monthly=False)
    where = where.replace("forum_id = ?", f"forum_id IN ({', '.join('?' * len(found))})", 1)
    rows = await database.fetch(
        f"SELECT forum_id, what, value, number FROM {area.days} WHERE {where}", *found, *values[1:]
    )
    return found, _histograms((row["forum_id"], row) for row in rows)


async def _end_of(area: Area, year: str) -> int:
    """An id above those of all forums in which something was counted in a year."""
    one = f"SELECT MAX(forum_id) AS last FROM {area.totals} WHERE period = ?"
    row = await database.fetch_one(
        f"SELECT MAX(last) AS last FROM ({' UNION ALL '.join([one] * 12)}) AS months",
        *(f"m{year}-{month:02}" for month in range(1, 13)),
    )
    return (row["last"] or 0) + 1 if row else 1
