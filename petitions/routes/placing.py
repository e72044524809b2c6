"""Where a place is that somebody types or points at: in words, and on the map, while they file."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from petitions.forms import OUTSIDE, Location
from petitions.reference import reference
from server.core import geocoder, i18n, web
from server.core.places import Place


async def place(request: Request) -> Response:
    """``GET /petitions/place``: ``lat``, ``lng`` and ``words`` of an ``address`` or a point; ``outside`` the city.

    Empty words where an address is not found. The geocoder of the settings is asked first, if there is one.
    """
    found = Location.parse(dict(request.query_params))
    city, language = await reference(), web.language(request)
    if found.lat is not None and found.lng is not None:
        spot: geocoder.Point | None = (found.lat, found.lng)
    else:
        spot = await geocoder.find(found.address, city.bounds) or city.found(found.address)
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
