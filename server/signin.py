"""Signing in and out of the desk, and one's own account: password, two-step verification, sessions, language."""

import asyncio
import base64
import hmac
from collections.abc import Mapping
from typing import Annotated, Any

import pyotp
import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.core import accounts, auth, characters, config, database, guesses, security, sessions, web
from server.core.accounts import Account
from server.core.errors import Refusal, Text, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.forms import Errors, Form, Label, OneOf, Password, PasswordRule, line
from server.core.signing import sign, unsign

NOT_CURRENT = _("This is not your current password.")
TOTP_BYTES = 20
TOTP_LIFE = 600
"""Seconds within which a new two-step verification must be confirmed."""


def _next(given: str) -> str:
    """The page to go to after signing in: within this desk or what was kept, never another site."""
    return given if given.startswith(("/desk", "/kept/")) and "\\" not in given else "/desk"


async def sign_in(request: Request) -> Response:
    """``/desk/sign-in``: username, password, and a code if the account has two-step verification."""
    wanted = _next(request.query_params.get("next", ""))
    if request.method == "GET":
        if auth.reader(request).official:
            return RedirectResponse(wanted, status_code=303)
        return _sign_in_page(request, {"username": "", "wanted": wanted, "refusal": None})
    form = await web.read_form(request)
    username, wanted = characters.clean(str(form.get("username", ""))), _next(str(form.get("next", "")))
    try:
        token, session, guess = await auth.sign_in(
            request, username, str(form.get("password", "")), characters.clean(str(form.get("code", ""))), api=False
        )
    except Refusal as refusal:
        kept = {"username": username[:60], "wanted": wanted, "refusal": refusal}
        response = _sign_in_page(request, kept, status=refusal.status)
        response.headers.update(web.refusal_headers(refusal))
        return response
    response = web.redirect(request, wanted)
    await guess.right(request, response)
    auth.remember(request, response, token, auth.DESK_LIFE, f"official:{session.account_id}")
    return response


def _sign_in_page(request: Request, context: Mapping[str, object], *, status: int = 200) -> Response:
    local = web.site(request).city.demo and security.from_here(request.scope)
    return web.page(request, "desk/sign_in.html", {**context, "demo_accounts": local}, status=status)


async def sign_out(request: Request) -> Response:
    """``/desk/sign-out``."""
    response = web.redirect(request, "/desk/sign-in", _("You are signed out."))
    await auth.sign_out(request, response)
    return response


async def change_account(request: Request, form: Mapping[str, Any]) -> Response:
    """``POST /desk/account``: change the official's own language, password or two-step verification."""
    row = await Account.get(id=auth.official(request).id)
    change = {
        "language": _language, "password": _password, "totp": _totp, "totp-off": _totp_off, "session": _session,
        "sessions": _sessions,
    }.get(str(form.get("change", "")), _language)  # fmt: skip
    return web.redirect(request, "/desk/account", await change(request, row, form))


async def account(request: Request, back: ReturnedForm) -> Response:
    """``/desk/account``."""
    row = await Account.get(id=auth.official(request).id)
    # After a wrong code the secret stays, because the authenticator app holds it already.
    secret = _proven(request, row, str(back.value("proof", ""))) or _new_secret(request, row)
    uri = pyotp.TOTP(secret).provisioning_uri(name=row.username, issuer_name=web.site(request).settings.city_name)
    context = {
        "account": row,
        "secret": secret,
        "proof": sign(web.site(request).settings, "totp", [row.id, secret]),
        "qr": Markup(segno.make(uri, error="m").svg_inline(scale=5, border=2)),  # noqa: S704 — segno's own drawing
        "labels": {each.name: each.label for form in FORMS for each in form.fields()},
        "errors": back.errors,
        "sessions": await sessions.own(row.id),
        "here": auth.reader(request).token_hash,
        "must": row.role in config.settings().two_step_roles,
    }
    return web.page(request, "desk/account.html", context, status=back.status, secret=not row.totp_secret)


class Language(Form):
    """The language of emails."""

    language: Annotated[str, OneOf(("ko", "ja", "en")), Label(_("Language of the emails I receive"))]


class NewPassword(Form):
    """The new and the present password. Neither is trimmed or normalised, because sign-in does not do so either."""

    old: Annotated[Password, Label(_("Current password"))]
    new: Annotated[Password, PasswordRule(least=accounts.PASSWORD_LEAST), Label(_("New password"))]
    again: Annotated[Password, Label(_("New password again"))] = ""

    def check(self, errors: Errors) -> None:
        if self.new and self.again != self.new:
            errors.fail("again", _("The two new passwords do not match."))


