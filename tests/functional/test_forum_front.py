"""The front page of the forums shows what happens; whoever supports or comments stays where they are."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from forums import rules
from forums.actions import planning, sessions
from forums.forms.places import NewSession
from forums.models import Comment, Commitment, Forum, Submission
from forums.queries import front, submissions
from forums.states import CommitmentState, ForumState, SubmissionState
from server.core import clock
from server.core.accounts import Department
from server.core.city import city
from server.core.days import today
from tests.integration.test_flat import plan, reads
from tests.support.answers import official
from tests.support.forums import a_forum, a_proposal
from tests.support.markup import Element, parse
from tests.support.page_forms import form, send, submit
from tests.support.places import a_session, guest
from tests.support.submissions import hold_forum, say
from tests.support.system import System


async def main_of(system: System, address: str) -> Element:
    response = await system.visitor().get(address)
    assert response.status_code == 200, response.text
    return parse(response.text).one("main")


def section(page: Element, title_id: str) -> Element:
    return page.one("section", **{"aria-labelledby": title_id})


async def a_commitment(forum: Forum, number: int, **changes: object) -> None:
    roads = await Department.get(code="roads")
    values: dict[str, Any] = {"status": CommitmentState.PLANNED, "open": True, "due_on": today() + timedelta(days=9)}
    await Commitment.create(
        number=f"C-{number}", forum_id=forum.id, title=f"약속 {number}", department_id=roads.id,
        created_at=clock.now(), **{**values, **changes},
    )  # fmt: skip


async def test_an_empty_front_page_says_what_to_do(system: System) -> None:
    page = await main_of(system, "/forums")
    assert "지금 열려 있는 공론장이 없습니다" in page.text
    assert page.all("a", href="/forums/propose")
    assert not page.all("section", **{"aria-labelledby": "said-title"})
    assert not page.all("section", **{"aria-labelledby": "kept-title"})


async def test_the_front_page_shows_what_is_on_what_comes_what_was_said_and_what_was_kept(system: System) -> None:
    me, now = await official("intake"), clock.now()
    running = await a_forum(system, "field_office", title="지금 여는 현장", ends_at=now + timedelta(days=2))
    await planning.start(me, running)
    later = await a_forum(system, title="다음 토론회", starts_at=now + timedelta(days=9), ends_at=None)
    await a_session(later, 30)
    await a_forum(system, "broadcast", title="다음 방송", starts_at=now + timedelta(days=3), ends_at=None)
    held = await hold_forum(title="끝난 토론회")
    await hold_forum("notice", title="끝난 공지")
    for visibility, title in (("shown", "보이는 의견"), ("hidden", "가린 의견"), ("pending", "기다리는 의견")):
        await say(held, title=title, visibility=visibility)
    await say(held, title="거둔 의견", status=SubmissionState.WITHDRAWN)
    await a_proposal()
    await a_proposal(2, visibility="hidden", title="가린 제안")
    await a_commitment(held, 1, status=CommitmentState.DONE, open=False, done_on=today())
    await a_commitment(held, 2)
    await a_commitment(held, 3, due_on=today() - timedelta(days=1))

    page = await main_of(system, "/forums")
    on = section(page, "on-title")
    assert "지금 여는 현장" in on.text
    assert on.one("a", class_="button").attrs["href"] == f"/forums/{running}#speak-title"
    said = section(page, "said-title")
    assert [row.one("h3").text for row in said.all("li", class_="said-row")] == ["보이는 의견"]
    coming = section(page, "coming-title")
    assert [row.one("h3").text for row in coming.all("li", class_="forum-row")] == ["다음 방송", "다음 토론회"]
    assert [each.attrs["href"] for each in coming.all("a", class_="button")] == [f"/forums/{later}#sessions-title"]
    proposed = section(page, "proposed-title")
    assert "가린 제안" not in proposed.text
    assert "공감 100명 중 13명" in proposed.text
    assert (proposed.one("progress").attrs["value"], proposed.one("progress").attrs["max"]) == ("13", "100")
    kept = section(page, "kept-title")
    assert [each.text for each in kept.one("dl").all("dd")] == ["1", "2", "1"]
    assert [row.one("h3").text for row in kept.all("li", class_="forum-row")] == ["약속 1"]
    assert [row.one("h3").text for row in section(page, "over-title").all("li", class_="forum-row")] == ["끝난 토론회"]
    found = await main_of(system, page.one("form").attrs["action"] + "?q=토론회")
    assert "다음 토론회" in found.text
    for language in ("ja", "en"):
        assert (await system.visitor().get(f"/forums?lang={language}")).status_code == 200


async def test_a_proposal_says_how_far_it_is_and_by_when_the_city_answers(system: System) -> None:
    proposal = await a_proposal()
    due = today() + rules.PROPOSAL_ANSWERED
    for address in ("/forums?tab=proposed", "/forums/proposal-1"):
        text = (await main_of(system, address)).text
        assert f"시가 {due.year}년 {due.month}월 {due.day}일" in text, address
        assert "13" in text
    desk = await system.official("intake")
    for address in ("/desk/forums?tab=proposed", "/desk/forums/proposal-1"):
        assert f"{due.month}월 {due.day}일" in (await desk.get(address)).text, address
    await Forum.filter(id=proposal.id).update(published_at=clock.now() - timedelta(days=32))
    assert "(늦어짐)" in (await main_of(system, "/forums?tab=proposed")).text
    await Forum.filter(id=proposal.id).update(status=ForumState.DECLINED)
    assert "(늦어짐)" not in (await main_of(system, "/forums?tab=proposed")).text


async def test_the_front_page_costs_the_same_however_much_was_said(
    system: System, count_queries: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    forum = await hold_forum()
    now = clock.now()
    await Submission.bulk_create(
        Submission(
            number=f"V-{n}", forum_id=forum.id, channel="web", title="의견", text="의견입니다.",
            status=SubmissionState.RECEIVED, received_at=now, received_on=now.date(),
            visibility="pending" if n >= 1_900 else "shown",
        )
        for n in range(2_000)
    )  # fmt: skip
    for number in range(30):
        await a_proposal(number + 1)
    later = await a_forum(system, title="다음 토론회", starts_at=now + timedelta(days=9), ends_at=None)
    begins = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=9)
    await sessions.add(
        await official("intake"), later, [NewSession("", begins, begins + timedelta(hours=1), "", 9) for _ in range(9)]
    )
    known = await city()
    with reads(monkeypatch) as seen:
        shown = await front.front(known)
    assert not shown.said, "the newest hundred wait for a moderator: the page does not look further"
    assert len(shown.proposed) == front.PROPOSED
    seen = [each for each in seen if "transaction_id" not in each[0]]  # what the live hub looks for meanwhile
    assert max(rows for _sql, _values, rows in seen) <= front.ON + front.COMING + 3 * front.OVER + front.PROPOSED + 4
    assert len(seen) == 5, [sql for sql, _values, _rows in seen]
    for sql, values, _rows in seen:
        found = await plan(sql, values)
        assert not re.search(r"SCAN (f|commitment|forum_session|b)\b|Seq Scan", found), (sql, found)
        if "FROM submission s" in sql:  # what it sorts are the hundred that it looks at
            assert f"FROM submission s ORDER BY s.id DESC LIMIT {submissions.LATEST})" in sql
        elif "FROM forum f" in sql:
            assert not re.search(r"TEMP B-TREE|Sort", found), (sql, found)
    await system.client.get("/forums")  # what the city is made of is kept from now on
    statements = count_queries()
    assert (await system.visitor().get("/forums")).status_code == 200
    assert len([sql for sql in statements if "transaction_id" not in sql]) == 5, statements


async def test_a_coming_broadcast_says_when_it_starts_and_plays_nothing(system: System) -> None:
    starts = clock.now() + timedelta(days=3)
    slug = await a_forum(system, "broadcast", starts_at=starts, ends_at=None)
    page = await main_of(system, f"/forums/{slug}")
    video = page.one("section", id="video")
    assert "시작합니다" in video.text
    assert not video.all("a", class_="button"), "there is nothing to play yet"
    with clock.at(starts):
        await planning.start(await official("intake"), slug)
        assert (await main_of(system, f"/forums/{slug}")).one("section", id="video").all("a", class_="button")


async def test_a_session_is_registered_for_with_a_button(system: System) -> None:
    slug = await a_forum(system)
    session = await a_session(slug, 1)
    there = f"/forums/{slug}/sessions/{session}"
    button = section(await main_of(system, f"/forums/{slug}"), "sessions-title").one("a", class_="button")
    assert (button.text, button.attrs["href"]) == ("참여 신청", there)
    _person, hers = await guest(system, "가람")
    await submit(hers, there)
    mine = parse((await hers.get(f"/forums/{slug}")).text).one("section", **{"aria-labelledby": "sessions-title"})
    assert "/forums/registrations/" in mine.one("a", class_="button").attrs["href"]
    full = section(await main_of(system, f"/forums/{slug}"), "sessions-title").one("a", class_="button")
    assert full.text == "대기 신청"


async def test_who_supports_a_comment_comes_back_to_the_page_they_were_on(system: System) -> None:
    slug = await a_forum(system)
    _person, hers = await guest(system, "가람")
    for n in range(2):
        await submit(hers, f"/forums/{slug}", "/comments", text=f"댓글 {n}입니다.")
    older, newer = [row.id async for row in Comment.all().order_by("id")]
    _other, theirs = await guest(system, "나래")
    pressed = form(await theirs.get(f"/forums/{slug}"), f"/comments/{older}/supports")
    answer = await send(theirs, pressed)
    assert answer.headers["location"] == f"/forums/{slug}#comment-{older}"
    thread = f"/forums/{slug}/comments/{newer}"
    answer = await send(theirs, form(await theirs.get(thread), f"/comments/{newer}/supports"))
    assert answer.headers["location"] == f"{thread}#comment-{newer}"

    stranger = system.visitor()
    link = parse((await stranger.get(f"/forums/{slug}?lang=en")).text).one("li", id=f"comment-{older}")
    asked = await stranger.get(link.one("a", class_="support-button").attrs["href"])
    assert form(asked).values["back"] == [f"/forums/{slug}"]
    for forged in ("https://evil.example/", "//evil.example", f"/forums/{slug}-2", f"/forums/{slug}?a=<b>", "/desk"):
        wanted = await stranger.get(f"/comments/{older}/supports", params={"back": forged})
        assert f'href="/forums/{slug}/comments/{older}#comment-{older}"' in wanted.text, forged
        assert "evil" not in parse(wanted.text).one("main").text


async def test_the_form_of_a_comment_is_closed_until_it_is_asked_for(system: System) -> None:
    slug = await a_forum(system)
    _person, hers = await guest(system, "가람")
    details = parse((await hers.get(f"/forums/{slug}")).text).one("details", class_="comment-write")
    assert "open" not in details.attrs, "or the button that says “write a comment” would close it"
    wrong = await submit(hers, f"/forums/{slug}", "/comments", text="")
    assert "open" in parse(wrong.text).one("details", class_="comment-write").attrs


async def test_the_demonstration_s_accounts_are_folded(system: System) -> None:
    system.app.state.site.city.demo = True
    for address in ("/", "/desk/sign-in"):
        page = await main_of(system, address)
        assert "inspector" in page.one("details").text
        assert page.text.count("inspector") == page.one("details").text.count("inspector")


async def test_the_commitments_stand_in_the_main_menu(system: System) -> None:
    response = await system.client.get("/commitments")
    here = parse(response.text).one("nav", class_="site-nav").one("a", href="/commitments")
    assert here.attrs["aria-current"] == "page"
