"""What a forum refuses, each with its status and a stable code."""

from collections.abc import Sequence

from server.core.errors import Conflict, Forbidden, NotFound, _


class NoSuchForum(NotFound):
    """404: no such forum, or not for this reader."""

    code = "no_such_forum"
    text = _("There is no such forum.")


class NoSuchSubmission(NotFound):
    """404: no such submission."""

    code = "no_such_submission"
    text = _("There is no such submission.")


class EndIsPast(Conflict):
    """409: it ends by itself, and its end has passed."""

    code = "end_is_past"
    text = _("Its end date has already passed. Please set a later one first.")


class NoSuchSession(NotFound):
    """404: no such date of this forum."""

    code = "no_such_session"
    text = _("There is no such session.")


class CheckInClosed(Conflict):
    """409: people are checked in on the day of the session."""

    code = "door_closed"
    text = _("Check-in opens on the day of the session.")


class TooManyProposals(Conflict):
    """409: several proposals of this person wait for an answer."""

    code = "too_many_proposals"
    text = _("Five of your proposals are waiting for an answer. Please wait until one of them has been answered.")


class NotShownYet(Conflict):
    """409: moderators have hidden the proposal, or have not looked at it yet."""

    code = "not_shown_yet"
    text = _("A moderator has not yet shown this proposal to everyone. Please decide on it under Moderation first.")


class CommitmentExists(Conflict):
    """409: the city has promised something because of this submission; that comes first."""

    code = "commitment_stands"
    text = _("There is a commitment because of this submission. Please discontinue it with its reason first.")


class NoCommitmentPossible(Conflict):
    """409: only what was adopted becomes a commitment, and one at a time."""

    code = "no_commitment_possible"
    text = _("Only an adopted submission without a commitment can be given one.")


class CannotMerge(Conflict):
    """409: these two submissions cannot share an answer."""

    code = "cannot_join"
    text = _("A submission cannot be merged with itself or with one that is merged into it.")


class NotYours(Forbidden):
    """403: another department has it."""

    code = "another_department"
    text = _("This belongs to another department; only its officials or those who assign submissions can do this.")


class TwiceAtOnce(Conflict):
    """409: the forum has a session of this kind there and then."""

    code = "twice_at_once"
    text = _("There is already a session at this place and time.")


class NotTheAuthor(Forbidden):
    """403: only who asked for it can say that it is not done."""

    code = "not_the_author"
    text = _("Only the people whose submissions led to this commitment can dispute that it was carried out.")


class NoSuchCommitment(NotFound):
    """404: no such commitment, or not for this reader."""

    code = "no_such_commitment"
    text = _("There is no such commitment.")


class NoSuchText(NotFound):
    """404: no such text, or nobody sees it."""

    code = "no_such_text"
    text = _("This text is no longer available.")


class AlreadyDecided(Conflict):
    """409: another moderator was first, or its author has appealed since the page was opened."""

    code = "already_decided"
    text = _("A decision on this text was made after you opened the page. Please review it.")


class OwnDecision(Forbidden):
    """403: who hid a text does not decide on the appeal against it."""

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
    """409: an appeal is possible once for each hiding."""

    code = "appealed_before"
    text = _("You have already appealed for this text. You can appeal only once.")


class NotTheSpeaker(Forbidden):
    """403: somebody else said it."""

    code = "not_the_speaker"
    text = _("Only the author of this submission can do this.")


class OwnSubmission(Conflict):
    """409: nobody support their own words."""

    code = "own_submission"
    text = _("This is your own submission. Others can support it.")


class OthersMerged(Conflict):
    """409: others' submissions were merged to this one and wait for its answer."""

    code = "others_joined"
    text = _("Other submissions were merged into this one and are waiting for its answer, so it cannot be withdrawn.")


class NotYourSubmission(Forbidden):
    """403: only its author takes a submission back."""

    code = "not_your_submission"
    text = _("Only its author can withdraw it.")
