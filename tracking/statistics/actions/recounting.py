"""The nightly recount: everything counted anew, in pages, put right where it was wrong, and said loudly.

First each voice, forum and petition against what was counted of it; then each total against what it is made of. A page
is one transaction, or one statement that sees both sides at one moment, and what is wrong is put right by adding the
difference: so it may run while others count. A thing that is only late (a fact of the last minutes, an import) is
counted without noise.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from prometheus_client import Counter as Metric

from forums.queries import figures as forum_figures
from petitions.queries import figures as petition_figures
from server.core import clock, config, database, jobs, ledger
from server.core.jobs import Task
from tracking.statistics import books, cells
from tracking.statistics.actions import counting
from tracking.statistics.books import CASES, FORUMS, VOICES, Book
from tracking.statistics.cells import ADOPTION, PETITIONS, Area
from tracking.statistics.events import StatisticsCorrected
from tracking.statistics.rules import ALL, At, Delta, combinations, year_of

log = logging.getLogger("sinmungo.statistics")
wrong = Metric("sinmungo_statistics_corrected", "Totals and counted things that a recount had to correct")

RECOUNT, NIGHTLY = "statistics.recount", "statistics.nightly"
SUBJECT = "statistics"
PAGE = 500
SAMPLES = 20
AT_HOUR = 3
"""Of the city's day."""
OFTEN = timedelta(hours=20)
SETTLED = timedelta(minutes=10)
"""A fact this old has been counted, or was missed."""


@dataclass
class Found:
    """What a stretch of a recount came upon."""

    looked_at: int = 0
    late: int = 0
    samples: list[dict[str, object]] = field(default_factory=list)
    corrected: int = 0

    def wrong(self, what: str, where: str, said: object, now: object) -> None:
        """Note something that was not as it should be."""
        self.corrected += 1
        if len(self.samples) < SAMPLES:
            self.samples.append({"what": what, "where": where, "was": said, "is": now})


@dataclass(frozen=True)
class Place:
    """Where a recount stands: the stage, and how far it has come."""

    stage: int = 0
    after: int = 0


async def nightly(_task: Task) -> None:
    """Begin a recount in the night, once; where the night was missed, as soon as one is a day and a half old."""
    now = clock.now()
    last = await database.fetch_one("SELECT started_at FROM statistics_recount ORDER BY id DESC LIMIT 1")
    age = now - database.moment(last["started_at"]) if last else None
    night = now.astimezone(config.settings().zone).hour == AT_HOUR
    if age is None or age > 2 * OFTEN or (night and age > OFTEN):
        await begin("night")


async def begin(why: str) -> int:
    """Start a recount, whose stretches are jobs; its id."""
    async with database.transaction():
        recount = await _new(why)
        await jobs.enqueue((f"{RECOUNT}:{recount}:0:0", RECOUNT, {"recount": recount, "stage": 0, "after": 0}))
    return recount


async def everything(why: str = "command") -> int:
    """A whole recount at once; its id."""
    recount = await _new(why)
    place: Place | None = Place()
    while place is not None:
        place = await stretch(recount, place)
    return recount


async def _new(why: str) -> int:
    row = await database.fetch_one(
        "INSERT INTO statistics_recount (why, started_at, looked_at, late, corrected, samples) "
        "VALUES (?, ?, 0, 0, 0, ?) RETURNING id",
        why, clock.now(), "[]",
    )  # fmt: skip
    assert row is not None  # noqa: S101 — it was written just now
    return int(row["id"])


async def recount(task: Task) -> None:
    """One stretch, and the next one into the outbox: none may last longer than its lease."""
    number, place = int(task.payload["recount"]), Place(int(task.payload["stage"]), int(task.payload["after"]))
    following = await stretch(number, place)
    if following is not None:
        key = f"{RECOUNT}:{number}:{following.stage}:{following.after}"
        await jobs.enqueue((key, RECOUNT, {"recount": number, **asdict(following)}))


async def stretch(recount_id: int, place: Place) -> Place | None:
    """Count one stretch; where the next one begins, None at the end."""
    found = Found()
    following = await _STAGES[place.stage](place.after, found)
    await _note(recount_id, found)
    if following is not None:
        return Place(place.stage, following)
    if place.stage + 1 < len(_STAGES):
        return Place(place.stage + 1)
    await _finish(recount_id)
    return None


