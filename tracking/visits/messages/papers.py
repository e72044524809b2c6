"""Messages about documents that are handed in and checked before a visit."""

from server.core.errors import Text, _
from tracking.visits import events
from tracking.visits.messages.event import VisitEvent, message, to_visitor

_FINE = "fine"
_CHECKED: dict[str, Text] = {
    _FINE: _("%(document)s is fine"),
    "incomplete": _("Something is missing from %(document)s"),
    "original": _("%(document)s is fine; the original is to be brought"),
}


def _checked(event: VisitEvent) -> Text:
    return _CHECKED.get(event.data["state"], _CHECKED[_FINE])


def _worth_telling(event: VisitEvent) -> bool:
    """Whether the visitor has to do something, or no longer has to: not each of several documents that are fine."""
    return event.data["state"] != _FINE or event.about.complete


PAPERS = (
    message(events.SituationsStated, "plain", "person", _("Said what applies")),
    message(events.DocumentHandedIn, "info", "upload", _("%(document)s handed in")),
    message(events.DocumentTakenBack, "plain", "close", _("A file of %(document)s removed")),
    message(
        events.DocumentChecked,
        "info",
        "document",
        _checked,
        to_visitor(
            _("Your documents were checked"),
            lambda e: _("Everything is here: please come.") if e.about.complete else _checked(e),
            text=lambda e: _("Your documents for visit %(number)s: everything is here, please come.")
            if e.about.complete
            else _("A document for your visit %(number)s was checked: %(document)s. Please look at what is still "
                   "missing:"),
            quoted=lambda e: e.about.notes.get(e.data["document"], ""),
            when=_worth_telling,
        ),
    ),
)  # fmt: skip
