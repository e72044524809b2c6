"""What can happen to a forum, a submission or a commitment: frozen, past-tense events. They hold ids, never words or
contacts.

Subjects: ``forum/{slug}``, ``talk/{slug}`` (everything said in passing: comments, and what becomes of them),
``submission/{number}``, ``commitment/{number}``.
"""

from dataclasses import dataclass
from typing import ClassVar

from forums.registration_events import (  # noqa: F401 — every event of a forum is found here
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
    """A citizen asks for a forum."""

    kind: ClassVar[str] = "forum.proposed"
    audience: ClassVar[Audience] = Audience.PUBLIC
    forum_kind: str
    petition: str = ""


@dataclass(frozen=True)
class ForumDeclined:
    kind: ClassVar[str] = "forum.declined"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int
    """Written by an official for the public."""


@dataclass(frozen=True)
class ForumAccepted:
    """The city takes up what a citizen proposed, and plans it."""

    kind: ClassVar[str] = "forum.accepted"
    audience: ClassVar[Audience] = Audience.PUBLIC
    text: int
    """Written by an official for the public."""


@dataclass(frozen=True)
class ForumPlanned:
    """The city plans it of itself."""

    kind: ClassVar[str] = "forum.planned"
    audience: ClassVar[Audience] = Audience.STAFF
    forum_kind: str
    imported: bool = False
    petition: str = ""
    """The petition whose matter it takes up."""


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
    """A question that enough people support is discussed."""

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
    """Somebody took part in the forum for the first time; ``participant`` is None for people counted at a door."""

    kind: ClassVar[str] = "talk.took_part"
    audience: ClassVar[Audience] = Audience.STAFF
    participant: int | None
    people: int


@dataclass(frozen=True)
class CommentMade:
    """Somebody comments on a submission, or on the forum itself while it goes on."""

    kind: ClassVar[str] = "talk.comment"
    audience: ClassVar[Audience] = Audience.PUBLIC
    comment: int
    submission: str = ""
    parent: int | None = None


@dataclass(frozen=True)
class CommentWithdrawn:
    """Its author takes a comment back."""

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
    """A department says what becomes of it; ``outcome`` as in ``forums.labels.OUTCOMES``."""

    kind: ClassVar[str] = "submission.answered"
    audience: ClassVar[Audience] = Audience.PUBLIC
    outcome: str
    previous: str
    main: str = ""
    """The submission that it is merged to and that was answered for it."""
    text: int | None = None
    """What the department wrote; of a merged one, what it wrote to the main one."""


@dataclass(frozen=True)
class StudyOver:
    """The day until which it was to be studied has passed, and nothing else was answered."""

    kind: ClassVar[str] = "submission.study_over"
    audience: ClassVar[Audience] = Audience.PUBLIC
    study_until: str


@dataclass(frozen=True)
class SubmissionMerged:
    """It says the same as another one and shares its answer."""

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
    """The clerk who took it down at a session set right what was written wrongly."""

    kind: ClassVar[str] = "submission.corrected"
    audience: ClassVar[Audience] = Audience.PUBLIC
    forum: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class TranscriptionWithdrawn:
    """The clerk took back a line that nobody said, or that was taken down twice."""

    kind: ClassVar[str] = "submission.transcription_withdrawn"
    audience: ClassVar[Audience] = Audience.PUBLIC
    forum: str


@dataclass(frozen=True)
class SubmissionDone:
    """What was adopted is done (a day), or not done after all (empty)."""

    kind: ClassVar[str] = "submission.done"
    audience: ClassVar[Audience] = Audience.PUBLIC
    done_on: str


@dataclass(frozen=True)
class PetitionProposed:
    """An official thinks that it should go on as a petition; its author decides."""

    kind: ClassVar[str] = "submission.petition_proposed"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int


@dataclass(frozen=True)
class BecamePetition:
    """It goes on as a petition; both keep their numbers."""

    kind: ClassVar[str] = "submission.became_petition"
    audience: ClassVar[Audience] = Audience.PUBLIC
    petition: str


@dataclass(frozen=True)
class TextReported:
    """Somebody says that a public text breaks a rule; ``comment`` is None for the submission of the subject."""

    kind: ClassVar[str] = "text.reported"
    audience: ClassVar[Audience] = Audience.STAFF
    rule: str
    comment: int | None = None


@dataclass(frozen=True)
class TextHeld:
    """A text waits for a moderator before it is shown, because the forum wants it so or something looks wrong."""

    kind: ClassVar[str] = "text.held"
    audience: ClassVar[Audience] = Audience.PARTY
    why: str
    comment: int | None = None


@dataclass(frozen=True)
class TextHidden:
    """A moderator hides a text; the rule and the reason (``text``) stay in its place."""

    kind: ClassVar[str] = "text.hidden"
    audience: ClassVar[Audience] = Audience.PUBLIC
    rule: str
    text: int
    comment: int | None = None


@dataclass(frozen=True)
class TextShown:
    """A moderator lets a text stand, or shows a hidden one again."""

    kind: ClassVar[str] = "text.shown"
    audience: ClassVar[Audience] = Audience.PUBLIC
    after_appeal: bool = False
    comment: int | None = None
    stood: bool = False
    """Whether everybody could read it all the time."""
    again: bool = False
    """Whether it had been hidden: then it is nothing new."""


@dataclass(frozen=True)
class HidingAppealed:
    kind: ClassVar[str] = "text.appealed"
    audience: ClassVar[Audience] = Audience.PARTY
    text: int
    comment: int | None = None


@dataclass(frozen=True)
class HidingUpheld:
    """Another moderator looked at it again: it stays hidden."""

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
    """The day that holds now."""
    text: int | None = None
    """Why the day was changed."""


@dataclass(frozen=True)
class StepDone:
    kind: ClassVar[str] = "commitment.step_done"
    audience: ClassVar[Audience] = Audience.PUBLIC
    step: int


@dataclass(frozen=True)
class CommitmentDone:
    """It is done, and evidence is there."""

    kind: ClassVar[str] = "commitment.done"
    audience: ClassVar[Audience] = Audience.PUBLIC
    done_on: str


@dataclass(frozen=True)
class CommitmentContested:
    """The author of the submission says that it is not done."""

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
"""What many people do beside each other in a forum, and what changes nothing of what somebody edits meanwhile."""
