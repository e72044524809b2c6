"""Visits in a real browser: everybody can use the pages, a phone shows one day at a time, and the timetable is live."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from server.core import clock
from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking
from tracking.visits.models import CounterService, Office, Visit
from tracking.visits.queries import offices
from tracking.visits.timetable import start_value

SHOTS = os.environ.get("SHOTS", "")
"""Where pictures of the pages go, for whoever wants to look at them."""
TOKEN = "t" * 64


async def in_each_language(page: Page, name: str, address: str, width: int) -> None:
    """Everybody can use the page in Korean, and nothing scrolls sideways in any language."""
    for language in ("en", "ja"):
        await page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        await fits(page, f"{name}-{language}", width)
    await page.goto(f"{address}{'&' if '?' in address else '?'}lang=ko")
    await usable(page, f"{name}-ko", width)


async def usable(page: Page, name: str, width: int) -> None:
    """Everybody can use the page, and nothing scrolls sideways."""
    await fits(page, name, width)
    await axe(page)


async def fits(page: Page, name: str, width: int) -> None:
    """Nothing scrolls sideways."""
    wide, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    assert wide <= window, page.url


def week() -> str:
    """The timetable of the next Monday's week."""
    return f"/visits?office=east&service=passport&from={next_monday()}"


async def a_city() -> None:
    """Two offices, of which one has a group's service, documents, and a map."""
    days = [next_monday() + timedelta(days=n) for n in range(5)]
    await an_office({"1": ["passport"], "2": ["passport", "seal"]}, days=days, district="central")
    await an_office({"1": ["moving"]}, days=days, code="west")
    await Office.filter(code="east").update(
        lat=37.5, lng=127.0, directions="2번 출구에서 걸어서 3분", languages=["ko", "ja", "en"], step_free=True,
        reception="1층에서 방문증을 받으세요.",
    )  # fmt: skip
    child = {"code": "child", "name": "미성년자", "name_en": "Minors"}
    await CounterService.filter(code="passport").update(
        name="여권 신청", name_en="Passport", name_ja="旅券",
        documents=[{"code": "photo", "name": "사진"}, {"code": "consent", "name": "동의서", "situations": [child]}],
    )  # fmt: skip
    await CounterService.filter(code="seal").update(places=8)
    offices.forget()


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_everybody_can_use_the_pages_of_a_visit(site: System, open_page: OpenPage, width: int) -> None:
    await a_city()
    page = await open_page(width=width, base_url=site.url)
    for name, address in {
        "entry": "/visits", "offices": "/offices", "office": "/offices/east", "services": "/visits?office=east",
        "week": week(), "list": f"{week()}&view=list", "taken": f"{week()}&start={next_monday()}T12:00",
        "plans": f"/visits/plans?office=east&service=passport&date={next_monday()}",
    }.items():  # fmt: skip
        await in_each_language(page, name, address, width)
    await page.goto(week())
    await page.locator(f"button[value='{start_value(at('10:30'))}']").last.click()
    await page.wait_for_url("**/visits/held/*")
    await usable(page, "held", width)
    await page.fill("#field-name", "김민수")
    await page.get_by_role("button", name="확인하기").click()
    await expect(page.locator("[data-error-summary]")).to_be_focused()
    await usable(page, "held-errors", width)
    await page.fill("#field-email", "kim@example.org")
    await page.get_by_role("button", name="확인하기").click()
    await usable(page, "check", width)
    await page.get_by_role("button", name="이 시간으로 예약").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("방문이 예약되었습니다")
    await usable(page, "booked", width)
    number = await page.locator("#number").inner_text()
    for name in ("", "/change", "/cancel"):
        await in_each_language(page, f"visit{name.replace('/', '-')}", f"/visits/{number}{name}", width)
    await page.goto(week())
    await page.locator(f"button[value='{start_value(at('11:30'))}']").last.click()
    held = page.url
    await Visit.filter(holder__isnull=False).update(held_until=clock.now() - timedelta(minutes=1))
    await page.goto(held)
    await usable(page, "late", width)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_phone_without_scripts_turns_the_days(site: System, open_page: OpenPage) -> None:
    await a_city()
    page = await open_page(width=PHONE, javascript=False, base_url=site.url)
    await page.goto(week())
    shown = page.locator(f"button[value='{start_value(at('10:30'))}']").last
    await expect(shown).to_be_visible()
    tuesday = next_monday() + timedelta(days=1)
    other = page.locator(f".slot-table button[value='{start_value(at('10:30', tuesday))}']")
    await expect(other).to_be_hidden()
    await page.locator(".slot-days a").nth(1).click()
    await expect(other).to_be_visible()
    await other.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("누가 오십니까?")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_marks_change_while_somebody_looks(site: System, open_page: OpenPage) -> None:
    await an_office({"1": ["passport"]})
    page = await open_page(base_url=site.url)
    await page.goto(week())
    start = start_value(at("14:00"))
    await expect(page.locator("[data-slots-state]")).to_contain_text("실시간")
    button = page.locator(f".slot-table button[value='{start}']")
    await button.focus()
    number = await booking.hold(await wish(start="14:00"), TOKEN, "ko")
    await expect(page.locator(f"[data-start='{start}']")).to_have_text("×마감")
    await expect(page.locator(f"[data-start='{start}']")).to_be_focused()
    await booking.release(number, TOKEN)
    await expect(button).to_contain_text("3. 15. 14:00, 얼마 안 남음, 1자리")
    await booking.book_now(await wish(start="15:00"), contact("lee"))
    await expect(page.locator(f"[data-start='{start_value(at('15:00'))}']")).to_be_visible()
    await button.click()
    await expect(page.locator("[data-countdown-words]")).to_contain_text("분")
