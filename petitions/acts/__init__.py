"""Everything that can be done to a case, one record an action: its form, its function, and how each side is offered it.

The forms of the desk and of the petitioner's page, many cases at once, the JSON operations and the tests of every
action in every state come from this table; states and rights stand in ``petitions.states`` and ``petitions.rights``.
"""

from collections.abc import Iterator

from petitions.acts import answering, handling, objecting, parts, supplementing
from petitions.acts.page import CaseAct
from petitions.queries.cases import CaseView, Level
from petitions.queries.turns import consultation_of
from petitions.rights import FOR_CONSULTED, FOR_OWNER, RIGHTS, keeps
from petitions.states import Action, follow
from server.core.accounts import Official
from server.core.acts import Offer

ACTS: dict[str, CaseAct] = {
    act.action.value: act
    for act in (*handling.ACTS, *supplementing.ACTS, *answering.ACTS, *objecting.ACTS, *parts.ACTS)
}
"""By the name of the action, in the order in which pages offer them."""
DESK: dict[str, tuple[CaseAct, Offer]] = {name: (act, act.desk) for name, act in ACTS.items() if act.desk}
"""What officials do."""
CITIZEN: dict[str, tuple[CaseAct, Offer]] = {name: (act, act.citizen) for name, act in ACTS.items() if act.citizen}
"""What petitioners do with their own cases."""


def possible(case: CaseView) -> Iterator[CaseAct]:
    """What the state of a case and its circumstances allow, to whom it may concern."""
    return (act for act in ACTS.values() if follow(case.status, act.action) and (act.when is None or act.when(case)))


def of_official(case: CaseView, official: Official) -> list[CaseAct]:
    """What an official may do now: what the case and their rights allow; asked for a part, that part only."""
    part = consultation_of(case, official)
    hidden: set[Action] = set() if part and part.open else {*FOR_CONSULTED}
    hidden |= set() if case.department_id == official.department_id else FOR_OWNER
    kept = keeps(official, department_id=case.department_id, guide_id=case.guide.id if case.guide else None)
    may = [act for act in possible(case) if act.desk and act.action not in hidden and official.may(RIGHTS[act.action])]
    return [act for act in may if kept or act.action in FOR_CONSULTED]


def of_petitioner(case: CaseView) -> list[CaseAct]:
    """What the petitioner may do now."""
    return [act for act in possible(case) if act.citizen] if case.level >= Level.PARTY else []
