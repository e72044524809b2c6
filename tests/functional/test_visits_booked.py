"""A visitor books, changes and cancels a visit on the pages, without scripts."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from server.core import clock
from server.core.config import Settings
from tests.support.markup import parse
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.system import System, opened
from tests.support.visit_pages import book, checked, code, confirm, follow, hold, marks, press, value, week
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking
from tracking.visits.models import CounterService, Visit
from tracking.visits.queries import offices
from tracking.visits.states import VisitState


async def test_a_visit_is_held_checked_and_booked(system: System) -> None:
    await an_office({"1": ["passport"]}, reception="1층에서 방문증을 받으세요.")
    await CounterService.filter(code="passport").update(
        documents=[{"code": "photo", "name": "사진"}, {"code": "consent", "name": "동의서",
                   "situations": [{"code": "child", "name": "미성년자"}]}]
    )  # fmt: skip
    offices.forget()
    browser = system.visitor()
    entry = await browser.get("/visits")
    assert "동부민원센터" in entry.text
    assert "02-700-3000" in entry.text
    shown = await week(browser)
    assert marks(shown)["09:00"] == "△"
    assert marks(shown)["12:00–13:00"] == "점심시간"
    held = await hold(browser, "09:00")
    assert "15분" in held.text
    assert "미성년자" in held.text
    assert "전날까지" in held.text
    assert marks(await week(system.visitor()))["09:00"] == "×", "everybody sees it as taken"
    again = await checked(browser, held)
    assert "유모차" in again.text
    (change,) = [a for a in parse(again.text).one("main").all("a") if a.text == "고치기"]
    edited = await browser.get(change.attrs["href"])
    assert form(edited, field="email").values["name"] == ["김민수"]
    booked = await confirm(browser, again)
    number, key = code(booked, "number"), code(booked, "key")
    for words in ("예약되었습니다", "사진", "1층에서 방문증", "<svg", "신분증", f"/visits/{number}/calendar.ics"):
        assert words in booked.text, words
    made = await Visit.get(number=number)
    assert (made.state, made.name, made.note, made.holder) == (VisitState.BOOKED, "김민수", "유모차", None)
    assert '<code id="key"' not in (await browser.get(f"/visits/{number}")).text, "the key is shown once"
    assert number in (await browser.get("/visits")).text
    stranger = system.visitor()
    assert (await stranger.get(f"/visits/{number}")).status_code == 404
    wrong = await submit(stranger, "/visits", "/visits", number=number, key="2222-2222-2222-2222")
    assert wrong.status_code == 422
    opened = await submit(stranger, "/visits", "/visits", number=number.lower(), key=key)
    assert (await follow(stranger, opened)).status_code == 200
    closed = await send(stranger, form(await stranger.get("/visits"), "/visits/forget"))
    assert number not in (await follow(stranger, closed)).text


async def test_errors_keep_the_input_and_the_hold(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    held = await hold(browser, "09:00")
    answer = await send(browser, form(held, field="email"), button="check", name="김민수", email="kim@")
    assert answer.status_code == 422
    assert form(answer, field="email").values["email"] == ["kim@"]
    assert parse(answer.text).one("input", id="field-email").attrs["aria-invalid"] == "true"
    answer = await send(browser, form(answer, field="email"), button="check", email="")
    assert "이메일이나 전화번호를" in answer.text
    assert (await confirm(browser, await checked(browser, answer, phone="010-1234-5678"))).status_code == 200


async def test_confirming_twice_or_in_a_second_tab_shows_the_booking(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    held = await hold(browser, "09:00")
    check = await checked(browser, held)
    first, again = await confirm(browser, check), await confirm(browser, check)
    assert (first.status_code, again.status_code) == (200, 200)
    assert code(first, "number") == code(again, "number")
    assert code(first, "key") == code(again, "key"), "whoever pressed twice sees the second answer"
    tab = await browser.get(str(held.url))
    assert tab.headers["location"] == f"/visits/{code(first, 'number')}"
    assert await Visit.filter(state=VisitState.BOOKED).count() == 1


async def test_whoever_confirms_late_is_offered_the_nearest_times(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    check = await checked(browser, await hold(browser, "10:00"))
    with clock.at(clock.now() + timedelta(minutes=16)):
        await booking.expire()
        await booking.book_now(await wish(start="10:00"), contact("lee"))
        late = await confirm(browser, check)
        assert late.status_code == 409
        assert "더 이상" in late.text
        assert "적은 내용은 남아" in late.text
        assert "적은 내용은 남아" in (await browser.get(str(check.url))).text
        near = form(late, "/visits/hold", field="start")
        offered = [one.attrs["value"][11:16] for one in near.buttons]
        assert offered == ["09:30", "09:45", "10:15"]
        again = await follow(browser, await send(browser, near, button=value(at("10:15"))))
        assert again.status_code == 200
        assert form(again, field="email").values["email"] == ["kim@example.org"], "what was typed is kept"
        assert "예약되었습니다" in (await confirm(browser, await checked(browser, again))).text
    assert (await Visit.get(state=VisitState.BOOKED, name="김민수")).starts_at == at("10:15")


async def test_a_held_time_opened_in_another_browser(system: System) -> None:
    await an_office({"1": ["passport"]})
    held = await hold(system.visitor(), "09:00")
    stranger = system.visitor()
    elsewhere = await stranger.get(str(held.url))
    assert (elsewhere.status_code, "다른 브라우저에서" in elsewhere.text) == (409, True)
    assert "김민수" not in elsewhere.text
    with clock.at(clock.now() + timedelta(minutes=16)):
        late = await stranger.get(str(held.url))
        assert (late.status_code, "기한이 지났습니다" in late.text) == (409, True)


async def test_another_time_in_a_second_tab_gives_back_the_first(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    first = await checked(browser, await hold(browser, "09:00"))
    second = await hold(browser, "11:00")
    assert (marks(await week(browser))["09:00"], marks(await week(browser))["11:00"]) == ("△", "×")
    late = await confirm(browser, first)
    assert late.status_code == 409
    assert parse(late.text).all("a", href=httpx.URL(str(second.url)).path)
    released = await send(browser, form(second, "/release"))
    assert "다른 분이" in (await follow(browser, released)).text
    assert marks(await week(browser))["11:00"] == "△"
    await send(browser, form(second, "/release"))
    assert await Visit.filter(state=VisitState.CANCELLED).count() == 2


async def test_the_rules_are_said_at_the_form(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    await book(browser, "09:00")
    refused = await book(browser, "11:00")
    assert refused.status_code == 409
    assert "이미 있습니다" in refused.text
    assert form(refused, field="email").values["name"] == ["김민수"]
    assert "예약되었습니다" in (await confirm(browser, await checked(browser, refused, email="lee@example.org"))).text


async def test_the_visitor_moves_and_cancels_the_visit(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    number = code(await book(browser, "09:00"), "number")
    page = f"/visits/{number}"
    await booking.book_now(await wish(start="10:00"), contact("lee"))
    table = await browser.get(f"{page}/change")
    assert (marks(table)["09:00"], marks(table)["10:00"]) == ("지금", "×"), "one has one's present time already"
    moved = await press(table, browser, "11:00", f"{page}/change")
    assert "바뀌었습니다" in (await follow(browser, moved)).text
    assert (await Visit.get(number=number)).starts_at == at("11:00")
    gone = await follow(browser, await post_without_page(browser, f"{page}/change", data={"start": value(at("10:00"))}))
    assert "방금" in gone.text
    assert (await Visit.get(number=number)).starts_at == at("11:00")
    cancelled = await submit(browser, f"{page}/cancel")
    assert "취소되었습니다" in (await follow(browser, cancelled)).text
    for closed in ("change", "cancel"):
        assert (await browser.get(f"{page}/{closed}")).headers["location"] == page


async def test_on_the_day_one_can_only_say_that_one_cannot_come(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    number = code(await book(browser, "15:00"), "number")
    with clock.at(at("08:00")):
        shown = await browser.get(f"/visits/{number}")
        assert f'href="/visits/{number}/change"' not in shown.text
        assert (await browser.get(f"/visits/{number}/change")).headers["location"] == f"/visits/{number}"
        await submit(browser, f"/visits/{number}/cancel")
    assert (await Visit.get(number=number)).state is VisitState.CANCELLED


async def test_each_state_has_a_page(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    number = code(await book(browser, "09:00"), "number")
    page = f"/visits/{number}"
    await Visit.filter(number=number).update(unplaced_since=clock.now())
    assert "다른 시간을" in (await browser.get(page)).text
    await Visit.filter(number=number).update(unplaced_since=None)
    with clock.at(at("16:00")):
        assert "지났습니다" in (await browser.get(page)).text
    for state in VisitState:
        await Visit.filter(number=number).update(state=state, held_until=clock.now())
        assert (await browser.get(page)).status_code == 200, state


async def test_a_group_comes_together(system: System) -> None:
    await an_office({"1": ["seal"]})
    await CounterService.filter(code="seal").update(places=8)
    offices.forget()
    browser, other = system.visitor(), system.visitor()
    asked = {"office": "east", "service": "seal", "from": next_monday().isoformat()}
    shown = await browser.get("/visits", params={**asked, "party": "6"})
    held = await follow(browser, await press(shown, browser, "09:00"))
    assert "6명" in held.text
    number = code(await confirm(browser, await checked(browser, held)), "number")
    assert marks(await other.get("/visits", params={**asked, "party": "3"}))["09:00"] == "×"
    assert marks(await other.get("/visits", params={**asked, "party": "2"}))["09:00"] == "△"
    assert marks(await browser.get(f"/visits/{number}/change"))["09:00"] == "지금"
    assert (await Visit.get(number=number)).party == 6


async def test_an_address_holds_only_so_many_times(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        await an_office({"1": ["passport"]})
        fields = {"office": "east", "service": "passport", "start": value(at("09:00"))}
        codes = []
        for press_number in range(10):
            browser = system.visitor(cookie=f"visitor={press_number}")
            codes.append((await post_without_page(browser, "/visits/hold", data=fields)).status_code)
        assert codes == [303] * 8 + [429] * 2


async def test_pages_lead_on_where_something_is_refused(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    gone = await browser.get("/visits/2CK-8Q7-ZZZ")
    assert gone.status_code == 404
    assert 'href="/visits#my-reservation"' in gone.text
    held = await hold(browser, "10:00")
    for other in ("/visits/held/2CK-8Q7-ZZZ", str(held.url)):
        assert (await system.visitor().get(other)).status_code == 409, "a time is held for one browser"
    number = code(await book(browser, "09:00"), "number")
    desk = await system.official("clerk")
    assert (await desk.get(f"/visits/{number}")).headers["location"] == f"/desk/visits/{number}"


async def test_a_browser_that_refuses_cookies_is_told_and_takes_no_time(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    shown = await week(browser)
    browser.cookies.delete("visitor")
    asked = await press(shown, browser, "09:00")
    browser.cookies.delete("visitor")
    told = await follow(browser, asked)
    assert "쿠키를 허용" in told.text
    assert await Visit.all().count() == 0
    again = await browser.get(asked.headers["location"])
    assert "쿠키를 허용" not in again.text, "it has kept the cookie meanwhile"


async def test_a_time_that_was_given_back_is_said_to_be(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    held = await hold(browser, "09:00")
    await send(browser, form(held, "/release"))
    late = await browser.get(str(held.url))
    assert late.status_code == 409
    assert parse(late.text).one("h1").text == "시간을 반납했습니다"


async def test_only_groups_are_asked_how_many_come(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    page = "/visits?office=east"
    assert 'name="party"' not in (await browser.get(page)).text
    await CounterService.filter(code="passport").update(places=20)
    offices.forget()
    hint = parse((await browser.get(page)).text).one("form", action="/visits").text
    assert "passport (최대 20명)" in hint


async def test_an_office_says_that_it_has_closed_for_today(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    await an_office({"1": ["passport"]})
    for hour, closed in (("10:00", False), ("18:00", True)):
        moment = at(hour)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert ("업무 종료" in (await system.visitor().get("/offices/east")).text) == closed
