"""What a forum refuses, each with its status and a stable code."""

from server.core.errors import Conflict, Forbidden, NotFound, _


class NoSuchForum(NotFound):
    """404: no such forum, or not for this reader."""

    code = "no_such_forum"
    text = _("There is no such forum.")


class NoSuchVoice(NotFound):
    """404: no such submission."""

    code = "no_such_submission"
    text = _("There is no such submission.")


class NotPossibleNow(Conflict):
    """409: the state does not allow the action."""

    code = "illegal_transition"
    text = _("This is not possible as it stands now.")

    def __init__(self, action: str, state: str) -> None:
        super().__init__()
        self.details = {"action": action, "state": state}


class ChangedMeanwhile(Conflict):
    """409: somebody else changed it since the page was opened."""

    code = "changed_meanwhile"
    text = _("Somebody else changed this after you opened it. Your text is kept; please look at what changed.")


class NotAPart(Forbidden):
    """403: speaking needs a confirmed mail address and a display name."""

    code = "not_taking_part"
    text = _("To speak here, please confirm your mail address first.")


class Full(Conflict):
    """409: no place is left."""

    code = "session_full"
    text = _("All places of this session are taken.")


class EndIsPast(Conflict):
    """409: it ends by itself, and its end has passed."""

    code = "end_is_past"
    text = _("Its end has passed already. Please give it a later end first.")
