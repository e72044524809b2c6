"""Authentication: sessions of officials, tokens of programs, and citizens' access to their cases.

A pure ASGI middleware turns the session cookie or the bearer token into ``request.state.reader`` before any route
runs; routes use that and never query the database for it. Tokens are random and only their hash is stored.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.core import accounts, clock, database
from server.core.accounts import Official, Permission, Session
from server.core.errors import BadRequest, Forbidden, NotSignedIn, Refusal, TooMany, _
from server.core.rows import columns, read
from server.core.security import COOKIE, SIGN_IN, Rate, session_token
from server.core.web import site

DESK_LIFE = timedelta(hours=12)
CITIZEN_LIFE = timedelta(days=30)
TOKEN_LIFE = timedelta(hours=12)
MAX_CASES = 50
"""Maximum opened cases that a citizen's browser remembers, and opened visits."""


@dataclass(frozen=True)
class Reader:
    """Who sends the request: an official, or a citizen with the cases opened in this browser."""

    official: Official | None = None
    email: str = ""
    cases: frozenset[str] = frozenset()
    token_hash: str = ""
    visits: frozenset[str] = frozenset()
    household: str = ""
    """The hashed contact all of whose visits this browser may see."""
    participant: int | None = None
    """The participant as whom a mail link has signed in this browser."""

    @property
    def actor(self) -> str:
        """Their name in the ledger."""
        return self.official.actor if self.official else "petitioner"


NOBODY = Reader()


class SignedInAtDesk(BadRequest):
    """400: an official's session cannot open what a link by email opens for a citizen."""

    code = "signed_in_at_desk"
    text = _("Sign out of the desk before you open a citizen's link.")


class WrongCredentials(Refusal):
    """401: wrong username, password or code; the response does not say which."""

    status, code = 401, "wrong_credentials"
    text = _("The user name, password or code is wrong.")


def token_hash(token: str) -> str:
    """The stored hash of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """The middleware that sets ``request.state.reader`` and ``request.state.official``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One query if the request has a cookie or token, none otherwise."""
        if scope["type"] == "http" and not scope["path"].startswith("/static/"):
            token = session_token(Headers(scope=scope))
            digest = token_hash(token)
            reader = (await readers([digest])).get(digest, NOBODY) if token else NOBODY
            state = scope.setdefault("state", {})
            state.update(reader=reader, official=reader.official)
            if reader.official and (limiter := state.get("limiter")):
                limiter.remember(token)
        await self.app(scope, receive, send)


_OFFICIAL = columns(
    Official,
    "a",
    **{
        name: f"COALESCE(d.{name.removeprefix('department_')}, '')"
        for name in ("department_name", "department_name_ja", "department_name_en")
    },
)


async def readers(digests: Sequence[str]) -> dict[str, Reader]:
    """The readers of those sessions, by token hash, that are still valid. One query."""
    rows = await database.fetch(
        f"SELECT s.token_hash, s.email, s.cases, s.visits, s.household, s.participant_id, a.active, {_OFFICIAL} "
        "FROM session s LEFT JOIN account a ON a.id = s.account_id "
        "LEFT JOIN department d ON d.id = a.department_id "
        "WHERE s.token_hash IN (?) AND s.expires_at > ?",
        digests,
        clock.now(),
    )
    return {row["token_hash"]: _reader(row) for row in rows if row["id"] is None or row["active"]}


def _reader(row: Any) -> Reader:
    official = read(Official, row) if row["id"] is not None else None
    cases, visits = (frozenset(database.document(row[name])) for name in ("cases", "visits"))
    return Reader(official, row["email"], cases, row["token_hash"], visits, row["household"], row["participant_id"])


def reader(request: Request) -> Reader:
    """Who sends the request."""
    found: Reader = request.state.reader
    return found


def official(request: Request, permission: Permission | None = None) -> Official:
    """The signed-in official. Raises ``NotSignedIn``, or ``Forbidden`` without the permission."""
    who = reader(request).official
    if who is None:
        raise NotSignedIn
    if permission and not who.may(permission):
        raise Forbidden
    return who


def remember_sender(request: Request, token: str) -> None:
    """Count the requests of a device with this valid token by themselves, not with others of its address."""
    if limiter := request.state.limiter:
        limiter.remember(token)


def limit(request: Request, key: str, rate: Rate) -> None:
    """Count one request against a route's own limit. Raises ``TooMany``."""
    limiter = request.state.limiter
    if limiter and (wait := limiter.take(key, rate)):
        raise TooMany(wait)


