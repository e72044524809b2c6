"""Every pair of a submission's or a commitment's state and an official's or author's action, by the real actions.

What the table allows leads where it says, everything else is refused and changes nothing. What officials do is made
from its records (forums.acts).
"""

import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from forums.actions import answering, assigning, committing, crossing, merging
from forums.acts import COMMITMENTS, SUBMISSIONS
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import Assign, Merge, TextOnly
from forums.forms.committing import Finish, MakeCommitment
from forums.forms.crossing import BecomePetition
from forums.models import Commitment, Step, Submission
from forums.permissions import Permission
from forums.rights import COMMITMENT_RIGHTS, SUBMISSION_RIGHTS
from forums.states import COMMITMENT, SUBMISSION, CommitmentAction, CommitmentState, SubmissionAction, SubmissionState
from server.core import ledger, ledger_check
from server.core.accounts import Department, Official
from server.core.acts import Act, Offer
from server.core.days import today
from server.core.errors import Forbidden, NotPossibleNow
from server.crossing import WAYS
from tests.support.answers import official
from tests.support.page_forms import post_without_page
from tests.support.places import somebody
from tests.support.submissions import hold_forum, say
from tests.support.system import System

B, D = SubmissionAction, CommitmentAction
SPOKEN = {B.SUPPORT, B.COMMENT, B.WITHDRAW, B.CORRECT, B.UNDO}
"""What speakers and clerks do is tried where they speak."""


async def run(record: tuple[Act[Any, Any], Offer], actor: Official, number: str, raw: dict[str, object]) -> None:
    """What the page or JSON do with an action's record."""
    act, offer = record
    await act.do(actor, number, await act.read(offer, raw, number))


async def test_actions_on_a_submission_lead_where_the_table_says(system: System) -> None:
    forum = await hold_forum()
    person, _token = await somebody("골목 꽃집")
    actor = await official("intake")
    roads = (await Department.get(code="roads")).id
    main, other = [await say(forum, status=SubmissionState.ASSIGNED, department_id=roads) for _n in range(2)]
    one = await say(forum, participant_id=person.id)

    content: dict[SubmissionAction, dict[str, object]] = {
        B.ASSIGN: {"department": "roads"},
        B.ANSWER: {"outcome": "not_adopted", "text": "까닭", "department": "roads"},
        B.MERGE: {"to": main.number},
        B.UNMERGE: {},
        B.COMMIT: {"title": "약속", "owner": "handler", "due_on": str(today() + timedelta(days=3))},
        B.PROPOSE: {"text": "민원이 낫습니다."},
    }
    assert set(content) == set(SUBMISSIONS)
    assert {*content, B.PETITION} | SPOKEN == set(SubmissionAction)
    for state, action in itertools.product(SubmissionState, [*content, B.PETITION]):
        merged = other.id if state is SubmissionState.MERGED else None
        outcome = "adopted" if state is SubmissionState.ANSWERED and action is B.COMMIT else ""
        await Commitment.all().delete()
        await Submission.filter(id=one.id).update(
            status=state, merged_into_id=merged, outcome=outcome, department_id=roads, petition=""
        )
        expected, length = SUBMISSION[state].get(action), await ledger.length(f"submission/{one.number}")
        try:
            if action is B.PETITION:
                await crossing.petition(person, one.number, BecomePetition("김꽃집"), WAYS)
            else:
                await run(SUBMISSIONS[action], actor, one.number, content[action])
        except NotPossibleNow:
            told = None
        else:
            told = (await Submission.get(id=one.id)).status
        assert told == expected, f"{action} while {state}"
        assert (await Submission.get(id=one.id)).status == (expected or state)
        if expected is None:
            assert await ledger.length(f"submission/{one.number}") == length
    assert [problem async for problem in ledger_check.verify()] == []


