"""What a counter does after midnight, before the queue of the day is closed, with a visitor of the day before."""

from datetime import timedelta

import pytest

from server.core import clock, ledger
from server.core.days import today
from tests.integration.test_queue import bench, replayed
from tests.support.system import System
from tests.support.visits import at, next_monday
from tracking.visits.actions import calling, counters
from tracking.visits.counter_errors import CounterBusy
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Ticket
from tracking.visits.queries import offices, queue, turns
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queue_forms import Finish
from tracking.visits.states import TicketState
from tracking.visits.waits import order


@pytest.mark.parametrize("finishes", [False, True])
async def test_what_a_counter_does_after_midnight_belongs_to_its_visitors_day(system: System, finishes: bool) -> None:
    here, monday = await bench({"1": ["passport"]}, most_calls=2), next_monday()
    with clock.at(at("16:50")):
        await here.open("1")
        await here.walk_in()
    with clock.at(at("23:59")):
        await here.next()
        if finishes:
            await calling.start(here.clerk, here.at("1"), Plain())
    with clock.at(at("23:59") + timedelta(seconds=80)):
        if finishes:
            await calling.finish(here.clerk, here.at("1"), Finish())
        else:
            await calling.not_here(here.clerk, here.at("1"), Plain())
        assert await ledger.read(queue.subject("east", today())) == []
        await counters.close_days()
    with clock.at(at("09:00") + timedelta(days=1)):
        await here.open("1")
        await here.walk_in()
        assert await here.next() == "1"
        await replayed(here)
    rule, record = queue.rule(await offices.office("east")), await turns.record("east", monday)
    assert order.first_difference(record, rule) is None
    assert record[-1].left, "and it is over"
    assert (await Ticket.get(day__date=monday)).state is (TicketState.DONE if finishes else TicketState.LEFT)


async def test_after_midnight_a_press_meant_for_yesterdays_visitor_touches_nobody_of_today(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await bench({"1": ["passport"]})
    with clock.at(at("16:50")):
        await here.open("1")
        before = await here.walk_in()
    with clock.at(at("09:00") + timedelta(days=1)):
        await here.open("1")
        await here.walk_in()
        await here.next()
        reads = iter([await queue.ticket(before.id)])
        at_counter = queue.at_counter

        async def read(counter: int) -> TicketRow | None:
            return next(reads, None) or await at_counter(counter)

        monkeypatch.setattr(queue, "at_counter", read)
        with pytest.raises(CounterBusy):
            await calling.not_here(here.clerk, here.at("1"), Plain())
