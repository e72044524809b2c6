"""Years of visits in one go, and how long what is done every day takes among them.

``python -m tests.support.many_visits URL COUNT`` fills an empty database and prints milliseconds. The rows are made by
the database itself, so a million of them takes about a minute.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from server.core import city, clock, config, database
from server.core.booking import times
from server.core.config import Settings
from server.core.days import today
from tests.support.system import SECRET, _make_template, opened
from tests.support.visits import an_office, contact, wish
from tracking.visits import rules
from tracking.visits.actions import booking, reminding
from tracking.visits.models import CounterService, Office
from tracking.visits.queries import desk, grid, mine, offices
from tracking.visits.queries.grid import Errand

UNITS, A_DAY = 8, 200
"""A day of an office has 200 visits of one step each, at eight counters."""
FEW = 20_000
"""Up to so many visits are those of one office, more are those of a dozen."""
FIRST = 1_000_000
"""The id of the first visit, claim and calendar, far above those that a test makes."""
AHEAD = 31


async def fill(count: int) -> Office:
    """An office whose days are booked, among eleven others, with as many visits on all of them as asked for."""
    many = 12 if count > FEW else 1
    days = -(-count // (many * A_DAY))
    begins = today() + timedelta(days=AHEAD - days)
    ahead = [today() + timedelta(days=n) for n in range(1, AHEAD)]
    east = await an_office({str(n): ["passport"] for n in range(1, UNITS + 1)}, days=ahead)
    await database.execute("DELETE FROM booking_time")
    await database.execute("DELETE FROM office_day")
    others = [await Office.create(code=f"o{n}", name="민원센터", address="길 1", phone="1") for n in range(1, many)]
    numbers = [east.id, *(one.id for one in others)]
    assert numbers == [*range(east.id, east.id + many)]
    unit = int(await database.value("SELECT MIN(id) FROM counter"))
    passport = (await CounterService.get(code="passport")).id
    opening = rules.at_time(begins, "09:00", config.settings().zone)
    await _rows(count, many, days, begins, east.id, unit, passport, opening)
    if database.dialect() == "postgres":
        for table in ("visit", "visit_matter", "booking_claim", "booking_time", "office_day", "booking_calendar"):
            await database.execute(f"ANALYZE {table}")
    else:
        await database.execute("ANALYZE")
    times.forget()
    return east


async def _rows(
    count: int, many: int, days: int, begins: date, office: int, unit: int, kind: int, opening: int
) -> None:
    postgres = database.dialect() == "postgres"
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {}) "
    office_of, day_of, spot = f"({office} + (i / {A_DAY}) % {many})", f"(i / {A_DAY * many})", f"(i % {A_DAY})"
    minute = f"({opening} + {day_of} * 1440 + {spot} / {UNITS} * 15)"

    def moment(minutes: str) -> str:
        if postgres:
            return f"to_timestamp(({minutes}) * 60)"
        return f"strftime('%Y-%m-%d %H:%M:%S+00:00', ({minutes}) * 60, 'unixepoch')"

    day = f"DATE '{begins}' + {day_of}" if postgres else f"date('{begins}', '+' || {day_of} || ' days')"
    past = f"{minute} < {rules.minute(clock.now())}"
    text = "CAST({} AS TEXT)".format
    household = f"'h' || {text('i % 100000')}"
    calendar = f"({FIRST} + i / {A_DAY})"
    made = moment(f"{minute} - 4320")
    async with database.transaction():
        await database.execute(
            f"INSERT INTO booking_calendar (id, scope, version) {numbers.format(days * many)}"
            f"SELECT {FIRST} + i, 'visits', 1 FROM n"
        )
        whole = f"i * {A_DAY}"
        await database.execute(
            f"INSERT INTO office_day (office_id, date, calendar_id) {numbers.format(days * many)}"
            f"SELECT {office_of.replace('i /', f'{whole} /')}, {day.replace('(i /', f'({whole} /')}, {FIRST} + i FROM n"
        )
        await database.execute(
            "INSERT INTO visit (id, number, key_hash, office_id, date, starts_at, ends_at, state, channel, language, "
            "mode, name, email, phone, party, note, case_reference, revision, browser, household, household_also, "
            f"household_active, created_at, booked_at, remind_at) {numbers.format(count)}"
            f"SELECT {FIRST} + i, 'T' || {text('i')}, 'x', {office_of}, {day}, {moment(minute)}, "
            f"{moment(f'{minute} + 15')}, CASE WHEN {past} THEN 'served' ELSE 'booked' END, 'online', 'ko', "
            "'in_person', '이름', "
            f"'a' || {text('i')} || '@example.org', '', 1, '', '', 0, '', {household}, '', "
            f"CASE WHEN {past} THEN NULL ELSE 'a' || {text('i')} END, {made}, {made}, "
            f"CASE WHEN {past} THEN NULL ELSE {moment(f'{minute} - 1440')} END FROM n"
        )
        await database.execute(
            "INSERT INTO booking_claim (id, calendar_id, kind, channel, starts, ends, places, taken, placed) "
            f"{numbers.format(count)}SELECT {FIRST} + i, {calendar}, {kind}, 'online', {minute}, {minute} + 15, 1, 1, "
            f"{'TRUE' if postgres else '1'} FROM n"
        )
        await database.execute(
            f"INSERT INTO booking_time (calendar_id, unit, minute, claim_id) {numbers.format(count)}"
            f"SELECT {calendar}, {unit} + i % {UNITS}, {minute}, {FIRST} + i FROM n"
        )
        # Every calendar has three steps more, which are free.
        more = f"({opening} + (i / {many * UNITS * 3}) * 1440 + {A_DAY // UNITS * 15} + i % 3 * 15)"
        await database.execute(
            f"INSERT INTO booking_time (calendar_id, unit, minute) {numbers.format(days * many * UNITS * 3)}"
            f"SELECT {FIRST} + i / {UNITS * 3}, {unit} + i / 3 % {UNITS}, {more} FROM n"
        )
        await database.execute(
            "INSERT INTO visit_matter (visit_id, service_id, position, starts_at, ends_at, claim_id) "
            f"{numbers.format(count)}SELECT {FIRST} + i, {kind}, 0, {moment(minute)}, {moment(f'{minute} + 15')}, "
            f"{FIRST} + i FROM n"
        )


async def things_done(east: Office) -> dict[str, Callable[[], Awaitable[object]]]:
    """What is done every day, by name."""
    place = await offices.place(east.code)
    errand = Errand(place, tuple(place.services.values()))
    month = offices.span_of_days(today() + timedelta(days=1), today() + timedelta(days=30))
    week, last = month[-7:], month[-1]
    names = iter(range(100_000))

    async def cold(days: list[date]) -> list[grid.GridDay]:
        times.forget()
        return await grid.days(errand, days)

    async def book() -> booking.Booked:
        number = next(names)
        hour, minute = divmod(15 * 60 + 15 + 15 * (number % 3), 60)
        wished = await wish(start=f"{hour:02}:{minute:02}", day=month[-1 - number // 24])
        return await booking.book_now(wished, contact(f"new{number}"))

    async def cancel() -> None:
        made = await book()
        await booking.cancel(made.number, "visitor")

    async def day_list() -> object:
        return await desk.day_list(place.office, last, desk.Filter(), await city.city())

    async def in_all_offices() -> object:
        return await desk.found_by(desk.Filter(q="이름"), None, today(), await city.city())

    async def of_nobody() -> object:
        return await desk.found_by(desk.Filter(q="아무도"), None, today(), await city.city())

    async def of_household() -> object:
        return await mine.of_household("h7", mine.Filter(mine.PAST), "")

    return {
        "week grid, read anew": lambda: cold(week), "week grid, kept": lambda: grid.days(errand, week),
        "next free time of a month": lambda: cold(month), "book": book, "book and cancel": cancel,
        "day list of the office": day_list, "visits of a household": of_household, "expire holds": booking.expire,
        "return freed time": booking.return_freed, "remind": reminding.remind,
        "search in all offices": in_all_offices, "search in vain": of_nobody,
    }  # fmt: skip


async def measured(act: Callable[[], Awaitable[object]], times_done: int = 30) -> float:
    """The median time of an act in milliseconds."""
    found = []
    for _time in range(times_done):
        began = time.perf_counter()
        await act()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


async def main(url: str, count: int) -> None:
    """Fill a database and print how long things take in it."""
    settings = Settings(database_url=url, secret_key=SECRET, rate_limits=False, run_jobs=False)
    await _make_template(url)
    async with opened(settings):
        began = time.perf_counter()
        east = await fill(count)
        sys.stdout.write(f"{count:,} visits filled in {time.perf_counter() - began:.0f} s\n")
        for name, act in (await things_done(east)).items():
            sys.stdout.write(f"{name}: {await measured(act):.1f} ms\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
