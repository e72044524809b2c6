"""The search box and its results in a real browser: what is offered while typing, and what everybody can use."""

import pytest
from playwright.async_api import expect

from server.core import search
from tests.browser.test_site_pages import fits
from tests.support.answers import answer
from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.system import System


async def fill(site: System) -> None:
    for title in ("불법 주차 단속", "주차장 요금", "Broken street lights on Main Street"):
        filed = await site.file(title=title, public=True)
        await answer(filed["reference"])
    await search.count()


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_everybody_can_use_the_search(site: System, open_page: OpenPage, width: int) -> None:
    await fill(site)
    page = await open_page(width=width, base_url=site.url)
    addresses = (
        "/search",
        "/search?q=주차",
        "/search?q=없는말",
        "/ask",
        "/ask?q=주차",
        "/ask?q=없는말",
        "/services",
        "/services/road_occupation",
        "/",
    )
    for address in addresses:
        for language in ("ja", "en", "ko"):
            await page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
            await fits(page, f"{address} {language}")
        await axe(page)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_typed_is_completed_and_chosen_by_keys(site: System, open_page: OpenPage) -> None:
    await fill(site)
    page = await open_page(width=PHONE, base_url=site.url)
    await page.goto("/offices?lang=ko")
    box = page.get_by_role("combobox")
    await box.press_sequentially("ㅈㅊ")
    offers = page.get_by_role("option")
    await expect(offers.first).to_have_text("주차")
    await expect(offers).to_have_count(4)
    await fits(page, "with suggestions")
    await axe(page)
    await box.press("ArrowDown")
    await expect(offers.first).to_have_attribute("aria-selected", "true")
    await box.press("Enter")
    await expect(page.locator(".search-hits h3")).to_have_count(2)
    await expect(page.get_by_role("combobox")).to_have_value("주차")
    await page.get_by_role("combobox").fill("street")
    await page.get_by_role("option", name="Broken street lights").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Broken street lights")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_it_works_without_scripts(site: System, open_page: OpenPage) -> None:
    await fill(site)
    page = await open_page(width=PHONE, javascript=False, base_url=site.url)
    await page.goto("/?lang=ko")
    await page.locator(".site-find input").fill("이중 주차")
    await page.locator(".site-find button").click()
    await expect(page.locator(".search-hits h3")).to_have_count(2)
