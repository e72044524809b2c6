"""Days at the counters, told by what the pages offer: a morning of 60 tickets, a walk-in among booked ones, three
departments with the case guide.
"""

from datetime import timedelta

import httpx

from server.core import clock, ledger, ledger_check
from server.core.days import today
from tests.support.markup import Element, parse
from tests.support.page_forms import submit
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, three_floors, wish
from tracking.visits.actions import arriving, booking, taking
from tracking.visits.actions.arriving import Press
from tracking.visits.events import TicketCalled
from tracking.visits.models import Call, Counter, Office, Ticket, Visit
from tracking.visits.queries import offices, planning, queue, turns, visits
from tracking.visits.states import Channel, TicketState, VisitState
from tracking.visits.waits import order

TICKETS = 60


class Clerk:
    """A clerk at a counter, who does only what the page shows."""

    def __init__(self, browser: httpx.AsyncClient, page: str) -> None:
        self.browser, self.page = browser, page

    async def shown(self) -> Element:
        answer = await self.browser.get(self.page)
        assert answer.status_code == 200
        return parse(answer.text)

    async def press(self, action: str, **typed: str) -> None:
        answer = await submit(self.browser, self.page, f"/{action}", **typed)
        assert answer.status_code == 303, (action, parse(answer.text).text[:400])

    async def now(self) -> str:
        """The number that the page shows as called or served; empty if there is none."""
        found = (await self.shown()).all("span", class_="now-number")
        return found[0].text if found else ""

    async def calls(self, parked: list[str], *, from_list: bool) -> str:
        """Call whoever is next, or somebody who is back with their papers from the list. Returns the number."""
        if parked and from_list:
            code = parked.pop()
            await self.press(f"tickets/{code}/return")
            await self.press(f"tickets/{code}/chosen")
        else:
            await self.press("call-next")
        number = await self.now()
        while not number and parked:
            await self.press(f"tickets/{parked.pop()}/return")
        return number


async def clerk_at(system: System, number: str, username: str = "clerk") -> Clerk:
    counter = await Counter.get(number=number)
    clerk = Clerk(await system.official(username), f"/desk/counters/{counter.id}")
    await clerk.press("open")
    return clerk


async def walks_in(*services: str) -> Ticket:
    made = await arriving.walk_in(await offices.office("east"), services or ["passport"], Press())
    return await Ticket.get(id=made.id)


async def checks_in(number: str) -> Ticket:
    made, _arrival = await arriving.check_in(await offices.office("east"), await visits.by_number(number), Press())
    return await Ticket.get(id=made.id)


async def replays() -> None:
    """The record of today says the same order again, and the ledger is whole."""
    record = await turns.record("east", today())
    assert order.first_difference(record, queue.rule(await offices.office("east"))) is None
    assert [problem async for problem in ledger_check.verify()] == []


async def test_a_clerks_morning_of_sixty_tickets(system: System) -> None:
    with clock.at(at("09:00") - timedelta(days=4)):
        await an_office({"1": ["passport", "seal"], "2": ["passport"]}, most_calls=2, recall_minutes=3)
        booked = [
            (await booking.book_now(await wish(start=f"{9 + n // 4:02}:{n % 4 * 15:02}"), contact(f"p{n}"))).number
            for n in range(8)
        ]
    minute = at("09:00")
    with clock.at(minute):
        clerk = await clerk_at(system, "1")
    parked: list[str] = []
    given = served = 0
    while served < TICKETS:
        minute += timedelta(minutes=2)
        with clock.at(minute):
            while given < TICKETS and given <= served + 5:
                if given % 7 == 3 and booked:
                    await checks_in(booked.pop(0))
                else:
                    await walks_in(*(["passport", "seal"] if given % 11 == 5 else ["passport"]))
                given += 1
            number = await clerk.calls(parked, from_list=served % 10 == 0)
            if not number:
                continue
            ticket = await Ticket.get(number=number)
            if ticket.id % 13 == 4 and ticket.calls == 1:
                await clerk.press("no-show")
                continue
            await clerk.press("start")
            if ticket.id % 17 == 6 and not ticket.returned_at:
                await clerk.press("note", note__note="서류를 가지러 갔습니다.")
                await clerk.press("park")
                parked.append(ticket.code)
                continue
            await clerk.press("finish")
            served += 1
    with clock.at(minute):
        await clerk.press("call-next")
        assert await clerk.now() == "", "nobody is left"
        await clerk.press("close")
        done = await Ticket.all()
        assert len(done) == TICKETS
        assert {one.state for one in done} == {TicketState.DONE}
        assert all(one.first_called_at and one.first_called_at >= one.arrived_at for one in done)
        served_visits = await Visit.filter(state=VisitState.SERVED).count()
        assert served_visits == 8 - len(booked)
        calls = [one for one in await ledger.read(queue.subject("east", today())) if one.kind == TicketCalled.kind]
        assert len(calls) == await Call.all().count() > TICKETS
        await replays()


