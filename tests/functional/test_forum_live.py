"""What is said in a forum reaches every open page, drawn once a language; what is not public never does."""

import asyncio
import contextlib
import html
import re
from dataclasses import replace
from typing import Any

import pytest

from forums.actions import commenting, deciding, planning, speaking
from forums.forms.moderating import Decide
from forums.forms.speaking import Say, Submit
from forums.models import Forum
from forums.rights import comment_subject, submission_subject
from forums.states import TextAction
from server.core import city, database, ledger
from server.core.config import Settings
from server.core.participants.people import Person, take_name
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.stories import Stream, listening
from tests.support.system import System, opened

LISTENERS = 300
SAID = ("시장이 살아나면 좋겠어요", "주차장이 먼저입니다", "골목마다 다릅니다", "아이들과 걷고 싶은 길")


async def talking(system: System, **changes: Any) -> tuple[str, Person]:
    """A forum that goes on, and Mina who speaks in it."""
    slug = await a_forum(system, "listening", **changes)
    await planning.start(await official("clerk"), slug)
    return slug, await take_name("mina@example.org", "미나", "ko")


async def said(person: Person, slug: str, text: str, parent: int | None = None) -> int:
    return (await commenting.on_forum(person, slug, Say(text, parent=parent)))[0]


def whats(stream: Stream) -> list[str]:
    """What was told beside how the forum stands, which every page is told first."""
    assert stream.events[0]["what"] == "forum"
    return [event["what"] for event in stream.events if event["what"] != "forum"]


def abouts(stream: Stream) -> list[dict[str, Any]]:
    return [event for event in stream.events if event["what"] != "forum"]


async def told(stream: Stream) -> dict[str, Any]:
    """The next event that is about a comment."""
    while (event := await stream.event())["what"] == "forum":
        pass
    return event


