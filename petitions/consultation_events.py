"""Events of consultations (협조, Act 20), as in ``petitions.events``."""

from dataclasses import dataclass
from typing import ClassVar

from server.core.ledger import Audience


@dataclass(frozen=True)
class ConsultationRequested:
    """Another department is consulted (협조, Act 20). The petitioner is told which one and until when.

    ``words`` is a statement like ``text``, but for officials only.
    """

    kind: ClassVar[str] = "case.consultation_requested"
    audience: ClassVar[Audience] = Audience.PARTY
    part: int
    department: int
    due_at: str
    words: int


@dataclass(frozen=True)
class ConsultationExtended:
    """The consulted department extended its reply, once (Act 20②)."""

    kind: ClassVar[str] = "case.consultation_extended"
    audience: ClassVar[Audience] = Audience.PARTY
    part: int
    department: int
    due_at: str
    previous_due_at: str
    words: int


@dataclass(frozen=True)
class ConsultationReplied:
    """The consulted department replied; the words are for officials."""

    kind: ClassVar[str] = "case.consultation_replied"
    audience: ClassVar[Audience] = Audience.PARTY
    part: int
    department: int
    in_time: bool
    words: int


@dataclass(frozen=True)
class ConsultationWithdrawn:
    """The request was withdrawn: by the case's department, or because the case ended or was transferred to this one."""

    kind: ClassVar[str] = "case.consultation_withdrawn"
    audience: ClassVar[Audience] = Audience.PARTY
    part: int
    department: int
    words: int | None = None


@dataclass(frozen=True)
class ConsultationDueSoon:
    """The reply period ends within a day."""

    kind: ClassVar[str] = "case.consultation_due_soon"
    audience: ClassVar[Audience] = Audience.STAFF
    part: int
    department: int


@dataclass(frozen=True)
class ConsultationOverdue:
    """The reply period has ended without a reply."""

    kind: ClassVar[str] = "case.consultation_overdue"
    audience: ClassVar[Audience] = Audience.STAFF
    part: int
    department: int
