"""An evening at a listening forum: two clerks transcribe what people say, as fast as they speak."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from forums.actions import planning, transcribing
from forums.forms.transcribing import Transcribe
from forums.models import Forum, Submission
from forums.queries.transcribing import SHOWN, taken
from forums.search import SUBMISSION
from forums.states import SubmissionState
from server.core import clock, database, ledger, ledger_check, search
from server.core.days import today
from server.core.errors import Conflict, Forbidden, NotPossibleNow, Refusal
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.page_forms import form, post_without_page, send
from tests.support.stories import listening, signed_in
from tests.support.system import System

LINE = 16
"""Statements of one line: who asks, the forum (outside and inside), key, line, chain, index, what follows, count."""
JSON = {"accept": "application/json"}
THINGS = ("가로등", "주차장", "쓰레기통", "벤치", "횡단보도", "버스 정류장", "놀이터", "하수구", "간판", "공중화장실")
WISHES = ("늘려 주세요", "고쳐 주세요", "옮겨 주세요", "없애 주세요", "밝게 해 주세요")


def submission(number: int) -> str:
    return f"{number}번 골목의 {THINGS[number % 10]}, 꼭 {WISHES[number // 10 % 5]}."


async def evening(system: System) -> str:
    """A forum that goes on."""
    slug = await a_forum(system)
    await planning.start(await official("clerk"), slug)
    return slug


async def test_a_clerk_takes_200_submissions_while_a_second_one_takes_50(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    slug = await evening(system)
    path = f"/desk/forums/{slug}/intake"
    oh, lee = await signed_in(system, "clerk"), await signed_in(system, "intake")

    line = form(await oh.get(path), "/intake").values

    async def take(client: httpx.AsyncClient, numbers: range, prefix: str) -> None:
        for number in numbers:
            # The page's script sends the form's fields, with a key of its own for each line.
            own = {"text": submission(number), "speaker": str(number + 1), "key": f"{prefix}-{number}"}
            body = {**line, **own}
            first = await post_without_page(client, path, data=body, headers=JSON)
            assert first.status_code == 201, first.text
            if number % 10 == 0:  # the answer was lost on its way: the page sends the line again
                again = await post_without_page(client, path, data=body, headers=JSON)
                assert again.json() == first.json()

    queries = count_queries()
    await take(oh, range(1, 2), "oh")
    assert len(set(queries)) <= LINE, queries
    await asyncio.gather(take(oh, range(1), "oh"), take(oh, range(2, 200), "oh"), take(lee, range(200, 250), "lee"))

    forum = await Forum.get(slug=slug)
    rows = await Submission.filter(forum_id=forum.id)
    assert sorted(row.text for row in rows) == sorted(submission(number) for number in range(250)), (
        "none lost, none twice"
    )
    assert forum.submissions == 250
    assert len({row.number for row in rows}) == 250
    for row in (rows[0], rows[-1]):
        (record,) = await ledger.read(f"submission/{row.number}")
        assert (record.kind, record.data["channel"]) == ("submission.received", "floor")
    assert [problem async for problem in ledger_check.verify()] == []
    found = await taken(forum.id, rows[0].received_on)
    assert (found.total, len(found.lines)) == (250, SHOWN)
    assert {line.clerk for line in found.lines} <= {"오창구", "이접수"}


async def test_what_two_clerks_take_down_both_is_shown_corrected_and_taken_back(system: System) -> None:  # noqa: PLR0915 — one story
    slug = await evening(system)
    path = f"/desk/forums/{slug}/intake"
    oh, lee = await signed_in(system, "clerk"), await signed_in(system, "intake")
    said: dict[str, Any] = {"stance": "for", "channel": "floor", "speaker": "7"}
    hers, theirs = form(await oh.get(path), "/intake"), form(await lee.get(path), "/intake")
    async with listening(system, lee, f"{path}/stream") as stream:
        answer = await send(oh, hers, **said, button="받아 적기", text="시장 골목 가로등이 너무 어둡습니다")
        assert answer.headers["location"].endswith("intake?channel=floor&stance=for&speaker=7#field-text")
        assert (await stream.event())["what"] == "look", "the page reads itself once it listens"
        assert (await stream.event())["kind"] == "submission.received"
    await send(lee, theirs, **said, button="1", text="시장골목 가로등이 어두워요")
    first, second = await Submission.all().order_by("id")
    page = (await lee.get(f"{path}?speaker=7&stance=for")).text
    assert f'id="line-{second.number}" class="is-like"' in page
    assert f'href="#line-{first.number}">{first.number}</a>' in page
    assert re.search(r'value="7"[^>]*name="speaker"', page), "the next line has the same speaker"
    # The same form once more with other words is a line of its own, after a second press; nothing typed is lost.
    again = await send(lee, theirs, **said, button="받아 적기", text="벤치도 놓아 주세요")
    assert again.status_code == 422
    assert re.search(r'data-error-summary.*?href="#field-text"', again.text, re.DOTALL)
    assert "벤치도 놓아 주세요" in again.text
    reused = await post_without_page(lee, path, data=theirs.filled({**said, "text": "벤치도"}), headers=JSON)
    assert reused.json()["code"] == "idempotency_key_reused"

    fields = {"text": "시장 골목 가로등을 밝게 해 주세요. 010-1234-5678", "stance": "idea", "speaker": "8"}
    mended = {f"{first.number}.{name}": value for name, value in fields.items()}
    line, theirs = form(await oh.get(path), f"/{first.number}"), form(await lee.get(path), f"/{first.number}")
    nameless = await send(oh, line, **mended, **{f"{first.number}.author": "김영희"})
    assert nameless.status_code == 422
    assert f'href="#field-{first.number}.consent"' in nameless.text
    assert f'id="field-{first.number}.consent"' in nameless.text
    assert "동의" in nameless.text
    assert (await send(oh, line, **mended)).status_code == 303
    late = await send(lee, theirs, **mended | {f"{first.number}.text": "다르게"})
    assert late.status_code == 409
    assert "다르게" in late.text
    row = await Submission.get(id=first.id)
    assert (row.stance, row.speaker, row.title) == ("idea", 8, "시장 골목 가로등을 밝게 해 주세요.")
    assert "1234" not in row.text
    corrected = (await ledger.read(f"submission/{row.number}"))[-1]
    assert set(corrected.data["fields"]) == {"text", "stance", "speaker"}

    for browser, page in (
        (system.client, f"/submissions/{row.number}"), (system.client, f"/forums/report/submission/{row.number}"),
        (lee, f"/desk/submissions?forum={slug}"), (lee, f"/desk/submissions/{row.number}"),
    ):  # fmt: skip
        shown = (await browser.get(page)).text
        assert ("가로등을 밝게" in shown, "발언자 8" in shown) == (True, True), page

    assert await search.ENGINE.newest(SUBMISSION, "어두워요", limit=5) == [second.id]
    removed = form(await lee.get(path), f"/{second.number}/undo")
    assert (await send(lee, removed)).status_code == 303
    assert (await send(lee, removed)).status_code == 409
    assert (await Submission.get(id=second.id)).status is SubmissionState.WITHDRAWN
    assert await search.ENGINE.newest(SUBMISSION, "어두워요", limit=5) == []
    forum = await Forum.get(slug=slug)
    assert forum.submissions == 1
    assert second.number not in (await oh.get(path)).text
    assert "어두워요" not in (await system.client.get(f"/submissions/{second.number}")).text
    # Tomorrow it is no clerk's any more.
    with clock.at(clock.now() + timedelta(days=1)), pytest.raises(NotPossibleNow):
        await transcribing.undo(await official("clerk"), slug, first.number)
    assert (await Submission.get(id=first.id)).status is SubmissionState.RECEIVED


async def test_everybody_reads_whose_words_they_were_as_the_clerk_wrote_it(system: System) -> None:
    slug = await evening(system)
    clerk = await official("clerk")
    line = Transcribe("시장 골목 가로등을 밝게 해 주세요", "idea", "floor", speaker=7)
    number = await transcribing.transcribe(clerk, slug, line, "7")

    async def names() -> set[str]:
        pages = [(await system.client.get(path)).text for path in (f"/submissions/{number}", f"/forums/{slug}")]
        said = (await system.client.get(f"/api/v1/submissions/{number}")).json()["author"]
        return {said, *(re.findall(r"([^<>]*?) · 현장에서 나온 말씀 · ", page)[0].strip() for page in pages)}

    assert await names() == {"발언자 7"}
    await Submission.filter(number=number).update(author="김영희 010-1234-5678")
    assert await names() == {"김영희 010-****-5678"}
    await Submission.filter(number=number).update(author="")
    await transcribing.undo(clerk, slug, number)
    for path in (f"/submissions/{number}", f"/api/v1/submissions/{number}"):
        assert "발언자" not in (await system.client.get(path)).text, "what was taken back names nobody"


async def test_who_may_take_down_what_and_where(system: System) -> None:
    slug, other = await evening(system), await a_forum(system, "discussion")
    notice = await a_forum(system, "notice")
    path = f"/desk/forums/{slug}/intake"
    assert (await (await signed_in(system, "guide")).get(path)).status_code == 403
    async with listening(system, await signed_in(system, "guide"), f"{path}/stream") as stream:
        assert stream.status == 403
    async with listening(system, system.visitor(), f"{path}/stream") as stream:
        assert stream.status in {303, 401}
    clerk = await official("clerk")
    line = Transcribe("좋습니다", "for", "floor")
    with pytest.raises(Forbidden):
        await transcribing.transcribe(await official("guide"), slug, line, "x")
    number = await transcribing.transcribe(clerk, slug, line, "x")

    async def refused(where: str, what: Transcribe = line) -> str:
        with pytest.raises(Refusal) as error:
            await transcribing.transcribe(clerk, where, what, "y")
        return error.value.code

    assert await refused("listening-999") == "no_such_forum"
    assert await refused(notice) == "illegal_transition", "nobody speaks in a notice"
    assert await refused(slug, Transcribe("좋습니다", "for", "floor", session_id=99)) == "no_such_session"
    with pytest.raises(Refusal):
        await transcribing.undo(clerk, other, number)
    await planning.close(clerk, slug)
    assert await transcribing.transcribe(clerk, slug, Transcribe("쪽지로 냅니다", "idea", "paper"), "z")
    with clock.at(clock.now() + timedelta(days=3)):
        assert await refused(slug) == "illegal_transition"
        page = await (await signed_in(system, "clerk")).get(path)
        assert "<textarea" not in page.text
    assert (await database.fetch_one("SELECT COUNT(*) AS n FROM idempotency_answer"))["n"] == 2  # type: ignore[index]


async def test_the_same_line_sent_twice_at_once_is_there_once(system: System) -> None:
    slug, clerk = await evening(system), await official("clerk")
    line = Transcribe("가로등을 늘려 주세요", "idea", "floor", speaker=3)
    numbers = await asyncio.gather(*(transcribing.transcribe(clerk, slug, line, "once") for _turn in range(8)))
    assert len(set(numbers)) == 1
    assert await Submission.filter(forum__slug=slug).count() == 1
    assert (await Forum.get(slug=slug)).submissions == 1
    assert (await taken((await Forum.get(slug=slug)).id, today())).total == 1
    undone = await asyncio.gather(
        *(transcribing.undo(clerk, slug, numbers[0]) for _turn in range(4)), return_exceptions=True
    )
    assert sorted(each is not None for each in undone) == [False, True, True, True]
    assert all(isinstance(each, Conflict) for each in undone if each)
    assert (await Forum.get(slug=slug)).submissions == 0
