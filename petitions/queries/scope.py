"""Which cases an official sees, as SQL conditions on the case ``c``: ``petitions.rights`` for lists."""

from petitions.permissions import Permission
from petitions.rights import cooperates
from server.core.accounts import Official
from server.core.listing import Condition

ASKED = "EXISTS (SELECT 1 FROM consultation o WHERE o.case_id = c.id AND o.department_id = ? AND o.status = 'asked')"
"""Whether a department has an open consultation on the case. After its reply it no longer sees the case (Act 7)."""


def scope(official: Official) -> Condition | None:
    """``rights.keeps`` as SQL that an index can answer; None if an official sees nothing."""
    if official.may(Permission.SEE_ALL):
        return Condition("")
    if official.may(Permission.SEE_DEPARTMENT):
        return None if official.department_id is None else Condition("c.department_id = ?", (official.department_id,))
    return Condition("c.guide_id = ?", (official.id,)) if official.may(Permission.SEE_GUIDED) else None


def visible(official: Official) -> Condition | None:
    """``rights.sees`` as SQL, for lists driven by another index: includes the consultations of one's department."""
    own = scope(official)
    if own is None or not cooperates(official):
        return own
    return Condition(f"({own.sql} OR {ASKED})", (*own.values, official.department_id))
