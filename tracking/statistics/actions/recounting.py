"""The nightly recount: counts everything anew in pages, corrects errors, and reports them.

First each submission, forum and petition is checked against its counted row, then each total against the rows it is
derived from. A page is one transaction, or one statement that reads both sides from one snapshot, and errors are
corrected by adding the difference; so it may run while other processes count. A record that is only not counted yet (an
event of the last minutes, an import) is counted without being reported.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial

import orjson
from prometheus_client import Counter as Metric

from server.core import clock, config, database, jobs, ledger
from server.core.jobs import Task
from tracking.statistics import books
from tracking.statistics.actions import counting, rechecking
from tracking.statistics.actions.rechecking import SAMPLES, Found
from tracking.statistics.books import CASES, FORUMS, SUBMISSIONS, TICKETS, VISITS_BOOK, Book
from tracking.statistics.events import StatisticsCorrected
from tracking.statistics.measures import ADOPTION, PETITIONS, VISITS
from tracking.statistics.waiting_measures import WAITING

log = logging.getLogger("sinmungo.statistics")
wrong = Metric("sinmungo_statistics_corrected", "Totals and counted things that a recount had to correct")

RECOUNT, NIGHTLY = "statistics.recount", "statistics.nightly"
SUBJECT = "statistics"
PAGE = 200
"""Records in one transaction. Live streams deliver nothing newer than the oldest writing transaction: after an import,
when a whole page is counted for the first time, 500 would delay them by more than a second."""
AT_HOUR = 3
"""Hour of the day in the city's time zone."""
OFTEN = timedelta(hours=20)
SETTLED = timedelta(minutes=10)
"""An event older than this has been counted, or was missed."""


@dataclass(frozen=True)
class RecountPosition:
    """The position of a recount: its stage, and the last id or period done in it."""

    stage: int = 0
    after: int = 0


async def nightly(_task: Task) -> None:
    """Begin one recount a night, or as soon as the last one is a day and a half old if a night was missed."""
    now = clock.now()
    last = await database.fetch_one("SELECT started_at FROM statistics_recount ORDER BY id DESC LIMIT 1")
    age = now - database.moment(last["started_at"]) if last else None
    night = now.astimezone(config.settings().zone).hour == AT_HOUR
    if age is None or age > 2 * OFTEN or (night and age > OFTEN):
        await begin("night")


async def begin(why: str) -> int:
    """Start a recount that runs as a series of jobs; its id."""
    async with database.transaction():
        recount = await _new(why)
        await _enqueue(recount, RecountPosition())
    return recount


async def _enqueue(recount_id: int, place: RecountPosition) -> None:
    key = f"{RECOUNT}:{recount_id}:{place.stage}:{place.after}"
    await jobs.enqueue((key, RECOUNT, {"recount": recount_id, **asdict(place)}))


async def everything(why: str = "command") -> int:
    """Run a whole recount at once; its id."""
    recount = await _new(why)
    place: RecountPosition | None = RecountPosition()
    while place is not None:
        place = await recount_batch(recount, place)
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
    """Run one step and enqueue the next: no job may last longer than its lease."""
    number = task.payload["recount"]
    following = await recount_batch(number, RecountPosition(task.payload["stage"], task.payload["after"]))
    if following is not None:
        async with database.transaction():  # both, or a process killed in between would repeat the step
            await _enqueue(number, following)
            await jobs.done(task.key)


async def recount_batch(recount_id: int, place: RecountPosition) -> RecountPosition | None:
    """Count one step; returns where the next one begins, None at the end."""
    found = Found()
    following = await _STAGES[place.stage](place.after, found)
    await _note(recount_id, found)
    if following is not None:
        return RecountPosition(place.stage, following)
    if place.stage + 1 < len(_STAGES):
        return RecountPosition(place.stage + 1)
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


# --- counted rows against the records --------------------------------------------------------------------------------


async def _things(book: Book, after: int, found: Found) -> int | None:
    """Compare a page of a book with the records; returns where the next page begins."""
    ids = await book.ids(after, PAGE)
    async with database.transaction():
        known = await database.fetch(
            f"SELECT {book.key} FROM {book.table} WHERE {book.key} > ? ORDER BY {book.key} LIMIT {PAGE}", after
        )
        every = sorted({*ids, *(row[book.key] for row in known)})[:PAGE]
        last = await books.lock(book, every, make=False)
        now = await book.read(every, last)
        missing = [i for i in now if i not in last]
        if missing:  # locked as well, because their events may be counted at this moment
            last = {**last, **await books.lock(book, missing, make=True)}
            missing = [i for i in missing if not last[i]["period"]]
        changes = await counting.move(book, last, now)
    found.looked_at += len(every)
    found.late += sum(i in missing for i in changes)
    differ = [(str((now.get(i) or last[i])[book.number]), last[i], now.get(i)) for i in changes if i not in missing]
    for number, was, row in differ:
        last_event = await ledger.newest(book.subjects(number), limit=1)
        if last_event and last_event[0].occurred_at > clock.now() - SETTLED:
            found.late += 1
        else:
            changed = [name for name in book.columns if row is None or was[name] != row[name]]
            found.wrong(
                book.table, number, {name: was[name] for name in changed},
                {name: row[name] for name in changed} if row else None,
            )  # fmt: skip
    return every[-1] if len(every) == PAGE else None


async def _published(after: int, found: Found) -> int | None:
    """Decide anew what may be told of the tickets of one month."""
    every = await rechecking.periods(WAITING)
    for office in await books.offices_of(every[after]) if every else ():
        changes = await counting.publish_month(office, every[after])
        found.looked_at += len(changes)
        if not all(was and was["counted"] for was, _now in changes.values()):
            found.late += len(changes)  # what is told of the others depends on tickets that are counted only now
            continue
        for was, now in changes.values():
            if was and now:
                changed = [name for name in TICKETS.columns if was[name] != now[name]]
                before, after_it = ({name: row[name] for name in changed} for row in (was, now))
                found.wrong(TICKETS.table, was["number"], before, after_it)
    return after + 1 if after + 1 < len(every) else None


_STAGES: tuple[Callable[[int, Found], Awaitable[int | None]], ...] = (
    *(partial(_things, book) for book in (FORUMS, SUBMISSIONS, CASES, VISITS_BOOK, TICKETS)),
    _published,
    rechecking.by_forum,
    *(
        partial(check, area)
        for area in (ADOPTION, PETITIONS, VISITS, WAITING)
        for check in (rechecking.months, rechecking.years)
    ),
)
