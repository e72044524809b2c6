"""What mails, text messages, calendars and lists say of a visit: its services, its time, what to bring."""

from collections.abc import Collection
from datetime import datetime

from server.core import config, i18n
from server.core.errors import Text, _
from tracking.visits.actions.arriving import Arrival
from tracking.visits.labels import VISIT_MODES
from tracking.visits.queries import meetings, papers
from tracking.visits.queries.offices import OfficeRow, ServiceRow
from tracking.visits.queries.visits import VisitView
from tracking.visits.wait_words import said
from tracking.visits.waits.queue import Wait


def named(view: VisitView, language: str) -> list[str]:
    """The names of its services, in order."""
    return [i18n.name_in(one, language) for one in view.matters]


def services(view: VisitView, language: str) -> str:
    """The same as one text."""
    return ", ".join(named(view, language))


def when(view: VisitView, language: str) -> str:
    """Its day and start."""
    return i18n.datetime_text(view.starts_at, language, config.settings().zone)


def ways_to_meet(those: Collection[ServiceRow], language: str) -> list[tuple[str, str]]:
    """The ways to meet the counter for all of some services, as a field's choices; empty where there is only one."""
    found = meetings.modes(those)
    return [(one.value, i18n.translate(language, VISIT_MODES[one])) for one in found] if len(found) > 1 else []


def documents(view: VisitView, language: str) -> list[str]:
    """What to bring for all its services, each once; with the situations in which alone it is needed."""
    found: dict[str, str] = {}
    for document in (one for matter in view.matters for one in matter.documents):
        name = papers.named(document)
        situations = ", ".join(papers.named(one).in_language(language) for one in document.get("situations") or ())
        found.setdefault(name.code, name.in_language(language) + (f" ({situations})" if situations else ""))
    return list(found.values())


def advice(arrival: Arrival, booked_for: datetime, office: OfficeRow, wait: Wait | None, language: str) -> Text:
    """The answer to a check-in: what it means to be early, on time or late, and what to do now."""
    time, grace = i18n.time_text(booked_for, language, config.settings().zone), office.grace_minutes
    if arrival is Arrival.EARLY:
        return _("You are early. You count as waiting from %(time)s, the time of your reservation, and may be called "
                 "earlier if nobody else waits.", time=time)  # fmt: skip
    if arrival is Arrival.ON_TIME:
        return _("You are on time. Please wait until your number is called.")
    if wait is None:
        return _("Your reservation was for %(time)s and is kept for %(grace)s minutes. You now wait, from your "
                 "arrival, like visitors without a reservation.", time=time, grace=grace)  # fmt: skip
    return _("Your reservation was for %(time)s and is kept for %(grace)s minutes. You now wait, from your arrival, "
             "like visitors without a reservation. Expected wait: %(wait)s.",
             time=time, grace=grace, wait=said(wait))  # fmt: skip
