"""The desk of voices: a clerk hands out a whole evening, similar ones share an answer, two officials answer at once."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from forums.actions import answering, handing, joining, promising, watching
from forums.errors import CannotJoin, PromiseStands
from forums.forms.answering import GiveAnswer
from forums.forms.handing import Join
from forums.forms.promising import Finish, Promise
from forums.models import Commitment, Forum, Submission
from forums.search import voice_index
from forums.states import SubmissionState
from server.core import clock, database, ledger, ledger_check
from server.core.accounts import Department
from server.core.days import today
from server.core.errors import ChangedMeanwhile
from tests.support.answers import official
from tests.support.house import House
from tests.support.stories import to as mails_to
from tests.support.voices import hold_forum, say

LAMPS, TREES = "시장 골목 가로등을 밝게 해 주세요", "공원에 나무와 벤치를 더 놓아 주세요"


async def heard(forum: Forum, title: str, **changes: object) -> Submission:
    voice = await say(forum, title=title, text=f"{title}.", **changes)
    await voice_index.put(database.connection(), voice.id, f"{voice.number}\n{title}")
    return voice


async def departments() -> dict[str, int]:
    return {str(row.code): row.id for row in await Department.all()}


async def test_a_clerk_hands_out_a_whole_evening_and_joins_what_is_the_same(house: House) -> None:
    forum = await hold_forum()
    lamps = [await heard(forum, LAMPS) for _n in range(3)]
    trees = [await heard(forum, TREES) for _n in range(2)]
    nothing = await heard(forum, "여러 가지로 애써 주십시오")
    clerk = await house.official("intake")
    page = await clerk.get("/desk/voices")
    assert page.text.count("data-row-link") == 6
    assert "공원녹지과" in page.text
    assert trees[0].number in (await clerk.get("/desk/voices?q=벤치")).text
    assert lamps[0].number not in (await clerk.get("/desk/voices?q=벤치")).text
    assert (await clerk.get(f"/desk/voices?q={nothing.number.lower()}")).text.count("data-row-link") == 1
    # Everything in the list, each to the department that is proposed for it; one has none and stays.
    answer = await clerk.post(
        "/desk/voices/bulk", data={"action": "hand", "all": "1", "list": "status=received", "department": "proposed"}
    )
    assert answer.status_code == 200
    assert nothing.number in answer.text
    code = {row.number: row.department_id for row in await Submission.all()}
    known = await departments()
    assert {code[v.number] for v in lamps} == {known["roads"]}
    assert {code[v.number] for v in trees} == {known["parks"]}
    assert code[nothing.number] is None
    # Joined; a third one is joined to a joined one, which means to its main one; itself it cannot be joined to.
    ticked = {"action": "join", "voice": [v.number for v in lamps], "with": lamps[0].number}
    for _press in range(2):
        assert (await clerk.post("/desk/voices/bulk", data=ticked)).status_code == 303
    late = await heard(forum, LAMPS)
    roads = await official("intake")
    await joining.join(roads, late.number, Join(lamps[1].number))
    assert (await Submission.get(id=late.id)).joined_to_id == lamps[0].id
    for number, to in ((lamps[0], lamps[0]), (lamps[0], lamps[1])):
        with pytest.raises(CannotJoin):
            await joining.join(roads, number.number, Join(to.number))
    other = await heard(await hold_forum(), LAMPS)
    with pytest.raises(CannotJoin):
        await joining.join(roads, other.number, Join(lamps[0].number))
    # Who brings joined ones along brings them to the new main one.
    newest = await heard(forum, LAMPS)
    await joining.join(roads, lamps[0].number, Join(newest.number))
    assert {row.joined_to_id for row in await Submission.filter(status=SubmissionState.JOINED)} == {newest.id}
    # One was joined by mistake.
    page = await clerk.get(f"/desk/voices/{late.number}")
    seen = re.search(r'name="version" value="(\d+)"', page.text)
    assert seen
    assert (await clerk.post(f"/desk/voices/{late.number}/separate", data={"version": seen[1]})).status_code == 303
    assert (await Submission.get(id=late.id)).status is SubmissionState.RECEIVED
    # The main one is taken back: the others wait again.
    await Submission.filter(id=newest.id).update(status=SubmissionState.WITHDRAWN)
    assert await joining.release(newest.number) == 3
    assert await Submission.filter(status=SubmissionState.JOINED).count() == 0
    refused = await clerk.post("/desk/voices/bulk", data={"action": "hand", "department": "roads"})
    assert refused.status_code == 422
    for many, status, told in ((1_000, 409, "V-999"), (1_001, 422, "1000"), (1_020, 400, "1020")):
        form = {"action": "hand", "department": "roads", "voice": [f"V-{n}" for n in range(many)]}
        refused = await clerk.post("/desk/voices/bulk", data=form)
        assert (refused.status_code, told in refused.text) == (status, True), many
    assert [problem async for problem in ledger_check.verify()] == []


async def test_three_hundred_joined_ones_hear_an_answer_in_a_few_statements(
    house: House, count_queries: Callable[[], list[str]]
) -> None:
    forum = await hold_forum()
    main = await say(forum)
    actor, roads = await official("intake"), (await departments())["roads"]

    async def joined(count: int) -> list[str]:
        numbers = [(await say(forum)).number for _n in range(count)]
        assert await joining.join_many(actor, numbers, main.number) == {}
        return numbers

    async def statements(count: int) -> list[int]:
        numbers = await joined(count)
        found = []
        for deed in (
            lambda: handing.hand_many(actor, {main.number: roads}),
            lambda: answering.answer(
                actor, main.number, GiveAnswer("under_study", "봅니다", None, roads, study_until=today())
            ),
        ):
            seen = count_queries()
            await deed()
            found.append(len(seen))
            await Submission.filter(id=main.id).update(status=SubmissionState.RECEIVED)
            await Submission.all().update(department_id=None)
        assert await Submission.filter(number__in=numbers, outcome="under_study").count() == count
        return found

    few = await statements(5)
    many = await statements(300)
    assert all(m <= f + 16 for f, m in zip(few, many, strict=True)), (few, many)


async def test_two_officials_answer_at_once_and_one_is_told(house: House) -> None:
    forum = await hold_forum()
    roads = (await departments())["roads"]
    main = await say(forum, status=SubmissionState.HANDED, department_id=roads)
    followers = [await say(forum) for _n in range(6)]
    browsers = [await house.official(name) for name in ("handler", "handler2")]
    version = await ledger.length(f"submission/{main.number}")
    forms = [
        {"version": str(version), "answer.outcome": "not_adopted", "answer.text": f"{name}의 까닭"} for name in "가나"
    ]
    answers = await asyncio.gather(
        *(
            browser.post(f"/desk/voices/{main.number}/answer", data=form)
            for browser, form in zip(browsers, forms, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    (told,) = (a for a in answers if a.status_code == 409)
    assert any(f"{name}의 까닭" in told.text for name in "가나"), "what was written is kept"
    # Joining, answering and finishing at once: nobody waits in a circle, and all hear the same.
    actor = await official("intake")
    promise = Promise("약속", "handler", today() + timedelta(days=9))
    await answering.answer(actor, main.number, GiveAnswer("adopted", "합니다", promise))
    number = (await Commitment.get()).number
    deeds = [joining.join(actor, voice.number, Join(main.number)) for voice in followers]
    deeds.insert(2, promising.finish(actor, number, Finish("했습니다")))
    deeds.insert(4, answering.answer(actor, main.number, GiveAnswer("partly_adopted", "일부 합니다")))
    results = await asyncio.gather(*deeds, return_exceptions=True)
    assert results == [None] * len(deeds)
    rows = await Submission.all()
    assert {(row.outcome, row.done_on) for row in rows} == {("partly_adopted", today())}
    assert [problem async for problem in ledger_check.verify()] == []


@pytest.mark.parametrize("engine", ["postgres"])
async def test_two_officials_join_two_voices_to_each_other(
    house: House,
) -> None:
    """Two join each other's voice to their own: one is joined, the other one is refused, whichever comes first."""
    forum = await hold_forum()
    actor = await official("intake")
    for _round in range(5):
        a, b = await say(forum), await say(forum)
        results = await asyncio.gather(
            joining.join(actor, a.number, Join(b.number)),
            joining.join(actor, b.number, Join(a.number)),
            return_exceptions=True,
        )
        refused = [result for result in results if result is not None]
        assert [type(r) for r in refused] in ([CannotJoin], [ChangedMeanwhile]), results
        joined = [row for row in (await Submission.get(id=a.id), await Submission.get(id=b.id)) if row.joined_to_id]
        assert len(joined) == 1


