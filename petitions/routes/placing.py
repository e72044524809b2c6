"""Where a place is that somebody types or points at: in words, and on the map, while they file."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from petitions.forms import OUTSIDE, Location
from petitions.reference import reference
from server.core import i18n, web
from server.core.places import Place


async def place(request: Request) -> Response:
    """``GET /petitions/place``: ``lat``, ``lng`` and ``words`` of an ``address`` or a point; ``outside`` the city.

    Empty words where an address is not found.
    """
    found = Location.parse(dict(request.query_params))
    city, language = await reference(), web.language(request)
    spot = (found.lat, found.lng) if found.lat is not None and found.lng is not None else city.found(found.address)
    outside = spot is not None and not city.contains(*spot)
    if spot is None:
        words = ""
    elif outside:
        words = i18n.translate(language, OUTSIDE)
    else:
        words = city.place_words(Place(*spot), language)
    content = {"lat": spot and spot[0], "lng": spot and spot[1], "words": words, "outside": outside}
    return JSONResponse(content, headers={"cache-control": "no-store"})


routes = [Route("/petitions/place", place)]
