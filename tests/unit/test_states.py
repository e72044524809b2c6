"""Every pair of state and action: what the table allows leads where it says, everything else is refused, whoever asks.

The pairs are made from the table itself; a case is put into each state by hand, and the actions are the real ones. The
actions are asked on both databases; pages and JSON, which only pass on what those say, on one each.
"""

import itertools
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

import httpx
import pytest

from petitions.actions.change import PETITIONER
from petitions.acts import ACTS, CITIZEN, DESK
from petitions.acts.page import CaseAct
from petitions.errors import NotPossibleNow
from petitions.models import Answer, Case, Consultation
from petitions.rights import FOR_CONSULTED
from petitions.states import OPEN, TRANSITIONS, Action, State, follow
from server.core import clock
from server.core.accounts import Account, Department, Official
from server.core.acts import Offer, page_name
from server.core.days import today
from tests.support.stories import somebody
from tests.support.system import System

PAIRS = list(itertools.product(State, Action))
CONTENT: dict[Action, dict[str, object]] = {
    Action.ASSIGN: {"handler": "handler"},
    Action.TRANSFER: {"department": "parks", "reason": "공원 일입니다."},
    Action.TRANSFER_OUT: {"agency": "도로공사", "reason": "고속도로입니다."},
    Action.GUIDE: {"guide": "guide_ja"},
    Action.ANSWER: {"text": "알려 드립니다.", "decision": "explained"},
    Action.PROLONG: {"days": 3},
    Action.EXTEND: {"amount": 1, "reason": "조사가 더 필요합니다."},
    Action.INVESTIGATE: {"days": 3, "reason": "현장을 봅니다."},
    Action.CLOSE_REPEATED: {"reason": "같은 내용입니다.", "remedies": "국민권익위원회"},
    Action.RATE: {"score": 3},
    Action.EXTEND_OBJECTION: {"amount": 10, "reason": "현장을 다시 봅니다."},
    Action.CONSULTATION: {"department": "parks", "text": "뿌리를 봐 주세요.", "days": 1},
    Action.CONSULTATION_EXTEND: {"days": 1, "reason": "나무를 더 봅니다."},
    Action.CONSULTATION_WITHDRAW: {"department": "parks"},
    Action.DECIDE_OBJECTION: {"ruling": "dismissed", "reasons": "기준에 맞지 않습니다.", "remedies": "행정심판 90일"},
}
"""What an action needs besides a text."""
OF_OBJECTION = {Action.EXTEND_OBJECTION, Action.DECIDE_OBJECTION, Action.WITHDRAW_OBJECTION, Action.TRANSFER}
"""Actions that answered cases take while an objection is open."""
WHOSE = {**dict.fromkeys(FOR_CONSULTED, "gardener"), Action.TRANSFER: "intake"}
"""Whose turn it is: the asked department's own act, the intake office's, or else the manager's of the case."""