PAGES = (
    "/desk/voices", "/desk/voices?status=all&district=central", "/desk/voices?q=가로등", "/desk/voices/{voice}",
    "/desk/commitments", "/desk/commitments/{promise}", "/commitments", "/commitments/{promise}",
)  # fmt: skip


async def test_pages_ask_as_often_however_much_there_is(house: House, count_queries: Callable[[], list[str]]) -> None:
    forum = await hold_forum()
    roads = (await departments())["roads"]
    actor = await official("intake")

    async def grow(count: int) -> tuple[str, str]:
        for _n in range(count):
            voice = await heard(forum, LAMPS, district="central")
            done = await heard(forum, LAMPS, status=SubmissionState.HANDED, department_id=roads)
            promise = Promise("약속", "handler", today() + timedelta(days=9))
            await answering.answer(actor, done.number, GiveAnswer("adopted", "합니다", promise))
        return voice.number, (await Commitment.all().order_by("-id").first()).number  # type: ignore[union-attr]

    clerk = await house.official("intake")

    async def asked(voice: str, promise: str) -> dict[str, int]:
        found = {}
        for page in PAGES:
            browser = clerk if page.startswith("/desk") else house.visitor()
            path = page.format(voice=voice, promise=promise)
            await browser.get(path)  # the city is kept from here on
            seen = count_queries()
            answer = await browser.get(path)
            assert answer.status_code == 200, path
            found[page] = len(seen)
        return found

    few = await asked(*await grow(2))
    many = await asked(*await grow(30))
    # A search on PostgreSQL looks once more where it finds much.
    assert {page: n - few[page] for page, n in many.items() if n != few[page]} in ({}, {"/desk/voices?q=가로등": 1})
    assert max(many.values()) <= 12, many
    assert many["/commitments"] <= 2, many
    assert many["/commitments/{promise}"] <= 7, many


