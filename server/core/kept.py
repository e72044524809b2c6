"""Forms kept for a browser: what was typed and is not sent yet, and what can be shown for a short time after sending.

The page that checks a petition, its receipt, and texts whose session ended while they were written all have addresses
of their own, so that reload, back and another language are harmless. What such a page shows is stored for at most two
hours, encrypted with a key of which this browser's cookie holds the only part that is not in the address: neither
somebody who has the database nor somebody who has the address can read it.
"""

import base64
import binascii
import contextlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from tortoise import fields
from tortoise.models import Model

from server.core import clock, database, showing
from server.core.errors import Refusal, _
from server.core.security import network
from server.core.web import redirect, site

TABLE = "kept_form"
"""Of use to nobody but a browser, for two hours: not in a backup."""
COOKIE, WRITER = "kept", "writer"
SWEPT = timedelta(minutes=5)
"""How often expired forms are deleted."""
LIFE = timedelta(hours=2) - SWEPT
"""How long a form is kept: nothing is stored for more than two hours."""
SHOWN_LIFE = timedelta(minutes=30)
"""How long a page shows, in the browser that asked for it, a code that it shows at no other time."""
WRITER_LIFE = timedelta(days=30)
"""How long a browser is known as that of whoever wrote in it."""
MAX_SIZE = 400_000
"""Maximum bytes of one form."""
MAX_FORMS, MAX_BYTES = 200, 4_000_000
"""Maximum forms and bytes kept at once for one address, which a whole office may share."""
_NUMBER_BYTES, _SECRET_BYTES, _UNLIMITED = 16, 32, 2_000_000_000


class KeptForm(Model):
    """One form, encrypted. Its number is in the address of a page, and so is no secret."""

    number = fields.CharField(max_length=43, primary_key=True)
    client = fields.CharField(max_length=64)
    """A keyed hash of the address that it came from."""
    content = fields.BinaryField()
    size = fields.IntField()
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "kept_form"
        indexes = (("client", "expires_at"),)


class TooMuchKept(Refusal):
    """429: too many or too large forms of one address are waiting to be sent."""

    status, code = 429, "too_much_kept"
    text = _(
        "Too many unsent forms are waiting from your network. Nothing was stored: please go back to your text and try "
        "again in a few minutes."
    )


class NotKept(Refusal):
    """404: sent, too old, or written in another browser or by somebody else."""

    status, code = 404, "not_kept"
    text = _(
        "This page works for a short time and only in the browser in which you wrote. It has expired, was sent "
        "already, or your browser does not accept cookies."
    )


async def put(
    request: Request,
    content: Mapping[str, Any],
    *,
    whose: str = "",
    number: str = "",
    life: timedelta = LIFE,
    limited: bool = True,
) -> str:
    """Keep a form for this browser and return its number; ``remember`` must set the cookie of the response.

    ``whose``: only for this reader, as :func:`get` is told. ``number`` replaces what is kept under it.
    Raises :class:`TooMuchKept`, unless ``limited`` is false.
    """
    settings = site(request).settings
    name = number or secrets.token_urlsafe(_NUMBER_BYTES)
    sealed = _box(_secret(request), name).encrypt(orjson.dumps({"whose": whose, "content": content}))
    now = clock.now()
    if limited and len(sealed) > MAX_SIZE:
        raise TooMuchKept
    client = hmac.digest(settings.secret_key.encode(), f"kept\0{network(request.scope)}".encode(), "sha256").hex()
    forms, most = (MAX_FORMS, MAX_BYTES) if limited and settings.rate_limits else (_UNLIMITED, _UNLIMITED)
    stored = await database.fetch(
        "INSERT INTO kept_form (number, client, content, size, expires_at) "
        "SELECT ?, ?, ?, ?, ? WHERE ? > "
        "(SELECT COUNT(*) FROM kept_form WHERE client = ? AND expires_at > ? AND number <> ?) AND ? >= "
        "(SELECT COALESCE(SUM(size), 0) FROM kept_form WHERE client = ? AND expires_at > ? AND number <> ?) "
        "ON CONFLICT (number) DO UPDATE SET content = excluded.content, size = excluded.size, "
        "expires_at = excluded.expires_at RETURNING number",
        *(name, client, bytes(sealed), len(sealed), now + life),
        *(forms, client, now, name, most - len(sealed), client, now, name),
    )
    if not stored:
        raise TooMuchKept
    return name


