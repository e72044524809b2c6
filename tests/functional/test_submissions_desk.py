"""The desk of submissions: a clerk hands out a whole evening, similar ones share an answer, two officials answer at
once."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from forums.actions import answering, assigning, committing, merging, watching
from forums.errors import CannotMerge, CommitmentExists
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import Merge
from forums.forms.committing import Finish, MakeCommitment
from forums.models import Commitment, Forum, Submission
from forums.search import SUBMISSION
from forums.states import SubmissionState
from server.core import clock, ledger, ledger_check, search
from server.core.accounts import Department
from server.core.days import today
from server.core.errors import ChangedMeanwhile
from tests.support.answers import official
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.stories import to as mails_to
from tests.support.submissions import hold_forum, say
from tests.support.system import System

LAMPS, TREES = "시장 골목 가로등을 밝게 해 주세요", "공원에 나무와 벤치를 더 놓아 주세요"


async def heard(forum: Forum, title: str, **changes: object) -> Submission:
    submission = await say(forum, title=title, text=f"{title}.", **changes)
    await search.refresh(SUBMISSION, submission.id)
    return submission


async def departments() -> dict[str, int]:
    return {str(row.code): row.id for row in await Department.all()}


async def test_a_clerk_hands_out_a_whole_evening_and_joins_what_is_the_same(system: System) -> None:
    forum = await hold_forum()
    lamps = [await heard(forum, LAMPS) for _n in range(3)]
    trees = [await heard(forum, TREES) for _n in range(2)]
    nothing = await heard(forum, "여러 가지로 애써 주십시오")
    clerk = await system.official("intake")
    page = await clerk.get("/desk/submissions")
    assert page.text.count("data-row-link") == 6
    assert "공원녹지과" in page.text
    assert trees[0].number in (await clerk.get("/desk/submissions?q=벤치")).text
    assert lamps[0].number not in (await clerk.get("/desk/submissions?q=벤치")).text
    assert (await clerk.get(f"/desk/submissions?q={nothing.number.lower()}")).text.count("data-row-link") == 1
    # Everything in the list, each to the department that is proposed for it; one has none and stays.
    page = await clerk.get("/desk/submissions?status=received")
    answer = await send(clerk, form(page, "/bulk"), button="assign", all=["1"], department="proposed")
    assert answer.status_code == 200
    assert nothing.number in answer.text
    code = {row.number: row.department_id for row in await Submission.all()}
    known = await departments()
    assert {code[v.number] for v in lamps} == {known["roads"]}
    assert {code[v.number] for v in trees} == {known["parks"]}
    assert code[nothing.number] is None
    # Joined; a third one is joined to a joined one, which means to its main one; itself it cannot be joined to.
    shown = form(await clerk.get("/desk/submissions?status=assigned"), "/bulk")
    boxes = {box.attrs["value"].partition(":")[0]: box.attrs["value"] for box in shown.named("submission")}
    merging_them: dict[str, Any] = {"submission": [boxes[v.number] for v in lamps], "with": lamps[0].number}
    for _press in range(2):
        assert (await send(clerk, shown, button="merge", **merging_them)).status_code == 303
    late = await heard(forum, LAMPS)
    roads = await official("intake")
    await merging.merge(roads, late.number, Merge(lamps[1].number))
    assert (await Submission.get(id=late.id)).merged_into_id == lamps[0].id
    for number, to in ((lamps[0], lamps[0]), (lamps[0], lamps[1])):
        with pytest.raises(CannotMerge):
            await merging.merge(roads, number.number, Merge(to.number))
    other = await heard(await hold_forum(), LAMPS)
    with pytest.raises(CannotMerge):
        await merging.merge(roads, other.number, Merge(lamps[0].number))
    # Who brings joined ones along brings them to the new main one.
    newest = await heard(forum, LAMPS)
    await merging.merge(roads, lamps[0].number, Merge(newest.number))
    assert {row.merged_into_id for row in await Submission.filter(status=SubmissionState.MERGED)} == {newest.id}
    # One was joined by mistake.
    assert (await submit(clerk, f"/desk/submissions/{late.number}", "/unmerge")).status_code == 303
    assert (await Submission.get(id=late.id)).status is SubmissionState.RECEIVED
    # The main one is taken back: the others wait again.
    await Submission.filter(id=newest.id).update(status=SubmissionState.WITHDRAWN)
    assert await merging.release(newest.number) == 3
    assert await Submission.filter(status=SubmissionState.MERGED).count() == 0
    refused = await send(clerk, form(page, "/bulk"), button="assign", department="roads")
    assert refused.status_code == 422
    for many, status, told in ((1_000, 409, "V-999"), (1_001, 422, "1000"), (1_020, 400, "1020")):
        forged = {"action": "assign", "department": "roads", "submission": [f"V-{n}" for n in range(many)]}
        refused = await post_without_page(clerk, "/desk/submissions/bulk", data=forged)
        assert (refused.status_code, told in refused.text) == (status, True), many
    assert [problem async for problem in ledger_check.verify()] == []


async def test_three_hundred_joined_ones_hear_an_answer_in_a_few_statements(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    forum = await hold_forum()
    main = await say(forum)
    actor, roads = await official("intake"), (await departments())["roads"]

    async def merged(count: int) -> list[str]:
        numbers = [(await say(forum)).number for _n in range(count)]
        assert await merging.merge_many(actor, numbers, main.number) == {}
        return numbers

    async def statements(count: int) -> list[int]:
        numbers = await merged(count)
        found = []
        for handler in (
            lambda: assigning.assign_many(actor, {main.number: roads}),
            lambda: answering.answer(
                actor, main.number, GiveAnswer("under_study", "봅니다", None, roads, study_until=today())
            ),
        ):
            seen = count_queries()
            await handler()
            found.append(len(seen))
            await Submission.filter(id=main.id).update(status=SubmissionState.RECEIVED)
            await Submission.all().update(department_id=None)
        assert await Submission.filter(number__in=numbers, outcome="under_study").count() == count
        return found

    few = await statements(5)
    many = await statements(300)
    assert all(m <= f + 16 for f, m in zip(few, many, strict=True)), (few, many)


async def test_two_officials_answer_at_once_and_one_is_told(system: System) -> None:
    forum = await hold_forum()
    roads = (await departments())["roads"]
    main = await say(forum, status=SubmissionState.ASSIGNED, department_id=roads)
    followers = [await say(forum) for _n in range(6)]
    browsers = [await system.official(name) for name in ("handler", "handler2")]
    forms = [form(await browser.get(f"/desk/submissions/{main.number}"), "/answer") for browser in browsers]
    answers = await asyncio.gather(
        *(
            send(browser, shown, answer__outcome="not_adopted", answer__text=f"{name}의 까닭")
            for browser, shown, name in zip(browsers, forms, "가나", strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    (told,) = (a for a in answers if a.status_code == 409)
    assert any(f"{name}의 까닭" in told.text for name in "가나"), "what was written is kept"
    # Joining, answering and finishing at once: nobody waits in a circle, and all hear the same.
    actor = await official("intake")
    commitment = MakeCommitment("약속", "handler", today() + timedelta(days=9))
    await answering.answer(actor, main.number, GiveAnswer("adopted", "합니다", commitment))
    number = (await Commitment.get()).number
    handlers = [merging.merge(actor, submission.number, Merge(main.number)) for submission in followers]
    handlers.insert(2, committing.finish(actor, number, Finish("했습니다")))
    handlers.insert(4, answering.answer(actor, main.number, GiveAnswer("partly_adopted", "일부 합니다")))
    results = await asyncio.gather(*handlers, return_exceptions=True)
    assert results == [None] * len(handlers)
    rows = await Submission.all()
    assert {(row.outcome, row.done_on) for row in rows} == {("partly_adopted", today())}
    assert [problem async for problem in ledger_check.verify()] == []


@pytest.mark.parametrize("engine", ["postgres"])
async def test_two_officials_join_two_submissions_to_each_other(
    system: System,
) -> None:
    """Two join each other's submission to their own: one is joined, the other one is refused, whichever comes first."""
    forum = await hold_forum()
    actor = await official("intake")
    for _round in range(5):
        a, b = await say(forum), await say(forum)
        results = await asyncio.gather(
            merging.merge(actor, a.number, Merge(b.number)),
            merging.merge(actor, b.number, Merge(a.number)),
            return_exceptions=True,
        )
        refused = [result for result in results if result is not None]
        assert [type(r) for r in refused] in ([CannotMerge], [ChangedMeanwhile]), results
        merged = [row for row in (await Submission.get(id=a.id), await Submission.get(id=b.id)) if row.merged_into_id]
        assert len(merged) == 1


