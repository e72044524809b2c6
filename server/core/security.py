"""Checks of every request before it reaches a route: origin, size, rate and load; and the headers of every response.

Pure ASGI, in one pass. Cross-site requests are refused by what the browser says about their origin (``Origin``,
``Sec-Fetch-Site``); clients other than browsers send a key or a token instead of a cookie.
"""

import asyncio
import hashlib
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.core import config, form_bytes, networks
from server.core.config import LOOPBACK_NAMES, Settings, is_loopback
from server.core.errors import Forbidden, Misdirected, NotFound, Overloaded, Refusal, TooLarge, TooMany, TooSlow, _
from server.core.outages import StorageFull, outage
from server.core.quota import Quota

log = logging.getLogger("sinmungo.request")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FOR_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
"""What supervisors ask for: by any name, as often as they like."""
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
BODY_LIMIT = 1024 * 1024
UPLOAD_LIMIT = 10 * 20 * 1024 * 1024 + BODY_LIMIT
LONGEST_PATH = 2_000
"""Maximum characters of a path: none of ours is half as long, and Python refuses to parse numbers over 4,300 digits."""
BODY_SECONDS = 60.0
"""Seconds within which the whole body has to arrive."""
UPLOAD_PACE = 16 * 1024
"""Minimum bytes per second of an upload, averaged over ``BODY_SECONDS``: half the rate of a phone with weak signal."""
MAX_IN_FLIGHT = 256
"""Maximum concurrent requests in one process; further ones get a 503."""


@dataclass(frozen=True)
class Rate:
    """A token bucket: ``burst`` tokens, refilled at ``per_minute``."""

    per_minute: float
    burst: float


def client(scope: Scope) -> str:
    """The address of who sends a request, which a trusted proxy has named."""
    return str((scope.get("client") or ("?",))[0])


def network(scope: Scope) -> str:
    """By what limits count who sends a request: the IPv4 address, or the IPv6 network of one subscriber."""
    return networks.subscriber(client(scope))


def from_here(scope: Scope) -> bool:
    """Whether a request comes from this machine and is meant for it: not forwarded, and without a site's name."""
    headers = Headers(scope=scope)
    direct = is_loopback(client(scope)) and not any(name in headers for name in _FORWARDED)
    return direct and host_name(headers) in LOOPBACK_NAMES


def host_name(headers: Headers) -> str:
    """The name in the Host header, in lower case and without its port; empty if there is none or it is malformed."""
    found = _HOST.fullmatch(headers.get("host", "").lower())
    return (found[1] or found[2]) if found else ""


_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?")

READ, WRITE, SIGN_IN = Rate(1200, 300), Rate(60, 30), Rate(20, 10)


COOKIE, DEVICE_HEADER = "session", "x-device-token"


def session_cookie() -> str:
    """The name of the session's cookie. Behind TLS only this host itself can set it (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{COOKIE}" if config.settings().public_url.startswith("https://") else COOKIE


def session_token(headers: Headers) -> str:
    """The token of a request's session: the bearer's, else the cookie's; empty for none."""
    scheme, _space, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return cookie_parser(headers.get("cookie", "")).get(session_cookie(), "")


class Limiter:
    """Token buckets by key; the least recently used are dropped.

    Each of several web processes grants its share of a rate, at least one request, so that together they keep it.

    Officials and devices that are known have buckets of their own: a whole city hall may share one address.
    """

    def __init__(self, size: int = 20_000, processes: int = 1) -> None:
        self._share = 1 / processes
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._size = size

    def remember(self, token: str) -> None:
        """Count what is sent with this valid token by itself from now on."""
        self._known[_digest(token)] = None
        if len(self._known) > self._size:
            self._known.popitem(last=False)

    def sender(self, scope: Scope, headers: Headers) -> str:
        """By what a request is counted: its token if that was found valid before, else its network."""
        token = headers.get(DEVICE_HEADER) or session_token(headers)
        if token and (digest := _digest(token)) in self._known:
            return digest
        return network(scope)

    def take(self, key: str, rate: Rate) -> int:
        """Take one token: 0 if there was one, else the seconds until the next."""
        now, burst, per_minute = time.monotonic(), max(1.0, rate.burst * self._share), rate.per_minute * self._share
        tokens, then = self._buckets.pop(key, (burst, now))
        tokens = min(burst, tokens + (now - then) * per_minute / 60)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._size:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, round((1 - tokens) * 60 / per_minute + 0.5))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def content_policy(settings: Settings, frame: str = "", ancestors: str = "'none'") -> str:
    """The Content Security Policy of a page: own resources, map tiles, and one foreign origin if the page frames it.

    ``ancestors``: who may frame the page.
    """
    tiles = urlsplit(settings.tile_url)
    tile_origin = f" {tiles.scheme}://{tiles.netloc.replace('{s}', '*')}" if tiles.netloc else ""
    framed = f"frame-src {frame}; " if frame else ""
    return (
        f"default-src 'self'; img-src 'self' data:{tile_origin}; {framed}object-src 'none'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors {ancestors}"
    )


def permissions_policy(*, camera: bool = False) -> str:
    """What scripts of a page may ask for: the place on a map; the camera only at kiosks."""
    return f"camera=({'self' if camera else ''}), microphone=(), geolocation=(self)"