class Bench:
    """A case that is put into any state; a fresh one now and then, because histories grow long."""

    def __init__(self, system: System, official: Official, guide_id: int) -> None:
        self.system = system
        self.official = official
        self.guide_id = guide_id
        self.number = self.key = ""
        self.earlier: list[str] = []

    def content(self, action: Action) -> dict[str, object]:
        found = CONTENT.get(action, {"text": "알려 드립니다."})
        if action is Action.INVESTIGATE:
            return {"first": today().isoformat(), **found}
        return {"earlier": self.earlier, **found} if action is Action.CLOSE_REPEATED else found

    async def answer_before(self) -> None:
        """Two petitions of the same person that were answered before the one that is put into states."""
        for _time in range(2):
            await self.renew()
            row = await Case.get(reference=self.number)
            await Case.filter(id=row.id).update(department_id=self.official.department_id)
            await Answer.create(
                case_id=row.id,
                decision="explained",
                text="알려 드립니다.",
                author_id=self.official.id,
                created_at=clock.now(),
            )
            self.earlier.append(self.number)

    async def renew(self) -> None:
        receipt = await self.system.file(kind="grievance")
        self.number, self.key = receipt["reference"], receipt["access_key"]

    async def put(self, state: State, action: Action) -> None:
        """Into a state, with what the law asks for in it: requests to supplement that came back and have run out."""
        waiting = state is State.SUPPLEMENT_REQUESTED
        yesterday = today() - timedelta(days=1)
        await Case.filter(reference=self.number).update(
            status=state,
            kind="grievance",
            investigation=None,
            open=state in OPEN,
            department_id=None if action is Action.TRANSFER and state not in OPEN else self.official.department_id,
            handler_id=None,
            guide_id=self.guide_id,
            extensions=[],
            pauses=[[yesterday.isoformat(), None]] if waiting else [],
            supplement_times=3 if waiting else 0,
            supplement_until=(today() if action is Action.PROLONG else yesterday) if waiting else None,
            supplement_days=7,
            supplement_prolonged=0,
            supplement_undelivered=[1, 2] if waiting else [],
        )
        await self.object(action)
        await self.ask_parks(action)

    async def ask_parks(self, action: Action) -> None:
        """The part that another department owes, where that is acted on: it is due tomorrow, the case later."""
        case, now = await Case.get(reference=self.number), clock.now()
        await Consultation.filter(case_id=case.id).delete()
        if action in {*FOR_CONSULTED, Action.CONSULTATION_WITHDRAW}:
            parks, due = await Department.get(code="parks"), now + timedelta(days=1)
            await Consultation.create(case_id=case.id, department_id=parks.id, asked_text=1, asked_at=now, due_at=due)

    async def object(self, action: Action) -> None:
        """A refused application; the open objection to it, where that is acted on."""
        opened = clock.now() if action in OF_OBJECTION else None
        due = opened + timedelta(days=10) if opened else None
        case = await Case.get(reference=self.number)
        await Case.filter(id=case.id).update(
            kind="statutory" if action is Action.OBJECT else case.kind,
            objected_at=opened,
            objection_due_at=due,
            objection_extension=0,
        )
        if action is Action.OBJECT:
            await Answer.create(
                case_id=case.id, decision="refused", text="불허", author_id=self.official.id, created_at=clock.now()
            )

    async def actor(self, action: Action) -> Official:
        """Whose turn it is."""
        return await somebody(WHOSE[action]) if action in WHOSE else self.official

    async def state(self) -> State:
        return (await Case.get(reference=self.number)).status


async def bench(system: System) -> Bench:
    # A manager holds the right to every action, on the cases of their department.
    manager = await Account.get(username="manager")
    roads = await Department.get(code="roads")
    official = Official(manager.id, "manager", manager.name, manager.role, roads.id, roads.name, "ko")
    found = Bench(system, official, (await Account.get(username="guide")).id)
    await found.answer_before()
    return found


async def every_pair(
    case: Bench, ask: Callable[[Action], Awaitable[str]], acts: Collection[str] = frozenset(Action)
) -> None:
    """Ask for every pair with one of the acts; ``ask`` answers ``done``, ``refused`` or what else it was told."""
    for state, action in PAIRS:
        if action not in acts:
            continue
        if action is Action.ACCEPT:
            await case.renew()
        await case.put(state, action)
        expected = follow(state, action)
        told = await ask(action)
        after = await case.state()
        if expected is None:
            assert (told, after) == ("refused", state), f"{action} while {state}: {told}"
        else:
            assert (told, after) == ("done", expected), f"{action} while {state}: {told}"


async def test_actions_lead_where_the_table_says(system: System) -> None:
    case = await bench(system)

    async def ask(action: Action) -> str:
        try:
            act = ACTS[action]
            actor = await case.actor(action) if act.desk else PETITIONER
            await act.do(actor, case.number, act.form.parse(case.content(action)))
        except NotPossibleNow as refusal:
            return "refused" if refusal.details["action"] == action else str(refusal.details)
        return "done"

    await every_pair(case, ask)


