"""Printing of tickets: reported by the kiosk, repeated, and given back when it failed and nobody wanted the ticket."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.core import clock, ledger
from server.core.days import today
from tests.functional.test_kiosk_api import check_in, enrolled, ticket
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import booking, printing
from tracking.visits.models import Counter, Device, SeriesDay
from tracking.visits.queries import queue
from tracking.visits.states import PRINT, PrintState


async def a_kiosk(system: System, printer: str = "escpos") -> dict[str, str]:
    device = await enrolled(system)
    await Device.filter(printer="none").update(printer=printer)
    return device


async def report(system: System, device: dict[str, str], number: str, state: str, press_id: str = "") -> httpx.Response:
    body = {"state": state, "press_id": press_id}
    return await system.client.post(f"/api/v1/kiosk/east/tickets/{number}/print", json=body, headers=device)


async def give_back(system: System, device: dict[str, str], number: str) -> httpx.Response:
    return await system.client.post(f"/api/v1/kiosk/east/tickets/{number}/give-back", headers=device)


async def reported() -> list[Any]:
    return [one.data["state"] for one in await ledger.read(queue.subject("east", today()), kind="ticket.print")]


async def test_printing_is_reported_and_repeated(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await a_kiosk(system)
        made = (await ticket(system, device)).json()
        assert made["print_state"] == "pending"
        steps = [
            ("failed", "", "failed"), ("pending", "a", "pending"), ("pending", "a", "pending"),
            ("printed", "", "printed"), ("pending", "b", "printed"), ("pending", "b", "printed"),
            ("failed", "", "printed"), ("pending", "c", "printed"),
        ]  # fmt: skip
        for state, press, expected in steps:
            answer = await report(system, device, made["number"], state, press)
            assert (answer.status_code, answer.json()["print_state"]) == (200, expected), (state, answer.text)
        assert await reported() == ["failed", "pending", "printed", "pending", "failed", "pending"]
        assert (await report(system, device, made["number"], "eaten")).status_code == 422
        assert (await report(system, device, "77", "printed")).json()["code"] == "no_such_ticket"
        other = await a_kiosk(system)
        assert (await report(system, other, made["number"], "printed")).json()["code"] == "no_such_ticket"


async def test_a_failed_print_leaves_no_ghost(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        kim = await booking.book_now(await wish(start="09:15"), contact("kim"))
    with clock.at(at("09:00")):
        device, other = await a_kiosk(system), await a_kiosk(system)
        number = (await ticket(system, device)).json()["number"]
        assert (await give_back(system, device, number)).json()["code"] == "may_be_printed"
        await report(system, device, number, "failed")
        assert (await give_back(system, other, number)).json()["code"] == "no_such_ticket"
        for _twice in range(2):
            assert (await give_back(system, device, number)).json()["state"] == "left"
        assert (await SeriesDay.get()).walk_ins == 0
        assert (await report(system, device, number, "printed")).json()["code"] == "illegal_transition"
        noted = (await ticket(system, device)).json()["number"]
        for state in ("failed", "not_needed"):
            await report(system, device, noted, state)
        assert (await give_back(system, device, noted)).json()["code"] == "may_be_printed"
        called = (await check_in(system, device, number=kim.number, key=kim.key)).json()["number"]
        await report(system, device, called, "failed")
        clerk, counter = await system.official("clerk"), await Counter.get(office_id=office.id)
        await clerk.post(f"/api/v1/desk/counters/{counter.id}/open")
    with clock.at(at("09:15")):
        await clerk.post(f"/api/v1/desk/counters/{counter.id}/call", json={"ticket": called})
        assert (await give_back(system, device, called)).json()["code"] == "illegal_transition"


async def test_the_counter_sees_that_a_print_failed(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device, clerk = await a_kiosk(system), await system.official("clerk")
        number = (await ticket(system, device)).json()["number"]
        page = f"/desk/counters/{(await Counter.get(office_id=office.id)).id}"
        assert "인쇄 실패" not in (await clerk.get(page)).text
        await report(system, device, number, "failed")
        assert "인쇄 실패" in (await clerk.get(page)).text


async def test_who_booked_checks_in_again_after_a_failed_print(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        kim = await booking.book_now(await wish(start="09:15"), contact("kim"))
    with clock.at(at("09:00")):
        device = await a_kiosk(system)
        first = (await check_in(system, device, number=kim.number, key=kim.key)).json()
        await report(system, device, first["number"], "failed")
        await give_back(system, device, first["number"])
        again = (await check_in(system, device, number=kim.number, key=kim.key)).json()
        assert (first["number"], again["number"]) == ("1", "2")
    kinds = [one.kind for one in await ledger.read(f"visit/{kim.number}")]
    assert kinds == ["visit.booked", "visit.arrived", "visit.left_queue", "visit.arrived"]


async def test_a_kiosk_that_died_keeps_no_ghost(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await a_kiosk(system)
        failed, pending, noted = [(await ticket(system, device)).json()["number"] for _one in range(3)]
        await report(system, device, failed, "failed")
        await report(system, device, noted, "not_needed")
    with clock.at(at("09:04")):
        await report(system, device, failed, "pending")
        await report(system, device, failed, "failed")
    with clock.at(at("09:08")):
        assert await printing.give_back_forgotten() == 0, "counted from the last failure"
    with clock.at(at("09:10")):
        assert await printing.give_back_forgotten() == 1
        assert await printing.give_back_forgotten() == 0
        states = {one.number: one.state.value for one in await queue.here((await queue.day(1, today()))[0])}
    assert states == {pending: "waiting", noted: "waiting"}, "what may be printed is never taken back"


@pytest.mark.parametrize("state", PrintState)
def test_who_has_a_paper_or_a_note_keeps_the_ticket_whatever_is_reported_next(state: PrintState) -> None:
    assert PRINT[state].keys() == {*PrintState}
    if state in {PrintState.PRINTED, PrintState.NOT_NEEDED}:
        assert PrintState.FAILED not in PRINT[state].values()
        assert PrintState.PENDING not in PRINT[state].values()


async def test_a_kiosk_without_printer_gives_back_only_what_nobody_saw(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await enrolled(system)
        unseen, noted = [(await ticket(system, device)).json() for _one in range(2)]
        assert unseen["print_state"] == "not_needed"
        assert (await give_back(system, device, unseen["number"])).json()["code"] == "may_be_printed"
        await report(system, device, unseen["number"], "failed")
        assert (await give_back(system, device, unseen["number"])).json()["state"] == "left"
        await report(system, device, noted["number"], "not_needed")
        await report(system, device, noted["number"], "pending")
        await report(system, device, noted["number"], "failed")
        assert (await give_back(system, device, noted["number"])).json()["code"] == "may_be_printed"
