"""Help, policy and statement in a real browser, the size of the text on every kind of page, and what is printed."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_forum_pages import settle
from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.system import System

PAGES = ("/help", "/privacy", "/accessibility")
OTHERS = (
    "/", "/petitions/new", "/petitions", "/cases", "/visits", "/offices", "/commitments", "/statistics", "/forums",
    "/forums?tab=over", "/forums/notices", "/forums/propose", "/desk/sign-in",
)  # fmt: skip


async def fits(page: Page, context: str) -> None:
    wide, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window, context


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_everybody_can_use_the_pages_of_the_site(site: System, open_page: OpenPage, width: int) -> None:
    page = await open_page(width=width, base_url=site.url)
    for address in PAGES:
        for language in ("ja", "en", "ko"):
            await page.goto(f"{address}?lang={language}")
            await fits(page, f"{address} {language}")
        await axe(page)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_every_page_still_fits_a_phone_with_the_largest_text(site: System, open_page: OpenPage) -> None:
    forums = await settle(site)
    page = await open_page(width=PHONE, javascript=False, base_url=site.url)
    await page.context.add_cookies([{"name": "text_size", "value": "largest", "url": site.url}])
    for address in (*PAGES, *OTHERS, *forums):
        for language in ("ko", "ja", "en"):
            await page.context.add_cookies([{"name": "lang", "value": language, "url": site.url}])
            await page.goto(address)
            await fits(page, f"{address} {language}")
    await axe(page)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "plain"])
async def test_the_text_becomes_larger_by_keyboard_and_stays(
    site: System, open_page: OpenPage, *, javascript: bool
) -> None:
    page = await open_page(width=PHONE, javascript=javascript, base_url=site.url)
    await page.goto("/petitions/new?lang=ko")
    if javascript:
        await page.locator("input[type=text], textarea").first.fill("쓰다 만 글")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = await page.evaluate(size)
    link = page.get_by_role("button", name="아주 큰 글자")
    await link.press("Enter")
    await expect(link).to_have_attribute("aria-current", "true")
    assert await page.evaluate(size) > before * 1.3
    if javascript:
        await expect(page.locator("input[type=text], textarea").first).to_have_value("쓰다 만 글")
    await page.goto("/help")
    assert await page.evaluate(size) > before * 1.3
    await page.get_by_role("link", name="보통 글자").press("Enter")
    await page.goto("/privacy")
    assert await page.evaluate(size) == before


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_help_and_policy_are_printed_without_menus(site: System, open_page: OpenPage) -> None:
    page = await open_page(width=DESK, base_url=site.url)
    await page.emulate_media(media="print")
    for address in PAGES:
        await page.goto(address)
        for hidden in (".site-nav", ".text-size", ".site-footer", ".breadcrumbs"):
            await expect(page.locator(hidden).first).to_be_hidden()
        await expect(page.locator("h1")).to_be_visible()
