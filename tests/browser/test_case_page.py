"""The page of a case in a real browser: it changes while it is read, works without scripts, and all can use it."""

import pytest
from playwright.async_api import Page, expect

from petitions.actions import answering, handling, supplementing
from petitions.actions.intake import Filed
from petitions.forms import Accept, Extend, GiveAnswer, RequestSupplement, TextOnly
from petitions.mail_links import mailbox_link
from server.core.notify.mailbox import wishes_link
from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.stories import filed, somebody
from tests.support.system import System


async def follow(page: Page, case: Filed) -> None:
    """Type number and key."""
    await page.goto("/cases")
    await page.get_by_role("textbox", name="접수번호").fill(case.reference.lower().replace("-", " "))
    await page.get_by_role("textbox", name="확인번호").fill(case.access_key)
    await page.get_by_role("button", name="민원 열기").click()
    await page.wait_for_url(f"**/cases/{case.reference}")


async def fits(page: Page) -> None:
    """Nothing scrolls sideways."""
    wide, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window


async def accepted() -> Filed:
    case = await filed(public=True)
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await handling.start(await somebody("handler"), case.reference)
    return case


async def test_the_page_changes_while_it_is_read_and_keeps_what_is_typed(site: System, open_page: OpenPage) -> None:
    case = await filed()
    page = await open_page(width=PHONE, base_url=site.url)
    await follow(page, case)
    await expect(page.locator("[data-live-state]")).to_have_class("live-state print-hide is-open")
    await page.evaluate("window.notReloaded = true")
    await page.get_by_text("메시지 쓰기").first.click()
    await page.locator("[name=message]").fill("제가 쓰던 말")
    handler = await somebody("handler")
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await handling.start(handler, case.reference)
    await expect(page.locator("#case-events")).to_contain_text("도로과")
    await expect(page.locator("#case-steps")).to_contain_text("처리중")
    await handling.message(handler, case.reference, TextOnly("가로등 번호를 아시나요?"))
    await expect(page.locator("#case-events")).to_contain_text("가로등 번호를 아시나요?")
    await expect(page.locator("[name=message]")).to_have_value("제가 쓰던 말")
    assert await page.evaluate("window.notReloaded")
    await page.get_by_role("button", name="메시지 보내기").click()
    await expect(page.locator("#case-events")).to_contain_text("제가 쓰던 말")


async def test_without_scripts_everything_works_by_reload(site: System, open_page: OpenPage) -> None:
    case = await accepted()
    page = await open_page(width=PHONE, javascript=False, base_url=site.url)
    await follow(page, case)
    await answering.answer(await somebody("handler"), case.reference, GiveAnswer("고쳤습니다.", "accepted"))
    await expect(page.locator("main")).not_to_contain_text("고쳤습니다.")
    await page.reload()
    await expect(page.locator("main")).to_contain_text("고쳤습니다.")
    await axe(page)
    await page.locator("#do-rate summary").click()
    await page.get_by_label("2점: 불만족").check()
    await page.get_by_role("button", name="평가 보내기").click()
    await expect(page.locator("#case-actions")).to_contain_text("5점 만점에 2점")
    await page.locator("#do-reopen summary").click()
    await page.get_by_label("아직 해결되지 않은 점").fill("아직 어둡습니다.")
    await page.get_by_role("button", name="해결되지 않음: 다시 열기").click()
    await expect(page.locator("#case-events")).to_contain_text("아직 어둡습니다.")


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_everybody_can_use_the_pages(site: System, open_page: OpenPage, width: int) -> None:
    page = await open_page(width=width, base_url=site.url)
    busy, done = await accepted(), await accepted()
    handler = await somebody("handler")
    await handling.extend(handler, busy.reference, Extend(2, "부품이 늦습니다."))
    await supplementing.request(handler, busy.reference, RequestSupplement("사진을 보내 주세요.", 7))
    await answering.answer(
        handler, done.reference, GiveAnswer("할 수 없습니다.", "refused", "예산이 없습니다.", "행정심판")
    )
    await page.goto(f"/cases/{done.reference}")
    await axe(page)
    for case in (busy, done):
        await follow(page, case)
        for language in ("ja", "en", "ko"):
            await page.goto(f"/cases/{case.reference}?lang={language}")
            await fits(page)
        await axe(page)
    await page.get_by_role("button", name="답변 평가하기").click()
    await axe(page)
    for language in ("en", "ja", "ko"):
        await page.goto(f"/cases?lang={language}")
        await fits(page)
    await axe(page)
    await page.get_by_role("button", name="민원 열기").evaluate(
        "button => { button.form.noValidate = true; button.click() }"
    )
    await expect(page.locator("[data-error-summary]")).to_be_focused()
    await axe(page)
    for path in (
        "/cases/link",
        mailbox_link(site.settings, busy.reference).removeprefix(site.settings.public_url),
        wishes_link(site.settings, busy.reference).removeprefix(site.settings.public_url),
    ):
        await page.goto(path)
        await axe(page)
        await fits(page)
