"""박 follows what goes on in public: by one mail a day, by feed, by calendar; and ends it again."""

import re
from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree as ET

from forums.actions import news, planning
from forums.forms.assigning import TextOnly
from forums.queries import followed
from forums.queries.news import HEARD
from server.core import clock, database, ledger
from server.core.jobs import Task
from server.core.search import tokens
from tests.support.answers import official
from tests.support.forums import a_draft, a_forum
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.stories import to
from tests.support.system import System

PARK = "park@example.org"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


async def digest(system: System) -> None:
    """The first mail of the next day."""
    here = clock.now().astimezone(system.settings.zone)
    with clock.at((here + timedelta(days=1)).replace(hour=9)):
        await system.worker.handlers["core.digest"](Task("digest", "core.digest", {}, 1))


async def test_park_follows_a_topic_a_district_and_a_forum_by_mail(system: System) -> None:
    other = await a_forum(system, "notice", title="도서관 휴관 안내", body="쉽니다.")
    slug = await a_forum(system, "field_office", body="주차할 곳이 없습니다.")
    await system.work()
    park = system.visitor()

    page = await park.get("/forums/following", params={"add": f"forum/{slug}"})
    assert page.status_code == 200
    assert "재래시장 주차 문제" in page.text
    refused = await send(park, form(page), email="park")
    assert (refused.status_code, "재래시장 주차 문제" in refused.text) == (422, True), "what was wanted stays"
    asked = await send(park, form(refused), email=PARK)
    assert asked.headers["location"] == "/confirm"
    await system.work()
    (mail,) = to(system, PARK)
    link = re.search(r"/confirm/\S+", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link
    entered = await submit(park, link[0])
    assert entered.headers["location"] == f"/forums/following?add=forum/{slug}"
    for what in (f"forum/{slug}", "district/central"):
        page = await park.get("/forums/following", params={"add": what})
        assert (await send(park, form(page, "/following", field="what"))).status_code == 303
    page = await park.get("/forums/following")
    assert (await send(park, form(page, field="topic"), topic="도서관")).status_code == 303
    for wrong in (
        "forum/listening-99",
        "forum/a\0b",
        "topic/" + "가" * 99,
        "district/nowhere",
        "kind/party",
        "topic/",
        "case/ABC",
    ):
        assert (await post_without_page(park, "/forums/following", data={"what": wrong})).status_code == 422
    mine = (await park.get("/forums/following")).text
    for words in ("재래시장 주차 문제", "중앙구", "주제: 도서관"):
        assert words in mine

    await planning.start(await official("intake"), slug)
    await planning.cancel(await official("intake"), other, TextOnly("날짜를 다시 정합니다."))
    draft = await a_draft("listening", title="도서관 이야기", district="central")
    gone = await a_draft("listening", title="도서관 이야기 둘", district="central")
    await planning.cancel(await official("intake"), gone, TextOnly("열지 않습니다."))
    await system.work()
    await digest(system)
    _link, told = to(system, PARK)
    text = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.count("재래시장 주차 문제") == 1, "followed twice, told once"
    assert "시작했습니다" in text
    assert "도서관 휴관 안내" in text
    assert draft not in text, "a draft is no news"
    assert "도서관 이야기" not in text
    assert (await park.get(f"/forums/{gone}/feed.atom")).status_code == 404
    await digest(system)
    assert len(to(system, PARK)) == 2, "told once"

    page = await park.get("/forums/following")
    assert (await send(park, form(page, "/end", field="what", value="district/central"))).status_code == 303
    assert "중앙구" not in (await park.get("/forums/following")).text
    one_click = re.search(r"/forums/following/[^\s>]+", told["List-Unsubscribe"])
    assert one_click
    assert "주제: 도서관" in (await system.client.get(one_click[0])).text
    assert (
        await post_without_page(system.client, one_click[0], data={"List-Unsubscribe": "One-Click"})
    ).status_code == 200
    assert not await database.fetch("SELECT 1 FROM follow")
    assert (await system.client.get(one_click[0])).status_code == 303


async def test_a_stranger_names_a_topic_first_and_their_address_with_it(system: System) -> None:
    answer = await submit(system.client, "/forums/following", topic="R&D 예산", email="lee@example.org")
    assert answer.headers["location"] == "/confirm"
    (waits,) = await database.fetch("SELECT content FROM unconfirmed")
    assert "add=topic/R%26D%20" in str(database.document(waits["content"]))


async def test_feeds_and_calendars_say_what_the_pages_say(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    slug = await a_forum(system, "listening", title="골목 & <상권>", district="central", summary="가게, 사람")
    await a_forum(system, "notice", title="공고 02-123-4567")
    await planning.start(await official("intake"), slug)
    for entry in await ledger.read(f"forum/{slug}"):
        if entry.kind in HEARD:
            await news.hear(Task("again", "forums.news", {"event": entry.id}, 1))
    await system.work()

    async def titles(path: str) -> list[str]:
        answer = await system.client.get(path)
        assert answer.status_code == 200, answer.text
        return [each.text or "" for each in ET.fromstring(answer.content).findall("a:entry/a:title", ATOM)]  # noqa: S314 — our own

    seen = count_queries()
    everything = await titles("/forums/feed.atom?lang=ko")
    assert len(seen) <= 5
    assert len(everything) == 3
    assert everything[0].startswith("골목 & <상권>: 시작")
    assert await titles("/forums/feed.atom?kind=listening&district=central&department=roads") == everything[:1] + [
        title for title in everything[1:] if title.startswith("골목")
    ]
    seen.clear()
    assert await titles("/forums/feed.atom?q=상권") == [title for title in everything if title.startswith("골목")]
    searched = [one for one in seen if "search_index" in one or "search_matching" in one]
    assert searched
    assert all("LIMIT" in statement for statement in searched), "a common word is in half of a million submissions"
    assert await titles(f"/forums/{slug}/feed.atom") == [title for title in everything if title.startswith("골목")]
    assert await titles("/forums/feed.atom?kind=broadcast") == []
    for wrong in ("/forums/feed.atom?kind=x", "/forums/feed.atom?department=x", "/forums/feed.atom?district=x"):
        assert (await system.client.get(wrong)).status_code == 400
    assert (await system.client.get("/forums/listening-99/feed.atom")).status_code == 404

    first = await system.client.get("/forums/feed.atom")
    again = await system.client.get("/forums/feed.atom", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304

    calendar = await system.client.get(f"/forums/{slug}/calendar.ics")
    text = calendar.content.decode().replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") == 1
    assert "SUMMARY:골목 & <상권>" in text
    assert "LOCATION:시청 다목적홀" in text
    everywhere = (await system.client.get("/forums/calendar.ics?kind=listening")).content.decode()
    assert everywhere.count("BEGIN:VEVENT") == 1
    assert "BEGIN:VEVENT" not in (await system.client.get("/forums/calendar.ics?kind=field_office")).content.decode()


def test_a_topic_is_found_as_the_search_finds_it() -> None:
    def holds(topic: str, text: str) -> bool:
        return followed.about_topic(topic, f" {' '.join(tokens(text))} ")

    assert holds("가로등", "골목의 가로등이 꺼졌어요")
    assert not holds("가로등", "가로 신호등")
    assert holds("park bench", "A bench for the park")
    assert not holds("park bench", "A bench")
