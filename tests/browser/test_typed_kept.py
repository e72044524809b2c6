"""Another language, Back and reload while somebody writes, in a real browser, with scripts and without."""

import pytest
from playwright.async_api import expect

from tests.support.chromium import PHONE, OpenPage, axe
from tests.support.forums import a_forum
from tests.support.system import System

TITLE, BODY = "집 앞 가로등이 꺼졌어요", "한빛로 12 앞 도로의 가로등이 사흘째 켜지지 않습니다."
SWITCH = "nav.languages [lang=ja]"


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("javascript", [True, False])
async def test_filing_survives_language_back_and_reload(open_page: OpenPage, site: System, *, javascript: bool) -> None:
    page = await open_page(width=PHONE, javascript=javascript, base_url=site.url)
    await page.goto("/petitions/new")
    if javascript:
        await page.wait_for_selector("#what [data-step-next]:visible")
    await page.fill("#field-title", TITLE)
    await page.fill("#field-body", BODY)
    await page.click(SWITCH)
    await page.wait_for_selector("html[lang=ja]")
    await expect(page.locator("#field-title")).to_have_value(TITLE)
    await expect(page.locator("#field-body")).to_have_value(BODY)
    await expect(page.locator(".error-summary")).to_have_count(0)
    await axe(page)
    await page.go_back()
    await page.wait_for_selector("html[lang=ko]")
    await expect(page.locator("#field-title")).to_have_value(TITLE)
    if javascript:
        for section in ("what", "kind", "where"):
            if await page.locator(f"#{section} [data-step-next]:visible").count():
                await page.click(f"#{section} [data-step-next]")
    await page.fill("#field-name", "홍길동")
    await page.fill("#field-email", "hong@example.org")
    await page.click("#you button[value=check]")
    await page.wait_for_selector(".expected")
    await page.click("nav.languages [lang=en]")
    await page.wait_for_selector("html[lang=en] .expected")
    await page.reload()
    await page.click(".button-row button[value=send]")
    await page.wait_for_selector(".certificate")
    number, key = await page.inner_text("#reference"), await page.inner_text("#key")
    await page.click(SWITCH)
    await page.wait_for_selector("html[lang=ja] .certificate")
    await page.reload()
    assert (await page.inner_text("#reference"), await page.inner_text("#key")) == (number, key)
    await axe(page)
    await page.go_back()
    await page.go_back()
    await page.wait_for_selector(".certificate")
    assert await page.inner_text("#key") == key, "back after sending shows the receipt"


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("javascript", [True, False])
async def test_a_submission_survives_a_refusal_language_and_back(
    open_page: OpenPage, site: System, *, javascript: bool
) -> None:
    forum = await a_forum(site, "listening")
    page = await open_page(width=PHONE, javascript=javascript, base_url=site.url)
    await page.goto(f"/forums/{forum}/speak")
    await page.fill("[name=title]", TITLE)
    await page.fill("[name=text]", BODY)
    for stance in await page.locator("form#main-form [name=stance]").all():
        await stance.check()
    await page.fill("[name=name]", "시장")
    await page.fill("[name=email]", "hong@example.org")
    await page.click("main form#main-form button[type=submit]")
    await page.wait_for_selector(".error-summary")
    await page.fill("[name=text]", f"{BODY} 밤에 위험합니다.")
    await page.click(SWITCH)
    await page.wait_for_selector("html[lang=ja] .error-summary")
    await expect(page.locator("[name=text]")).to_have_value(f"{BODY} 밤에 위험합니다.")
    await page.goto("/forums")
    await page.go_back()
    await expect(page.locator("[name=text]")).to_have_value(f"{BODY} 밤에 위험합니다.")
