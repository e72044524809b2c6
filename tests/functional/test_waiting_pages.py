"""A visitor waits for a time, is offered one and takes or leaves it; another whose counter is gone gets a new time."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from server.core import clock, config
from tests.support.markup import parse
from tests.support.page_forms import form, post_without_page, send
from tests.support.stories import to
from tests.support.system import System
from tests.support.visit_pages import hold
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits import links
from tracking.visits.actions import booking, moving, supply
from tracking.visits.models import Shift, Visit, Waiting
from tracking.visits.states import Channel, VisitState, WaitingState

LEE = {"name": "이영희", "email": "lee@example.org"}


@pytest.fixture(autouse=True)
def _noon(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = at("12:00", next_monday() - timedelta(days=3))
    monkeypatch.setattr(clock, "now", lambda: noon)


def page(**more: str) -> str:
    given = {"office": "east", "service": "passport", "date": next_monday().isoformat(), **more}
    return f"/visits/waiting?{httpx.QueryParams(given)}"


def hrefs(answer: httpx.Response) -> list[str]:
    """Where the links of a page lead."""
    return [a.attrs["href"] for a in parse(answer.text).all("a") if a.attrs.get("href")]


async def follow(browser: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 303, answer.text
    return await browser.get(answer.headers["location"])


async def join(browser: httpx.AsyncClient, **details: str) -> httpx.Response:
    """Fill in the form of the page: the receipt."""
    shown = form(await browser.get(page()), field="email")
    return await send(browser, shown, **{"until_time": "10:00", **LEE, **details})


async def a_full_hour() -> list[booking.Booked]:
    await an_office({"1": ["passport"]})
    return [await booking.book_now(await wish(start=f"09:{15 * n:02}"), contact(f"n{n}")) for n in range(4)]


async def linked(system: System, browser: httpx.AsyncClient, address: str = LEE["email"]) -> httpx.Response:
    """The page to which the latest offer leads; a mail about joining the list may be written after it."""
    await system.work()
    bodies = [mail.get_body(("plain",)) for mail in to(system, address)]
    paths = [path for body in bodies if body for path in re.findall(r"/v/[^/\s]+/offer", str(body.get_content()))]
    return await browser.get(paths[-1], follow_redirects=True)


async def test_a_visitor_waits_is_offered_a_time_and_takes_it(system: System) -> None:
    made = await a_full_hour()
    browser = system.visitor()
    week = await browser.get("/visits", params={"office": "east", "service": "passport", "day": str(next_monday())})
    [way] = [
        a.attrs["href"] for a in parse(week.text).all("a") if a.attrs.get("href", "").startswith("/visits/waiting")
    ]
    assert httpx.URL(way).params["date"] == next_monday().isoformat()
    receipt = await follow(browser, await join(browser))
    assert "1번째" in receipt.text
    await booking.cancel(made[1].number, "visitor")
    phone = system.visitor()
    offer = await linked(system, phone)
    assert "9:15" in offer.text
    answer = await follow(phone, await send(phone, form(offer, field="answer"), button="accept"))
    booked = await Visit.get(name="이영희")
    assert booked.state is VisitState.BOOKED
    assert parse(answer.text).one("code", id="key").text
    again = await post_without_page(phone, f"/visits/{booked.number}/offer", data={"answer": "accept"})
    assert again.headers["location"] == f"/visits/{booked.number}"
    receipt = await browser.get(str(receipt.url))
    assert "예약이 있습니다" in receipt.text


async def test_who_takes_an_offer_gives_back_what_the_browser_holds_that_day(system: System) -> None:
    made = await a_full_hour()
    browser = system.visitor()
    await join(browser)
    await booking.cancel(made[1].number, "visitor")
    await hold(browser, "11:00")
    assert await Visit.filter(state=VisitState.HELD).count() == 1
    await send(browser, form(await linked(system, browser), field="answer"), button="accept")
    assert await Visit.filter(state=VisitState.HELD).count() == 0
    assert await Visit.filter(state=VisitState.BOOKED, name="이영희").count() == 1


async def test_an_offer_that_was_refused_says_so_and_keeps_the_place_in_line(system: System) -> None:
    made = await a_full_hour()
    browser = system.visitor()
    await join(browser)
    await booking.cancel(made[0].number, "visitor")
    ended = await follow(
        browser, await send(browser, form(await linked(system, browser), field="answer"), button="refuse")
    )
    assert "이 제안은 끝났습니다" in ended.text
    late = await post_without_page(browser, str(ended.url), data={"answer": "accept"})
    assert "이 제안은 끝났습니다" in (await follow(browser, late)).text
    entry = await Waiting.get(name="이영희")
    assert (entry.state, len(entry.refused)) == (WaitingState.WAITING, 1)
    [place] = [href for href in hrefs(ended) if href.startswith("/visits/waiting/")]
    assert entry.number in (await browser.get(place)).text


async def test_an_offer_to_who_booked_another_time_says_so(system: System) -> None:
    made = await a_full_hour()
    browser = system.visitor()
    await join(browser)
    await booking.cancel(made[1].number, "visitor")
    shown = await linked(system, browser)
    await booking.book_now(await wish(start="11:00"), contact("lee"))
    answer = await follow(browser, await send(browser, form(shown, field="answer"), button="accept"))
    assert "다른 시간을 예약하셨으므로" in answer.text
    assert "대기 명단에" not in answer.text


async def test_refusing_an_offer_that_was_accepted_offers_to_cancel_it(system: System) -> None:
    made = await a_full_hour()
    browser = system.visitor()
    await join(browser)
    await booking.cancel(made[1].number, "visitor")
    shown = form(await linked(system, browser), field="answer")
    await send(browser, shown, button="accept")
    answer = await follow(browser, await send(browser, shown, button="refuse"))
    assert "이미 이 시간을 수락하셨고 예약되어 있습니다" in answer.text
    cancelled = await follow(browser, await send(browser, form(answer, "/cancel")))
    assert (await Visit.get(name="이영희")).state is VisitState.CANCELLED
    late = await follow(browser, await send(browser, shown, button="refuse"))
    again = await browser.get(late.headers["location"])
    assert again.url.path == cancelled.url.path, "its reservation, cancelled"
    assert "다음 분께" not in again.text


async def test_an_offer_to_who_left_the_list_does_not_say_that_they_wait(system: System) -> None:
    made = await a_full_hour()
    browser = system.visitor()
    receipt = await follow(browser, await join(browser))
    await booking.cancel(made[1].number, "visitor")
    shown = await linked(system, browser)
    place = await browser.get(str(receipt.url))
    await send(browser, form(place, field="", action=receipt.url.path))
    answer = await follow(browser, await send(browser, form(shown, field="answer"), button="accept"))
    assert "대기가 취소되어 이 시간은" in answer.text
    assert "대기는 그대로" not in answer.text
    assert not any(href.startswith("/visits/waiting/") for href in hrefs(answer))


async def test_a_reservation_from_an_offer_that_was_cancelled_is_nowhere_said_to_stand(system: System) -> None:
    made = await a_full_hour()
    browser = system.visitor()
    receipt = await follow(browser, await join(browser))
    await booking.cancel(made[1].number, "visitor")
    shown = form(await linked(system, browser), field="answer")
    await send(browser, shown, button="accept")
    number = (await Visit.get(name="이영희")).number
    place = await browser.get(str(receipt.url))
    assert "예약이 있습니다" in place.text
    assert any(number in href for href in hrefs(place))
    await booking.cancel(number, "visitor")
    again = await browser.get((await send(browser, shown, button="accept")).headers["location"])
    assert again.headers["location"] == f"/visits/{number}"
    place = await browser.get(str(receipt.url))
    assert "예약이 있습니다" not in place.text
    assert not any(number in href for href in hrefs(place))
    await booking.book_now(await wish(start="11:00"), contact("lee"))
    place = await browser.get(str(receipt.url))
    assert "예약이 있습니다" in place.text
    assert not any(number in href for href in hrefs(place))


async def test_an_expired_offer_says_so(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await a_full_hour()
    browser = system.visitor()
    await join(browser)
    await booking.cancel(made[0].number, "visitor")
    shown = await linked(system, browser)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=61))
    answer = await send(browser, form(shown, field="answer"), button="accept")
    assert "이 제안은 끝났습니다" in (await follow(browser, answer)).text
    assert await Visit.filter(state=VisitState.BOOKED, name="이영희").count() == 0


async def test_who_need_not_wait_is_told_so(system: System) -> None:
    await a_full_hour()
    browser = system.visitor()
    free = await join(browser, until_time="")
    assert free.status_code == 409
    [way] = [
        a for a in parse(free.text).all("a") if "start=" in a.attrs.get("href", "") and "button" in a.attrs["class"]
    ]
    assert httpx.URL(way.attrs["href"]).params["start"].startswith(at("10:00").isoformat())
    nobody = await join(browser, email="")
    assert nobody.status_code == 422
    assert 'aria-invalid="true"' in nobody.text
    assert (await join(browser)).status_code == 303
    twice = await join(browser)
    assert twice.status_code == 409
    assert "이미 대기 중" in twice.text
    holder = await join(browser, email="n0@example.org")
    assert holder.status_code == 409


async def test_a_visitor_leaves_the_list(system: System) -> None:
    await a_full_hour()
    browser = system.visitor()
    receipt = await follow(browser, await join(browser))
    gone = await follow(browser, await send(browser, form(receipt, field="", action=receipt.url.path)))
    assert "대기가 취소되었습니다" in gone.text
    assert (await Waiting.get(name="이영희")).state is WaitingState.LEFT
    assert (await browser.get("/visits/waiting/forged.1.aaaaaaaaaaaaaaaa")).status_code == 404


async def test_a_day_without_a_waiting_list(system: System) -> None:
    await a_full_hour()
    browser = system.visitor()
    shown = await browser.get(page(date=(next_monday() + timedelta(days=1)).isoformat()))
    assert "대기 신청을 받지 않습니다" in shown.text
    forged = await browser.get(page(date="tomorrow"))
    assert "대기 신청을 받지 않습니다" in forged.text, "a day that is none stands for today"
    assert (await browser.get(page(office="nowhere"))).status_code == 404
    assert (await browser.get(page(service="fishing"))).status_code == 303


async def displaced(system: System, browser: httpx.AsyncClient) -> Visit:
    """A visit at nine that lost its counter, opened in a browser."""
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    for name in ("first", "lee"):
        await booking.book_now(await wish(), contact(name))
    await Shift.filter(counter__number="2").delete()
    await supply.rebuild(office.id, [next_monday()])
    await system.work()
    visit = await Visit.get(name="lee")
    await browser.get(links.visit_path(config.settings(), visit.number, visit.starts_at))
    return visit


async def test_a_visitor_whose_counter_is_gone_accepts_another_time(system: System) -> None:
    browser = system.visitor()
    visit = await displaced(system, browser)
    seen = await browser.get(f"/visits/{visit.number}")
    assert f"/visits/{visit.number}/offer" in seen.text
    await moving.propose("account/1", visit.number, await wish(start="09:30", channel=Channel.DESK))
    shown = await linked(system, system.visitor(), "lee@example.org")
    assert "9:30" in shown.text
    shown = await browser.get(f"/visits/{visit.number}/offer")
    moved = await follow(browser, await send(browser, form(shown, field="answer"), button="accept"))
    assert "9:30" in moved.text
    visit = await Visit.get(id=visit.id)
    assert (visit.starts_at, visit.unplaced_since) == (at("09:30"), None)
    over = await browser.get(f"/visits/{visit.number}/offer")
    assert over.headers["location"] == f"/visits/{visit.number}"


async def test_or_chooses_one_of_the_nearest(system: System) -> None:
    browser = system.visitor()
    visit = await displaced(system, browser)
    await moving.propose("account/1", visit.number, await wish(start="11:00", channel=Channel.DESK))
    refused = await browser.get(f"/visits/{visit.number}/offer")
    kept = await follow(browser, await send(browser, form(refused, field="answer"), button="refuse"))
    assert "비어 있는 다른 시간" in kept.text
    forged = await post_without_page(browser, str(kept.url), data={"start": at("16:00").isoformat()})
    assert (await Visit.get(id=visit.id)).starts_at == at("09:00"), forged.text
    await send(browser, form(kept, field="start"), button=at("09:45").isoformat())
    assert (await Visit.get(id=visit.id)).starts_at == at("09:45")


async def test_strangers_see_no_offer(system: System) -> None:
    visit = await displaced(system, system.visitor())
    assert (await system.visitor().get(f"/visits/{visit.number}/offer")).status_code == 404


async def test_the_pages_cost_few_statements(system: System, count_queries: Callable[[], list[str]]) -> None:
    made = await a_full_hour()
    browser = system.visitor()
    receipt = await follow(browser, await join(browser))
    await booking.cancel(made[0].number, "visitor")
    await linked(system, browser)
    for address, most in ((page(), 10), (receipt.url.path, 6)):
        seen = count_queries()
        assert (await browser.get(address)).status_code == 200
        assert len(seen) <= most, seen


async def test_a_day_without_a_waiting_list_shows_no_form(system: System) -> None:
    await an_office({"1": ["passport"]})
    timetable = "/visits?office=east&service=passport"
    past = (next_monday() - timedelta(days=7)).isoformat()
    shown = await system.visitor().get(page(date=past))
    assert 'name="email"' not in shown.text
    assert timetable in hrefs(shown)


async def test_the_receipt_says_the_time_as_everywhere(system: System) -> None:
    await a_full_hour()
    browser = system.visitor()
    receipt = await follow(browser, await join(browser, from_time="09:00"))
    assert "오전 9:00–오전 10:00" in parse(receipt.text).text, parse(receipt.text).text
