"""Another time for a visit, on its page and by a program: what is shown can be taken, and its own time is no change."""

from typing import Any
from unittest.mock import AsyncMock

import httpx
import pytest

from server.core import clock, ledger
from server.core.errors import ChangedMeanwhile
from tests.support.page_forms import post_without_page, submit
from tests.support.system import System
from tests.support.visit_pages import book, checked, code, confirm, follow, marks, press, value, week
from tests.support.visits import an_office, at, contact, next_monday, three_floors, wish
from tracking.visits.actions import booking, supply
from tracking.visits.models import Counter, Matter, Office, Shift, Visit
from tracking.visits.queries import offices

ALL = ["passport", "moving", "seal"]
HONG = {"name": "홍길동", "email": "hong@example.org"}


async def a_planned_visit(system: System, guide: str) -> tuple[str, dict[str, str], dict[str, Any]]:
    """A visit to three floors as a program books it: its path, the header with its key, and its answer."""
    day = next_monday().isoformat()
    params = {"service": ALL, "from": day, "to": day, **({"guide": guide} if guide else {})}
    offered = await system.client.get("/api/v1/offices/east/plans", params=params)
    plan = offered.json()["items"][0]["plans"][0]
    assert {one["service"] for one in plan["stops"]} == {*ALL}, "a repeated parameter names them all"
    body = {
        "office": "east", "services": ALL, "start": plan["start"], "guide": guide, "contact": HONG,
        "stops": [one["value"] for one in plan["stops"]],
    }  # fmt: skip
    made = await system.client.post("/api/v1/visits", json=body)
    assert made.status_code == 201, made.text
    return f"/visits/{made.json()['number']}", {"X-Access-Key": made.json()["key"]}, made.json()


async def opened(system: System, key: dict[str, str], number: str) -> httpx.AsyncClient:
    browser = system.visitor()
    answer = await post_without_page(browser, "/visits", data={"number": number, "key": key["X-Access-Key"]})
    assert answer.status_code == 303, answer.text
    return browser


@pytest.mark.parametrize("guide", ["G", ""])
async def test_every_time_that_is_shown_for_a_planned_visit_can_be_taken(system: System, guide: str) -> None:
    office = await three_floors()
    if guide:
        await Shift.filter(counter_id=(await Counter.get(number="G")).id).update(starts="09:00", ends="12:00")
        await supply.rebuild(office.id, [next_monday()])
    page, key, made = await a_planned_visit(system, guide)
    assert made["start"] == at("09:00").isoformat()
    await booking.book_now(await wish("seal", start="15:00"), contact("lee"))
    browser = await opened(system, key, made["number"])
    table = await browser.get(f"{page}/change")
    shown = marks(table)
    assert shown["09:00"] == "지금"
    assert shown["13:30"] == ("×" if guide else "△"), "the guide is not there in the afternoon"
    recommended = table.text.split("recommended-title")[-1].split("</section>")[0]
    assert value(at("09:00")) not in recommended
    refused = await post_without_page(
        browser, f"{page}/change", data={"start": value(at("15:30" if guide else "16:30"))}
    )
    said = await follow(browser, refused)
    assert "시간표에서 골라 주세요" in said.text
    assert "이 시간은 비어" not in said.text
    first_free = (await browser.get(f"{page}/change?next=1")).headers["location"]
    start = httpx.URL(first_free).params["start"]
    assert start > value(at("09:00"))
    for one in (start, value(at("10:00"))):
        moved = await post_without_page(browser, f"{page}/change", data={"start": one})
        assert moved.headers["location"] == page, one
    visit = await Visit.get(number=made["number"])
    assert (visit.starts_at, visit.revision, bool(visit.guide_id)) == (at("10:00"), 2, bool(guide))
    assert await Matter.filter(visit_id=visit.id).count() == len(ALL) + bool(guide)
    again = await system.client.post(
        f"/api/v1{page}/reschedule", json={"start": at("10:00").isoformat()}, headers=key
    )  # fmt: skip
    assert again.status_code == 200, again.text
    assert (await Visit.get(number=made["number"])).revision == 2, "its own time is no change"


async def test_the_present_time_is_no_other_time(system: System) -> None:
    await an_office({"1": ["moving"]})
    browser = system.visitor()
    held = await follow(browser, await press(await week(browser, "moving"), browser, "09:45"))
    number = code(await confirm(browser, await checked(browser, held)), "number")
    page = f"/visits/{number}"
    table = await browser.get(f"{page}/change")
    assert (marks(table)["09:00"], marks(table)["09:45"]) == ("△", "지금")
    assert marks(await week(system.visitor(), "moving"))["09:45"] == "×", "for others it is taken"
    assert value(at("09:45")) not in table.text
    before = await ledger.length(f"visit/{number}")
    kept = await post_without_page(browser, f"{page}/change", data={"start": value(at("09:45"))})
    assert "그대로" in (await follow(browser, kept)).text
    assert (await Visit.get(number=number)).revision == 0
    assert await ledger.length(f"visit/{number}") == before, "nothing happened, so nothing is sent"


