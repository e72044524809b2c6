"""The reception: check visitors in who do not use the kiosk, find their ticket, and issue and take back passes."""

import secrets
from collections.abc import Awaitable
from datetime import datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, characters, city, clock, i18n, web
from server.core.accounts import Official
from server.core.days import today
from server.core.errors import Conflict, Invalid, Refusal, Text, _
from server.core.form_pages import ReturnedForm, form_page
from tracking.visits import words
from tracking.visits.actions import arriving, passes, tickets
from tracking.visits.actions.arriving import Arrival, Press
from tracking.visits.desk.common import all_offices, chosen_office, names
from tracking.visits.errors import NoSuchVisit
from tracking.visits.labels import TICKET_STATES
from tracking.visits.permissions import Permission
from tracking.visits.queries import closing, guidance, offices, queue, reception, turns, visits, waiting_times
from tracking.visits.queries import passes as pass_rows
from tracking.visits.queries.offices import OfficeRow, Place
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queries.reception import ToCome
from tracking.visits.queries.visits import VisitView
from tracking.visits.reception_forms import CONSENT, IssuePass, ReceiveWalkIn
from tracking.visits.states import HERE, TICKET, TicketAction
from tracking.visits.wait_words import Waits

PAGE = "/desk/reception"


def _receiver(request: Request) -> Official:
    return auth.official(request, Permission.SERVE_VISITS)


async def show(request: Request) -> Response:
    """``/desk/reception?office=&q=``: who is here, who is to come, and which passes are out."""
    return await _page(request, ReturnedForm())


async def _page(request: Request, back: ReturnedForm, code: str = "") -> Response:
    official, language = _receiver(request), web.language(request)
    known = await all_offices()
    if not known:
        return web.page(request, "desk/visits/none.html", {"edits": official.may(Permission.EDIT_OFFICES)})
    office = await chosen_office(official, known, code or request.query_params.get("office", ""))
    place, q = await offices.place(office.code), characters.clean(request.query_params.get("q", ""))[:80]
    here, coming = await reception.here(office.id, today(), q), await reception.to_come(office.id, today(), q)
    for_tickets, for_visits = await reception.services([one.id for one in here], [one.id for one in coming])
    service_names = {one.id: i18n.name_in(one, language) for one in place.services.values()}
    closed = await _closing(place)

    def named(ids: list[int] | None) -> str:
        return ", ".join(service_names[one] for one in ids or () if one in service_names)

    walk_ins = dict(names(place.services, language))
    context = {
        "office": office,
        "office_name": i18n.name_in(office, language),
        "offices": names(known, language),
        "office_names": {one.id: i18n.name_in(one, language) for one in known},
        "q": q,
        "here": [(one, named(for_tickets.get(one.id))) for one in here],
        "coming": [(one, named(for_visits.get(one.id)), _arrival(office, one)) for one in coming],
        "most": reception.MOST,
        "passes": [(one, one.issued_at < closed) for one in await pass_rows.out(office.id)],
        "form": ReceiveWalkIn,
        "choices": {"services": [(one.code, walk_ins[one.code]) for one in place.services.values() if one.walk_in]},
        "press": secrets.token_hex(8),
        "states": TICKET_STATES,
        "today": today(),
        "back": back,
    }
    return web.page(request, "desk/visits/reception.html", context, status=back.status)


def _arrival(office: OfficeRow, one: ToCome) -> Arrival | None:
    """What coming now would mean for a reservation of this office today."""
    if one.office_id != office.id or one.date != today():
        return None
    return arriving.arrival_of(office, one.starts_at, clock.now())


async def _closing(place: Place) -> datetime:
    """When passes had to be back: at today's closing if it is over; otherwise those of earlier days."""
    day = today()
    hours = (await offices.hours(place.office.id, place.weekly, [day], await city.kept_calendar()))[day]
    if hours.spans and offices.now() >= offices.local(hours.spans[-1][1]):
        return offices.local(hours.spans[-1][1])
    return offices.now().replace(hour=0, minute=0, second=0, microsecond=0)


# --- Giving tickets --------------------------------------------------------------------------------------------------


async def check_in(request: Request) -> Response:
    """``POST /desk/reception/check-in``: a reservation's visitor is here. Repeating it leads to the same ticket."""
    official, form = _receiver(request), await web.read_form(request)
    office = await offices.office(str(form.get("office", "")))
    try:
        visit = await visits.by_number(str(form.get("number", "")))
        press = Press(how="reception", by=official.actor, language=visit.language)
        ticket, _arrival = await arriving.check_in(office, visit, press)
    except (Conflict, NoSuchVisit) as refusal:
        return await _page(request, ReturnedForm("check-in", {}, {}, refusal), office.code)
    return web.redirect(request, f"{PAGE}/tickets/{ticket.code}")


