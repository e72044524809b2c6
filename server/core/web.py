"""Pages, JSON and refusals over HTTP: rendering responses, reading requests and reporting errors.

Owns the reader's language, notices after a redirect, RFC 9457 problem documents and the exception handlers. Knows
nothing of any domain.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode

import orjson
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from server.core import clock, config, encodings, form_bytes, i18n, showing, templates
from server.core.accounts import Permission
from server.core.config import Settings
from server.core.errors import (
    BadRequest,
    ChangedMeanwhile,
    FieldError,
    Invalid,
    NotFound,
    Refusal,
    Text,
    TooLarge,
    TooSlow,
    UnreadableText,
    UnsupportedMedia,
    _,
)
from server.core.signing import sign, unsign

LANGUAGE_COOKIE = "lang"
NOTICE_COOKIE = "notice"
NOTICE_SECONDS = 60
TEXT_COOKIE = "text_size"
TEXT_SIZES = ("large", "largest")
"""Besides the normal one; scripts set the cookie, too."""
SIGN_IN = "/desk/sign-in"
API = "/api/"
YEAR = 365 * 24 * 3600


class _RowNumber(IntegerConvertor):
    """``{name:int}`` in a path: limited to the digits of a row id, so that both databases accept it."""

    regex = "[0-9]{1,9}"


register_url_convertor("int", _RowNumber())


@dataclass
class City:
    """What pages show about the city itself."""

    names: Mapping[str, str]
    call_centre: str
    demo: bool


class Site:
    """What every request needs from this installation; kept in ``app.state.site``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.city = City(dict.fromkeys(settings.languages, settings.city_name), settings.call_centre, demo=False)
        self.ways_back: Callable[[str, int], Sequence[tuple[Text, str]]] = lambda _path, _status: ()
        """Links to offer on an error page, by path and status, the nearest first."""
        self.permissions: Mapping[str, Permission] = {}
        """The permissions of all domains by name, for templates."""
        templates.load(settings.compiled)
        self.environments = {
            language: templates.environment(language, settings.languages, settings.zone)
            for language in settings.languages
        }

    def render(self, language: str, template: str, context: Mapping[str, Any]) -> str:
        """Render a template without a request (mail, fragments)."""
        return self.environments[language].get_template(template).render(city=self._city(language), **context)

    def _city(self, language: str) -> dict[str, object]:
        city = self.city
        return {"name": city.names.get(language, ""), "call_centre": city.call_centre, "demo": city.demo}


def site(request: Request) -> Site:
    """The installation that serves a request."""
    return cast("Site", request.app.state.site)


def language(request: Request) -> str:
    """The reader's language: from the address, from an earlier choice, or the city's first. Pages never guess it."""
    known = site(request).settings.languages
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if asked in known:
        return asked
    accepted = accepted_language(request.headers.get("accept-language", ""), known) if is_api(request) else None
    return accepted or known[0]


def accepted_language(header: str, known: Collection[str]) -> str | None:
    """The first of the languages that ``Accept-Language`` names and we know."""
    named = (part.split(";")[0].strip()[:2].lower() for part in header.split(","))
    return next((code for code in named if code in known), None)


def is_api(request: Request) -> bool:
    """Whether the response is JSON."""
    return request.url.path.startswith(API)


