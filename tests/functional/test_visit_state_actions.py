"""Every pair of a visit's or a restriction's state and an official's action, by the real actions.

What the table allows leads where it says, everything else is refused and changes nothing. What officials do is made
from its records (tracking.visits.acts).
"""

import itertools
from datetime import timedelta
from typing import Any

from server.core import clock, ledger, ledger_check
from server.core.accounts import Official
from server.core.acts import Act, Offer
from server.core.days import today
from server.core.errors import NotPossibleNow
from tests.support.answers import official
from tests.support.page_forms import post_without_page
from tests.support.stories import filed
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking
from tracking.visits.acts import RESTRICTIONS, VISITS
from tracking.visits.errors import NoSuchVisit
from tracking.visits.models import NoShow, Restriction, Visit
from tracking.visits.rights import RESTRICTION_RIGHTS, VISIT_RIGHTS
from tracking.visits.states import (
    RESTRICTION,
    VISIT,
    RestrictionAction,
    RestrictionState,
    VisitAction,
    VisitState,
)

A, B = VisitAction, RestrictionAction
ELSEWHERE = {*VisitAction} - {A.SERVE, A.RESCHEDULE, A.ATTACH, A.DETACH, A.NO_SHOW, A.UNDO_NO_SHOW, A.CANCEL}
"""What citizens and jobs do, what is offered in turn, and documents are tried where they are done."""
NEVER_BOOKED = {VisitState.HELD, VisitState.OFFERED, VisitState.EXPIRED}


async def run(record: tuple[Act[Any, Any], Offer], actor: Official, number: str, raw: dict[str, object]) -> None:
    """What the page or JSON do with an action's record."""
    act, offer = record
    await act.do(actor, number, await act.read(offer, raw, number))


async def test_actions_on_a_visit_lead_where_the_table_says(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    actor, case = await official("intake"), await filed()
    content: dict[VisitAction, dict[str, object]] = {
        A.ATTACH: {"case": case.reference},
        A.DETACH: {},
        A.SERVE: {},
        A.RESCHEDULE: {"start": at("11:00").isoformat()},
        A.NO_SHOW: {"called": "09:01"},
        A.UNDO_NO_SHOW: {"why": "office"},
        A.CANCEL: {"text": "창구가 닫힙니다."},
    }
    assert set(content) == {*map(A, VISITS)} == set(VISIT_RIGHTS)
    assert set(content) | ELSEWHERE == set(VisitAction)
    for n, (state, action) in enumerate(itertools.product(VisitState, content)):
        made = await booking.book_now(await wish(start="10:00"), contact(f"p{n}"))
        past = {"date": today(), "starts_at": clock.now() - timedelta(hours=1)}
        await Visit.filter(id=made.id).update(
            state=state, booked_at=None if state in NEVER_BOOKED else clock.now(),
            **({} if action in {A.RESCHEDULE, A.CANCEL} else past),
        )  # fmt: skip
        await NoShow.create(
            visit_id=made.id, household=f"p{n}", office_id=office.id, at=clock.now(), calls=[], excused=False
        )
        expected = None if state in NEVER_BOOKED else VISIT[state].get(action)
        length = await ledger.length(f"visit/{made.number}")
        try:
            await run(VISITS[action], actor, made.number, content[action])
        except NotPossibleNow:
            told = None
        except NoSuchVisit:
            told = None if state in NEVER_BOOKED else "unknown"
        else:
            told = (await Visit.get(id=made.id)).state
        assert told == expected, f"{action} while {state}"
        after = await Visit.get(id=made.id)
        assert after.state == (expected or state)
        if expected is None:
            assert await ledger.length(f"visit/{made.number}") == length
        else:
            assert (after.household_active is not None) is (after.state is VisitState.BOOKED)
        await Visit.filter(id=made.id).update(
            state=VisitState.BOOKED, date=next_monday(), starts_at=at("10:00"), booked_at=clock.now()
        )
        await booking.cancel(made.number, "visitor", cannot_come=True)
    assert [problem async for problem in ledger_check.verify()] == []


async def test_actions_on_a_restriction_lead_where_the_table_says(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    actor = await official("manager")
    made = await booking.book_now(await wish(), contact("kim"))
    content: dict[RestrictionAction, dict[str, object]] = {
        B.APPEAL: {"text": "병원에 있었습니다."}, B.GRANT: {"text": "인정"},
        B.REFUSE: {"text": "까닭"}, B.LIFT: {"text": "착오"},
    }  # fmt: skip
    assert set(content) == set(RestrictionAction) == {*map(B, RESTRICTIONS)} == set(RESTRICTION_RIGHTS)
    for state, action in itertools.product(RestrictionState, content):
        row = await Restriction.create(
            household="kim", office_id=office.id, visit_id=made.id, state=state, begins_at=clock.now(),
            ends_at=clock.now() + timedelta(days=30),
        )  # fmt: skip
        expected, length = RESTRICTION[state].get(action), await ledger.length(f"visit/{made.number}")
        try:
            await run(RESTRICTIONS[action], actor, str(row.id), content[action])
        except NotPossibleNow:
            told = None
        else:
            told = (await Restriction.get(id=row.id)).state
        assert told == expected, f"{action} while {state}"
        after = await Restriction.get(id=row.id)
        assert after.state == (expected or state)
        assert (after.lifted_at is not None) is (expected is RestrictionState.LIFTED)
        assert await ledger.length(f"visit/{made.number}") == length + (expected is not None)
    assert [problem async for problem in ledger_check.verify()] == []


async def test_each_action_needs_its_right(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(), contact("kim"))
    row = await Restriction.create(
        household="kim", office_id=office.id, visit_id=made.id, begins_at=clock.now(), ends_at=clock.now()
    )
    for username in ("intake", "handler", "manager", "inspector", "guide", "clerk", "admin"):
        who = await official(username)
        browser, program = await system.official(username), await system.program(username)
        for path, rights in (
            (f"/desk/visits/{made.number}", VISIT_RIGHTS),
            (f"/desk/visits/restrictions/{row.id}", RESTRICTION_RIGHTS),
        ):
            json_path = path.replace("visits/restrictions", "restrictions")
            for action, right in rights.items():
                sent = await post_without_page(browser, f"{path}/{action.value}", data={})
                assert (sent.status_code == 403) is not who.may(right), (username, action)
                api = await program.post(f"/api/v1{json_path}/{action.value}", json={})
                assert (api.status_code == 403) is not who.may(right), (username, action, api.text)