async def lead_to(
    request: Request, url: str, content: Mapping[str, Any], *, whose: str = "", number: str = ""
) -> RedirectResponse:
    """303 to a page (``{kept}`` in its ``url``) that shows a code for :data:`SHOWN_LIFE`, made of ``content``.

    It is not limited: what the code is for exists already, and must not end in a refusal.
    """
    name = await put(request, content, whose=whose, number=number, life=SHOWN_LIFE, limited=False)
    response = redirect(request, url.format(kept=name))
    remember(request, response)
    return response


async def get(request: Request, number: str, *, whose: str = "") -> Mapping[str, Any]:
    """What is kept under a number for this browser and this reader. Raises :class:`NotKept`."""
    theirs, content = await look(request, number)
    if not hmac.compare_digest(theirs, whose):
        raise NotKept
    return content


async def look(request: Request, number: str) -> tuple[str, Mapping[str, Any]]:
    """For whom something is kept for this browser, and what. Raises :class:`NotKept`."""
    given = _cookie(request)
    row = given and await database.fetch_one(
        "SELECT content FROM kept_form WHERE number = ? AND expires_at > ?", number, clock.now()
    )
    if not (given and row):
        raise NotKept
    try:
        opened = orjson.loads(_box(given, number).decrypt(bytes(row["content"])))
    except CryptoError as error:
        raise NotKept from error
    return str(opened["whose"]), opened["content"]


async def drop(number: str) -> None:
    """Delete what was sent."""
    await database.execute("DELETE FROM kept_form WHERE number = ?", number)


async def sweep() -> None:
    """Delete what has expired."""
    await database.execute("DELETE FROM kept_form WHERE expires_at <= ?", clock.now())


async def drop_all() -> int:
    """Delete every form that is kept: whose they are cannot be read. Returns how many there were."""
    return await database.execute("DELETE FROM kept_form")


def remember(request: Request, response: Response) -> None:
    """Set the cookie with which this browser reads what :func:`put` kept."""
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(_secret(request)).decode(),
        max_age=int((LIFE + SWEPT).total_seconds()),
        httponly=True,
        samesite="lax",
        secure=site(request).settings.public_url.startswith("https://"),
    )


def address(number: object) -> str:
    """The page of a text that waits for its writer to sign in, for a number in a form or address; empty for others."""
    return f"/kept/{number}" if isinstance(number, str) and showing.NUMBER.fullmatch(number) else ""


def writer(request: Request, name: str) -> str:
    """What the cookie calls an account: it says nothing to others, and only decides whose text is kept."""
    secret = site(request).settings.secret_key
    return hmac.digest(secret.encode(), f"writer\0{name}".encode(), "sha256").hex()


def remember_writer(request: Request, response: Response, name: str) -> None:
    """Remember beyond the session who signed in here, so that a text sent after its end is kept for them alone."""
    response.set_cookie(
        WRITER,
        writer(request, name),
        max_age=int(WRITER_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=site(request).settings.public_url.startswith("https://"),
    )


async def sent(request: Request) -> None:
    """Delete the text that this form was shown with again, now that it has been sent."""
    if number := showing.resumed(request):
        with contextlib.suppress(NotKept):
            await look(request, number)
            await drop(number)


def forget(response: Response) -> None:
    """Make everything that is kept for this browser unreadable."""
    response.delete_cookie(COOKIE)


def _secret(request: Request) -> bytes:
    """The secret of the browser, a new one if it has none."""
    if not hasattr(request.state, "kept_secret"):
        request.state.kept_secret = _cookie(request) or secrets.token_bytes(_SECRET_BYTES)
    found: bytes = request.state.kept_secret
    return found


def _cookie(request: Request) -> bytes | None:
    try:
        given = base64.urlsafe_b64decode(request.cookies.get(COOKIE, ""))
    except (binascii.Error, ValueError):
        return None
    return given if len(given) == _SECRET_BYTES else None


def _box(secret: bytes, number: str) -> SecretBox:
    return SecretBox(hmac.digest(secret, number.encode(), "sha256"))
