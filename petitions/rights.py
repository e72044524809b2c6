"""Who may do what with which case: the right each action needs, and which cases an official sees."""

from petitions.permissions import Permission
from petitions.states import Action
from server.core.accounts import Official

RIGHTS: dict[Action, Permission] = {action: Permission(action.right) for action in Action}
"""Which right an official needs for an action."""


CASE_SUBJECT = "'case/' || c.reference"
"""A case's name in the ledger in SQL, of a row of ``petition_case c``."""


def subject(reference_text: str) -> str:
    """A case's name in the ledger."""
    return f"case/{reference_text}"


FOR_CONSULTED = frozenset({Action.CONSULTATION_REPLY, Action.CONSULTATION_EXTEND})
"""What an asked department does to its part; on the rest of the case it only looks."""
FOR_OWNER = frozenset({Action.CONSULTATION, Action.CONSULTATION_WITHDRAW})
"""What only the department of the case itself does, also where others see and handle all cases."""


def cooperates(official: Official) -> bool:
    """Whether an official works on the parts that their department is asked for (협조, Act 20)."""
    may = official.may
    return official.department_id is not None and may(Permission.SEE_DEPARTMENT) and may(Permission.WORK)


def sees(official: Official, *, department_id: int | None, guide_id: int | None, asked: bool = False) -> bool:
    """Whether an official may see a case: all, their department's, those they guide, those it is asked for a part of.

    ``asked`` says that the official's department owes its reply. Policy: once it has replied it needs the case no more
    (Act 7), and keeps what it was asked for with its reply: ``petitions.queries.consultations.replied``.
    """
    return (asked and cooperates(official)) or keeps(official, department_id=department_id, guide_id=guide_id)


def keeps(official: Official, *, department_id: int | None, guide_id: int | None) -> bool:
    """Whether an official sees a case in their own right, and not because another department asks theirs."""
    if official.may(Permission.SEE_ALL):
        return True
    if official.may(Permission.SEE_DEPARTMENT) and department_id is not None:
        return department_id == official.department_id
    return official.may(Permission.SEE_GUIDED) and guide_id == official.id