async def _note(recount_id: int, found: Found) -> None:
    for sample in found.samples:
        log.error("statistics were wrong and are corrected: %s", orjson.dumps(sample, default=str).decode())
    wrong.inc(found.corrected)
    async with database.transaction():
        row = await database.fetch_one(
            "UPDATE statistics_recount SET looked_at = looked_at + ?, late = late + ?, corrected = corrected + ? "
            "WHERE id = ? RETURNING samples",
            found.looked_at, found.late, found.corrected, recount_id,
        )  # fmt: skip
        if row is not None and found.samples:
            samples = [*database.document(row["samples"]), *found.samples][:SAMPLES]
            await database.execute(
                "UPDATE statistics_recount SET samples = ? WHERE id = ?",
                orjson.dumps(samples, default=str).decode(), recount_id,
            )  # fmt: skip


async def _finish(recount_id: int) -> None:
    await counting.count_people()
    async with database.transaction():
        row = await database.fetch_one(
            "UPDATE statistics_recount SET finished_at = ? WHERE id = ? RETURNING corrected", clock.now(), recount_id
        )
        if row is not None and row["corrected"]:
            chain = await ledger.open_or_begin(SUBJECT)
            await chain.append("system", StatisticsCorrected(recount_id, row["corrected"]))


# --- what was counted, against the records ---------------------------------------------------------------------------


async def _things(book: Book, ids: Sequence[int], after: int, found: Found) -> int | None:
    """Hold a page of a book against the records; where the next page begins."""
    last_id = ids[-1] if len(ids) == PAGE else ledger.END
    async with database.transaction():
        known = await database.fetch(
            f"SELECT {book.key} FROM {book.table} WHERE {book.key} > ? AND {book.key} <= ?", after, last_id
        )
        every = sorted({*ids, *(row[book.key] for row in known)})
        last = await books.lock(book, every, make=False)
        now: Mapping[int, Any]
        if book is VOICES:
            now = {one.id: books.voice_row(one) for one in await forum_figures.voices_by_id(every)}
        elif book is FORUMS:
            now = {one.id: books.forum_row(one) for one in await forum_figures.forums_by_id(every)}
        else:
            now = await counting.case_rows(every, dict(last))
        missing = [i for i in now if i not in last]
        if missing:  # locked as well, for their facts may be counted at this moment
            last = {**last, **await books.lock(book, missing, make=True)}
            missing = [i for i in missing if not last[i]["period"]]
        changed = await counting.move(book, last, dict(now))
    found.looked_at += len(every)
    found.late += sum(i in missing for i in changed)
    differ = [i for i in changed if i not in missing]
    fresh = await _fresh(book, [str((now.get(i) or last[i])[book.number]) for i in differ])
    for i in differ:
        was, row = last[i], now.get(i)
        number = str((row or was)[book.number])
        if number in fresh:
            found.late += 1
        else:
            told = [name for name in book.columns if row is None or was[name] != row[name]]
            found.wrong(
                book.table, number, {name: was[name] for name in told},
                {name: row[name] for name in told} if row else None,
            )  # fmt: skip
    return ids[-1] if len(ids) == PAGE else None


async def _fresh(book: Book, numbers: Sequence[str]) -> set[str]:
    """Of some things, those of which a fact is so young that it may still wait to be counted."""
    if not numbers:
        return set()
    words = (book.subject, "talk") if book is FORUMS else (book.subject,)
    subjects = {f"{word}/{number}": number for number in numbers for word in words}
    rows = await database.fetch(
        f"SELECT DISTINCT subject FROM ledger_event WHERE subject IN ({', '.join('?' * len(subjects))}) "
        "AND occurred_at > ?",
        *subjects, clock.now() - SETTLED,
    )  # fmt: skip
    return {subjects[row["subject"]] for row in rows}


async def _voices(after: int, found: Found) -> int | None:
    return await _things(VOICES, await forum_figures.voice_ids(0, after, PAGE), after, found)


async def _forums(after: int, found: Found) -> int | None:
    return await _things(FORUMS, await forum_figures.forum_ids(after, PAGE), after, found)


async def _cases(after: int, found: Found) -> int | None:
    return await _things(CASES, await petition_figures.case_ids(after, PAGE), after, found)


