"""The events of forums, submissions and commitments: frozen dataclasses that hold ids, never texts or contact details.

Subjects: ``forum/{slug}``, ``talk/{slug}`` (comments in a forum, and their moderation), ``submission/{number}``,
``commitment/{number}``.
"""

from server.core.ledger import Audience, DomainEvent


class ForumProposed(DomainEvent, kind="forum.proposed", audience=Audience.PUBLIC):
    """A citizen proposed a forum."""

    forum_kind: str
    petition: str = ""


class ForumDeclined(DomainEvent, kind="forum.declined", audience=Audience.PUBLIC):
    text: int
    """Id of the official's public text."""


class ForumAccepted(DomainEvent, kind="forum.accepted", audience=Audience.PUBLIC):
    """The city accepted a citizen's proposal and plans the forum."""

    text: int
    """Id of the official's public text."""


class ForumPlanned(DomainEvent, kind="forum.planned", audience=Audience.STAFF):
    """The city planned a forum on its own initiative."""

    forum_kind: str
    imported: bool = False
    petition: str = ""
    """The petition that it takes up as its topic."""


class ForumEdited(DomainEvent, kind="forum.edited", audience=Audience.PUBLIC):
    fields: tuple[str, ...]


class ForumPublished(DomainEvent, kind="forum.published", audience=Audience.PUBLIC):
    """The forum was announced: everybody can see it."""


class ForumOpened(DomainEvent, kind="forum.opened", audience=Audience.PUBLIC):
    """A proposed discussion opened because enough people support it."""

    supports: int


class ForumStarted(DomainEvent, kind="forum.started", audience=Audience.PUBLIC):
    """It has begun."""


class ForumClosed(DomainEvent, kind="forum.closed", audience=Audience.PUBLIC):
    """It is over."""


class ForumCancelled(DomainEvent, kind="forum.cancelled", audience=Audience.PUBLIC):
    text: int


class MinutesPublished(DomainEvent, kind="forum.minutes", audience=Audience.PUBLIC):
    """Its minutes can be read."""


class Registered(DomainEvent, kind="forum.registered", audience=Audience.STAFF):
    """Somebody registered for a session and has a place, or is on the waiting list."""

    session: int
    registration: int
    waiting: bool


class RegistrationCancelled(DomainEvent, kind="forum.registration_cancelled", audience=Audience.STAFF):
    """Somebody cancelled their registration, offer or turn on the waiting list."""

    session: int
    registration: int


class PlaceOffered(DomainEvent, kind="forum.place_offered", audience=Audience.STAFF):
    """A free place was offered to the next on the waiting list, until a moment."""

    session: int
    registration: int
    until: str


class OfferLapsed(DomainEvent, kind="forum.offer_lapsed", audience=Audience.STAFF):
    """An offer expired before it was accepted."""

    session: int
    registration: int


class CheckedIn(DomainEvent, kind="forum.checked_in", audience=Audience.STAFF):
    """Somebody with a registration was checked in."""

    session: int
    registration: int


class CheckInUndone(DomainEvent, kind="forum.check_in_undone", audience=Audience.STAFF):
    """A check-in was undone; the place of a walk-in is free again."""

    session: int
    registration: int


class PeopleCounted(DomainEvent, kind="forum.people_counted", audience=Audience.STAFF):
    """People were counted without names; a negative number corrects an earlier count."""

    session: int
    people: int


class SessionsAdded(DomainEvent, kind="forum.sessions_added", audience=Audience.PUBLIC):
    """Sessions were added to the forum."""

    sessions: tuple[int, ...]


class SessionChanged(DomainEvent, kind="forum.session_changed", audience=Audience.PUBLIC):
    """A session was changed; people with a registration are told about another time or place."""

    session: int
    fields: tuple[str, ...]


class SessionCancelled(DomainEvent, kind="forum.session_cancelled", audience=Audience.STAFF):
    """A session was cancelled; ``registrations`` had a place, an offer or a turn on the waiting list."""

    session: int
    text: int
    registrations: tuple[int, ...]


class TookPart(DomainEvent, kind="talk.took_part", audience=Audience.STAFF):
    """Somebody took part in the forum for the first time; ``participant`` is None for people counted at check-in."""

    participant: int | None
    people: int


class CommentMade(DomainEvent, kind="talk.comment", audience=Audience.PUBLIC):
    """Somebody commented on a submission, or on the forum itself."""

    comment: int
    submission: str = ""
    parent: int | None = None


class CommentWithdrawn(DomainEvent, kind="talk.comment_withdrawn", audience=Audience.PUBLIC):
    """The author withdrew a comment."""

    comment: int


class SubmissionReceived(DomainEvent, kind="submission.received", audience=Audience.PUBLIC):
    forum: str
    channel: str
    petition: str = ""


