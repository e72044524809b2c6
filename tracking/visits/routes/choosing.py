"""``/visits``: an office, then services, then a time in the week. Everything chosen so far stands in the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, city, guesses, i18n, kept, web
from server.core.errors import FieldError, Invalid, _
from server.core.security import Rate, network
from tracking.visits.choosing import STEPS, Choice, Links, case_in, next_free, week_context
from tracking.visits.errors import NoSuchVisit
from tracking.visits.forms import OpenVisit
from tracking.visits.queries import holds, offices, planning, visits
from tracking.visits.queries.offices import Place
from tracking.visits.routes import browser

TRIES = Rate(20, 10)
"""Attempts to open a reservation, by address and by number."""
NUMBER_LENGTH = 80
"""Characters of a typed number that are shown again."""
WRONG = _("The reservation number and the key do not match. Please check both.")


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
    guide = params.get("guide", "")[:10]  # who comes along is booked with a plan
    if guide or (len(errand.services) > 1 and planning.spread(errand, await planning.counters(errand.office.id))):
        return web.redirect(request, choice.plans(guide))
    links = Links("/visits", "/visits/hold", choice.fields, "/visits/waiting")
    if "next" in params:
        return await next_free(request, errand, links)
    context = await week_context(request, errand, links)
    context["edit"] = choice.url(edit="1")
    context["plans"] = choice.plans() if len(errand.services) > 1 else ""
    context["stream"] = choice.stream(context["monday"])
    mine = browser.holder(request)
    context["held"] = await holds.held(mine) if mine else None
    context["refuses_cookies"] = browser.refuses(request)
    return browser.give_token(request, web.page(request, "visits/week.html", context))


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
        "closed_now": offices.closed_now,
        "steps": STEPS,
        "form": OpenVisit,
        "values": {"number": request.query_params.get("number", "")[:NUMBER_LENGTH], **(values or {})},
        "kept": kept.address((values or {}).get("kept") or request.query_params.get("kept")).rpartition("/")[2],
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
        "walk_in": [(one, name) for one, name in services if one.walk_in and not one.bookable],
        "elsewhere": await offices.elsewhere(place.office.id),
        "groups": [(name, one.places) for one, name in services if one.bookable and one.places > 1],
        "case": case_in(request.query_params),
        "guide": request.query_params.get("guide", "")[:10],
        "chosen": choice.services if choice else given,
        "party": choice.party if choice else request.query_params.get("party", ""),
        "errors": web.field_errors(lang, errors),
        "steps": STEPS,
    }
    return web.page(request, "visits/services.html", context, status=422 if errors else 200)


# --- a reservation that there is -------------------------------------------------------------------------------------


async def open_with_key(request: Request) -> Response:
    """``POST /visits``: open a reservation in this browser. The error does not say what was wrong."""
    form = await web.read_form(request)
    auth.limit(request, f"visit:{network(request.scope)}", TRIES)
    try:
        command = OpenVisit.parse(form)
        guess = await guesses.begin(request, "visit", command.number)
        try:
            found = await visits.visit(command.number, command.key)
        except NoSuchVisit:
            raise Invalid.at("", WRONG) from None
    except Invalid as error:
        typed = {"number": str(form.get("number", ""))[:NUMBER_LENGTH], "kept": str(form.get("kept", ""))}
        return await _entry(request, typed, error.errors)
    response = web.redirect(request, kept.address(form.get("kept")) or f"/visits/{found.number}")
    await guess.right(request, response)
    await auth.open_visit(request, response, found.number)
    return response


async def forget(request: Request) -> Response:
    """``POST /visits/forget``: close every reservation and case that this browser has opened."""
    notice = _("Closed. The next person to use this browser cannot see your reservations.")
    response = web.redirect(request, "/visits", notice=notice)
    response.delete_cookie(browser.COOKIE)
    kept.forget(response)  # a confirmation with its key, and what was typed and not sent
    if auth.reader(request).official is None:
        await auth.sign_out(request, response)
    return response


routes = [
    Route("/visits", choose),
    Route("/visits", open_with_key, methods=["POST"]),
    Route("/visits/forget", forget, methods=["POST"]),
]
