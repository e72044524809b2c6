"""The grid: what is free, few or full for whom, why a day is closed, and what it costs to read."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from server.core import clock
from server.core.accounts import Holiday
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking, supply, taking
from tracking.visits.models import Office, OfficeHours, Opening
from tracking.visits.queries import grid, offices
from tracking.visits.queries.grid import GridDay
from tracking.visits.rules import Mark
from tracking.visits.states import Channel, OpeningKind

WEEK = 7


async def week(office: Office, *services: str, channel: Channel = Channel.ONLINE) -> list[GridDay]:
    wanted = await taking.errand(office.code, services or ["passport"], channel)
    return await grid.days(wanted, [next_monday() + timedelta(days=n) for n in range(WEEK)])


def marks(day: GridDay) -> dict[str, str]:
    return {slot.start.strftime("%H:%M"): slot.mark.value for slot in day.slots}


async def test_free_few_full_and_lunch(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"], "3": ["passport"]})
    for name in ("a", "b"):
        await booking.book_now(await wish(start="09:15"), contact(name))
    for name in ("c", "d", "e"):
        await booking.book_now(await wish(start="09:30"), contact(name))
    found = marks((await week(office))[0])
    assert [found[start] for start in ("09:00", "09:15", "09:30")] == [Mark.FREE, Mark.FEW, Mark.FULL]
    assert "11:45" in found
    assert "12:00" not in found
    assert "16:45" in found
    assert "17:00" not in found
    slot = (await week(office))[0].slots[1]
    assert (slot.capacity, slot.booked) == (3, 2)
    assert slot.end - slot.start == timedelta(minutes=15)


async def test_a_service_is_shown_on_its_own_steps_and_where_somebody_does_it(system: System) -> None:
    office = await an_office({"1": ["moving"], "2": ["passport"]})
    starts = [*marks((await week(office, "moving"))[0])]
    assert starts[:3] == ["09:00", "09:15", "09:30"]
    assert starts[-1] == "16:15", "45 minutes end before closing time"
    assert "11:30" not in starts
    both = [*marks((await week(office, "moving", "passport"))[0])]
    assert both[-1] == "16:00"


async def test_days_say_why_they_are_closed(system: System) -> None:
    monday = next_monday()
    days = [monday + timedelta(days=n) for n in range(WEEK)]
    office = await an_office({"1": ["passport"]}, days=days)
    await OfficeHours.filter(office_id=office.id, weekday=5).delete()
    await Holiday.create(date=days[1], name="임시공휴일", created_at=clock.now())
    await Opening.create(office_id=office.id, date=days[2], kind=OpeningKind.CLOSED, reason="이전")
    await Opening.create(
        office_id=office.id, date=days[6], kind=OpeningKind.OPEN, opens="09:00", closes="12:30", reason="휴일 민원실"
    )
    offices.forget()
    await supply.rebuild(office.id, days)
    found = await week(office)
    assert [day.state for day in found] == ["open", "holiday", "closure", "open", "open", "closed", "open"]
    assert [*marks(found[6])][-1] == "12:15"
    assert found[1].slots == ()


async def test_the_asker_decides_what_is_left(system: System) -> None:
    office = await an_office({str(n): ["passport"] for n in range(4)}, walk_in_percent=25, phone_percent=25)
    for name in ("a", "b"):
        await booking.book_now(await wish(), contact(name))
    assert (await week(office))[0].slots[0].left == 0
    assert (await week(office, channel=Channel.PHONE))[0].slots[0].left == 1


async def test_outside_the_time_for_booking_nothing_is_shown(system: System) -> None:
    today = clock.now().astimezone(at("09:00").tzinfo).date()
    far = today + timedelta(days=31)
    office = await an_office({"1": ["passport"]}, days=[today, far])
    wanted = await taking.errand(office.code, ["passport"], Channel.ONLINE)
    for day in await grid.days(wanted, [today, far]):
        assert (day.bookable, day.slots) == (False, ())


@pytest.mark.parametrize("bookings", [0, 40])
async def test_a_week_costs_few_statements(
    system: System, count_queries: Callable[[], list[str]], bookings: int
) -> None:
    days: list[date] = [next_monday() + timedelta(days=n) for n in range(WEEK)]
    office = await an_office({str(n): ["passport"] for n in range(4)}, days=days)
    for n in range(bookings):
        await booking.book_now(await wish(start=f"{9 + n % 3:02}:{15 * (n % 4):02}"), contact(f"v{n}"))
    await week(office)  # the office itself is kept
    await booking.book_now(await wish(start="16:00"), contact("last"))
    seen = count_queries()
    await week(office)
    assert len(seen) <= 5, seen
