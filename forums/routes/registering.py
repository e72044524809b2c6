"""Citizens' pages about registrations: a session, registering, the ticket with its code, and cancelling."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import kinds
from forums.actions import registering
from forums.forms import places as forms
from forums.labels import SESSION_KINDS
from forums.participant_actions import REGISTER
from forums.permissions import Permission
from forums.queries import forums
from forums.queries import sessions as queries
from forums.queries.forums import ForumView
from forums.queries.sessions import SessionView
from forums.states import ForumState
from server.core import auth, config, i18n, qr, web
from server.core.booking import reading
from server.core.booking.errors import NoSuchBooking
from server.core.booking.reading import BookingView
from server.core.booking.states import STANDING
from server.core.errors import BadCursor, Invalid, _
from server.core.participants.confirming import run_or_confirm
from server.core.participants.people import Person, person_of

_YEARS = (1900, 9000)


async def part(found: ForumView, person: Person | None) -> dict[str, object]:
    """The sessions section of a forum's page, once it is announced."""
    if not kinds.SESSIONS[found.kind] or found.status is ForumState.DRAFT:
        return {"sessions": [], "over": False}
    return {
        "sessions": await queries.of_forum(found.id, person.id if person else None),
        "over": bool(await queries.past(found.id, limit=1)),
        "session_kinds": SESSION_KINDS,
    }


async def session(request: Request) -> Response:
    """``/forums/{slug}/sessions/{session}``: time and place, the registration form, afterwards video and transcript."""
    return await _session(request, {}, {})


async def register(request: Request) -> Response:
    """``POST`` to the same address: register, or join the waiting list."""
    form = await web.read_form(request)
    who = auth.reader(request)
    found = await forums.forum(request.path_params["slug"], who.official)
    shown = await queries.session(found.slug, request.path_params["session"])
    errors, topic = [], ""
    try:
        topic = forms.topic(form)
    except Invalid as invalid:
        errors = invalid.errors
    content = {"session": shown.id, "topic": topic, "title": found.title, "text": _when_and_where(request, shown)}
    try:
        return await run_or_confirm(request, REGISTER, content, form, errors)
    except Invalid as invalid:
        return await _session(request, form, web.field_errors(web.language(request), invalid.errors), invalid.status)


def _when_and_where(request: Request, shown: SessionView) -> str:
    lang, zone = web.language(request), config.settings().zone
    until = i18n.time_text(shown.ends_at, lang, zone)
    return "\n".join(filter(None, (f"{i18n.datetime_text(shown.starts_at, lang, zone)} – {until}", shown.place)))


async def _session(
    request: Request, values: Mapping[str, Any], errors: Mapping[str, str], status: int = 200
) -> Response:
    who = auth.reader(request)
    found = await forums.forum(request.path_params["slug"], who.official)
    person = await person_of(who)
    shown = await queries.session(found.slug, request.path_params["session"], person.id if person else None)
    context = {
        "forum": found,
        "session": shown,
        "form": forms.Book,
        "kinds": SESSION_KINDS,
        "person": person,
        "mailbox": who.email,
        "reason": await queries.reason(shown.id) if shown.cancelled else "",
        "standing": shown.mine is not None and shown.mine.status in STANDING,
        "values": values,
        "errors": errors,
    }
    return web.page(request, "forums/session.html", context, status=status)


async def past(request: Request) -> Response:
    """``/forums/{slug}/sessions``: past sessions, newest first, with videos and transcripts."""
    found = await forums.forum(request.path_params["slug"], auth.reader(request).official)
    rows = await queries.past(found.id, _before(request), queries.PAST + 1)
    more = rows[queries.PAST :]
    rows = rows[: queries.PAST]
    older = f"{rows[-1].starts_at.isoformat()}/{rows[-1].id}" if more else ""
    context = {"forum": found, "sessions": rows, "kinds": SESSION_KINDS, "older": older}
    return web.page(request, "forums/sessions.html", context)


def _before(request: Request) -> tuple[datetime, int] | None:
    """The cursor in the address; None, for the first page, if it cannot be read."""
    moment, _slash, number = request.query_params.get("before", "").partition("/")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if not _YEARS[0] < found.year < _YEARS[1]:  # so that converting it to another time zone cannot overflow
        raise BadCursor
    right = (
        found.tzinfo is not None and number.isascii() and number.isdigit() and len(number) < len(str(queries.LARGEST))
    )
    return (found, int(number)) if right else None


async def ticket(request: Request) -> Response:
    """``/forums/registrations/{code}``: the code with its QR code for check-in, and what its holder can do."""
    who = auth.reader(request)
    found = await reading.booking(request.path_params["code"])
    if who.official and who.official.may(Permission.RUN_FORUMS):
        shown = await queries.of_slot(found.slot_id, 0)
        return web.redirect(request, f"/desk/forums/{shown.slug}/sessions/{shown.id}?q={found.code}")
    shown = await queries.of_slot(found.slot_id, (await _holder(request, found)).id)
    address = f"{web.site(request).settings.public_url}/forums/registrations/{found.code}"
    context = {
        "ticket": found,
        "session": shown,
        "kinds": SESSION_KINDS,
        "qr_svg": qr.svg(address),
        "reason": await queries.reason(shown.id) if shown.cancelled else "",
    }
    return web.page(request, "forums/registration.html", context)


async def cancel_registration(request: Request) -> Response:
    """``/forums/registrations/{code}/give-back``: asks for confirmation first."""
    found = await reading.booking(request.path_params["code"])
    person = await _holder(request, found)
    back = f"/forums/registrations/{found.code}"
    if found.status not in STANDING:
        return web.redirect(request, back)
    if request.method == "GET":
        shown = await queries.of_slot(found.slot_id, person.id)
        return web.page(request, "forums/give_back.html", {"ticket": found, "session": shown, "kinds": SESSION_KINDS})
    await registering.cancel_registration(person, found.code)
    said = {
        "waiting": _("You have left the waiting list."),
        "offered": _("Thank you for telling us. The place goes to the next person in line."),
    }
    return web.redirect(
        request, back, said.get(found.status, _("Your registration is cancelled. Thank you for telling us."))
    )


async def take(request: Request) -> Response:
    """``POST /forums/registrations/{code}/take``: accept the offered place."""
    found = await reading.booking(request.path_params["code"])
    person = await _holder(request, found)
    await registering.accept(person, found.code)
    return web.redirect(request, f"/forums/registrations/{found.code}", _("The place is yours."))


async def _holder(request: Request, found: BookingView) -> Person:
    person = await person_of(auth.reader(request))
    if person is None or person.id != found.participant_id:
        raise NoSuchBooking
    return person


routes = [
    Route("/forums/registrations/{code}", ticket),
    Route("/forums/registrations/{code}/give-back", cancel_registration, methods=["GET", "POST"]),
    Route("/forums/registrations/{code}/take", take, methods=["POST"]),
    Route("/forums/{slug}/sessions", past),
    Route("/forums/{slug}/sessions/{session:int}", session),
    Route("/forums/{slug}/sessions/{session:int}", register, methods=["POST"]),
]