async def sign_in(request: Request, username: str, password: str, code: str, *, api: bool) -> tuple[str, Session]:
    """Open an official's session. Returns its token and its row. Raises :class:`WrongCredentials`."""
    if len(username) > 60 or len(password) > 200 or "\0" in username + password:  # noqa: PLR2004
        raise WrongCredentials
    client = request.client.host if request.client else "?"
    limit(request, f"sign-in:{client}", SIGN_IN)
    limit(request, f"sign-in:{username}", SIGN_IN)
    account = await accounts.authenticate(username, password, code)
    if account is None:
        raise WrongCredentials
    return await _open(TOKEN_LIFE if api else DESK_LIFE, account_id=account.id, api=api)


async def _open(
    life: timedelta,
    *,
    account_id: int | None = None,
    email: str = "",
    cases: tuple[str, ...] = (),
    visits: tuple[str, ...] = (),
    household: str = "",
    participant_id: int | None = None,
    api: bool = False,
) -> tuple[str, Session]:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session = await Session.create(
        token_hash=token_hash(token),
        account_id=account_id,
        email=email,
        cases=list(cases),
        visits=list(visits),
        household=household,
        participant_id=participant_id,
        api=api,
        created_at=now,
        expires_at=now + life,
    )
    return token, session


def remember(request: Request, response: Response, token: str, life: timedelta) -> None:
    """Set the session cookie."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(life.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=site(request).settings.public_url.startswith("https://"),
    )


async def open_citizen(
    request: Request,
    response: Response,
    *,
    email: str = "",
    cases: Iterable[str] = (),
    visits: Iterable[str] = (),
    household: str = "",
    participant_id: int | None = None,
) -> None:
    """Open a citizen's session in this browser. Raises ``BadRequest`` if an official is signed in."""
    if reader(request).official is not None:
        raise SignedInAtDesk
    token, _session = await _open(
        CITIZEN_LIFE, email=email, cases=tuple(cases), visits=tuple(visits), household=household,
        participant_id=participant_id,
    )  # fmt: skip
    remember(request, response, token, CITIZEN_LIFE)


async def widen(who: Reader, **values: object) -> None:
    """Extend a citizen's session by updating columns of its row."""
    await Session.filter(token_hash=who.token_hash).update(**values)


async def open_case(request: Request, response: Response, reference: str) -> None:
    """Give this browser access to a case, after its access key was checked."""
    who = reader(request)
    if who.official is None and who.token_hash:
        await widen(who, cases=[reference, *(c for c in who.cases if c != reference)][:MAX_CASES])
    elif who.official is None:
        await open_citizen(request, response, cases=(reference,))


async def open_visit(request: Request, response: Response, number: str) -> None:
    """Give this browser access to a visit, after it was booked here, or its key or a link was checked."""
    who = reader(request)
    if who.official is None and who.token_hash:
        await widen(who, visits=[number, *(one for one in who.visits if one != number)][:MAX_CASES])
    elif who.official is None:
        await open_citizen(request, response, visits=(number,))


async def open_household(request: Request, response: Response, household: str) -> None:
    """Give this browser access to every visit of a phone number, known by its hash, after a link was checked."""
    who = reader(request)
    if who.official is None and who.token_hash:
        await widen(who, household=household)
    else:
        await open_citizen(request, response, household=household)


async def open_mailbox(request: Request, response: Response, email: str) -> None:
    """Give this browser access to every case and visit of an email address, after a link to it was checked."""
    who = reader(request)
    await open_citizen(request, response, email=email, cases=who.cases, visits=who.visits, household=who.household)


async def sign_out(request: Request, response: Response) -> None:
    """End the current session."""
    await Session.filter(token_hash=reader(request).token_hash).delete()
    response.delete_cookie(COOKIE)


async def sweep() -> None:
    """Delete expired sessions."""
    await Session.filter(expires_at__lt=clock.now()).delete()
