"""``/visits``: an office, then services, then a time in the week. Everything chosen so far stands in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, city, i18n, references, web
from server.core.errors import FieldError, Invalid, _
from server.core.forms import Parameters
from server.core.forms.kinds import Mistake
from server.core.security import Rate
from tracking.visits.actions import taking
from tracking.visits.errors import NoSuchVisit
from tracking.visits.forms import OpenVisit, read_start
from tracking.visits.queries import holds, offices, planning, visits, weeks
from tracking.visits.queries.grid import Errand
from tracking.visits.queries.offices import Place
from tracking.visits.queries.weeks import Week
from tracking.visits.routes import browser, timetable
from tracking.visits.routes.timetable import start_value
from tracking.visits.rules import Mark
from tracking.visits.states import Channel

TRIES = Rate(20, 10)
"""Attempts to open a reservation, by address and by number."""
WRONG = _("The reservation number and the key do not match. Please check both.")
NONE_FREE = _("No time is free as far ahead as this office can be booked. New times open every day.")
MOST_PEOPLE = 500


def case_in(data: QueryParams | FormData) -> str:
    """The case that a visit is to be booked for, by number; empty without one."""
    return references.read_reference(str(data.get("case", ""))[:40]) or ""


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
        party = numbers.integer("party", low=1, high=MOST_PEOPLE) or 1
        numbers.done()
        given = [one for value in data.getlist("service") for one in str(value).split(",") if one]
        return cls(str(data.get("office", "")), tuple(dict.fromkeys(given)), party, case_in(data))

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The hidden fields of a form that goes on from here."""
        party = [("party", str(self.party))] if self.party > 1 else []
        case = [("case", self.case)] if self.case else []
        return [("office", self.office), *(("service", one) for one in self.services), *party, *case]

    def url(self, **more: str) -> str:
        """The address of the week with these services."""
        return Links("/visits", fields=self.fields).url(**more)

    def plans(self) -> str:
        """The address of plans with these services that need not follow each other directly."""
        return Links("/visits/plans", fields=self.fields).url()

    def stream(self, monday: date) -> str:
        """The address of the live marks of a week."""
        asked = [("service", ",".join(self.services)), ("party", str(self.party)), ("from", monday.isoformat())]
        return f"/offices/{self.office}/slots/stream?{urlencode(asked)}"

    async def errand(self) -> Errand:
        """What somebody comes for. Raises as ``taking.errand``."""
        return await taking.errand(self.office, self.services, Channel.ONLINE, self.party)


# --- an office, services ---------------------------------------------------------------------------------------------


async def choose(request: Request) -> Response:
    """``GET /visits``: the next thing to choose."""
    params = request.query_params
    if not params.get("office"):
        return await _entry(request)
    place = await offices.place(params["office"])
    try:
        choice = Choice.read(params)
        if not choice.services or "edit" in params:
            return await _services(request, place, choice)
        errand = await choice.errand()
    except Invalid as error:
        return await _services(request, place, None, error.errors)
    if len(errand.services) > 1 and planning.spread(errand, await planning.counters(errand.office.id)):
        return web.redirect(request, choice.plans())
    links = Links("/visits", "/visits/hold", choice.fields)
    if "next" in params:
        start = await weeks.next_free(errand)
        return web.redirect(
            request, choice.url(start=start_value(start) if start else ""), None if start else NONE_FREE
        )
    links = Links("/visits", "/visits/hold", choice.fields)
    context = await week_context(request, errand, links)
    context["edit"] = choice.url(edit="1")
    context["plans"] = choice.plans() if len(errand.services) > 1 else ""
    context["stream"] = choice.stream(context["monday"])
    mine = browser.holder(request)
    context["held"] = await holds.held(mine) if mine else None
    return web.page(request, "visits/week.html", context)


async def _entry(
    request: Request, values: Mapping[str, str] | None = None, errors: Sequence[FieldError] = ()
) -> Response:
    """The offices, and the way to a reservation that there is already."""
    lang = web.language(request)
    context = {
        "districts": await by_district(lang),
        "case": case_in(request.query_params),
        "own": await holds.opened(auth.reader(request).visits),
        "local": offices.local,
        "steps": STEPS,
        "form": OpenVisit,
        "values": values or {},
        "errors": web.field_errors(lang, errors),
    }
    return web.page(request, "visits/entry.html", context, status=422 if errors else 200)


