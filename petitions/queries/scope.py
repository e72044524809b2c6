"""Which cases an official sees, as conditions of SQL about the case ``c``: ``petitions.rights`` for lists."""

from petitions.permissions import Permission
from petitions.rights import cooperates
from server.core.accounts import Official
from server.core.listing import Condition

ASKED = "EXISTS (SELECT 1 FROM consultation o WHERE o.case_id = c.id AND o.department_id = ? AND o.status = 'asked')"
"""Whether a department owes a part of the case. Once it has replied, the rest is none of its business (Act 7)."""


def scope(official: Official) -> Condition | None:
    """``rights.keeps`` as SQL, which an index answers; None where an official sees nothing."""
    if official.may(Permission.SEE_ALL):
        return Condition("")
    if official.may(Permission.SEE_DEPARTMENT):
        return None if official.department_id is None else Condition("c.department_id = ?", (official.department_id,))
    return Condition("c.guide_id = ?", (official.id,)) if official.may(Permission.SEE_GUIDED) else None


def visible(official: Official) -> Condition | None:
    """``rights.sees`` as SQL, for lists that another index leads: with the cases that one's department is asked for."""
    own = scope(official)
    if own is None or not cooperates(official):
        return own
    return Condition(f"({own.sql} OR {ASKED})", (*own.values, official.department_id))