def page(
    request: Request,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    secret: bool = False,
) -> HTMLResponse:
    """Render a page in the reader's language, with the message left by the previous action.

    ``secret``: it shows a code that no browser may store.
    """
    here = site(request)
    code = language(request)
    query = {k: v for k, v in request.query_params.items() if k not in {"lang", TEXT_COOKIE}}
    asked, kept = request.query_params.get(TEXT_COOKIE, ""), request.cookies.get(TEXT_COOKIE, "")
    size = asked or kept
    kept_query = [(k, v) for k, v in request.query_params.multi_items() if k in query]
    notice, notice_link = _notice(request)
    if note := request.scope.get("shown_note"):
        notice = i18n.translate(code, note)
    shown_at = request.scope.get("shown_at", request.url.path)
    html = here.render(
        code,
        template,
        {
            "path": request.url.path,
            "query": query,
            "reader": getattr(request.state, "official", None),
            "permissions": here.permissions,
            "origin": here.settings.public_url,
            "text_size": size if size in TEXT_SIZES else "",
            "text_url": lambda other: f"{shown_at}?{urlencode({**query, TEXT_COOKIE: other})}",
            "language_url": lambda other: f"{shown_at}?{urlencode({**query, 'lang': other})}",
            "answered_form": showing.answered(request),
            "form_address": f"{request.url.path}?{urlencode(kept_query)}".removesuffix("?"),
            "show_again": showing.value(request),
            "notice": notice,
            "notice_link": notice_link,
            "now": clock.now(),
            **(context or {}),
        },
    )
    # "no-store" would lose what was typed on "back", and make an error of going back to what a form has answered.
    answers = request.method == "POST" and "shown_at" not in request.scope
    typing = not secret and (answers or f'id="{showing.MAIN_FORM}"' in html)
    response = HTMLResponse(
        showing.with_resumed(request, html),
        status_code=status,
        headers={"cache-control": "private, no-cache" if typing else "no-store"},
    )
    if request.query_params.get("lang") == code and request.cookies.get(LANGUAGE_COOKIE) != code:
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=YEAR, samesite="lax", httponly=True)
    if asked and asked != kept:
        response.set_cookie(TEXT_COOKIE, size if size in TEXT_SIZES else "normal", max_age=YEAR, samesite="lax")
    if NOTICE_COOKIE in request.cookies:
        response.delete_cookie(NOTICE_COOKIE)
    return response


@dataclass(frozen=True)
class Consequence:
    """What else a change has led to, as a link to the page that lists it."""

    text: Text
    url: str


def redirect(
    request: Request, url: str, notice: Text | None = None, consequence: Consequence | None = None
) -> RedirectResponse:
    """303 to a page of this site, which then shows ``notice`` and the link of a consequence."""
    response = RedirectResponse(url, status_code=303)
    if notice:
        said = [*_packed(notice), *([*_packed(consequence.text), consequence.url] if consequence else [])]
        value = sign(site(request).settings, "notice", said)
        response.set_cookie(NOTICE_COOKIE, value, max_age=NOTICE_SECONDS, samesite="lax", httponly=True)
    return response


def _packed(text: Text) -> tuple[str, dict[str, str]]:
    return text.msgid, {name: str(value) for name, value in text.params.items()}


def _notice(request: Request) -> tuple[str | None, tuple[str, str] | None]:
    """The message left by the previous action, with the words and the address of its link, if any."""
    token = request.cookies.get(NOTICE_COOKIE)
    value = unsign(site(request).settings, "notice", token, NOTICE_SECONDS) if token else None
    if not isinstance(value, list):
        return None, None
    code, (msgid, params, *more) = language(request), value
    link = (i18n.translate(code, Text(str(more[0]), more[1])), str(more[2])) if more else None
    return i18n.translate(code, Text(str(msgid), params)), link


def json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response; times are written with their zone."""
    return Response(
        orjson.dumps(content, _plain, orjson.OPT_PASSTHROUGH_DATETIME),
        status,
        {"cache-control": "no-store", **(headers or {})},
        media_type="application/json",
    )


def _plain(value: object) -> str:
    """A time in the city's zone, to the second, or a date, as ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(config.settings().zone).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


def items(rows: Sequence[object], following: str | None, total: int | None) -> Response:
    """The JSON response of a list."""
    return json({"items": rows, "next": following, "total": total})


async def read_json(request: Request) -> dict[str, Any]:
    """The request's JSON object. Raises ``UnsupportedMedia`` or ``BadRequest``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # Checked before the body is read: where files are accepted, a body of another type may be very large.
    if kind not in {"", "application/json"}:
        raise UnsupportedMedia(_("Please send application/json."))
    body = await _body(request)
    if not body and not kind:
        return {}
    if not kind:
        raise UnsupportedMedia(_("Please send application/json."))
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if not encodings.readable(body):
            raise UnreadableText from error
        raise BadRequest(_("The body is not valid JSON."), code="invalid_json") from error
    if not isinstance(content, dict):
        raise BadRequest(_("The body must be a JSON object."), code="not_an_object")
    return content


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise BadRequest from error


async def read_form(request: Request, *, files: int = 0, fields: int = 200) -> FormData:
    """The request's form, urlencoded or multipart. Raises ``UnsupportedMedia``, ``TooLarge`` or ``BadRequest``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {form_bytes.URLENCODED, form_bytes.MULTIPART}:
        if not await _body(request):
            return FormData()
        raise UnsupportedMedia(_("Please send the form from our page."))
    try:
        form = await form_bytes.read(request, kind, files=files, fields=fields)
    except ClientDisconnect as error:
        raise BadRequest from error
    request._form = form  # noqa: SLF001 — Starlette closes it with the request
    if showing.SHOW_AGAIN in form and not is_api(request):
        showing.only(errors=form.get(showing.SHOW_AGAIN) == "errors")
    return form


