"""The queue of a day: arriving, calling, serving; each ticket once, in the order of the rule, on both databases."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.core import clock, ledger, ledger_check
from server.core.accounts import Official
from server.core.days import today
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, three_floors, wish
from tracking.visits.actions import arriving, booking, calling, counters, taking, tickets
from tracking.visits.actions.arriving import Arrival, Press
from tracking.visits.counter_errors import CalledJustNow, CounterBusy, CounterNotOpen
from tracking.visits.desk_forms import Plain
from tracking.visits.errors import WrongDay
from tracking.visits.models import (
    Call,
    Counter,
    CounterAbility,
    NoShow,
    Office,
    Restriction,
    Ticket,
    TicketMatter,
    Visit,
)
from tracking.visits.queries import live_queue, offices, planning, queue, turns, visits, waiting_times
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queue_forms import CallChosen, CallNext, Finish, OpenCounter, Transfer
from tracking.visits.states import Channel, TicketState, VisitState
from tracking.visits.waits import order


class Bench:
    """An office on its Monday, with counters that are open."""

    def __init__(self, office: Office, clerk: Official, numbers: dict[str, int]) -> None:
        self.office, self.clerk, self.counter = office, clerk, numbers

    def at(self, counter: str) -> str:
        return str(self.counter[counter])

    async def walk_in(self, *services: str, press: str | None = None) -> TicketRow:
        press_of = Press(1, press)
        return await arriving.walk_in(await offices.office("east"), services or ("passport",), press_of)

    async def check_in(self, number: str) -> tuple[TicketRow, Arrival]:
        return await arriving.check_in(await offices.office("east"), await visits.by_number(number), Press(1))

    async def next(self, counter: str = "1", press: str = "") -> str:
        found = await calling.call_next(self.clerk, self.at(counter), CallNext(press))
        return found.number if found else ""

    async def serve(self, counter: str = "1") -> None:
        await calling.start(self.clerk, self.at(counter), Plain())
        await calling.finish(self.clerk, self.at(counter), Finish())

    async def open(self, *numbers: str) -> None:
        for one in numbers:
            await counters.open_counter(self.clerk, self.at(one), OpenCounter())


async def bench(counters_: dict[str, list[str]], **settings: Any) -> Bench:
    office = await an_office(counters_, **settings)
    numbers = {one.number: one.id for one in await Counter.filter(office_id=office.id)}
    return Bench(office, await official("clerk"), numbers)


async def replayed(here: Bench) -> None:
    """The record of today says the same order again."""
    office = await offices.office("east")
    record = await turns.record("east", today())
    assert [one for one in record if one.because], "somebody was called"
    assert order.first_difference(record, queue.rule(office)) is None


async def booked(start: str, name: str = "kim", *services: str) -> str:
    return (await booking.book_now(await wish(*services, start=start), contact(name))).number


async def test_walk_ins_are_called_in_the_order_in_which_they_came(system: System) -> None:
    here = await bench({"1": ["passport"], "2": ["moving"]})
    with clock.at(at("09:00")):
        await here.open("1")
        tickets = [(await here.walk_in()).number for _one in range(3)]
        assert tickets == ["1", "2", "3"]
        assert (await here.walk_in("moving")).number == "4"
        assert await here.next() == "1"
        with pytest.raises(CounterBusy):
            await here.next()
        await here.serve()
        assert await here.next() == "2"
        assert (await queue.at_counter(here.counter["1"])) is not None
        with pytest.raises(CounterNotOpen):
            await here.next("2")


async def estimated_from() -> tuple[list[tuple[float, float]], list[float | None]]:
    """What estimates know of those who overtook walk-ins: since when they waited, how long it took, who is there."""
    place = await offices.place("east")
    standing, _closed = await waiting_times._queue(place, (await queue.day(place.office.id, today()))[0])
    there = [one.serving.since if one.serving else None for one in standing.counters]
    return [(one.since, one.seconds) for one in standing.overtakings], there


@pytest.mark.parametrize(("minutes", "order_of_calls"), [(29, ["booked", "arrived"]), (30, ["waited", "booked"])])
async def test_who_booked_and_is_on_time_goes_before_walk_ins_until_they_have_delayed_them_for_long(
    system: System, minutes: int, order_of_calls: list[str]
) -> None:
    here = await bench({"1": ["passport"]}, delay_minutes=30)
    with clock.at(at("09:00", None) - timedelta(days=4)):
        first, second = await booked("09:15"), await booked("10:00", "lee")
    nine_fifteen = at("09:15")
    with clock.at(at("09:05")):
        await here.open("1")
        await here.walk_in()
        early, arrival = await here.check_in(first)
        assert arrival is Arrival.EARLY
        assert early.booked_for == nine_fifteen
    with clock.at(nine_fifteen - timedelta(minutes=5)):
        assert await here.next() == "1", "nobody counts as waiting before the booked time"
        await here.serve()
        await here.walk_in()
    with clock.at(at("09:16")):
        assert await here.next() == early.number
        assert await estimated_from() == ([], [nine_fifteen.timestamp()])
    with clock.at(at("09:16") + timedelta(minutes=minutes)):
        await here.serve()
        assert await estimated_from() == ([(nine_fifteen.timestamp(), 60 * minutes)], [None])
    with clock.at(at("10:00")):
        on_time, arrival = await here.check_in(second)
        assert arrival is Arrival.ON_TIME
        expected = [on_time.number, "3"] if order_of_calls[0] == "booked" else ["3", on_time.number]
        assert await here.next() == expected[0], "the third has waited for 50 minutes, which does not count"
        await here.serve()
        assert await here.next() == expected[1]
        await replayed(here)
    assert [one.because for one in await Call.all().order_by("id")] == ["arrived", "booked", *order_of_calls]
    one = (await Call.all().order_by("id"))[1]
    assert (one.since, one.seconds, list((one.counters or {}).values())) == (nine_fifteen, 60 * minutes, [1])
    entries = await ledger.read(queue.subject("east", at("09:00").date()))
    assert next(each.data["seconds"] for each in entries if each.kind == "ticket.overtook") == one.seconds


async def test_on_a_full_day_a_reservation_is_worth_its_time(system: System) -> None:
    """Sixty-four walk-ins wait, most of them for more than half an hour."""
    here = await bench({"1": ["passport"], "2": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        number = await booked("11:00")
    place = await offices.place("east")
    for minute in range(64):
        with clock.at(at("09:10") + timedelta(minutes=minute)):
            await here.walk_in()
    with clock.at(at("10:22")):
        await here.open("1", "2")
        early, arrival = await here.check_in(number)
        assert arrival is Arrival.EARLY
        assert await turns.position(early, queue.rule(place.office), place.able) == 1, "it counts from the booked time"
        assert (await live_queue.of_office(place)).tickets[early.number].position == 1
        assert await here.next("1") == "1"
        assert await here.next("2") == "2"
    with clock.at(at("11:00")):
        await here.serve("1")
        wait = (await waiting_times.of_office(place)).tickets[queue.rank(early.id)]
        assert wait.p90 < 10
        assert await here.next("1") == early.number
        await replayed(here)


async def test_too_late_is_a_walk_in_and_the_same_visit_gets_one_ticket(system: System) -> None:
    here = await bench({"1": ["passport"]}, grace_minutes=10)
    with clock.at(at("09:00") - timedelta(days=4)):
        number = await booked("09:15")
        with pytest.raises(WrongDay):
            await here.check_in(number)
    with clock.at(at("09:26")):
        late, arrival = await here.check_in(number)
        assert (arrival, late.booked_for) == (Arrival.LATE, None)
        again, _arrival = await here.check_in(number)
        assert again.id == late.id
        await here.open("1")
        await here.next()
        await here.serve()
    assert (await Visit.get(number=number)).state is VisitState.SERVED
    kinds = [one.kind for one in await ledger.read(f"visit/{number}")]
    assert kinds == ["visit.booked", "visit.arrived", "visit.served"]


async def test_a_press_gives_one_ticket_and_calls_one(system: System) -> None:
    here = await bench({"1": ["passport"]})
    with clock.at(at("09:00")):
        await here.open("1")
        tickets = await asyncio.gather(*(here.walk_in(press="a") for _one in range(6)), here.walk_in(press="b"))
        assert sorted({one.number for one in tickets}) == ["1", "2"]
        called = await asyncio.gather(*(here.next(press="x") for _one in range(6)))
        assert {*called} == {"1"}
        assert await Call.all().count() == 1


async def test_many_clerks_call_each_ticket_once_and_skip_nobody(system: System) -> None:
    numbers = [str(number) for number in range(1, 17)]
    here = await bench({one: ["passport"] for one in numbers})
    with clock.at(at("09:00")):
        await here.open(*numbers)
        for _one in range(40):
            await here.walk_in()

        async def clerk(counter: str) -> list[str]:
            found = []
            while number := await here.next(counter):
                found.append(number)
                await here.serve(counter)
            return found

        called = [one for some in await asyncio.gather(*map(clerk, numbers)) for one in some]
        await replayed(here)
    assert sorted(called, key=int) == [str(number) for number in range(1, 41)]
    calls = await Call.all().order_by("id").prefetch_related("ticket")
    assert [one.ticket.number for one in calls] == [str(number) for number in range(1, 41)]
    assert [sentence async for sentence in ledger_check.verify()] == []


async def test_who_is_not_there_is_called_again_later_and_then_missed(system: System) -> None:
    here = await bench({"1": ["passport"]}, most_calls=2, recall_minutes=3)
    with clock.at(at("09:00") - timedelta(days=4)):
        number = await booked("09:00")
    with clock.at(at("08:55")):
        await here.check_in(number)
        await here.open("1")
    with clock.at(at("09:00")):
        await here.walk_in()
        assert await here.next() == "1"
        with pytest.raises(CalledJustNow):
            await calling.recall(here.clerk, here.at("1"), Plain())
        await calling.not_here(here.clerk, here.at("1"), Plain())
        assert await here.next() == "2", "the same person is not called again at once"
        await here.serve()
        assert await here.next() == ""
    with clock.at(at("09:03")):
        assert await here.next() == "1"
    with clock.at(at("09:12")):
        missed = await calling.not_here(here.clerk, here.at("1"), Plain())
        assert missed.state is TicketState.MISSED
    visit = await Visit.get(number=number)
    assert visit.state is VisitState.MISSED
    assert len((await NoShow.get(visit_id=visit.id)).calls) == 2


async def test_who_comes_back_after_a_missed_call_and_is_served_was_no_no_show(system: System) -> None:
    here = await bench({"1": ["passport"]}, most_calls=1, no_shows=1, grace_minutes=0)
    with clock.at(at("09:00") - timedelta(days=4)):
        number = await booked("09:00")
    with clock.at(at("08:55")):
        ticket, _arrival = await here.check_in(number)
        await here.open("1")
    with clock.at(at("09:00")):
        assert await here.next() == ticket.number
        await calling.not_here(here.clerk, here.at("1"), Plain())
        visit = await Visit.get(number=number)
        assert (visit.state, await Restriction.filter(visit_id=visit.id, lifted_at=None).count()) == ("missed", 1)
    with clock.at(at("09:05")):
        await tickets.come_back(ticket.code)
        assert await here.next() == ticket.number
        await here.serve()
    assert (await Visit.get(number=number)).state is VisitState.SERVED
    assert (await NoShow.get(visit_id=visit.id)).excused
    assert await Restriction.filter(lifted_at=None).count() == 0
    kinds = [one.kind for one in await ledger.read(f"visit/{number}")]
    assert kinds == [
        "visit.booked", "visit.arrived", "visit.no_show", "visit.restricted", "visit.no_show_undone",
        "visit.served", "visit.restriction_lifted",
    ]  # fmt: skip


async def test_several_matters_parking_and_forwarding(system: System) -> None:
    here = await bench({"1": ["passport", "seal"], "2": ["moving"], "3": ["moving"]})
    with clock.at(at("09:00")):
        await here.open("1", "2", "3")
        ticket = await here.walk_in("passport", "seal", "moving")
        await here.walk_in("moving")
        assert await here.next() == ticket.number
        await calling.start(here.clerk, here.at("1"), Plain())
        after = await calling.finish(here.clerk, here.at("1"), Finish())
        assert after.state is TicketState.WAITING, "two of three were settled in one call"
        assert await here.next("2") == ticket.number, "they keep their arrival"
        await calling.start(here.clerk, here.at("2"), Plain())
        assert (await calling.park(here.clerk, here.at("2"), Plain())).state is TicketState.PARKED
        assert await here.next("2") == "2"
        again = await calling.call(here.clerk, here.at("3"), CallChosen(ticket.number))
        assert again.state is TicketState.CALLED
        forwarded = await calling.transfer(here.clerk, here.at("2"), Transfer("3"))
        assert forwarded.for_counter == here.counter["3"]
        assert await here.next("2") == "", "it is for the other counter"
        await here.serve("3")
        assert await here.next("3") == "2"
        await replayed(here)
    assert (await Ticket.get(number=ticket.number)).state is TicketState.DONE


async def test_an_abandoned_call_ends_by_itself(system: System) -> None:
    here = await bench({"1": ["passport"], "2": ["passport"]}, call_minutes=5)
    with clock.at(at("09:00")):
        await here.open("1", "2")
        await here.walk_in()
        await here.walk_in()
        assert await here.next() == "1"
    with clock.at(at("09:04")):
        assert await counters.end_abandoned() == 0
    with clock.at(at("09:06")):
        assert await counters.end_abandoned() == 1
        assert await here.next("2") == "1", "nobody is skipped"


@pytest.mark.parametrize("carry", [True, False])
async def test_the_queue_ends_with_the_day_or_goes_on(system: System, carry: bool) -> None:
    here = await bench({"1": ["passport"]}, carry_over=carry)
    with clock.at(at("16:50")):
        await here.open("1")
        for _one in range(3):
            await here.walk_in()
        await here.next()
        await calling.start(here.clerk, here.at("1"), Plain())
    with clock.at(at("16:50") + timedelta(hours=12)):
        assert await counters.close_days() == 1
        assert await counters.close_days() == 0
        assert (await Ticket.get(number="1")).state is TicketState.DONE
        left = await Ticket.filter(number="2").get()
        assert left.state is (TicketState.WAITING if carry else TicketState.LEFT)
    with clock.at(at("09:00") + timedelta(days=1)):
        numbers = [(await here.walk_in()).number for _one in range(2)]
        assert numbers == (["1", "4"] if carry else ["1", "2"])
        await here.open("1")
        assert await here.next() == ("2" if carry else "1")


async def test_a_rule_that_changes_during_the_day_decides_what_comes_after_it(system: System) -> None:
    here = await bench({"1": ["passport"]}, delay_minutes=30)
    with clock.at(at("09:00", None) - timedelta(days=4)):
        first, second = await booked("09:15"), await booked("09:45", "lee")
    with clock.at(at("09:05")):
        await here.open("1")
        await here.walk_in()
    for number, time in ((first, "09:15"), (second, "09:45")):
        with clock.at(at(time)):
            on_time, _arrival = await here.check_in(number)
            assert await here.next() == on_time.number
        with clock.at(at(time) + timedelta(minutes=20)):
            await here.serve()
    with clock.at(at("10:10")):
        await Office.filter(id=here.office.id).update(delay_minutes=10)
        offices.forget()
        assert await here.next() == "1"
        await replayed(here)


async def test_those_for_whom_no_counter_is_able_have_one_place_everywhere(system: System) -> None:
    here = await bench({"1": ["passport"]})
    with clock.at(at("09:00")):
        waiting = [await here.walk_in() for _one in range(2)]
        await CounterAbility.all().delete()
        offices.forget()
        place = await offices.place("east")
        live = await live_queue.of_office(place)
        for position, one in enumerate(waiting, 1):
            assert live.tickets[one.number].position == position
            assert await turns.position(one, queue.rule(place.office), place.able) == position


async def test_the_company_of_a_guide_is_no_matter_to_be_settled(system: System) -> None:
    await three_floors()
    with clock.at(at("09:00") - timedelta(days=4)):
        errand = await taking.errand("east", ["passport", "seal"], Channel.ONLINE)
        (day,) = await planning.plans(errand, [next_monday()], guide=await taking.guide_of(errand.place, "G"))
        stops = [stop.value for stop in day.plans[0].stops]
        made = await booking.book_now(await taking.planned(errand, stops, "G"), contact("kim"))
    start = (await Visit.get(number=made.number)).starts_at
    with clock.at(start - timedelta(minutes=5)):
        place = await offices.office("east")
        ticket, _arrival = await arriving.check_in(place, await visits.by_number(made.number), Press(1))
    matters = await TicketMatter.filter(ticket_id=ticket.id).order_by("position").prefetch_related("service")
    assert sorted(one.service.code for one in matters) == ["passport", "seal"]