async def test_one_comment_is_drawn_once_for_all_pages_of_a_language(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug, mina = await talking(system)
    narrator = system.app.state.narrator
    drawn: list[str] = []
    render = narrator.render

    def counted(language: str, template: str, context: Any) -> str:
        drawn.append(language)
        text: str = render(language, template, context)
        return text

    monkeypatch.setattr(narrator, "render", counted)
    async with contextlib.AsyncExitStack() as stack:
        visitor = system.visitor()
        korean = [
            await stack.enter_async_context(listening(system, visitor, f"/forums/{slug}/stream?lang=ko"))
            for _page in range(LISTENERS)
        ]
        english = await stack.enter_async_context(listening(system, visitor, f"/forums/{slug}/stream?lang=en"))
        await said(mina, slug, "시장이 살아나면 좋겠어요. 010-1234-5678")
        events = [await told(stream) for stream in (*korean, english)]
        assert sorted(drawn) == ["en", "ko"], "once a language, however many pages"
        assert {event["what"] for event in events} == {"comment"}
        assert len({event["html"] for event in events[:-1]}) == 1
        assert "시장이 살아나면" in events[0]["html"]
        assert "1234" not in events[0]["html"]
        assert events[0]["comments"] == 1


async def test_what_waits_for_a_moderator_is_never_told_and_what_is_hidden_vanishes(system: System) -> None:
    slug, mina = await talking(system, moderation="before")
    path = f"/forums/{slug}/stream"
    moderator = await official("inspector")
    async with listening(system, system.visitor(), path) as stream:
        number = await said(mina, slug, "심사를 기다리는 글")
        await asyncio.sleep(0.3)
        assert whats(stream) == []
        await deciding.decide(moderator, comment_subject(number), Decide(TextAction.SHOW))
        shown = await told(stream)
        assert (shown["what"], shown["comment"]) == ("comment", number)
        await deciding.decide(moderator, comment_subject(number), Decide(TextAction.HIDE, "insult", "욕설이 있습니다."))
        hidden = await told(stream)
        assert (hidden["what"], hidden["comment"]) == ("hidden", number)
        assert "심사를 기다리는" not in hidden["html"]
    # Who was away while it was shown and hidden again never sees it either.
    async with listening(system, system.visitor(), f"{path}?after=0") as late:
        await asyncio.sleep(0.1)
        assert "심사를 기다리는" not in late.text


async def test_a_page_that_was_away_is_told_what_it_missed_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug, mina = await talking(system)
    path = f"/forums/{slug}/stream"
    async with listening(system, system.visitor(), path) as stream:
        first = await said(mina, slug, SAID[0])
        last = (await told(stream))["stream_id"]
    second, answer = await said(mina, slug, SAID[1]), await said(mina, slug, SAID[2], parent=first)
    async with listening(system, system.visitor(), path, last=last) as stream:
        assert whats(stream) == ["comment", "comment"]
        assert [told["comment"] for told in abouts(stream)] == [second, answer]
        assert abouts(stream)[1]["parent"] == first
        third = await said(mina, slug, SAID[3])
        await asyncio.sleep(0.3)
        assert [told["comment"] for told in abouts(stream)] == [second, answer, third]
        await planning.close(await official("clerk"), slug)
        await asyncio.sleep(0.3)
        assert stream.events[-1]["status"] == "closed"
    monkeypatch.setattr("forums.routes.live.MISSED", 1)
    async with listening(system, system.visitor(), path, last=last) as stream:
        assert whats(stream) == ["more"], "who missed much reloads"
        assert abouts(stream)[0]["stream_id"] == str(await ledger.length(f"talk/{slug}"))
    for nonsense in ("x", "-1", "1" * 30, "٣"):
        async with listening(system, system.visitor(), f"{path}?after={nonsense}") as stream:
            assert whats(stream) == []
    async with listening(system, system.visitor(), "/forums/listening-999/stream") as stream:
        assert stream.status == 404
    assert "listening-999" not in system.app.state.narrator.once._kept


async def test_thousands_who_come_back_at_once_ask_the_database_once(system: System, count_queries: Any) -> None:
    slug, mina = await talking(system)
    for text in SAID:
        await said(mina, slug, text)
    await asyncio.sleep(0.2)
    await city.city()  # is kept in the process
    queries = count_queries()
    async with contextlib.AsyncExitStack() as stack:
        back = [
            await stack.enter_async_context(listening(system, system.visitor(), f"/forums/{slug}/stream?after=0"))
            for _page in range(50)
        ]
        assert {tuple(whats(stream)) for stream in back} == {("comment",) * len(SAID)}
        asked = len(queries)
        assert asked <= 4, queries
        number = await said(mina, slug, "하나 더")
        for stream in back:
            while (await told(stream))["comment"] != number:
                pass
        async with listening(system, system.visitor(), f"/forums/{slug}/stream?after=0") as fresh:
            assert fresh.events[-1]["comment"] == number, "nothing stale is kept"


async def test_submissions_are_counted_live_and_hidden_ones_give_way(
    system: System, monkeypatch: pytest.MonkeyPatch, count_queries: Any
) -> None:
    slug, mina = await talking(system)
    moderator = await official("intake")
    narrator, encoded = system.app.state.narrator, list[str]()
    draw = narrator.draw_submission

    def counted(language: str, *told: Any) -> bytes:
        encoded.append(language)
        content: bytes = draw(language, *told)
        return content

    async def heard(streams: list[Stream], ask: int) -> list[dict[str, Any]]:
        """What the first of them was told last; all were, by that many queries of the narrator."""
        events = [await told(stream) for stream in streams]
        assert len({str(event) for event in events}) == 1
        assert encoded == ["ko"], "once a language, however many pages"
        encoded.clear()
        asked = [query for query in queries if "s.visibility <> 'pending'" in query]
        assert len(asked) == ask
        queries.clear()
        return events

    monkeypatch.setattr(narrator, "draw_submission", counted)
    await asyncio.sleep(0.2)
    queries = count_queries()
    await speaking.submit(mina, slug, Submit("가로등", "골목이 어둡습니다.", "idea"))
    await asyncio.sleep(0.3)
    assert not [query for query in queries if "s.visibility <> 'pending'" in query], "nobody listens"
    queries.clear()
    async with contextlib.AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(listening(system, system.visitor(), f"/forums/{slug}/stream?lang=ko"))
            for _page in range(20)
        ]
        assert pages[0].events[0]["submissions"] == 1
        number = await speaking.submit(mina, slug, Submit("주차장", "주차장이 모자랍니다.", "idea"))
        (event, *_more) = await heard(pages, 1)
        assert (event["what"], event["shown"], event["submissions"], event["html"]) == ("submission", True, 2, "")
        hide = Decide(TextAction.HIDE, "insult", "욕설이 있습니다.")
        await deciding.decide(moderator, submission_subject(number), hide)
        (event, *_more) = await heard(pages, 1)
        assert (event["shown"], event["submissions"]) == (False, 1)
        assert f'id="submission-{event["submission"]}"' in event["html"]
        assert "욕설이 있습니다." in event["html"]
        assert "주차장" not in event["html"]
        await deciding.decide(moderator, submission_subject(number), Decide(TextAction.SHOW))
        (event, *_more) = await heard(pages, 1)
        assert (event["shown"], event["fresh"], event["submissions"]) == (True, False, 2)
        assert "주차장" in event["html"]
        await speaking.withdraw(mina, number)
        (event, *_more) = await heard(pages, 1)
        assert (event["shown"], event["submissions"], event["html"]) == (False, 1, "")


