"""Several departments in one visit: planned over counters and floors, taken all or nothing, the guide present."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from server.core import clock, database
from server.core.booking.errors import TimeTaken
from server.core.errors import Invalid
from tests.support import visit_books
from tests.support.system import System
from tests.support.visits import at, contact, next_monday, three_floors, wish
from tracking.visits.actions import booking, supply, taking
from tracking.visits.actions.taking import Wish
from tracking.visits.models import Counter, CounterAbility, CounterService, Matter, Office, Shift, Visit
from tracking.visits.queries import offices, planning
from tracking.visits.queries.planning import ACCOMPANIMENT, FLOOR_MINUTES, DayPlan, PlannedDay
from tracking.visits.rules import minute
from tracking.visits.states import Channel, VisitState

ALL = ("passport", "moving", "seal")
TOKEN = "t" * 64


async def planned(*services: str, guide: str = "", party: int = 1) -> PlannedDay:
    wanted = await taking.errand("east", services or ALL, Channel.ONLINE, party)
    company = await taking.guide_of(wanted.place, guide)
    (day,) = await planning.plans(wanted, [next_monday()], guide=company)
    return day


async def best(*services: str, guide: str = "", party: int = 1) -> DayPlan:
    return (await planned(*services, guide=guide, party=party)).plans[0]


async def chosen(plan: DayPlan, *services: str, guide: str = "", party: int = 1) -> Wish:
    wanted = await taking.errand("east", services or ALL, Channel.ONLINE, party)
    return await taking.planned(wanted, [one.value for one in plan.stops], guide)


async def block(start: str, service: str) -> None:
    await booking.book_now(await wish(service, start=start), contact(f"{service}{start}"))


async def test_consecutive_places_on_three_floors_with_time_to_walk(system: System) -> None:
    await three_floors()
    plan = await best()
    assert {one.service.code for one in plan.stops} == set(ALL)
    for one, other in pairwise(plan.stops):
        assert other.start >= one.end + abs(one.floor - other.floor) * FLOOR_MINUTES
    assert plan.walking == 2 * FLOOR_MINUTES
    made = await booking.book_now(await chosen(plan), contact("kim"))
    visit = await Visit.get(number=made.number)
    assert (minute(visit.starts_at), minute(visit.ends_at)) == (plan.start, plan.end)
    matters = await Matter.filter(visit_id=made.id).order_by("position")
    assert [(minute(one.starts_at), minute(one.ends_at)) for one in matters] == [(o.start, o.end) for o in plan.stops]
    assert any(two.start > one.end for one, two in pairwise(plan.stops)), "not back to back"
    with pytest.raises(TimeTaken):
        await booking.book_now(await chosen(plan), contact("lee"))
    await visit_books.agree("east")
    await booking.cancel(made.number, "visitor")
    assert await database.value("SELECT COUNT(*) FROM booking_claim") == 0


async def test_all_or_nothing(system: System) -> None:
    await three_floors()
    plan = await best()
    last = plan.stops[-1]
    await block(offices.local(last.start).strftime("%H:%M"), last.service.code)
    with pytest.raises(TimeTaken):
        await booking.book_now(await chosen(plan), contact("kim"))
    assert await Visit.filter(state=VisitState.BOOKED).count() == 1
    same = await chosen(await best())
    found = await asyncio.gather(*(booking.book_now(same, contact(f"v{n}")) for n in range(5)), return_exceptions=True)
    assert sum(isinstance(one, booking.Booked) for one in found) == 1, found
    await visit_books.agree("east")


async def test_a_plan_is_held_confirmed_changed_and_expires(system: System) -> None:
    await three_floors()
    first = await best(guide="G")
    number = await booking.hold(await chosen(first, guide="G"), TOKEN, "ko")
    assert (await booking.book_held(number, TOKEN, contact("kim"))).number == number
    visit = await Visit.get(number=number)
    assert visit.guide_id == (await Counter.get(number="G")).id
    await visit_books.agree("east")

    wanted = await taking.errand("east", [*ALL, ACCOMPANIMENT], Channel.ONLINE)
    overlapping = await taking.other_time(visit.id, wanted, at("09:30"))
    assert overlapping.guide == visit.guide_id
    await booking.reschedule(number, overlapping, "visitor")
    await visit_books.agree("east")
    moved = await Visit.get(number=number)
    assert (moved.starts_at, moved.revision, moved.guide_id) == (at("09:30"), 1, visit.guide_id)

    other = await booking.hold(await chosen(await best()), "s" * 64, "ko")
    await Visit.filter(number=other).update(held_until=clock.now() - timedelta(seconds=1))
    assert await booking.expire() == 1
    await visit_books.agree("east")


async def test_the_guide_is_there_from_the_first_start_to_the_last_end(system: System) -> None:
    await three_floors()
    await Shift.filter(counter_id=(await Counter.get(number="G")).id).update(starts="10:00", ends="12:00")
    await supply.rebuild((await Office.get()).id, [next_monday()])
    plan = await best(guide="G")
    assert minute(at("10:00")) <= plan.start < plan.end <= minute(at("12:00"))
    made = await booking.book_now(await chosen(plan, guide="G"), contact("kim"))
    company = await Matter.get(visit_id=made.id, service_id=(await CounterService.get(code=ACCOMPANIMENT)).id)
    assert (minute(company.starts_at), minute(company.ends_at)) == (plan.start, plan.end)
    again = await planned(guide="G")
    assert all(one.start >= plan.end or one.end <= plan.start for one in again.plans)
    await Shift.filter(counter_id=(await Counter.get(number="G")).id).delete()
    await supply.rebuild((await Office.get()).id, [next_monday()])
    without = await planned(guide="G")
    assert without.plans == ()
    assert without.obstacle
    assert without.obstacle.msgid.startswith("It is possible on this day")
    await system.work()
    assert (await Visit.get(number=made.number)).unplaced_since is not None, "the office offers another time"


async def test_why_there_is_no_plan(system: System) -> None:
    await three_floors()
    await Shift.filter(counter_id=(await Counter.get(number="3")).id).update(starts="09:00", ends="09:15")
    await Shift.filter(counter_id=(await Counter.get(number="2")).id).update(starts="09:00", ends="09:45")
    await supply.rebuild((await Office.get()).id, [next_monday()])
    day = await planned("moving", "seal")
    assert day.obstacle
    assert day.obstacle.msgid.startswith("Each service has free times")
    await Shift.filter(counter_id=(await Counter.get(number="2")).id).delete()
    await supply.rebuild((await Office.get()).id, [next_monday()])
    day = await planned("moving", "seal")
    assert day.obstacle
    assert day.obstacle.msgid.startswith("Not every service")


async def test_only_what_a_plan_offers_can_be_asked_for(system: System) -> None:
    await three_floors()
    plan = await best("passport", "seal")
    wanted = await taking.errand("east", ["passport", "seal"], Channel.ONLINE)
    first, second = [one.value for one in plan.stops]
    code, start, number = first.split("@")
    tomorrow = at("09:00", next_monday() + timedelta(days=1)).isoformat()
    for stops in (
        [first], [first, first], [first, second, second], [second.replace(second.split("@")[1], start), first],
        [f"{code}@{at('09:07').isoformat()}@{number}", second], [f"{code}@{at('12:00').isoformat()}@{number}", second],
        [f"{code}@{start}@9", second], [f"{code}@{start}@2", second], [f"moving@{start}@", second], ["x", second],
        [f"{code}@0001-01-01T00:00+09:00@", second], [f"{code}@{tomorrow}@", second], [f"{code}@{start}@@", second],
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await taking.planned(wanted, stops)
    with pytest.raises(Invalid):
        await taking.planned(wanted, [first, second], "1")


async def test_a_group_books_a_tour_and_a_passport_together(system: System) -> None:
    office = await three_floors()
    await CounterService.filter(code="moving").update(name="청사 견학", places=20)
    offices.forget()
    plan = await best("moving", "passport", party=12)
    first = await booking.book_now(await chosen(plan, "moving", "passport", party=12), contact("school"))
    tour = next(one for one in plan.stops if one.service.code == "moving")
    wanted = await taking.errand("east", ["moving"], Channel.ONLINE, 9)
    with pytest.raises(TimeTaken):
        await booking.book_now(Wish(wanted, tour.start), contact("nine"))
    eight = await taking.errand("east", ["moving"], Channel.ONLINE, 8)
    await booking.book_now(Wish(eight, tour.start), contact("eight"))
    await visit_books.agree(office.code)
    await booking.cancel(first.number, "visitor")
    await visit_books.agree(office.code)
    (claim,) = await database.fetch("SELECT taken FROM booking_claim")
    assert claim["taken"] == 8


async def test_a_service_on_two_floors_is_planned_where_it_is_near(system: System) -> None:
    await three_floors()
    upstairs = await Counter.get(number="3")
    service = await CounterService.get(code="passport")
    await CounterAbility.create(counter_id=upstairs.id, service_id=service.id)
    offices.forget()
    plan = await best("passport", "seal")
    assert [(one.floor, one.number) for one in plan.stops if one.service.code == "passport"] == [(3, "3")]
    assert (plan.walking, plan.minutes) == (0, 30)
    await booking.book_now(await chosen(plan, "passport", "seal"), contact("kim"))
    await visit_books.agree("east")
