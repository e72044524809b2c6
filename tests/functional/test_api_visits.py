"""A client books, changes and cancels a visit through JSON."""

from datetime import timedelta
from typing import Any

import httpx

from server.core.days import today
from tests.support.system import System
from tests.support.visits import an_office, at, next_monday
from tracking.visits.models import Opening

KIM = {"name": "김민수", "email": "kim@example.org"}


async def slots(client: httpx.AsyncClient, service: str = "passport", **headers: str) -> dict[str, dict[str, Any]]:
    """The slots of the next Monday by their time."""
    day = next_monday().isoformat()
    answer = await client.get(
        "/api/v1/offices/east/slots", params={"service": service, "from": day, "to": day}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    [found] = answer.json()["items"]
    return {slot["start"][11:16]: slot for slot in found["slots"]}


async def book(client: httpx.AsyncClient, start: str, *, key: str = "", **more: Any) -> httpx.Response:
    body = {"office": "east", "service": "passport", "start": at(start).isoformat(), "contact": KIM, **more}
    return await client.post("/api/v1/visits", json=body, headers={"Idempotency-Key": key} if key else {})


async def test_offices_are_listed_with_what_they_do(system: System) -> None:
    await an_office({"1": ["moving", "passport"]})
    found = (await system.client.get("/api/v1/offices")).json()
    [office] = found["items"]
    assert found["total"] == 1
    assert (office["code"], office["address"], len(office["hours"])) == ("east", "중앙로 1", 7)
    assert {one["code"]: one["minutes"] for one in office["services"]} == {"moving": 45, "passport": 15}


async def test_a_visit_from_the_grid_to_its_end(system: System) -> None:
    await an_office({"1": ["passport"]})
    before = (await slots(system.client))["09:00"]
    assert (before["capacity"], before["booked"], before["mark"]) == (1, 0, "△")
    answer = await book(system.client, "09:00")
    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/v1/visits/{made['number']}"
    assert (made["state"], made["start"]) == ("booked", before["start"])
    version, _key_id, number, revision, _signature = made["qr"].split(".")
    assert (version, number, revision) == ("1", made["number"], "0")
    after = (await slots(system.client))["09:00"]
    assert (after["capacity"] - after["booked"], after["mark"]) == (0, "×")

    key = {"X-Access-Key": made["key"]}
    path = f"/api/v1/visits/{made['number']}"
    assert (await system.client.get(path)).status_code == 404
    assert (await system.client.get(path, headers={"X-Access-Key": "WRONG"})).status_code == 404
    seen = (await system.client.get(path, headers=key)).json()
    assert (seen["number"], seen["key"]) == (made["number"], None)
    moved = await system.client.post(f"{path}/reschedule", json={"start": at("10:00").isoformat()}, headers=key)
    assert (moved.status_code, moved.json()["start"]) == (200, at("10:00").isoformat())
    assert moved.json()["qr"] != made["qr"]
    assert (await slots(system.client))["09:00"]["mark"] == "△"
    gone = await system.client.delete(path, headers=key)
    assert gone.json()["state"] == "cancelled"
    assert (await system.client.delete(path, headers=key)).status_code == 200


async def test_the_same_key_books_once(system: System) -> None:
    await an_office({"1": ["passport"]})
    first, again = [await book(system.client, "09:00", key="abc") for _press in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["key"]
    other = await book(system.client, "10:00", key="abc")
    assert other.status_code == 422


async def test_refusals_say_which_rule(system: System) -> None:
    await an_office({"1": ["passport", "seal"]})
    assert (await book(system.client, "09:00")).status_code == 201
    lee = {"name": "이영희", "phone": "010-1234-5678"}
    full = await book(system.client, "09:00", contact=lee)
    assert (full.status_code, full.json()["code"]) == (409, "slot_full")
    twice = await book(system.client, "10:00", service="seal")
    assert (twice.status_code, twice.json()["code"]) == (409, "one_per_household")
    for start in ("09:05", "12:00", "17:00"):
        wrong = await book(system.client, start, contact=lee)
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "start"), wrong.text
    nobody = await book(system.client, "11:00", contact={"name": "박"})
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "contact.email")
    unknown = await book(system.client, "11:00", service="fishing", contact=lee)
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "service")
    nowhere = await book(system.client, "11:00", office="nowhere", contact=lee)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no_such_office")


async def test_several_services_follow_each_other(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["moving"]})
    answer = await book(system.client, "09:00", service="", services=["moving", "passport"])
    assert answer.status_code == 201, answer.text
    times = [(one["service"], one["start"][11:16], one["end"][11:16]) for one in answer.json()["services"]]
    assert times == [("moving", "09:00", "09:45"), ("passport", "09:45", "10:00")]


async def test_an_administrator_opens_a_day(system: System) -> None:
    await an_office({"1": ["passport"]})
    body = {"date": next_monday().isoformat(), "start": "09:00", "end": "10:00", "reason": "야간 민원실"}
    path = "/api/v1/desk/offices/east/openings"
    assert (await system.client.post(path, json=body)).status_code == 401
    admin = await system.program("admin")
    answer = await admin.post(path, json=body)
    assert answer.status_code == 201, answer.text
    assert [*await slots(system.client)] == ["09:00", "09:15", "09:30", "09:45"]
    yesterday = (today() - timedelta(days=1)).isoformat()
    for field, value in (("end", "08:00"), ("date", yesterday), ("start", "09:07"), ("end", "09:50")):
        wrong = await admin.post(path, json={**body, field: value})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, field), (field, value)
    assert await Opening.all().count() == 1


async def test_a_day_without_a_counter_is_told_apart_from_a_full_one(system: System) -> None:
    await an_office({"1": ["passport"]}, walk_in_percent=0)
    for hour in ("09", "10", "11", "13", "14", "15", "16"):
        for minute in ("00", "15", "30", "45"):
            contact = {"name": "김", "email": f"p{hour}{minute}@example.org"}
            assert (await book(system.client, f"{hour}:{minute}", contact=contact)).status_code == 201
    full, without = next_monday(), next_monday() + timedelta(days=1)
    params = {"service": "passport", "from": full.isoformat(), "to": without.isoformat()}
    found = (await system.client.get("/api/v1/offices/east/slots", params=params)).json()["items"]
    assert [day["state"] for day in found] == ["full", "no_counter"]
