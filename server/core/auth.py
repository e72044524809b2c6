"""Authentication: sessions of officials, tokens of programs, and citizens' access to their cases.

A pure ASGI middleware turns the session cookie or the bearer token into ``request.state.reader`` before any route
runs; routes use that and never query the database for it. Tokens are random and only their hash is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.core import accounts, clock, config, database, guesses, kept, security, sessions
from server.core.accounts import Official, Permission, Session
from server.core.errors import BadRequest, Forbidden, NotSignedIn, Refusal, TooMany, _
from server.core.rows import columns, read
from server.core.security import SAFE, Rate, session_cookie, session_token
from server.core.sessions import token_hash
from server.core.web import site

DESK_LIFE = timedelta(hours=12)
CITIZEN_LIFE = timedelta(days=30)
TOKEN_LIFE = timedelta(hours=12)
MAX_CASES = 50
"""Maximum opened cases that a citizen's browser remembers, and opened visits."""


ACCOUNT = "/desk/account"
_NEVER = datetime.min.replace(tzinfo=UTC)


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
    seen_at: datetime = _NEVER
    """When the session was last used, to the minute."""

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


class TwoStepRequired(Refusal):
    """403: the official's role needs two-step verification, which is not set up yet."""

    status, code, page = 403, "two_step_required", ACCOUNT
    text = _("Your role needs two-step verification. Please set it up on the page of your account.")


WITHOUT_CODE = frozenset({ACCOUNT, "/desk/sign-out", "/desk/sign-in"})
"""What an official without the two-step verification of their role may still open."""


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
            if reader.official and lacks_code(reader.official) and scope["path"] not in WITHOUT_CODE:
                if scope["path"].startswith(("/desk", "/api/")):
                    raise TwoStepRequired
                reader = NOBODY
            if reader.official and _by_hand(scope):
                await sessions.seen(digest, reader.seen_at)
            state = scope.setdefault("state", {})
            state.update(reader=reader, official=reader.official)
            if reader.official and (limiter := state.get("limiter")):
                limiter.remember(token)
        with database.request_scope():
            await self.app(scope, receive, send)


def lacks_code(official: Official) -> bool:
    """Whether an official signs in without the code that their role needs."""
    return not official.two_step and official.role in config.settings().two_step_roles


def _by_hand(scope: Scope) -> bool:
    """Whether somebody has opened a page or pressed something; pages also ask for news by themselves."""
    mode = Headers(scope=scope).get("sec-fetch-mode", "navigate")
    return scope["method"] not in SAFE or (mode == "navigate" and not scope["path"].endswith("/stream"))


_OFFICIAL = columns(
    Official,
    "a",
    two_step="a.totp_secret <> ''",
    **{
        name: f"COALESCE(d.{name.removeprefix('department_')}, '')"
        for name in ("department_name", "department_name_ja", "department_name_en")
    },
)


async def readers(digests: Sequence[str]) -> dict[str, Reader]:
    """The readers of those sessions, by token hash, that are still valid. One query."""
    rows = await database.fetch(
        f"SELECT s.token_hash, s.email, s.cases, s.visits, s.household, s.participant_id, s.seen_at, "
        f"a.active, {_OFFICIAL} FROM session s LEFT JOIN account a ON a.id = s.account_id "
        "LEFT JOIN department d ON d.id = a.department_id "
        "WHERE s.token_hash IN (?) AND s.expires_at > ? AND (s.account_id IS NULL OR s.api OR s.seen_at > ?)",
        digests,
        clock.now(),
        sessions.idle_since(),
    )
    return {row["token_hash"]: _reader(row) for row in rows if row["id"] is None or row["active"]}


def _reader(row: Any) -> Reader:
    official = read(Official, row) if row["id"] is not None else None
    cases, visits = (frozenset(database.document(row[name])) for name in ("cases", "visits"))
    seen_at = database.moment(row["seen_at"])
    return Reader(
        official, row["email"], cases, row["token_hash"], visits, row["household"], row["participant_id"], seen_at
    )


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


