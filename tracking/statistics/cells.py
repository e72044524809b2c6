"""The tables of totals: adding to them and reading from them. Knows nothing about what is counted.

Rows are always written in the same order to avoid deadlocks.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.core import database
from tracking.statistics.figures import Area
from tracking.statistics.rules import ALL, EVERY_DEPARTMENT, EVERY_FORUM, At, Delta, Spread

COORDINATES = At._fields
PLACE = ", ".join(COORDINATES)


@dataclass(frozen=True)
class Filters:
    """Filters of the figures; forum 0, department None and district None mean "all"."""

    forum_id: int = EVERY_FORUM
    kind: str = ""
    department_id: int | None = None
    district: str | None = None
    year: str = ""

    def at(self) -> At:
        """The cell that the filters select."""
        return At(
            self.forum_id,
            self.kind or ALL,
            EVERY_DEPARTMENT if self.department_id is None else self.department_id,
            ALL if self.district is None else self.district,
            f"y{self.year}" if self.year else ALL,
        )


async def change(area: Area, delta: Delta) -> None:
    """Add to the totals. Must be called inside a transaction."""
    rows = [
        (*at, *(change[name] for name in area.columns))
        for at, change in sorted(delta.totals.items())
        if any(change.values())
    ]
    sets = ", ".join(f"{name} = {area.totals}.{name} + excluded.{name}" for name in area.columns)
    await database.insert(area.totals, (*COORDINATES, *area.columns), rows, conflict=f"({PLACE}) DO UPDATE SET {sets}")
    days = [(*at, what, value, number) for (at, what, value), number in sorted(delta.days.items()) if number]
    key = (*COORDINATES, "what", "value")
    adds = f"({', '.join(key)}) DO UPDATE SET number = {area.days}.number + excluded.number"
    await database.insert(area.days, (*key, "number"), days, conflict=adds)


_KEYS = {
    "": "''",
    "kind": "kind",
    "department": "department_id",
    "district": "district",
    "year": "substr(period, 2, 4)",
    "month": "substr(period, 2)",
}
"""The columns of the tables of totals that hold each dimension."""


def _parted(filters: Filters, dimension: str = "") -> bool:
    """Whether a forum's totals are requested by department or district, so must be added up from its cells."""
    parts = {"department", "district"}
    return filters.department_id is not None or filters.district is not None or dimension in parts


def _condition(filters: Filters, dimension: str, *, monthly: bool) -> tuple[str, list[object]]:
    """The condition for the totals by a dimension. A forum's cells keep durations by year and sums by month."""
    at, one = filters.at(), bool(filters.forum_id)
    places = one and _parted(filters, dimension)
    parts: list[tuple[str, Sequence[object]]] = [("forum_id = ?", (at.forum_id,))]
    for name, value in zip(("kind", "department_id", "district"), at[1:4], strict=True):
        every = EVERY_DEPARTMENT if name == "department_id" else ALL
        if dimension == name.removesuffix("_id") or (places and value == every):
            parts.append((f"{name} <> ?", (every,)))
        elif not (one and name == "kind" and value == every):  # a forum's totals are stored under its kind
            parts.append((f"{name} = ?", (value,)))
    if places or dimension in {"year", "month"}:
        start = f"{('m' if monthly else 'y') if places else dimension[0]}{at.period[1:]}"
        parts.append(("period >= ? AND period < ?", (start, f"{start}~")))
    else:
        parts.append(("period = ?", (at.period,)))
    return " AND ".join(part for part, _values in parts), [value for _part, values in parts for value in values]


async def totals(area: Area, filters: Filters, dimension: str = "") -> dict[Any, Counter[str]]:
    """The sums under filters, by the values of a dimension (a single key ``""`` without one). One query."""
    where, values = _condition(filters, dimension, monthly=True)
    sums = ", ".join(f"SUM({name}) AS {name}" for name in area.columns)
    rows = await database.fetch(
        f"SELECT {_KEYS[dimension]} AS mark, {sums} FROM {area.totals} WHERE {where} GROUP BY 1", *values
    )
    found = {row["mark"]: Counter({name: int(row[name]) for name in area.columns}) for row in rows}
    return {key: sums for key, sums in found.items() if any(sums.values())}


