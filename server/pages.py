"""Pages of the site itself: the home page, health checks, and the mail spool in development."""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forums.queries import lists
from forums.routes import context
from petitions.queries import public
from petitions.reference import reference
from petitions.routes.reading import row_names
from server.core import database, web
from server.core.city import city


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


routes = [
    Route("/", home),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
]
