"""From submission to policy in a real browser: the desk's and everybody's pages are accessible at both widths."""

from datetime import timedelta

import pytest
from playwright.async_api import BrowserContext, Page

from forums.actions import answering, assigning, committing, crossing, merging
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import Assign, Merge, TextOnly
from forums.forms.committing import EditCommitment, Finish, MakeCommitment, StepLine
from forums.models import Commitment, Step
from forums.search import SUBMISSION
from forums.states import SubmissionState
from server.core import search
from server.core.accounts import Department
from server.core.days import today
from server.core.security import COOKIE
from tests.browser.test_desk_page import sign_in, sound
from tests.support.answers import official
from tests.support.chromium import OpenPage
from tests.support.places import somebody
from tests.support.submissions import hold_forum, say
from tests.support.system import System

LONG = "시장 골목에 밤 조명을 더 달아 주시고 노점이 나오는 자리와 겹치지 않게 해 주시기 바랍니다"


async def fill(site: System) -> tuple[dict[str, str], str]:
    """A forum with submissions in every state; the pages' addresses, and her browser's token."""
    her, token = await somebody("골목 꽃집")
    forum = await hold_forum(title="골목 상권을 살리려면", district="central")
    roads = (await Department.get(code="roads")).id
    clerk, handler = await official("intake"), await official("handler")
    titles = (LONG, "시장 골목 조명을 밝게 해 주세요", "도로의 가로등이 너무 어둡습니다", "공원에 벤치를 놓아 주세요")
    submissions = [
        await say(forum, title=title, text=f"{title}. 손님이 끊깁니다.", author="골목 꽃집", participant_id=her.id)
        for title in titles
    ]
    for submission in submissions:
        await search.refresh(SUBMISSION, submission.id)
    main = await say(
        forum, title=LONG, text=f"{LONG}.", author="골목 꽃집", participant_id=her.id, district="central",
        status=SubmissionState.ASSIGNED, department_id=roads,
    )  # fmt: skip
    await assigning.assign(clerk, submissions[2].number, Assign(roads))
    await crossing.propose(handler, submissions[2].number, TextOnly("법정 기간 안에 답을 받으실 수 있습니다."))
    await merging.merge(clerk, submissions[1].number, Merge(main.number))
    due = today() + timedelta(days=20)
    steps = (StepLine("자리를 상인회와 정하기", today() - timedelta(days=2)), StepLine("달기", due))
    commitment = MakeCommitment(f"{LONG} (열두 곳)", "handler", due, "상인회와 함께 정합니다.", "1,200만 원", steps)
    await answering.answer(handler, main.number, GiveAnswer("adopted", "조명을 열두 곳에 답니다.", commitment))
    kept = await Commitment.get()
    lines = tuple(StepLine(step.text, step.due_on, step.id) for step in await Step.all().order_by("position"))
    later = MakeCommitment(
        commitment.title, "handler", due + timedelta(days=9), commitment.text, commitment.budget, lines
    )
    await committing.edit(handler, kept.number, EditCommitment(**vars(later), reason="자재가 늦게 옵니다."))
    await committing.finish(handler, kept.number, Finish("열두 곳 모두 달았습니다.", "https://city.example/lamps"))
    overdue = await committing.decide(handler, forum.slug, MakeCommitment("주차장 서른 면", "handler", due), roads)
    await Commitment.filter(number=overdue).update(due_on=today() - timedelta(days=3))
    return {
        "inbox": "/desk/submissions", "narrowed": "/desk/submissions?status=all&department=roads&outcome=adopted",
        "submission": f"/desk/submissions/{submissions[0].number}", "answered": f"/desk/submissions/{main.number}",
        "commitments": "/desk/commitments", "commitment": f"/desk/commitments/{overdue}",
        "decision": f"/desk/forums/{forum.slug}/decisions/new", "list": "/commitments",
        "done": f"/commitments/{kept.number}", "late": f"/commitments/{overdue}",
        "said": f"/submissions/{main.number}", "hers": f"/submissions/{submissions[2].number}/petition",
    }, token  # fmt: skip


@pytest.mark.parametrize(("engine", "javascript"), [("sqlite", True), ("postgres", False)], ids=["scripts", "plain"])
async def test_every_page_from_submission_to_policy_is_accessible(
    site: System, open_page: OpenPage, *, javascript: bool
) -> None:
    pages, token = await fill(site)
    desk = await open_page(javascript=javascript, base_url=site.url)
    await sign_in(desk, "intake")
    for name in ("inbox", "narrowed", "submission", "answered", "commitments", "commitment", "decision"):
        await desk.goto(pages[name])
        await sound(desk)
    await desk.goto(pages["submission"])
    await desk.click("#answer-editor summary")
    await desk.check("input[name='answer.outcome'][value=adopted]")
    await sound(desk)
    await desk.fill("textarea[name='answer.text']", "합니다")
    await desk.click("#answer-editor button[type=submit]")
    await sound(desk)
    her = await open_page(javascript=javascript, base_url=site.url)
    await enter(her.context, site.url, token)
    for name in ("list", "done", "late", "said", "hers"):
        await her.goto(pages[name])
        await sound(her)
    await her.set_viewport_size({"width": 320, "height": 800})
    for language in ("ja", "ko"):
        await her.context.add_cookies([{"name": "lang", "value": language, "url": site.url}])
        await her.goto(pages["list"])
        assert await her.evaluate("document.documentElement.scrollWidth") <= 320, language
    await her.goto(pages["done"])
    await contest(her)
    await sound(her)


async def enter(context: BrowserContext, url: str, token: str) -> None:
    """Let a browser speak as somebody."""
    await context.add_cookies([{"name": COOKIE, "value": token, "url": url}])


async def contest(page: Page) -> None:
    """Say that it is not done, up to the page that asks once more."""
    await page.fill("#contest textarea", "꽃집 앞 하나가 켜지지 않아요.")
    await page.click("#contest button[type=submit]")
