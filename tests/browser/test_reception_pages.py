"""The reception's pages, and those on which visitors find their ticket again, in a real browser."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from server.core import clock
from server.core.days import today
from tests.browser.test_desk_page import sign_in
from tests.browser.test_visit_pages import in_each_language, usable
from tests.support.chromium import DESK, PHONE, OpenPage
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import arriving, booking, supply
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Counter, CounterService, OfficeHours, VisitorPass
from tracking.visits.queries import offices

NAMES = {"name": "여권 신청", "name_en": "Passport", "name_ja": "旅券"}


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_everybody_can_use_the_reception_and_find_a_ticket(site: System, open_page: OpenPage, width: int) -> None:
    day = today()
    office = await an_office({"4": ["passport"], "5": ["passport"]}, has_passes=True, days=[day])
    await OfficeHours.filter(office_id=office.id).update(opens="00:00", closes="24:00", lunch_starts="", lunch_ends="")
    await CounterService.filter(code="passport").update(**NAMES)
    await Counter.filter(office_id=office.id).update(floor=3)
    offices.forget()
    await supply.rebuild(office.id, [day])
    with clock.at(at("09:00", day) - timedelta(days=4)):
        for start, name in (("09:30", "김민수"), ("10:00", "Sato Hanako")):
            await booking.book_now(await wish(start=start, day=day), contact(name))
    place = await offices.office("east")
    for _one in range(4):
        ticket = await arriving.walk_in(place, ["passport"], Press())
    page = await open_page(width=width, base_url=site.url)
    for name, address in {"found": "/tickets", "ticket": f"/tickets/{ticket.code}"}.items():
        await in_each_language(page, name, address, width)
    await page.goto("/tickets")
    await page.fill("#field-code", "abc")
    await page.locator("form[action='/tickets'] button").click()
    await expect(page.locator("[data-error-summary]")).to_be_focused()
    await page.goto(f"/tickets/{ticket.code}")
    await page.fill("#field-contact", "010-1234-5678")
    await page.get_by_role("button", name="알림 받기").click()
    await expect(page.get_by_text("010-****-5678")).to_be_visible()
    await usable(page, "told", width)
    await page.get_by_role("button", name="번호표 반납 …").click()
    await usable(page, "leave", width)
    await page.get_by_role("dialog").get_by_role("button", name="번호표 반납", exact=True).click()
    await expect(page.get_by_text("이 번호는 더 이상 호출되지 않습니다")).to_be_visible()
    await expect(page.get_by_text("010-****-5678")).to_have_count(0)
    await in_each_language(page, "left", f"/tickets/{ticket.code}", width)
    await sign_in(page, "clerk")
    await page.goto("/desk/reception")
    await usable(page, "reception-before", width)
    await page.get_by_role("button", name="김민수 님 접수").click()
    await page.fill("#field-number", "V-7")
    await usable(page, "pass", width)
    await page.check("#field-consent")
    await page.get_by_role("button", name="방문증 발급하기").click()
    await expect(page.get_by_text("방문증 V-7")).to_be_visible()
    await in_each_language(page, "received", page.url, width)
    await page.goto(f"{page.url.partition('?')[0]}?lang=ko")
    await page.get_by_role("button", name="방문증 추가 …").click()
    await usable(page, "another-pass", width)
    await in_each_language(page, "reception", "/desk/reception", width)
    await VisitorPass.all().update(issued_at=clock.now() - timedelta(days=1))
    await page.goto("/desk/reception")
    await expect(page.get_by_text("미반납", exact=True)).to_be_visible()
    await usable(page, "reception-closing", width)
