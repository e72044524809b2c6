"""Visits in a real browser: everybody can use the pages, a phone shows one day at a time, and the timetable is live."""

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from server.core import clock, config
from server.core.files import Store, StoredFile
from tests.browser.test_desk_page import sign_in
from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking, papers, supply, taking, waiting
from tracking.visits.models import Counter, CounterService, Office, Restriction, Shift, Visit
from tracking.visits.queries import offices
from tracking.visits.states import Channel
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
    await page.wait_for_url("**/check*")
    await usable(page, "check", width)
    await page.get_by_role("button", name="이 시간으로 예약").click()
    await page.wait_for_url("**/booked/*")
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


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_everybody_can_wait_hand_in_documents_and_take_a_plan(
    site: System, open_page: OpenPage, width: int
) -> None:
    await a_city()
    await Counter.filter(number="2").update(floor=2)
    page = await open_page(width=width, base_url=site.url)
    plans = f"/visits/plans?office=east&service=passport&service=seal&date={next_monday()}"
    list_of_day = f"/visits/waiting?office=east&service=passport&date={next_monday()}"
    for name, address in {"plans-several": plans, "waiting-join": list_of_day, "find": "/visits/find"}.items():
        await in_each_language(page, name, address, width)
    for name in ("lee", "park"):
        await booking.book_now(await wish(start="10:00"), contact(name))
    await page.goto(list_of_day)
    await page.fill("#field-from_time", "10:00")
    await page.fill("#field-until_time", "10:15")
    await page.fill("#field-name", "김민수")
    await page.fill("#field-email", "kim@example.org")
    await page.get_by_role("button", name="대기 신청").click()
    await page.wait_for_url("**/visits/waiting/*")
    await usable(page, "waiting", width)
    made = await booking.book_now(await wish(start="11:00"), contact("kim"))
    await page.goto("/visits")
    await page.fill("#field-number", made.number)
    await page.fill("#field-key", made.key)
    await page.get_by_role("button", name="예약 열기").click()
    await page.wait_for_url(f"**/visits/{made.number}")
    await in_each_language(page, "documents", f"/visits/{made.number}/documents", width)
    await hand_in(made.number)
    await usable(page, "documents-handed-in", width)
    await without_counters("1", "2")
    for name in ("", "/offer"):
        await in_each_language(page, f"unplaced{name.replace('/', '-')}", f"/visits/{made.number}{name}", width)


async def hand_in(number: str) -> None:
    """A photo, as its visitor sends it beforehand."""
    stored = await Store(config.settings().data_dir / "files").put(io.BytesIO(b"a photo"))
    await papers.hand_in(number, "photo", [StoredFile(stored.hash, "photo.txt", stored.size, "text/plain")], "visitor")


async def without_counters(*numbers: str) -> None:
    """Nobody sits at some counters on the Monday, so that visits lose theirs."""
    office, day = await Office.get(code="east"), next_monday()
    await Shift.filter(counter__number__in=numbers, counter__office_id=office.id, date=day).delete()
    await supply.rebuild(office.id, [day])
    await supply.record_placed((await offices.calendars(office.id, [day]))[day])


async def much_to_do() -> list[str]:
    """A visit with documents, one that has lost its counter, an appeal, and somebody who waits. Returns the visits."""
    wanted = {"kim": "09:00", "lee": "10:00", "park": "10:00"}
    made = [await booking.book_now(await wish(start=start), contact(name)) for name, start in wanted.items()]
    await hand_in(made[0].number)
    errand = await taking.errand("east", ["passport"], Channel.ONLINE)
    await waiting.join(waiting.Wanted(errand, next_monday(), "10:00", "10:15"), contact("waits"))
    now = clock.now()
    await Restriction.create(
        household="mail:kim@example.org", office_id=errand.office.id, visit_id=made[0].id, begins_at=now,
        ends_at=now + timedelta(days=30), state="appealed", appeal="아이가 아팠습니다.", appealed_at=now,
    )  # fmt: skip
    await without_counters("2")
    return [one.number for one in made]


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_officials_can_use_the_desk_pages_of_visits(site: System, open_page: OpenPage, width: int) -> None:
    await a_city()
    page = await open_page(width=width, base_url=site.url)
    await sign_in(page, "intake")
    pages = {
        "day": f"/desk/visits?office=east&date={next_monday()}", "new": "/desk/visits/new?office=east",
        "new-week": f"/desk/visits/new?office=east&service=passport&from={next_monday()}",
        "waiting": f"/desk/visits/waiting?office=east&date={next_monday()}", "documents": "/desk/visits/documents",
        "unplaced": "/desk/visits/unplaced?office=east", "restrictions": "/desk/visits/restrictions",
        "mine": "/desk/visits/mine", "sheet": f"/desk/visits/sheet?office=east&date={next_monday()}",
    }  # fmt: skip
    for name, address in pages.items():
        await in_each_language(page, f"desk-{name}-empty", address, width)
    numbers = await much_to_do()
    for name, address in pages.items():
        await in_each_language(page, f"desk-{name}", address, width)
    for number in numbers:
        for name in ("", "/reschedule", "/documents"):
            await in_each_language(page, f"desk-visit{name.replace('/', '-')}", f"/desk/visits/{number}{name}", width)


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
