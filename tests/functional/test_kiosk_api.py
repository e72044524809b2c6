"""Kiosks and counters through JSON: enrolment, check-in, tickets, calls."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from server.core import clock
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import booking
from tracking.visits.models import Counter, CounterService, Device, Ticket, TicketMatter, Visit, WaitEstimate
from tracking.visits.queries import offices, visits, waiting_times
from tracking.visits.states import VisitState

MOST_QUERIES = 10
DEVICES = "/api/v1/desk/offices/east/devices"


async def enrolled(system: System, office: str = "east", kind: str = "kiosk") -> dict[str, str]:
    """The header of a device of an office."""
    admin = await system.official("admin")
    made = await admin.post(f"/api/v1/desk/offices/{office}/devices", json={"kind": kind, "name": "입구"})
    assert made.status_code == 201, made.text
    answer = await system.client.post("/api/v1/kiosk/enrol", json={"enrolment_code": made.json()["enrolment_code"]})
    assert answer.status_code == 201, answer.text
    return {"x-device-token": answer.json()["device_token"]}


async def ticket(system: System, device: dict[str, str], **body: Any) -> httpx.Response:
    return await system.client.post("/api/v1/kiosk/east/tickets", json={"service": "passport", **body}, headers=device)


async def check_in(system: System, device: dict[str, str], office: str = "east", **body: Any) -> httpx.Response:
    return await system.client.post(f"/api/v1/kiosk/{office}/check-in", json=body, headers=device)


async def test_a_device_is_enrolled_once_with_a_code_and_can_be_locked(system: System) -> None:
    await an_office({"1": ["passport"]})
    admin = await system.official("admin")
    made = (await admin.post(DEVICES, json={"kind": "kiosk", "name": "입구"})).json()
    body = {"enrolment_code": made["enrolment_code"].lower().replace("-", " ")}
    first = await system.client.post("/api/v1/kiosk/enrol", json=body)
    assert first.json()["office"] == "east"
    for wrong in (body, {"enrolment_code": "ABC-DEF-GHJ"}):
        refused = await system.client.post("/api/v1/kiosk/enrol", json=wrong)
        assert (refused.status_code, refused.json()["code"]) == (401, "wrong_enrolment_code")
    device = {"x-device-token": first.json()["device_token"]}
    with clock.at(at("09:00")):
        assert (await ticket(system, device)).status_code == 201
    assert (await admin.post(f"/api/v1/desk/offices/devices/{made['id']}/close")).status_code == 200
    with clock.at(at("09:01")):
        refused = await ticket(system, device)
        assert (refused.status_code, refused.json()["code"]) == (401, "not_enrolled")
    await admin.post(f"/api/v1/desk/offices/devices/{made['id']}/open")
    with clock.at(at("09:02")):
        assert (await ticket(system, device)).status_code == 401, "whoever stole it has a token that has ended"


async def test_a_code_ends_after_ten_minutes(system: System) -> None:
    await an_office({"1": ["passport"]})
    admin = await system.official("admin")
    made = (await admin.post(DEVICES, json={"kind": "display", "name": "1층"})).json()
    with clock.at(clock.now() + timedelta(minutes=11)):
        late = await system.client.post("/api/v1/kiosk/enrol", json={"enrolment_code": made["enrolment_code"]})
        assert late.status_code == 401
    assert (await Device.get()).token_hash is None


async def test_a_display_gives_no_tickets_nor_does_a_kiosk_of_another_office(system: System) -> None:
    await an_office({"1": ["passport"]})
    await an_office({"1": ["passport"]}, code="west")
    with clock.at(at("09:00")):
        for device in (await enrolled(system, kind="display"), await enrolled(system, "west"), {}):
            assert (await ticket(system, device)).status_code == 401


async def test_check_in_by_qr_or_number_and_key(system: System) -> None:
    await an_office({"1": ["passport"]})
    await an_office({"1": ["passport"]}, code="west")
    with clock.at(at("09:00") - timedelta(days=4)):
        made = await booking.book_now(await wish(start="09:15"), contact("kim"))
        code = visits.qr(made.number, 0)
        await booking.reschedule(made.number, await wish(start="09:30"), "citizen")
    with clock.at(at("09:20")):
        device = await enrolled(system)
        old = await check_in(system, device, qr=code)
        assert (old.status_code, old.json()["code"]) == (409, "old_qr")
        forged = await check_in(system, device, qr=code[:-2] + "AA")
        wrong_key = await check_in(system, device, number=made.number, key="AAAA-AAAA-AAAA-AAAA")
        wrong_number = await check_in(system, device, number="ABC-DEF-GHJ", key=made.key)
        assert {(one.status_code, one.text) for one in (forged, wrong_key, wrong_number)} == {(404, forged.text)}
        elsewhere = await check_in(system, await enrolled(system, "west"), "west", number=made.number, key=made.key)
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "wrong_office")
        here = await check_in(system, device, qr=visits.qr(made.number, 1))
        again = await check_in(system, device, number=made.number, key=made.key)
    assert here.status_code == 201, here.text
    assert (here.json()["position"], here.json()["arrival"], here.json()["service"]) == (1, "early", "passport")
    assert again.json()["number"] == here.json()["number"]


async def test_one_ticket_for_as_many_services_as_the_office_combines(system: System) -> None:
    await an_office({"1": ["passport", "moving"], "2": ["seal"]}, most_matters=2)
    with clock.at(at("09:00")):
        device = await enrolled(system)
        some = (await ticket(system, device, service="", services=["seal", "passport"])).json()
        assert (some["service"], some["services"]) == ("seal", ["seal", "passport"])
        assert (await ticket(system, device)).json()["services"] == ["passport"]
        many = await ticket(system, device, service="", services=["seal", "passport", "moving"])
        assert [one["field"] for one in many.json()["errors"]] == ["service"]
        assert (await system.client.get("/api/v1/kiosk/east", headers=device)).json()["most_services"] == 2
    assert await Ticket.all().count() == 2


async def test_what_a_kiosk_refuses(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        device = await enrolled(system)
        nothing = await check_in(system, device)
        assert [one["field"] for one in nothing.json()["errors"]] == ["number", "key"]
        unknown = await ticket(system, device, service="fishing")
        assert [one["field"] for one in unknown.json()["errors"]] == ["service"]
        both = await ticket(system, device, service="moving", services=["passport"])
        assert [one["field"] for one in both.json()["errors"]] == ["service"], "neither is dropped silently"
    with clock.at(at("17:00")):
        device = await enrolled(system)
        closed = await ticket(system, device)
        assert (closed.status_code, closed.json()["code"]) == (409, "office_closed")


async def test_a_counter_from_opening_to_closing(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    one, two = [row.id for row in await Counter.filter(office_id=office.id).order_by("number")]
    with clock.at(at("09:00")):
        device, clerk = await enrolled(system), await system.official("clerk")

        async def act(action: str, place: int = one, **body: Any) -> httpx.Response:
            return await clerk.post(f"/api/v1/desk/counters/{place}/{action}", json=body)

        closed = await act("call-next")
        assert (closed.status_code, closed.json()["code"]) == (409, "counter_not_open")
        assert (await act("open")).status_code == 204
        assert (await act("call-next")).status_code == 204, "nobody waits"
        numbers = [(await ticket(system, device, press_id=str(n))).json()["number"] for n in (1, 1, 2)]
        assert numbers == ["1", "1", "2"]
        called = await act("call-next", press_id="p")
        assert called.json() == {
            "number": "1", "service": "passport", "state": "called", "because": "arrived", "calls": 1
        }  # fmt: skip
        assert (await act("call-next", press_id="p")).json()["number"] == "1"
        busy = await act("call-next", press_id="q")
        assert (busy.status_code, busy.json()["code"]) == (409, "counter_busy")
        assert (await act("close")).json()["code"] == "counter_busy"
        await act("open", two)
        assert (await act("start")).json()["state"] == "serving"
        listed = (await clerk.get("/api/v1/desk/counters?office=east")).json()["items"]
        assert [(row["state"], row["serving"] and row["serving"]["number"]) for row in listed] == [
            ("open", "1"), ("open", None),
        ]  # fmt: skip
        moved = await act("transfer", counter="2")
        assert moved.json().get("state") == "waiting", moved.text
        assert (await act("call-next", two)).json()["because"] == "forwarded"
        assert (await act("start", two)).status_code == 200
        assert (await act("finish", two, services=["seal"])).status_code == 422
        assert (await act("finish", two)).json()["state"] == "done"
        assert (await act("dance")).status_code == 404
        assert (await act("open", 999)).json()["code"] == "no_such_counter"
        assert (await act("close")).status_code == 204
        citizen = await system.client.post(f"/api/v1/desk/counters/{one}/open", json={})
        assert citizen.status_code == 401


async def test_a_visitor_follows_gives_back_and_returns(system: System) -> None:
    office = await an_office({"1": ["passport"]}, most_calls=1)
    one = (await Counter.get(office_id=office.id)).id
    with clock.at(at("09:00")):
        device, clerk, guide = await enrolled(system), await system.official("clerk"), await system.official("guide")
        first, second, third = [(await ticket(system, device)).json() for _one in range(3)]
        codes = [one["follow_url"].rpartition("/")[2] for one in (first, second, third)]

        async def tell(code: str, action: str = "") -> Any:
            path = f"/api/v1/tickets/{code}{action and f'/{action}'}"
            answer = await (system.client.post(path) if action else system.client.get(path))
            return answer.json()

        assert [(await tell(code))["position"] for code in codes] == [1, 2, 3]
        put = await guide.post(f"/api/v1/desk/tickets/{codes[2]}/urgent", json={"reason": "아기가 아픕니다."})
        assert put.json()["position"] == 1, put.text
        nothing = await guide.post(f"/api/v1/desk/tickets/{codes[1]}/urgent", json={"reason": " "})
        assert nothing.status_code == 422
        assert (await tell(codes[0], "leave"))["state"] == "left"
        assert (await tell(codes[0], "leave"))["state"] == "left"
        await clerk.post(f"/api/v1/desk/counters/{one}/open")
        called = await clerk.post(f"/api/v1/desk/counters/{one}/call-next")
        assert (called.json()["number"], called.json()["because"]) == (third["number"], "urgent")
        assert (await tell(codes[2]))["counter"] == "1"
        assert (await clerk.post(f"/api/v1/desk/counters/{one}/no-show")).json()["state"] == "missed"
        assert (await tell(codes[2], "return"))["state"] == "waiting"
        assert (await tell(codes[0], "return"))["code"] == "illegal_transition"
        assert (await tell("ABC-DEF-GHJ"))["code"] == "no_such_ticket"


async def test_a_reservation_that_is_over_says_how(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        made = await booking.book_now(await wish(start="09:15"), contact("kim"))
    with clock.at(at("09:10")):
        device = await enrolled(system)
        for state in (VisitState.CANCELLED, VisitState.SERVED, VisitState.MISSED):
            await Visit.filter(number=made.number).update(state=state)
            over = await check_in(system, device, number=made.number, key=made.key)
            assert (over.status_code, over.json()["code"]) == (409, f"visit_{state}")


async def test_only_so_many_go_first(system: System) -> None:
    await an_office({"1": ["passport"]}, urgent_daily=1)
    with clock.at(at("09:00")):
        device, guide = await enrolled(system), await system.official("guide")
        codes = [(await ticket(system, device)).json()["follow_url"].rpartition("/")[2] for _one in range(2)]
        answers = [await guide.post(f"/api/v1/desk/tickets/{c}/urgent", json={"reason": "급함 급함"}) for c in codes]
    assert [one.status_code for one in answers] == [200, 409]
    assert answers[1].json()["code"] == "too_many_urgent"


async def test_who_cancels_after_checking_in_waits_no_more(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        made = await booking.book_now(await wish(start="09:15"), contact("kim"))
    with clock.at(at("09:10")):
        device = await enrolled(system)
        here = await check_in(system, device, number=made.number, key=made.key)
        await booking.cancel(made.number, "citizen", cannot_come=True)
        await system.work()
        code = here.json()["follow_url"].rpartition("/")[2]
        assert (await system.client.get(f"/api/v1/tickets/{code}")).json()["state"] == "left"


async def test_classes_of_services_have_numbers_of_their_own(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["moving"]})
    await CounterService.filter(code="moving").update(class_code="residence")
    offices.forget()
    admin = await system.official("admin")
    body = {"office": "east", "class_code": "residence", "prefix": "B", "lowest": 100, "highest": 101}
    made = await admin.post("/api/v1/desk/offices/series", json=body)
    assert made.status_code == 201, made.text
    again = await admin.post("/api/v1/desk/offices/series", json=body)
    assert [one["field"] for one in again.json()["errors"]] == ["class_code"]
    small = await admin.post("/api/v1/desk/offices/series", json={**body, "prefix": "b", "highest": 1})
    assert [one["field"] for one in small.json()["errors"]] == ["prefix"]
    with clock.at(at("09:00")):
        device = await enrolled(system)
        taken = [await ticket(system, device, service=one) for one in ("passport", "moving", "moving", "moving")]
    assert [one.json().get("number") for one in taken] == ["1", "B100", "B101", None]
    assert taken[3].json()["code"] == "no_tickets_left"


async def test_waiting_times_are_told_and_grow_with_the_queue(system: System) -> None:
    office = await an_office({"1": ["passport", "moving"]})
    one = (await Counter.get(office_id=office.id)).id
    with clock.at(at("09:00")):
        device, clerk = await enrolled(system), await system.official("clerk")
        await clerk.post(f"/api/v1/desk/counters/{one}/open")
        told = [(await ticket(system, device)).json()["expected_wait"] for _one in range(4)]
        assert all(wait["p10"] <= wait["p50"] <= wait["p90"] for wait in told)
        assert told[0]["p50"] < told[1]["p50"] < told[3]["p50"], told
        await clerk.post(f"/api/v1/desk/counters/{one}/call-next")
        live = (await system.client.get("/api/v1/offices/east/queue")).json()
    assert live["waiting"] == 3
    assert [(row["number"], row["counter"], row["state"]) for row in live["called"]] == [("1", "1", "called")]
    services = {row["service"]: row for row in live["services"]}
    assert (services["passport"]["waiting"], services["moving"]["waiting"]) == (3, 0)
    assert (services["passport"]["ahead"], services["moving"]["ahead"]) == (3, 3), "the same counter serves both"
    assert services["moving"]["expected_wait"]["p50"] > told[1]["p50"]
    assert await WaitEstimate.all().count() == 4, "what was told is kept"


async def test_estimates_learn_from_what_services_took(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    one = (await Counter.get(office_id=office.id)).id
    with clock.at(at("09:00")):
        device = await enrolled(system)

    async def told_after(minutes: int, start: str) -> int:
        moment = at(start)
        with clock.at(moment):
            clerk = await system.official("clerk")
            await clerk.post(f"/api/v1/desk/counters/{one}/open")
        for number in range(8):
            with clock.at(moment + timedelta(minutes=minutes * number)):
                await ticket(system, device)
                await clerk.post(f"/api/v1/desk/counters/{one}/call-next")
                await clerk.post(f"/api/v1/desk/counters/{one}/start")
            with clock.at(moment + timedelta(minutes=minutes * (number + 1))):
                await clerk.post(f"/api/v1/desk/counters/{one}/finish")
        with clock.at(moment + timedelta(minutes=minutes * 8 + 1)):
            await ticket(system, device)
            second = (await ticket(system, device)).json()
            for _one in range(2):
                await clerk.post(f"/api/v1/desk/counters/{one}/call-next")
                await clerk.post(f"/api/v1/desk/counters/{one}/start")
                await clerk.post(f"/api/v1/desk/counters/{one}/finish")
        return int(second["expected_wait"]["p50"])

    quick = await told_after(2, "09:00")
    with clock.at(at("10:00")):
        await waiting_times.of_office(await offices.place("east"))
    learned = waiting_times._learned[office.id].calibration
    assert (learned.below, learned.above) != (1, 1), "what was told is compared with what happened"
    waiting_times.forget()
    await TicketMatter.all().delete()
    slow = await told_after(12, "10:00")
    assert quick + 3 < slow


async def test_a_press_used_for_a_ticket_checks_in_all_the_same(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        made = await booking.book_now(await wish(start="09:15"), contact("kim"))
    with clock.at(at("09:10")):
        device = await enrolled(system)
        walk_in = await ticket(system, device, press_id="a")
        here = await check_in(system, device, number=made.number, key=made.key, press_id="a")
    assert (here.status_code, walk_in.json()["number"], here.json()["number"]) == (201, "1", "2"), here.text


async def test_who_booked_a_service_that_is_no_longer_offered_gets_a_ticket(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        made = await booking.book_now(await wish(start="09:15"), contact("kim"))
    await CounterService.filter(code="passport").update(active=False)
    offices.forget()
    with clock.at(at("09:10")):
        here = await check_in(system, await enrolled(system), number=made.number, key=made.key)
    assert here.status_code == 201, here.text


async def test_a_ticket_of_another_day_does_not_wait_again(system: System) -> None:
    office = await an_office({"1": ["passport"]}, most_calls=1)
    one = (await Counter.get(office_id=office.id)).id
    with clock.at(at("09:00")):
        device, clerk = await enrolled(system), await system.official("clerk")
        code = (await ticket(system, device)).json()["follow_url"].rpartition("/")[2]
        for action in ("open", "call-next", "no-show"):
            await clerk.post(f"/api/v1/desk/counters/{one}/{action}")
    with clock.at(at("09:00") + timedelta(days=1)):
        late = await system.client.post(f"/api/v1/tickets/{code}/return")
        page = await system.client.get(f"/tickets/{code}")
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")
    assert "/return" not in page.text


async def test_the_list_of_counters_costs_the_same_however_many_serve(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    office = await an_office({str(n): ["passport"] for n in range(1, 7)})
    with clock.at(at("09:00")):
        device, clerk = await enrolled(system), await system.official("clerk")
        for counter in await Counter.filter(office_id=office.id):
            await ticket(system, device)
            for action in ("open", "call-next"):
                await clerk.post(f"/api/v1/desk/counters/{counter.id}/{action}")
        seen = count_queries()
        listed = (await clerk.get("/api/v1/desk/counters?office=east")).json()["items"]
    assert all(row["serving"]["because"] == "arrived" for row in listed)
    assert len(seen) <= MOST_QUERIES, seen


async def test_each_matter_begins_with_calls_and_time_of_its_own(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["moving"]})
    one, two = [row.id for row in await Counter.filter(office_id=office.id).order_by("number")]
    device_at = at("09:00")
    with clock.at(device_at):
        device, clerk = await enrolled(system), await system.official("clerk")
        await system.client.post(
            "/api/v1/kiosk/east/tickets", json={"services": ["passport", "moving"]}, headers=device
        )
        for counter, actions in ((one, ("open", "call-next", "start", "finish")), (two, ("open",))):
            for action in actions:
                await clerk.post(f"/api/v1/desk/counters/{counter}/{action}")
    with clock.at(device_at + timedelta(minutes=20)):
        called = await clerk.post(f"/api/v1/desk/counters/{two}/call-next")
        await clerk.post(f"/api/v1/desk/counters/{two}/start")
    assert called.json()["calls"] == 1
    assert (await Ticket.get()).started_at == device_at + timedelta(minutes=20)
