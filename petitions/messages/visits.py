"""Messages about visits for a case; what happened to them is known from visits, which stand above petitions."""

from collections.abc import Mapping
from datetime import datetime

from petitions import events
from petitions.messages.event import CaseEvent, at_desk, message, to_citizen, to_party
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
}


def _noted(event: CaseEvent) -> Text:
    starts_at, office = event.data["starts_at"], event.data["office"]
    moment = datetime.fromisoformat(starts_at).astimezone(event.zone) if starts_at else None
    values = {
        "moment": i18n.datetime_text(moment, event.language, event.zone) if moment else "–",
        "office": office.get(event.language) or office.get("ko") or "–",
    }
    return Text(WHAT[event.data["what"]].msgid, values)


VISITS = (
    message(
        events.VisitNoted,
        at_desk("info", "calendar", _noted),
        to_party("info", "calendar", _noted),
        to_citizen(
            _("Please come to the office about your petition"),
            _noted,
            _("Choose one of the proposed times, or another one, on your case page."),
            when=lambda e: e.data["what"] == "asked",
        ),
    ),
)