async def test_a_page_that_was_away_is_told_what_became_of_the_submissions_on_it(
    system: System, monkeypatch: pytest.MonkeyPatch, count_queries: Any
) -> None:
    slug, mina = await talking(system)
    first, second = [
        await speaking.submit(mina, slug, Submit(title, f"{title} 이야기입니다.", "idea"))
        for title in ("가로등", "주차장 요금")
    ]
    drawn = (await system.client.get(f"/forums/{slug}")).text
    address = re.search(rf'data-talk="(/forums/{slug}/stream[^"]*)"', drawn)
    assert address
    path = html.unescape(address[1])
    async with listening(system, system.visitor(), path) as stream:
        assert stream.events[0]["submissions"] == 2
    await speaking.withdraw(mina, first)
    hide = Decide(TextAction.HIDE, "insult", "욕설이 있습니다.")
    await deciding.decide(await official("intake"), submission_subject(second), hide)
    await speaking.submit(mina, slug, Submit("버스", "버스가 드뭅니다.", "idea"))
    await asyncio.sleep(0.3)
    queries = count_queries()
    async with contextlib.AsyncExitStack() as stack:
        back = [await stack.enter_async_context(listening(system, system.visitor(), path)) for _page in range(20)]
        assert {stream.events[0]["submissions"] for stream in back} == {1}
        assert {tuple(event["shown"] for event in abouts(stream)) for stream in back} == {(False, False)}
        assert {len(stream.events[0]["new_submissions"]) for stream in back} == {1}, "the new one, once"
        assert len(queries) <= 8, queries
    monkeypatch.setattr("forums.routes.live.MISSED", 1)
    async with listening(system, system.visitor(), path.replace("lang=ko", "lang=en")) as stream:
        assert whats(stream) == ["more"]


async def test_what_waits_for_a_moderator_is_no_new_submission(system: System) -> None:
    slug, mina = await talking(system, moderation="before")
    async with listening(system, system.visitor(), f"/forums/{slug}/stream") as stream:
        number = await speaking.submit(mina, slug, Submit("가로등", "골목이 어둡습니다.", "idea"))
        other = await speaking.submit(mina, slug, Submit("주차장", "주차장이 모자랍니다.", "idea"))
        await speaking.withdraw(mina, other)
        await asyncio.sleep(0.3)
        assert whats(stream) == []
        await deciding.decide(await official("intake"), submission_subject(number), Decide(TextAction.SHOW))
        assert (await told(stream))["submissions"] == 1


async def test_a_crowd_leaves_room_and_is_told_when_to_come_back(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        slug, _mina = await talking(system)
        hub, path = system.app.state.hub, f"/forums/{slug}/stream"
        hub.crowd, hub.per_hall = 3, 2
        async with listening(system, system.visitor(), path), listening(system, system.visitor(), path):
            async with listening(system, system.visitor(), path) as third:
                assert third.status == 429
            hub.crowd = 2
            async with listening(system, system.visitor(), path) as one_too_many:
                assert one_too_many.status == 503
                assert int(one_too_many.headers["retry-after"]) > 0
        async with listening(system, system.visitor(), path) as again:
            assert again.status == 200


async def test_when_news_cannot_be_drawn_pages_come_back_for_it(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug, mina = await talking(system)
    narrator, render = system.app.state.narrator, system.app.state.narrator.render

    def broken(*_drawn: object) -> str:
        raise OSError

    async with listening(system, system.visitor(), f"/forums/{slug}/stream?after=0") as stream:
        monkeypatch.setattr(narrator, "render", broken)
        await said(mina, slug, SAID[0])
        await stream.until("over", 3)
    monkeypatch.setattr(narrator, "render", render)
    async with listening(system, system.visitor(), f"/forums/{slug}/stream?after=0") as stream:
        assert whats(stream) == ["comment"]
    assert (await Forum.get(slug=slug)).comments == 1
    assert await database.fetch_one("SELECT 1 AS found FROM comment") is not None


async def test_what_is_read_for_pages_that_have_gone_ends_with_the_server(settings: Settings) -> None:
    begun = asyncio.Event()

    async def read() -> None:
        begun.set()
        await asyncio.sleep(60)

    async with opened(settings) as system:  # which looks that nothing goes on after its end
        narrator = system.app.state.narrator
        page = asyncio.create_task(narrator.once.read("market", "missed", read))
        await begun.wait()
        page.cancel()
