"""Visits and cases: book the visit that a case needs, open a case's visit, link a visit to a case, undo the link."""

import secrets
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
from server.core.booking.errors import TimeTaken
from server.core.errors import Conflict, Invalid, NotPossibleNow, Text, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.security import Rate, network
from tracking.visits.access import own_visit
from tracking.visits.actions import cases as actions
from tracking.visits.actions import requests as asking
from tracking.visits.actions import taking
from tracking.visits.actions.booking import Contact
from tracking.visits.errors import NoSuchVisit
from tracking.visits.forms import LinkVisit
from tracking.visits.queries import cases, offices, requests
from tracking.visits.routes import visit
from tracking.visits.states import Channel

VISITOR = "visitor"
TRIES = Rate(20, 10)
"""Attempts to link a case, by address: allows for typing errors but not for guessing."""
WRONG = _("The case number and the key do not match. Please check both; they are on your receipt.")


async def book(request: Request) -> Response:
    """``GET /cases/{reference}/visit``: the timetable of the office and service that the case needs.

    With ``?guide=1`` the case's guide comes along, whose time is booked together with it.
    """
    found = await petitions.view(request.path_params["reference"], access.shown(request))
    if found.level is not Level.PARTY:
        raise NoSuchCase
    place = await cases.suggested(found.service_code, found.department_id, found.district)
    wanted = {"case": found.reference}
    if "guide" in request.query_params and found.guide:
        with_guide = await cases.guide_at(found.guide.id, place.office if place else "")
        if with_guide is None:
            sorry = _("Your guide cannot be booked at an office at the moment. Please write to them on this page.")
            return web.redirect(request, f"/cases/{found.reference}", sorry)
        wanted |= {"office": with_guide.office, "guide": with_guide.number}
        if place and place.service and place.office == with_guide.office:
            wanted["service"] = place.service
    elif place:
        wanted |= {"office": place.office, **({"service": place.service} if place.service else {})}
    return web.redirect(request, f"/visits?{urlencode(wanted)}")


async def open_visit(request: Request) -> Response:
    """``GET /cases/{reference}/visits/{number}``: open a visit of one's case that has its contact."""
    case = await petitions.view(request.path_params["reference"], access.shown(request))
    row = await cases.by_number(references.read_reference(request.path_params["number"]) or "")
    if case.level is not Level.PARTY or row is None or row.case_reference != case.reference:
        raise NoSuchVisit
    if not row.of_contact(case.petitioner_email, case.petitioner_phone):
        raise NoSuchVisit
    response = web.redirect(request, f"/visits/{row.number}")
    await auth.open_visit(request, response, row.number)
    return response


async def choose(request: Request) -> Response:
    """``POST /cases/{reference}/visit-requests/{id}``: book a proposed time; if it is gone, the nearest are shown."""
    found = await petitions.view(request.path_params["reference"], access.shown(request))
    asked = await requests.one(request.path_params["id"])
    if found.level is not Level.PARTY or asked.case_reference != found.reference:
        raise NoSuchCase
    form, place = await web.read_form(request), await offices.place(asked.code)
    services = [one.code for one in requests.services_of(asked, place)]
    elsewhere = {"office": asked.code, "service": ",".join(services), "case": found.reference}
    contact = Contact(
        found.petitioner_name, found.petitioner_email, "" if found.petitioner_email else found.petitioner_phone,
        found.petitioner_language,
    )  # fmt: skip
    start = next((one for one in asked.starts if one.isoformat(timespec="minutes") == form.get("start")), None)
    if start is None:
        return web.redirect(request, f"/visits?{urlencode(elsewhere)}")
    at_start = f"/visits?{urlencode({**elsewhere, 'start': start.isoformat(timespec='minutes')})}"
    if not (contact.email or contact.phone):
        return web.redirect(request, at_start)  # a tip: the form asks for a way to reach them
    key_from = secrets.token_urlsafe()
    try:
        wished = await taking.wish(asked.code, services, start, Channel.DESK)
        booked = await asking.choose(asked.id, wished, contact, visit.key_of(key_from))
    except (TimeTaken, Invalid):
        return web.redirect(request, at_start, _("This time is no longer free. Here are the nearest ones."))
    except Conflict as refusal:
        if isinstance(refusal, NotPossibleNow) and (chosen := await requests.chosen(asked.id)):
            already = _("You have chosen a time already. This is your reservation.")
            return web.redirect(request, f"/cases/{found.reference}/visits/{chosen}", already)
        return web.redirect(request, f"/cases/{found.reference}", refusal.text)
    return await visit.lead_to_booked(request, booked.number, key_from)


async def link(request: Request, kept: ReturnedForm) -> Response:
    """``/visits/{number}/case``: the case of the visit, or the cases that it can be linked to."""
    found, who = await own_visit(request), auth.reader(request)
    context = {
        "visit": found,
        "own": await following.own_cases(who.cases, who.email),
        "form": LinkVisit,
        "values": kept.values,
        "errors": kept.errors,
    }
    return web.page(request, "visits/case.html", context, status=kept.status)


async def attach(request: Request, form: FormData) -> Response:
    """``POST`` to the same address: link it to one of one's cases, or to one whose key is known."""
    found, who = await own_visit(request), auth.reader(request)
    if "own" in form:
        shown, typed = Credentials(cases=who.cases, email=who.email), str(form["own"])
    else:
        auth.limit(request, f"follow:{network(request.scope)}", TRIES)
        command = LinkVisit.parse(form)
        shown, typed = Credentials(key=command.key), command.case
    try:
        number, level = await following.access_level(typed, shown)
    except NoSuchCase:
        number, level = "", Level.NONE
    if level < Level.PARTY:
        raise Invalid.at("", WRONG)
    return await _done(request, found.number, actions.attach(found.number, number, VISITOR), _("The case is linked."))


async def detach(request: Request) -> Response:
    """``POST /visits/{number}/case/detach``."""
    found = await own_visit(request)
    return await _done(request, found.number, actions.detach(found.number, VISITOR), _("The case is no longer linked."))


async def _done(request: Request, number: str, action: Awaitable[None], notice: Text) -> Response:
    try:
        await action
    except Conflict as refusal:
        notice = refusal.text
    return web.redirect(request, f"/visits/{number}/case", notice)


routes = [
    Route("/cases/{reference}/visit", book),
    Route("/cases/{reference}/visits/{number}", open_visit),
    Route("/cases/{reference}/visit-requests/{id:int}", choose, methods=["POST"]),
    form_page("/visits/{number}/case", link, attach),
    Route("/visits/{number}/case/detach", detach, methods=["POST"]),
]
