"""Moderation in a real browser: a queue that is worked off by keyboard, and pages that everybody can use."""

import re

import pytest
from playwright.async_api import Page, expect

from forums.actions import commenting, deciding, moderating, planning, speaking
from forums.forms.moderating import AppealHiding, Decide, ReportText
from forums.forms.speaking import Say, Submit
from forums.rights import comment_subject, submission_subject
from forums.states import TextAction
from server.core.participants.links import person_link
from server.core.participants.people import take_name
from tests.support.answers import official
from tests.support.chromium import DESK, HEIGHT, PHONE, OpenPage, axe
from tests.support.forums import a_forum
from tests.support.system import PASSWORD, System


async def settle(site: System) -> tuple[str, str, str]:
    """A forum where each text is read first, one was reported and one is appealed for: held, reported, appealed."""
    slug = await a_forum(site, "listening")
    await planning.start(await official("clerk"), slug)
    mina, jun = [await take_name(f"{name}@example.org", name, "ko") for name in ("미나", "준")]
    number = await speaking.submit(
        mina, slug, Submit("주차장을 늘려 주세요", "시장 앞에 차를 세울 곳이 없어요.", "idea")
    )
    question = comment_subject((await commenting.on_submission(jun, number, Say("어디에 지을 건가요?")))[0])
    for reader, words in enumerate(("누구를 놀리는 말 같아요", "")):
        await moderating.report(f"browser:{reader}", question, ReportText("insult", words))
    held = comment_subject((await commenting.on_forum(jun, slug, Say("https://a.kr https://b.kr https://c.kr")))[0])
    subject = submission_subject(number)
    hide = Decide(TextAction.HIDE, "advert", "가게 이름이 있습니다.")
    await deciding.decide(await official("inspector"), subject, hide)
    await moderating.appeal(mina, subject, AppealHiding("가게가 아니라 시장의 이름입니다."))
    return held, question, subject


async def sound(page: Page, address: str = "") -> None:
    """The page is accessible and does not scroll sideways, neither on a telephone nor on a desk."""
    if address:
        await page.goto(address)
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        await axe(page)
        wide, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= window, f"{page.url} at {width}"


async def sign_in(page: Page, username: str) -> None:
    await page.goto("/desk/sign-in")
    await page.fill("#field-username", username)
    await page.fill("#field-password", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url("**/desk")


@pytest.mark.parametrize(("engine", "javascript"), [("postgres", True), ("sqlite", False)], ids=["scripts", "plain"])
async def test_the_queue_is_worked_off(site: System, open_page: OpenPage, *, javascript: bool) -> None:
    held, question, appealed = await settle(site)
    page = await open_page(javascript=javascript, base_url=site.url)
    await sign_in(page, "intake")
    await sound(page, "/desk/moderation")
    rows = page.locator("[data-row]")
    ids = [f"review-{subject.replace('/', '-')}" for subject in (appealed, held, question)]
    assert await rows.evaluate_all("rows => rows.map(row => row.id)") == ids
    if javascript:
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await expect(rows.nth(1)).to_have_class(re.compile("is-current"))
        await page.keyboard.press("h")  # the rule for links is chosen already
        await expect(rows).to_have_count(2)
        await expect(page.locator("#review-" + question.replace("/", "-"))).to_have_class(re.compile("is-current"))
        await page.keyboard.press("s")
        await expect(rows).to_have_count(1)
        await page.keyboard.press("k")
        await page.keyboard.press("Enter")
    else:
        await rows.nth(1).get_by_role("button", name="가리기").click()
        await rows.nth(1).get_by_role("button", name="그대로 두기").click()
        await expect(rows).to_have_count(1)
        await rows.nth(0).get_by_role("link").first.click()
    await page.wait_for_url(f"**/desk/moderation/{appealed}")
    await sound(page)
    await page.get_by_role("button", name="다시 보이기").click()
    await expect(page.locator(".empty-title")).to_be_visible()
    await sound(page)


async def test_everybody_can_use_the_pages_around_it(site: System, open_page: OpenPage) -> None:
    held, question, appealed = await settle(site)
    page = await open_page(base_url=site.url)
    await sound(page, "/forums/rules")
    await sound(page, f"/forums/report/{question}")
    await page.check("input[name=rule] >> nth=2")
    await page.get_by_role("button", name="신고하기").click()
    await page.wait_for_url("**/thanks?**")
    await sound(page)
    mina = await take_name("미나@example.org", "미나", "ko")
    await page.goto(person_link(site.settings, mina.id, f"/forums/appeal/{appealed}").partition(":8000")[2])
    await expect(page.locator("main")).to_contain_text("다른 담당자가 결정합니다")
    await sound(page)

    moderator = await open_page(base_url=site.url)
    await sign_in(moderator, "intake")
    await sound(moderator, f"/desk/moderation/all?of={question}&by=author")
    await sound(moderator, f"/desk/moderation/all?of={held}&by=wording&span=hour")
    await sound(moderator, "/desk/moderation/forums/listening-1")
    await moderator.goto("/desk/moderation?why=reported")
    await moderator.check("[data-select]")
    await moderator.get_by_role("button", name="고른 글 그대로 두기").click()
    await sound(moderator)
    await moderator.locator("main form button").click()
    await expect(moderator.locator(".toast")).to_contain_text("글 1건을")
