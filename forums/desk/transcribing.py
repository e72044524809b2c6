"""A clerk's page at a session: a line typed as fast as people speak, and what all clerks have transcribed so far.

Without scripts each line is a form that comes back empty, keeping session, stance and speaker. With them
(``static/js/intake.js``) a line is sent in the background and stays on the page until it is acknowledged.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import kinds, rules
from forums.actions import transcribing
from forums.forms.transcribing import HERE, LINE_LIMIT, NAME_LIMIT, Transcribe
from forums.labels import CHANNELS, STANCES
from forums.permissions import Permission
from forums.queries import transcribing as queries
from forums.queries.forums import ForumView
from forums.queries.forums import forum as read
from forums.states import ForumAction
from server.core import auth, clock, idempotency, web
from server.core.accounts import Official
from server.core.errors import ChangedMeanwhile, Conflict, Invalid, Refusal, Text, _
from server.core.i18n import translate
from server.core.idempotency import KeyReused

STAYS = ("session", "channel", "stance", "speaker")
"""Fields that the next line takes over from the last one."""
ALREADY = _("This form has already been sent with different text. Send it again to add this as another submission.")


@dataclass(frozen=True)
class ReturnedForm:
    """A form shown again: the line's number (empty for a new line), the input and its errors."""

    number: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, number: str, name: str, default: object = "") -> object:
        """The value of a field."""
        return self.values.get(name, default) if number == self.number else default

    def error(self, number: str, name: str) -> str:
        """The error of a field."""
        return self.errors.get(name, "") if number == self.number else ""


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
        return await _page(request, official, found, ReturnedForm("", raw, _errors(request, refusal)), refusal.status)
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
        await transcribing.correct(official, found.slug, number, Transcribe.parse(raw), _version(raw))
    except (Invalid, ChangedMeanwhile) as refusal:
        return await _page(
            request, official, found, ReturnedForm(number, raw, _errors(request, refusal)), refusal.status
        )
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


def _version(raw: Mapping[str, str]) -> int | None:
    value = raw.get("version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < len(str(2**31)) else None


def _errors(request: Request, refusal: Refusal) -> dict[str, str]:
    language = web.language(request)
    if isinstance(refusal, Invalid):
        return web.field_errors(language, refusal.errors)
    return {"text": translate(language, ALREADY if isinstance(refusal, KeyReused) else refusal.text)}


async def _page(
    request: Request, official: Official, found: ForumView, kept: ReturnedForm, status: int = 200
) -> Response:
    zone = web.site(request).settings.zone
    now = clock.now()
    today = now.astimezone(zone).date()
    context = {
        "forum": found,
        "open": ForumAction.SPEAK in kinds.table(found.kind)[found.status]
        and rules.may_transcribe(found.status, found.closed_at, now),
        "taken": await queries.taken(found.id, today),
        "sessions": await queries.sessions(found.id),
        "kept": kept,
        "mine": official.id,
        "key": secrets.token_urlsafe(16),
        "stances": _options(STANCES),
        "channels": _options({name: CHANNELS[name] for name in HERE}),
        "limits": {"text": LINE_LIMIT, "name": NAME_LIMIT},
    }
    return web.page(request, "desk/forums/transcribe.html", context, status=status)


def _options(labels: Mapping[str, Text]) -> list[tuple[str, Text]]:
    return list(labels.items())


routes = [
    Route("/desk/forums/{slug}/intake", show, methods=["GET"]),
    Route("/desk/forums/{slug}/intake", take, methods=["POST"]),
    Route("/desk/forums/{slug}/intake/{number}", correct, methods=["POST"]),
    Route("/desk/forums/{slug}/intake/{number}/undo", undo, methods=["POST"]),
]
