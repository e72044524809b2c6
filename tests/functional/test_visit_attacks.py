"""Somebody who does not play fair: forged times, services, keys and cookies; times held for others' disadvantage."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.core.config import Settings
from tests.support import visit_books
from tests.support.page_forms import post_without_page
from tests.support.system import System, opened
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.access import HOLDS
from tracking.visits.actions import booking
from tracking.visits.models import CounterService, Office, Visit
from tracking.visits.queries import offices

KIM = {"name": "김민수", "email": "kim@example.org"}


def body(**changes: Any) -> dict[str, Any]:
    start = at("09:00").isoformat()
    return {"office": "east", "service": "passport", "start": start, "contact": KIM, **changes}


@pytest.mark.parametrize(
    "start",
    ["0001-01-01T00:00", "0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59", "2099-12-31T23:59", "1969-12-31T09:00",
     "now", "", 20270315, 1e308, None, ["2027-03-15T09:00"], {"a": 1}, True, "2027-03-15T09:00:00.5+09:00",
     "2027-03-15T09:00:00+00:00", "2027-03-14", "2027-W11-1", "２０２７-03-15T09:00"],
)  # fmt: skip
async def test_forged_starts(system: System, start: object) -> None:
    await an_office({"1": ["passport"]})
    answer = await system.client.post("/api/v1/visits", json=body(start=start))
    assert answer.status_code == 422, answer.text
    if isinstance(start, str):
        await system.visitor().get("/visits", params={"office": "east", "service": "passport", "start": start})
        held = await post_without_page(
            system.visitor(cookie="visitor=somebody"),
            "/visits/hold",
            data={"office": "east", "service": "passport", "start": start},
        )
        assert held.status_code == 303, held.text
    assert await Visit.all().count() == 0


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31", "2027-02-29"])
async def test_forged_days(system: System, day: str) -> None:
    await an_office({"1": ["passport"]})
    for path in ("slots", "plans"):
        for params in ({"from": day}, {"to": day}, {"from": day, "to": day}):
            answer = await system.client.get(f"/api/v1/offices/east/{path}", params={"service": "passport", **params})
            assert answer.status_code in {200, 422}, answer.text
    for name in ("from", "day"):
        page = await system.client.get("/visits", params={"office": "east", "service": "passport", name: day})
        assert page.status_code < 500, page.text


async def test_what_cannot_be_booked_here(system: System) -> None:
    await an_office({"1": ["passport"]})
    await an_office({"1": ["seal"]}, code="west")
    for changes in (
        {"service": "seal"}, {"service": "", "services": ["passport", "passport"]}, {"service": "", "services": []},
        {"service": "", "services": ["passport"] * 1000}, {"party": -1}, {"party": 0}, {"party": 11}, {"party": 10**30},
        {"party": True}, {"counter": "2"}, {"counter": "1'; --"}, {"guide": "1", "stops": ["passport@@"]},
        {"stops": ["@@@@"]}, {"stops": [f"passport@{at('09:00').isoformat()}@"] * 50},
    ):  # fmt: skip
        answer = await system.client.post("/api/v1/visits", json=body(**changes))
        assert answer.status_code == 422, (changes, answer.text)
    await CounterService.filter(code="passport").update(active=False)
    offices.forget()
    assert (await system.client.post("/api/v1/visits", json=body())).status_code == 422
    await CounterService.filter(code="passport").update(active=True, bookable=False)
    offices.forget()
    assert (await system.client.post("/api/v1/visits", json=body())).status_code == 422
    await Office.filter(code="east").update(active=False)
    offices.forget()
    assert (await system.client.post("/api/v1/visits", json=body())).status_code == 404
    assert await Visit.all().count() == 0


async def test_the_key_of_another_visit(system: System) -> None:
    await an_office({"1": ["passport"]})
    mine = (await system.client.post("/api/v1/visits", json=body())).json()
    lee = {"name": "이영희", "email": "lee@example.org"}
    other = (await system.client.post("/api/v1/visits", json=body(start=at("10:00").isoformat(), contact=lee))).json()
    for key in (other["key"], "", "x" * 5000, "\x00"):
        headers = {"X-Access-Key": key}
        path = f"/api/v1/visits/{mine['number']}"
        answers = [
            await system.client.get(path, headers=headers),
            await system.client.delete(path, headers=headers),
            await system.client.post(f"{path}/reschedule", json={"start": at("11:00").isoformat()}, headers=headers),
        ]
        assert {answer.status_code for answer in answers} == {404}, key
    for cookie in ("", "x", "%00", "x" * 4000):
        browser = system.visitor(cookie=f"visitor={cookie}")
        assert (await browser.get(f"/visits/{mine['number']}")).status_code in {404, 400}
        assert (await browser.get(f"/visits/held/{mine['number']}")).status_code in {404, 409, 400}
    assert await visit_books.agree("east") == {"booked": 2}


async def test_a_held_time_belongs_to_its_browser(system: System) -> None:
    await an_office({"1": ["passport"]})
    number = await booking.hold(await wish(), "a" * 64, "ko")
    thief = system.visitor(cookie=f"visitor={'a' * 64}")  # the hash of a token is no token
    for path in (f"/visits/held/{number}", f"/visits/held/{number}/release"):
        answer = await post_without_page(thief, path, data={**KIM, "go": "confirm"})
        assert answer.status_code == 409, answer.text
    assert await visit_books.agree("east") == {"held": 1}


async def test_one_address_cannot_take_a_day_for_itself(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        await an_office({"1": ["passport"], "2": ["passport"]})
        said = []
        for n in range(int(HOLDS.burst) + 2):
            start = (at("09:00") + timedelta(minutes=15 * n)).isoformat()
            if n % 2:
                lone = {"name": "김", "email": f"k{n}@example.org"}
                answer = await system.client.post("/api/v1/visits", json=body(start=start, contact=lone))
            else:
                data = {"office": "east", "service": "passport", "start": start}
                answer = await post_without_page(system.visitor(cookie=f"visitor={n}"), "/visits/hold", data=data)
            said.append(answer.status_code)
        assert said[-2:] == [429, 429], said
        assert 429 not in said[:-2], said


async def test_a_used_idempotency_key_tells_nothing(system: System) -> None:
    await an_office({"1": ["passport"]})
    headers = {"Idempotency-Key": "same"}
    assert (await system.client.post("/api/v1/visits", json=body(), headers=headers)).status_code == 201
    for changes in (
        {"contact": {**KIM, "name": "다른 사람"}},
        {"start": at("10:00").isoformat()},
        {"stops": ["passport@@"]},
    ):
        answer = await system.client.post("/api/v1/visits", json=body(**changes), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused"), answer.text
    await booking.book_now(await wish(start="11:00"), contact("lee"))
    assert await visit_books.agree("east") == {"booked": 2}