# --- totals, against what they are made of ----------------------------------------------------------------------------

Totals = dict[At, Counter[str]]
Days = Counter[tuple[At, str, int]]


_PLACE = "kind, department_id, district, period"


def _sums(book: Book, *, by_forum: bool) -> str:
    """A statement of what the rows of a book add up to, by place."""
    forum, group = ("forum_id", "forum_id, ") if by_forum else ("0 AS forum_id", "")
    names = ", ".join(book.sums.get(name, "0") for name in book.area.measures)
    return (
        f"SELECT 1, {forum}, {_PLACE}, '', 0, {names} FROM {book.table} WHERE counted = ? AND {{where}} "
        f"GROUP BY {group}{_PLACE}"
    )


def _values(book: Book, *, by_forum: bool) -> list[str]:
    """The same of their days or hours."""
    forum, group = ("forum_id", "forum_id, ") if by_forum else ("0 AS forum_id", "")
    blank = ", 0" * (len(book.area.measures) - 1)
    return [
        f"SELECT 1, {forum}, {_PLACE}, '{what}', {column}, COUNT(*){blank} FROM {book.table} "
        f"WHERE counted = ? AND {column} IS NOT NULL AND {{where}} GROUP BY {group}{_PLACE}, {column}"
        for what, column in book.days.items()
    ]


def _kept(area: Area, side: int = 0) -> tuple[str, str]:
    """Statements of what the tables of totals say."""
    blank = ", 0" * (len(area.measures) - 1)
    totals = (
        f"SELECT {side} AS side, {cells.PLACE}, '' AS what, 0 AS value, {', '.join(area.measures)} "
        f"FROM {area.totals} WHERE {{where}}"
    )
    return totals, f"SELECT {side}, {cells.PLACE}, what, value, number{blank} FROM {area.days} WHERE {{where}}"


async def _both(area: Area, parts: Sequence[tuple[str, str, Sequence[object]]]) -> tuple[Delta, Delta]:
    """Both sides of a comparison as they are at one moment: what is said, and the rows that it should come of."""
    sql = " UNION ALL ".join(statement.format(where=where) for statement, where, _values in parts)
    rows = await database.fetch(sql, *(value for _sql, _where, values in parts for value in values))
    sides = Delta(), Delta()
    for row in rows:
        at = At(row["forum_id"], row["kind"], row["department_id"], row["district"], row["period"])
        side = sides[row["side"]]
        if row["what"]:
            side.days[at, row["what"], row["value"]] += int(row[area.measures[0]])
        else:
            side.totals.setdefault(at, Counter()).update({name: int(row[name]) for name in area.measures})
    return sides


async def _correct(area: Area, said: Delta, right: Delta, found: Found) -> None:
    """Add the differences to the totals, and note them."""
    delta = Delta()
    for at in {*said.totals, *right.totals}:
        difference = Counter(right.totals.get(at, Counter()))
        difference.subtract(said.totals.get(at, Counter()))
        if any(difference.values()):
            delta.totals[at] = difference
            names = [name for name, n in difference.items() if n]
            was, now = ({n: side.totals.get(at, {}).get(n, 0) for n in names} for side in (said, right))
            found.wrong(area.totals, _name(at), was, now)
    for key in {*said.days, *right.days}:
        if difference_ := right.days[key] - said.days[key]:
            delta.days[key] = difference_
            at, what, value = key
            found.wrong(area.days, f"{_name(at)} {what} {value}", said.days[key], right.days[key])
    found.looked_at += len(said.totals) + len(said.days)
    if delta.totals or delta.days:
        async with database.transaction():
            await cells.change(area, delta)


def _name(at: At) -> str:
    return "/".join(str(value) for value in at)


