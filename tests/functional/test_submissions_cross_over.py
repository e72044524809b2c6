"""Ideas that cross over: a submission goes on as a petition, a petition becomes a topic, programs answer through
JSON."""

from datetime import timedelta
from typing import Any

import pytest

from forums.actions import planning
from forums.models import Commitment, Forum, Submission
from forums.states import SubmissionState
from petitions.models import Case, Petitioner
from server.core import ledger
from server.core.accounts import Department
from server.core.days import today
from tests.support.answers import answer, official
from tests.support.contract import Described
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.places import guest
from tests.support.submissions import hold_forum, say
from tests.support.system import System


async def test_an_author_makes_her_submission_a_petition_and_both_keep_their_numbers(system: System) -> None:
    forum = await hold_forum()
    her, browser = await guest(system, "골목 꽃집")
    submission = await say(forum, participant_id=her.id, title="골목 조명", text="골목이 어두워요.", district="central")
    merged = await say(forum, status=SubmissionState.MERGED, merged_into_id=submission.id)
    path = f"/submissions/{submission.number}/petition"
    clerk, handler = await system.official("intake"), await system.official("handler")
    propose = {"propose.text": "법정 기간 안에 답을 받으실 수 있습니다."}
    desk = f"/desk/submissions/{submission.number}"
    assert (await post_without_page(clerk, f"{desk}/propose", data=propose)).status_code == 409, (
        "no department has it yet"
    )
    parks = {"assign.department": "parks"}
    assert (await submit(clerk, desk, "/assign", **parks)).status_code == 303
    assert (await post_without_page(handler, f"{desk}/propose", data=propose)).status_code == 403, (
        "another department has it"
    )
    assert (await submit(clerk, desk, "/propose", **propose)).status_code == 303
    assert (await submit(clerk, desk, "/assign", assign__department="roads")).status_code == 303
    assert path not in (await browser.get(f"/submissions/{submission.number}")).text, "the next department decides anew"
    assert (await browser.get(path)).status_code == 409
    assert (await post_without_page(browser, path, data={"name": "김꽃집", "consent": "on"})).status_code == 409
    assert (await submit(handler, desk, "/propose", **propose)).status_code == 303
    page = await browser.get(f"/submissions/{submission.number}")
    assert "법정 기간 안에" in page.text
    assert "법정 기간 안에" not in (await system.visitor().get(f"/submissions/{submission.number}")).text
    _other, stranger = await guest(system, "옆집")
    assert (await stranger.get(path)).status_code == 403
    refused = await submit(browser, path, name="김꽃집")
    assert refused.status_code == 422
    assert "김꽃집" in refused.text
    assert await Case.all().count() == 0
    consented = form(refused)
    filed = await send(browser, consented, consent="on")
    assert filed.status_code == 303, filed.text
    assert (await send(browser, consented, consent="on")).headers["location"] == filed.headers["location"]
    case = await Case.get()
    assert (case.kind, case.title, case.district) == ("suggestion", "골목 조명", "central")
    assert (await Petitioner.get(case_id=case.id)).email == her.email
    row = await Submission.get(id=submission.id)
    assert (row.petition, row.status, row.outcome) == (case.reference, SubmissionState.ANSWERED, "out_of_scope")
    assert (await Submission.get(id=merged.id)).outcome == "out_of_scope"
    assert submission.number in (await browser.get(filed.headers["location"])).text
    roads = await Department.get(code="roads")
    assert (row.department_id, row.outcome_text) == (roads.id, propose["propose.text"])
    entries = (await ledger.read(f"submission/{submission.number}"))[-3:]
    assert [(entry.kind, entry.actor) for entry in entries] == [
        ("submission.petition_proposed", (await official("handler")).actor),
        ("submission.became_petition", her.actor),
        ("submission.answered", (await official("handler")).actor),
    ]
    # Everybody reads the number; who may not read the petition is led to no closed door.
    link = f'href="/cases/{case.reference}"'
    read = (await system.visitor().get(f"/submissions/{submission.number}")).text
    assert (case.reference in read, link in read) == (True, False)
    assert link in (await browser.get(f"/submissions/{submission.number}")).text
    await Case.filter(id=case.id).update(public=True)
    await answer(case.reference)
    assert link in (await system.visitor().get(f"/submissions/{submission.number}")).text


async def test_a_petition_becomes_a_topic_and_nothing_private_goes_along(system: System) -> None:
    private = (await system.file(body="우리 집 김영희 앞 가로등이 꺼졌어요."))["reference"]
    public = (await system.file(public=True))["reference"]
    clerk = await system.official("intake")
    topic = {"kind": "discussion", "title": "골목을 밝히려면", "text": "밤길을 어떻게 밝힐까요?"}
    early = await post_without_page(clerk, f"/desk/topics/{public}", data=topic)
    assert early.status_code == 409, "not answered yet"
    for number in (private, public):
        await answer(number)
    assert (await (await system.official("handler")).get(f"/desk/topics/{public}")).status_code == 403
    page = await clerk.get(f"/desk/topics/{private}")
    assert "김영희" not in page.text
    assert (await send(clerk, form(page, private), **{**topic, "text": ""})).status_code == 422
    roads = (await Department.get(code="roads")).id
    for number, shown in ((private, False), (public, True)):
        made = await submit(clerk, f"/desk/topics/{number}", number, **{**topic, "title": f"골목 {shown}"})
        assert made.status_code == 303, made.text
        slug = made.headers["location"].rpartition("/")[2]
        assert (await Forum.get(slug=slug)).from_petition == number
        ends = (await hold_forum()).starts_at + timedelta(days=30)  # type: ignore[operator]
        await Forum.filter(slug=slug).update(department_id=roads, ends_at=ends)
        assert slug not in (await clerk.get(f"/cases/{number}")).text, "a draft is nobody's to see"
        await planning.publish(await official("intake"), slug)
        assert slug in (await clerk.get(f"/cases/{number}")).text
        assert (number in (await system.visitor().get(f"/forums/{slug}")).text) is shown
        assert (number in (await system.visitor().get(f"/api/v1/forums/{slug}")).text) is shown
        wish = {"kind": "submission", "forum": slug, "title": "한 시민의 제안", "text": "조명을 바꿉시다."}
        submission = await submit(clerk, f"/desk/topics/{number}", number, **wish)
        assert submission.status_code == 303, submission.text
        read = await system.visitor().get(submission.headers["location"])
        assert (number in read.text) is shown
        assert "민원에서 옮김 · <time" in read.text.replace("\n", "")
        for path in (submission.headers["location"], f"/forums/{slug}/submissions"):
            assert (number in (await system.visitor().get(f"/api/v1{path}")).text) is shown
        assert (await Forum.get(slug=slug)).submissions == 1


ANSWERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"outcome", "text"}),
    ({"outcome": "not_adopted"}, {"text"}),
    ({"outcome": "under_study", "text": "봅니다"}, {"study_until"}),
    ({"outcome": "under_study", "text": "봅니다", "study_until": "2020-01-01"}, {"study_until"}),
    ({"outcome": "out_of_scope", "text": "시의 일이 아닙니다"}, {"moved_to"}),
    ({"outcome": "already_done"}, {"text"}),
    ({"outcome": "already_done", "link": "javascript:alert(1)"}, {"link", "text"}),
    ({"outcome": "adopted", "text": "합니다"}, {"commitment"}),
    ({"outcome": "adopted", "text": "합니다", "commitment": {}},
     {"commitment.title", "commitment.owner", "commitment.due_on"}),
    ({"outcome": "adopted", "text": "합니다", "commitment": {"title": "약속", "owner": "gardener", "due_on": "DUE"}},
     {"commitment.owner"}),
    ({"outcome": "adopted", "text": "합니다",
      "commitment": {"title": "약속", "owner": "handler", "due_on": "2020-01-01"}},
     {"commitment.due_on"}),
]  # fmt: skip
RIGHT: list[dict[str, Any]] = [
    {"outcome": "not_adopted", "text": "효과가 작습니다"},
    {"outcome": "under_study", "text": "봅니다", "study_until": "DUE"},
    {"outcome": "out_of_scope", "text": "도의 일입니다", "moved_to": "도청 교통과"},
    {"outcome": "already_done", "link": "https://city.example/lamps"},
    {"outcome": "partly_adopted", "text": "절반만 합니다",
     "commitment": {"title": "여섯 곳", "owner": "handler", "due_on": "DUE", "steps": [{"text": "설계"}]}},
]  # fmt: skip


def dated(content: dict[str, Any]) -> dict[str, Any]:
    due = (today() + timedelta(days=9)).isoformat()
    return {k: dated(v) if isinstance(v, dict) else due if v == "DUE" else v for k, v in content.items()}


async def test_a_program_hands_joins_and_answers_and_each_outcome_says_what_it_needs(
    system: System, described: Described
) -> None:
    forum = await hold_forum()
    one, two = await say(forum), await say(forum)
    clerk, handler = await system.program("intake"), await system.program("handler")
    base = "/api/v1/desk/submissions"
    assigned = await clerk.post(f"{base}/{one.number.lower()}/assign", json={"department": "roads"})
    assert assigned.json()["department"]["code"] == "roads"
    merged = await clerk.post(f"{base}/{two.number}/merge", json={"to": one.number})
    assert merged.json()["merged_into"] == one.number
    assert (await clerk.post(f"{base}/V-222-222-222/merge", json={"to": one.number})).status_code == 404
    assert (await clerk.post(f"{base}/{one.number}/merge", json={"to": two.number})).json()["code"] == "cannot_merge"
    assert (await system.client.post(f"{base}/{one.number}/answer", json={})).status_code == 401
    typed = {"outcome": "not_adopted", "text": "효과가 작습니다", "version": "1"}
    refused = await handler.post(f"{base}/{one.number}/answer", json=typed)
    assert [error["field"] for error in refused.json()["errors"]] == ["version"], "JSON is never converted"
    for content, wrong in ANSWERS:
        refused = await handler.post(f"{base}/{one.number}/answer", json=dated(content))
        assert refused.status_code == 422, content
        assert {error["field"] for error in refused.json()["errors"]} == wrong, content
    for content in RIGHT:
        told = await handler.post(
            f"{base}/{one.number}/answer", json=dated(content), headers={"idempotency-key": content["outcome"]}
        )
        assert told.status_code == 200, told.text
        again = await handler.post(
            f"{base}/{one.number}/answer", json=dated(content), headers={"idempotency-key": content["outcome"]}
        )
        assert again.json()["version"] == told.json()["version"]
        other = await Submission.get(id=two.id)
        assert (other.outcome, other.moved_to) == (content["outcome"], content.get("moved_to", ""))
        assert other.outcome_text == content.get("text", "")
    assert told.json()["commitments"] == [(await Commitment.get()).number]
    stale = await handler.post(f"{base}/{one.number}/answer", json={**RIGHT[0], "version": 1})
    assert stale.status_code == 409
    assert len(described.seen) >= 8


@pytest.mark.parametrize("path", ["/desk/submissions?after=x", "/commitments?after=nonsense", "/commitments?tab=all"])
async def test_an_address_of_no_page_of_ours_is_refused(system: System, path: str) -> None:
    browser = await system.official("intake")
    assert (await browser.get(path)).status_code in {400, 422}
