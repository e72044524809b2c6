"""Visits and cases: book the visit that a case needs, open a case's visit, link a visit to a case, undo the link."""

from collections.abc import Awaitable
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions import access
from petitions.errors import NoSuchCase
from petitions.queries import cases as petitions
from petitions.queries import following
from petitions.queries.cases import Credentials, Level
from server.core import auth, references, web
from server.core.errors import Conflict, Invalid, Text, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.security import Rate
from tracking.visits.access import own_visit
from tracking.visits.actions import cases as actions
from tracking.visits.errors import NoSuchVisit
from tracking.visits.forms import LinkVisit
from tracking.visits.queries import cases

VISITOR = "visitor"
TRIES = Rate(20, 10)
"""Attempts to link a case, by address: allows for typing errors but not for guessing."""
WRONG = _("The case number and the key do not match. Please check both; they are on your receipt.")


async def book(request: Request) -> Response:
    """``GET /cases/{reference}/visit``: the timetable of the office and service that the case needs."""
    found = await petitions.view(request.path_params["reference"], access.shown(request))
    if found.level is not Level.PARTY:
        raise NoSuchCase
    place = await cases.suggested(found.service_code, found.department_id, found.district)
    wanted = {"case": found.reference}
    if place:
        wanted |= {"office": place.office, **({"service": place.service} if place.exact else {})}
    return web.redirect(request, f"/visits?{urlencode(wanted)}")


async def open_visit(request: Request) -> Response:
    """``GET /cases/{reference}/visits/{number}``: open a visit of one's case that has its contact."""
    case = await petitions.view(request.path_params["reference"], access.shown(request))
    visit = await cases.by_number(references.read_reference(request.path_params["number"]) or "")
    if case.level is not Level.PARTY or visit is None or visit.case_reference != case.reference:
        raise NoSuchVisit
    if not visit.of_contact(case.petitioner_email, case.petitioner_phone):
        raise NoSuchVisit
    response = web.redirect(request, f"/visits/{visit.number}")
    await auth.open_visit(request, response, visit.number)
    return response


async def link(request: Request, kept: ReturnedForm) -> Response:
    """``/visits/{number}/case``: the case of the visit, or the cases that it can be linked to."""
    visit, who = await own_visit(request), auth.reader(request)
    context = {
        "visit": visit,
        "own": await following.own_cases(who.cases, who.email),
        "form": LinkVisit,
        "values": kept.values,
        "errors": kept.errors,
    }
    return web.page(request, "visits/case.html", context, status=kept.status)


async def attach(request: Request, form: FormData) -> Response:
    """``POST`` to the same address: link it to one of one's cases, or to one whose key is known."""
    visit, who = await own_visit(request), auth.reader(request)
    if "own" in form:
        shown, typed = Credentials(cases=who.cases, email=who.email), str(form["own"])
    else:
        auth.limit(request, f"follow:{request.client.host if request.client else '?'}", TRIES)
        command = LinkVisit.parse(form)
        shown, typed = Credentials(key=command.key), command.case
    try:
        number, level = await following.access_level(typed, shown)
    except NoSuchCase:
        number, level = "", Level.NONE
    if level < Level.PARTY:
        raise Invalid.at("", WRONG)
    return await _done(request, visit.number, actions.attach(visit.number, number, VISITOR), _("The case is linked."))


async def detach(request: Request) -> Response:
    """``POST /visits/{number}/case/detach``."""
    visit = await own_visit(request)
    return await _done(request, visit.number, actions.detach(visit.number, VISITOR), _("The case is no longer linked."))


async def _done(request: Request, number: str, action: Awaitable[None], notice: Text) -> Response:
    try:
        await action
    except Conflict as refusal:
        notice = refusal.text
    return web.redirect(request, f"/visits/{number}/case", notice)


routes = [
    Route("/cases/{reference}/visit", book),
    Route("/cases/{reference}/visits/{number}", open_visit),
    form_page("/visits/{number}/case", link, attach),
    Route("/visits/{number}/case/detach", detach, methods=["POST"]),
]