async def days(area: Area, filters: Filters, dimension: str = "") -> dict[Any, dict[str, Spread]]:
    """The spreads of durations under filters, by the values of a dimension other than month. One query."""
    where, values = _condition(filters, dimension, monthly=False)
    return await _spreads(area, _KEYS[dimension], where, values, added=bool(filters.forum_id))


async def _spreads(
    area: Area, key: str, where: str, values: Sequence[object], *, added: bool
) -> dict[Any, dict[str, Spread]]:
    """Spreads computed in the database, from up to ten thousand counts each; ``added``: counts must be summed first."""
    source = f"FROM {area.days} WHERE {where} AND number > 0"
    counts = f"SELECT {key} AS mark, what, value, number {source}"  # in the order of a covering index
    if added:
        counts = f"SELECT {key} AS mark, what, value, SUM(number) AS number {source} GROUP BY 1, 2, 3"
    one, whole = "PARTITION BY mark, what ORDER BY value", "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
    rows = await database.fetch(
        "SELECT mark, what, MIN(CASE WHEN 2 * upto >= n THEN value END) AS low, "
        "MIN(CASE WHEN 2 * upto > n THEN value END) AS high, MIN(CASE WHEN 10 * upto >= 9 * n THEN value END) AS late "
        f"FROM (SELECT mark, what, value, SUM(number) OVER ({one}) AS upto, SUM(number) OVER ({one} {whole}) AS n "
        f"FROM ({counts}) AS counts) AS walked GROUP BY mark, what",
        *values,
    )
    found: dict[Any, dict[str, Spread]] = defaultdict(dict)
    for row in rows:
        found[row["mark"]][row["what"]] = Spread(row["low"], row["high"], row["late"])
    return found


async def forums(
    area: Area, filters: Filters, before: int, limit: int
) -> tuple[dict[int, Counter[str]], dict[int, dict[str, Spread]]]:
    """The sums and spreads of forums under filters, newest first, with ids below a given one.

    Two queries; three for a department or district within a year.
    """
    where, values = _condition(replace(filters, forum_id=1), "", monthly=True)
    where = where.replace("forum_id = ?", "forum_id > ? AND forum_id < ?", 1)
    if filters.year and _parted(filters):
        # Starts at the year's last forum and avoids the index of periods, whose rows would have to be sorted.
        before = min(before, await _end_of(area, filters.year))
        where = where.replace("period >=", "(period || '') >=").replace("period <", "(period || '') <")
    sums = ", ".join(f"SUM({name}) AS {name}" for name in area.columns)
    rows = await database.fetch(
        f"SELECT forum_id, {sums} FROM {area.totals} WHERE {where} GROUP BY forum_id "
        f"ORDER BY forum_id DESC LIMIT {limit}",
        0,
        before,
        *values[1:],
    )
    found = {row["forum_id"]: Counter({name: int(row[name]) for name in area.columns}) for row in rows}
    if not found:
        return {}, {}
    where, values = _condition(replace(filters, forum_id=1), "", monthly=False)
    where = where.replace("forum_id = ?", f"forum_id IN ({', '.join('?' * len(found))})", 1)
    return found, await _spreads(area, "forum_id", where, [*found, *values[1:]], added=True)


async def _end_of(area: Area, year: str) -> int:
    """An id above those of all forums with anything counted in a year."""
    one = f"SELECT MAX(forum_id) AS last FROM {area.totals} WHERE period = ?"
    last = await database.value(
        f"SELECT MAX(last) FROM ({' UNION ALL '.join([one] * 12)}) AS months",
        *(f"m{year}-{month:02}" for month in range(1, 13)),
    )
    return 1 + (last or 0)