class Security:
    """The middleware. ``request.state.limiter`` is for routes with limits of their own."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        refuse: Callable[[Request, Refusal], Response],
        uploads: tuple[str, ...] = (),
    ) -> None:
        self.app = app
        self.refuse = refuse
        self.settings = settings
        self.uploads = uploads
        self.limiter = Limiter(processes=settings.workers)
        self.quota = Quota(settings)
        self.in_flight = 0
        self.hosts = settings.hosts
        headers = {
            "content-security-policy": content_policy(settings),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": permissions_policy(),
        }
        if settings.public_url.startswith("https://"):
            headers["strict-transport-security"] = "max-age=31536000"
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse early, or pass on with a size-limited body and security headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["limiter"] = self.limiter if self.settings.rate_limits else None
        stamped = _Stamped(send, self.headers)
        try:
            await self._pass_on(scope, receive, stamped)
        except Exception as error:
            refusal = error if isinstance(error, Refusal) else outage(error)
            if refusal is None or stamped.begun:
                raise
            if not isinstance(error, Refusal):
                log.warning("refused for an outage (%s)", type(error).__name__, extra={"code": refusal.code})
                if isinstance(refusal, StorageFull):
                    scope["app"].state.full_at = time.monotonic()
            await self.refuse(Request(scope), refusal)(scope, receive, stamped)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path in FOR_MACHINES:
            await self.app(scope, receive, send)
            return
        if host_name(Headers(scope=scope)) not in self.hosts:
            raise Misdirected
        if path.startswith("/static/"):
            await self.app(scope, receive, send)
            return
        limit, pace = self._check(scope)
        stream = path.endswith("/stream")
        self.in_flight += not stream
        try:
            received = _counted(receive, limit, self._quota_of(scope) if pace else None)
            await self.app(scope, received if stream else _in_time(received, pace), send)
        finally:
            self.in_flight -= not stream

    def _check(self, scope: Scope) -> tuple[int, int]:
        """The maximum body size and the pace that extends its time limit. Raises the refusal that applies."""
        headers = Headers(scope=scope)
        unsafe = scope["method"] not in SAFE
        if self.in_flight >= MAX_IN_FLIGHT:
            raise Overloaded
        if len(scope["path"]) > LONGEST_PATH or "\0" in scope["path"]:  # PostgreSQL accepts no NUL in text
            raise NotFound
        form_bytes.check_query(scope["query_string"])
        if self.settings.rate_limits:
            sender = self.limiter.sender(scope, headers)
            wait = self.limiter.take(f"{'w' if unsafe else 'r'}:{sender}", WRITE if unsafe else READ)
            if wait:
                raise TooMany(wait)
        if not unsafe:
            return BODY_LIMIT, 0
        self._check_origin(headers)
        multipart = headers.get("content-type", "").startswith("multipart/form-data")
        upload = multipart and scope["path"].startswith(self.uploads)
        limit = UPLOAD_LIMIT if upload else BODY_LIMIT
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise TooLarge
        return limit, UPLOAD_PACE if upload else 0

    def _quota_of(self, scope: Scope) -> Callable[[int], None] | None:
        """What counts a stranger's upload; None for a known sender. Raises ``AddressQuota`` and ``StorageQuota``."""
        address = network(scope)
        if not self.settings.rate_limits or self.limiter.sender(scope, Headers(scope=scope)) != address:
            return None
        take = partial(self.quota.take, address)
        take(0)
        return take

    def _check_origin(self, headers: Headers) -> None:
        origin = headers.get("origin")
        if origin is not None:
            host = headers.get("host", "")
            public = urlsplit(self.settings.public_url)
            if origin.partition("://")[2] in {host, public.netloc} - {""}:
                return
        elif headers.get("sec-fetch-site", "none") in {"same-origin", "none"}:
            return
        raise Forbidden(
            _("This form was sent from another website. Please open our page and send it from there."),
            code="foreign_origin",
        )


class _Stamped:
    """Sends a response with the security headers."""

    def __init__(self, send: Send, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self.send = send
        self.headers = headers
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            own = {name for name, _value in message["headers"]}
            headers = [*message["headers"], *(pair for pair in self.headers if pair[0] not in own)]
            message = {**message, "headers": headers}
        await self.send(message)


def _counted(receive: Receive, limit: int, take: Callable[[int], None] | None) -> Receive:
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise TooLarge
        if take:
            take(len(message.get("body", b"")))
        return message

    return counted


class Patience:
    """The time left for the rest of a body: data arriving at the minimum pace extends it, up to the initial time."""

    def __init__(self, pace: int) -> None:
        self.left = BODY_SECONDS
        self.pace = pace

    def take(self, waited: float, size: int) -> None:
        """Account for ``size`` bytes that arrived after ``waited`` seconds."""
        bought = size / self.pace if self.pace else 0
        self.left = min(self.left - waited + bought, BODY_SECONDS)


def _in_time(receive: Receive, pace: int) -> Receive:
    patience: Patience | None = Patience(pace)

    async def timed() -> Message:
        nonlocal patience
        if patience is None:  # the body is complete; the next message is the disconnect
            return await receive()
        began = time.monotonic()
        try:
            async with asyncio.timeout(patience.left):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow from error
        patience.take(time.monotonic() - began, len(message.get("body", b"")))
        if not message.get("more_body"):
            patience = None
        return message

    return timed
