"""A petition to three departments is settled in one visit: planned on a page or by a program, all of it or nothing."""

from collections.abc import Callable

import httpx
import pytest

from petitions.actions import handling
from petitions.forms import Accept
from tests.support import visit_books
from tests.support.markup import parse
from tests.support.page_forms import Form, send
from tests.support.stories import filed, somebody
from tests.support.system import System
from tests.support.visit_pages import checked, confirm
from tests.support.visits import at, contact, next_monday, three_floors, wish
from tracking.visits.actions import booking, taking
from tracking.visits.actions.taking import Wish
from tracking.visits.models import Counter, Matter, Visit
from tracking.visits.queries import planning
from tracking.visits.queries.planning import ACCOMPANIMENT, FLOOR_MINUTES
from tracking.visits.states import Channel

HONG = {"name": "홍길동", "email": "hong@example.org"}
SERVICES = ["passport", "moving", "seal"]


async def plans_page(browser: httpx.AsyncClient, *services: str, **more: str) -> httpx.Response:
    params = {"office": "east", "service": services or SERVICES, "date": next_monday().isoformat(), **more}
    answer = await browser.get("/visits/plans", params=params)
    assert answer.status_code == 200, answer.text
    return answer


async def take(browser: httpx.AsyncClient, page: httpx.Response, which: int = 0) -> httpx.Response:
    """Press the button of a plan."""
    root = parse(page.text)
    forms = [one for one in root.all("form") if one.attrs.get("method") == "post" and one.all("button")]
    chosen = [one for one in forms if one.attrs["action"] == "/visits/plans"][which]
    return await send(browser, Form(chosen, root, "http://127.0.0.1:8000/visits/plans"))


async def test_a_petition_to_three_departments_is_settled_in_one_visit(system: System) -> None:
    await three_floors()
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    day = next_monday().isoformat()
    offered = await system.client.get(
        "/api/v1/offices/east/plans", params={"service": ",".join(SERVICES), "from": day, "to": day, "guide": "G"}
    )
    [found] = offered.json()["items"]
    plan = found["plans"][0]
    assert {one["service"] for one in plan["stops"]} == {*SERVICES}
    assert plan["walking"] == 2 * FLOOR_MINUTES
    assert len(plan["why"]) == 3
    body = {
        "office": "east", "services": SERVICES, "start": plan["start"], "guide": "G", "contact": HONG,
        "stops": [one["value"] for one in plan["stops"]], "case": case.reference,
    }  # fmt: skip
    answer = await system.client.post("/api/v1/visits", json=body, headers={"X-Access-Key": case.access_key})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    await system.work()
    assert (made["start"], made["end"], made["case"]) == (plan["start"], plan["end"], case.reference)
    times = {one["service"]: (one["start"], one["end"]) for one in made["services"]}
    assert times.pop(ACCOMPANIMENT) == (plan["start"], plan["end"]), "the guide is there the whole time"
    assert times == {one["service"]: (one["start"], one["end"]) for one in plan["stops"]}
    assert await visit_books.agree("east") == {"booked": 1}
    key = {"X-Access-Key": made["key"]}
    moved = await system.client.post(
        f"/api/v1/visits/{made['number']}/reschedule", json={"start": at("13:30").isoformat()}, headers=key
    )
    assert moved.status_code == 200, moved.text
    assert await Matter.filter(visit_id=(await Visit.get()).id).count() == 4, "the guide comes along"
    await visit_books.agree("east")
    await system.client.delete(f"/api/v1/visits/{made['number']}", headers=key)
    assert await visit_books.agree("east") == {"cancelled": 1}


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_a_citizen_takes_a_plan_without_scripts(system: System, language: str) -> None:
    await three_floors()
    browser = system.visitor(**{"accept-language": language})
    params = {"office": "east", "service": SERVICES}
    led = await browser.get("/visits", params=params)
    assert led.headers["location"].startswith("/visits/plans?"), "services on several floors have to be planned"
    week = await browser.get(led.headers["location"])
    assert week.text.count("stops") >= 3
    page = await plans_page(browser, guide="G")
    held = await take(browser, page)
    assert held.status_code == 303, held.text
    assert held.headers["location"].startswith("/visits/held/")
    shown = await browser.get(held.headers["location"])
    done = await confirm(browser, await checked(browser, shown, **HONG))
    assert done.status_code == 200, done.text
    visit = await Visit.get()
    assert (visit.state, visit.guide_id) == ("booked", (await Counter.get(number="G")).id)
    assert await visit_books.agree("east") == {"booked": 1}


async def test_a_plan_counts_the_guide_towards_the_share_that_is_left_for_others(system: System) -> None:
    await three_floors(phone_percent=50)
    for start in ("09:00", "09:15", "09:30", "09:45", "10:00"):
        await booking.book_now(await wish("seal", start=start), contact(f"v{start}"))
    errand = await taking.errand("east", ["passport", "moving"], Channel.ONLINE)
    guide = await taking.guide_of(errand.place, "G")
    (day,) = await planning.plans(errand, [next_monday()], guide=guide)
    assert day.plans
    for number, plan in enumerate(day.plans):
        wished = Wish(planning.with_services(errand, plan), plan.start, plan)
        made = await booking.book_now(wished, contact(f"hong{number}"))
        await booking.cancel(made.number, "visitor")


async def test_a_plan_that_has_just_been_taken(system: System) -> None:
    await three_floors()
    browser = system.visitor()
    page = await plans_page(browser)
    for start in ("09:00", "09:15", "09:30", "09:45", "10:00"):
        await booking.book_now(await wish("seal", start=start), contact(f"v{start}"))
    again = await take(browser, page)
    assert again.status_code == 303
    assert again.headers["location"].startswith("/visits/plans?")
    assert "방금 다른 분이" in (await browser.get(again.headers["location"])).text
    assert await Visit.filter(state="held").count() == 0


async def test_forged_addresses_lead_back(system: System) -> None:
    await three_floors()
    browser = system.visitor()
    for wrong in (
        {"service": "fishing"},
        {"guide": "1"},
        {"party": "-3"},
        {"party": "99999999999"},
    ):
        params: dict[str, str | list[str]] = {"office": "east", "service": SERVICES, **wrong}
        answer = await browser.get("/visits/plans", params=params)
        assert answer.status_code == 303, (wrong, answer.text)
    for day in ("1900-01-01", "2999-12-31", "2027-02-30", "xx"):
        assert (await plans_page(browser, date=day)).status_code == 200
    assert (await browser.get("/visits/plans", params={"office": "nowhere", "service": SERVICES})).status_code == 404


async def test_plans_cost_few_queries(system: System, count_queries: Callable[[], list[str]]) -> None:
    await three_floors()
    browser = system.visitor()
    await plans_page(browser)
    seen = count_queries()
    await browser.get("/visits/plans", params={"office": "east", "service": SERVICES})
    assert len(seen) <= 8, seen
