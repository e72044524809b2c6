"""Messages about visits for a case; what happened to them is known from visits, which stand above petitions."""

from collections.abc import Mapping
from datetime import datetime

from petitions import events
from petitions.messages.event import CaseEvent, alone, at_desk, message, to_citizen, to_party
from server.core import i18n
from server.core.errors import Text, _

WHAT: Mapping[str, Text] = {
    "asked": _("A visit is asked for: %(office)s"),
    "withdrawn": _("The visit is no longer asked for"),
    "booked": _("Visit booked: %(moment)s, %(office)s"),
    "rescheduled": _("Visit moved to %(moment)s, %(office)s"),
    "cancelled": _("Visit cancelled: %(moment)s, %(office)s"),
    "attached": _("Visit linked to this case: %(moment)s, %(office)s"),
    "detached": _("Visit no longer linked to this case: %(moment)s, %(office)s"),
    "missed": _("Nobody came to the visit: %(moment)s, %(office)s"),
    "served": _("The visit has taken place: %(moment)s, %(office)s"),
    "at_counter": _("Settled at counter %(counter)s, %(office)s: %(services)s"),
    "settled": _("Settled at counter %(counter)s, %(office)s: %(services)s. This settles the matter of your case."),
}


ASKED_AGAIN = _("A visit is asked for: %(office)s. This request takes the place of the earlier one.")


def _noted(event: CaseEvent) -> Text:
    data = event.data
    values = {
        "moment": _in_words(event, data["starts_at"]) if data["starts_at"] else "–",
        "office": _in_language(event, data["office"]),
        "counter": data.get("counter", ""),
        "services": _in_language(event, data.get("services", {})),
    }
    return Text((ASKED_AGAIN if data.get("again") else WHAT[data["what"]]).msgid, values)


def _proposed(event: CaseEvent) -> tuple[tuple[Text, str], ...]:
    """What the visit is for and when it can be, in the reader's language."""
    times = "\n".join(_in_words(event, one) for one in event.data.get("proposed", ()))
    if not times:
        return ()
    return (_("Services"), _in_language(event, event.data["services"])), (_("Proposed times"), times)


def _in_words(event: CaseEvent, moment: str) -> str:
    return i18n.datetime_text(datetime.fromisoformat(moment).astimezone(event.zone), event.language, event.zone)


def _in_language(event: CaseEvent, names: Mapping[str, str]) -> str:
    return names.get(event.language) or names.get("ko") or "–"


VISITS = (
    message(
        events.VisitNoted,
        at_desk("info", "calendar", _noted),
        to_party("info", "calendar", _noted),
        alone(
            to_citizen(
                _("Please come to the office about your petition"),
                _noted,
                _("Choose one of the proposed times, or another one, on your case page."),
                more=_proposed,
                text=lambda e: _(
                    "Please come to %(office)s about your petition %(reference)s. Choose a time:",
                    office=_in_language(e, e.data["office"]),
                ),
                when=lambda e: e.data["what"] == "asked",
            )
        ),
    ),
)