async def walk_in(request: Request) -> Response:
    """``POST /desk/reception/walk-in``: a ticket without a reservation; the same press gives the same ticket."""
    official, form = _receiver(request), await web.read_form(request)
    office = await offices.office(str(form.get("office", "")))
    raw = ReceiveWalkIn.raw(form.multi_items())
    try:
        command = ReceiveWalkIn.parse(raw)
        press = Press(0, command.press_id or None, command.language, how="reception", by=official.actor)
        ticket = await arriving.walk_in(office, command.services, press)
    except (Invalid, Conflict) as refusal:
        errors = web.field_errors(web.language(request), refusal.errors) if isinstance(refusal, Invalid) else {}
        return await _page(request, ReturnedForm("walk-in", raw, errors, refusal), office.code)
    return web.redirect(request, f"{PAGE}/tickets/{ticket.code}")


# --- One visitor -----------------------------------------------------------------------------------------------------


async def _ticket(request: Request, back: ReturnedForm) -> Response:
    """``/desk/reception/tickets/{code}``: what to tell the visitor, and their passes."""
    official = _receiver(request)
    found, language = await queue.by_code(request.path_params["code"]), web.language(request)
    office = await offices.office_by_id(found.office_id)
    place = await offices.place_of(office)
    known = {one.id: i18n.name_in(one, language) for one in place.services.values()}
    (services, _none) = await reception.services([found.id], [])
    purpose = ", ".join(known[one] for one in services.get(found.id, ()) if one in known)
    wait, visit = await waiting_times.of_ticket(place, found), await _visit(found)
    expected = closing.expected(wait, await closing.closes(place)) if wait else None
    closed = await waiting_times.closed_for(place, found)
    arrival = arriving.arrival_of(office, visit.starts_at, found.arrived_at) if visit else None
    issues = office.has_passes and found.state in HERE
    context = {
        "ticket": found,
        "state": TICKET_STATES[found.state],
        "office": office,
        "office_name": i18n.name_in(office, language),
        "services": purpose,
        "advice": words.advice(arrival, visit.starts_at, office, closing.in_time(wait, expected, closed), language)
        if visit and arrival
        else None,
        "where": await guidance.where(found, place, language),
        "position": await turns.position(found, queue.rule(office), place.able),
        "due": queue.due(found, office),
        "wait": Waits(language).of(wait, expected, closed),
        "visit": visit,
        "may_leave": TicketAction.LEAVE in TICKET[found.state],
        "may_return": TicketAction.RETURN in TICKET[found.state] and found.date == today(),
        "may_set": official.may(Permission.EDIT_OFFICES),
        "passes": await pass_rows.of_ticket(found.id),
        "form": IssuePass if issues else None,
        "consent": CONSENT,
        "values": {"purpose": purpose[:300], **back.values},
        "back": back,
    }
    return web.page(request, "desk/visits/received.html", context, status=back.status)


async def _visit(found: TicketRow) -> VisitView | None:
    if not found.visit_id:
        return None
    return await visits.by_number((await queue.visit_subject(found.visit_id)).partition("/")[2])


async def _issue(request: Request, form: FormData) -> Response:
    official, code = _receiver(request), request.path_params["code"]
    command = IssuePass.parse(IssuePass.raw(form.multi_items()))
    return await _done(request, code, passes.issue(official, code, command), _("The pass has been issued."))


async def _done(request: Request, code: str, doing: Awaitable[object], done: Text) -> Response:
    try:
        await doing
    except Conflict as refusal:
        return await _ticket_again(request, code, refusal)
    return web.redirect(request, f"{PAGE}/tickets/{code}", done)


async def _ticket_again(request: Request, code: str, refusal: Refusal) -> Response:
    request.path_params["code"] = code
    return await _ticket(request, ReturnedForm("", {}, {}, refusal))


async def of_pass(request: Request) -> Response:
    """``POST /desk/reception/passes/{id}/{step}``: the security step, the return, or undoing the last step."""
    official, number = _receiver(request), request.path_params["id"]
    code = (await pass_rows.one(number)).code
    if request.path_params["step"] == "screened":
        return await _done(request, code, passes.screen(official, number), _("The security step is recorded."))
    if request.path_params["step"] == "returned":
        return await _done(request, code, passes.take_back(official, number), _("The pass is back."))
    step = str((await web.read_form(request)).get("step", ""))
    return await _done(request, code, passes.undo(official, number, step), _("The last step has been undone."))


async def leave(request: Request) -> Response:
    """``POST /desk/reception/tickets/{code}/leave``: the ticket was a mistake, or its visitor goes."""
    official, code = _receiver(request), request.path_params["code"]
    return await _done(request, code, tickets.leave(code, official.actor), _("The ticket has been taken back."))


async def come_back(request: Request) -> Response:
    """``POST /desk/reception/tickets/{code}/return``: somebody who missed a call or fetched papers is here again."""
    official, code = _receiver(request), request.path_params["code"]
    return await _done(request, code, tickets.come_back(code, official.actor), _("The visitor waits again."))


routes = [
    Route(PAGE, show),
    Route(f"{PAGE}/check-in", check_in, methods=["POST"]),
    Route(f"{PAGE}/walk-in", walk_in, methods=["POST"]),
    form_page(f"{PAGE}/tickets/{{code}}", _ticket, _issue),
    Route(f"{PAGE}/tickets/{{code}}/leave", leave, methods=["POST"]),
    Route(f"{PAGE}/tickets/{{code}}/return", come_back, methods=["POST"]),
    Route(f"{PAGE}/passes/{{id:int}}/{{step}}", of_pass, methods=["POST"]),
]
