"""Drafts and answers on their way in a real browser: kept while somebody types, and taken back."""

from dataclasses import replace

import pytest
from playwright.async_api import expect

from petitions.models import ReplyTemplate
from server.core.config import Settings
from tests.browser.test_desk_page import file, sign_in, sound
from tests.support.chromium import OpenPage
from tests.support.system import System

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With the delay that an installation has."""
    return replace(settings, answer_delay=600)


async def test_what_is_typed_is_there_in_another_window_and_an_answer_is_taken_back(
    site: System, open_page: OpenPage
) -> None:
    await ReplyTemplate.create(title="중간 안내", purpose="interim-notice", text="[날짜]까지 마치겠습니다.")
    (number,) = await file(site, {"title": "가로등이 꺼졌어요", "body": "집 앞 도로의 가로등이 켜지지 않습니다."})
    intake = await open_page(base_url=site.url)
    await sign_in(intake, "intake")
    await intake.goto(f"/desk/cases/{number}")
    await intake.click(".suggestion button")
    await intake.wait_for_url("**/desk/cases/**")
    page = await open_page(base_url=site.url)
    await sign_in(page, "handler")
    await page.goto(f"/desk/cases/{number}")
    await page.click("#answer-title")
    async with page.expect_response(lambda answer: answer.url.endswith("/answer") and answer.status == 204):
        await page.fill("[name='answer.text']", "내일 고칩니다.")
    other = await page.context.new_page()
    await other.goto(f"/desk/cases/{number}")
    await expect(other.locator("[name='answer.text']")).to_have_value("내일 고칩니다.")
    await sound(other)

    await other.locator(".act-bar button", has_text="중간 통지").first.click()
    await other.select_option("[name='interim-notice.template']", label="중간 안내")
    await other.click("#form-interim-notice button[value=template]")
    await other.wait_for_url("**opened=interim-notice**")
    await expect(other.locator("[name='interim-notice.text']")).to_have_value("[날짜]까지 마치겠습니다.")
    await sound(other)

    await page.goto(f"/desk/cases/{number}")
    await page.check("[name='answer.decision'][value=accepted]")
    await page.click("#answer-editor button[value=preview]")
    await page.wait_for_url("**preview=1**")
    await expect(page.locator(".preview")).to_contain_text("내일 고칩니다.")
    await sound(page)
    await page.click("#form-answer button.button-primary")
    await page.wait_for_url(f"**/desk/cases/{number}")
    await expect(page.locator("[data-leaving-left]")).to_contain_text("9:")
    await sound(page)
    await page.click(".leaving button")
    await page.wait_for_url("**opened=answer**")
    await expect(page.locator("[name='answer.text']")).to_have_value("내일 고칩니다.")