PAGES = (
    "/desk/submissions",
    "/desk/submissions?status=all&district=central",
    "/desk/submissions?q=가로등",
    "/desk/submissions/{submission}",
    "/desk/commitments",
    "/desk/commitments/{commitment}",
    "/commitments",
    "/commitments/{commitment}",
)


async def test_pages_ask_as_often_however_much_there_is(system: System, count_queries: Callable[[], list[str]]) -> None:
    forum = await hold_forum()
    roads = (await departments())["roads"]
    actor = await official("intake")

    async def grow(count: int) -> tuple[str, str]:
        for _n in range(count):
            submission = await heard(forum, LAMPS, district="central")
            done = await heard(forum, LAMPS, status=SubmissionState.ASSIGNED, department_id=roads)
            commitment = MakeCommitment("약속", "handler", today() + timedelta(days=9))
            await answering.answer(actor, done.number, GiveAnswer("adopted", "합니다", commitment))
        return submission.number, (await Commitment.all().order_by("-id").first()).number  # type: ignore[union-attr]

    clerk = await system.official("intake")

    async def asked(submission: str, commitment: str) -> dict[str, int]:
        found = {}
        for page in PAGES:
            browser = clerk if page.startswith("/desk") else system.visitor()
            path = page.format(submission=submission, commitment=commitment)
            await browser.get(path)  # the city is kept from here on
            seen = count_queries()
            answer = await browser.get(path)
            assert answer.status_code == 200, path
            found[page] = len(seen)
        return found

    few = await asked(*await grow(2))
    many = await asked(*await grow(30))
    # A search on PostgreSQL looks once more where it finds much.
    assert {page: n - few[page] for page, n in many.items() if n != few[page]} in (
        {},
        {"/desk/submissions?q=가로등": 1},
    )
    assert max(many.values()) <= 12, many
    assert many["/commitments"] <= 2, many
    assert many["/commitments/{commitment}"] <= 7, many


