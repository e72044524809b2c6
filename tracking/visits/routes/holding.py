"""Booking a time: it is held for the browser, then the visitor fills in the form, checks it and confirms.

The form, the page that checks it and the confirmation have addresses; what was typed is kept for this browser
(``server.core.kept``). Confirming twice, or in a second tab, shows the booking with the same key, because the key is
derived from the browser's own secret.
"""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import i18n, kept, web
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
    here = f"/visits/held/{number}"
    typed = any(values.get(name) for name in TYPED)  # before another time was needed
    response = await _keep(request, here, number, values) if typed else web.redirect(request, here)
    browser.remember(request, response, token)
    return response


async def held(request: Request) -> Response:
    """``GET /visits/held/{number}``: the form with what was typed, or what became of the time."""
    found = await _held(request)
    if found.booked:
        return web.redirect(request, f"/visits/{found.number}")
    typed = (await _kept(request, found)).get("values", {})
    if not found.holds:
        return await _late(request, found, typed)
    return await _form(request, found, typed or await access.petitioner(request, found.case_reference))


async def submit(request: Request) -> Response:
    """``POST /visits/held/{number}``: keep what is complete, and go to the page that checks it."""
    found, form = await _held(request), await web.read_form(request)
    values = _typed(form)
    if found.booked:
        return await _booked(request, found)
    if not found.holds:
        return await _late(request, found, values)
    try:
        VisitorDetails.parse(form)
        return await _keep(request, f"/visits/held/{found.number}/check", found.number, values)
    except (Invalid, kept.TooMuchKept) as refusal:
        return await _form(request, found, values, refusal)


async def check(request: Request) -> Response:
    """``GET /visits/held/{number}/check``: the input, before it is booked; afterwards the confirmation."""
    found = await _held(request)
    content = await _kept(request, found)
    if found.booked:
        then = f"/booked/{_kept_as(found.number)}" if "visit" in content else ""
        return web.redirect(request, f"/visits/{found.number}{then}")
    values = content.get("values", {})
    if not found.holds:
        return await _late(request, found, values)
    try:
        details = VisitorDetails.parse(values)
    except Invalid:  # nothing is kept
        return web.redirect(request, f"/visits/held/{found.number}")
    gets_messages = visits.reachable(details.email, details.phone)
    context = {**await _context(request, found, values), "details": details, "gets_messages": gets_messages}
    return web.page(request, "visits/check.html", context)


async def confirm(request: Request) -> Response:
    """``POST /visits/held/{number}/check``: book the time with what is kept."""
    found = await _held(request)
    if found.booked:
        return await _booked(request, found)
    values = (await _kept(request, found)).get("values", {})
    try:
        details = VisitorDetails.parse(values)
        contact = Contact(
            details.name, details.email, details.phone, details.language, details.note, VisitMode(details.mode)
        )  # fmt: skip
        case = await access.own_case(request, found.case_reference)
        key_of = visit.key_of(browser.token(request))
        await booking.book_held(found.number, browser.holder(request), contact, key_of, case)
    except RULES as refusal:
        return await _form(request, found, values, refusal)
    except HoldExpired:
        return await _late(request, await _held(request), values)
    return await _booked(request, found)


async def _held(request: Request) -> HeldVisit:
    return await holds.held_visit(request.path_params["number"], browser.holder(request))


async def _booked(request: Request, found: HeldVisit) -> Response:
    return await visit.lead_to_booked(request, found.number, browser.token(request), _kept_as(found.number))


def _kept_as(number: str) -> str:
    """Under which number the form of a held time is kept: only the browser that holds it comes so far."""
    return f"visit-{number}"


async def _keep(request: Request, then: str, number: str, values: Mapping[str, str]) -> Response:
    """Keep what was typed for a held time, and go on. Raises ``TooMuchKept``."""
    await kept.put(request, {"values": values}, number=_kept_as(number))
    response = web.redirect(request, then)
    kept.remember(request, response)
    return response


async def _kept(request: Request, found: HeldVisit) -> Mapping[str, Any]:
    """What was typed for a held time, or what its confirmation needs; empty if there is neither."""
    try:
        return await kept.get(request, _kept_as(found.number))
    except kept.NotKept:
        return {}


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
        "kept": any(values.get(name) for name in TYPED),
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
    Route("/visits/held/{number}/check", check),
    Route("/visits/held/{number}/check", confirm, methods=["POST"]),
    Route("/visits/held/{number}/release", release, methods=["POST"]),
]