async def test_actions_on_a_commitment_lead_where_the_table_says(system: System) -> None:
    forum = await hold_forum()
    person, _token = await somebody("골목 꽃집")
    actor = await official("handler")
    submission = await say(
        forum, participant_id=person.id, status=SubmissionState.ANSWERED, outcome="adopted",
        department_id=actor.department_id,
    )  # fmt: skip
    commitment = MakeCommitment("약속", "handler", today() + timedelta(days=3))
    number = await answering.commit(actor, submission.number, commitment)
    row = await Commitment.get(number=number)

    content: dict[CommitmentAction, dict[str, object]] = {
        D.EDIT: {"title": "약속", "owner": "handler", "due_on": str(commitment.due_on)},
        D.STEP: {},
        D.FINISH: {"evidence": "달았습니다."},
        D.DROP: {"text": "터가 없습니다."},
    }
    assert set(content) == set(COMMITMENTS)
    assert {*content, D.CONTEST} == set(CommitmentAction)
    for state, action in itertools.product(CommitmentState, [*content, D.CONTEST]):
        ended = state in {CommitmentState.DONE, CommitmentState.DROPPED}
        await Commitment.filter(id=row.id).update(status=state, open=not ended)
        expected, length = COMMITMENT[state].get(action), await ledger.length(f"commitment/{number}")
        try:
            if action is D.CONTEST:
                await committing.contest(person, number, TextOnly("켜지지 않아요."))
            else:
                step = await Step.create(commitment_id=row.id, position=1, text="자리 정하기")
                content[D.STEP] = {"step": str(step.id)}
                await run(COMMITMENTS[action], actor, number, content[action])
        except NotPossibleNow:
            told = None
        else:
            told = (await Commitment.get(id=row.id)).status
        assert told == expected, f"{action} while {state}"
        after = await Commitment.get(id=row.id)
        assert after.status == (expected or state)
        assert after.open is (after.status not in {"done", "dropped"})
        if expected is None:
            assert await ledger.length(f"commitment/{number}") == length
    assert [problem async for problem in ledger_check.verify()] == []


async def test_each_action_needs_its_right_and_its_department(system: System) -> None:  # noqa: C901 — who may what
    forum = await hold_forum()
    parks = await Department.get(code="parks")
    one = await say(forum, status=SubmissionState.ASSIGNED, department_id=parks.id)
    done = await say(forum, status=SubmissionState.ANSWERED, outcome="adopted", department_id=parks.id)
    gardener = await official("gardener")
    commitment = MakeCommitment("약속", "gardener", today())
    number = await answering.commit(gardener, done.number, commitment)
    step = await Step.create(commitment_id=(await Commitment.get()).id, position=1, text="심기")
    for username in ("intake", "handler", "gardener", "manager", "inspector", "guide", "clerk", "admin"):
        who = await official(username)
        browser = await system.official(username)
        for action, right in SUBMISSION_RIGHTS.items():
            if action in {B.CORRECT, B.UNDO}:
                continue
            path = f"/desk/submissions/{one.number if action is not B.COMMIT else done.number}/{action.value}"
            answer = await post_without_page(browser, path, data={})
            own = who.may(Permission.HAND_SUBMISSIONS) or who.department_id == parks.id
            if not who.may(right):
                assert answer.status_code == 403, (username, action)
            elif action is B.UNMERGE:  # the table refuses it first
                assert answer.status_code == 409, (username, action)
            elif own:
                assert answer.status_code in {409, 422}, (username, action)
        for act, right in COMMITMENT_RIGHTS.items():
            answer = await post_without_page(
                browser, f"/desk/commitments/{number}/{act.value}", data={"step": str(step.id)}
            )
            allowed = who.may(right) and (who.may(Permission.HAND_SUBMISSIONS) or who.department_id == parks.id)
            if not who.may(right):
                assert answer.status_code == 403, (username, act)
            elif act is D.STEP:
                assert answer.status_code == (303 if allowed and username == "intake" else 409 if allowed else 403)
    stranger = await official("handler")
    forbidden: list[Callable[[], Awaitable[object]]] = [
        lambda: assigning.assign(stranger, one.number, Assign(parks.id)),
        lambda: merging.merge(stranger, one.number, Merge(done.number)),
        lambda: crossing.propose(stranger, one.number, TextOnly("까닭")),
        lambda: answering.answer(stranger, one.number, GiveAnswer("not_adopted", "까닭")),
        lambda: committing.drop(stranger, number, TextOnly("까닭")),
        lambda: committing.finish(stranger, number, Finish("근거")),
        lambda: committing.contest(stranger, number, TextOnly("까닭")),  # type: ignore[arg-type]
    ]
    for handler in forbidden:
        try:
            await handler()
        except Forbidden:
            continue
        raise AssertionError("an official of another department may do this")
    assert (await system.visitor().get("/desk/submissions")).status_code == 303
