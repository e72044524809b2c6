"""Pages of the site itself: the home page, health checks, and the spool folder in development."""

import asyncio
import hmac
import os
import re
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from math import inf
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forums.queries import lists
from forums.routes import context
from petitions.queries import public
from petitions.reference import reference
from petitions.routes.reading import row_names
from server.core import database, mail, observe, page_cache, security, texts, web
from server.core.city import city
from server.core.config import Settings
from server.core.errors import NotFound
from server.core.texts import Length

SHOWN = 50
"""Messages on the page of the spool folder."""
LEAST_SPACE = 32 * 1024 * 1024
"""Bytes that must be free in the data folder: room for some requests that are being served."""
FULL_SECONDS = 30.0
"""Seconds for which a process is not ready after a request found no space, which may be the database's."""
READY_SECONDS = 1.0
"""Seconds for which an answer about readiness is kept."""
_PROBE = 4096
_link = re.compile(r"https?://\S+")


@page_cache.kept()
async def home(request: Request) -> Response:
    """``/``: the home page."""
    known, lang = await reference(), web.language(request)
    shown = {
        "front": await public.front(),
        "forums": await lists.front(),
        "forum_names": context.names(await city(), lang),
        **row_names(known, lang),
    }
    return web.page(request, "home.html", shown)


async def healthz(_request: Request) -> Response:
    """Liveness: the process responds."""
    return PlainTextResponse("ok\n")


class Readiness:
    """Whether a process is ready. However many ask, it is found out by one at a time, once in :data:`READY_SECONDS`."""

    def __init__(self, pending: Callable[[], Awaitable[int]]) -> None:
        self._lock = asyncio.Lock()
        self._pending = pending
        self._migrated = -1
        """How many migrations had been applied when none was pending: counted each time, because asking is slow."""
        self._found_at = -inf
        self._why_not = ""

    async def why_not(self, request: Request) -> str:
        """Why the process is not ready; empty if it is."""
        async with self._lock:
            if time.monotonic() - self._found_at >= READY_SECONDS:
                self._why_not = await _why_not_ready(request) or await self._not_migrated()
                self._found_at = time.monotonic()
            return self._why_not

    async def _not_migrated(self) -> str:
        applied = await database.applied()
        if applied != self._migrated and await self._pending():
            return "migrations are pending"
        self._migrated = applied
        return ""


async def readyz(request: Request) -> Response:
    """Readiness: the process can reach its database and has space for what is sent to it."""
    readiness: Readiness = request.app.state.readiness
    if why := await readiness.why_not(request):
        return PlainTextResponse(f"{why}\n", status_code=503, headers={"retry-after": "2"})
    return PlainTextResponse("ready\n")


async def _why_not_ready(request: Request) -> str:
    try:
        async with asyncio.timeout(2):
            await database.ping()
    except Exception:  # noqa: BLE001 — whatever is wrong, the answer is "not ready"
        return "the database does not answer"
    settings = web.site(request).settings
    if time.monotonic() - getattr(request.app.state, "full_at", -inf) < FULL_SECONDS:
        return "a request found the storage full"
    if not await asyncio.to_thread(_has_space, settings.data_dir):
        return "the data folder is full or cannot be written to"
    return ""


def _has_space(folder: Path) -> bool:
    """Whether a file can be written there and space is left; a quota shows only when something is written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE))
        left = os.statvfs(folder)
    except OSError:
        return False
    return left.f_bavail * left.f_frsize >= LEAST_SPACE


async def metrics(request: Request) -> Response:
    """``/metrics``: for whoever shows the token of the settings; without one, for this machine only."""
    token, given = web.site(request).settings.metrics_token, security.session_token(request.headers)
    allowed = hmac.compare_digest(token.encode(), given.encode()) if token else security.from_here(request.scope)
    if not allowed:
        return PlainTextResponse("not for you\n", status_code=401, headers={"www-authenticate": "Bearer"})
    return observe.metrics()


async def spool(request: Request) -> Response:
    """``/dev/mail`` of the demonstration: the newest mails and text messages that were not sent.

    It shows signed links. Raises ``NotFound`` if nothing is spooled, this is not the demonstration, or the request
    comes from elsewhere.
    """
    site = web.site(request)
    settings = site.settings
    local = settings.loopback and site.city.demo and security.from_here(request.scope)
    if (settings.smtp_url and settings.text_url) or not local:
        raise NotFound
    return web.page(request, "dev/mail.html", {"messages": await _spooled(settings)})


class _Spooled(NamedTuple):
    """A mail, or a text message with its length, as the page shows it."""

    to: str
    subject: str
    text: str
    language: str
    at: datetime
    length: Length | None = None

    @property
    def links(self) -> list[str]:
        return list(dict.fromkeys(_link.findall(self.text)))


async def _spooled(settings: Settings) -> list[_Spooled]:
    found = []
    if not settings.smtp_url:
        for sent, at in await mail.read_spool(settings.spool, SHOWN):
            found.append(_Spooled(sent.to, sent.subject, sent.text, sent.language, at))
    if not settings.text_url:
        for message, at in await texts.read_spool(settings.spool, SHOWN):
            length = texts.length(message.body)
            found.append(_Spooled(message.to, "", message.body, message.language, at, length))
    return sorted(found, key=lambda each: each.at, reverse=True)[:SHOWN]


routes = [
    Route("/", home),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
    Route("/dev/mail", spool),
]