class SubmissionAssigned(DomainEvent, kind="submission.assigned", audience=Audience.PUBLIC):
    department: int
    previous: int | None


class SubmissionAnswered(DomainEvent, kind="submission.answered", audience=Audience.PUBLIC):
    """A department answered; ``outcome`` is a key of ``forums.labels.OUTCOMES``."""

    outcome: str
    previous: str
    main: str = ""
    """The submission that it is merged into and shares its answer with."""
    text: int | None = None
    """Id of the department's text; for a merged submission, of the text to the main one."""


class StudyOver(DomainEvent, kind="submission.study_over", audience=Audience.PUBLIC):
    """The day until which it was under study has passed without another answer."""

    study_until: str


class SubmissionMerged(DomainEvent, kind="submission.merged", audience=Audience.PUBLIC):
    """It was merged into a similar submission and shares its answer."""

    to: str


class SubmissionUnmerged(DomainEvent, kind="submission.unmerged", audience=Audience.PUBLIC):
    previous: str


class SubmissionWithdrawn(DomainEvent, kind="submission.withdrawn", audience=Audience.PUBLIC):
    """Its author withdrew it."""


class SubmissionCorrected(DomainEvent, kind="submission.corrected", audience=Audience.PUBLIC):
    """The clerk who transcribed it corrected a mistake."""

    forum: str
    fields: tuple[str, ...]


class TranscriptionWithdrawn(DomainEvent, kind="submission.transcription_withdrawn", audience=Audience.PUBLIC):
    """The clerk removed a line that nobody said, or that was transcribed twice."""

    forum: str


class SubmissionDone(DomainEvent, kind="submission.done", audience=Audience.PUBLIC):
    """The adopted submission was carried out (a day), or turned out not to be (empty)."""

    done_on: str


class PetitionProposed(DomainEvent, kind="submission.petition_proposed", audience=Audience.PARTY):
    """An official proposed that it should become a petition; its author decides."""

    text: int


class BecamePetition(DomainEvent, kind="submission.became_petition", audience=Audience.PUBLIC):
    """It became a petition; both keep their numbers."""

    petition: str


class TextReported(DomainEvent, kind="text.reported", audience=Audience.STAFF):
    """Somebody reported a public text; ``comment`` is None for the submission itself."""

    rule: str
    comment: int | None = None


class TextHeld(DomainEvent, kind="text.held", audience=Audience.PARTY):
    """A text waits for a moderator before it is shown, because of the forum's setting or because it looks like spam."""

    why: str
    comment: int | None = None


class TextHidden(DomainEvent, kind="text.hidden", audience=Audience.PUBLIC):
    """A moderator hid a text; the rule and the reason (``text``) are shown in its place."""

    rule: str
    text: int
    comment: int | None = None


class TextShown(DomainEvent, kind="text.shown", audience=Audience.PUBLIC):
    """A moderator approved a text, or showed a hidden one again."""

    after_appeal: bool = False
    comment: int | None = None
    stood: bool = False
    """Whether it had been public until then."""
    again: bool = False
    """Whether it had been hidden; then it is not news."""


class HidingAppealed(DomainEvent, kind="text.appealed", audience=Audience.PARTY):
    text: int
    comment: int | None = None


class HidingUpheld(DomainEvent, kind="text.appeal_dismissed", audience=Audience.PUBLIC):
    """Another moderator dismissed the appeal: the text stays hidden."""

    text: int
    comment: int | None = None


class CommitmentMade(DomainEvent, kind="commitment.made", audience=Audience.PUBLIC):
    forum: str
    submission: str
    department: int
    due_on: str


class CommitmentEdited(DomainEvent, kind="commitment.edited", audience=Audience.PUBLIC):
    fields: tuple[str, ...]
    due_on: str
    """The due date after the change."""
    text: int | None = None
    """Id of the reason for a new due date."""


class StepDone(DomainEvent, kind="commitment.step_done", audience=Audience.PUBLIC):
    step: int


class CommitmentDone(DomainEvent, kind="commitment.done", audience=Audience.PUBLIC):
    """It was carried out, and the evidence is attached."""

    done_on: str


class CommitmentContested(DomainEvent, kind="commitment.contested", audience=Audience.PUBLIC):
    """An author of the submission says that it was not carried out."""

    text: int


class CommitmentDropped(DomainEvent, kind="commitment.dropped", audience=Audience.PUBLIC):
    text: int


class CommitmentOverdue(DomainEvent, kind="commitment.overdue", audience=Audience.PUBLIC):
    """Its date has passed without a report that it was carried out."""


IN_PASSING = frozenset(
    event.kind
    for event in (
        *(Registered, RegistrationCancelled, PlaceOffered, OfferLapsed, CheckedIn, CheckInUndone, PeopleCounted),
        *(TextReported, HidingAppealed),
    )
)
"""Events that many participants cause at once; they do not invalidate the version that an official is editing."""
