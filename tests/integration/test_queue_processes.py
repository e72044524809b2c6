"""Kiosks and counters at two servers at once, and servers that are killed: no ticket is lost, none is given twice."""

import asyncio
import contextvars
from collections import Counter as Tally
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from server.core import clock, database, ledger_check
from server.core.config import Settings
from server.core.days import today
from tests.functional.test_kiosk_api import enrolled
from tests.support.answers import official
from tests.support.live import LiveProcess, Starter
from tests.support.system import PASSWORD, System
from tests.support.visits import an_office, at
from tracking.visits.actions import arriving, queueing
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Call, Counter, CounterSitting, Ticket, WaitEstimate
from tracking.visits.queries import offices, queue, turns, waiting_times
from tracking.visits.states import CounterState, PrintState
from tracking.visits.waits import order

pytestmark = pytest.mark.parametrize("engine", ["postgres"])

CLERKS = 64
KIOSKS, PRESSES, OFFLINE = 4, 20, 3
KIOSK = "/api/v1/kiosk/east"


async def serve(starter: Starter, settings: Settings, count: int) -> list[LiveProcess]:
    return [await asyncio.to_thread(starter.serve, settings, SINMUNGO_RUN_JOBS="off") for _one in range(count)]


async def both(clients: Sequence[httpx.AsyncClient], path: str, body: Any, headers: dict[str, str]) -> Any:
    """The same press at both servers at once: one answer."""
    answers = await asyncio.gather(*(one.post(path, json=body, headers=headers) for one in clients))
    found = [one.json() for one in answers]
    assert {one.status_code for one in answers} <= {200, 201}, found
    assert found[0]["number"] == found[1]["number"], "a repeated press gives the same"
    return found[0]


async def at_kiosk(clients: Sequence[httpx.AsyncClient], device: dict[str, str], name: int) -> list[str]:
    """What one kiosk gives out: with network, and from its own numbers."""
    state = (await clients[name % 2].get(KIOSK, headers=device)).json()
    own = [str(number) for block in state["blocks"] for number in block["numbers"]][:OFFLINE]
    presses = [{"service": "passport", "press_id": f"{name}-{number}"} for number in range(PRESSES)]
    later = [
        {"service": "passport", "press_id": f"{name}-off-{number}", "number": number, "taken_at": state["now"]}
        for number in own
    ]
    found = await asyncio.gather(*(both(clients, f"{KIOSK}/tickets", one, device) for one in [*presses, *later]))
    given: list[str] = [one["number"] for one in found]
    assert given[PRESSES:] == own
    return given


async def test_kiosks_and_64_clerks_at_two_servers(system: System, settings: Settings, starter: Starter) -> None:
    office = await an_office({str(number): ["passport"] for number in range(1, CLERKS + 1)})
    counters = [one.id for one in await Counter.filter(office_id=office.id)]
    with clock.at(at("09:00")):
        devices = [await enrolled(system) for _one in range(KIOSKS)]
        servers = await serve(starter, settings, 2)
        token = await system.client.post("/api/v1/tokens", json={"username": "clerk", "password": PASSWORD})
        clerk = await official("clerk")
        await CounterSitting.bulk_create(
            CounterSitting(counter_id=one, account_id=clerk.id, state=CounterState.OPEN, since=clock.now())
            for one in counters
        )
        limits = httpx.Limits(max_connections=40)
        async with (
            httpx.AsyncClient(base_url=servers[0].url, timeout=60, limits=limits) as first,
            httpx.AsyncClient(base_url=servers[1].url, timeout=60, limits=limits) as second,
        ):
            clients = (first, second)
            given = await asyncio.gather(*(at_kiosk(clients, one, name) for name, one in enumerate(devices)))
            numbers = [number for some in given for number in some]
            assert len(numbers) == KIOSKS * (PRESSES + OFFLINE)
            assert [number for number, times in Tally(numbers).items() if times > 1] == []
            assert await Ticket.all().count() == len(numbers)
            headers = {"authorization": f"Bearer {token.json()['token']}"}
            called = await asyncio.gather(
                *(
                    both(clients, f"/api/v1/desk/counters/{one}/call-next", {"press_id": f"p{one}"}, headers)
                    for one in counters
                )
            )
        assert len({one["number"] for one in called}) == CLERKS, "each ticket once"
        assert await Call.all().count() == CLERKS
        record = await turns.record("east", today())
        assert order.first_difference(record, queue.rule(await offices.office("east"))) is None, "nobody was skipped"
    assert [sentence async for sentence in ledger_check.verify()] == []


