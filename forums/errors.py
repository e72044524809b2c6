"""The refusals of forums, each with its status and a stable code."""

from collections.abc import Sequence

from server.core.errors import Conflict, Forbidden, NotFound, _


class NoSuchForum(NotFound):
    """404: no such forum, or this reader may not see it."""

    code, text = "no_such_forum", _("There is no such forum.")


class NoSuchSubmission(NotFound):
    """404: no such submission."""

    code, text = "no_such_submission", _("There is no such submission.")


class EndIsPast(Conflict):
    """409: the forum ends by itself, and its end has passed."""

    code, text = "end_is_past", _("Its end date has already passed. Please set a later one first.")


class NoSuchSession(NotFound):
    """404: the forum has no such session."""

    code, text = "no_such_session", _("There is no such session.")


class CheckInClosed(Conflict):
    """409: check-in opens on the day of the session."""

    code, text = "door_closed", _("Check-in opens on the day of the session.")


class TooManyProposals(Conflict):
    """409: this participant has the maximum number of undecided proposals."""

    code = "too_many_proposals"
    text = _("Five of your proposals are waiting for an answer. Please wait until one of them has been answered.")


class NotShownYet(Conflict):
    """409: moderators have hidden the proposal or not reviewed it yet."""

    code = "not_shown_yet"
    text = _("A moderator has not yet shown this proposal to everyone. Please decide on it under Moderation first.")


class CommitmentExists(Conflict):
    """409: a commitment because of this submission exists and has to be dealt with first."""

    code = "commitment_stands"
    text = _("There is a commitment because of this submission. Please discontinue it with its reason first.")


class NoCommitmentPossible(Conflict):
    """409: only an adopted submission can have a commitment, and one at a time."""

    code, text = "no_commitment_possible", _("Only an adopted submission without a commitment can be given one.")


class CannotMerge(Conflict):
    """409: these two submissions cannot be merged."""

    code, text = "cannot_merge", _("A submission cannot be merged with itself or with one that is merged into it.")


class NotYours(Forbidden):
    """403: another department is responsible."""

    code = "another_department"
    text = _("This belongs to another department; only its officials or those who assign submissions can do this.")


class TwiceAtOnce(Conflict):
    """409: the forum already has a session of this kind at that time and place."""

    code, text = "twice_at_once", _("There is already a session at this place and time.")


class NotTheAuthor(Forbidden):
    """403: only an author of the submission can contest its commitment."""

    code = "not_the_author"
    text = _("Only the people whose submissions led to this commitment can dispute that it was carried out.")


class NoSuchCommitment(NotFound):
    """404: no such commitment, or this reader may not see it."""

    code, text = "no_such_commitment", _("There is no such commitment.")


class NoSuchText(NotFound):
    """404: no such text, or it is not shown."""

    code, text = "no_such_text", _("This text is no longer available.")


class AlreadyDecided(Conflict):
    """409: another moderator decided first, or the author appealed after the page was opened."""

    code, text = "already_decided", _("A decision on this text was made after you opened the page. Please review it.")


class OwnDecision(Forbidden):
    """403: the moderator who hid a text does not decide the appeal against it."""

    code = "own_decision"

    def __init__(self, others: Sequence[str]) -> None:
        super().__init__(
            _(
                "You hid this text yourself, so another moderator decides the appeal: %(names)s.",
                names=", ".join(others),
            )
            if others
            else _(
                "You hid this text yourself, so another moderator must decide the appeal. There is no other "
                "moderator yet: please ask an administrator for a second one."
            )
        )


class AppealedBefore(Conflict):
    """409: one appeal for each time a text is hidden."""

    code, text = "appealed_before", _("You have already appealed for this text. You can appeal only once.")


class NotTheSpeaker(Forbidden):
    """403: only the author of the submission can do this."""

    code, text = "not_the_speaker", _("Only the author of this submission can do this.")


class OwnSubmission(Conflict):
    """409: nobody can support their own submission or comment."""

    code, text = "own_submission", _("This is your own submission. Others can support it.")


class OthersMerged(Conflict):
    """409: other authors' submissions are merged into this one and wait for its answer."""

    code = "has_merged"
    text = _("Other submissions were merged into this one and are waiting for its answer, so it cannot be withdrawn.")


class NotYourSubmission(Forbidden):
    """403: only its author can withdraw it."""

    code, text = "not_your_submission", _("Only its author can withdraw it.")