async def test_a_walk_in_among_booked_ones(system: System) -> None:
    with clock.at(at("09:00") - timedelta(days=4)):
        await an_office({"1": ["passport"]}, delay_minutes=15)
        booked = [
            (await booking.book_now(await wish(start=start), contact(f"p{start}"))).number
            for start in ("09:00", "09:15", "09:30")
        ]
    with clock.at(at("09:00")):
        clerk = await clerk_at(system, "1")
        walk_in = await walks_in()
        first = await checks_in(booked[0])
        shown = (await clerk.shown()).text
        assert shown.index("예약") < shown.index("도착"), "the list says who is next, and why"
        await clerk.press("call-next")
        assert await clerk.now() == first.number
        await clerk.press("start")
    with clock.at(at("09:15")):
        await clerk.press("finish")
        second = await checks_in(booked[1])
        await clerk.press("call-next")
        assert await clerk.now() == second.number
        own = parse((await system.client.get(f"/tickets/{walk_in.code}")).text).text
        assert "다음 순서입니다" in own
        await clerk.press("start")
    with clock.at(at("09:30")):
        await clerk.press("finish")
        third = await checks_in(booked[2])
        await clerk.press("call-next")
        assert await clerk.now() == walk_in.number, "they were delayed by a quarter of an hour"
        assert "오래" in (await clerk.shown()).text
        await clerk.press("start")
        await clerk.press("finish")
        await clerk.press("call-next")
        assert await clerk.now() == third.number
        await clerk.press("start")
        await clerk.press("finish")
        await replays()
    assert {one.state for one in await Visit.all()} == {VisitState.SERVED}


async def test_three_departments_with_the_guide(system: System) -> None:
    with clock.at(at("09:00") - timedelta(days=4)):
        await three_floors()
        errand = await taking.errand("east", ["passport", "moving", "seal"], Channel.ONLINE)
        (day,) = await planning.plans(errand, [next_monday()], guide=await taking.guide_of(errand.place, "G"))
        stops = [stop.value for stop in day.plans[0].stops]
        made = await booking.book_now(await taking.planned(errand, stops, "G"), contact("kim"))
    start = (await Visit.get(number=made.number)).starts_at
    with clock.at(start):
        clerks = {number: await clerk_at(system, number) for number in ("1", "2", "3")}
        ticket = await checks_in(made.number)
        does = {"passport": "1", "moving": "2", "seal": "3"}
        for number in [does[stop.partition("@")[0]] for stop in stops]:
            here = clerks[number]
            await here.press("call-next")
            assert await here.now() == ticket.number, f"counter {number} is next"
            shown = (await here.shown()).text
            assert "한후견" in shown, "who comes along, with their number"
            own = parse((await system.client.get(f"/tickets/{ticket.code}")).text).text
            assert f"{number}층" in own, "the visitor is sent to the right floor"
            await here.press("start")
            await here.press("finish")
        assert (await Ticket.get()).state is TicketState.DONE
        assert (await Visit.get(number=made.number)).state is VisitState.SERVED
        served = [one.kind for one in await ledger.read(f"visit/{made.number}")]
        assert served.count("visit.served") == 1
        await replays()
    assert await Office.all().count() == 1
