"""Forwarding between offices: a number there, the arrival kept, both records, no deadlock; on both databases."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.core import clock, ledger, ledger_check
from server.core.accounts import Official
from server.core.days import today
from server.core.errors import Invalid, NotPossibleNow
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import arriving, booking, calling, counters, forwarding, tickets
from tracking.visits.actions.arriving import Press
from tracking.visits.desk_forms import Plain
from tracking.visits.events import TicketForwarded
from tracking.visits.models import Counter, NoShow, Office, Opening, Ticket, TicketMatter, TicketSeries, Visit
from tracking.visits.queries import offices, queue, turns, visits
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queue_forms import CallNext, Finish, Forward, OpenCounter
from tracking.visits.states import OpeningKind, TicketState, VisitState
from tracking.visits.waits import order


async def two_offices(**settings: Any) -> tuple[Official, str, str]:
    """Two offices with one open counter each; the clerk, and the counters."""
    clerk, found = await official("clerk"), []
    for code in ("east", "west"):
        office = await an_office({"1": ["passport", "seal"]}, code=code, **settings)
        counter = str((await Counter.get(office_id=office.id)).id)
        await counters.open_counter(clerk, counter, OpenCounter())
        found.append(counter)
    return clerk, found[0], found[1]


async def walk_in(code: str = "east", *services: str) -> TicketRow:
    return await arriving.walk_in(await offices.office(code), services or ("passport",), Press())


async def call(clerk: Official, counter: str) -> TicketRow:
    found = await calling.call_next(clerk, counter, CallNext())
    assert found is not None
    return found


async def test_a_forwarded_visitor_keeps_the_arrival_and_both_offices_record_it(system: System) -> None:
    with clock.at(at("09:00")):
        clerk, east, west = await two_offices()
        first = await walk_in("east", "passport", "seal")
        assert (await call(clerk, east)).id == first.id
        await calling.start(clerk, east, Plain())
        await Ticket.filter(id=first.id).update(note="통역이 필요합니다.", urgent="임신부")
        await calling.finish(clerk, east, Finish(("passport",)))
        await call(clerk, east)
    with clock.at(at("09:20")):
        await walk_in("west")
        forwarded = await forwarding.forward(clerk, east, Forward("west"))
        assert forwarded.state is TicketState.FORWARDED
        assert await queue.at_counter(int(east)) is None
        new = await Ticket.get(forwarded_from=first.id)
        assert (new.state, new.number, new.calls) == (TicketState.WAITING, "2", 0)
        assert (new.note, new.urgent) == ("통역이 필요합니다.", "임신부")
        assert new.arrived_at == first.arrived_at
        assert new.first_called_at is not None, "they waited once"
        matters = await TicketMatter.filter(ticket_id=new.id).prefetch_related("service")
        assert [one.service.code for one in matters] == ["seal"], "the rest was settled before"
        await Ticket.filter(id=new.id).update(urgent="")
        assert (await call(clerk, west)).id == new.id, "they came before whoever waits there"
        for code in ("east", "west"):
            said = [one.kind for one in await ledger.read(queue.subject(code, today()))]
            assert TicketForwarded.kind in said
    assert [problem async for problem in ledger_check.verify()] == []


async def test_the_record_of_the_other_office_replays(system: System) -> None:
    with clock.at(at("09:00")):
        clerk, east, west = await two_offices()
        await walk_in("east")
        await call(clerk, east)
    with clock.at(at("09:05")):
        await walk_in("west")
        await forwarding.forward(clerk, east, Forward("west"))
        called = await call(clerk, west)
        assert called.forwarded_from
        record = await turns.record("west", today())
        assert [one.because for one in record if one.because] == [order.Because.FORWARDED]
        assert order.first_difference(record, queue.rule(await offices.office("west"))) is None


async def test_an_office_that_cannot_go_on_refuses(system: System) -> None:
    with clock.at(at("09:00")):
        clerk, east, _west = await two_offices()
        south = await an_office({"1": ["moving"]}, code="south")
        await walk_in("east", "passport", "seal")
        await call(clerk, east)

        async def refused(code: str) -> str:
            with pytest.raises(Invalid) as refusal:
                await forwarding.forward(clerk, east, Forward(code))
            (error,) = refusal.value.errors
            assert error.field == "office"
            return error.text.msgid

        assert "already" in await refused("east")
        assert "no such office" in await refused("nowhere")
        assert "cannot do everything" in await refused("south")
        west = await Office.get(code="west")
        series = await TicketSeries.create(office_id=west.id, lowest=1, highest=1)
        await walk_in("west")
        assert "no numbers left" in await refused("west")
        await series.delete()
        await Opening.create(office_id=west.id, date=today(), kind=OpeningKind.CLOSED, reason="공사")
        assert "closed" in await refused("west")
        assert (await Ticket.filter(day__office_id=west.id).count()) == 1
        assert (await Ticket.filter(day__office_id=south.id).count()) == 0
        ticket = await queue.at_counter(int(east))
        assert ticket is not None
        assert ticket.state is TicketState.CALLED


async def test_who_was_forwarded_has_come(system: System) -> None:
    with clock.at(at("09:00") - timedelta(days=4)):
        clerk, east, west = await two_offices(most_calls=1)
        made = await booking.book_now(await wish(start="09:00"), contact("kim"))
    with clock.at(at("09:00")):
        for counter in (east, west):
            await counters.open_counter(clerk, counter, OpenCounter())
        await arriving.check_in(await offices.office("east"), await visits.by_number(made.number), Press())
        await call(clerk, east)
        await calling.start(clerk, east, Plain())
        await forwarding.forward(clerk, east, Forward("west"))
        again, _arrival = await arriving.check_in(
            await offices.office("east"), await visits.by_number(made.number), Press()
        )
        assert again.office_id == (await Office.get(code="west")).id, "the reservation has its ticket there"
        await call(clerk, west)
        missed = await calling.not_here(clerk, west, Plain())
        assert missed.state is TicketState.MISSED
    assert (await Visit.get(number=made.number)).state is VisitState.SERVED
    assert await NoShow.all().count() == 0


async def test_two_offices_that_forward_to_each_other_do_not_wait_for_each_other(system: System) -> None:
    with clock.at(at("09:00")):
        clerk, east, west = await two_offices()
        for _round in range(4):
            for code in ("east", "west"):
                await walk_in(code)
            await call(clerk, east)
            await call(clerk, west)
            done = await asyncio.wait_for(
                asyncio.gather(
                    forwarding.forward(clerk, east, Forward("west")), forwarding.forward(clerk, west, Forward("east"))
                ),
                30,
            )
            assert [one.state for one in done] == [TicketState.FORWARDED] * 2
        assert await Ticket.filter(state=TicketState.FORWARDED).count() == 8


async def test_a_ticket_that_was_forwarded_can_do_nothing_more(system: System) -> None:
    with clock.at(at("09:00")):
        clerk, east, _west = await two_offices()
        ticket = await walk_in()
        await call(clerk, east)
        await forwarding.forward(clerk, east, Forward("west"))
        for act in (tickets.leave, tickets.come_back):
            with pytest.raises(NotPossibleNow):
                await act(ticket.code)
        page = (await system.client.get(f"/tickets/{ticket.code}")).text
        new = await Ticket.get(forwarded_from=ticket.id)
        assert f"/tickets/{new.code}" in page
        told = (await system.client.get(f"/api/v1/tickets/{ticket.code}")).json()
        assert (told["state"], told["goes_on"].rpartition("/")[2]) == ("forwarded", new.code)
