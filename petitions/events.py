"""What can happen to a case: frozen, past-tense events. They hold ids, never a person's words or contact details.

``text`` is the id of the statement that holds the words, so that words can be masked, access-controlled and purged
without touching the ledger. ``files`` are the ids of the attachments that came with the words.
"""

from dataclasses import dataclass
from typing import ClassVar

from petitions.consultation_events import (  # noqa: F401 — every event of a case is found here
    ConsultationDueSoon,
    ConsultationExtended,
    ConsultationOverdue,
    ConsultationReplied,
    ConsultationRequested,
    ConsultationWithdrawn,
)
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
    """The program proposed a department (or none: the intake officer decides)."""

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
    """``late_reason`` explains a request made after more than eight working hours (Rule 9①)."""

    kind: ClassVar[str] = "case.supplement_requested"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    until: str
    times: int
    late_reason: int | None = None


@dataclass(frozen=True)
class SupplementProlonged:
    """The petitioner asked for and got more time to supplement (Decree 24②)."""

    kind: ClassVar[str] = "case.supplement_prolonged"
    audience: ClassVar[Audience] = Audience.PARTY
    until: str
    previous_until: str
    times: int
    text: int | None = None


@dataclass(frozen=True)
class SupplementUndelivered:
    """A request to supplement was returned undelivered."""

    kind: ClassVar[str] = "case.supplement_undelivered"
    audience: ClassVar[Audience] = Audience.PARTY
    times: int
    text: int


@dataclass(frozen=True)
class CaseDeemedWithdrawn:
    """Two requests were returned undelivered, so the petition is deemed withdrawn (Decree 25②)."""

    kind: ClassVar[str] = "case.deemed_withdrawn"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int


@dataclass(frozen=True)
class SupplementReceived:
    kind: ClassVar[str] = "case.supplement_received"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    due_at: str | None
    files: tuple[int, ...] = ()


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
class SiteInvestigated:
    """A site investigation was set or extended: the days from ``first`` to ``until`` do not count (Decree 17④⑤)."""

    kind: ClassVar[str] = "case.site_investigation"
    audience: ClassVar[Audience] = Audience.PARTY
    first: str
    until: str
    prolonged: bool
    due_at: str
    previous_due_at: str
    text: int


@dataclass(frozen=True)
class InterimNoticeGiven:
    kind: ClassVar[str] = "case.interim_notice"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int


@dataclass(frozen=True)
class InterimNoticeDue:
    """Another 30 days have passed since the receipt: the desk must give an interim notice (Decree 23)."""

    kind: ClassVar[str] = "case.interim_due"
    audience: ClassVar[Audience] = Audience.STAFF
    on: str


@dataclass(frozen=True)
class NoteWritten:
    kind: ClassVar[str] = "case.note"
    audience: ClassVar[Audience] = Audience.STAFF
    text: int
    files: tuple[int, ...] = ()


@dataclass(frozen=True)
class MessageSent:
    """Between the petitioner and the officials; the actor shows who wrote it."""

    kind: ClassVar[str] = "case.message"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    files: tuple[int, ...] = ()


@dataclass(frozen=True)
class CaseAnswered:
    kind: ClassVar[str] = "case.answered"
    audience: ClassVar[Audience] = Audience.PUBLIC
    answer: int
    decision: str
    in_time: bool | None
    files: tuple[int, ...] = ()


@dataclass(frozen=True)
class CaseClosed:
    kind: ClassVar[str] = "case.closed"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int | None = None


@dataclass(frozen=True)
class CaseClosedAsRepeated:
    """The same petition was answered at least twice, in the cases ``earlier`` (종결처리, Act 23).

    ``remedies`` is the statement with the remedies; ``committee`` means that it is a petition by many people that the
    mediation committee has considered (Decree 26).
    """

    kind: ClassVar[str] = "case.closed_as_repeated"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    remedies: int
    earlier: tuple[str, ...]
    committee: bool


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
    """The petitioner objected to a refusal (Act 35); the decision is due at ``due_at``."""

    kind: ClassVar[str] = "case.objection_filed"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    due_at: str


@dataclass(frozen=True)
class ObjectionPassedOn:
    """The refusing department was closed: this one decides the objection. The case remains answered."""

    kind: ClassVar[str] = "case.objection_passed_on"
    audience: ClassVar[Audience] = Audience.PARTY
    department: int
    text: int


@dataclass(frozen=True)
class ObjectionExtended:
    """The decision on an objection was extended, once (Act 35②)."""

    kind: ClassVar[str] = "case.objection_extended"
    audience: ClassVar[Audience] = Audience.PARTY
    amount: int
    due_at: str
    previous_due_at: str
    text: int


@dataclass(frozen=True)
class ObjectionUpheld:
    """The objection was justified: the case is reopened and must be answered again by ``due_at``."""

    kind: ClassVar[str] = "case.objection_upheld"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    due_at: str | None


@dataclass(frozen=True)
class ObjectionDismissed:
    """The refusal stands; ``remedies`` is the statement with the remedies (Decree 40)."""

    kind: ClassVar[str] = "case.objection_dismissed"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    remedies: int


@dataclass(frozen=True)
class ObjectionWithdrawn:
    """The petitioner withdrew the objection before it was decided: the refusal stands."""

    kind: ClassVar[str] = "case.objection_withdrawn"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int | None = None


@dataclass(frozen=True)
class ObjectionDueSoon:
    kind: ClassVar[str] = "case.objection_due_soon"
    audience: ClassVar[Audience] = Audience.STAFF


@dataclass(frozen=True)
class ObjectionOverdue:
    kind: ClassVar[str] = "case.objection_overdue"
    audience: ClassVar[Audience] = Audience.PARTY


@dataclass(frozen=True)
class CaseWithdrawn:
    kind: ClassVar[str] = "case.withdrawn"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int | None = None


@dataclass(frozen=True)
class DueRecomputed:
    """The calendar changed while a deadline was running; the date announced before stays visible."""

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
    """The period has ended; the inspector and the manager are notified (Decree 28)."""

    kind: ClassVar[str] = "case.overdue"
    audience: ClassVar[Audience] = Audience.PARTY


@dataclass(frozen=True)
class AttachmentAdded:
    kind: ClassVar[str] = "case.attachment"
    audience: ClassVar[Audience] = Audience.PARTY
    attachment: int


@dataclass(frozen=True)
class MailUndelivered:
    """A mail server rejected the petitioner's address, so they were not notified of an event of the case."""

    kind: ClassVar[str] = "case.mail_undelivered"
    audience: ClassVar[Audience] = Audience.STAFF
    event: int
    about: str


@dataclass(frozen=True)
class CalendarChanged:
    """A temporary holiday was added or removed, or office hours were set (subject ``calendar``)."""

    kind: ClassVar[str] = "calendar.changed"
    audience: ClassVar[Audience] = Audience.PUBLIC
    day: str
    what: str
