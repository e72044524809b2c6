"""``DEMO_LIVE``: the demonstration's queue moves by itself, only there, and leaves people's counters alone."""

import asyncio
from datetime import datetime, timedelta

import pytest

from server.core import clock, jobs, ledger_check
from server.core.accounts import Account
from server.core.bell import bell
from server.core.config import Settings
from server.core.days import today
from server.demo.visits import live
from tests.support.answers import official
from tests.support.live import Starter
from tests.support.system import System
from tests.support.visits import an_office, at, next_monday
from tracking.visits.actions import counters
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Counter, CounterSitting, Opening, Ticket
from tracking.visits.queries import offices, queue, turns
from tracking.visits.queue_forms import OpenCounter
from tracking.visits.states import TicketState
from tracking.visits.waits import order


async def an_hour(start: datetime, minutes: int = 45) -> None:
    for n in range(minutes * 4):
        with clock.at(start + timedelta(seconds=15 * n)):
            await live.step()


async def demo() -> None:
    await Account.filter(username="clerk").update(demo=True)


async def test_the_queue_moves_by_itself_through_the_real_actions(system: System) -> None:
    await demo()
    office = await an_office({"1": ["passport"], "2": ["passport", "moving"], "3": ["moving"]})
    mine = await Counter.get(number="3")
    with clock.at(at("10:00")):
        await counters.open_counter(await official("clerk"), str(mine.id), OpenCounter())
    await an_hour(at("10:00"))
    tickets = await Ticket.all()
    assert sum(one.state is TicketState.DONE for one in tickets) >= 3
    assert sum(one.first_called_at is not None for one in tickets) >= 4
    assert not [one for one in tickets if one.last_counter == mine.id], "a person sits there"
    assert (await CounterSitting.get(counter_id=mine.id)).account_id == (await official("clerk")).id
    assert await Opening.all().count() == 0, "the office was open anyway"
    with clock.at(at("10:45")):
        record = await turns.record("east", today())
        assert order.first_difference(record, queue.rule(await offices.office_by_id(office.id))) is None
    assert [problem async for problem in ledger_check.verify()] == []


async def test_the_demonstrations_clerks_sit_at_their_counters_at_opening_hours(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["moving"]})
    with clock.at(at("10:00")):
        await live.open_by_roster()
        assert await CounterSitting.all().count() == 0, "these are people's accounts"
    await demo()
    for closed in ("08:00", "18:00"):
        with clock.at(at(closed)):
            await live.open_by_roster()
    assert await CounterSitting.all().count() == 0, "the office is closed"
    with clock.at(at("10:00")):
        await live.open_by_roster()
        clerk = await official("clerk")
        assert {one.account_id for one in await CounterSitting.all()} == {clerk.id}
        assert await CounterSitting.all().count() == 2
        await counters.close(clerk, str((await Counter.get(number="1")).id), Plain())
        await live.open_by_roster()
        assert await CounterSitting.all().count() == 1, "who closes a counter finds it closed"


async def test_outside_its_hours_the_office_opens_and_says_why(system: System) -> None:
    await demo()
    await an_office({"1": ["passport"], "2": ["moving"]})
    await an_hour(at("22:00"), 10)
    opening = await Opening.get(date=next_monday())
    assert "시연" in opening.reason
    assert await Ticket.all().count() > 0

    with clock.at(at("22:15")):
        page = (await system.client.get("/offices/east?lang=en")).text
    assert "Demonstration: open around the clock" in page


async def test_nothing_moves_without_demonstration_accounts_or_the_setting(system: System) -> None:
    await an_office({"1": ["passport"]})
    await Account.all().update(demo=False)
    await an_hour(at("10:00"), 3)
    assert await Ticket.all().count() == 0
    await demo()
    task = jobs.Task(live.KIND, live.KIND, {}, 0)
    with clock.at(at("10:15")):  # nobody rests
        await live.handlers(Settings())[live.KIND](task)
        assert await Ticket.all().count() == 0
        for _look in range(30):
            await live.handlers(Settings(demo_live=True))[live.KIND](task)
    assert await Ticket.all().count() > 0
    assert live.periodic(Settings()) == {}
    assert live.periodic(Settings(demo_live=True)) == {live.KIND: live.EVERY}


LOOKS = 12


@pytest.mark.parametrize("engine", ["postgres"])
async def test_of_several_workers_one_at_a_time_moves_the_queue(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    await demo()
    await an_office({"1": ["passport"], "2": ["passport", "moving"]})
    looking, looks, together = set[str](), list[str](), list[set[str]]()

    def worker(name: str) -> jobs.Worker:
        async def look(task: jobs.Task) -> None:
            looking.add(name)
            together.append({*looking})
            looks.append(name)
            await live.handlers(Settings(demo_live=True))[live.KIND](task)
            await asyncio.sleep(0.05)  # so that another one could begin meanwhile
            looking.discard(name)

        return jobs.Worker({live.KIND: look}, {live.KIND: -timedelta.resolution})  # due again at once

    with clock.at(at("10:15")):
        workers = [worker(name) for name in "abc"]
        running = [asyncio.create_task(one.run()) for one in workers]
        async with asyncio.timeout(30):
            while len(looks) < LOOKS:
                bell.ring()
                await asyncio.sleep(0.02)
        for one in workers:
            one.stop()
        await asyncio.gather(*running)
    assert [one for one in together if len(one) > 1] == []
    assert await Ticket.all().count() > 0


@pytest.mark.parametrize("engine", ["postgres"])
async def test_two_web_processes_move_it_as_one(system: System, settings: Settings, starter: Starter) -> None:
    await demo()
    office = await an_office({"1": ["passport"], "2": ["passport", "moving"]})
    with clock.at(at("10:15")):
        await asyncio.to_thread(starter.serve, settings, SINMUNGO_DEMO_LIVE="on", SINMUNGO_WORKERS="2")
        async with asyncio.timeout(90):
            while await Ticket.filter(first_called_at__isnull=False).count() < 2:
                await asyncio.sleep(0.2)
        for one in starter.started:
            one.stop()
        numbers = [one.number for one in await Ticket.all().order_by("id")]
        assert numbers == [str(1 + place) for place in range(len(numbers))]
        assert await Account.filter(username=live.USERNAME).count() == 1
        record = await turns.record("east", today())
        assert order.first_difference(record, queue.rule(await offices.office_by_id(office.id))) is None
    assert [problem async for problem in ledger_check.verify()] == []