async def by_district(lang: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """The offices by district, each with its hours of today."""
    known, reference_data = await offices.offices(), await city.city()
    today = offices.now().date()
    hours = await offices.hours_of_day([one.id for one in known], today, await city.kept_calendar())
    found: dict[str, list[dict[str, Any]]] = {}
    for one in known:
        district = reference_data.district_name(one.district, lang) if one.district else ""
        found.setdefault(district, []).append({"office": one, "name": i18n.name_in(one, lang), "today": hours[one.id]})
    return sorted(found.items(), key=lambda row: row[0] or "\uffff")


async def _services(
    request: Request, place: Place, choice: Choice | None, errors: Sequence[FieldError] = ()
) -> Response:
    lang = web.language(request)
    services = [(one, i18n.name_in(one, lang)) for one in place.services.values()]
    given = [one for value in request.query_params.getlist("service") for one in value.split(",")]
    context = {
        "office": place.office,
        "office_name": i18n.name_in(place.office, lang),
        "bookable": [(one, name) for one, name in services if one.bookable],
        "walk_in": [(one, name) for one, name in services if not one.bookable],
        "elsewhere": await offices.elsewhere(place.office.id),
        "most_people": max((one.places for one, _name in services if one.bookable and one.places > 1), default=0),
        "case": case_in(request.query_params),
        "chosen": choice.services if choice else given,
        "party": choice.party if choice else request.query_params.get("party", ""),
        "errors": web.field_errors(lang, errors),
        "steps": STEPS,
    }
    return web.page(request, "visits/services.html", context, status=422 if errors else 200)


# --- the week --------------------------------------------------------------------------------------------------------

STEPS = (_("Office"), _("Service"), _("Time"), _("Your details"), _("Check"))


@dataclass(frozen=True)
class Links:
    """Where a week's links lead, and which hidden fields its buttons send to ``action``."""

    page: str
    action: str = ""
    fields: Sequence[tuple[str, str]] = ()

    def url(self, **more: str) -> str:
        """The address of the page with these parameters; an underscore at the end keeps a name from being a keyword."""
        given = [*self.fields, *((name.rstrip("_"), value) for name, value in more.items() if value)]
        return f"{self.page}?{urlencode(given)}" if given else self.page


async def next_free(request: Request, errand: Errand, links: Links, own: int | None = None) -> Response:
    """Lead on to the first free time."""
    start = await weeks.next_free(errand, own)
    return web.redirect(request, links.url(start=start_value(start) if start else ""), None if start else NONE_FREE)


async def week_context(request: Request, errand: Errand, links: Links, own: int | None = None) -> dict[str, Any]:
    """The context of a week's page. Raises ``Invalid`` for a day that is none."""
    params, lang = request.query_params, web.language(request)
    data = Parameters(params)
    wanted, day = data.day("from"), data.day("day")
    data.done()
    start = _start(params.get("start", ""))
    found = await weeks.week(errand, wanted or day or (start.date() if start else None), own)
    slot = found.slot(start) if start else None
    gone = bool(params.get("start")) and (slot is None or slot.mark is Mark.FULL)
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
        "full": not any(slot.left for one in found.days for slot in one.slots),
        "view": view,
        "recommended": timetable.recommended(found, lang),
        "around": {name: links.url(from_=one.isoformat(), **keep) for name, one in around.items()},
        "as_list": links.url(from_=monday.isoformat(), view="list"),
        "as_grid": links.url(from_=monday.isoformat()),
        "next_free": links.url(next="1"),
        "action": links.action or links.page,
        "fields": links.fields,
        "wanted": slot if slot and not gone else None,
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
        "waiting": "",
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
    return next((number for number, one in enumerate(days) if any(slot.left for slot in one.slots)), 0)


# --- a reservation that there is -------------------------------------------------------------------------------------


async def open_with_key(request: Request) -> Response:
    """``POST /visits``: open a reservation in this browser. The error does not say what was wrong."""
    form = await web.read_form(request)
    auth.limit(request, f"visit:{client(request)}", TRIES)
    try:
        command = OpenVisit.parse(form)
        auth.limit(request, f"visit:{command.number}", TRIES)
        try:
            found = await visits.visit(command.number, command.key)
        except NoSuchVisit:
            raise Invalid.at("", WRONG) from None
    except Invalid as error:
        return await _entry(request, {"number": str(form.get("number", ""))[:80]}, error.errors)
    response = web.redirect(request, f"/visits/{found.number}")
    await auth.open_visit(request, response, found.number)
    return response


async def forget(request: Request) -> Response:
    """``POST /visits/forget``: close every reservation and case that this browser has opened."""
    notice = _("Closed. The next person to use this browser cannot see your reservations.")
    response = web.redirect(request, "/visits", notice=notice)
    response.delete_cookie(browser.COOKIE)
    if auth.reader(request).official is None:
        await auth.sign_out(request, response)
    return response


def client(request: Request) -> str:
    """The address that limits are counted for."""
    return request.client.host if request.client else "?"


routes = [
    Route("/visits", choose),
    Route("/visits", open_with_key, methods=["POST"]),
    Route("/visits/forget", forget, methods=["POST"]),
]
