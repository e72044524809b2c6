"""What can happen to a case: frozen, past-tense events. They hold ids, never a person's words or contact details.

``text`` is the id of the statement that holds the words, so that words can be masked, access-controlled and purged
without touching the ledger. ``files`` are the ids of the attachments that came with the words.
"""

from dataclasses import field

from server.core.ledger import Audience, DomainEvent


class CaseReceived(DomainEvent, kind="case.received", audience=Audience.PARTY):
    case_kind: str
    channel: str
    due_at: str | None
    filed_by: int | None = None
    imported: bool = False


class CaseRouted(DomainEvent, kind="case.routed", audience=Audience.STAFF):
    """The program proposed a department (or none: the intake officer decides)."""

    department: int | None
    rule: int | None


class GuideAppointed(DomainEvent, kind="case.guide_appointed", audience=Audience.PARTY):
    guide: int
    previous: int | None = None


class CaseAccepted(DomainEvent, kind="case.accepted", audience=Audience.PARTY):
    department: int
    proposed: bool


class CaseAssigned(DomainEvent, kind="case.assigned", audience=Audience.PARTY):
    handler: int
    previous: int | None = None


class WorkStarted(DomainEvent, kind="case.started", audience=Audience.PARTY):
    handler: int


class CaseTransferred(DomainEvent, kind="case.transferred", audience=Audience.PARTY):
    """Inside the agency (Decree 13)."""

    department: int
    previous: int | None
    text: int


class CaseTransferredOut(DomainEvent, kind="case.transferred_out", audience=Audience.PARTY):
    """To another agency, with notice to the petitioner (Act 16)."""

    text: int


class SupplementRequested(DomainEvent, kind="case.supplement_requested", audience=Audience.PARTY):
    """``late_reason`` explains a request made after more than eight working hours (Rule 9①)."""

    text: int
    until: str
    times: int
    late_reason: int | None = None


class SupplementProlonged(DomainEvent, kind="case.supplement_prolonged", audience=Audience.PARTY):
    """The petitioner asked for and got more time to supplement (Decree 24②)."""

    until: str
    previous_until: str
    times: int
    text: int | None = None


class SupplementDueSoon(DomainEvent, kind="case.supplement_due_soon", audience=Audience.PARTY):
    """The petitioner's time to send the supplement ends tomorrow."""

    until: str


class SupplementUndelivered(DomainEvent, kind="case.supplement_undelivered", audience=Audience.PARTY):
    """A request to supplement was returned undelivered."""

    times: int
    text: int


class CaseDeemedWithdrawn(DomainEvent, kind="case.deemed_withdrawn", audience=Audience.PARTY):
    """Two requests were returned undelivered, so the petition is deemed withdrawn (Decree 25②)."""

    text: int


class SupplementReceived(DomainEvent, kind="case.supplement_received", audience=Audience.PARTY):
    text: int
    due_at: str | None
    files: tuple[int, ...] = ()


class CaseReturned(DomainEvent, kind="case.returned", audience=Audience.PARTY):
    text: int


class PeriodExtended(DomainEvent, kind="case.extended", audience=Audience.PARTY):
    amount: int
    unit: str
    consent: bool
    due_at: str
    previous_due_at: str
    text: int


class SiteInvestigated(DomainEvent, kind="case.site_investigation", audience=Audience.PARTY):
    """A site investigation was set or extended: the days from ``first`` to ``until`` do not count (Decree 17④⑤)."""

    first: str
    until: str
    prolonged: bool
    due_at: str
    previous_due_at: str
    text: int


class InterimNoticeGiven(DomainEvent, kind="case.interim_notice", audience=Audience.PARTY):
    text: int


class InterimNoticeDue(DomainEvent, kind="case.interim_due", audience=Audience.STAFF):
    """Another 30 days have passed since the receipt: the desk must give an interim notice (Decree 23)."""

    on: str


class NoteWritten(DomainEvent, kind="case.note", audience=Audience.STAFF):
    text: int
    files: tuple[int, ...] = ()


class MessageSent(DomainEvent, kind="case.message", audience=Audience.PARTY):
    """Between the petitioner and the officials; the actor shows who wrote it."""

    text: int
    files: tuple[int, ...] = ()


class CaseAnswered(DomainEvent, kind="case.answered", audience=Audience.PUBLIC):
    answer: int
    decision: str
    in_time: bool | None
    files: tuple[int, ...] = ()


class AnswerHeld(DomainEvent, kind="case.answer_held", audience=Audience.STAFF):
    """An answer did not leave, because the case changed after the press; its author has it as a draft."""

    handler: int
    because: str


class CaseClosed(DomainEvent, kind="case.closed", audience=Audience.PUBLIC):
    text: int | None = None


class CaseClosedAsRepeated(DomainEvent, kind="case.closed_as_repeated", audience=Audience.PARTY):
    """The same petition was answered at least twice, in the cases ``earlier`` (종결처리, Act 23).

    ``remedies`` is the statement with the remedies; ``committee`` means that it is a petition by many people that the
    mediation committee has considered (Decree 26).
    """

    text: int
    remedies: int
    earlier: tuple[str, ...]
    committee: bool


class CaseRated(DomainEvent, kind="case.rated", audience=Audience.PARTY):
    score: int
    text: int | None = None


class CaseReopened(DomainEvent, kind="case.reopened", audience=Audience.PARTY):
    text: int
    due_at: str | None


