"""What an official has to do with a case: handle it, reply to a consultation on it (협조, Act 20), or only read it."""

from datetime import datetime

from petitions.queries.cases import CaseView
from petitions.queries.consultations import ConsultationView
from petitions.rights import cooperates
from server.core.accounts import Official


def consultation_of(case: CaseView, official: Official) -> ConsultationView | None:
    """The latest consultation of the official's department, if the case belongs to another department."""
    if not cooperates(official) or case.department_id == official.department_id:
        return None
    return next((p for p in reversed(case.parts) if p.department_id == official.department_id), None)


def listed_by(case: CaseView, official: Official, *, parts: bool) -> datetime | None:
    """The reply deadline that orders a case in the official's list, if it is listed for a consultation.

    ``parts`` means that it is the list of consultations.
    """
    part = consultation_of(case, official)
    if part is None and parts and not cooperates(official):
        part = min((p for p in case.parts if p.open), key=lambda p: (p.due_at, p.id), default=None)
    return part.due_at if part else None