async def press(url: str, device: dict[str, str], press_id: str) -> str:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        answer = await client.post(
            f"{KIOSK}/tickets", json={"service": "passport", "press_id": press_id}, headers=device
        )
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["number"]
    return number


async def test_a_server_killed_between_a_ticket_and_its_answer(
    system: System, settings: Settings, starter: Starter
) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await enrolled(system)
        (server,) = await serve(starter, settings, 1)
        assert await press(server.url, device, "a") == "1"
        async with database.transaction():
            await database.execute("LOCK TABLE wait_estimate IN ACCESS EXCLUSIVE MODE")  # the answer waits for it
            lost = asyncio.create_task(press(server.url, device, "b"))
            async with asyncio.timeout(30):
                while await Ticket.all().count() < 2:
                    await asyncio.sleep(0.02)
            assert not lost.done()
            await asyncio.to_thread(server.kill)
        with pytest.raises(httpx.TransportError):
            await lost
        (server,) = await serve(starter, settings, 1)
        assert [await press(server.url, device, one) for one in ("b", "b", "c", "a")] == ["2", "2", "3", "1"]
    assert sorted(one.number for one in await Ticket.all()) == ["1", "2", "3"]


async def test_a_printed_ticket_survives_the_server(system: System, settings: Settings, starter: Starter) -> None:
    """Each press is printed as soon as it is answered; the server is killed in the middle of many."""
    await an_office({"1": ["passport"]})
    printed: dict[str, str] = {}

    async def visitor(url: str, device: dict[str, str], name: str) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            for number in range(200):
                try:
                    given = await press(url, device, f"{name}-{number}")
                    body = {"state": "printed"}
                    done = await client.post(f"{KIOSK}/tickets/{given}/print", json=body, headers=device)
                except httpx.TransportError:
                    return
                assert done.status_code == 200, done.text
                printed[f"{name}-{number}"] = given

    with clock.at(at("09:00")):
        devices = [await enrolled(system) for _one in range(2)]
        (server,) = await serve(starter, settings, 1)
        visitors = [asyncio.create_task(visitor(server.url, one, str(name))) for name, one in enumerate(devices)]
        async with asyncio.timeout(60):
            while len(printed) < 20:
                await asyncio.sleep(0.01)
        await asyncio.to_thread(server.kill)
        await asyncio.gather(*visitors)
        assert len({*printed.values()}) == len(printed), "no number twice"
        tickets = {one.press_id: one for one in await Ticket.all()}
        assert {one: tickets[one].number for one in printed} == printed, "none is lost"
        assert {tickets[one].print_state for one in printed} == {PrintState.PRINTED}
        (server,) = await serve(starter, settings, 1)
        for name, one in printed.items():
            assert await press(server.url, devices[int(name[0])], name) == one
        fresh = await press(server.url, devices[0], "after")
        assert fresh not in {one.number for one in tickets.values()}
    assert [sentence async for sentence in ledger_check.verify()] == []


async def test_a_ticket_is_called_while_its_first_answer_is_on_the_way(system: System) -> None:
    """Both lock the day's chain before the ticket's row; in another order one of them ends as a deadlock."""
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        await CounterSitting.create(
            counter_id=(await Counter.get()).id, account_id=(await official("clerk")).id, state=CounterState.OPEN,
            since=clock.now(),
        )  # fmt: skip
        place = await offices.place("east")
        ticket = await arriving.walk_in(place.office, ["passport"], Press())
        outside = contextvars.copy_context()  # of the transaction
        async with queueing.changing(place.office):
            answering = asyncio.create_task(waiting_times.published(place, ticket), context=outside)
            async with asyncio.timeout(30):
                while not await database.value("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
                    await asyncio.sleep(0.02)
            await database.execute("UPDATE ticket SET counter = ? WHERE id = ?", (await Counter.get()).id, ticket.id)
        assert await answering is not None
    assert await WaitEstimate.all().count() == 1
