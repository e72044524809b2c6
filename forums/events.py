"""The events of forums, submissions and commitments: frozen dataclasses that hold ids, never texts or contact details.

Subjects: ``forum/{slug}``, ``talk/{slug}`` (comments in a forum, and their moderation), ``submission/{number}``,
``commitment/{number}``.
"""

from dataclasses import dataclass
from typing import ClassVar

from forums.registration_events import (  # noqa: F401 — every event of a forum can be imported from here
    CheckedIn,
    CheckInUndone,
    OfferLapsed,
    PeopleCounted,
    PlaceOffered,
    Registered,
    RegistrationCancelled,
    SessionCancelled,
    SessionChanged,
    SessionsAdded,
)
from server.core.ledger import Audience


@dataclass(frozen=True)
class ForumProposed:
    """A citizen proposed a forum."""

    kind: ClassVar[str] = "forum.proposed"
    audience: ClassVar[Audience] = Audience.PUBLIC
    forum_kind: str
    petition: str = ""


@dataclass(frozen=True)
class ForumDeclined:
    kind: ClassVar[str] = "forum.declined"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int
    """Id of the official's public text."""


@dataclass(frozen=True)
class ForumAccepted:
    """The city accepted a citizen's proposal and plans the forum."""

    kind: ClassVar[str] = "forum.accepted"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int
    """Id of the official's public text."""


@dataclass(frozen=True)
class ForumPlanned:
    """The city planned a forum on its own initiative."""

    kind: ClassVar[str] = "forum.planned"
    audience: ClassVar[Audience] = Audience.STAFF
    forum_kind: str
    imported: bool = False
    petition: str = ""
    """The petition that it takes up as its topic."""


@dataclass(frozen=True)
class ForumEdited:
    kind: ClassVar[str] = "forum.edited"
    audience: ClassVar[Audience] = Audience.PUBLIC
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ForumPublished:
    kind: ClassVar[str] = "forum.published"
    audience: ClassVar[Audience] = Audience.PUBLIC


@dataclass(frozen=True)
class ForumOpened:
    """A proposed discussion opened because enough people support it."""

    kind: ClassVar[str] = "forum.opened"
    audience: ClassVar[Audience] = Audience.PUBLIC
    supports: int


@dataclass(frozen=True)
class ForumStarted:
    kind: ClassVar[str] = "forum.started"
    audience: ClassVar[Audience] = Audience.PUBLIC


@dataclass(frozen=True)
class ForumClosed:
    kind: ClassVar[str] = "forum.closed"
    audience: ClassVar[Audience] = Audience.PUBLIC


@dataclass(frozen=True)
class ForumCancelled:
    kind: ClassVar[str] = "forum.cancelled"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int


@dataclass(frozen=True)
class MinutesPublished:
    kind: ClassVar[str] = "forum.minutes"
    audience: ClassVar[Audience] = Audience.PUBLIC


@dataclass(frozen=True)
class TookPart:
    """Somebody took part in the forum for the first time; ``participant`` is None for people counted at check-in."""

    kind: ClassVar[str] = "talk.took_part"
    audience: ClassVar[Audience] = Audience.STAFF
    participant: int | None
    people: int


@dataclass(frozen=True)
class CommentMade:
    """Somebody commented on a submission, or on the forum itself."""

    kind: ClassVar[str] = "talk.comment"
    audience: ClassVar[Audience] = Audience.PUBLIC
    comment: int
    submission: str = ""
    parent: int | None = None


@dataclass(frozen=True)
class CommentWithdrawn:
    """The author withdrew a comment."""

    kind: ClassVar[str] = "talk.comment_withdrawn"
    audience: ClassVar[Audience] = Audience.PUBLIC
    comment: int


@dataclass(frozen=True)
class SubmissionReceived:
    kind: ClassVar[str] = "submission.received"
    audience: ClassVar[Audience] = Audience.PUBLIC
    forum: str
    channel: str
    petition: str = ""


@dataclass(frozen=True)
class SubmissionAssigned:
    kind: ClassVar[str] = "submission.assigned"
    audience: ClassVar[Audience] = Audience.PUBLIC
    department: int
    previous: int | None


@dataclass(frozen=True)
class SubmissionAnswered:
    """A department answered; ``outcome`` is a key of ``forums.labels.OUTCOMES``."""

    kind: ClassVar[str] = "submission.answered"
    audience: ClassVar[Audience] = Audience.PUBLIC
    outcome: str
    previous: str
    main: str = ""
    """The submission that it is merged into and shares its answer with."""
    text: int | None = None
    """Id of the department's text; for a merged submission, of the text to the main one."""


@dataclass(frozen=True)
class StudyOver:
    """The day until which it was under study has passed without another answer."""

    kind: ClassVar[str] = "submission.study_over"
    audience: ClassVar[Audience] = Audience.PUBLIC
    study_until: str


@dataclass(frozen=True)
class SubmissionMerged:
    """It was merged into a similar submission and shares its answer."""

    kind: ClassVar[str] = "submission.merged"
    audience: ClassVar[Audience] = Audience.PUBLIC
    to: str


