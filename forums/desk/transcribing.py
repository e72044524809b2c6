"""A clerk's page at a session: a line typed as fast as people speak, and what all clerks have transcribed so far.

Without scripts each line is a form that comes back empty, keeping session, stance and speaker. With them
(``static/js/intake.js``) a line is sent in the background and stays on the page until it is acknowledged.
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import kinds, rules
from forums.actions import transcribing
from forums.desk.common import returned
from forums.forms.transcribing import HERE, Transcribe
from forums.labels import CHANNELS, STANCES
from forums.permissions import Permission
from forums.queries import transcribing as queries
from forums.queries.forums import ForumView
from forums.queries.forums import forum as read
from forums.states import ForumAction
from server.core import auth, clock, idempotency, web
from server.core.accounts import Official
from server.core.days import today
from server.core.errors import ChangedMeanwhile, Conflict, Invalid, _
from server.core.form_pages import ReturnedForm
from server.core.idempotency import KeyReused
from server.core.resource.pages import seen

STAYS = ("session", "channel", "stance", "speaker")
"""Fields that the next line takes over from the last one."""
ALREADY = _("This form has already been sent with different text. Send it again to add this as another submission.")


async def show(request: Request) -> Response:
    """``/desk/forums/{slug}/intake``; the query carries the fields taken over from the last line."""
    official, found = await _ask(request)
    stays = {name: request.query_params.get(name, "") for name in STAYS}
    return await _page(request, official, found, ReturnedForm(values=stays))


async def take(request: Request) -> Response:
    """``POST /desk/forums/{slug}/intake``: one line. A script gets the line's number or the refusal as JSON."""
    official, found = await _ask(request)
    raw = {name: value for name, value in (await web.read_form(request)).items() if isinstance(value, str)}
    try:
        command = Transcribe.parse(raw)
        number = await transcribing.transcribe(official, found.slug, command, idempotency.check(raw.get("key", "")))
    except (Invalid, Conflict, KeyReused) as refusal:
        if _by_script(request):
            return web.problem(request, refusal)
        told = KeyReused(ALREADY) if isinstance(refusal, KeyReused) else refusal
        return await _page(request, official, found, returned(request, raw, told, "text"))
    if _by_script(request):
        return web.json({"number": number}, 201)
    return web.redirect(request, f"{_path(found)}?{urlencode(_next(raw))}#field-text", _("Transcribed."))


def _next(raw: Mapping[str, Any]) -> dict[str, str]:
    """The query of the next form; it leaves out names, which would appear in logs."""
    stays = {name: str(raw[name]) for name in STAYS if raw.get(name)}
    if raw.get("next") and stays.get("speaker", "").isdigit():
        stays["speaker"] = str(int(stays["speaker"]) + 1)
    return stays


async def correct(request: Request) -> Response:
    """``POST /desk/forums/{slug}/intake/{number}``: correct a line."""
    official, found = await _ask(request)
    number = request.path_params["number"]
    form = await web.read_form(request)
    raw = {name.removeprefix(f"{number}."): value for name, value in form.items() if isinstance(value, str)}
    try:
        await transcribing.correct(official, found.slug, number, Transcribe.parse(raw), seen(raw))
    except (Invalid, ChangedMeanwhile) as refusal:
        return await _page(request, official, found, returned(request, form, refusal, "text", of=number))
    return web.redirect(request, _path(found), _("Corrected."))


async def undo(request: Request) -> Response:
    """``POST /desk/forums/{slug}/intake/{number}/undo``: withdraw a line."""
    official, found = await _ask(request)
    await transcribing.undo(official, found.slug, request.path_params["number"])
    return web.redirect(request, _path(found), _("Withdrawn."))


async def _ask(request: Request) -> tuple[Official, ForumView]:
    official = auth.official(request, Permission.RUN_FORUMS)
    return official, await read(request.path_params["slug"], official)


def _by_script(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _path(found: ForumView) -> str:
    return f"/desk/forums/{found.slug}/intake"


async def _page(request: Request, official: Official, found: ForumView, kept: ReturnedForm) -> Response:
    context = {
        "forum": found,
        "open": ForumAction.SPEAK in kinds.table(found.kind)[found.status]
        and rules.may_transcribe(found.status, found.closed_at, clock.now()),
        "taken": await queries.taken(found.id, today()),
        "sessions": await queries.sessions(found.id),
        "form": Transcribe,
        "kept": kept,
        "mine": official.id,
        "key": secrets.token_urlsafe(16),
        "stances": list(STANCES.items()),
        "channels": [(name, CHANNELS[name]) for name in HERE],
    }
    return web.page(request, "desk/forums/transcribe.html", context, status=kept.status)


routes = [
    Route("/desk/forums/{slug}/intake", show, methods=["GET"]),
    Route("/desk/forums/{slug}/intake", take, methods=["POST"]),
    Route("/desk/forums/{slug}/intake/{number}", correct, methods=["POST"]),
    Route("/desk/forums/{slug}/intake/{number}/undo", undo, methods=["POST"]),
]
