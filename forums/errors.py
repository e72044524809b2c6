"""What a forum refuses, each with its status and a stable code."""

from collections.abc import Sequence

from server.core.errors import Conflict, Forbidden, NotFound, _


class NoSuchForum(NotFound):
    """404: no such forum, or not for this reader."""

    code = "no_such_forum"
    text = _("There is no such forum.")


class NoSuchVoice(NotFound):
    """404: no such submission."""

    code = "no_such_submission"
    text = _("There is no such submission.")


class EndIsPast(Conflict):
    """409: it ends by itself, and its end has passed."""

    code = "end_is_past"
    text = _("Its end has passed already. Please give it a later end first.")


class NoSuchSession(NotFound):
    """404: no such date of this forum."""

    code = "no_such_session"
    text = _("There is no such session.")


class DoorClosed(Conflict):
    """409: people are checked in on the day of the session."""

    code = "door_closed"
    text = _("People are checked in on the day of the session.")


class TooManyProposals(Conflict):
    """409: several proposals of this person wait for an answer."""

    code = "too_many_proposals"
    text = _("Five of your proposals wait for an answer. Please wait until one of them is answered.")


class NotShownYet(Conflict):
    """409: moderators have hidden the proposal, or have not looked at it yet."""

    code = "not_shown_yet"
    text = _("A moderator has not shown this proposal to everybody. Please have it decided under Moderation first.")


class PromiseStands(Conflict):
    """409: the city has promised something because of this voice; that comes first."""

    code = "commitment_stands"
    text = _("There is a commitment because of this submission. Please give it up with its reason first.")


class NotPromised(Conflict):
    """409: only what was adopted becomes a commitment, and one at a time."""

    code = "no_commitment_possible"
    text = _("Only an adopted submission without a commitment takes one.")


class CannotJoin(Conflict):
    """409: these two voices cannot share an answer."""

    code = "cannot_join"
    text = _("A submission cannot be joined with itself or with one that is joined to it.")


class NotYours(Forbidden):
    """403: another department has it."""

    code = "another_department"
    text = _("Another department has this; only its officials or those who hand out submissions may do this.")


class TwiceAtOnce(Conflict):
    """409: the forum has a session of this kind there and then."""

    code = "twice_at_once"
    text = _("At this place there is a session at this time already.")


class NotTheAuthor(Forbidden):
    """403: only who asked for it can say that it is not done."""

    code = "not_the_author"
    text = _("Only the people whose submissions led to this commitment can say that it is not done.")


class NoSuchPromise(NotFound):
    """404: no such commitment, or not for this reader."""

    code = "no_such_commitment"
    text = _("There is no such commitment.")


class NoSuchText(NotFound):
    """404: no such text, or nobody sees it."""

    code = "no_such_text"
    text = _("This text is not there any more.")


class AlreadyDecided(Conflict):
    """409: another moderator was first, or its author has appealed since the page was opened."""

    code = "already_decided"
    text = _("This text was decided on after you opened the page. Please look at what was decided.")


class OwnDecision(Forbidden):
    """403: who hid a text does not decide on the appeal against it."""

    code = "own_decision"

    def __init__(self, others: Sequence[str]) -> None:
        super().__init__(
            _(
                "You hid this text yourself, so somebody else decides on the appeal: %(names)s.",
                names=", ".join(others),
            )
            if others
            else _(
                "You hid this text yourself, so somebody else decides on the appeal. Nobody else may moderate yet: "
                "please ask an administrator for a second moderator."
            )
        )


class AppealedBefore(Conflict):
    """409: an appeal is possible once for each hiding."""

    code = "appealed_before"
    text = _("You have already asked for a second look at this text. It is possible once.")


class NotTheSpeaker(Forbidden):
    """403: somebody else said it."""

    code = "not_the_speaker"
    text = _("Only the person who gave this submission can do this.")


class OwnVoice(Conflict):
    """409: nobody stands behind their own words."""

    code = "own_voice"
    text = _("This is your own. Others can stand behind it.")


class OthersJoined(Conflict):
    """409: others' voices were joined to this one and wait for its answer."""

    code = "others_joined"
    text = _("Others who said the same were joined to this one and wait for its answer, so it cannot be taken back.")


class NotYourVoice(Forbidden):
    """403: only its author takes a voice back."""

    code = "not_your_voice"
    text = _("Only its author can take it back.")