def problem(request: Request, refusal: Refusal) -> Response:
    """A refusal as RFC 9457 ``application/problem+json``."""
    code = language(request)
    content: dict[str, object] = {
        "type": "about:blank",
        "title": i18n.translate(code, refusal.text),
        "status": refusal.status,
        "code": refusal.code,
    }
    content.update(getattr(refusal, "details", {}))
    if isinstance(refusal, ChangedMeanwhile) and refusal.entries:
        content["changes"] = [
            {"kind": e.kind, "actor": e.actor, "at": _plain(e.occurred_at), "sequence": e.sequence}
            for e in refusal.entries
        ]
    if isinstance(refusal, Invalid):
        content["errors"] = [{"field": e.field, "message": i18n.translate(code, e.text)} for e in refusal.errors]
    return Response(
        orjson.dumps(content, default=str), refusal.status, refusal_headers(refusal), "application/problem+json"
    )


def refusal_headers(refusal: Refusal) -> dict[str, str]:
    """The HTTP headers of a refusal."""
    headers = {"cache-control": "no-store"}
    if seconds := getattr(refusal, "retry_after", 0):
        headers["retry-after"] = str(seconds)
    if refusal.status == 401:  # noqa: PLR2004
        headers["www-authenticate"] = "Bearer"
    if isinstance(refusal, TooSlow):  # the rest of the body is not waited for (RFC 9110, 15.5.9)
        headers["connection"] = "close"
    return headers


def refuse(request: Request, refusal: Refusal) -> Response:
    """A refusal as a page or as JSON."""
    if is_api(request):
        return problem(request, refusal)
    if refusal.status == 401 and request.method == "GET":  # noqa: PLR2004
        wanted = urlencode({"next": request.url.path + (f"?{request.url.query}" if request.url.query else "")})
        return RedirectResponse(f"{SIGN_IN}?{wanted}", status_code=303)
    if refusal.page and request.method == "GET":
        return RedirectResponse(refusal.page, status_code=303)
    back = site(request).ways_back(request.url.path, refusal.status)
    context = {"refusal": refusal, "back": back, "written": showing.texts(request)}
    response = page(request, "errors/error.html", context, status=refusal.status)
    response.headers.update(refusal_headers(refusal))
    return response


async def on_refusal(request: Request, error: Exception) -> Response:
    """Exception handler for :class:`Refusal`."""
    return refuse(request, cast("Refusal", error))


class MethodNotAllowed(Refusal):
    """405."""

    status, code, text = 405, "method_not_allowed", _("This address does not accept that kind of request.")


class Broken(Refusal):
    """500: our fault."""

    status, code = 500, "internal_error"
    text = _("Something went wrong on our side. Nothing was lost; please try again.")


async def on_http(request: Request, error: Exception) -> Response:
    """Exception handler for Starlette's own 404, 405 and 400."""
    status = cast("HTTPException", error).status_code
    refusal: Refusal = {404: NotFound(), 405: MethodNotAllowed(), 413: TooLarge()}.get(status, BadRequest())
    response = refuse(request, refusal)
    for name, value in (cast("HTTPException", error).headers or {}).items():
        response.headers[name] = value
    return response


async def on_error(request: Request, _error: Exception) -> Response:
    """Exception handler for unexpected errors, which the middleware of ``observe`` logs."""
    return refuse(request, Broken())


def field_errors(language_code: str, errors: Sequence[FieldError]) -> dict[str, str]:
    """The first error of each field, translated, by field name; none where a form is shown that was not sent yet."""
    found: dict[str, str] = {}
    if showing.without_errors():
        return found
    for error in errors:
        found.setdefault(error.field, i18n.translate(language_code, error.text))
    return found
