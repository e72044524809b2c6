"""All actions on a case, one record each: its form, its function, and how it is offered to officials and petitioners.

The forms of the desk and of the petitioner's page, bulk actions, JSON operations and the tests of every action in every
state are made from this table; states and permissions are in ``petitions.states`` and ``petitions.rights``.
"""

from collections.abc import Iterator

from petitions.acts import answering, handling, objecting, parts, supplementing
from petitions.acts.page import CaseAct
from petitions.queries.cases import CaseView, Level
from petitions.queries.duties import consultation_of
from petitions.rights import FOR_CONSULTED, FOR_OWNER, RIGHTS, keeps
from petitions.states import Action, follow
from server.core.accounts import Official
from server.core.acts import Offer

ACTS: dict[str, CaseAct] = {
    act.action.value: act
    for act in (*handling.ACTS, *supplementing.ACTS, *answering.ACTS, *objecting.ACTS, *parts.ACTS)
}
"""By name, in the order in which pages offer them."""
DESK: dict[str, tuple[CaseAct, Offer]] = {name: (act, act.desk) for name, act in ACTS.items() if act.desk}
"""Actions of officials."""
CITIZEN: dict[str, tuple[CaseAct, Offer]] = {name: (act, act.citizen) for name, act in ACTS.items() if act.citizen}
"""Actions of petitioners on their own cases."""


def possible(case: CaseView) -> Iterator[CaseAct]:
    """The actions that a case's state and circumstances allow, regardless of the actor."""
    return (act for act in ACTS.values() if follow(case.status, act.action) and (act.when is None or act.when(case)))


def of_official(case: CaseView, official: Official) -> list[CaseAct]:
    """The actions that an official may do now; for a consulted department, only those on its consultation."""
    part = consultation_of(case, official)
    hidden: set[Action] = set() if part and part.open else {*FOR_CONSULTED}
    hidden |= set() if case.department_id == official.department_id else FOR_OWNER
    kept = keeps(official, department_id=case.department_id, guide_id=case.guide.id if case.guide else None)
    may = [act for act in possible(case) if act.desk and act.action not in hidden and official.may(RIGHTS[act.action])]
    return [act for act in may if kept or act.action in FOR_CONSULTED]


def of_petitioner(case: CaseView) -> list[CaseAct]:
    """The actions that the petitioner may do now."""
    return [act for act in possible(case) if act.citizen] if case.level >= Level.PARTY else []
