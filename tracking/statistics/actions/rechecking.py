"""Checks totals against the rows they are derived from: by forum, by month, by year and overall.

Both sides are read in one statement, so from one snapshot, and errors are corrected by adding the difference; so this
may run while other processes count.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from forums.queries import figures as forum_figures
from server.core import city, database, ledger
from tracking.statistics import cells
from tracking.statistics.books import BOOKS, SUBMISSIONS, Book
from tracking.statistics.figures import Area
from tracking.statistics.measures import ADOPTION, VISITS
from tracking.statistics.rules import (
    ALL,
    EVERY_DEPARTMENT,
    NO_DEPARTMENT,
    At,
    Delta,
    combinations,
    forum_days,
    forum_totals,
    year_of,
)  # fmt: skip
from tracking.statistics.waiting_measures import WAITING
from tracking.visits.queries import figures as visit_figures

SAMPLES = 20
SOME = 50
"""Forums whose totals are checked at once."""


@dataclass
class Found:
    """The findings of one step of a recount."""

    looked_at: int = 0
    late: int = 0
    samples: list[dict[str, object]] = field(default_factory=list)
    corrected: int = 0

    def wrong(self, what: str, where: str, said: object, now: object) -> None:
        """Record a value that was wrong."""
        self.corrected += 1
        if len(self.samples) < SAMPLES:
            self.samples.append({"what": what, "where": where, "was": said, "is": now})


Totals = dict[At, Counter[str]]
Days = Counter[tuple[At, str, int]]
Consultation = tuple[str, str, Sequence[object]]
"""A statement, its condition, and the values of both."""


_PLACE = "kind, department_id, district, period"


def _sums(book: Book, *, by_forum: bool) -> str:
    """SQL for the sums of a book's rows, by dimension values."""
    forum, group = ("forum_id", "forum_id, ") if by_forum else ("0 AS forum_id", "")
    tallies = book.area.tallies.values()
    names = ", ".join(tally.sql if tally.thing == book.thing else "0" for tally in tallies)
    return (
        f"SELECT 1, {forum}, {_PLACE}, '', 0, {names} FROM {book.table} WHERE counted = ? AND {{where}} "
        f"GROUP BY {group}{_PLACE}"
    )


def _values(book: Book, place: str, group: str) -> list[str]:
    """SQL for their durations in days or hours, grouped by some of the dimensions."""
    blank = ", 0" * (len(book.area.columns) - 1)
    return [
        f"SELECT 1, {place}, '{one.name}', {one.column}, COUNT(*){blank} FROM {book.table} "
        f"WHERE counted = ? AND {one.column} IS NOT NULL AND {{where}} GROUP BY {group}, {one.column}"
        for one in book.area.durations(book.thing)
    ]


def _kept(area: Area) -> tuple[str, str]:
    """SQL for the stored totals."""
    blank = ", 0" * (len(area.columns) - 1)
    totals = (
        f"SELECT 0 AS side, {cells.PLACE}, '' AS what, 0 AS value, {', '.join(area.columns)} "
        f"FROM {area.totals} WHERE {{where}}"
    )
    return totals, f"SELECT 0, {cells.PLACE}, what, value, number{blank} FROM {area.days} WHERE {{where}}"


def _added(area: Area, place: str) -> tuple[str, str]:
    """SQL for the sums of the stored totals, by kind and district."""
    blank = ", 0" * (len(area.columns) - 1)
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in area.columns)
    totals = f"SELECT 1, {place}, '', 0, {sums} FROM {area.totals} WHERE {{where}} GROUP BY kind, district"
    days = (
        f"SELECT 1, {place}, what, value, CAST(SUM(number) AS BIGINT){blank} FROM {area.days} WHERE {{where}} "
        "GROUP BY kind, district, what, value"
    )
    return totals, days


def _books(area: Area) -> list[Book]:
    return [book for book in BOOKS if book.area is area]


async def _both(area: Area, parts: Sequence[Consultation]) -> tuple[Delta, Delta]:
    """Both sides of a comparison from one snapshot: the stored totals, and those that the rows add up to."""
    sql = " UNION ALL ".join(statement.format(where=where) for statement, where, _values in parts)
    rows = await database.fetch(sql, *(value for _sql, _where, values in parts for value in values))
    return await asyncio.to_thread(_sides, area, rows)  # many rows: must not block the event loop


def _sides(area: Area, rows: Sequence[Any]) -> tuple[Delta, Delta]:
    sides = Delta(), Delta()
    for row in rows:
        at = At(row["forum_id"], row["kind"], row["department_id"], row["district"], row["period"])
        side = sides[row["side"]]
        if row["what"]:
            side.days[at, row["what"], row["value"]] += int(row[area.columns[0]])
        else:
            side.totals.setdefault(at, Counter()).update({name: int(row[name]) for name in area.columns})
    return sides


async def _correct(area: Area, said: Delta, right: Delta, found: Found) -> None:
    """Add the differences to the totals, and record them."""
    delta = await asyncio.to_thread(_differences, area, said, right, found)
    if delta.totals or delta.days:
        async with database.transaction():
            await cells.change(area, delta)


def _differences(area: Area, said: Delta, right: Delta, found: Found) -> Delta:
    delta = Delta()
    for at in {*said.totals, *right.totals}:
        difference = Counter(right.totals.get(at, Counter()))
        difference.subtract(said.totals.get(at, Counter()))
        if any(difference.values()):
            delta.totals[at] = difference
            names = [name for name, n in difference.items() if n]
            was, now = ({n: side.totals.get(at, Counter())[n] for n in names} for side in (said, right))
            found.wrong(area.totals, _name(at), was, now)
    for key in {*said.days, *right.days}:
        if difference_ := right.days[key] - said.days[key]:
            delta.days[key] = difference_
            at, what, value = key
            found.wrong(area.days, f"{_name(at)} {what} {value}", said.days[key], right.days[key])
    found.looked_at += len(said.totals) + len(said.days)
    return delta


