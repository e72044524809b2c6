"""The forums' pages in a real browser: everybody can use them, and a video plays from its own host only."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, Route, expect

from forums.actions import commenting, planning
from forums.forms.assigning import TextOnly
from forums.forms.speaking import Say
from forums.models import Forum, Support
from server.core import clock
from server.core.files import StoredFile
from server.core.security import COOKIE
from tests.support.answers import official
from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.forums import a_draft, a_forum
from tests.support.places import somebody
from tests.support.system import System

VIDEO = "<!doctype html><title>video</title><p>the video plays</p>"


async def fits(page: Page) -> None:
    """Nothing scrolls sideways."""
    wide, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window, page.url


async def settle(site: System) -> list[str]:
    """A forum of every kind, and a board of several pages; their addresses."""
    me, now = await official("intake"), clock.now()
    listening = await a_forum(
        site, panel=("김상인 (중앙시장 상인회장)",), body="무엇을 먼저 바꿀까요?", district="central"
    )
    await Forum.filter(slug=listening).update(participants=128, submissions=24, minutes="1. 개회")
    gone = await a_forum(site, title="취소한 토론회")
    await planning.cancel(me, gone, TextOnly("태풍 때문에 열지 못합니다."))
    office = await a_forum(site, "field_office")
    await planning.start(me, office)
    question = await a_forum(site, "discussion", starts_at=now, ends_at=now + timedelta(days=9))
    corner = await a_forum(site, "speakers_corner")
    video = await a_forum(site, "broadcast", chapters=({"at": 754, "title": "내년 예산의 큰 줄기"},))
    await planning.start(me, video)
    coming = await a_forum(site, "broadcast")
    await Forum.bulk_create(
        [
            Forum(slug=f"notice-{n}", number=n, kind="notice", status="published", title=f"제{n}회 청책토론회 결과",
                  created_at=now, published_at=now) for n in range(2, 120)
        ]
    )  # fmt: skip
    notice = await a_draft("notice")
    await planning.keep_files(
        f"forum/{notice}", [StoredFile("a" * 64, "청책토론회 자료집.pdf", 2_300_000, "application/pdf")]
    )
    await planning.publish(me, notice)
    return [f"/forums/{slug}" for slug in (listening, gone, office, question, corner, video, notice, coming)]


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_everybody_can_use_the_forums_pages(site: System, open_page: OpenPage, width: int) -> None:
    forums = await settle(site)
    page = await open_page(width=width, base_url=site.url)
    lists = [
        "/forums",
        "/forums?tab=open",
        "/forums?tab=over&year=2026",
        "/forums?q=없는말",
        "/forums/broadcasts",
        "/forums/notices?page=6",
    ]
    for address in [*lists, *forums]:
        for language in ("en", "ko"):
            await page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
            await fits(page)
        await axe(page)

    async def play(route: Route) -> None:
        await route.fulfill(content_type="text/html", body=VIDEO)

    await page.context.route("https://www.youtube-nocookie.com/**", play)
    await page.goto(forums[5])
    await page.get_by_role("link", name="내년 예산의 큰 줄기").click()
    await expect(page.frame_locator("iframe").get_by_text("the video plays")).to_be_visible()


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "plain"])
async def test_who_comments_and_supports_stays_at_the_place(
    site: System, open_page: OpenPage, *, javascript: bool
) -> None:
    slug = await a_forum(site)
    somebodys, _token = await somebody("나래")
    for n in range(12):
        await commenting.on_forum(somebodys, slug, Say(f"댓글 {n}입니다."))
    _her, token = await somebody("가람")
    page = await open_page(width=PHONE, javascript=javascript, base_url=site.url)
    await page.context.add_cookies([{"name": COOKIE, "value": token, "url": site.url}])
    await page.goto(f"/forums/{slug}")
    await expect(page.locator(".comment-form")).to_be_hidden()
    await page.locator("summary", has_text="댓글 쓰기").press("Enter")
    await expect(page.locator(".comment-form textarea")).to_be_visible()
    if javascript:
        await expect(page.locator(".comment-form textarea")).to_be_focused()
    await axe(page)
    comment = page.locator("#comments > .comment").nth(9)
    button = comment.locator(".support-button")
    await button.scroll_into_view_if_needed()
    for supported, count in (("true", "1"), ("false", "0")):
        await button.press("Enter")
        await expect(button).to_have_attribute("aria-pressed", supported)
        await expect(button.locator("strong")).to_have_text(count)
        await expect(comment).to_be_in_viewport()
    if javascript:
        await expect(button).to_be_focused()
        await expect(page.locator(".comment-form textarea")).to_be_visible()  # the page was not loaded anew
        assert await Support.all().count() == 0


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_without_scripts_the_list_narrows_and_the_board_turns_its_pages(
    site: System, open_page: OpenPage
) -> None:
    await settle(site)
    page = await open_page(width=PHONE, javascript=False, base_url=site.url)
    await page.goto("/")
    await page.get_by_role("navigation", name="주 메뉴").get_by_role("link", name="공론장").click()
    await page.get_by_role("link", name="모든 공론장").click()
    await page.get_by_role("link", name="예정", exact=True).click()
    await page.get_by_text("목록 좁히기").click()
    await page.get_by_label("종류").select_option("speakers_corner")
    await page.get_by_role("search", name="목록 좁히기").get_by_role("button", name="찾기").click()
    await expect(page.locator(".forum-row h2")).to_have_text(["시민발언대"])
    await page.goto("/forums/notices")
    await page.get_by_label("쪽 번호로 가기").fill("7")
    await page.get_by_role("button", name="가기").click()
    await expect(page.locator("#notices-rows tr").first).to_contain_text("제59회")
