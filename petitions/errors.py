"""Refusals of actions on a case, each with its HTTP status and a stable code."""

from petitions.labels import STATES
from server.core import errors
from server.core.errors import Conflict, NotFound, _


class NoSuchCase(NotFound):
    """404: the case does not exist, or the reader may not see it."""

    code = "no_such_case"
    text = _("We could not find a case with this number, or the key does not match it.")


class NotPossibleNow(errors.NotPossibleNow):
    """409: the case's state does not allow the action."""

    def __init__(self, action: str, state: str) -> None:
        text = _("This is not possible while the case has the status “%(state)s”.", state=STATES[state], action=action)
        super().__init__(action, state, text)


class ChangedMeanwhile(errors.ChangedMeanwhile):
    """409: somebody else changed the case since the page was opened; ``entries`` are their events."""

    text = _("Someone else changed this case after you opened it. Your text is kept; please review what changed.")


class Refused(Conflict):
    """409: a rule of the law does not allow it; ``text`` explains which."""

    code = "refused_by_rule"