def _name(at: At) -> str:
    return "/".join(str(value) for value in at)


async def by_forum(after: int, found: Found) -> int | None:
    """Check each forum's own totals against the forum and its submissions, some forums at once."""
    ids = await forum_figures.forum_ids(after, SOME)
    last = ids[-1] if len(ids) == SOME else ledger.END
    where, bounds = "forum_id > ? AND forum_id <= ?", [after, last]
    totals, days = _kept(ADOPTION)
    place = f"forum_id, {_PLACE}"
    parts: list[Consultation] = [(totals, where, bounds), (days, where, bounds)]
    parts += [(_sums(book, by_forum=True), where, [True, *bounds]) for book in _books(ADOPTION)]
    parts += [(statement, where, [True, *bounds]) for statement in _values(SUBMISSIONS, place, place)]
    said, right = await _both(ADOPTION, parts)
    right = await asyncio.to_thread(_of_forums, right)
    await _correct(ADOPTION, said, right, found)
    return last if len(ids) == SOME else None


def _of_forums(counted: Delta) -> Delta:
    return Delta(_in_all(counted.totals, forum_totals), _days_in_all(counted.days, forum_days))


def _in_all(totals: Totals, places: Callable[[At], Iterable[At]]) -> Totals:
    """Sums spread over all cells in which they count."""
    found: Totals = {}
    for at, sums in totals.items():
        for one in places(at):
            found.setdefault(one, Counter()).update(sums)
    return found


def _days_in_all(days: Days, places: Callable[[At], Iterable[At]]) -> Days:
    """Durations spread over all cells in which they count."""
    found: Days = Counter()
    for (at, what, value), number in days.items():
        for one in places(at):
            found[one, what, value] += number
    return found


async def periods(area: Area) -> list[str]:
    """Every month from the first to the last with stored or counted values, in order."""
    ends = " UNION ALL ".join(
        f"SELECT MIN(period) AS first, MAX(period) AS last FROM {table} WHERE period >= 'm' AND period < 'n'"
        for table in (area.totals, *(book.table for book in _books(area)))
    )
    row = await database.fetch_one(f"SELECT MIN(first) AS first, MAX(last) AS last FROM ({ends}) AS ends")
    if row is None or row["first"] is None:
        return []
    first, last = (int(row[name][1:5]) * 12 + int(row[name][6:8]) - 1 for name in ("first", "last"))
    return [f"m{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]


async def months(area: Area, after: int, found: Found) -> int | None:
    """Check one month's totals over all forums, and durations kept by month, against the rows counted in it."""
    every = await periods(area)
    if after < len(every):
        where, values = "period = ?", [every[after]]
        parts: list[Consultation] = [(_kept(area)[0], f"forum_id = 0 AND {where}", values)]
        parts += [(_sums(book, by_forum=False), where, [True, *values]) for book in _books(area)]
        if area.days_by_month:
            parts.append((_kept(area)[1], f"forum_id = 0 AND {where}", values))
            for book in _books(area):
                durations = _values(book, f"0 AS forum_id, {_PLACE}", _PLACE)
                parts += [(statement, where, [True, *values]) for statement in durations]
        said, right = await _both(area, parts)
        right.totals = await asyncio.to_thread(_in_all, right.totals, combinations)
        right.days = await asyncio.to_thread(_days_in_all, right.days, combinations)
        await _correct(area, said, right, found)
    return after + 1 if after + 1 < len(every) else None


async def years(area: Area, after: int, found: Found) -> int | None:
    """Check one year's totals against its months and its durations against the rows; at the end all years together.

    One department at a time, then all together: a city with a million submissions has a million durations.
    """
    years = sorted({year_of(period) for period in await periods(area)})
    known = await visit_figures.office_ids() if area in {VISITS, WAITING} else (await city.read()).departments
    departments = [EVERY_DEPARTMENT, NO_DEPARTMENT, *sorted(known)]
    place, department = divmod(after, len(departments))
    await _year(area, years[place] if place < len(years) else ALL, departments[department], found)
    return after + 1 if after + 1 < (len(years) + 1) * len(departments) else None


async def _year(area: Area, period: str, department: int, found: Found) -> None:
    totals, days = _kept(area)
    place = f"0 AS forum_id, kind, {department} AS department_id, district, '{period}' AS period"
    below, below_days = _added(area, place)
    mine, spans = "forum_id = 0 AND department_id = ?", "period >= ? AND period < ?"
    start = "y" if period == ALL else f"m{period[1:]}"
    span: list[object] = [start, f"{start}~"]
    kept, shorter = (f"{mine} AND period = ?", [department, period]), (f"{mine} AND {spans}", [department, *span])
    parts: list[Consultation] = [(totals, *kept), (days, *kept), (below, *shorter)]
    if period == ALL:
        parts.append((below_days, *shorter))
    else:
        which, own = ("", []) if department == EVERY_DEPARTMENT else (" AND department_id = ?", [department])
        for book in _books(area):
            counted: tuple[str, list[object]] = (f"{spans}{which}", [True, *span, *own])
            parts += [(statement, *counted) for statement in _values(book, place, "kind, district")]
    said, right = await _both(area, parts)
    if period != ALL:
        right.days = await asyncio.to_thread(_days_in_all, right.days, partial(_of_department, department))
    await _correct(area, said, right, found)


def _of_department(department: int, at: At) -> set[At]:
    """The combinations of dimension values for one department, or for all departments together."""
    return {one for one in combinations(at) if one.department_id == department}
