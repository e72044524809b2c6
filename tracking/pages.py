"""The context of a case's page, built from the case, its events in the ledger and the legal deadline."""

from datetime import datetime
from typing import Any

from babel.dates import format_date

from forums.queries import crossing
from petitions.acts import citizen
from petitions.clock_words import clock_words
from petitions.details import details
from petitions.labels import CHANNELS, DECISIONS
from petitions.queries import timeline
from petitions.queries.case_events import case_events
from petitions.queries.cases import AUDIENCES, CaseView, Level
from petitions.queries.contact import person_card
from petitions.rights import subject
from petitions.states import OPEN, State
from server.core import clock
from server.core.days import day_of
from tracking.visits.queries import cases as case_visits
from tracking.visits.queries import requests as visit_requests
from tracking.visits.queries.requests import Proposal

_ASIDE = frozenset({State.RETURNED, State.WITHDRAWN, State.TRANSFERRED_OUT})
_SHORT = {"ko": "M.d.", "ja": "M/d", "en": "d MMM"}


async def case_context(view: CaseView, language: str, before: str = "") -> dict[str, Any]:
    """The page's context for this reader, with the events ``before`` an id, or the newest.

    Officials are shown what the petitioner sees; their own page is at the desk.
    """
    level = min(view.level, Level.PARTY)
    found = await case_events(subject(view.reference), AUDIENCES[level], before)
    happened = await timeline.case_events(view, found.shown, level, language)
    events = happened
    if found.events is not found.shown:
        events = await timeline.case_events(view, found.events, level, language)
    way = timeline.way(events)
    reference_data = view.reference_data
    may_book = view.level is Level.PARTY and view.status in OPEN
    return {
        "view": view,
        "forms": citizen.forms(view, language),
        "party": view.level is Level.PARTY,
        "staff": view.level is Level.STAFF,
        "public": view.level is Level.PUBLIC,
        "happened": list(reversed(timeline.items(happened, desk=False))),
        "earlier": f"?before={found.earlier}" if found.earlier else "",
        "newest": "" if found.newest else f"/cases/{view.reference}",
        "wanted": timeline.wanted(events),
        "ruling": timeline.ruling(view, events),
        "due_dates": timeline.due_dates(events),
        "clock": clock_words(view, reference_data.calendar, clock.now(), language),
        "reached": way.reached if view.status in _ASIDE else "",
        "dates": {step: _short(day, language) for step, day in way.days.items()},
        "stream": f"/cases/{view.reference}/stream?after={found.place[0]}-{found.place[1]}",
        "department": reference_data.departments.get(view.department_id or 0),
        "handler": person_card(view, view.handler, language),
        "guide": person_card(view, view.guide, language),
        "kind": reference_data.kind_name(view.kind, view.service_code, language),
        "channel": CHANNELS[view.channel],
        "details": details(view),
        "place": reference_data.district_name(view.district, language)
        if view.level is Level.PUBLIC
        else reference_data.place_words(view, language, view.district),
        "drawing": reference_data.drawn(view),
        "decisions": DECISIONS,
        "visits": await case_visits.of_case(view.reference) if view.level is not Level.PUBLIC else (),
        "visit_request": await _asked_for(view),
        "may_book": may_book,
        "may_book_guide": may_book and view.guide is not None and bool(await case_visits.guide_at(view.guide.id)),
        "crossings": await crossing.of_petition(view.reference),
    }


async def _asked_for(view: CaseView) -> Proposal | None:
    """The visit that the petitioner is asked for."""
    if view.level is Level.PUBLIC or view.status not in OPEN:
        return None
    return await visit_requests.proposal(view.reference)


def _short(moment: datetime, language: str) -> str:
    return format_date(day_of(moment), _SHORT[language], locale=language)
