"""Counter time follows the roster while people book, days are supplied as they come, and past ones are cleared."""

import asyncio
from datetime import timedelta

import pytest

from server.core import clock, database
from server.core.booking import times
from server.core.booking.errors import TimeTaken
from server.core.days import today
from server.core.errors import Invalid, Refusal
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import arriving, booking, rebuilding, supply
from tracking.visits.actions.arriving import Press
from tracking.visits.desk.places.counters import COUNTERS, EditCounter
from tracking.visits.desk.places.roster import SHIFTS, EditShift
from tracking.visits.models import Counter, Office, OfficeDay, Shift, Visit
from tracking.visits.queries import grid, offices, visits
from tracking.visits.states import VisitState


async def counted(table: str) -> int:
    found: int = await database.value(f"SELECT COUNT(*) FROM {table}")
    return found


async def test_two_hundred_bookings_while_the_roster_is_rewritten(system: System) -> None:
    """Nobody gets an error, and each active visit has its own counter or is listed as displaced."""
    office = await an_office({"1": ["passport", "moving"], "2": ["passport"], "3": ["moving"]}, most_active=50)
    manager = await official("manager")
    handler = await official("handler")
    third = await Counter.get(number="3")
    starts = [f"{hour:02}:{minute:02}" for hour in (9, 10, 11) for minute in (0, 15, 30, 45)]
    unexpected: list[BaseException] = []
    placed: set[str] = set()

    async def visitor(n: int) -> None:
        try:
            made = await booking.book_now(
                await wish(("passport", "moving")[n % 5 == 0], start=starts[n % 12]), contact(f"v{n}")
            )
            placed.add(made.number)
        except (Refusal, TimeTaken):
            pass
        except Exception as error:  # noqa: BLE001 — counted below
            unexpected.append(error)

    async def editor(n: int) -> None:
        command = EditShift("east/3", "handler", next_monday(), "09:00", ("09:15", "17:00")[n % 2])
        try:
            row = await Shift.get(counter_id=third.id)
            await SHIFTS.change(manager, row.id, command)
            if n % 3:
                return
            services = ("moving", "passport") if n % 6 else ("moving",)
            await COUNTERS.change(manager, third.id, EditCounter("east", "3", services=services))
        except Exception as error:  # noqa: BLE001 — counted below
            unexpected.append(error)

    await Shift.filter(counter_id=third.id).update(account_id=handler.id)
    await asyncio.gather(*(editor(n // 8) if n % 8 == 3 else visitor(n) for n in range(230)))
    assert unexpected == []
    await supply.rebuild(office.id, [next_monday()])
    await system.work()
    calendar = (await offices.calendars(office.id, [next_monday()]))[next_monday()]
    day = (await times.days([calendar]))[calendar]
    active = await Visit.filter(state=VisitState.BOOKED)
    assert {one.number for one in active} == placed, "none is dropped"
    able = offices.terms(await offices.office_by_id(office.id), await offices.services(office.id)).able
    for claim in day.claims.values():
        units = day.serves(claim)
        assert len(units) == ((claim.ends - claim.starts) // 15 if claim.placed else 0)
        assert set(units) <= set(able[claim.kind])
    assert len(day.claims) == len(placed)
    unplaced = {one.id for one in day.claims.values() if not one.placed}
    listed = await Visit.filter(unplaced_since__not_isnull=True).values_list("id", flat=True)
    claims = await database.column("SELECT claim_id FROM visit_matter WHERE visit_id IN (?)", tuple(listed))
    assert set(claims) == unplaced


async def test_days_are_supplied_as_they_come_and_once(system: System) -> None:
    office = await an_office({"1": ["passport"]}, days_ahead=10)
    first, last = today(), today() + timedelta(days=11)
    assert await rebuilding.keep_supplied() == 11, "all but the Monday, tomorrow's last day included"
    assert sorted(await offices.supplied(office.id, first)) == offices.span_of_days(first, last)
    versions = await database.column("SELECT version FROM booking_calendar ORDER BY id")
    assert await rebuilding.keep_supplied() == 0
    assert await database.column("SELECT version FROM booking_calendar ORDER BY id") == versions
    await Office.filter(id=office.id).update(days_ahead=12)
    assert await rebuilding.keep_supplied() == 2


async def test_a_new_office_can_be_booked_before_its_first_day(system: System) -> None:
    opens = next_monday() + timedelta(days=7)
    await an_office({"1": ["passport"]}, days=[opens], opens_on=opens)
    await OfficeDay.all().delete()
    await rebuilding.keep_supplied()
    assert min(await offices.supplied((await Office.get()).id, today())) == opens
    made = await booking.book_now(await wish(day=opens), contact("kim"))
    assert (await Visit.get(number=made.number)).date == opens


async def test_past_days_leave_no_steps_or_claims(system: System) -> None:
    """However many days are over, the tables of counter time are as large as the days to come."""
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    made = await booking.book_now(await wish(start="09:00"), contact("kim"))
    await booking.book_now(await wish(start="09:00"), contact("lee"))
    steps = await counted("booking_time")
    assert steps == 2 * 7 * 4
    for past in range(3, 40):
        day = today() - timedelta(days=past)
        await Shift.create(
            counter_id=(await Counter.get(number="1")).id, account_id=1, date=day, starts="09:00", ends="17:00"
        )
        await supply.rebuild(office.id, [day])
    past = await counted("booking_time") - steps
    assert past > 25 * 7 * 4, "there were some holidays"
    assert await rebuilding.purge() == past // (7 * 4)
    assert (await counted("booking_time"), await counted("booking_claim")) == (steps, 2)
    assert await rebuilding.purge() == 0
    with clock.at(at("09:00") + timedelta(days=3)):
        assert await rebuilding.purge() == 1
        assert (await counted("booking_time"), await counted("booking_claim")) == (0, 0)
        await booking.cancel(made.number, "visitor", cannot_come=True)
    assert await Visit.all().count() == 2
    assert await counted("visit_matter") == 2


async def test_a_change_that_was_interrupted_is_followed_by_its_job(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    await Shift.all().delete()
    async with database.transaction():
        await rebuilding.plan(office.id)
    assert await counted("booking_time") > 0
    await system.work()
    assert await counted("booking_time") == 0


async def test_a_request_that_did_its_work_leaves_no_job(system: System) -> None:
    await an_office({"1": ["passport"]})
    row = await Shift.get()
    await SHIFTS.delete(await official("manager"), row.id)
    assert await counted("booking_time") == 0
    assert await database.value("SELECT COUNT(*) FROM job WHERE kind = ?", rebuilding.REBUILD) == 0


async def test_a_visitor_who_is_here_is_not_moved_to_another_counter(system: System) -> None:
    """A booking of the same day takes what is free beside them, and a rebuilt roster leaves them where they are."""
    day = today()
    office = await an_office(
        {"1": ["passport", "moving"], "2": ["passport", "seal"]}, days=[day], same_day=True, notice_hours=0
    )
    numbers = {one.id: one.number for one in await Counter.all()}

    async def counter_of(visit: str) -> set[str]:
        return {
            numbers[unit]
            for unit in await database.column(
                "SELECT DISTINCT t.unit FROM visit v JOIN visit_matter m ON m.visit_id = v.id "
                "JOIN booking_time t ON t.claim_id = m.claim_id WHERE v.number = ?",
                visit,
            )
        }

    with clock.at(at("09:00", day)):
        here = await booking.book_now(await wish(start="15:00", day=day), contact("kim"))
        (counter,) = await counter_of(here.number)
        only = {"1": "moving", "2": "seal"}[counter]
        await arriving.check_in(await offices.office("east"), await visits.by_number(here.number), Press())
        offices.forget()
        errand = (await wish(only, start="09:15", day=day)).errand
        (shown,) = await grid.days(errand, [day])
        assert at("15:00", day) not in [slot.start for slot in shown.slots if slot.left], "nobody is promised this time"
        with pytest.raises(TimeTaken):
            await booking.book_now(await wish(only, start="15:00", day=day), contact("lee"))
        await booking.book_now(await wish(start="15:00", day=day), contact("choi"))
        await supply.rebuild(office.id, [day])
        assert await counter_of(here.number) == {counter}
        await Shift.filter(counter_id__in=[one for one, number in numbers.items() if number == counter]).delete()
        await supply.rebuild(office.id, [day])
        assert await counter_of(here.number) == {"1", "2"} - {counter}, (
            "who booked first keeps a counter if theirs goes"
        )


async def test_two_managers_cannot_put_one_official_at_two_counters(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    await Shift.all().delete()
    manager = await official("manager")
    wanted = [EditShift(f"east/{n % 2 + 1}", "handler", next_monday(), "09:00", "12:00") for n in range(6)]
    found = await asyncio.gather(*(SHIFTS.add(manager, one) for one in wanted), return_exceptions=True)
    assert sorted(isinstance(one, Invalid) for one in found) == [False] + [True] * 5, found
    assert await Shift.all().count() == 1


async def test_a_visit_is_displaced_once(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    for name, start in (("kim", "16:00"), ("lee", "14:00")):
        await booking.book_now(await wish(start=start), contact(name))
    for ends, unplaced, displaced in (("15:00", 1, 1), ("13:00", 2, 1), ("13:00", 2, 0), ("17:00", 0, 0)):
        await Shift.all().update(ends=ends)
        assert await supply.rebuild(office.id, [next_monday()]) == supply.Rebuilt(unplaced, displaced)
