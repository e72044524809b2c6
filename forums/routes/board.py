"""The notice board, in numbered pages."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import views
from forums.queries import board as queries
from forums.queries import lists
from forums.queries.lists import ALL, NOTICE, Filters
from forums.routes import words
from server.core import web
from server.core.city import city
from server.core.forms import Parameters

PATH = "/forums/notices"
MOST_PAGES = 10**8
AROUND = 2
"""How many pages before and after the current one are linked."""


async def board(request: Request) -> Response:
    """``/forums/notices``: page ``page`` of the board, or the results of a search for ``q``."""
    known, lang = await city(), web.language(request)
    data = Parameters(request.query_params)
    q = data.text("q", limit=lists.MAX_WORDS)
    page = data.integer("page", low=1, high=MOST_PAGES) or 1
    data.done()
    context: dict[str, object] = {"q": q, "path_of_board": PATH, "found": None, "waiting": views.waiting}
    if q:
        wanted = Filters(NOTICE, q=q, states=ALL)
        found = await lists.listed(wanted, request.query_params.get("after", ""))
        context["found"] = found.rows
        context["further"] = replace(wanted, kind="").address(PATH, after=found.after) if found.after else ""
    else:
        shown = await queries.board(page)
        low = max(1, min(shown.page - AROUND, shown.pages - 2 * AROUND))
        context["board"] = shown
        context["near"] = range(low, min(shown.pages, low + 2 * AROUND) + 1)
    return web.page(request, "forums/board.html", {**context, **words.names(known, lang)})


routes = [Route(PATH, board)]
