"""Citizens' pages about registrations: a session, registering, the ticket with its code, and cancelling."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import kinds
from forums.actions import registering
from forums.participant_acts import REGISTER
from forums.permissions import Permission
from forums.queries import forums
from forums.queries import sessions as queries
from forums.queries.forums import ForumView
from forums.rights import session_subject
from forums.routes import context
from forums.states import ForumState
from server.core import auth, qr, web
from server.core.booking import reading
from server.core.booking.errors import NoSuchBooking
from server.core.booking.reading import BookingView
from server.core.booking.states import STANDING
from server.core.errors import _
from server.core.form_pages import ReturnedForm
from server.core.participants import confirming
from server.core.participants.people import Person, person_of


async def part(found: ForumView, person: Person | None) -> dict[str, object]:
    """The sessions section of a forum's page, once it is announced."""
    if not kinds.SESSIONS[found.kind] or found.status is ForumState.DRAFT:
        return {"sessions": [], "over": False}
    return {
        "sessions": await queries.of_forum(found.id, person.id if person else None),
        "over": bool((await queries.past(found.id, limit=1)).rows),
    }


async def _session(request: Request, back: ReturnedForm) -> Response:
    """``/forums/{slug}/sessions/{session}``: time and place, the registration form, afterwards video and transcript."""
    who = auth.reader(request)
    found = await forums.forum(request.path_params["slug"], who.official)
    person = await person_of(who)
    shown = await queries.session(found.slug, request.path_params["session"], person.id if person else None)
    more = {
        "forum": found,
        "session": shown,
        "form": REGISTER.form,
        "named": REGISTER.who,
        "person": person,
        "reason": await forums.reason(session_subject(shown.id)) if shown.cancelled else "",
        "standing": shown.mine is not None and shown.mine.status in STANDING,
    }
    return await context.page(request, "forums/session.html", more, back)


async def past(request: Request) -> Response:
    """``/forums/{slug}/sessions``: past sessions, newest first, with videos and transcripts."""
    found = await forums.forum(request.path_params["slug"], auth.reader(request).official)
    page = await queries.past(found.id, queries.LATEST.read(request.query_params.get("before", "")))
    more = {"forum": found, "sessions": page.rows, "older": page.after}
    return await context.page(request, "forums/sessions.html", more)


async def ticket(request: Request) -> Response:
    """``/forums/registrations/{code}``: the code with its QR code for check-in, and what its holder can do."""
    who = auth.reader(request)
    found = await reading.booking(request.path_params["code"])
    if who.official and who.official.may(Permission.RUN_FORUMS):
        shown = await queries.of_slot(found.slot_id, 0)
        return web.redirect(request, f"/desk/forums/{shown.slug}/sessions/{shown.id}?q={found.code}")
    shown = await queries.of_slot(found.slot_id, (await _holder(request, found)).id)
    address = f"{web.site(request).settings.public_url}/forums/registrations/{found.code}"
    more = {
        "ticket": found,
        "session": shown,
        "qr_svg": qr.svg(address),
        "reason": await forums.reason(session_subject(shown.id)) if shown.cancelled else "",
    }
    return await context.page(request, "forums/registration.html", more)


async def cancel_registration(request: Request) -> Response:
    """``/forums/registrations/{code}/give-back``: asks for confirmation first."""
    found = await reading.booking(request.path_params["code"])
    person = await _holder(request, found)
    back = f"/forums/registrations/{found.code}"
    if found.status not in STANDING:
        return web.redirect(request, back)
    if request.method == "GET":
        shown = await queries.of_slot(found.slot_id, person.id)
        return await context.page(request, "forums/registration_cancel.html", {"ticket": found, "session": shown})
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
    confirming.page("/forums/{slug}/sessions/{session:int}", REGISTER, _session),
]
