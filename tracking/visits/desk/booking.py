"""Booking for somebody else during one call: office, services, a time in the week, and the caller, on one page.

What is chosen stands in the address. The times are those that the call centre may book, its own share included.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, i18n, idempotency, ledger, references, web
from server.core import kept as kept_forms
from server.core.accounts import Official
from server.core.errors import Conflict, Invalid, _
from server.core.form_pages import ReturnedForm
from server.core.forms.kinds import Mistake
from tracking.visits import words
from tracking.visits.actions import for_others, taking
from tracking.visits.actions.booking import Contact
from tracking.visits.acts import VISITS
from tracking.visits.choosing import Choice, Links, next_free, week_context
from tracking.visits.desk.common import PAGE, all_offices, chosen_office, names
from tracking.visits.forms import VisitorDetails, read_start
from tracking.visits.permissions import Permission
from tracking.visits.queries import desk, offices, papers
from tracking.visits.queries.desk import DeskVisit
from tracking.visits.queries.grid import Errand
from tracking.visits.states import VISIT, Channel, VisitAction, VisitMode

NEW = f"{PAGE}/new"
FRESH = ReturnedForm()


def _booker(request: Request) -> Official:
    return auth.official(request, Permission.BOOK_FOR_OTHERS)


async def _chosen(request: Request) -> tuple[Choice, Errand | None, Links]:
    """What stands in the address: the errand is None while no service is chosen."""
    choice = Choice.read(request.query_params)
    links = Links(NEW, NEW, choice.fields)
    if not choice.services:
        return choice, None, links
    return choice, await taking.errand(choice.office, choice.services, Channel.PHONE, choice.party), links


async def new(request: Request) -> Response:
    """``/desk/visits/new``: the page as far as the call has come."""
    _booker(request)
    try:
        _choice, errand, links = await _chosen(request)
    except Invalid as refusal:
        return await _page(request, ReturnedForm(refusal=refusal, errors=_errors(request, refusal)))
    if errand and "next" in request.query_params:
        return await next_free(request, errand, links)
    return await _page(request)


def _errors(request: Request, refusal: Invalid) -> Mapping[str, str]:
    return web.field_errors(web.language(request), refusal.errors)


async def _page(request: Request, kept: ReturnedForm = FRESH) -> Response:
    official, lang, known = _booker(request), web.language(request), await all_offices()
    place = await chosen_office(official, known, request.query_params.get("office", ""))
    found = await offices.place(place.code)
    context: dict[str, Any] = {
        "office": place,
        "office_name": i18n.name_in(place, lang),
        "offices": names(known, lang),
        "bookable": [(one, i18n.name_in(one, lang)) for one in found.services.values() if one.bookable],
        "chosen": Choice.services_in(request.query_params),
        "party": request.query_params.get("party", ""),
        "errand": None,
        "modes": [],
        "wanted": None,
        "form": VisitorDetails,
        "kept": kept,
        "press": str(kept.value("press")) or secrets.token_urlsafe(12),
        "here": f"{NEW}?{request.url.query}",
    }
    if kept.errors.keys().isdisjoint({"service", "party"}):
        choice, errand, links = await _chosen(request)
        if errand:
            week = await week_context(request, errand, links)
            modes = words.ways_to_meet(errand.services, lang)
            context |= {**week, "errand": errand, "party": choice.party, "modes": modes}
    return web.page(request, "desk/visits/new.html", context, status=kept.status)


async def post(request: Request) -> Response:
    """``POST /desk/visits/new``: a time pressed in the timetable, or the caller's details, which book it.

    Sending the details again leads to the same reservation, with its key.
    """
    official, form = _booker(request), await web.read_form(request)
    if "name" not in form:
        links = Links(NEW, fields=Choice.read(form).fields)
        return web.redirect(request, f"{links.url(start=str(form.get('start', '')))}#caller")
    try:
        number = await _book(request, official, form)
    except (Invalid, Conflict) as refusal:
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        errors = _errors(request, refusal) if isinstance(refusal, Invalid) else {}
        return await _page(request, ReturnedForm(values=values, errors=errors, refusal=refusal))
    content = {"visit": number, "key_from": _press(form)}
    return await kept_forms.lead_to(request, f"{NEW}/booked/{{kept}}", content, whose=official.actor)


async def booked(request: Request) -> Response:
    """``GET /desk/visits/new/booked/{kept}``: what to read out to the caller, with the key."""
    official = _booker(request)
    made = await kept_forms.get(request, request.path_params["kept"], whose=official.actor)
    found = await desk.visit(made["visit"])
    secret = web.site(request).settings.secret_key
    context = {
        "found": found,
        "row": found.row,
        "key": references.derived_key(secret, made["key_from"], found.row.number),
        "office_name": i18n.name_in(found.office, web.language(request)),
        "checklist": await papers.summary(found.row.id),
        "again": Links(NEW, fields=[("office", found.office.code)]).url(),
    }
    return web.page(request, "desk/visits/booked.html", context, secret=True)


def _press(form: FormData) -> str:
    return str(form.get("press", ""))[:40]


async def _book(request: Request, official: Official, form: FormData) -> str:
    """Book once, however often the page is sent. Returns its number.

    Raises ``Invalid`` and the refusals of a booking.
    """
    choice = Choice.read(request.query_params)
    start = request.query_params.get("start", "")
    try:
        moment = read_start(start)
    except (Mistake, OverflowError):
        raise Invalid.at("start", _("Please choose a time from the timetable.")) from None
    person = VisitorDetails.parse(form)
    contact = Contact(person.name, person.email, person.phone, person.language, person.note, VisitMode(person.mode))
    secret, press = web.site(request).settings.secret_key, _press(form)

    def key_of(number: str) -> str:
        return references.derived_key(secret, press, number)

    async def act() -> str:
        wished = await taking.wish(choice.office, choice.services, moment, Channel.PHONE, choice.party)
        return (await for_others.book(wished, contact, key_of)).number

    content = [request.url.query, sorted((name, str(value)) for name, value in form.items())]
    return await idempotency.first(secret, f"desk-visits/{official.id}", press, content, act)


# --- Another time for a visit ----------------------------------------------------------------------------------------


async def reschedule(request: Request) -> Response:
    """``/desk/visits/{number}/reschedule``: the timetable, in which the visit's own time counts as free."""
    _booker(request)
    found = await desk.visit(request.path_params["number"])
    if VisitAction.RESCHEDULE not in VISIT[found.row.state]:
        return web.redirect(request, f"{PAGE}/{found.row.number}")
    return await reschedule_page(request, found, FRESH)