class ObjectionFiled(DomainEvent, kind="case.objection_filed", audience=Audience.PARTY):
    """The petitioner objected to a refusal (Act 35); the decision is due at ``due_at``."""

    text: int
    due_at: str


class ObjectionPassedOn(DomainEvent, kind="case.objection_passed_on", audience=Audience.PARTY):
    """The refusing department was closed: this one decides the objection. The case remains answered."""

    department: int
    text: int


class ObjectionExtended(DomainEvent, kind="case.objection_extended", audience=Audience.PARTY):
    """The decision on an objection was extended, once (Act 35②)."""

    amount: int
    due_at: str
    previous_due_at: str
    text: int


class ObjectionUpheld(DomainEvent, kind="case.objection_upheld", audience=Audience.PARTY):
    """The objection was justified: the case is reopened and must be answered again by ``due_at``."""

    text: int
    due_at: str | None


class ObjectionDismissed(DomainEvent, kind="case.objection_dismissed", audience=Audience.PARTY):
    """The refusal stands; ``remedies`` is the statement with the remedies (Decree 40)."""

    text: int
    remedies: int


class ObjectionWithdrawn(DomainEvent, kind="case.objection_withdrawn", audience=Audience.PARTY):
    """The petitioner withdrew the objection before it was decided: the refusal stands."""

    text: int | None = None


class ObjectionDueSoon(DomainEvent, kind="case.objection_due_soon", audience=Audience.STAFF):
    """The objection must be decided within a day."""


class ObjectionOverdue(DomainEvent, kind="case.objection_overdue", audience=Audience.PARTY):
    """The objection was not decided in time (Act 35②)."""


class ConsultationRequested(DomainEvent, kind="case.consultation_requested", audience=Audience.PARTY):
    """Another department is consulted (협조, Act 20). The petitioner is told which one and until when.

    ``words`` is a statement like ``text``, but for officials only.
    """

    part: int
    department: int
    due_at: str
    words: int


class ConsultationExtended(DomainEvent, kind="case.consultation_extended", audience=Audience.PARTY):
    """The consulted department extended its reply, once (Act 20②)."""

    part: int
    department: int
    due_at: str
    previous_due_at: str
    words: int


class ConsultationReplied(DomainEvent, kind="case.consultation_replied", audience=Audience.PARTY):
    """The consulted department replied; the words are for officials."""

    part: int
    department: int
    in_time: bool
    words: int


class ConsultationWithdrawn(DomainEvent, kind="case.consultation_withdrawn", audience=Audience.PARTY):
    """The request was withdrawn: by the case's department, or because the case ended or was transferred to this one."""

    part: int
    department: int
    words: int | None = None


class ConsultationDueSoon(DomainEvent, kind="case.consultation_due_soon", audience=Audience.STAFF):
    """The reply period ends within a day."""

    part: int
    department: int


class ConsultationOverdue(DomainEvent, kind="case.consultation_overdue", audience=Audience.STAFF):
    """The reply period has ended without a reply."""

    part: int
    department: int


class ConsentWithdrawn(DomainEvent, kind="case.unpublished", audience=Audience.PUBLIC):
    """The petitioner no longer agrees that petition and answer are published: no public page shows them any more."""


class CaseWithdrawn(DomainEvent, kind="case.withdrawn", audience=Audience.PARTY):
    text: int | None = None


class DueRecomputed(DomainEvent, kind="case.due_recomputed", audience=Audience.PARTY):
    """The calendar changed while a deadline was running; the date announced before stays visible."""

    due_at: str
    previous_due_at: str
    holiday: str


class DueSoon(DomainEvent, kind="case.due_soon", audience=Audience.PARTY):
    """The period ends soon: within a day, or within an hour where it is shorter than a working day."""

    due_at: str


class Overdue(DomainEvent, kind="case.overdue", audience=Audience.PARTY):
    """The period has ended; the inspector and the manager are notified (Decree 28)."""


class AttachmentAdded(DomainEvent, kind="case.attachment", audience=Audience.PARTY):
    attachment: int


class VisitNoted(DomainEvent, kind="case.visit", audience=Audience.PARTY):
    """What happened to a visit for the case, or to a request for one (``what``), as visits report it.

    ``office`` holds the office's names by language, ``starts_at`` the start of the visit, both empty if unknown. A
    request also has the names of its ``services`` by language and its ``proposed`` times; ``again``: it replaces an
    earlier one. What was settled at a counter has its ``services`` and ``counter``; ``visit`` is empty without a
    reservation.
    """

    visit: str
    what: str
    starts_at: str
    office: dict[str, str]
    text: int | None = None
    services: dict[str, str] = field(default_factory=dict)
    proposed: tuple[str, ...] = ()
    again: bool = False
    counter: str = ""


class MailUndelivered(DomainEvent, kind="case.mail_undelivered", audience=Audience.STAFF):
    """A mail server, or a gateway for text messages (``by_text``), rejected the petitioner's address or number.

    So they were not notified of an event of the case. ``no_texts``: no message was tried, because the number is one
    that gets none, such as a landline; recorded once per case.
    """

    event: int
    about: str
    by_text: bool = False
    no_texts: bool = False


class CalendarChanged(DomainEvent, kind="calendar.changed", audience=Audience.PUBLIC):
    """A temporary holiday was added or removed, or office hours were set (subject ``calendar``)."""

    day: str
    what: str
