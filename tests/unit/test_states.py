"""Every pair of state and action: what the table allows leads where it says, everything else is refused, whoever asks.

The pairs are made from the table itself; a case is put into each state by hand, and the actions are the real ones.
"""

import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from petitions.actions import answering
from petitions.actions.change import today
from petitions.desk.acts import ACTS
from petitions.errors import NotPossibleNow
from petitions.forms import Rate
from petitions.models import Case
from petitions.states import OPEN, TRANSITIONS, Action, State, allowed, follow
from server.core.accounts import Account, Department, Official
from tests.support.house import House

PAIRS = list(itertools.product(State, Action))
CONTENT: dict[Action, dict[str, object]] = {
    Action.ASSIGN: {"handler": "handler"},
    Action.TRANSFER: {"department": "parks", "reason": "공원 일입니다."},
    Action.TRANSFER_OUT: {"agency": "도로공사", "reason": "고속도로입니다."},
    Action.GUIDE: {"guide": "guide_ja"},
    Action.EXTEND: {"amount": 1, "reason": "조사가 더 필요합니다."},
    Action.RATE: {"score": 3},
}
"""What an action needs besides a text."""


def content_of(action: Action) -> dict[str, object]:
    return CONTENT.get(action, {"text": "알려 드립니다."})


class Bench:
    """A case that is put into any state; a fresh one now and then, because histories grow long."""

    def __init__(self, house: House, official: Official, guide_id: int) -> None:
        self.house = house
        self.official = official
        self.guide_id = guide_id
        self.number = self.key = ""

    async def renew(self) -> None:
        receipt = await self.house.file(kind="inquiry")
        self.number, self.key = receipt["reference"], receipt["access_key"]

    async def put(self, state: State) -> None:
        """Into a state, with what the law asks for in it: two requests to supplement that have run out."""
        waiting = state is State.SUPPLEMENT_REQUESTED
        yesterday = today() - timedelta(days=1)
        await Case.filter(reference=self.number).update(
            status=state,
            open=state in OPEN,
            department_id=self.official.department_id,
            handler_id=None,
            guide_id=self.guide_id,
            extensions=[],
            pauses=[[yesterday.isoformat(), None]] if waiting else [],
            supplement_times=2 if waiting else 0,
            supplement_until=yesterday if waiting else None,
        )

    async def state(self) -> State:
        return (await Case.get(reference=self.number)).status


async def bench(house: House) -> Bench:
    # A manager holds the right to every action, on the cases of their department.
    manager = await Account.get(username="manager")
    roads = await Department.get(code="roads")
    official = Official(manager.id, "manager", manager.name, manager.role, roads.id, roads.name, "ko")
    return Bench(house, official, (await Account.get(username="guide")).id)


async def every_pair(
    case: Bench, ask: Callable[[Action], Awaitable[str]], *, without: frozenset[Action] = frozenset()
) -> None:
    """Ask for every pair; ``ask`` answers ``done``, ``refused`` or what else it was told."""
    for state, action in PAIRS:
        if action in without:
            continue
        if action is Action.ACCEPT:
            await case.renew()
        await case.put(state)
        expected = follow(state, action)
        told = await ask(action)
        after = await case.state()
        if expected is None:
            assert (told, after) == ("refused", state), f"{action} while {state}: {told}"
        else:
            assert (told, after) == ("done", expected), f"{action} while {state}: {told}"


async def test_actions_lead_where_the_table_says(house: House) -> None:
    case = await bench(house)

    async def ask(action: Action) -> str:
        try:
            if action is Action.RATE:
                await answering.rate(case.number, Rate.parse(content_of(action)))
            else:
                await ACTS[action][0](case.official, case.number, content_of(action))
        except NotPossibleNow as refusal:
            return "refused" if refusal.details["action"] == action else str(refusal.details)
        return "done"

    await every_pair(case, ask)


async def test_the_json_interface_says_the_same(house: House) -> None:
    case = await bench(house)
    manager = await house.program("manager")

    async def ask(action: Action) -> str:
        if action is Action.RATE:
            headers = {"x-access-key": case.key}
            answer = await house.client.post(
                f"/api/v1/cases/{case.number}/rating", json=content_of(action), headers=headers
            )
        else:
            answer = await manager.post(f"/api/v1/desk/cases/{case.number}/{action}", json=content_of(action))
        if answer.status_code == 200:
            return "done"
        refused = (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
        return "refused" if refused else answer.text

    await every_pair(case, ask)


async def test_the_pages_of_the_desk_say_the_same(house: House) -> None:
    case = await bench(house)
    manager = await house.official("manager")

    async def ask(action: Action) -> str:
        form = {name: str(value) for name, value in content_of(action).items()}
        answer = await manager.post(f"/desk/cases/{case.number}/{action}", data=form)
        if answer.status_code == 303:
            return "done"
        refused = answer.status_code == 409 and "상태일 때는 할 수 없습니다" in answer.text
        return "refused" if refused else f"{answer.status_code} {answer.text[:2000]}"

    # A rating is the petitioner's own: the desk has no page for it.
    await every_pair(case, ask, without=frozenset({Action.RATE}))
    assert (await manager.post(f"/desk/cases/{case.number}/rate", data={"score": "3"})).status_code == 404


def test_every_state_stands_in_the_table() -> None:
    assert set(TRANSITIONS) == set(State)
    for state in State:
        assert set(allowed(state)) == {action for action in Action if follow(state, action) is not None}


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
    assert allowed(state) == (Action.NOTE,)
