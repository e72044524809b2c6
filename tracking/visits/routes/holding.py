"""Booking a time: it is held for the browser, then the visitor fills in the form, checks it and confirms.

The form is one page and its check another, which carries the input in hidden fields. Confirming twice, or in a second
tab, shows the booking with the same key, because the key is derived from the browser's own secret.
"""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, config, i18n, references, web
from server.core.booking.errors import TimeTaken
from server.core.errors import Invalid, Refusal, _
from server.core.forms.kinds import Mistake
from server.core.sessions import token_hash
from tracking.visits import access, words
from tracking.visits.actions import booking
from tracking.visits.actions.booking import Contact
from tracking.visits.actions.taking import wish
from tracking.visits.choosing import STEPS, Choice
from tracking.visits.errors import HoldExpired, OnePerHousehold, Restricted, TooManyVisits
from tracking.visits.forms import VisitorDetails, read_start
from tracking.visits.queries import holds, offices, visits, weeks
from tracking.visits.queries.holds import HeldVisit
from tracking.visits.routes import bringing, browser, visit
from tracking.visits.states import Channel, VisitMode
from tracking.visits.timetable import start_value

KEPT_LENGTH = 600
TYPED = ("name", "email", "phone", "note")
RULES = (Invalid, OnePerHousehold, TooManyVisits, Restricted)
"""Refusals that leave the form as it is: the time is still held."""


async def hold(request: Request) -> Response:
    """``POST /visits/hold``: hold a time for this browser, instead of one that it holds already.

    A browser without the cookie could never come back to the time, so nothing is held for it.
    """
    form = await web.read_form(request)
    access.limit_holds(request)
    try:
        choice = Choice.read(form)
    except Invalid:
        return web.redirect(request, Choice.again(form))
    try:
        start = read_start(form.get("start", ""))
    except Mistake as mistake:
        return web.redirect(request, choice.url(), mistake.text)
    token = browser.token(request)
    if not token:
        asked = choice.url(start=start_value(start), cookie="1")
        return browser.give_token(request, web.redirect(request, asked))
    try:
        wished = await wish(choice.office, choice.services, start, Channel.ONLINE, choice.party)
        case = await access.own_case(request, choice.case)
        number = await booking.hold(wished, token_hash(token), web.language(request), case)
    except (TimeTaken, Invalid, OverflowError):
        return web.redirect(request, choice.url(start=start_value(start)))
    values = _typed(form)
    if any(values.get(name) for name in TYPED):  # typed before another time was needed
        response = await _form(request, await holds.held_visit(number, token_hash(token)), values)
    else:
        response = web.redirect(request, f"/visits/held/{number}")
    browser.remember(request, response, token)
    return response


async def held(request: Request) -> Response:
    """``GET /visits/held/{number}``: the form, or what became of the time."""
    found = await holds.held_visit(request.path_params["number"], browser.holder(request))
    if found.booked:
        return web.redirect(request, f"/visits/{found.number}")
    values = await access.petitioner(request, found.case_reference)
    return await (_form if found.holds else _late)(request, found, values)


async def submit(request: Request) -> Response:
    """``POST /visits/held/{number}``: check, edit or confirm, depending on the button (``go``)."""
    found = await holds.held_visit(request.path_params["number"], browser.holder(request))
    form = await web.read_form(request)
    values, go = _typed(form), form.get("go", "")
    if found.booked:
        return await _booked(request, found.number)
    if not found.holds or go == "edit":
        return await (_form if found.holds else _late)(request, found, values)
    try:
        details = VisitorDetails.parse(form)
        if go == "confirm":
            return await _confirm(request, found, details)
    except RULES as refusal:
        return await _form(request, found, values, refusal)
    except HoldExpired:
        return await _late(request, await holds.held_visit(found.number, browser.holder(request)), values)
    return await _check(request, found, details, values)


