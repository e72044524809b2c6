"""The week of an office on a page: what is chosen before a time, and the timetable's context.

Citizens' pages and the call centre's show the same timetable; their links and buttons lead to different addresses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import Response

from server.core import i18n, references, web
from server.core.errors import Invalid, _
from server.core.forms import Parameters
from server.core.forms.kinds import Mistake
from tracking.visits import timetable
from tracking.visits.actions import taking
from tracking.visits.forms import read_start
from tracking.visits.queries import offices, weeks
from tracking.visits.queries.grid import Errand, GridDay
from tracking.visits.queries.weeks import Week
from tracking.visits.rules import Mark
from tracking.visits.states import Channel
from tracking.visits.timetable import start_value

STEPS = (_("Office"), _("Service"), _("Time"), _("Your details"), _("Check"))
NONE_FREE = _("No time is free as far ahead as this office can be booked. New times open every day.")
LARGEST_NUMBER = 1_000_000
"""More are no number of people; how many can come is up to the services."""
NOT_PEOPLE = _("Please enter the number of people as a whole number of at least 1.")


def case_in(data: QueryParams | FormData) -> str:
    """The case that a visit is to be booked for, by number; empty without one."""
    return references.read_reference(str(data.get("case", ""))[:40]) or ""


def day_in(data: QueryParams | FormData, name: str) -> date | None:
    """A day that an address names; None for a forged one, so that it loses nothing of what is chosen."""
    return Parameters(data).day(name)


@dataclass(frozen=True)
class Choice:
    """What is chosen before a time: the office, the services, how many people come and for which case."""

    office: str
    services: tuple[str, ...]
    party: int = 1
    case: str = ""

    @classmethod
    def read(cls, data: QueryParams | FormData) -> "Choice":
        """What an address or a form says. Raises ``Invalid`` for a number of people that is none."""
        numbers = Parameters(data)
        party = numbers.integer("party", low=1, high=LARGEST_NUMBER) or 1
        if numbers.errors:
            raise Invalid.at("party", NOT_PEOPLE)
        return cls(str(data.get("office", "")), cls.services_in(data), party, case_in(data))

    @staticmethod
    def services_in(data: QueryParams | FormData) -> tuple[str, ...]:
        """The codes of the chosen services."""
        given = [one for value in data.getlist("service") for one in str(value).split(",") if one]
        return tuple(dict.fromkeys(given))

    @staticmethod
    def again(data: QueryParams | FormData) -> str:
        """The address at which what is wrong with a choice is shown, with all that was chosen."""
        names = ("office", "service", "party", "case")
        given = [(name, str(one)[:100]) for name in names for one in data.getlist(name)[:20]]
        return f"/visits?{urlencode(given)}"

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The hidden fields of a form that goes on from here."""
        party = [("party", str(self.party))] if self.party > 1 else []
        case = [("case", self.case)] if self.case else []
        return [("office", self.office), *(("service", one) for one in self.services), *party, *case]

    def url(self, **more: str) -> str:
        """The address of the week with these services."""
        return Links("/visits", fields=self.fields).url(**more)

    def plans(self, guide: str = "") -> str:
        """The address of plans with these services that need not follow each other directly, and with a guide."""
        return Links("/visits/plans", fields=self.fields).url(guide=guide)

    def stream(self, monday: date) -> str:
        """The address of the live marks of a week."""
        asked = [("service", ",".join(self.services)), ("party", str(self.party)), ("from", monday.isoformat())]
        return f"/offices/{self.office}/slots/stream?{urlencode(asked)}"

    async def errand(self) -> Errand:
        """What somebody comes for. Raises as ``taking.errand``."""
        return await taking.errand(self.office, self.services, Channel.ONLINE, self.party)


