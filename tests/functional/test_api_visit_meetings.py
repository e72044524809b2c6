"""Visits by video or telephone: chosen where a service offers it, "I am ready" on the day, the same call as others."""

from datetime import timedelta

from server.core import clock
from tests.support.markup import parse
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.papers import booked, opened_visit
from tests.support.system import System
from tests.support.visit_pages import confirm, follow, press, week
from tests.support.visits import an_office, at
from tracking.visits.models import Counter, CounterService, Ticket, Visit
from tracking.visits.queries import offices
from tracking.visits.states import VisitMode, VisitState

PHONE = {"name": "김민수", "phone": "010-1234-5678"}
LINK = "https://meet.example.org/counter-1"


async def an_office_from_afar() -> str:
    """An office with a service by video and telephone. The page of its counter."""
    office = await an_office({"1": ["passport", "seal"]})
    await CounterService.filter(code="passport").update(by_video=True, by_phone=True)
    await Counter.filter(office_id=office.id).update(video_url=LINK)
    offices.forget()
    return f"/desk/counters/{(await Counter.get()).id}"


async def test_by_video_from_the_timetable_to_the_counter(system: System) -> None:
    with clock.at(at("09:00") - timedelta(days=4)):
        page = await an_office_from_afar()
        kim = system.visitor()
        held = await follow(kim, await press(await week(kim), kim, "09:00"))
        filled = form(held, field="email")
        assert filled.values["mode"] == ["in_person"]
        refused = await send(
            kim, filled, button="check", mode="phone", name="김민수", email="kim@example.org", phone=""
        )
        assert refused.status_code == 422
        assert "전화번호" in parse(refused.text).text
        again = form(refused, field="email")
        typed = {"mode": "video", "name": "김민수", "email": "kim@example.org"}
        check = await follow(kim, await send(kim, again, button="check", **typed))
        assert "영상" in parse(check.text).text
        assert (await confirm(kim, check)).status_code == 200
        visit = await Visit.get()
        assert visit.mode is VisitMode.VIDEO
        early = parse((await kim.get(f"/visits/{visit.number}")).text)
        assert "/ready" not in str([one.attrs.get("action") for one in early.all("form")])
        assert (await post_without_page(kim, f"/visits/{visit.number}/ready", data={})).status_code == 303
        assert await Ticket.all().count() == 0
    with clock.at(at("08:50")):
        ready = await submit(kim, f"/visits/{visit.number}", "/ready")
        ticket = await Ticket.get()
        assert ready.headers["location"] == f"/tickets/{ticket.code}"
        repeated = await post_without_page(kim, f"/visits/{visit.number}/ready", data={})
        assert repeated.headers["location"] == f"/tickets/{ticket.code}"
        assert LINK not in (await kim.get(f"/tickets/{ticket.code}")).text, "nobody is called yet"
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        await submit(clerk, page, "/open")
        await submit(clerk, page, "/call-next")
        assert LINK in [a.attrs.get("href") for a in parse((await clerk.get(page)).text).all("a")]
        own = parse((await kim.get(f"/tickets/{ticket.code}")).text)
        assert LINK in [a.attrs.get("href") for a in own.all("a")]
        assert "창구로 와 주세요" not in own.text
        hall = (await system.client.get("/offices/east/display")).text
        assert f"<span data-number>{ticket.number}</span>" not in hall, "nobody in the hall is called"
        for public in ("/offices/east/display", "/api/v1/offices/east/queue"):
            assert LINK not in (await system.client.get(public)).text
        await submit(clerk, page, "/start")
        await submit(clerk, page, "/finish")
    assert (await Visit.get()).state is VisitState.SERVED


async def test_by_telephone_the_counter_rings(system: System) -> None:
    with clock.at(at("09:00") - timedelta(days=4)):
        page = await an_office_from_afar()
        made = await booked(system.client, "passport", contact=PHONE, mode="phone")
        assert made["mode"] == "phone"
        number, key = made["number"], {"X-Access-Key": made["key"]}
        early = await system.client.post(f"/api/v1/visits/{number}/ready", headers=key)
        assert (early.status_code, early.json()["code"]) == (409, "too_early")
    with clock.at(at("09:00")):
        assert (await system.client.post(f"/api/v1/visits/{number}/ready")).status_code == 404
        answer = await system.client.post(f"/api/v1/visits/{number}/ready", headers=key)
        assert answer.status_code == 201, answer.text
        clerk, ticket = await system.official("clerk"), await Ticket.get()
        assert answer.json()["follow_url"].endswith(f"/tickets/{ticket.code}")
        await submit(clerk, page, "/open")
        await submit(clerk, page, "/call-next")
        assert "tel:010-1234-5678" in [a.attrs.get("href") for a in parse((await clerk.get(page)).text).all("a")]
        own = parse((await system.client.get(f"/tickets/{ticket.code}")).text).text
        assert "5678" in own
        assert "010-1234" not in own, "whoever has the code does not learn the number"


async def test_a_way_to_meet_must_be_offered_and_have_what_it_needs(system: System) -> None:
    await an_office_from_afar()

    async def refused(**changes: object) -> str:
        body = {
            "office": "east",
            "services": ["passport"],
            "start": at("09:00").isoformat(),
            "contact": PHONE,
            **changes,
        }
        answer = await system.client.post("/api/v1/visits", json=body)
        assert answer.status_code == 422, answer.text
        return str(answer.json()["errors"][0]["field"])

    mail = {"name": "김민수", "email": "kim@example.org"}
    assert await refused(mode="phone", contact=mail) == "contact.phone"
    assert await refused(mode="video", services=["passport", "seal"]) == "mode"
    assert await refused(mode="telepathy") == "mode"
    assert await Visit.filter(state=VisitState.BOOKED).count() == 0
    at_office = await booked(system.client, "passport")
    assert at_office["mode"] == "in_person"
    kim = await opened_visit(system, at_office["number"])
    with clock.at(at("09:00")):
        await post_without_page(kim, f"/visits/{at_office['number']}/ready", data={})
    assert await Ticket.all().count() == 0, "who comes to the office checks in there"


async def test_where_nothing_else_is_offered_nothing_is_asked(system: System) -> None:
    await an_office({"1": ["passport"]})
    kim = system.visitor()
    held = await follow(kim, await press(await week(kim), kim, "09:00"))
    assert 'name="mode"' not in held.text


async def test_the_settings_offer_it(system: System) -> None:
    await an_office_from_afar()
    admin = await system.official("admin")
    counter = await Counter.get()
    page = f"/desk/offices/counters/{counter.id}"
    wrong = await submit(admin, page, page, video_url="http://meet.example.org")
    assert wrong.status_code == 422
    assert (await submit(admin, page, page, video_url="https://meet.example.org/1")).status_code == 303
    assert (await Counter.get()).video_url == "https://meet.example.org/1"
    service = await CounterService.get(code="seal")
    page = f"/desk/offices/services/{service.id}"
    assert (await submit(admin, page, page, by_video="on")).status_code == 303
    assert (await CounterService.get(code="seal")).by_video
