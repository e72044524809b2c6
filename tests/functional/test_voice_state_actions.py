"""Every pair of a voice's or a promise's state and an official's or author's action, by the real actions.

What the table allows leads where it says, everything else is refused and changes nothing.
"""

import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta

from forums.actions import answering, crossing, handing, joining, promising
from forums.forms.answering import GiveAnswer
from forums.forms.crossing import BecomePetition
from forums.forms.handing import Hand, Join, Words
from forums.forms.promising import EditPromise, Finish, Promise
from forums.models import Commitment, Step, Submission
from forums.permissions import Permission
from forums.rights import PROMISE, VOICE
from forums.states import COMMITMENT, SUBMISSION, CommitmentAction, CommitmentState, SubmissionAction, SubmissionState
from server.core import ledger, ledger_check
from server.core.accounts import Department
from server.core.days import today
from server.core.errors import Forbidden, NotPossibleNow
from server.crossing import WAYS
from tests.support.answers import official
from tests.support.house import House
from tests.support.places import somebody
from tests.support.voices import hold_forum, say

B, D = SubmissionAction, CommitmentAction
SPOKEN = {B.SUPPORT, B.COMMENT, B.WITHDRAW, B.CORRECT, B.UNDO}
"""What speakers and clerks do is tried where they speak."""


async def test_actions_on_a_voice_lead_where_the_table_says(house: House) -> None:
    forum = await hold_forum()
    person, _token = await somebody("골목 꽃집")
    actor = await official("intake")
    roads = (await Department.get(code="roads")).id
    main, other = [await say(forum, status=SubmissionState.HANDED, department_id=roads) for _n in range(2)]
    one = await say(forum, participant_id=person.id)

    def acts(number: str) -> dict[SubmissionAction, Callable[[], Awaitable[object]]]:
        promise = Promise("약속", "handler", today() + timedelta(days=3))
        return {
            B.HAND: lambda: handing.hand(actor, number, Hand(roads)),
            B.ANSWER: lambda: answering.answer(actor, number, GiveAnswer("not_adopted", "까닭", department_id=roads)),
            B.JOIN: lambda: joining.join(actor, number, Join(main.number)),
            B.SEPARATE: lambda: joining.separate(actor, number),
            B.COMMIT: lambda: answering.commit(actor, number, promise),
            B.PROPOSE: lambda: crossing.propose(actor, number, Words("민원이 낫습니다.")),
            B.PETITION: lambda: crossing.petition(person, number, BecomePetition("김꽃집"), WAYS),
        }

    assert set(acts("")) | SPOKEN == set(SubmissionAction)
    for state, action in itertools.product(SubmissionState, acts("")):
        joined = other.id if state is SubmissionState.JOINED else None
        outcome = "adopted" if state is SubmissionState.ANSWERED and action is B.COMMIT else ""
        await Commitment.all().delete()
        await Submission.filter(id=one.id).update(
            status=state, joined_to_id=joined, outcome=outcome, department_id=roads, petition=""
        )
        expected, length = SUBMISSION[state].get(action), await ledger.length(f"submission/{one.number}")
        try:
            await acts(one.number)[action]()
        except NotPossibleNow:
            told = None
        else:
            told = (await Submission.get(id=one.id)).status
        assert told == expected, f"{action} while {state}"
        assert (await Submission.get(id=one.id)).status == (expected or state)
        if expected is None:
            assert await ledger.length(f"submission/{one.number}") == length
    assert [problem async for problem in ledger_check.verify()] == []


async def test_actions_on_a_promise_lead_where_the_table_says(house: House) -> None:
    forum = await hold_forum()
    person, _token = await somebody("골목 꽃집")
    actor = await official("handler")
    voice = await say(
        forum, participant_id=person.id, status=SubmissionState.ANSWERED, outcome="adopted",
        department_id=actor.department_id,
    )  # fmt: skip
    promise = Promise("약속", "handler", today() + timedelta(days=3))
    number = await answering.commit(actor, voice.number, promise)
    row = await Commitment.get(number=number)

    async def step() -> None:
        new = await Step.create(commitment_id=row.id, position=1, text="자리 정하기")
        await promising.do_step(actor, number, new.id)

    acts: dict[CommitmentAction, Callable[[], Awaitable[object]]] = {
        D.EDIT: lambda: promising.edit(actor, number, EditPromise(promise)),
        D.STEP: step,
        D.FINISH: lambda: promising.finish(actor, number, Finish("달았습니다.")),
        D.CONTEST: lambda: promising.contest(person, number, Words("켜지지 않아요.")),
        D.DROP: lambda: promising.drop(actor, number, Words("터가 없습니다.")),
    }
    assert set(acts) == set(CommitmentAction)
    for state, action in itertools.product(CommitmentState, acts):
        ended = state in {CommitmentState.DONE, CommitmentState.DROPPED}
        await Commitment.filter(id=row.id).update(status=state, open=not ended)
        expected, length = COMMITMENT[state].get(action), await ledger.length(f"commitment/{number}")
        try:
            await acts[action]()
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


async def test_each_action_needs_its_right_and_its_department(house: House) -> None:  # noqa: C901 — who may what
    forum = await hold_forum()
    parks = await Department.get(code="parks")
    one = await say(forum, status=SubmissionState.HANDED, department_id=parks.id)
    done = await say(forum, status=SubmissionState.ANSWERED, outcome="adopted", department_id=parks.id)
    gardener = await official("gardener")
    promise = Promise("약속", "gardener", today())
    number = await answering.commit(gardener, done.number, promise)
    step = await Step.create(commitment_id=(await Commitment.get()).id, position=1, text="심기")
    for username in ("intake", "handler", "gardener", "manager", "inspector", "guide", "clerk", "admin"):
        who = await official(username)
        browser = await house.official(username)
        for action, right in VOICE.items():
            if action in {B.CORRECT, B.UNDO}:
                continue
            path = f"/desk/voices/{one.number if action is not B.COMMIT else done.number}/{action.value}"
            answer = await browser.post(path, data={})
            own = who.may(Permission.HAND_VOICES) or who.department_id == parks.id
            if not who.may(right):
                assert answer.status_code == 403, (username, action)
            elif action is B.SEPARATE:  # the table refuses it first
                assert answer.status_code == 409, (username, action)
            elif own:
                assert answer.status_code in {409, 422}, (username, action)
        for act, right in PROMISE.items():
            answer = await browser.post(f"/desk/commitments/{number}/{act.value}", data={"step": str(step.id)})
            allowed = who.may(right) and (who.may(Permission.HAND_VOICES) or who.department_id == parks.id)
            if not who.may(right):
                assert answer.status_code == 403, (username, act)
            elif act is D.STEP:
                assert answer.status_code == (303 if allowed and username == "intake" else 409 if allowed else 403)
    stranger = await official("handler")
    forbidden: list[Callable[[], Awaitable[object]]] = [
        lambda: handing.hand(stranger, one.number, Hand(parks.id)),
        lambda: joining.join(stranger, one.number, Join(done.number)),
        lambda: crossing.propose(stranger, one.number, Words("까닭")),
        lambda: answering.answer(stranger, one.number, GiveAnswer("not_adopted", "까닭")),
        lambda: promising.drop(stranger, number, Words("까닭")),
        lambda: promising.finish(stranger, number, Finish("근거")),
        lambda: promising.contest(stranger, number, Words("까닭")),  # type: ignore[arg-type]
    ]
    for deed in forbidden:
        try:
            await deed()
        except Forbidden:
            continue
        raise AssertionError("an official of another department may do this")
    assert (await house.visitor().get("/desk/voices")).status_code == 303
