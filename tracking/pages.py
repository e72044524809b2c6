"""What the page of a case shows, put together from the case, its facts in the ledger and the legal clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_date

from petitions.clock_words import clock_words
from petitions.labels import CHANNELS, DECISIONS, KINDS
from petitions.queries.cases import CaseView, Level, Person
from petitions.rights import subject
from petitions.states import State
from server.core import clock, config, i18n, ledger
from server.core.ledger import Entry
from tracking import timeline

_ASIDE = frozenset({State.RETURNED, State.WITHDRAWN, State.TRANSFERRED_OUT})
_SHORT = {"ko": "M.d.", "ja": "M/d", "en": "d MMM"}


async def case_context(view: CaseView, language: str) -> dict[str, Any]:
    """A case's page for its reader. Officials are shown what the petitioner sees; their own page is at the desk."""
    entries = await ledger.read(subject(view.reference))
    level = min(view.level, Level.PARTY)
    happened = await timeline.happenings(view, entries, level, language)
    way = timeline.way(happened)
    known = view.known
    return {
        "view": view,
        "party": view.level is Level.PARTY,
        "staff": view.level is Level.STAFF,
        "public": view.level is Level.PUBLIC,
        "happened": list(reversed(happened)),
        "promises": timeline.promises(happened),
        "clock": clock_words(view, known.calendar, clock.now(), language),
        "reached": way.reached if view.status in _ASIDE else "",
        "dates": {step: _short(day, language) for step, day in way.days.items()},
        "stream": f"/cases/{view.reference}/stream?after={_after(entries)}",
        "department": known.departments.get(view.department_id or 0),
        "handler": person(view, view.handler, language),
        "guide": person(view, view.guide, language),
        "kind": known.services[view.service_code].name(language)
        if view.service_code in known.services
        else KINDS[view.kind],
        "channel": CHANNELS[view.channel],
        "decisions": DECISIONS,
    }


def _after(entries: Sequence[Entry]) -> str:
    return f"{entries[-1].transaction_id}-{entries[-1].id}" if entries else "0-0"


def _short(moment: datetime, language: str) -> str:
    return format_date(moment.astimezone(config.settings().zone).date(), _SHORT[language], locale=language)


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
