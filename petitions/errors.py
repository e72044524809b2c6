"""What a case refuses, each with its status and a stable code."""

from petitions.labels import STATES
from server.core.errors import Conflict, NotFound, _
from server.core.ledger import Entry


class NoSuchCase(NotFound):
    """404: no such case, or not for this reader."""

    code = "no_such_case"
    text = _("We could not find a case by this number, or the key does not fit it.")


class NotPossibleNow(Conflict):
    """409: the state does not allow the action."""

    code = "illegal_transition"

    def __init__(self, action: str, state: str) -> None:
        super().__init__(
            _(
                "This is not possible while the case is “%(state)s”.",
                state=STATES[state],
                action=action,
            )
        )
        self.details = {"action": action, "state": state}


class ChangedMeanwhile(Conflict):
    """409: somebody else worked on the case since the page was opened; ``entries`` says what they did."""

    code = "changed_meanwhile"
    text = _("Somebody else changed this case after you opened it. Your text is kept; please look at what changed.")

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__()
        self.entries = entries
        self.details = {
            "changes": [
                {"kind": e.kind, "actor": e.actor, "at": e.occurred_at.isoformat(), "sequence": e.sequence}
                for e in entries
            ]
        }


class Refused(Conflict):
    """409: a rule of the law refuses it; ``text`` says which."""

    code = "refused_by_rule"