@pytest.mark.untraced
@pytest.mark.parametrize("engine", ["postgres"])
async def test_the_json_interface_says_the_same(system: System) -> None:
    case = await bench(system)
    people = {name: await system.program(name) for name in ("manager", *WHOSE.values())}

    async def ask(action: Action) -> str:
        actor = people[WHOSE.get(action, "manager")]
        return told(await actor.post(f"/api/v1/desk/cases/{case.number}/{action}", json=case.content(action)))

    async def ask_oneself(action: Action) -> str:
        address, key = f"/api/v1/cases/{case.number}/{CITIZEN[action][1].address}", {"x-access-key": case.key}
        return told(await system.client.post(address, json=case.content(action), headers=key))

    def told(answer: httpx.Response) -> str:
        if answer.is_success:
            return "done"
        refused = (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
        return "refused" if refused else answer.text

    await every_pair(case, ask, DESK)
    await every_pair(case, ask_oneself, CITIZEN)


@pytest.mark.untraced
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_pages_say_the_same(system: System) -> None:
    case = await bench(system)
    people = {name: await system.official(name) for name in ("manager", *WHOSE.values())}

    async def ask(action: Action) -> str:
        actor = people[WHOSE.get(action, "manager")]
        return told(await actor.post(f"/desk/cases/{case.number}/{action}", data=form(*DESK[action], action)))

    async def ask_oneself(action: Action) -> str:
        act, offer = CITIZEN[action]
        address = f"/cases/{case.number}/{offer.page or offer.address}"
        return told(await petitioner.post(address, data=form(act, offer, action)))

    def form(act: CaseAct, offer: Offer, action: Action) -> dict[str, object]:
        return {
            page_name(act, offer, name): value if isinstance(value, list) else str(value)
            for name, value in case.content(action).items()
        }

    def told(answer: httpx.Response) -> str:
        if answer.status_code == 303:
            return "done"
        refused = answer.status_code == 409 and "상태일 때는 할 수 없습니다" in answer.text
        return "refused" if refused else f"{answer.status_code} {answer.text[:2000]}"

    await every_pair(case, ask, DESK)
    petitioner = system.visitor()
    await petitioner.post("/cases", data={"reference": case.number, "key": case.key})
    await every_pair(case, ask_oneself, CITIZEN)
    # A rating is the petitioner's own: the desk has no page for it.
    assert (await people["manager"].post(f"/desk/cases/{case.number}/rate", data={"score": "3"})).status_code == 404


def test_every_action_has_its_record() -> None:
    assert set(ACTS) == set(Action)
    assert all(act.desk or act.citizen for act in ACTS.values())


def test_every_state_stands_in_the_table() -> None:
    assert set(TRANSITIONS) == set(State)
    for state in State:
        assert set(TRANSITIONS[state]) == {action for action in Action if follow(state, action) is not None}


def test_every_state_is_reached_from_receipt_and_every_action_is_of_use() -> None:
    reached, new = set[State](), {State.RECEIVED}
    while new:
        reached |= new
        new = {after for state in new for after in TRANSITIONS[state].values()} - reached
    assert reached == set(State)
    assert {action for actions in TRANSITIONS.values() for action in actions} == set(Action)


def test_from_every_open_state_a_case_can_end() -> None:
    ended = set(State) - OPEN
    for state in OPEN:
        assert any(
            after in ended or any(last in ended for last in TRANSITIONS[after].values())
            for after in TRANSITIONS[state].values()
        ), state


@pytest.mark.parametrize("state", [State.RETURNED, State.WITHDRAWN, State.TRANSFERRED_OUT])
def test_what_has_left_the_city_takes_notes_only(state: State) -> None:
    assert tuple(TRANSITIONS[state]) == (Action.NOTE,)
