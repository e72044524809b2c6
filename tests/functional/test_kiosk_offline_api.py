"""A kiosk without network: what it needs, the numbers that it gives out, and handing the tickets in afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from server.core import clock, ledger_check
from server.core.days import today
from tests.functional.test_kiosk_api import check_in, enrolled, ticket
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import booking, counters
from tracking.visits.desk.places.devices import DEVICES
from tracking.visits.models import Device, NumberBlock, Ticket, TicketSeries, Visit
from tracking.visits.queries import offices, visits
from tracking.visits.states import TicketState

MOST_QUERIES = 10
"""Besides the estimate of waiting times, which all who ask share."""
FREE = list(range(980, 1000))


async def setup(system: System, device: dict[str, str]) -> Any:
    answer = await system.client.get("/api/v1/kiosk/east", headers=device)
    assert answer.status_code == 200, answer.text
    return answer.json()


def here(clock_time: str, days: int = 0) -> str:
    """A time of today."""
    return at(clock_time, today() + timedelta(days=days)).isoformat()


def later(number: int | str, taken_at: str, press: str, **more: Any) -> dict[str, Any]:
    """A ticket as a kiosk keeps it until it is handed in."""
    moment = here(taken_at) if len(taken_at) == len("09:00") else taken_at
    return {"service": "passport", "number": str(number), "taken_at": moment, "press_id": press, **more}


async def hand_in(system: System, device: dict[str, str], *tickets: dict[str, Any]) -> list[Any]:
    answer = await system.client.post("/api/v1/kiosk/east/tickets/handed-in", json={"tickets": tickets}, headers=device)
    assert answer.status_code == 200, answer.text
    return [one["ticket"] or one["refusal"] for one in answer.json()["items"]]


async def test_a_kiosk_is_told_what_it_needs(system: System, count_queries: Callable[[], list[str]]) -> None:
    await an_office({"1": ["passport"], "2": ["moving"]}, idle_seconds=45, offline_numbers=3)
    with clock.at(at("09:00")):
        device = await enrolled(system)
        await Device.all().update(printer="escpos", paper_mm=58)
        await ticket(system, device)
        first = await setup(system, device)
        assert first["blocks"] == [{"prefix": "", "numbers": [997, 998, 999]}]
        assert (first["office"], first["open"], first["idle_seconds"]) == ("east", True, 45)
        assert (first["printer"], first["paper_mm"]) == ("escpos", 58)
        assert [span["opens"][11:16] for span in first["hours"]] == ["09:00", "13:00"]
        services = {one["code"]: one for one in first["services"]}
        assert (services["passport"]["waiting"], services["moving"]["waiting"]) == (1, 0)
        assert (services["passport"]["ahead"], services["moving"]["ahead"]) == (1, 0), "other counters"
        assert services["passport"]["name"]["ko"] == "passport"
        assert services["passport"]["expected_wait"]["p50"] >= 0
        assert services["passport"]["left"] is None
        seen = count_queries()
        again = await setup(system, device)
        assert again == first, "asking again reserves nothing"
        assert len(seen) <= MOST_QUERIES, "\n".join(seen)
        assert await NumberBlock.all().count() == 1
    with clock.at(at("17:00")):
        assert (await setup(system, device))["open"] is False


async def test_a_kiosk_learns_of_its_printer(system: System) -> None:
    await an_office({"1": ["passport"]})
    admin = await system.official("admin")
    body = {"kind": "kiosk", "name": "입구", "printer": "escpos", "paper_mm": "58"}
    made = (await admin.post("/api/v1/desk/offices/east/devices", json=body)).json()
    token = await system.client.post("/api/v1/kiosk/enrol", json={"enrolment_code": made["enrolment_code"]})
    device = {"x-device-token": token.json()["device_token"]}
    with clock.at(at("09:00")):
        found = await setup(system, device)
        assert (found["printer"], found["paper_mm"]) == ("escpos", 58)
        admin = await system.official("admin")
        changed = {"office": "east", "kind": "kiosk", "name": "입구", "printer": "browser", "paper_mm": "80"}
        answer = await admin.put(f"/api/v1/desk/offices/devices/{made['id']}", json=changed)
        assert answer.json()["paper_mm"] == "80", answer.text
        found = await setup(system, device)
        assert (found["printer"], found["paper_mm"]) == ("browser", 80)
        wrong = await admin.post("/api/v1/desk/offices/east/devices", json={**body, "paper_mm": "70"})
        assert [one["field"] for one in wrong.json()["errors"]] == ["paper_mm"]


async def test_numbers_are_never_those_of_another_kiosk_or_of_the_server(system: System) -> None:
    await an_office({"1": ["passport"]}, offline_numbers=5)
    office = await offices.office("east")
    await TicketSeries.create(office_id=office.id, prefix="A", lowest=1, highest=40, most_daily=0)
    with clock.at(at("09:00")):
        one, two = await enrolled(system), await enrolled(system)
        kept = [number for each in (one, two) for block in (await setup(system, each))["blocks"]
                for number in block["numbers"]]  # fmt: skip
        assert kept == [37, 38, 39, 40, 33, 34, 35, 36], "a tenth of the numbers each"
        numbers = []
        while (answer := await ticket(system, one)).status_code == 201:
            numbers.append(answer.json()["number"])
        assert numbers == [f"A{number}" for number in range(1, 33)], "exhausted where both meet"
        assert answer.json()["code"] == "no_tickets_left"
        assert (await setup(system, one))["services"][0]["left"] == 0
        (handed,) = await hand_in(system, one, later("A40", "09:00", "p"))
        assert handed["number"] == "A40"


async def test_a_kiosk_whose_storage_was_lost_is_not_told_its_old_numbers(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await enrolled(system)
        assert (await setup(system, device))["blocks"][0]["numbers"] == FREE
    with clock.at(at("09:30")):
        kiosk = await Device.get()
        code = (await DEVICES.new_code(await official("admin"), kiosk.id) or {})["enrolment_code"]
        made = await system.client.post("/api/v1/kiosk/enrol", json={"enrolment_code": code})
        device = {"x-device-token": made.json()["device_token"]}
        assert (await setup(system, device))["blocks"][0]["numbers"] == list(range(960, 980))
        (still,) = await hand_in(system, device, later(985, "09:10", "p"))
        assert still["number"] == "985", "what it gave before can still be handed in"


async def test_tickets_are_handed_in_once_and_keep_their_arrival(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await enrolled(system)
        await setup(system, device)
    with clock.at(at("09:20")):
        online = (await ticket(system, device)).json()
        given = [later(980, "09:05", "a"), later(981, "09:06", "b", print_state="printed", language="ja")]
        first, second = await hand_in(system, device, *given)
        assert [first["number"], second["number"], online["number"]] == ["980", "981", "1"]
        assert (first["arrived_at"], first["position"], second["position"]) == (here("09:05"), 1, 2)
        assert (first["print_state"], second["print_state"]) == ("not_needed", "printed")
        again = await hand_in(system, device, *given)
        assert [one["code"] for one in again] == [first["code"], second["code"]]
        alone = await system.client.post("/api/v1/kiosk/east/tickets", json=given[0], headers=device)
        assert (alone.status_code, alone.json()["number"]) == (201, "980")
        assert 980 not in (await setup(system, device))["blocks"][0]["numbers"]
        assert await Ticket.all().count() == 3
        refused = await hand_in(
            system, device, later(980, "09:07", "c"), later(5, "09:07", "d"), later("X", "09:07", "e"),
            later(982, "gestern", "f"), {"service": "passport"}, later(983, "09:07", "g", service="fishing"),
            later(984, "09:07", ""), later(985, "09:07", "h"),
        )  # fmt: skip
        assert [one["code"] for one in refused[:-1]] == [
            "number_taken", "not_its_number", "not_its_number", "invalid", "invalid", "invalid", "invalid"
        ]  # fmt: skip
        assert refused[-1]["number"] == "985", "one that is refused keeps no other back"
        other = await enrolled(system)
        (stolen,) = await hand_in(system, other, later(986, "09:07", "z"))
        assert stolen["code"] == "not_its_number"
    assert [sentence async for sentence in ledger_check.verify()] == []


async def test_a_clock_that_is_wrong_is_corrected(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await enrolled(system)
        await setup(system, device)
    with clock.at(at("09:30")):
        found = await hand_in(
            system, device,
            later(980, "09:40", "fast"), later(981, "08:55", "slow"), later(982, "07:00", "hours"),
            later(983, "1970-01-01T00:00:00+00:00", "dead", date=today().isoformat()),
        )  # fmt: skip
    assert [one["arrived_at"][11:16] for one in found] == ["09:30", "09:00", "09:30", "09:30"]


async def test_after_the_end_of_its_day_a_ticket_is_recorded_as_left(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("16:50")):
        device = await enrolled(system)
        await setup(system, device)
    with clock.at(at("09:00") + timedelta(days=1)):
        await counters.close_days()
        await setup(system, device)
        (late,) = await hand_in(system, device, later(990, here("16:55", -1), "p"))
        assert (late["state"], late["arrived_at"]) == ("left", here("16:55", -1))
        (of_today,) = await hand_in(system, device, later(990, "09:00", "q"))
        assert of_today["state"] == "waiting", "the same number of another day"


async def test_a_limit_of_the_day_does_not_refuse_what_was_given(system: System) -> None:
    await an_office({"1": ["passport"]})
    office = await offices.office("east")
    await TicketSeries.create(office_id=office.id, prefix="", lowest=1, highest=999, most_daily=2)
    with clock.at(at("09:00")):
        device = await enrolled(system)
        assert (await setup(system, device))["services"][0]["left"] == 2
        await ticket(system, device)
        given = await hand_in(system, device, later(980, "09:00", "a"), later(981, "09:00", "b"))
        assert [one["state"] for one in given] == ["waiting", "waiting"]
        assert (await setup(system, device))["services"][0]["left"] == 0
        assert (await ticket(system, device)).json()["code"] == "no_tickets_left"


async def test_a_reservation_shown_without_network_is_linked_if_it_is_valid(system: System) -> None:
    await an_office({"1": ["passport"]}, grace_minutes=10)
    with clock.at(at("09:00") - timedelta(days=4)):
        kim = await booking.book_now(await wish(start="09:15"), contact("kim"))
        lee = await booking.book_now(await wish(start="09:30"), contact("lee"))
        code = visits.qr(lee.number, 0)
        await booking.reschedule(lee.number, await wish(start="09:45"), "citizen")
        choi = await booking.book_now(await wish(start="10:00"), contact("choi"))
    with clock.at(at("09:00")):
        device = await enrolled(system)
        await setup(system, device)
    with clock.at(at("10:30")):
        on_time, old, forged, late = await hand_in(
            system, device,
            later(980, "09:20", "a", qr=visits.qr(kim.number, 0), service=""), later(981, "09:21", "b", qr=code),
            later(982, "09:22", "c", qr=code[:-1] + "x"), later(983, "10:11", "d", qr=visits.qr(choi.number, 0)),
        )  # fmt: skip
        assert (on_time["arrival"], on_time["booked_for"]) == ("on_time", here("09:15"))
        assert [(one["arrival"], one["booked_for"]) for one in (old, forged)] == [("", None), ("", None)]
        assert (late["arrival"], late["booked_for"]) == ("late", None)
        again = await check_in(system, device, number=kim.number, key=kim.key)
        assert again.json()["number"] == "980"
        (twice,) = await hand_in(system, device, later(984, "09:20", "e", qr=visits.qr(kim.number, 0)))
        assert twice["arrival"] == "", "the same visit is not here twice"
    ids = {one.number: one.id for one in await Visit.all()}
    assert {one.number: one.visit_id for one in await Ticket.all()} == {
        "980": ids[kim.number], "981": None, "982": None, "983": ids[choi.number], "984": None,
    }  # fmt: skip


async def test_the_number_on_the_paper_is_the_one(system: System) -> None:
    """The press reached the server, its answer did not reach the kiosk, which printed a number of its own."""
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await enrolled(system)
        await setup(system, device)
        lost = (await ticket(system, device, press_id="p")).json()
        (handed,) = await hand_in(system, device, later(980, "09:00", "p"))
        assert (lost["number"], handed["number"], lost["code"]) == ("1", "980", handed["code"])
        assert await Ticket.all().count() == 1, "nobody waits with the number that nobody has"
        gone = (await ticket(system, device, press_id="q")).json()
        await Ticket.filter(code=gone["code"]).update(state=TicketState.LEFT)
        (handed,) = await hand_in(system, device, later(981, "09:00", "q"))
        assert (handed["number"], handed["state"]) == ("981", "waiting")


async def test_a_number_handed_in_is_the_one_on_the_paper(system: System) -> None:
    """With zeros before it, it would be another visitor; and the number of a paper is not changed."""
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await enrolled(system)
        await setup(system, device)
        first, *zeros = await hand_in(
            system, device, later(980, "09:00", "a"), later("0980", "09:00", "b"), later("000981", "09:00", "c")
        )
        assert [one.get("code") for one in zeros] == ["not_its_number", "not_its_number"]
        (same,) = await hand_in(system, device, later(981, "09:00", "a"))
        assert (same["number"], same["code"]) == ("980", first["code"])
        assert 980 not in (await setup(system, device))["blocks"][0]["numbers"], "its paper is out"
        online = (await ticket(system, device, press_id="p")).json()
        (paper,) = await hand_in(system, device, later(982, "09:00", "p"))
        (other,) = await hand_in(system, device, later(983, "09:00", "p"))
        assert (online["number"], paper["number"], other["number"]) == ("1", "982", "982")
    assert await Ticket.all().count() == 2


async def test_the_queue_is_read_once_for_a_batch(system: System, count_queries: Callable[[], list[str]]) -> None:
    await an_office({"1": ["passport"], "2": ["moving"]}, offline_numbers=40)
    with clock.at(at("09:00")):
        device = await enrolled(system)
        await setup(system, device)
        given = [later(960 + one, "09:00", f"p{one}") for one in range(20)]
        seen, reads, positions = count_queries(), [], list[int]()
        for some in (given[:2], given[2:]):
            before = len(seen)
            positions += [one["position"] for one in await hand_in(system, device, *some)]
            queue = ("t.day_id = $1 AND t.state", "t.day_id = ? AND t.state", "FROM ticket_call ", "FROM counter ")
            reads.append([one for one in seen[before:] if any(part in one for part in queue)])
        assert positions == [*range(1, 21)]
        assert reads[0]
        assert len(reads[0]) == len(reads[1]), "as many for 18 tickets as for two:\n" + "\n".join(reads[1])


async def test_a_number_without_a_moment_is_refused(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await enrolled(system)
        answer: httpx.Response = await ticket(system, device, number="980")
    assert [one["field"] for one in answer.json()["errors"]] == ["taken_at", "press_id"]
    many = await system.client.post(
        "/api/v1/kiosk/east/tickets/handed-in", json={"tickets": [{}] * 101}, headers=device
    )
    assert [one["field"] for one in many.json()["errors"]] == ["tickets"]
