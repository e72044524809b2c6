"""Nobody's text widens a page: one word without a space in each text that people write, on a telephone."""

from datetime import timedelta

import pytest
from playwright.async_api import Page

from forums.actions import answering
from forums.forms.answering import GiveAnswer
from forums.forms.committing import MakeCommitment, StepLine
from forums.models import Comment, Commitment
from forums.states import SubmissionState
from petitions.actions import handling
from petitions.forms import TextOnly
from server.core import clock
from server.core.accounts import Department
from server.core.days import today
from server.core.security import COOKIE
from tests.support.answers import answer, official
from tests.support.chromium import OpenPage
from tests.support.forums import a_forum
from tests.support.places import a_session, somebody
from tests.support.submissions import hold_forum, say
from tests.support.system import System

HANGUL, LATIN = "가나다라마바사아자차카타파하" * 5, "Donaudampfschifffahrt" * 4
PHONE = 360
WIDE = """() => [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > innerWidth)
  .map(each => `${each.tagName}.${each.className}: ${each.textContent.trim().slice(0, 30)}`).slice(-5)"""
"""What is too wide."""


async def fits(page: Page, path: str, language: str = "ko") -> None:
    await page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE, (path, await page.evaluate(WIDE))


async def type_petition(page: Page, word: str) -> None:
    """File it as people do, with one word in each field; the receipt is shown."""
    await page.goto("/petitions/new")
    for field, most in {"title": 200, "body": 400, "address": 200, "name": 80, "home": 200}.items():
        await page.fill(f"[name={field}]", (word * 9)[:most])
    await page.fill("[name=email]", "hong@example.org")
    await page.set_input_files("input[type=file]", {"name": f"{word}.txt", "mimeType": "text/plain", "buffer": b"x"})
    await page.click("main .button-row [value=check]")
    await page.wait_for_load_state()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE, "the check page"
    await page.click("main .button-row .button-primary")
    await page.wait_for_selector(".certificate")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE, "the receipt"


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("word", [HANGUL, LATIN], ids=["hangul", "latin"])
async def test_a_citizens_pages_keep_their_width(site: System, open_page: OpenPage, word: str) -> None:
    page = await open_page(width=PHONE, javascript=False, base_url=site.url)
    await type_petition(page, word)
    number = (await page.inner_text(".code-value >> nth=0")).strip()
    await handling.message(await official("intake"), number, TextOnly(word))
    await answer(number, word, decision="refused")
    for path in (f"/cases/{number}", f"/cases/{number}/receipt"):
        await fits(page, path)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_public_pages_keep_their_width(site: System, open_page: OpenPage) -> None:
    her, token = await somebody(HANGUL[:20])
    await site.file(title=HANGUL, body=LATIN, public=True, petitioner={"name": HANGUL[:60], "email": "a@example.org"})
    public = (await site.file(title=LATIN, body=HANGUL, public=True))["reference"]
    await answer(public, LATIN)
    roads = (await Department.get(code="roads")).id
    forum = await hold_forum(title=HANGUL, summary=LATIN, body=HANGUL, minutes=LATIN, place=HANGUL, panel=[LATIN])
    said = await say(
        forum, title=LATIN, text=HANGUL, author=HANGUL[:20], participant_id=her.id, status=SubmissionState.ASSIGNED,
        department_id=roads,
    )  # fmt: skip
    await Comment.create(
        submission_id=said.id,
        forum_id=forum.id,
        author=HANGUL[:20],
        text=LATIN,
        created_at=clock.now(),
    )
    plan = MakeCommitment(
        HANGUL, "handler", today() + timedelta(days=9), LATIN, HANGUL[:60], (StepLine(LATIN, today()),)
    )
    await answering.answer(await official("handler"), said.number, GiveAnswer("adopted", LATIN, plan))
    coming = await a_forum(site, "speakers_corner", title=LATIN, place=HANGUL)
    session = await a_session(coming, 3)
    commitment = (await Commitment.get()).number
    page = await open_page(width=PHONE, javascript=False, base_url=site.url)
    await page.context.add_cookies([{"name": COOKIE, "value": token, "url": site.url}])
    for path in (
        "/", "/petitions", f"/cases/{public}", "/forums", f"/forums/{forum.slug}", f"/submissions/{said.number}",
        f"/forums/report/submission/{said.number}", "/commitments", f"/commitments/{commitment}", f"/forums/{coming}",
        f"/forums/{coming}/sessions/{session}", "/forums/mine", "/statistics/adoption", "/statistics/petitions",
        "/statistics/adoption/submissions?stage=adopted",
    ):  # fmt: skip
        await fits(page, path)
        await fits(page, path, "en")
