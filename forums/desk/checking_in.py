"""Check-in at a session: recording who is present, walk-ins, and the number of unnamed visitors."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import rules
from forums.actions import checking_in, registering
from forums.desk.common import FRESH, PAGE, returned
from forums.desk.sessions import opened_session
from forums.forms import places as forms
from forums.labels import REGISTRATIONS, SESSION_KINDS
from forums.permissions import Permission
from forums.queries import sessions as queries
from forums.queries.forums import ForumView
from forums.queries.sessions import SessionView
from server.core import auth, characters, clock, config, web
from server.core.accounts import Official
from server.core.acts import Press
from server.core.booking import reading
from server.core.booking.errors import CountTooLow, Full
from server.core.errors import Text, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.forms import Parameters

MOST_LETTERS = 80


async def index(request: Request) -> Response:
    """``/desk/forums/{slug}/sessions/{session}``: the list; ``q`` searches it by name or code."""
    return await show(request, FRESH)


async def show(request: Request, kept: ReturnedForm) -> Response:
    """The list, with a refused form."""
    _official, found, shown = await _opened(request)
    wanted = characters.clean(request.query_params.get("q", ""))[:MOST_LETTERS]
    guests = await reading.expected(shown.slot_id, wanted)
    open_now = not shown.cancelled and rules.check_in_open(shown.starts_at, clock.now(), config.settings().zone)
    context = {
        "forum": found,
        "session": shown,
        "form": forms.Book,
        "count_form": forms.Count,
        "kinds": SESSION_KINDS,
        "states": REGISTRATIONS,
        "guests": guests,
        "most": reading.LISTED,
        "wanted": wanted,
        "named": await reading.named(shown.slot_id),
        "open": open_now,
        "drawn": clock.now().timestamp(),
        "values": kept.values or {"here": open_now},
        "errors": kept.errors,
    }
    return web.page(request, "desk/forums/check_in.html", context, status=kept.status)


async def press(request: Request) -> Response:
    """``POST …/check-in``, ``…/undo`` and ``…/give-back``: one button beside a name."""
    official, found, shown = await _opened(request)
    form = await web.read_form(request)
    what = request.url.path.rpartition("/")[2]
    back = f"{PAGE}/{found.slug}/sessions/{shown.id}"
    number = Parameters(form).integer("registration", low=1, high=queries.LARGEST) or 0
    if what == "give-back":
        await registering.cancel_registration(official, (await reading.one_expected(shown.slot_id, number)).code)
        return web.redirect(request, back, _("The registration has been cancelled."))
    guest = await reading.one_expected(shown.slot_id, number)
    if what == "undo":
        await checking_in.undo(official, found.slug, shown.id, number)
        return web.redirect(request, back, _("The check-in of %(name)s has been undone.", name=guest.name))
    await checking_in.check_in(official, found.slug, shown.id, number)
    return web.redirect(request, back, _("%(name)s has checked in.", name=guest.name))


async def book(request: Request, form: FormData) -> Response:
    """``POST …/book``: register somebody by name, at the session or by telephone."""
    official, found, shown = await _opened(request)
    said: list[Text] = []
    who = forms.Book.parse(form)

    async def act() -> None:
        code = await checking_in.book(official, found.slug, shown.id, who)
        done = _("%(name)s has checked in.", name=who.name)
        said.append(done if who.here else _("%(name)s is registered, code %(code)s.", name=who.name, code=code))

    try:
        await _once(request, form, shown, act)
    except Full as full:
        return await show(request, returned(request, form, full, "name"))
    return web.redirect(request, f"{PAGE}/{found.slug}/sessions/{shown.id}", said[0] if said else None)


async def count(request: Request, form: FormData) -> Response:
    """``POST …/count``: so many more unnamed visitors, fewer if negative."""
    official, found, shown = await _opened(request)
    people = forms.people(form)
    try:
        await _once(request, form, shown, lambda: checking_in.count(official, found.slug, shown.id, people))
    except CountTooLow as few:
        return await show(request, returned(request, form, few, "people"))
    return web.redirect(request, f"{PAGE}/{found.slug}/sessions/{shown.id}", _("Counted."))


async def _once(
    request: Request, form: Mapping[str, Any], shown: SessionView, act: Callable[[], Awaitable[None]]
) -> None:
    """Runs ``act`` only once for the same form of the same page."""
    content = [str(form.get(name) or "") for name in ("name", "topic", "here", "people")]
    secret = web.site(request).settings.secret_key
    await Press(secret, f"{request.url.path} {shown.id}", form.get("drawn"), content).once(act)


async def _opened(request: Request) -> tuple[Official, ForumView, SessionView]:
    auth.official(request, Permission.RUN_FORUMS)
    return await opened_session(request)


_ONE = f"{PAGE}/{{slug}}/sessions/{{session:int}}"
routes = [
    Route(_ONE, index),
    *(Route(f"{_ONE}/{what}", press, methods=["POST"]) for what in ("check-in", "undo", "give-back")),
    form_page(f"{_ONE}/book", show, book, "POST"),
    form_page(f"{_ONE}/count", show, count, "POST"),
]
