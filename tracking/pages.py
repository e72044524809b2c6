"""What the page of a case shows, put together from the case, its facts in the ledger and the legal clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_date

from forums.queries import crossing
from petitions.clock_words import clock_words
from petitions.events import CaseAnswered, CaseReopened, ObjectionDismissed, ObjectionUpheld, SupplementRequested
from petitions.labels import CHANNELS, DECISIONS, KINDS
from petitions.queries.cases import AUDIENCES, CaseView, Level, Person
from petitions.queries.facts import facts
from petitions.rights import subject
from petitions.states import State
from server.core import clock, i18n
from server.core.days import day_of
from tracking import timeline
from tracking.timeline import Happening

_ASIDE = frozenset({State.RETURNED, State.WITHDRAWN, State.TRANSFERRED_OUT})
_RULINGS = frozenset({ObjectionUpheld.kind, ObjectionDismissed.kind})
_OVERTAKEN = frozenset({CaseAnswered.kind, CaseReopened.kind})
_SHORT = {"ko": "M.d.", "ja": "M/d", "en": "d MMM"}


async def case_context(view: CaseView, language: str, before: str = "") -> dict[str, Any]:
    """A case's page for its reader, with the facts ``before`` an id or the newest.

    Officials are shown what the petitioner sees; their own page is at the desk.
    """
    level = min(view.level, Level.PARTY)
    found = await facts(subject(view.reference), AUDIENCES[level], before)
    happened = await timeline.happenings(view, found.shown, level, language)
    turns = happened
    if found.turns is not found.shown:
        turns = await timeline.happenings(view, found.turns, level, language)
    way = timeline.way(turns)
    known = view.known
    return {
        "view": view,
        "party": view.level is Level.PARTY,
        "staff": view.level is Level.STAFF,
        "public": view.level is Level.PUBLIC,
        "happened": list(reversed(happened)),
        "earlier": f"?before={found.earlier}" if found.earlier else "",
        "newest": "" if found.newest else f"/cases/{view.reference}",
        "wanted": next((e.text for e in reversed(turns) if e.kind == SupplementRequested.kind), ""),
        "ruling": _ruling(view, turns),
        "promises": timeline.promises(turns),
        "clock": clock_words(view, known.calendar, clock.now(), language),
        "reached": way.reached if view.status in _ASIDE else "",
        "dates": {step: _short(day, language) for step, day in way.days.items()},
        "stream": f"/cases/{view.reference}/stream?after={found.place[0]}-{found.place[1]}",
        "department": known.departments.get(view.department_id or 0),
        "handler": person(view, view.handler, language),
        "guide": person(view, view.guide, language),
        "kind": known.services[view.service_code].name(language)
        if view.service_code in known.services
        else KINDS[view.kind],
        "channel": CHANNELS[view.channel],
        "decisions": DECISIONS,
        "crossings": await crossing.of_petition(view.reference),
    }


def _ruling(view: CaseView, turns: Sequence[Happening]) -> Happening | None:
    """The decision on an objection to the last answer, as long as it says where the case stands."""
    last = next((e for e in reversed(turns) if e.kind in _RULINGS | _OVERTAKEN), None)
    if last is None or last.kind in _OVERTAKEN or (last.kind == ObjectionUpheld.kind and not view.open):
        return None
    return last


def _short(moment: datetime, language: str) -> str:
    return format_date(day_of(moment), _SHORT[language], locale=language)


def person(view: CaseView, somebody: Person | None, language: str) -> dict[str, Any] | None:
    """An official as the card of a page or a mail names them."""
    if somebody is None:
        return None
    department = view.known.departments.get(somebody.department_id or 0)
    return {
        "name": somebody.name,
        "department": department.name(language) if department else "",
        "phone": somebody.phone or (department.phone if department else ""),
        "email": somebody.email,
        "hours": somebody.hours,
        "languages": [i18n.NAMES[code] for code in somebody.languages if code in i18n.NAMES],
    }
