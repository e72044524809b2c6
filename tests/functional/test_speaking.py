"""Speaking in a forum: a shopkeeper confirms her address, is heard, commented on, supported, and takes a word back."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from forums.actions import supporting
from forums.models import Comment, Forum, Review, Submission, Support
from forums.search import SUBMISSION
from forums.states import SubmissionState
from server.core import clock, database, ledger, search
from server.core.accounts import Session
from server.core.participants.models import Participant, Unconfirmed
from server.core.participants.people import said_of_themselves, take_name
from server.core.sessions import token_hash
from tests.support.forums import a_forum
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.places import guest
from tests.support.system import System

SAID = {
    "stance": "idea", "title": "시장 골목에 밤 조명을",
    "text": "저녁이면 골목이 어두워 손님이 끊깁니다. 조명을 달아 주세요.",
    "district": "central",
}  # fmt: skip
WHO = {"name": "골목 꽃집", "email": "Flower@Example.org"}


async def speaker(system: System, name: str, email: str) -> httpx.AsyncClient:
    """A browser that speaks as somebody."""
    person = await take_name(email, name, "ko")
    token = f"token-of-{person.id}"
    now = clock.now()
    await Session.create(
        token_hash=token_hash(token),
        email=email,
        cases=[],
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=1),
    )
    client = system.visitor()
    client.cookies.set("session", token)
    return client


async def submitted(client: httpx.AsyncClient, slug: str, **changes: Any) -> str:
    """Give a submission; its number."""
    answer = await submit(client, f"/forums/{slug}/speak", **{**SAID, **changes})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


async def comment(
    client: httpx.AsyncClient, page: str, text: str, parent: int | None = None, **changes: str
) -> httpx.Response:
    """Comment on what a page shows, or reply to one of its comments, by the form that is shown there."""
    shown = await client.get(f"{page}/comments/{parent}" if parent else page)
    return await send(client, form(shown, "/comments"), text=text, **changes)


def confirmations(system: System) -> list[str]:
    """The paths of the links that confirm an address, oldest first."""
    texts = [mail.get_body(("plain",)).get_content() for mail in system.mails()]  # type: ignore[union-attr]
    return [urlsplit(found[0]).path for text in texts if (found := re.search(r"http\S+/confirm/\S+", text))]


def link(system: System) -> str:
    """The path of the newest one."""
    return confirmations(system)[-1]


async def test_a_shopkeeper_confirms_her_address_and_is_heard(system: System) -> None:
    slug = await a_forum(system)
    her = system.visitor()
    page = await her.get(f"/forums/{slug}")
    assert f"/forums/{slug}/speak" in page.text
    empty = form(await her.get(f"/forums/{slug}/speak"))
    assert {"name", "email"} < empty.names
    wrong = await send(her, empty, **{**SAID, "title": "", "name": "도로과 담당자", "email": "x"})
    assert wrong.status_code == 422
    assert wrong.text.count("aria-invalid") == 3
    assert SAID["text"] in wrong.text
    system.app.state.site.city.names = {
        "ko": "한여울시",
        "ja": "ハンヨウル市",
        "en": "Hanyeoul City",
    }  # as pages show it
    for name in ("한여울시 공식", "ハンヨウル市公式", "Hanyeoul City", "신문고"):
        taken = await send(her, empty, **{**SAID, "name": name, "email": "a@example.org"})
        assert (taken.status_code, taken.text.count("aria-invalid")) == (422, 1), name
    resident = await send(her, empty, **{**SAID, **WHO, "text": "제 번호는 900101-1234568 입니다"})
    assert resident.status_code == 422
    corrected = form(resident)
    for _press in range(2):
        sent = await send(her, corrected, text=SAID["text"])
        assert (sent.status_code, sent.headers["location"]) == (303, "/confirm")
    assert "메일" in (await her.get("/confirm")).text
    assert await Submission.all().count() == 0
    assert await Unconfirmed.all().count() == 1
    await system.work()
    assert [mail["to"] for mail in system.mails()] == ["flower@example.org"]
    assert len(confirmations(system)) == 1
    path = link(system)
    assert path.rpartition("/")[2] not in str(await Unconfirmed.all().values())
    asked = await her.get(path)
    assert SAID["title"] in asked.text
    assert "골목 꽃집" in asked.text
    assert await Submission.all().count() == 0
    done = await send(her, form(asked))
    number = done.headers["location"].rpartition("/")[2]
    shown = await her.get(done.headers["location"])
    assert shown.status_code == 200
    assert SAID["title"] in shown.text
    assert (await send(her, form(asked))).headers["location"] == "/forums/mine"
    assert await Submission.all().count() == 1
    mine = await her.get("/forums/mine")
    assert number in mine.text
    assert "flower@example.org" not in (await system.client.get(f"/submissions/{number}")).text
    events = await ledger.read(f"submission/{number}")
    assert [(event.kind, event.actor.partition(":")[0]) for event in events] == [("submission.received", "participant")]
    forum = await Forum.get(slug=slug)
    assert (forum.submissions, forum.participants) == (1, 1)
    listed = await system.client.get(f"/forums/{slug}")
    assert number in listed.text
    small = await system.client.get(f"/submissions/{number.lower().replace('-', '')}")
    assert small.headers["location"] == f"/submissions/{number}"


async def test_a_link_that_is_too_old_does_nothing(system: System) -> None:
    slug = await a_forum(system, "listening")
    now = clock.now()
    await submit(system.client, f"/forums/{slug}/speak", **SAID, **WHO)
    await system.work()
    asked = form(await system.client.get(link(system)))
    with clock.at(now + timedelta(hours=24, minutes=1)):
        assert (await send(system.client, asked)).headers["location"] == "/forums/mine"
    assert (await system.client.get("/confirm/" + "0" * 64)).headers["location"] == "/forums/mine"
    assert await Submission.all().count() == 0
    # Whoever is unknown is told the same as whoever is known.
    known = await submit(system.client, "/forums/mine", email=WHO["email"])
    unknown = await submit(system.client, "/forums/mine", email="nobody@example.org")
    assert (known.status_code, known.headers["location"], known.text) == (
        unknown.status_code, unknown.headers["location"], unknown.text,
    )  # fmt: skip
    await system.work()
    entered = await submit(system.client, link(system))
    assert entered.headers["location"] == "/forums/mine"
    renamed = await submit(system.client, "/forums/mine", "/name", name="새벽 산책")
    assert renamed.status_code == 303
    assert await Participant.filter(name="새벽 산책").count() == 1
    await submit(system.client, "/forums/mine", "/leave")
    assert "새벽 산책" not in (await system.client.get("/forums/mine")).text


async def test_people_comment_in_threads_two_deep(system: System) -> None:
    slug = await a_forum(system)
    number = await submitted(await speaker(system, "골목 꽃집", "flower@example.org"), slug)
    neighbour = await speaker(system, "옆집", "next@example.org")
    said = await comment(neighbour, f"/submissions/{number}", "저도 같은 생각입니다. 010-1234-5678", stance="for")
    root = int(said.headers["location"].rpartition("-")[2])
    official = await system.official("handler")
    answered = await comment(official, f"/submissions/{number}", "현장을 보겠습니다.", root)
    assert answered.status_code == 303
    reply = int(answered.headers["location"].rpartition("-")[2])
    again = await comment(neighbour, f"/submissions/{number}", "고맙습니다.", reply)
    assert again.headers["location"].startswith(f"/submissions/{number}/comments/{root}#")
    page = (await system.client.get(f"/submissions/{number}")).text
    assert "010-****-5678" in page
    assert "010-1234-5678" not in page
    assert re.search(r"김처리</strong>\s*<span class=\"tag[^>]*>.*?도로과", page, re.DOTALL)
    assert await Comment.filter(parent_id=root).count() == 2
    assert (await Submission.get(number=number)).comments == 3
    assert (await Forum.get(slug=slug)).comments == 3
    empty = await comment(neighbour, f"/submissions/{number}", "", root)
    assert empty.status_code == 422
    other = await a_forum(system)
    away = await post_without_page(neighbour, f"/forums/{other}/comments", data={"text": "여기도", "parent": root})
    assert away.status_code == 404
    assert (await comment(neighbour, f"/forums/{other}", "여기도 궁금합니다")).status_code == 303
    assert "여기도 궁금합니다" in (await system.client.get(f"/forums/{other}")).text
    stranger = await comment(system.client, f"/submissions/{number}", "저도요")
    assert stranger.status_code == 422
    assert "저도요" in stranger.text
    guide = await system.official("guide")
    assert (await post_without_page(guide, f"/submissions/{number}/comments", data={"text": "…"})).status_code == 403


async def test_two_tabs_that_support_at_once_count_one(system: System) -> None:
    slug = await a_forum(system)
    hers = await speaker(system, "골목 꽃집", "flower@example.org")
    number = await submitted(hers, slug)
    tabs = await speaker(system, "옆집", "next@example.org")
    others = [await speaker(system, f"이웃 {n}", f"n{n}@example.org") for n in range(4)]
    page, address = f"/submissions/{number}", f"/submissions/{number}/supports"
    shown = [(client, form(await client.get(page), "/supports")) for client in (tabs, tabs, tabs, *others)]
    answers = await asyncio.gather(*(send(client, each) for client, each in shown))
    assert {answer.status_code for answer in answers} == {303}
    assert (await Submission.get(number=number)).supports == 5 == await Support.all().count()
    assert (await Forum.get(slug=slug)).participants == 6
    assert (await post_without_page(hers, address)).status_code == 409
    undo = form(await tabs.get(page), "/supports", field="undo")
    undone = await asyncio.gather(*(send(tabs, undo) for _tab in range(3)))
    assert {answer.status_code for answer in undone} == {303}
    assert (await Submission.get(number=number)).supports == 4
    asked = await system.client.get(address)
    assert SAID["title"] in asked.text
    assert (await send(system.client, form(asked))).status_code == 422
    await send(system.client, form(asked), **(WHO | {"email": "new@example.org"}))
    await system.work()
    confirmed = await submit(system.client, link(system))
    assert confirmed.headers["location"] == f"/submissions/{number}#support"
    assert (await Submission.get(number=number)).supports == 5


async def test_what_looks_like_spam_waits_and_is_not_lost(system: System) -> None:
    slug, careful = await a_forum(system), await a_forum(system, moderation="before")
    seller = await speaker(system, "싸다", "seller@example.org")
    advert = await submitted(seller, slug, text="지금 바로 https://casino.example/kr", title="좋은 곳")
    first = await submitted(seller, slug)
    again = await submitted(await speaker(system, "다른 이", "other@example.org"), slug)
    held = await submitted(seller, careful, title="다른 이야기", text="이 공론장에서는 모든 글을 먼저 봅니다.")
    reviews = {row.subject: row.why for row in await Review.all()}
    assert reviews == {
        f"submission/{advert}": "links", f"submission/{again}": "repeated", f"submission/{held}": "before",
    }  # fmt: skip
    assert (await Forum.get(slug=slug)).submissions == 1
    page = (await system.client.get(f"/forums/{slug}")).text
    assert first in page
    assert advert not in page
    assert (await system.client.get(f"/submissions/{advert}")).status_code == 404
    assert "casino" in (await seller.get(f"/submissions/{advert}")).text
    assert advert in (await seller.get("/forums/mine")).text
    await comment(seller, f"/submissions/{first}", "http://a.kr/1 http://b.kr/2 http://c.kr/3")
    assert "a.kr/1" not in (await system.client.get(f"/submissions/{first}")).text
    assert "a.kr/1" in (await seller.get(f"/submissions/{first}")).text
    assert (await Submission.get(number=first)).comments == 0


async def test_an_author_takes_a_submission_back(system: System) -> None:
    slug = await a_forum(system)
    hers = await speaker(system, "골목 꽃집", "flower@example.org")
    number = await submitted(hers, slug)
    shown = form(await hers.get(f"/submissions/{number}"), "/withdraw")
    neighbour = await speaker(system, "옆집", "next@example.org")
    assert (await post_without_page(neighbour, f"/submissions/{number}/withdraw")).status_code == 403
    assert (await post_without_page(system.client, f"/submissions/{number}/withdraw")).status_code == 403
    assert (await search.ENGINE.search(search.Question(SAID["title"], (SUBMISSION,)))).total == 1
    for _press in range(2):
        assert (await send(hers, shown)).status_code == 303
    assert (await Submission.get(number=number)).status is SubmissionState.WITHDRAWN
    assert (await search.ENGINE.search(search.Question(SAID["title"], (SUBMISSION,)))).total == 0
    assert await search.ENGINE.newest(SUBMISSION, SAID["title"], limit=5) == [], "nor for the feeds"
    assert (await Forum.get(slug=slug)).submissions == 0
    seen = (await system.client.get(f"/submissions/{number}")).text
    assert SAID["title"] not in seen
    assert SAID["title"] in (await hers.get(f"/submissions/{number}")).text
    for act in ("supports", "comments"):
        answer = await post_without_page(neighbour, f"/submissions/{number}/{act}", data={"text": "아쉽네요"})
        assert answer.status_code == 409
    over = await a_forum(system, speaks_until=clock.now() + timedelta(hours=2))
    opened = form(await hers.get(f"/forums/{over}/speak"))
    with clock.at(clock.now() + timedelta(hours=3)):
        late = await send(hers, opened, **{**SAID, "title": "늦은 말"})
        assert late.status_code == 409
    notice = await a_forum(system, "notice")
    assert (await post_without_page(hers, f"/forums/{notice}/speak", data=SAID)).status_code == 409


async def test_pages_ask_a_fixed_number_of_questions(system: System, count_queries: Callable[[], list[str]]) -> None:
    slug = await a_forum(system)
    hers = await speaker(system, "골목 꽃집", "flower@example.org")
    number = await submitted(hers, slug)
    forum, submission = await Forum.get(slug=slug), await Submission.get(number=number)
    now = clock.now()
    await Submission.bulk_create(
        Submission(
            number=f"V-TEST-{n}", forum_id=forum.id, author="이웃", channel="web", title=f"생각 {n}", text="글",
            stance="for" if n % 3 else "against", outcome="adopted" if n % 5 == 0 else "", supports=n % 7,
            status=SubmissionState.RECEIVED, received_at=now, received_on=now.date(),
        )
        for n in range(60)
    )  # fmt: skip
    roots = [
        await Comment.create(
            forum_id=forum.id, submission_id=submission.id, author="이웃", text=f"말 {n}", created_at=now
        )
        for n in range(25)
    ]
    await Comment.bulk_create(
        Comment(
            forum_id=forum.id,
            submission_id=submission.id,
            parent_id=roots[24].id,
            author="이",
            text="답",
            created_at=now,
        )
        for _n in range(30)
    )
    await Forum.filter(id=forum.id).update(submissions=61)
    await hers.get(f"/submissions/{number}")
    seen = count_queries()
    for address, most in (
        (f"/submissions/{number}", 12),
        (f"/submissions/{number}/comments/{roots[24].id}", 8),
        ("/forums/mine", 7),
        (f"/forums/{slug}?sort=supported&stance=for&outcome=adopted", 24),
        (f"/forums/{slug}?stance=against", 24),
    ):
        seen.clear()
        assert (await hers.get(address)).status_code == 200
        assert len(seen) <= most, (address, len(seen), "\n".join(seen))
    newest = (await hers.get(f"/forums/{slug}")).text
    older = re.search(rf'href="(/forums/{slug}\?before=\d+)#submissions"', newest)
    assert older
    following = (await hers.get(older[1])).text
    assert set(re.findall(r"생각 \d+", newest)).isdisjoint(re.findall(r"생각 \d+", following))
    assert (await hers.get(f"/forums/{slug}?before=x")).status_code == 400
    assert "?after=" in (await hers.get(f"/submissions/{number}/comments/{roots[24].id}")).text


@pytest.mark.parametrize("undo", [False, True])
async def test_supports_for_a_proposal_open_its_discussion(system: System, undo: bool) -> None:
    slug = await a_forum(system, "discussion")
    await Forum.filter(slug=slug).update(status="proposed")
    person = await take_name("one@example.org", "한 사람", "ko")
    assert await supporting.support(person, f"forum/{slug}")
    if undo:
        assert await supporting.support(person, f"forum/{slug}", undo=True)
        assert not await supporting.support(person, f"forum/{slug}", undo=True)
    assert (await Forum.get(slug=slug)).supports == (0 if undo else 1)
    assert await database.fetch("SELECT key FROM job WHERE kind = ?", supporting.OPEN_JOB) == []


async def test_age_and_district_are_said_freely_and_taken_back(system: System) -> None:
    person, browser = await guest(system, "미나")
    wrong = await post_without_page(browser, "/forums/mine/about", data={"age_band": "17", "district": "central"})
    assert wrong.status_code == 422
    saved = await submit(browser, "/forums/mine", "/about", age_band="30s", district="central")
    assert saved.status_code == 303
    assert await said_of_themselves(person.id) == ("30s", "central")
    assert 'value="30s" selected' in (await browser.get("/forums/mine")).text
    await take_name(person.email, "다른 이름", "ko")
    assert await said_of_themselves(person.id) == ("30s", "central"), "another name says nothing else"
    await submit(browser, "/forums/mine", "/about", age_band="", district="")
    assert await said_of_themselves(person.id) == ("", "")
    assert (await post_without_page(system.client, "/forums/mine/about", data={"age_band": "30s"})).status_code == 403
