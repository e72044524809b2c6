"""The display in the hall of an office: public numbers, and its enrolment."""

import hashlib
from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, i18n, templates, web
from server.core.errors import Invalid, Text, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.security import SIGN_IN, network
from tracking.visits.actions import devices
from tracking.visits.errors import NotEnrolled, WrongEnrolmentCode
from tracking.visits.queries import live_queue, offices
from tracking.visits.queries.live_queue import LATEST, Called, LiveQueue
from tracking.visits.queue_forms import Enrol
from tracking.visits.states import DeviceKind, TicketState
from tracking.visits.wait_words import ON_DISPLAY, Waits

COOKIE = "display"
YEARS = 5
MADE_OF = (
    "css/sinmungo.css",
    "css/display.css",
    "js/display.js",
    "js/queue.js",
    "js/waits.js",
    "js/connection.js",
    "js/text.js",
)
"""The files of the page: it loads itself again when one of them has changed."""
SPOKEN = {
    True: _("Number %(number)s, please come to counter %(counter)s on floor %(floor)s."),
    False: _("Number %(number)s, please come to counter %(counter)s."),
}
"""What the display says of a call, by whether the office has counters on several floors."""


async def display(request: Request) -> Response:
    """``/offices/{code}/display``: the latest calls and who waits. Notes that its device is here."""
    place, language = await offices.place(request.path_params["code"]), web.language(request)
    await _seen(request)
    found, floors = await live_queue.of_office(place), await live_queue.floors(place.office.id)
    waits = Waits(language, ON_DISPLAY)
    services = [
        (
            one.code, i18n.name_in(one, language), found.waiting.get(one.id, 0),
            waits.of(found.walk_ins.get(one.id), found.before_closing.get(one.id), found.closed.get(one.id)),
        )
        for one in place.services.values()
        if one.bookable or one.walk_in
    ]  # fmt: skip
    context = {
        "office": place.office,
        "office_name": i18n.name_in(place.office, language),
        "rows": [*shown(found), *[None] * LATEST][:LATEST],
        "waiting": found.total,
        "services": services,
        "waits": waits,
        "floors": len(floors) > 1,
        "speech": _speech(web.site(request).settings.languages, several_floors=len(floors) > 1),
        "build": _build(language, i18n.name_in(place.office, language), *(name for _code, name, *_rest in services)),
    }
    return web.page(request, "visits/display.html", context)


def shown(found: LiveQueue) -> list[Called]:
    """The rows of a display: whoever is called now, and the last calls, in the hall; the latest first."""
    in_hall = [one for one in found.called if not one.afar]
    first = sorted(in_hall, key=lambda one: not (one.there and one.state is TicketState.CALLED))
    return sorted(first[:LATEST], key=lambda one: -one.sequence)


def _speech(languages: Sequence[str], *, several_floors: bool) -> list[tuple[str, str]]:
    words = SPOKEN[several_floors].msgid
    named = {name: f"{{{name}}}" for name in ("number", "counter", "floor")}
    return [(language, i18n.translate(language, Text(words, named))) for language in languages]


def _build(*names: str) -> str:
    """Changes with the files and the words of the page."""
    content = "\0".join([*names, templates.fingerprint(), *map(templates.static_url, MADE_OF)])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


async def _seen(request: Request) -> None:
    """Note that the display of a browser is alive; one that is not enrolled shows the same."""
    try:
        await devices.known(request.cookies.get(COOKIE, ""), DeviceKind.DISPLAY, request.path_params["code"])
    except NotEnrolled:
        return


async def _start(request: Request, back: ReturnedForm) -> Response:
    """``/display``: where a display begins: at its office's queue, or at the form that enrols it."""
    try:
        device = await devices.known(request.cookies.get(COOKIE, ""), DeviceKind.DISPLAY)
    except NotEnrolled:
        context = {"form": Enrol, "values": {**back.values}, "errors": {**back.errors}}
        return web.page(request, "visits/display_enrol.html", context, status=back.status)
    return web.redirect(request, f"/offices/{device.office}/display")


async def _enrol(request: Request, form: FormData) -> Response:
    """``POST /display``: exchange the code for a cookie of this browser."""
    auth.limit(request, f"enrol:{network(request.scope)}", SIGN_IN)
    try:
        device, token = await devices.enrol(Enrol.parse(form).enrolment_code, DeviceKind.DISPLAY)
    except WrongEnrolmentCode as refusal:
        raise Invalid.at("enrolment_code", refusal.text) from None
    response = web.redirect(request, f"/offices/{device.office}/display")
    secure = web.site(request).settings.public_url.startswith("https://")
    response.set_cookie(COOKIE, token, max_age=YEARS * web.YEAR, httponly=True, samesite="lax", secure=secure)
    return response


routes = [form_page("/display", _start, _enrol), Route("/offices/{code}/display", display)]