async def _confirm(request: Request, found: HeldVisit, details: VisitorDetails) -> Response:
    contact = Contact(
        details.name, details.email, details.phone, details.language, details.note, VisitMode(details.mode)
    )  # fmt: skip
    case = await access.own_case(request, found.case_reference)
    await booking.book_held(found.number, browser.holder(request), contact, _key_of(request), case)
    return await _booked(request, found.number)


def _key_of(request: Request) -> booking.KeyOf:
    token = browser.token(request)
    return lambda number: references.derived_key(config.settings().secret_key, f"visit\0{token}", number)


async def _booked(request: Request, number: str) -> Response:
    found = await visits.by_number(number)
    request.scope["shown_at"] = f"/visits/{number}"  # whose address is the reservation's
    response = await visit.page(request, found, _key_of(request)(number))
    await auth.open_visit(request, response, number)
    return response


def _typed(form: FormData) -> dict[str, str]:
    """The input, as the page shows it again."""
    names = [field.name for field in VisitorDetails.fields()]
    return {name: str(form[name])[:KEPT_LENGTH] for name in names if isinstance(form.get(name), str)}


async def _context(request: Request, found: HeldVisit, values: Mapping[str, str]) -> dict[str, Any]:
    lang = web.language(request)
    known = await offices.services(found.office.id)
    those = [known[one.service_id] for one in found.matters if one.service_id in known]
    return {
        "modes": words.ways_to_meet(those, lang),
        "visit": found,
        "office": found.office,
        "office_name": i18n.name_in(found.office, lang),
        "matters": bringing.named(found.matters, lang),
        "papers": bringing.papers(found.matters, lang),
        "form": VisitorDetails,
        "values": {"language": lang, **values},
        "steps": STEPS,
        "choose_again": _choice(found).url(from_=found.starts_at.date().isoformat()),
    }


def _choice(found: HeldVisit) -> Choice:
    return Choice(found.office.code, tuple(one.code for one in found.matters), found.party, found.case_reference)


async def _form(
    request: Request, found: HeldVisit, values: Mapping[str, str], refusal: Refusal | None = None
) -> Response:
    lang = web.language(request)
    errors = web.field_errors(lang, refusal.errors) if isinstance(refusal, Invalid) else {}
    if refusal and not isinstance(refusal, Invalid):
        errors = {"": i18n.translate(lang, refusal.text)}
    context = {**await _context(request, found, values), "errors": errors, "by_rule": "" in errors}
    return web.page(request, "visits/held.html", context, status=refusal.status if refusal else 200)


async def _check(request: Request, found: HeldVisit, details: VisitorDetails, values: Mapping[str, str]) -> Response:
    gets_messages = visits.reachable(details.email, details.phone)
    context = {**await _context(request, found, values), "details": details, "gets_messages": gets_messages}
    return web.page(request, "visits/check.html", context)


async def _late(request: Request, found: HeldVisit, values: Mapping[str, str]) -> Response:
    """The time is no longer held: the nearest free ones, each one press away with the input kept."""
    choice = _choice(found)
    nearest: list[datetime] = []
    with contextlib.suppress(Invalid):  # the office no longer does one of the services
        nearest = await weeks.nearest_free(await choice.errand(), found.starts_at, found.id)
    now = await holds.held(browser.holder(request))
    context = {
        **await _context(request, found, values),
        "typed": values,
        "kept": request.method == "POST" and any(values.get(name) for name in TYPED),
        "fields": choice.fields,
        "nearest": [(start, start_value(start)) for start in nearest],
        "other": now if now and now.number != found.number else None,
    }
    return web.page(request, "visits/late.html", context, status=HoldExpired.status)


async def release(request: Request) -> Response:
    """``POST /visits/held/{number}/release``: give the time back."""
    mine = browser.holder(request)
    found = await holds.held_visit(request.path_params["number"], mine)
    await booking.release(found.number, mine)
    return web.redirect(request, _choice(found).url(), _("The time is free again for others."))


routes = [
    Route("/visits/hold", hold, methods=["POST"]),
    Route("/visits/held/{number}", held),
    Route("/visits/held/{number}", submit, methods=["POST"]),
    Route("/visits/held/{number}/release", release, methods=["POST"]),
]
