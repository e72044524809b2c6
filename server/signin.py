"""Signing in and out of the desk, and what officials decide about their own account: password, code, language."""

from urllib.parse import urlsplit

import pyotp
import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.core import accounts, auth, clock, web
from server.core.accounts import Account, Session
from server.core.errors import Invalid, Refusal, Text, _
from server.core.fields import Input
from server.core.security import sign, unsign

TOTP_LIFE = 600
"""Seconds in which a new second factor must be confirmed."""


def _next(given: str) -> str:
    """Where to go after signing in: a page of this desk, never another site."""
    parts = urlsplit(given)
    if parts.scheme or parts.netloc or not given.startswith("/desk") or "\\" in given:
        return "/desk"
    return given


async def sign_in(request: Request) -> Response:
    """``/desk/sign-in``: name, password, and the code where the account has a second factor."""
    wanted = _next(request.query_params.get("next", ""))
    if request.method == "GET":
        if auth.reader(request).official:
            return RedirectResponse(wanted, status_code=303)
        return web.page(request, "desk/sign_in.html", {"username": "", "wanted": wanted, "refusal": None})
    form = await web.read_form(request)
    username, wanted = str(form.get("username", "")).strip(), _next(str(form.get("next", "")))
    try:
        token, _session = await auth.sign_in(
            request, username, str(form.get("password", "")), str(form.get("code", "")).strip(), api=False
        )
    except Refusal as refusal:
        response: Response = web.page(
            request,
            "desk/sign_in.html",
            {"username": username[:60], "wanted": wanted, "refusal": refusal},
            status=refusal.status,
        )
        response.headers.update(web.refusal_headers(refusal))
        return response
    response = web.redirect(request, wanted)
    auth.remember(request, response, token, auth.DESK_LIFE)
    return response


async def sign_out(request: Request) -> Response:
    """``/desk/sign-out``."""
    response = web.redirect(request, "/desk/sign-in", _("You are signed out."))
    await auth.sign_out(request, response)
    return response


async def account(request: Request) -> Response:
    """``/desk/account``: one's own name, language, password and second factor."""
    official = auth.official(request)
    row = await Account.get(id=official.id)
    if request.method == "GET":
        return _account_page(request, row)
    form = await web.read_form(request)
    change = {"language": _language, "password": _password, "totp": _totp, "totp-off": _totp_off}.get(
        str(form.get("change", "")), _language
    )
    data = Input(dict(form))
    try:
        notice = await change(request, row, data)
    except Invalid as invalid:
        return _account_page(request, row, invalid)
    return web.redirect(request, "/desk/account", notice)


def _account_page(request: Request, row: Account, invalid: Invalid | None = None) -> Response:
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=row.username, issuer_name=web.site(request).settings.city_name)
    context = {
        "account": row,
        "secret": secret,
        "proof": sign(web.site(request).settings, "totp", [row.id, secret]),
        "qr": Markup(segno.make(uri, error="m").svg_inline(scale=5, border=2)),  # noqa: S704 — segno's own drawing
        "errors": web.field_errors(web.language(request), invalid.errors) if invalid else {},
    }
    return web.page(request, "desk/account.html", context, status=invalid.status if invalid else 200)


async def _language(_request: Request, row: Account, data: Input) -> Text:
    language = data.choice("language", ("ko", "ja", "en"), required=True)
    data.done()
    await Account.filter(id=row.id).update(language=language)
    return _("Your language is saved.")


async def _password(request: Request, row: Account, data: Input) -> Text:
    data.text("old", limit=200, required=True)
    data.text("new", limit=200, required=True, least=accounts.PASSWORD_LEAST)
    # A password is kept as it is typed, as signing in takes it: trimmed or normalised it would be another one.
    old, new = str(data.raw.get("old", "")), str(data.raw.get("new", ""))
    if new and data.raw.get("again") != new:
        data.fail("again", _("The two new passwords differ."))
    if not data.errors and not await accounts.password_fits(row, old):
        data.fail("old", _("This is not your present password."))
    data.done()
    await Account.filter(id=row.id).update(password_hash=await accounts.hash_password(new))
    await Session.filter(account_id=row.id).exclude(token_hash=auth.reader(request).token_hash).delete()
    return _("Your password is changed. Everywhere else you are signed out.")


async def _totp(request: Request, row: Account, data: Input) -> Text:
    proof = unsign(web.site(request).settings, "totp", str(data.raw.get("proof", "")), TOTP_LIFE)
    code = data.text("code", limit=10, required=True)
    secret = str(proof[1]) if isinstance(proof, list) and proof[0] == row.id else ""
    if not data.errors and not (secret and pyotp.TOTP(secret).verify(code, for_time=clock.now(), valid_window=1)):
        data.fail("code", _("The code does not fit. Please scan the new picture and type the code it shows now."))
    data.done()
    await Account.filter(id=row.id).update(totp_secret=secret, totp_last=0)
    return _("From now on you sign in with a code as well.")


async def _totp_off(_request: Request, row: Account, data: Input) -> Text:
    if not await accounts.password_fits(row, str(data.raw.get("off", ""))):
        data.fail("off", _("This is not your present password."))
    data.done()
    await Account.filter(id=row.id).update(totp_secret="")
    return _("You sign in with the password alone again.")


routes = [
    Route("/desk/sign-in", sign_in, methods=["GET", "POST"]),
    Route("/desk/sign-out", sign_out, methods=["POST"]),
    Route("/desk/account", account, methods=["GET", "POST"]),
]
