"""Pages of the site itself: the home page, health checks, and the mail spool in development."""

import asyncio
import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forums.queries import lists
from forums.routes import context
from petitions.queries import public
from petitions.reference import reference
from petitions.routes.reading import row_names
from server.core import database, mail, web
from server.core.city import city
from server.core.errors import NotFound

SHOWN = 50
"""Mails on the page of the spool folder."""
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
    """``/dev/mail``, for development and demonstrations: the newest mails in the spool folder, which were not sent.

    It shows signed links. Raises ``NotFound`` if the server can be reached from other machines.
    """
    settings = web.site(request).settings
    if settings.smtp_url or not settings.loopback:
        raise NotFound
    mails = [
        {"mail": found.mail, "at": found.at, "links": list(dict.fromkeys(_link.findall(found.mail.text)))}
        for found in await mail.read_spool(settings.spool, SHOWN)
    ]
    return web.page(request, "dev/mail.html", {"mails": mails})


routes = [
    Route("/", home),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/dev/mail", spool),
]
