"""The queue of an office for other websites: a page that they frame and its JSON, the same for everybody and cached.

Nothing depends on who asks: the language stands in the address, no cookie is read or set.
"""

import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import i18n, web
from server.core.security import content_policy
from tracking.visits.queries import live_queue, offices
from tracking.visits.queries.live_queue import LiveQueue
from tracking.visits.wait_words import Waits
from tracking.visits.waits.queue import Wait

CACHED = "public, max-age=10, stale-while-revalidate=30"
ANYWHERE = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}


async def page(request: Request) -> Response:
    """``/offices/{code}/queue/embed?lang=``: may be framed by any website."""
    place, site = await offices.place(request.path_params["code"]), web.site(request)
    asked, known = request.query_params.get("lang"), site.settings.languages
    language = asked if asked in known else known[0]
    context = {
        "office_name": i18n.name_in(place.office, language),
        "live": await live_queue.of_office(place),
        "waits": Waits(language),
        "several_floors": len(await live_queue.floors(place.office.id)) > 1,
        "services": [
            (one, i18n.name_in(one, language), ()) for one in place.services.values() if one.bookable or one.walk_in
        ],
        "home": f"{site.settings.public_url}/offices/{place.office.code}?lang={language}",
    }
    content = site.render(language, "visits/embed.html", context).encode()
    policy = {"content-security-policy": content_policy(site.settings, ancestors="*")}
    return _cached(request, content, "text/html; charset=utf-8", policy)


async def data(request: Request) -> Response:
    """``/offices/{code}/queue/embed.json``: the same for scripts of any website, with the names in all languages."""
    place = await offices.place(request.path_params["code"])
    found, languages = await live_queue.of_office(place), web.site(request).settings.languages
    content = {
        "office": place.office.code,
        "name": {language: i18n.name_in(place.office, language) for language in languages},
        "waiting": found.total,
        "called": [
            {"number": one.number, "counter": one.counter, "floor": one.floor, "state": one.state.value}
            for one in found.now_called
        ],
        "services": [
            {
                "service": one.code,
                "name": {language: i18n.name_in(one, language) for language in languages},
                "waiting": found.waiting.get(one.id, 0),
                "ahead": found.ahead.get(one.id, 0),
                "expected_wait": _wait(found, one.id),
                "before_closing": found.before_closing.get(one.id, ""),
                "counter_open": one.id not in found.closed,
                "opens_at": (closed := found.closed.get(one.id)) and closed.opens_at,
            }
            for one in place.services.values()
            if one.bookable or one.walk_in
        ],
    }
    return _cached(request, bytes(web.json(content).body), "application/json", ANYWHERE)


def _wait(found: LiveQueue, service: int) -> dict[str, int] | None:
    wait = found.walk_ins.get(service)
    return dict(zip(Wait._fields, wait.in_minutes, strict=True)) if wait else None


def _cached(request: Request, content: bytes, kind: str, more: dict[str, str]) -> Response:
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {"cache-control": CACHED, "etag": etag, **more}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content, headers={**headers, "content-type": kind})


routes = [
    Route("/offices/{code}/queue/embed", page, methods=["GET"]),
    Route("/offices/{code}/queue/embed.json", data, methods=["GET"]),
]
