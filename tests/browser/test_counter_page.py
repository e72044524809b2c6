"""The counter page in a real browser: by keyboard only, accessible at both widths, live; silent calls for help."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from server.core import clock
from server.core.days import today
from tests.browser.test_desk_page import sign_in, sound
from tests.support.answers import official
from tests.support.chromium import DESK, HEIGHT, PHONE, OpenPage
from tests.support.stories import filed
from tests.support.system import System
from tests.support.visits import an_office, contact, wish
from tracking.visits import links
from tracking.visits.actions import arriving, booking, calling, counters
from tracking.visits.actions.arriving import Press
from tracking.visits.actions.booking import Contact
from tracking.visits.models import Counter, CounterService, EmergencyCall, Ticket, Visit
from tracking.visits.queries import offices, visits
from tracking.visits.queue_forms import CallNext, OpenCounter
from tracking.visits.states import TicketState, VisitMode

SHOTS = os.environ.get("SHOTS", "")
"""Where pictures of the pages go, for whoever wants to look at them."""


async def an_open_day() -> dict[str, str]:
    """An office that is open now: a reservation for a case, three walk-ins. The pages of its two counters."""
    office = await an_office({"1": ["passport", "seal"], "2": ["passport"]}, days=[today()])
    await Counter.filter(number="2").update(floor=2)
    await an_office({"1": ["passport", "seal"]}, code="west", days=[today()])
    await CounterService.filter(code="passport").update(
        documents=[{"code": "photo", "name": "여권 사진", "name_ja": "旅券用写真", "name_en": "Passport photo"}]
    )
    case = await filed()
    with clock.at(clock.now() - timedelta(days=4)):
        booked = await booking.book_now(await wish(start="10:00", day=(clock.now() + timedelta(days=4)).date()),
                                        contact("kim"), case=case.reference)  # fmt: skip
    await Visit.filter(number=booked.number).update(note="휠체어를 탑니다.")
    place = await offices.office("east")
    await arriving.check_in(place, await visits.by_number(booked.number), Press(language="ja"))
    for services in (["passport"], ["passport", "seal"], ["seal"]):
        await arriving.walk_in(place, services, Press())
    return {one.number: f"/desk/counters/{one.id}" for one in await Counter.filter(office_id=office.id)}


async def picture(page: Page, name: str) -> None:
    """Pictures at both widths in three languages, for whoever wants to look."""
    if not SHOTS:
        return
    here = page.url.partition("?")[0]
    for language in ("en", "ja", "ko"):
        await page.goto(f"{here}?lang={language}")
        for width in (PHONE, DESK):
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            await page.screenshot(path=Path(SHOTS) / f"{name}-{language}-{width}.png", full_page=True)


async def done(page: Page, key: str) -> None:
    """Press a key that does something, and wait until the page that follows takes the next one."""
    async with page.expect_navigation():
        await page.keyboard.press(key)
    await expect(page.locator(".key-line")).to_be_visible()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_clerk_works_with_the_keyboard_only(site: System, open_page: OpenPage) -> None:
    pages = await an_open_day()
    page = await open_page(base_url=site.url)
    await sign_in(page, "clerk")
    await page.goto(pages["1"])
    await sound(page)
    await page.locator("form[action$='/open'] button").press("Enter")
    await expect(page.locator(".key-line")).to_be_visible()  # the keys work
    await done(page, "n")
    await expect(page.locator(".now-number")).to_have_text("1")
    await picture(page, "called")
    await sound(page)
    await done(page, "s")
    await page.keyboard.press("m")
    await expect(page.locator("dialog[open] input[type=text], dialog[open] textarea").first).to_be_focused()
    await page.keyboard.type("원본을 확인했습니다.")
    await done(page, "Enter")
    await expect(page.locator("#now")).to_contain_text("원본을 확인했습니다.")
    await picture(page, "serving")
    await sound(page)
    await page.keyboard.press("f")
    await expect(page.locator("dialog[open]")).to_be_visible()
    await page.keyboard.press("Space")  # the case's matter is settled
    await done(page, "Enter")
    assert (await Ticket.get(number="1")).state is TicketState.DONE
    await picture(page, "free")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(page.locator("[data-row].is-current .queue-number")).to_have_text("3")
    await done(page, "Enter")
    await expect(page.locator(".now-number")).to_have_text("3")
    await done(page, "s")
    await done(page, "p")
    await expect(page.locator("#queue")).to_contain_text("3")
    await picture(page, "away")
    await sound(page)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_page_asks_only_for_what_it_has_not_and_leaves_what_is_typed(
    site: System, open_page: OpenPage
) -> None:
    pages = await an_open_day()
    page = await open_page(base_url=site.url)
    await sign_in(page, "clerk")
    await page.goto(pages["1"])
    await page.locator("form[action$='/open'] button").press("Enter")
    await expect(page.locator(".key-line")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.resource_type == "fetch" else None)
    await done(page, "n")
    await done(page, "s")
    await expect(page.locator("[data-live-state].is-open")).to_be_visible()
    await page.wait_for_timeout(1_500)
    assert asked == [], "the stream begins with what the page shows"
    await page.keyboard.press("m")
    await page.keyboard.type("원본을 확인")
    place = await offices.office("east")
    for _visitor in range(5):
        await arriving.walk_in(place, ["passport"], Press())
    await expect(page.locator("#queue .queue-number")).to_have_count(8)
    assert 1 <= len(asked) <= 5, asked
    await page.keyboard.type("했습니다.")
    assert (
        await page.locator("dialog[open] textarea, dialog[open] input[type=text]").input_value()
        == "원본을 확인했습니다."
    )
    await done(page, "Enter")
    await expect(page.locator("#now")).to_contain_text("원본을 확인했습니다.")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_long_note_without_spaces_stays_on_a_phone(site: System, open_page: OpenPage) -> None:
    pages = await an_open_day()
    await Ticket.all().update(note="x" * 240)
    page = await open_page(width=PHONE, base_url=site.url)
    await sign_in(page, "clerk")
    await page.goto(pages["1"])
    for button in ("/open", "/call-next"):
        await page.locator(f"form[action$='{button}'] button").press("Enter")
        await expect(page.locator(f"form[action$='{button}']")).to_have_count(0)
        await page.wait_for_load_state()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE, button


@pytest.mark.parametrize("engine", ["postgres"])
async def test_help_is_called_silently_and_seen_by_colleagues_at_once(site: System, open_page: OpenPage) -> None:
    pages = await an_open_day()
    clerk, colleague = await open_page(base_url=site.url), await open_page(base_url=site.url)
    display = await open_page(base_url=site.url)
    await sign_in(clerk, "clerk")
    await sign_in(colleague, "handler")
    await clerk.goto(pages["2"])
    await colleague.goto(pages["1"])
    await display.goto("/offices/east/display")
    before, title = await display.locator("main").inner_text(), await clerk.title()
    await clerk.keyboard.press("h")
    await clerk.keyboard.press("Control+h")
    assert await EmergencyCall.all().count() == 0, "nothing by accident"
    await clerk.keyboard.press("Control+Alt+h")
    await expect(colleague.locator("#help")).to_contain_text("2층 2번 창구")
    await expect(clerk.locator("#own-help")).to_contain_text("보냄")
    assert (await clerk.title(), await display.locator("main").inner_text()) == (title, before)
    await expect(clerk.locator("#help")).to_be_empty()
    await sound(colleague)
    await picture(colleague, "help")
    await colleague.locator("#help form[action$='/accept'] button").click()
    await expect(colleague.locator("#help")).to_contain_text("가고 있습니다")
    await expect(clerk.locator("#own-help")).to_contain_text((await official("handler")).name)
    await sound(clerk)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_visit_by_video_begins_with_a_press_and_shows_the_link_when_called(
    site: System, open_page: OpenPage
) -> None:
    office = await an_office({"1": ["passport"]}, days=[today()])
    await CounterService.all().update(by_video=True, by_phone=True)
    await Counter.all().update(video_url="https://meet.example.org/1")
    offices.forget()
    day = today()
    with clock.at(clock.now() - timedelta(days=4)):
        kim = Contact("김민수", "kim@example.org", mode=VisitMode.VIDEO)
        booked = await booking.book_now(await wish(start="10:00", day=day), kim)
    visit = await Visit.get(number=booked.number)
    page = await open_page(base_url=site.url, width=PHONE)
    await page.goto(links.visit_path(site.settings, booked.number, visit.starts_at))
    await picture(page, "afar")
    await sound(page)
    await page.locator("form[action$='/ready'] button").click()
    await page.wait_for_url("**/tickets/*")
    await sound(page)
    clerk, counter = await official("clerk"), str((await Counter.get(office_id=office.id)).id)
    await counters.open_counter(clerk, counter, OpenCounter())
    await calling.call_next(clerk, counter, CallNext())
    await expect(page.locator("a[href='https://meet.example.org/1']")).to_be_visible()
    await expect(page.locator("[data-when=called]")).to_contain_text("1번 창구가 준비되었습니다")
    await picture(page, "afar-called")
    await sound(page)