@dataclass(frozen=True)
class Links:
    """Where a week's links lead, and which hidden fields its buttons send to ``action``."""

    page: str
    action: str = ""
    fields: Sequence[tuple[str, str]] = ()
    waiting_page: str = ""

    def waiting(self, day: GridDay) -> str:
        """The address of the waiting list of a day; empty where there is none."""
        there = Links(self.waiting_page, fields=self.fields)
        return there.url(date=day.date.isoformat()) if self.waiting_page and day.slots else ""

    def url(self, **more: str) -> str:
        """The address of the page with these parameters; an underscore at the end keeps a name from being a keyword."""
        given = [*self.fields, *((name.rstrip("_"), value) for name, value in more.items() if value)]
        return f"{self.page}?{urlencode(given)}" if given else self.page


async def next_free(request: Request, errand: Errand, links: Links, own: int | None = None) -> Response:
    """Lead on to the first free time."""
    start = await weeks.next_free(errand, own)
    return web.redirect(request, links.url(start=start_value(start) if start else ""), None if start else NONE_FREE)


async def week_context(
    request: Request, errand: Errand, links: Links, own: int | None = None, *, prepared: bool = False
) -> dict[str, Any]:
    """The context of a week's page; ``prepared``: all documents are accepted."""
    params, lang = request.query_params, web.language(request)
    wanted, day = day_in(params, "from"), day_in(params, "day")
    start = _start(params.get("start", ""))
    found = await weeks.week(errand, wanted or day or (start.date() if start else None), own, prepared=prepared)
    slot = found.slot(start) if start else None
    own_time = slot is not None and slot.own
    gone = bool(params.get("start")) and (slot is None or slot.mark is Mark.FULL) and not own_time
    days = timetable.shown_days(found)
    selected = _selected(found, day or (start.date() if start else None))
    view = "list" if params.get("view") == "list" else ""
    monday = found.monday
    keep = {"view": view}
    shift = {"previous": -weeks.WEEK, "next": weeks.WEEK}
    around = {name: offices.later(monday, by) for name, by in shift.items()}
    if around["previous"] < offices.monday(found.first):
        del around["previous"]
    if around["next"] > offices.monday(found.last) and around["next"] > offices.monday(found.first):
        del around["next"]
    hrefs = {one.date: links.url(from_=monday.isoformat(), day=one.date.isoformat(), view=view) for one in days}
    return {
        "office": errand.office,
        "office_name": i18n.name_in(errand.office, lang),
        "services": [(one, i18n.name_in(one, lang)) for one in errand.services],
        "party": errand.party,
        "minutes": errand.length,
        "today": found.today,
        "monday": monday,
        "sunday": offices.later(monday, weeks.WEEK - 1),
        "days": timetable.day_columns(found, lang, hrefs),
        "times": timetable.time_rows(found, lang),
        "free": timetable.free_list(found),
        "selected": selected,
        "selected_day": days[selected].date if days else monday,
        "full": not any(slot.offered for one in found.days for slot in one.slots),
        "view": view,
        "recommended": timetable.recommended(found, lang),
        "around": {name: links.url(from_=one.isoformat(), **keep) for name, one in around.items()},
        "as_list": links.url(from_=monday.isoformat(), view="list"),
        "as_grid": links.url(from_=monday.isoformat()),
        "next_free": links.url(next="1"),
        "action": links.action or links.page,
        "fields": links.fields,
        "wanted": slot if slot and not gone and not own_time else None,
        "wanted_value": start_value(slot.start) if slot else "",
        "gone": gone,
        "gone_full": slot is not None,
        "nearest": [(one, start_value(one)) for one in await weeks.nearest_free(errand, start, own)]
        if gone and start
        else [],
        "steps": STEPS,
        "start_value": start_value,
        "last": found.last,
        "local": offices.local,
        "closed_now": offices.closed_now,
        "waiting": links.waiting(days[selected]) if days else "",
        "stream": "",
    }


def _start(value: str) -> datetime | None:
    if not value:
        return None
    try:
        return read_start(value).astimezone(offices.now().tzinfo)
    except (Mistake, OverflowError):
        return None


def _selected(found: Week, day: date | None) -> int:
    """The day that a phone shows: the one asked for, else the first with a free time."""
    days = timetable.shown_days(found)
    for number, one in enumerate(days):
        if one.date == day:
            return number
    return next((number for number, one in enumerate(days) if any(slot.offered for slot in one.slots)), 0)
