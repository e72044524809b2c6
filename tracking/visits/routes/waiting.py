"""The waiting list of a day: joining it, the receipt, and leaving it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, config, i18n, web
from server.core.days import today
from server.core.errors import Conflict, FieldError, Invalid, _
from server.core.form_pages import ReturnedForm
from server.core.security import Rate, network
from tracking.visits import links, rules, words
from tracking.visits.actions import waiting
from tracking.visits.actions.visits import Contact
from tracking.visits.choosing import Choice, day_in
from tracking.visits.errors import AlreadyWaiting, NotWaiting, OnePerHousehold, Restricted, TimeFree, TooManyVisits
from tracking.visits.forms import NOT_START, JoinWaiting
from tracking.visits.queries import grid, offices
from tracking.visits.queries import waiting as queries
from tracking.visits.queries.grid import Errand
from tracking.visits.states import VisitMode, VisitState, WaitingState

PAGE = "/visits/waiting"
JOINS = Rate(2, 8)
"""Waiting lists that one address may join."""
RULES = (Invalid, TimeFree, OnePerHousehold, TooManyVisits, Restricted, AlreadyWaiting)


async def form(request: Request) -> Response:
    """``/visits/waiting?office=&service=&date=``: who waits, and between which times."""
    try:
        return await _form(request, request.query_params, ReturnedForm())
    except Invalid:
        return web.redirect(request, Choice.again(request.query_params))


async def _form(request: Request, chosen: QueryParams | FormData, kept: ReturnedForm) -> Response:
    choice = Choice.read(chosen)
    errand, day = await choice.errand(), day_in(chosen, "date") or today()
    lang = web.language(request)
    (seen,) = await grid.days(errand, [day])
    refusal = kept.refusal
    context = {
        "office_name": i18n.name_in(errand.office, lang),
        "services": [i18n.name_in(one, lang) for one in errand.services],
        "party": errand.party,
        "modes": words.ways_to_meet(errand.services, lang),
        "day": day,
        "hidden": [*choice.fields, ("date", day.isoformat())],
        "form": JoinWaiting,
        "values": {"language": lang, **kept.values},
        "errors": kept.errors,
        "free": [slot.start for slot in seen.slots if slot.left],
        "fitting": refusal.start if isinstance(refusal, TimeFree) else None,
        "refusal": i18n.translate(lang, refusal.text) if isinstance(refusal, Conflict) else "",
        "possible": bool(seen.slots),
        "timetable": choice.url(),
        "offer_minutes": errand.office.offer_minutes,
    }
    return web.page(request, "visits/waiting_join.html", context, status=kept.status)


async def _wanted(chosen: FormData) -> tuple[Errand, date]:
    """What somebody waits for, as the form says. Raises ``Invalid``, ``NoSuchOffice``."""
    day = day_in(chosen, "date")
    if chosen.get("date") and day is None:
        raise Invalid.at("date", NOT_START)
    return await Choice.read(chosen).errand(), day or today()


async def join(request: Request) -> Response:
    """``POST /visits/waiting``: join, or show the form again with what is wrong."""
    data = await web.read_form(request)
    auth.limit(request, f"visit-waiting:{network(request.scope)}", JOINS)
    try:
        command = JoinWaiting.parse(data)
        errand, day = await _wanted(data)
        mode = VisitMode(command.mode)
        contact = Contact(command.name, command.email, command.phone, command.language, mode=mode)
        number = await waiting.join(waiting.Wanted(errand, day, command.from_time, command.until_time), contact)
    except RULES as refusal:
        return await _form(request, data, _kept(request, data, refusal))
    return web.redirect(request, links.waiting_path(config.settings(), number, day))


def _kept(request: Request, data: FormData, refusal: Any) -> ReturnedForm:
    values: Mapping[str, Any] = {name: value for name, value in data.items() if isinstance(value, str)}
    errors: list[FieldError] = refusal.errors if isinstance(refusal, Invalid) else []
    return ReturnedForm("", values, web.field_errors(web.language(request), errors), refusal)


async def receipt(request: Request) -> Response:
    """``/visits/waiting/{token}``: the entry, its position, the offer if there is one, and the way off the list."""
    found = await _entry(request)
    lang = web.language(request)
    place, services = await queries.what(found)
    choice = Choice(place.code, tuple(one.code for one in services), found.party)
    settings = config.settings()
    booked = found.state is WaitingState.DONE and await queries.has_visit(found)
    offer = found.offered if found.state is WaitingState.OFFERED or booked else None
    if offer and booked and offer.state is not VisitState.BOOKED:
        offer = None  # cancelled, and another visit was booked since
    context = {
        "entry": found,
        "office": place,
        "office_name": i18n.name_in(place, lang),
        "services": [i18n.name_in(one, lang) for one in services],
        "here": request.url.path,
        "link": f"{settings.public_url}{request.url.path}",
        "booked": booked,
        "offer": offer,
        "offer_path": links.visit_path(settings, offer.number, offer.starts_at, "offer") if offer else "",
        "timetable": choice.url(),
        "over": found.date < today(),
        "times": [
            one and offices.local(rules.at_time(found.date, one, settings.zone))
            for one in (found.from_time, found.until_time)
        ],
    }
    return web.page(request, "visits/waiting.html", context)


async def leave(request: Request) -> Response:
    """``POST /visits/waiting/{token}``: leave the list; an offered time goes to the next."""
    found = await _entry(request)
    await waiting.leave(found.number, "visitor")
    return web.redirect(request, request.url.path, _("You have left the waiting list."))


async def _entry(request: Request) -> queries.WaitingView:
    number = links.read_waiting_token(config.settings(), request.path_params["token"])
    if number is None:
        raise NotWaiting
    return await queries.entry(number)


routes = [
    Route(PAGE, form),
    Route(PAGE, join, methods=["POST"]),
    Route(f"{PAGE}/{{token}}", receipt),
    Route(f"{PAGE}/{{token}}", leave, methods=["POST"]),
]
