"""Who may do what with which case: the permission for each action, and which cases an official sees."""

from petitions.permissions import Permission
from petitions.states import Action
from server.core.accounts import Official

RIGHTS: dict[Action, Permission] = {action: Permission(action.right) for action in Action}
"""The permission that an official needs for an action."""


CASE_SUBJECT = "'case/' || c.reference"
"""The ledger subject of a case as SQL, for a row of ``petition_case c``."""


def subject(reference_text: str) -> str:
    """The ledger subject of a case."""
    return f"case/{reference_text}"


FOR_CONSULTED = frozenset({Action.CONSULTATION_REPLY, Action.CONSULTATION_EXTEND})
"""What a consulted department may do; everything else about the case is read-only for it."""
FOR_OWNER = frozenset({Action.CONSULTATION, Action.CONSULTATION_WITHDRAW})
"""What only the case's own department may do, even where others see and handle all cases."""


def cooperates(official: Official) -> bool:
    """Whether an official works on consultations addressed to their department (협조, Act 20)."""
    may = official.may
    return official.department_id is not None and may(Permission.SEE_DEPARTMENT) and may(Permission.WORK)


def sees(official: Official, *, department_id: int | None, guide_id: int | None, asked: bool = False) -> bool:
    """Whether an official may see a case: all, their department's, as its guide, or as a consulted department.

    ``asked`` means that the official's department has an open consultation. Policy: after its reply it no longer needs
    the case (Act 7), but can still read the request and its reply: ``petitions.queries.consultations.replied``.
    """
    return (asked and cooperates(official)) or keeps(official, department_id=department_id, guide_id=guide_id)


def keeps(official: Official, *, department_id: int | None, guide_id: int | None) -> bool:
    """Whether an official sees a case in their own right and not only through a consultation."""
    if official.may(Permission.SEE_ALL):
        return True
    if official.may(Permission.SEE_DEPARTMENT) and department_id is not None:
        return department_id == official.department_id
    return official.may(Permission.SEE_GUIDED) and guide_id == official.id
