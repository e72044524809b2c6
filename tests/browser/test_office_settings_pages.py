"""The settings of offices in a real browser: they fit a phone, and an empty row is no obstacle to saving."""

import pytest
from playwright.async_api import expect

from server.core import clock
from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.system import PASSWORD, System
from tests.support.visits import an_office, contact, next_monday, wish
from tracking.visits.actions import booking, supply
from tracking.visits.models import CounterService, Shift


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_an_administrator_can_use_the_settings_of_offices(site: System, open_page: OpenPage, width: int) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    for name in ("kim", "lee"):
        await booking.book_now(await wish(), contact(name))
    await Shift.filter(counter__number="2").delete()
    await supply.rebuild(office.id, [next_monday()])
    service = await CounterService.get(code="passport")
    page = await open_page(width=width, base_url=site.url)
    await page.goto("/desk/sign-in")
    await page.locator("[name=username]").fill("admin")
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("[name=password]").press("Enter")
    await page.wait_for_url("**/desk")
    for path in (
        "/desk/offices", f"/desk/offices/{office.id}", f"/desk/offices/hours/{office.id}", "/desk/offices/counters",
        "/desk/offices/counters/new", "/desk/offices/openings", "/desk/offices/openings/new",
        f"/desk/roster?office=east&week={next_monday()}", f"/desk/roster/week?office=east&week={next_monday()}",
        f"/desk/offices/services/{service.id}",
    ):  # fmt: skip
        await page.goto(path)
        wide, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= window, path
        await axe(page)
    await page.locator("[name='documents.1.code']").fill("identity-card")
    await page.locator("[name='documents.1.name']").fill("신분증")
    await page.get_by_role("button", name="저장").click()
    await expect(page.get_by_text("저장했습니다")).to_be_visible()
    assert [one["code"] for one in (await CounterService.get(id=service.id)).documents] == ["identity-card"]
    await page.goto(f"/desk/roster?office=east&week={next_monday()}")
    await page.get_by_role("link", name="근무 추가: 2번 창구").first.click()
    await page.locator("[name=official]").select_option("handler")
    await page.locator("[name=starts]").fill("09:00")
    await page.locator("[name=ends]").fill("17:00")
    await page.get_by_role("button", name="저장").click()
    await expect(page.get_by_text("근무표를 변경했습니다")).to_be_visible()
    await expect(page.get_by_text("받을 수 있는 창구가 없는 예약")).to_have_count(0)
    assert await Shift.filter(counter__number="2", date__gte=clock.now().date()).count() == 1
