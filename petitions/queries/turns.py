"""What a case is to one official: theirs to handle, theirs for a part of it (협조, Act 20), or only to be looked at."""

from datetime import datetime

from petitions.queries.cases import CaseView
from petitions.queries.consultations import ConsultationView
from petitions.rights import cooperates
from server.core.accounts import Official


def consultation_of(case: CaseView, official: Official) -> ConsultationView | None:
    """The part that the official's department was asked for last, where it does not keep the case itself."""
    if not cooperates(official) or case.department_id == official.department_id:
        return None
    return next((p for p in reversed(case.parts) if p.department_id == official.department_id), None)


def listed_by(case: CaseView, official: Official, *, parts: bool) -> datetime | None:
    """The due moment that orders it in the official's list, where it stands there for a part.

    ``parts`` says that it is the list of parts.
    """
    part = consultation_of(case, official)
    if part is None and parts and not cooperates(official):
        part = min((p for p in case.parts if p.open), key=lambda p: (p.due_at, p.id), default=None)
    return part.due_at if part else None