async def test_time_makes_commitments_overdue_and_studies_end_once(system: System) -> None:
    forum = await hold_forum()
    roads = (await departments())["roads"]
    actor = await official("intake")
    study, promised = [await say(forum, status=SubmissionState.ASSIGNED, department_id=roads) for _n in range(2)]
    until = today() + timedelta(days=5)
    await answering.answer(actor, study.number, GiveAnswer("under_study", "봅니다", study_until=until))
    await answering.answer(
        actor, promised.number, GiveAnswer("adopted", "합니다", MakeCommitment("약속", "handler", until))
    )
    number = (await Commitment.get()).number
    assert await watching.remind() == 0
    with clock.at(clock.now() + timedelta(days=5)):
        assert await watching.remind() == 0, "on the last day it is not overdue"
    with clock.at(clock.now() + timedelta(days=6)):
        assert await watching.remind() == 2
        assert await watching.remind() == 0
        handler = await system.official("handler")
        await system.work()
        (told,) = [mail for mail in mails_to(system, "manager@city.example") if "검토 기한" in mail["Subject"]]
        words = str(told.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        (path,) = set(re.findall(rf"/desk/\w+/{study.number}", words))
        assert (await (await system.official("manager")).get(path)).status_code == 200, (
            "what the mail leads to is there"
        )
        assert study.number in (await handler.get("/desk/submissions?status=study_over&department=roads")).text
        late = await system.visitor().get("/commitments?tab=overdue")
        assert number in late.text
        assert "기한 지남" in late.text
        await answering.answer(actor, study.number, GiveAnswer("not_adopted", "효과가 작습니다"))
        assert study.number not in (await handler.get("/desk/submissions?status=study_over&department=roads")).text
        read = await system.visitor().get(f"/submissions/{study.number}")
        assert "효과가 작습니다" in read.text
        assert "봅니다" in read.text, "what was said before stays"
        with pytest.raises(CommitmentExists):
            await answering.answer(actor, promised.number, GiveAnswer("not_adopted", "안 합니다"))
    kinds = [entry.kind for entry in await ledger.read(f"commitment/{number}")]
    assert kinds == ["commitment.made", "commitment.overdue"]


async def test_what_waits_for_a_moderator_is_nobody_elses_to_read(system: System) -> None:
    roads = (await departments())["roads"]
    forum = await hold_forum()
    assigned = {"department_id": roads, "status": SubmissionState.ASSIGNED}
    main = await heard(forum, LAMPS, **assigned)
    held = await heard(forum, TREES, visibility="pending", **assigned)
    merged = {"department_id": roads, "status": SubmissionState.MERGED, "merged_into_id": main.id}
    waits = await heard(forum, "기다리는 글", visibility="pending", **merged)
    below = await heard(forum, LAMPS, **{**merged, "merged_into_id": held.id})
    handler, clerk = await system.official("handler"), await system.official("intake")
    path = f"/desk/submissions/{held.number}"
    assert ((await handler.get(path)).status_code, (await clerk.get(path)).status_code) == (404, 200)
    assert (
        await post_without_page(handler, f"{path}/answer", data={"answer.outcome": "not_adopted"})
    ).status_code == 404
    for browser, sees in ((handler, False), (clerk, True)):
        assert ("기다리는 글" in (await browser.get(f"/desk/submissions/{main.number}")).text) is sees
        assert TREES not in (await browser.get("/desk/submissions?status=all")).text
    program, answer = await system.program("handler"), {"outcome": "not_adopted", "text": "효과가 작습니다"}
    other = await heard(forum, LAMPS, **assigned)
    for act, content in (("answer", answer), ("assign", {"department": "parks"}), ("merge", {"to": main.number})):
        refused = await program.post(f"/api/v1/desk/submissions/{held.number}/{act}", json=content)
        assert (refused.status_code, refused.json()["code"]) == (404, "no_such_submission"), act
    for onto in (held, waits, below):
        refused = await program.post(f"/api/v1/desk/submissions/{other.number}/merge", json={"to": onto.number})
        assert refused.status_code == 404, onto.number
    # Of many at once it is named among those that were left out; the others go through.
    ticked = {"submission": [held.number, other.number], "with": main.number, "department": "parks"}
    for act, became in (("merge", SubmissionState.MERGED), ("assign", SubmissionState.ASSIGNED)):
        refused = await post_without_page(handler, "/desk/submissions/bulk", data={"action": act, **ticked})
        told = re.sub('<form id="typed-form".*?</form>', "", refused.text, flags=re.DOTALL)
        assert (refused.status_code, held.number in told, other.number in told) == (200, True, False)
        assert (await Submission.get(id=other.id)).status is became
        await Submission.filter(id=other.id).update(status=SubmissionState.ASSIGNED, merged_into_id=None)
    row = await Submission.get(id=held.id)
    assert (row.status, row.department_id, row.merged_into_id) == (SubmissionState.ASSIGNED, roads, None)
    done = await post_without_page(clerk, "/desk/submissions/bulk", data={"action": "assign", **ticked})
    parks = (await departments())["parks"]
    assert (done.status_code, (await Submission.get(id=held.id)).department_id) == (303, parks)