@dataclass(frozen=True)
class SubmissionUnmerged:
    kind: ClassVar[str] = "submission.unmerged"
    audience: ClassVar[Audience] = Audience.PUBLIC
    previous: str


@dataclass(frozen=True)
class SubmissionWithdrawn:
    kind: ClassVar[str] = "submission.withdrawn"
    audience: ClassVar[Audience] = Audience.PUBLIC


@dataclass(frozen=True)
class SubmissionCorrected:
    """The clerk who transcribed it corrected a mistake."""

    kind: ClassVar[str] = "submission.corrected"
    audience: ClassVar[Audience] = Audience.PUBLIC
    forum: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class TranscriptionWithdrawn:
    """The clerk removed a line that nobody said, or that was transcribed twice."""

    kind: ClassVar[str] = "submission.transcription_withdrawn"
    audience: ClassVar[Audience] = Audience.PUBLIC
    forum: str


@dataclass(frozen=True)
class SubmissionDone:
    """The adopted submission was carried out (a day), or turned out not to be (empty)."""

    kind: ClassVar[str] = "submission.done"
    audience: ClassVar[Audience] = Audience.PUBLIC
    done_on: str


@dataclass(frozen=True)
class PetitionProposed:
    """An official proposed that it should become a petition; its author decides."""

    kind: ClassVar[str] = "submission.petition_proposed"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int


@dataclass(frozen=True)
class BecamePetition:
    """It became a petition; both keep their numbers."""

    kind: ClassVar[str] = "submission.became_petition"
    audience: ClassVar[Audience] = Audience.PUBLIC
    petition: str


@dataclass(frozen=True)
class TextReported:
    """Somebody reported a public text; ``comment`` is None for the submission itself."""

    kind: ClassVar[str] = "text.reported"
    audience: ClassVar[Audience] = Audience.STAFF
    rule: str
    comment: int | None = None


@dataclass(frozen=True)
class TextHeld:
    """A text waits for a moderator before it is shown, because of the forum's setting or because it looks like spam."""

    kind: ClassVar[str] = "text.held"
    audience: ClassVar[Audience] = Audience.PARTY
    why: str
    comment: int | None = None


@dataclass(frozen=True)
class TextHidden:
    """A moderator hid a text; the rule and the reason (``text``) are shown in its place."""

    kind: ClassVar[str] = "text.hidden"
    audience: ClassVar[Audience] = Audience.PUBLIC
    rule: str
    text: int
    comment: int | None = None


@dataclass(frozen=True)
class TextShown:
    """A moderator approved a text, or showed a hidden one again."""

    kind: ClassVar[str] = "text.shown"
    audience: ClassVar[Audience] = Audience.PUBLIC
    after_appeal: bool = False
    comment: int | None = None
    stood: bool = False
    """Whether it had been public until then."""
    again: bool = False
    """Whether it had been hidden; then it is not news."""


@dataclass(frozen=True)
class HidingAppealed:
    kind: ClassVar[str] = "text.appealed"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    comment: int | None = None


@dataclass(frozen=True)
class HidingUpheld:
    """Another moderator dismissed the appeal: the text stays hidden."""

    kind: ClassVar[str] = "text.appeal_dismissed"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int
    comment: int | None = None


@dataclass(frozen=True)
class CommitmentMade:
    kind: ClassVar[str] = "commitment.made"
    audience: ClassVar[Audience] = Audience.PUBLIC
    forum: str
    submission: str
    department: int
    due_on: str


@dataclass(frozen=True)
class CommitmentEdited:
    kind: ClassVar[str] = "commitment.edited"
    audience: ClassVar[Audience] = Audience.PUBLIC
    fields: tuple[str, ...]
    due_on: str
    """The due date after the change."""
    text: int | None = None
    """Id of the reason for a new due date."""


@dataclass(frozen=True)
class StepDone:
    kind: ClassVar[str] = "commitment.step_done"
    audience: ClassVar[Audience] = Audience.PUBLIC
    step: int


@dataclass(frozen=True)
class CommitmentDone:
    """It was carried out, and the evidence is attached."""

    kind: ClassVar[str] = "commitment.done"
    audience: ClassVar[Audience] = Audience.PUBLIC
    done_on: str


@dataclass(frozen=True)
class CommitmentContested:
    """An author of the submission says that it was not carried out."""

    kind: ClassVar[str] = "commitment.contested"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int


@dataclass(frozen=True)
class CommitmentDropped:
    kind: ClassVar[str] = "commitment.dropped"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int


@dataclass(frozen=True)
class CommitmentOverdue:
    kind: ClassVar[str] = "commitment.overdue"
    audience: ClassVar[Audience] = Audience.PUBLIC


IN_PASSING = frozenset(
    event.kind
    for event in (
        *(Registered, RegistrationCancelled, PlaceOffered, OfferLapsed, CheckedIn, CheckInUndone, PeopleCounted),
        *(TextReported, HidingAppealed),
    )
)
"""Events that many participants cause at once; they do not invalidate the version that an official is editing."""