async def sign_in(
    request: Request, username: str, password: str, code: str, *, api: bool
) -> tuple[str, Session, guesses.Guess]:
    """Open an official's session. Returns its token and row, and the attempt, of which the response is told.

    Raises :class:`WrongCredentials`, and ``TooMany`` where others have been wrong too often.
    """
    if len(username) > 60 or len(password) > 128 or "\0" in username + password:  # noqa: PLR2004
        raise WrongCredentials
    guess = await guesses.begin(request, "sign-in", username)
    account = await accounts.authenticate(username, password, code)
    if account is None or (account.demo and not security.from_here(request.scope)):
        if guess.to_be_told:
            await request.app.state.guessed(username)
        raise WrongCredentials  # the demonstration's password is published
    if api and account.role in config.settings().two_step_roles and not account.totp_secret:
        raise TwoStepRequired
    async with database.transaction():
        opened = await sessions.begin(
            TOKEN_LIFE if api else DESK_LIFE,
            account_id=account.id, api=api, device=sessions.device(request.headers.get("user-agent", "")),
        )  # fmt: skip
        await sessions.note(account.id, "token_made" if api else "signed_in")
    return *opened, guess


def remember(request: Request, response: Response, token: str, life: timedelta, writer: str = "") -> None:
    """Set the session cookie. ``writer``: who has signed in, as :mod:`server.core.kept` knows them."""
    if writer:
        kept.remember_writer(request, response, writer)
    response.set_cookie(
        session_cookie(),
        token,
        max_age=int(life.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=site(request).settings.public_url.startswith("https://"),
    )


async def open_citizen(request: Request, response: Response, **rights: Any) -> None:
    """Open a citizen's session with these rights in this browser, in place of the one it has.

    Raises ``BadRequest`` if an official is signed in.
    """
    who = reader(request)
    if who.official is not None:
        raise SignedInAtDesk
    token, _session = await sessions.begin(CITIZEN_LIFE, replaced=who.token_hash, **rights)
    writer = f"mail:{rights['email'].lower()}" if rights.get("email") else "citizen"
    if rights.get("participant_id"):
        writer = f"participant:{rights['participant_id']}"
    remember(request, response, token, CITIZEN_LIFE, writer)


def rights(who: Reader) -> dict[str, Any]:
    """What a citizen's session opens."""
    return {
        "email": who.email, "cases": list(who.cases), "visits": list(who.visits), "household": who.household,
        "participant_id": who.participant,
    }  # fmt: skip


async def open_case(request: Request, response: Response, reference: str) -> None:
    """Give this browser access to a case, after its access key was checked."""
    who = reader(request)
    if who.official is None:
        cases = [reference, *(one for one in who.cases if one != reference)][:MAX_CASES]
        await open_citizen(request, response, **{**rights(who), "cases": cases})


async def open_visit(request: Request, response: Response, number: str) -> None:
    """Give this browser access to a visit, after it was booked here, or its key or a link was checked."""
    who = reader(request)
    if who.official is None:
        visits = [number, *(one for one in who.visits if one != number)][:MAX_CASES]
        await open_citizen(request, response, **{**rights(who), "visits": visits})


async def open_household(request: Request, response: Response, household: str) -> None:
    """Give this browser access to every visit of a phone number, known by its hash, after a link was checked."""
    await open_citizen(request, response, **{**rights(reader(request)), "household": household})


async def open_mailbox(request: Request, response: Response, email: str) -> None:
    """Give this browser access to every case and visit of an email address, after a link to it was checked."""
    await open_citizen(request, response, **{**rights(reader(request)), "email": email, "participant_id": None})


async def sign_out(request: Request, response: Response) -> None:
    """End the current session."""
    who = reader(request)
    if await Session.filter(token_hash=who.token_hash).delete() and who.official:
        await sessions.note(who.official.id, "signed_out")
    name = session_cookie()
    response.delete_cookie(name, secure=name.startswith("__"))
