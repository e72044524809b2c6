"""``/offices``: the offices, and each with its address, hours, closures ahead and what can be done there."""

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import city, i18n, page_cache, web
from tracking.visits.queries import accuracy, live_queue, offices
from tracking.visits.routes import bringing
from tracking.visits.routes.choosing import by_district
from tracking.visits.rules import DayState
from tracking.visits.timetable import CLOSED
from tracking.visits.wait_words import Waits

AHEAD = 45
"""Days for which openings and closures are shown."""


@page_cache.kept()
async def listing(request: Request) -> Response:
    """``/offices``."""
    context = {
        "districts": await by_district(web.language(request)),
        "local": offices.local,
        "closed_now": offices.closed_now,
    }
    return web.page(request, "visits/offices.html", context)


@page_cache.kept()
async def office(request: Request) -> Response:
    """``/offices/{code}``."""
    place = await offices.place(request.path_params["code"])
    lang, today = web.language(request), offices.now().date()
    days = offices.span_of_days(today, offices.later(today, AHEAD))
    hours = await offices.hours(place.office.id, place.weekly, days, await city.kept_calendar())
    usual = {DayState.OPEN, DayState.CLOSED}
    live = await live_queue.of_office(place)
    context = {
        "office": place.office,
        "live": live if hours[today].spans or live.total or live.now_called else None,
        "waits": Waits(lang),
        "several_floors": len(await live_queue.floors(place.office.id)) > 1,
        "accuracy": await accuracy.of_office(place.office.id),
        "office_name": i18n.name_in(place.office, lang),
        "district": (await city.city()).district_name(place.office.district, lang),
        "weekly": [place.weekly.get(day) for day in range(7)],
        "weekdays": [format_date(offices.later(offices.monday(today), day), "EEEE", locale=lang) for day in range(7)],
        "today": hours[today],
        "special": [(day, found) for day, found in hours.items() if found.state not in usual or found.reason],
        "states": CLOSED,
        "local": offices.local,
        "closed_now": offices.closed_now,
        "services": [
            (one, name, bringing.papers([one], lang))
            for one, name in bringing.named(place.services.values(), lang)
            if one.bookable or one.walk_in  # a guide's company is neither: it comes with another service
        ],
        "elsewhere": await offices.elsewhere(place.office.id),
    }
    return web.page(request, "visits/office.html", context)


routes = [Route("/offices", listing), Route("/offices/{code}", office)]