class SecondFactor(Form):
    """The password, and the code that proves that two-step verification was set up, with its secret."""

    own: Annotated[Password, Label(_("Current password"))]
    code: Annotated[str, line(10, safe=False), Label(_("Code"))]
    proof: Annotated[str, line(500, safe=False), Label(_("Code"))] = ""


class NoSecondFactor(Form):
    """The password, which is required to switch two-step verification off."""

    off: Annotated[Password, Label(_("Current password"))] = ""


FORMS = (Language, NewPassword, SecondFactor, NoSecondFactor)
"""The forms of the account's page."""


async def _language(_request: Request, row: Account, form: Mapping[str, Any]) -> Text:
    await Account.filter(id=row.id).update(language=Language.parse(form).language)
    return _("Your language is saved.")


async def _own_password(request: Request, row: Account, given: str) -> bool:
    """Whether this is the official's password. Raises ``TooMany`` where it was wrong too often.

    Counted apart from sign-in: who sits at an open desk has a known browser, and the official is to be told of them.
    """
    guess = await guesses.begin(request, "own-password", row.username)
    if not await accounts.password_fits(row, given):
        if guess.to_be_told:
            await request.app.state.guessed(row.username)
        return False
    await guess.right(request)
    return True


async def _password(request: Request, row: Account, form: Mapping[str, Any]) -> Text:
    command, errors = NewPassword.read(form)
    if not errors.found and not await _own_password(request, row, command.old):
        errors.fail("old", NOT_CURRENT)
    if not errors.found and await asyncio.to_thread(accounts.common, command.new, row.username, row.name):
        errors.fail("new", _("This password is easy to guess. Please choose several words, or a longer one."))
    errors.done()
    async with database.transaction():
        await Account.filter(id=row.id).update(password_hash=await accounts.hash_password(command.new))
        await sessions.end_others(row.id, auth.reader(request).token_hash)
        await sessions.note(row.id, "password_changed")
    return _("Your password has been changed. You are signed out everywhere else.")


def _proven(request: Request, row: Account, proof: str) -> str:
    """The secret that this official was shown on the page not long ago; empty if there is none."""
    found = unsign(web.site(request).settings, "totp", proof, TOTP_LIFE)
    return str(found[1]) if isinstance(found, list) and found[0] == row.id else ""


def _new_secret(request: Request, row: Account) -> str:
    """The secret that is offered: the same for the whole session, so that another language and reload keep it.

    It is derived and stored nowhere; once it has been used, there is another one.
    """
    session = f"totp\0{row.id}\0{row.totp_last}\0{auth.reader(request).token_hash}"
    derived = hmac.digest(web.site(request).settings.secret_key.encode(), session.encode(), "sha256")
    return base64.b32encode(derived[:TOTP_BYTES]).decode()


async def _totp(request: Request, row: Account, form: Mapping[str, Any]) -> Text:
    command, errors = SecondFactor.read(form)
    secret = _proven(request, row, command.proof)
    if not secret:
        errors.fail("code", _("The QR code is too old. Please scan the new one and enter the code that it gives."))
    elif (counter := accounts.totp_counter(secret, command.code)) is None:
        errors.fail("code", _("The code does not match. Please enter the code that your app shows now."))
    if not await _own_password(request, row, command.own):
        errors.fail("own", NOT_CURRENT)
    errors.done()
    async with database.transaction():
        # This code has been used: it does not open a session as well.
        await Account.filter(id=row.id).update(totp_secret=secret, totp_last=counter)
        await sessions.end_others(row.id, auth.reader(request).token_hash)
        await sessions.note(row.id, "totp_on")
    return _("From now on you also need a code to sign in. You are signed out everywhere else.")


async def _totp_off(request: Request, row: Account, form: Mapping[str, Any]) -> Text:
    command, errors = NoSecondFactor.read(form)
    if not await _own_password(request, row, command.off):
        errors.fail("off", NOT_CURRENT)
    if row.role in config.settings().two_step_roles:
        errors.fail("off", auth.TwoStepRequired.text)
    errors.done()
    async with database.transaction():
        await Account.filter(id=row.id).update(totp_secret="")
        await sessions.note(row.id, "totp_off")
    return _("You can sign in with the password alone again.")


async def _session(_request: Request, row: Account, form: Mapping[str, Any]) -> Text:
    if await sessions.end(row.id, str(form.get("session", ""))):
        await sessions.note(row.id, "session_ended")
    return _("That session has ended.")


async def _sessions(request: Request, row: Account, _form: Mapping[str, Any]) -> Text:
    if await sessions.end_others(row.id, auth.reader(request).token_hash):
        await sessions.note(row.id, "session_ended")
    return _("You are signed out everywhere else.")


routes = [
    Route("/desk/sign-in", sign_in, methods=["GET", "POST"]),
    Route("/desk/sign-out", sign_out, methods=["POST"]),
    form_page("/desk/account", account, change_account),
]
