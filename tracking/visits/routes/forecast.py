"""The page about the forecast of crowding: what the stars mean, and how good last month's forecast was."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import web
from tracking.visits.crowding.forecast import REVIEWED_DAYS
from tracking.visits.crowding.words import STARS, verdict
from tracking.visits.queries import forecasts

FORECAST = "/visits/forecast"


async def forecast(request: Request) -> Response:
    """``/visits/forecast``."""
    context = {"offices": await forecasts.reviewed(), "stars": STARS, "verdict": verdict, "weeks": REVIEWED_DAYS // 7}
    return web.page(request, "visits/forecast.html", context)


routes = [Route(FORECAST, forecast)]
