"""During a call another time is pressed: what was typed of the caller is still there, and only then."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from server.core.days import today
from tests.browser.test_desk_page import sign_in
from tests.support.chromium import OpenPage
from tests.support.system import System
from tests.support.visits import an_office
from tracking.visits.models import CounterService
from tracking.visits.queries import offices


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_was_typed_of_the_caller_stays(site: System, open_page: OpenPage) -> None:
    day = today() + timedelta(days=7)
    await an_office({"1": ["passport"]}, days=[day])
    await CounterService.all().update(by_video=True)
    offices.forget()
    page = await open_page(base_url=site.url)
    await sign_in(page, "clerk")
    await page.goto(f"/desk/visits/new?office=east&service=passport&party=1&from={day}")
    times = page.locator("button[name=start]")
    await times.nth(2).click()
    await page.locator("#caller input[name=name]").fill("최 할머니")
    await page.locator("#caller input[name=phone]").fill("02-123-4567")
    await page.locator("#caller input[name=mode][value=video]").check()
    await page.locator("#caller [name=language]").select_option("ja")
    before = await page.locator("#caller-title").inner_text()
    await times.nth(4).click()
    await expect(page.locator("#caller-title")).not_to_have_text(before)
    await expect(page.locator("#caller input[name=name]")).to_have_value("최 할머니")
    await expect(page.locator("#caller input[name=phone]")).to_have_value("02-123-4567")
    await expect(page.locator("#caller input[name=mode][value=video]")).to_be_checked()
    await expect(page.locator("#caller [name=language]")).to_have_value("ja")
    assert await page.evaluate("sessionStorage.length") == 0
    await page.goto(f"/desk/visits/new?office=east&service=passport&party=1&from={day}")
    await times.nth(2).click()
    await expect(page.locator("#caller input[name=name]")).to_have_value("")
