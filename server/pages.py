"""Pages of the site itself: the home page, health checks, and the spool folder in development."""

import asyncio
import re
from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forums.queries import lists
from forums.routes import context
from petitions.queries import public
from petitions.reference import reference
from petitions.routes.reading import row_names
from server.core import database, mail, texts, web
from server.core.city import city
from server.core.config import Settings
from server.core.errors import NotFound
from server.core.texts import Length

SHOWN = 50
"""Messages on the page of the spool folder."""
_link = re.compile(r"https?://\S+")


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


async def readyz(_request: Request) -> Response:
    """Readiness: the process can reach its database."""
    try:
        async with asyncio.timeout(2):
            await database.ping()
    except Exception:  # noqa: BLE001 — whatever is wrong, the answer is "not ready"
        return PlainTextResponse("the database does not answer\n", status_code=503, headers={"retry-after": "2"})
    return PlainTextResponse("ready\n")


async def spool(request: Request) -> Response:
    """``/dev/mail``, for development and demonstrations: the newest mails and text messages that were not sent.

    It shows signed links. Raises ``NotFound`` if nothing is spooled, or the server can be reached from other machines.
    """
    settings = web.site(request).settings
    if (settings.smtp_url and settings.text_url) or not settings.loopback:
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
    Route("/dev/mail", spool),
]
