"""The counter page: who is called or served here, who waits, and what the clerk can do now, by button or key."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.queries import following
from server.core import acts, auth, i18n, web
from server.core.accounts import Official
from server.core.acts import Attempt, draw
from server.core.days import today
from server.core.errors import Conflict, Invalid, NotFound, _
from server.core.form_pages import ReturnedForm
from tracking.visits.actions import calling, emergencies, tickets
from tracking.visits.counter_acts import COUNTERS
from tracking.visits.desk.common import all_offices, chosen_office, names
from tracking.visits.errors import NoSuchTicket
from tracking.visits.labels import BECAUSE, COUNTER_STATES, TICKET_STATES
from tracking.visits.permissions import Permission
from tracking.visits.queries import counter, queue
from tracking.visits.queue_forms import CallChosen, EndEmergency, PutFirst
from tracking.visits.states import CounterAction, CounterState

PAGE = "/desk/counters"
NOBODY = _("Nobody waits whom this counter can serve.")


async def index(request: Request) -> Response:
    """``/desk/counters``: the counters of an office, to sit down at one."""
    official = auth.official(request, Permission.SERVE_VISITS)
    known, language = await all_offices(), web.language(request)
    if not known:
        return web.page(request, "desk/visits/none.html", {"edits": official.may(Permission.EDIT_OFFICES)})
    place = await chosen_office(official, known, request.query_params.get("office", ""))
    found = await queue.counters(place.id)
    context = {
        "office": place,
        "office_name": i18n.name_in(place, language),
        "offices": names(known, language),
        "counters": found,
        "serving": {one: ticket.number for one, ticket in (await queue.at_counters(place.id)).items()},
        "states": COUNTER_STATES,
    }
    return web.page(request, "desk/visits/counters.html", context)


async def show(request: Request) -> Response:
    """``/desk/counters/{id}``."""
    auth.official(request, Permission.SERVE_VISITS)
    return await _page(request, ReturnedForm())


async def act(request: Request) -> Response:
    """``POST /desk/counters/{id}/{action}``: runs the action once, or shows the page again with the refusal."""
    official = auth.official(request, Permission.SERVE_VISITS)
    if request.path_params["action"] not in COUNTERS:
        raise NotFound
    chosen, offer = COUNTERS[request.path_params["action"]]
    number = str(request.path_params["id"])
    sent = await acts.read(request, chosen, offer)
    attempt = Attempt(official, number, f"counter-pages/{official.id}/{number}")
    kept = await acts.act_once(request, chosen, offer, attempt, sent)
    if kept is not None:
        return await _page(request, kept)
    nobody = chosen.action is CounterAction.CALL_NEXT and await queue.at_counter(int(number)) is None
    return web.redirect(request, f"{PAGE}/{number}", NOBODY if nobody else offer.done)


async def put_first(request: Request) -> Response:
    """``POST /desk/counters/{id}/urgent``: a ticket goes first, for a reason."""
    auth.official(request, Permission.SERVE_VISITS)  # the page is theirs; guides have one of their own
    official = auth.official(request, Permission.PUT_FIRST)
    raw = PutFirst.raw((await web.read_form(request)).multi_items())
    try:
        command = PutFirst.parse(raw)
        await tickets.put_first(official.actor, command.code, command.reason)
    except (Invalid, Conflict, NoSuchTicket) as refusal:
        errors = web.field_errors(web.language(request), refusal.errors) if isinstance(refusal, Invalid) else {}
        return await _page(request, ReturnedForm("", raw, errors, refusal))
    return web.redirect(request, f"{PAGE}/{request.path_params['id']}", _("The visitor goes first."))


async def come_back(request: Request) -> Response:
    """``POST /desk/counters/{id}/tickets/{code}/return``: somebody who was parked or missed is here again."""
    official = auth.official(request, Permission.SERVE_VISITS)
    try:
        await tickets.come_back(request.path_params["code"], official.actor)
    except Conflict as refusal:
        return await _page(request, ReturnedForm("", {}, {}, refusal))
    return web.redirect(request, f"{PAGE}/{request.path_params['id']}", _("The visitor waits again."))


async def call_chosen(request: Request) -> Response:
    """``POST /desk/counters/{id}/tickets/{code}/chosen``: a ticket of the list, waiting or parked."""
    official, number = auth.official(request, Permission.SERVE_VISITS), str(request.path_params["id"])
    try:
        found = await queue.by_code(request.path_params["code"])
        await calling.call(official, number, CallChosen(found.number))
    except (Conflict, NoSuchTicket) as refusal:
        return await _page(request, ReturnedForm("", {}, {}, refusal))
    return web.redirect(request, f"{PAGE}/{number}", _("The visitor is called."))


async def call_for_help(request: Request) -> Response:
    """``POST /desk/counters/{id}/help``: silently asks colleagues to come; the page says nothing."""
    official = auth.official(request, Permission.SERVE_VISITS)
    await emergencies.call_for_help(official, str(request.path_params["id"]))
    return web.redirect(request, f"{PAGE}/{request.path_params['id']}")


async def accept_help(request: Request) -> Response:
    """``POST /desk/counters/{id}/help/{emergency}/accept``: a colleague goes there."""
    official = auth.official(request, Permission.SERVE_VISITS)
    try:
        await emergencies.accept(official, request.path_params["emergency"])
    except Conflict as refusal:
        return await _page(request, ReturnedForm("", {}, {}, refusal))
    return web.redirect(request, f"{PAGE}/{request.path_params['id']}", _("Your colleagues see that you go there."))


async def end_help(request: Request) -> Response:
    """``POST /desk/counters/{id}/help/{emergency}/end``: it is over, with a short report."""
    official = auth.official(request, Permission.SERVE_VISITS)
    raw = EndEmergency.raw((await web.read_form(request)).multi_items())
    try:
        await emergencies.end(official, request.path_params["emergency"], EndEmergency.parse(raw))
    except Invalid as refusal:
        errors = web.field_errors(web.language(request), refusal.errors)
        return await _page(request, ReturnedForm("", raw, errors, refusal))
    return web.redirect(request, f"{PAGE}/{request.path_params['id']}", _("The report is saved."))


async def filed(official: Official, ticket: str, case: str) -> str:
    """A petition was filed at the desk for the visitor of a ticket, known by its code.

    Returns the counter's page, to go back to; empty without a ticket or the right to serve visitors.
    """
    if not official.may(Permission.SERVE_VISITS):
        return ""
    try:
        found = await tickets.filed(official, ticket, case)
    except NoSuchTicket:
        return ""
    number = found.counter or found.last_counter
    return f"{PAGE}/{number}" if number else PAGE


async def _page(request: Request, kept: ReturnedForm) -> Response:
    official, language = auth.official(request, Permission.SERVE_VISITS), web.language(request)
    there = await counter.view(request.path_params["id"], language, official)
    to, hidden = f"{PAGE}/{there.counter.id}", {"version": there.version}
    drawn = [
        draw(chosen, offer, to=to, hidden=hidden, language=language, page=there, back=kept)
        for chosen, offer in COUNTERS.values()
        if (there.operable or chosen.action is CounterAction.OPEN) and (chosen.when is None or chosen.when(there))
    ]
    access = (await following.case_access([there.case])).get(there.case) if there.case else None
    context = {
        "there": there,
        "opens_case": access is not None and access.seen_by(official),
        "office_name": i18n.name_in(there.office, language),
        "forms": [form for form in drawn if form],
        "puts_first": official.may(Permission.PUT_FIRST),
        "first": PutFirst,
        "urgent_choices": [(one.ticket.code, one.ticket.number) for one in there.waiting if not one.ticket.urgent],
        "states": COUNTER_STATES,
        "ticket_states": TICKET_STATES,
        "because": BECAUSE,
        "free": there.operable and there.state is CounterState.OPEN and there.ticket is None,
        "own_help": next((one for one in there.emergencies if one.counter_id == there.counter.id), None),
        "report": EndEmergency,
        "keys": [
            (key.upper(), i18n.translate(language, offer.label))
            for _act, offer in COUNTERS.values()
            if (key := offer.attrs.get("data-key"))
        ],
        "shown": queue.state(today(), there.version),
        "kept": kept,
    }
    return web.page(request, "desk/visits/counter.html", context, status=kept.status)


routes = [
    Route(PAGE, index),
    Route(f"{PAGE}/{{id:int}}", show),
    Route(f"{PAGE}/{{id:int}}/urgent", put_first, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/tickets/{{code}}/return", come_back, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/tickets/{{code}}/chosen", call_chosen, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/help", call_for_help, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/help/{{emergency:int}}/accept", accept_help, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/help/{{emergency:int}}/end", end_help, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/{{action}}", act, methods=["POST"]),
]