async def test_time_makes_promises_overdue_and_studies_end_once(house: House) -> None:
    forum = await hold_forum()
    roads = (await departments())["roads"]
    actor = await official("intake")
    study, promised = [await say(forum, status=SubmissionState.HANDED, department_id=roads) for _n in range(2)]
    until = today() + timedelta(days=5)
    await answering.answer(actor, study.number, GiveAnswer("under_study", "봅니다", study_until=until))
    await answering.answer(actor, promised.number, GiveAnswer("adopted", "합니다", Promise("약속", "handler", until)))
    number = (await Commitment.get()).number
    assert await watching.remind() == 0
    with clock.at(clock.now() + timedelta(days=5)):
        assert await watching.remind() == 0, "on the last day it is not overdue"
    with clock.at(clock.now() + timedelta(days=6)):
        assert await watching.remind() == 2
        assert await watching.remind() == 0
        handler = await house.official("handler")
        await house.work()
        (told,) = [mail for mail in mails_to(house, "manager@city.example") if "검토 기한" in mail["Subject"]]
        words = str(told.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        (path,) = set(re.findall(rf"/desk/\w+/{study.number}", words))
        assert (await (await house.official("manager")).get(path)).status_code == 200, "what the mail leads to is there"
        assert study.number in (await handler.get("/desk/voices?status=study_over&department=roads")).text
        late = await house.visitor().get("/commitments?tab=overdue")
        assert number in late.text
        assert "기한 지남" in late.text
        await answering.answer(actor, study.number, GiveAnswer("not_adopted", "효과가 작습니다"))
        assert study.number not in (await handler.get("/desk/voices?status=study_over&department=roads")).text
        read = await house.visitor().get(f"/submissions/{study.number}")
        assert "효과가 작습니다" in read.text
        assert "봅니다" in read.text, "what was said before stays"
        with pytest.raises(PromiseStands):
            await answering.answer(actor, promised.number, GiveAnswer("not_adopted", "안 합니다"))
    kinds = [entry.kind for entry in await ledger.read(f"commitment/{number}")]
    assert kinds == ["commitment.made", "commitment.overdue"]


async def test_what_waits_for_a_moderator_is_nobody_elses_to_read(house: House) -> None:
    roads = (await departments())["roads"]
    forum = await hold_forum()
    handed = {"department_id": roads, "status": SubmissionState.HANDED}
    main = await heard(forum, LAMPS, **handed)
    held = await heard(forum, TREES, visibility="pending", **handed)
    joined = {"department_id": roads, "status": SubmissionState.JOINED, "joined_to_id": main.id}
    waits = await heard(forum, "기다리는 글", visibility="pending", **joined)
    below = await heard(forum, LAMPS, **{**joined, "joined_to_id": held.id})
    handler, clerk = await house.official("handler"), await house.official("intake")
    path = f"/desk/voices/{held.number}"
    assert ((await handler.get(path)).status_code, (await clerk.get(path)).status_code) == (404, 200)
    assert (await handler.post(f"{path}/answer", data={"answer.outcome": "not_adopted"})).status_code == 404
    for browser, sees in ((handler, False), (clerk, True)):
        assert ("기다리는 글" in (await browser.get(f"/desk/voices/{main.number}")).text) is sees
        assert TREES not in (await browser.get("/desk/voices?status=all")).text
    program, answer = await house.program("handler"), {"outcome": "not_adopted", "text": "효과가 작습니다"}
    other = await heard(forum, LAMPS, **handed)
    for act, content in (("answer", answer), ("hand", {"department": "parks"}), ("join", {"to": main.number})):
        refused = await program.post(f"/api/v1/desk/submissions/{held.number}/{act}", json=content)
        assert (refused.status_code, refused.json()["code"]) == (404, "no_such_submission"), act
    for onto in (held, waits, below):
        refused = await program.post(f"/api/v1/desk/submissions/{other.number}/join", json={"to": onto.number})
        assert refused.status_code == 404, onto.number
    # Of many at once it is named among those that were left out; the others go through.
    ticked = {"voice": [held.number, other.number], "with": main.number, "department": "parks"}
    for act, became in (("join", SubmissionState.JOINED), ("hand", SubmissionState.HANDED)):
        refused = await handler.post("/desk/voices/bulk", data={"action": act, **ticked})
        assert (refused.status_code, held.number in refused.text, other.number in refused.text) == (200, True, False)
        assert (await Submission.get(id=other.id)).status is became
        await Submission.filter(id=other.id).update(status=SubmissionState.HANDED, joined_to_id=None)
    row = await Submission.get(id=held.id)
    assert (row.status, row.department_id, row.joined_to_id) == (SubmissionState.HANDED, roads, None)
    done = await clerk.post("/desk/voices/bulk", data={"action": "hand", **ticked})
    parks = (await departments())["parks"]
    assert (done.status_code, (await Submission.get(id=held.id)).department_id) == (303, parks)