async def _by_forum(after: int, found: Found) -> int | None:
    """Each forum's own totals, against its submissions and itself; some forums at once."""
    ids = await forum_figures.forum_ids(after, PAGE // 10)
    last = ids[-1] if len(ids) == PAGE // 10 else ledger.END
    where, bounds = "forum_id > ? AND forum_id <= ?", [after, last]
    totals, days = _kept(ADOPTION)
    parts = [(totals, where, bounds), (days, where, bounds)]
    parts += [(_sums(book, by_forum=True), where, [True, *bounds]) for book in (VOICES, FORUMS)]
    parts += [(statement, where, [True, *bounds]) for statement in _values(VOICES, by_forum=True)]
    said, right = await _both(ADOPTION, parts)
    right.days = _by_year(right.days)
    await _correct(ADOPTION, said, right, found)
    return last if len(ids) == PAGE // 10 else None


def _by_year(days: Days) -> Days:
    found: Days = Counter()
    for (at, what, value), number in days.items():
        found[at._replace(period=year_of(at.period)), what, value] += number
    return found


async def _periods(area: Area, *tables: str) -> list[str]:
    """Every month of which anything is said or counted, in order."""
    union = " UNION ".join(f"SELECT DISTINCT period FROM {table}" for table in (area.totals, *tables))
    rows = await database.fetch(f"SELECT period FROM ({union}) AS periods ORDER BY period")
    return [row["period"] for row in rows if row["period"].startswith("m")]


async def _months(area: Area, after: int, found: Found, *of: Book) -> int | None:
    """One month's totals over all forums, against what was counted in it."""
    periods = await _periods(area, *(book.table for book in of))
    if after < len(periods):
        where, values = "period = ?", [periods[after]]
        parts = [(_kept(area)[0], f"forum_id = 0 AND {where}", values)]
        parts += [(_sums(book, by_forum=False), where, [True, *values]) for book in of]
        said, right = await _both(area, parts)
        spread: Totals = {}
        for at, sums in right.totals.items():
            for one in combinations(at):
                spread.setdefault(one, Counter()).update(sums)
        right.totals = spread
        await _correct(area, said, right, found)
    return after + 1 if after + 1 < len(periods) else None


async def _adoption_months(after: int, found: Found) -> int | None:
    return await _months(ADOPTION, after, found, VOICES, FORUMS)


async def _petition_months(after: int, found: Found) -> int | None:
    return await _months(PETITIONS, after, found, CASES)


async def _years(area: Area, after: int, found: Found, *of: Book) -> int | None:
    """One year's totals, against its months'; its days, against what was counted; at the end all years together."""
    years = sorted({year_of(period) for period in await _periods(area, *(book.table for book in of))})
    totals, days = _kept(area)
    below, _days = _kept(area, 1)
    if after < len(years):
        year = years[after]
        months = [f"m{year[1:]}", f"m{year[1:]}~"]
        parts = [
            (totals, "forum_id = 0 AND period = ?", [year]),
            (days, "forum_id = 0 AND period = ?", [year]),
            (below, "forum_id = 0 AND period >= ? AND period < ?", months),
        ]
        for book in of:
            spans = "period >= ? AND period < ?"
            parts += [(statement, spans, [True, *months]) for statement in _values(book, by_forum=False)]
        said, right = await _both(area, parts)
        right.totals = _lifted(right.totals, year)
        spread: Days = Counter()
        for (at, what, value), number in right.days.items():
            for one in combinations(at):
                spread[one._replace(period=year), what, value] += number
        right.days = spread
        await _correct(area, said, right, found)
        return after + 1
    above, above_days = _kept(area, 1)
    span: Sequence[object] = ["y", "y~"]
    where = "forum_id = 0 AND period >= ? AND period < ?"
    parts = [
        (totals, "forum_id = 0 AND period = ?", [ALL]), (days, "forum_id = 0 AND period = ?", [ALL]),
        (above, where, span), (above_days, where, span),
    ]  # fmt: skip
    said, right = await _both(area, parts)
    right.totals = _lifted(right.totals, ALL)
    together: Days = Counter()
    for (at, what, value), number in right.days.items():
        together[at._replace(period=ALL), what, value] += number
    right.days = together
    await _correct(area, said, right, found)
    return None


def _lifted(totals: Totals, period: str) -> Totals:
    """Totals of several periods, together in one."""
    found: Totals = {}
    for at, sums in totals.items():
        found.setdefault(at._replace(period=period), Counter()).update(sums)
    return found


async def _adoption_years(after: int, found: Found) -> int | None:
    return await _years(ADOPTION, after, found, VOICES, FORUMS)


async def _petition_years(after: int, found: Found) -> int | None:
    return await _years(PETITIONS, after, found, CASES)


_STAGES = (
    _forums, _voices, _cases, _by_forum, _adoption_months, _adoption_years, _petition_months, _petition_years,
)  # fmt: skip