async def test_a_cancelled_visit_cannot_be_changed_whatever_is_sent(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = (await _post(system, service="passport")).json()
    key, path = {"X-Access-Key": made["key"]}, f"/api/v1/visits/{made['number']}"
    unzoned = await system.client.post(f"{path}/reschedule", json={"start": "2027-01-04T10:00"}, headers=key)
    assert (unzoned.status_code, unzoned.json()["errors"][0]["field"]) == (422, "start")
    await system.client.delete(path, headers=key)
    for start in ("xx", at("03:00").isoformat(), at("10:00").isoformat()):
        answer = await system.client.post(f"{path}/reschedule", json={"start": start}, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition"), answer.text


async def _post(system: System, **body: Any) -> httpx.Response:
    whole = {"office": "east", "start": at("09:00").isoformat(), "contact": HONG, **body}
    return await system.client.post("/api/v1/visits", json=whole)


async def test_a_program_reads_what_is_wrong_with_services(system: System) -> None:
    await an_office({"1": ["passport", "seal"]})
    headers = {"accept-language": "en"}
    for body, field, words in (
        ({"services": "passport"}, "services", "a list"),
        ({"services": ["seal"], "service": "passport"}, "service", "not both"),
        ({"services": ["seal", "seal"]}, "service", "twice"),
        ({"service": "passport", "start": at("09:00").replace(tzinfo=None).isoformat()}, "start", "time zone"),
    ):
        whole = {"office": "east", "start": at("09:00").isoformat(), "contact": HONG, **body}
        answer = await system.client.post("/api/v1/visits", json=whole, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
        assert words in answer.json()["errors"][0]["message"], answer.text


async def test_the_slots_of_a_group(system: System) -> None:
    await an_office({"1": ["passport"]})
    path = "/api/v1/offices/east/slots"
    assert (await system.client.get(path, params={"service": "passport", "party": "2"})).status_code == 200
    for party in ("0", "11", "xx"):
        answer = await system.client.get(path, params={"service": "passport", "party": party})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "party"), answer.text


async def test_forged_days_and_numbers_lose_nothing(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    chosen = {"office": "east", "service": "passport"}
    for forged in ({"from": "xx"}, {"from": "9999-12-31"}, {"day": "2027-02-30"}):
        answer = await browser.get("/visits", params={**chosen, **forged})
        assert (answer.status_code, "slot-table" in answer.text) == (200, True), forged
    answer = await browser.get("/visits/waiting", params={**chosen, "date": "xx"})
    assert answer.status_code == 200, answer.text
    for path in ("/visits/hold", "/visits/plans"):
        pressed = await post_without_page(browser, path, data={**chosen, "party": "0", "start": value(at("09:00"))})
        shown = await follow(browser, pressed)
        assert (shown.status_code, "동부민원센터" in shown.text) == (422, True)
    number = code(await book(browser, "09:00"), "number")
    assert (await browser.get(f"/visits/{number}/change", params={"from": "xx"})).status_code == 200
    for path, words in (
        ("/visits/hold", "시간표에서 시간을 선택해"),
        (f"/visits/{number}/change", "시간표에서 시간을 선택해"),
        ("/visits/plans", "이 방문 계획은 예약할 수 없습니다"),
    ):
        shown = await follow(browser, await post_without_page(browser, path, data={**chosen, "start": "xx"}))
        assert (shown.status_code, words in shown.text) == (200, True), path
        assert "방금 다른 분이" not in shown.text


async def test_a_visit_that_another_window_changes_at_once(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    here = f"/visits/{code(await book(browser, '09:00'), 'number')}"
    monkeypatch.setattr(booking, "reschedule", AsyncMock(side_effect=ChangedMeanwhile))
    pressed = await post_without_page(browser, f"{here}/change", data={"start": value(at("10:00"))})
    assert pressed.headers.get("location") == here, pressed.text
    assert "그 사이에 예약이 변경되었습니다" in (await follow(browser, pressed)).text


async def test_what_is_wrong_with_an_address_is_said_in_words(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    chosen = {"office": "east", "service": "passport", "lang": "en"}
    for party, words in (("xx", "number of people as a whole number"), ("0", "whole number"), ("501", "from 1 to 10")):
        page = await browser.get("/visits", params={**chosen, "party": party})
        assert (page.status_code, words in page.text) == (422, True), party
        assert "“party”" not in page.text
    forged = await post_without_page(browser, "/visits/waiting", data={**chosen, "date": "xx", **HONG})
    assert (forged.status_code, "“date”" in forged.text) == (422, False)


async def test_a_closed_office_leaves_its_visitors_and_clerks_a_way_on(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    body = {"office": "east", "service": "passport", "start": at("09:00").isoformat(), "contact": HONG}
    made = (await system.client.post("/api/v1/visits", json=body)).json()
    key, here = {"X-Access-Key": made["key"]}, f"/visits/{made['number']}"
    browser = await opened(system, key, made["number"])
    assert f"{here}/change" in (await browser.get(here)).text
    await Office.filter(id=office.id).update(active=False)
    offices.forget()
    for unplaced_since in (None, clock.now()):
        await Visit.filter(number=made["number"]).update(unplaced_since=unplaced_since)
        page = (await browser.get(here, params={"lang": "en"})).text
        assert f"{here}/change" not in page
        assert "closed for good" in page
        assert "02-700-3000" in page
        assert f"{here}/cancel" in page
    assert f"{here}/change" not in (await browser.get(f"{here}/offer")).text
    assert (await browser.get(f"{here}/change")).headers["location"] == here
    change = {"start": at("10:00").isoformat()}
    refused = await system.client.post(f"/api/v1{here}/reschedule", json=change, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "closed_for_good")
    clerk, program = await system.official("clerk"), await system.program("clerk")
    day = f"office=east&date={next_monday()}"
    shown = await clerk.get(f"/desk/visits?{day}")
    assert (shown.status_code, "홍길동" in shown.text) == (200, True)
    assert "/desk/visits/new" not in shown.text
    assert len((await program.get(f"/api/v1/desk/visits?{day}")).json()["items"]) == 1
    assert (await submit(browser, f"{here}/cancel", "/cancel")).status_code == 303
    assert (await clerk.get(f"/desk/visits?{day}")).status_code == 200, "also once nobody is to come"
