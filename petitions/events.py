"""What can happen to a case: frozen, past-tense facts. They hold ids, never a person's words or contact.

``text`` is the id of the statement that carries the words, so that words can be masked, shown to those who may read
them, and purged, without touching the ledger.
"""

from dataclasses import dataclass
from typing import ClassVar

from server.core.ledger import Audience


@dataclass(frozen=True)
class CaseReceived:
    kind: ClassVar[str] = "case.received"
    audience: ClassVar[Audience] = Audience.PARTY
    case_kind: str
    channel: str
    due_at: str | None
    filed_by: int | None = None
    imported: bool = False


@dataclass(frozen=True)
class CaseRouted:
    """The platform proposed a department (or none: the intake officer decides)."""

    kind: ClassVar[str] = "case.routed"
    audience: ClassVar[Audience] = Audience.STAFF
    department: int | None
    rule: int | None


@dataclass(frozen=True)
class GuideAppointed:
    kind: ClassVar[str] = "case.guide_appointed"
    audience: ClassVar[Audience] = Audience.PARTY
    guide: int
    previous: int | None = None


@dataclass(frozen=True)
class CaseAccepted:
    kind: ClassVar[str] = "case.accepted"
    audience: ClassVar[Audience] = Audience.PARTY
    department: int
    proposed: bool


@dataclass(frozen=True)
class CaseAssigned:
    kind: ClassVar[str] = "case.assigned"
    audience: ClassVar[Audience] = Audience.PARTY
    handler: int
    previous: int | None = None


@dataclass(frozen=True)
class WorkStarted:
    kind: ClassVar[str] = "case.started"
    audience: ClassVar[Audience] = Audience.PARTY
    handler: int


@dataclass(frozen=True)
class CaseTransferred:
    """Inside the agency (Decree 13)."""

    kind: ClassVar[str] = "case.transferred"
    audience: ClassVar[Audience] = Audience.PARTY
    department: int
    previous: int | None
    text: int


@dataclass(frozen=True)
class CaseTransferredOut:
    """To another agency, with notice to the petitioner (Act 16)."""

    kind: ClassVar[str] = "case.transferred_out"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int


@dataclass(frozen=True)
class SupplementRequested:
    kind: ClassVar[str] = "case.supplement_requested"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    until: str
    times: int


@dataclass(frozen=True)
class SupplementReceived:
    kind: ClassVar[str] = "case.supplement_received"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    due_at: str | None


@dataclass(frozen=True)
class CaseReturned:
    kind: ClassVar[str] = "case.returned"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int


@dataclass(frozen=True)
class PeriodExtended:
    kind: ClassVar[str] = "case.extended"
    audience: ClassVar[Audience] = Audience.PARTY
    amount: int
    unit: str
    consent: bool
    due_at: str
    previous_due_at: str
    text: int


@dataclass(frozen=True)
class InterimNoticeGiven:
    kind: ClassVar[str] = "case.interim_notice"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int


@dataclass(frozen=True)
class NoteWritten:
    kind: ClassVar[str] = "case.note"
    audience: ClassVar[Audience] = Audience.STAFF
    text: int


@dataclass(frozen=True)
class MessageSent:
    """Between the petitioner and the officials; the actor says from whom."""

    kind: ClassVar[str] = "case.message"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int


@dataclass(frozen=True)
class CaseAnswered:
    kind: ClassVar[str] = "case.answered"
    audience: ClassVar[Audience] = Audience.PUBLIC
    answer: int
    decision: str
    in_time: bool | None


@dataclass(frozen=True)
class CaseClosed:
    kind: ClassVar[str] = "case.closed"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int | None = None


@dataclass(frozen=True)
class CaseRated:
    kind: ClassVar[str] = "case.rated"
    audience: ClassVar[Audience] = Audience.PARTY
    score: int
    text: int | None = None


@dataclass(frozen=True)
class CaseReopened:
    kind: ClassVar[str] = "case.reopened"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    due_at: str | None


@dataclass(frozen=True)
class ObjectionFiled:
    """The petitioner objects to a refusal (Act 35); until ``due_at`` it must be decided."""

    kind: ClassVar[str] = "case.objection_filed"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    due_at: str


@dataclass(frozen=True)
class CaseWithdrawn:
    kind: ClassVar[str] = "case.withdrawn"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int | None = None


@dataclass(frozen=True)
class DueRecomputed:
    """The calendar changed under a running clock; the date announced before stays visible."""

    kind: ClassVar[str] = "case.due_recomputed"
    audience: ClassVar[Audience] = Audience.PARTY
    due_at: str
    previous_due_at: str
    holiday: str


@dataclass(frozen=True)
class DueSoon:
    kind: ClassVar[str] = "case.due_soon"
    audience: ClassVar[Audience] = Audience.STAFF


@dataclass(frozen=True)
class Overdue:
    """The period has passed; the inspector and the manager hear of it (Decree 28)."""

    kind: ClassVar[str] = "case.overdue"
    audience: ClassVar[Audience] = Audience.PARTY


@dataclass(frozen=True)
class AttachmentAdded:
    kind: ClassVar[str] = "case.attachment"
    audience: ClassVar[Audience] = Audience.PARTY
    attachment: int


@dataclass(frozen=True)
class CalendarChanged:
    """A temporary holiday was added or removed, or local hours were set (subject ``calendar``)."""

    kind: ClassVar[str] = "calendar.changed"
    audience: ClassVar[Audience] = Audience.PUBLIC
    day: str
    what: str
