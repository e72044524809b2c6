"""A case guide's own visits: those that they accompany, the next one first."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, web
from tracking.visits.desk.common import PAGE
from tracking.visits.permissions import Permission
from tracking.visits.queries import cases


async def mine(request: Request) -> Response:
    """``/desk/visits/mine``."""
    official, start = auth.official(request, Permission.SEE_GUIDED), request.query_params.get("after", "")
    page = await cases.guided(official.id, start)
    here = f"{PAGE}/mine"
    context = {
        "rows": page.rows,
        "beginning": here if start else "",
        "further": f"{here}?after={page.after}" if page.after else "",
    }
    return web.page(request, "desk/visits/mine.html", context)


routes = [Route(f"{PAGE}/mine", mine)]