async def reschedule_page(request: Request, found: DeskVisit, kept: ReturnedForm) -> Response:
    """The page, with a refused form."""
    here = f"{PAGE}/{found.row.number}/reschedule"
    links = Links(here, f"{here}/time")
    services: Sequence[str] = [one.code for one in found.row.matters]
    errand = await taking.errand(found.office.code, services, Channel.PHONE, found.row.party)
    errand = await taking.changing(found.row.id, errand)
    if "next" in request.query_params:
        return await next_free(request, errand, links, found.row.id)
    context = {
        **await week_context(request, errand, links, found.row.id),
        "row": found.row,
        "form": VISITS[VisitAction.RESCHEDULE][0].form,
        "version": await ledger.length(f"visit/{found.row.number}"),
        "here": here,
        "kept": kept,
    }
    return web.page(request, "desk/visits/reschedule.html", context, status=kept.status)


async def reschedule_time(request: Request) -> Response:
    """``POST …/reschedule/time``: a time pressed in the timetable."""
    _booker(request)
    form = await web.read_form(request)
    links = Links(f"{PAGE}/{request.path_params['number']}/reschedule")
    return web.redirect(request, f"{links.url(start=str(form.get('start', '')))}#new-time")


routes = [
    Route(NEW, new),
    Route(NEW, post, methods=["POST"]),
    Route(f"{NEW}/booked/{{kept}}", booked),
    Route(f"{PAGE}/{{number}}/reschedule", reschedule),
    Route(f"{PAGE}/{{number}}/reschedule/time", reschedule_time, methods=["POST"]),
]
