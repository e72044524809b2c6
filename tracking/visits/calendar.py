"""A visit as an entry in its visitor's calendar."""

from email.utils import parseaddr

from server.core import i18n, icalendar
from server.core.config import Settings
from server.core.errors import _
from server.core.icalendar import Entry, Method
from tracking.visits import rules
from tracking.visits.queries.visits import VisitView
from tracking.visits.states import VisitState
from tracking.visits.words import documents, services

FILE_NAME = "visit-{}.ics"


def calendar(view: VisitView, settings: Settings, language: str) -> tuple[bytes, Method]:
    """The calendar file of a visit. Its uid stays the same, its sequence number is the visit's revision.

    A cancelled visit has one number more, so that the file removes the entry that the last change made.
    """
    cancelled = view.state is VisitState.CANCELLED
    method = Method.CANCEL if cancelled else Method.PUBLISH
    entry = _entry(view, settings, language, cancelled=cancelled)
    return icalendar.calendar([entry], product="Visit", method=method), method


def _entry(view: VisitView, settings: Settings, language: str, *, cancelled: bool) -> Entry:
    office = i18n.name_in(view.office, language)
    return Entry(
        uid=f"visit-{view.number}",
        title=f"{office}: {services(view, language)}",
        url=f"{settings.public_url}/visits/{view.number}",
        starts=view.starts_at,
        ends=view.ends_at,
        place=f"{office}, {i18n.text_in(view.office, 'address', language)}",
        text="\n".join(_lines(view, language)),
        cancelled=cancelled,
        busy=not cancelled,
        sequence=view.revision + cancelled,
        organizer=parseaddr(settings.mail_from)[1],
        alarm=rules.REMIND_BEFORE,
    )


def _lines(view: VisitView, language: str) -> list[str]:
    """What somebody looks up on the way: number, phone, what to bring."""
    lines = [_("Reservation number: %(number)s", number=view.number)]
    if view.office.phone:
        lines.append(_("Phone: %(phone)s", phone=view.office.phone))
    if bring := documents(view, language):
        lines.append(_("Please bring: %(documents)s", documents=", ".join(bring)))
    return [i18n.translate(language, one) for one in lines]
