"""The sessions of a forum at the desk: adding one or a day of slots, editing, cancelling, video and transcript."""

from datetime import datetime, timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from forums import kinds, rights
from forums.actions import sessions
from forums.desk.common import PAGE, forum_official, may, moment_value, named
from forums.errors import TwiceAtOnce
from forums.forms import places as forms
from forums.forms.assigning import PUBLIC_REASON
from forums.labels import SESSION_KINDS
from forums.queries import forums
from forums.queries import sessions as queries
from forums.queries.forums import ForumView
from forums.queries.sessions import SessionView
from forums.states import ForumAction
from server.core import auth, clock, config, web
from server.core.accounts import Official
from server.core.booking.errors import TooFewPlaces
from server.core.errors import FieldError, Invalid, NotFound, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.forms import Parameters

RECENT = timedelta(days=31)
"""Sessions that the desk lists unless asked for older ones."""
SLOT_HOURS = {"first": "14:00", "last": "16:00"}
_EDITED = ("title", "starts_at", "ends_at", "place", "capacity", "link", "transcript")


async def listing(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/forums/{slug}/sessions``."""
    official, found = await opened(request)
    lang = web.language(request)
    day = Parameters(request.query_params).day("since")
    zone = config.settings().zone
    since = datetime.combine(day, datetime.min.time(), zone) if day else clock.now() - RECENT
    begins = found.starts_at.astimezone(zone) if found.starts_at else None
    fresh = {
        "starts_at": moment_value(found.starts_at),
        "ends_at": moment_value(found.ends_at),
        "day": str(begins.date()) if begins else "",
        "capacity": "",
        **SLOT_HOURS,
    }
    context = {
        "forum": found,
        "form": forms.NewSession,
        "slots_form": forms.Slots,
        "sessions": await queries.every(found.id, since),
        "most": queries.SHOWN,
        "since": since,
        "kinds": SESSION_KINDS,
        "choices": named({kind: SESSION_KINDS[kind] for kind in _single(found)}, lang),
        "slots": "slot" in kinds.SESSIONS[found.kind],
        "may_edit": may(official, found, ForumAction.EDIT),
        "values": {**fresh, **kept.values},
        "errors": kept.errors,
    }
    return web.page(request, "desk/forums/sessions.html", context, status=kept.status)


def _single(found: ForumView) -> list[str]:
    return [kind for kind in kinds.SESSIONS[found.kind] if kind != "slot"]


async def add(request: Request, form: FormData) -> Response:
    """``POST /desk/forums/{slug}/sessions``: one session, or with ``slots`` a day of them."""
    official, found = await opened(request)
    many = bool(form.get("slots"))
    if not kinds.SESSIONS[found.kind]:
        raise NotFound
    wanted = forms.new_slots(form) if many else [forms.new_session(form, found.kind)]
    try:
        await sessions.add(official, found.slug, wanted)
    except TwiceAtOnce as twice:
        raise Invalid([FieldError("first" if many else "starts_at", twice.text)]) from None
    done = _("Slots added: %(count)s.", count=len(wanted)) if many else _("The session has been added.")
    return web.redirect(request, f"{PAGE}/{found.slug}/sessions", done)


async def show(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/forums/{slug}/sessions/{session}/edit``: time, place and capacity; video and transcript."""
    official, found, shown = await opened_session(request)
    now = {
        **{name: getattr(shown, name) for name in _EDITED},
        "starts_at": moment_value(shown.starts_at),
        "ends_at": moment_value(shown.ends_at),
        "place": shown.own_place,
    }
    context = {
        "forum": found,
        "session": shown,
        "form": forms.ChangeSession,
        "record_form": forms.KeepRecord,
        "kinds": SESSION_KINDS,
        "may_edit": may(official, found, ForumAction.EDIT),
        "may_record": may(official, found, ForumAction.MINUTES),
        "values": {**now, **kept.values},
        "errors": kept.errors,
    }
    return web.page(request, "desk/forums/session.html", context, status=kept.status)


async def edit(request: Request, form: FormData) -> Response:
    """``POST`` to the same address."""
    official, found, shown = await opened_session(request)
    try:
        await sessions.edit(official, found.slug, shown.id, forms.ChangeSession.parse(form))
    except TooFewPlaces as few:
        raise Invalid([FieldError("capacity", few.text)]) from None
    return web.redirect(request, f"{PAGE}/{found.slug}/sessions", _("The session has been changed."))


async def record(request: Request, form: FormData) -> Response:
    """``POST /desk/forums/{slug}/sessions/{session}/record``: the video's address and the transcript."""
    official, found, shown = await opened_session(request)
    await sessions.keep_record(official, found.slug, shown.id, forms.KeepRecord.parse(form))
    return web.redirect(request, f"{PAGE}/{found.slug}/sessions", _("Video and transcript have been published."))


async def ask_cancel(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/forums/{slug}/sessions/{session}/cancel``: asks for the reason."""
    auth.official(request, rights.FORUM[ForumAction.EDIT])
    _official, found, shown = await opened_session(request)
    back = f"{PAGE}/{found.slug}/sessions"
    if shown.cancelled:
        return web.redirect(request, back)
    context = {
        "forum": found,
        "session": shown,
        "back": back,
        "form": PUBLIC_REASON,
        "kept": kept,
        "kinds": SESSION_KINDS,
    }
    return web.page(request, "desk/forums/session_cancel.html", context, status=kept.status)


async def cancel(request: Request, form: FormData) -> Response:
    """``POST`` to the same address."""
    auth.official(request, rights.FORUM[ForumAction.EDIT])
    official, found, shown = await opened_session(request)
    await sessions.cancel(official, found.slug, shown.id, PUBLIC_REASON.parse(form).text)
    done = _("The session has been cancelled. Everyone who registered will be notified.")
    return web.redirect(request, f"{PAGE}/{found.slug}/sessions", done)


async def opened(request: Request) -> tuple[Official, ForumView]:
    """The official and the forum. Raises ``NotSignedIn``, ``Forbidden``, ``NoSuchForum``."""
    official = forum_official(request)
    return official, await forums.forum(request.path_params["slug"], official)


async def opened_session(request: Request) -> tuple[Official, ForumView, SessionView]:
    """As ``opened``, with a session. Also raises ``NoSuchSession``."""
    official, found = await opened(request)
    return official, found, await queries.session(found.slug, request.path_params["session"])


_ONE = f"{PAGE}/{{slug}}/sessions/{{session:int}}"
routes = [
    form_page(f"{PAGE}/{{slug}}/sessions", listing, add),
    form_page(f"{_ONE}/edit", show, edit),
    form_page(f"{_ONE}/record", show, record, "POST"),
    form_page(f"{_ONE}/cancel", ask_cancel, cancel),
]
