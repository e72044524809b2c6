"""The page of a kiosk, the worker that keeps it without network, and a ticket's QR code."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from server.core import config, i18n, qr, references, web
from server.core.errors import NotFound
from server.core.security import permissions_policy
from server.core.templates import STATIC, static_url
from tracking.visits.kiosk_words import WORDS
from tracking.visits.queries import offices

WORKER = STATIC / "js" / "kiosk-worker.js"
MODULES = sorted(f"js/{path.name}" for path in STATIC.glob("js/kiosk-*.js") if path != WORKER)
DECODER = "js/vendor/jsQR.js"
KEPT = [static_url("css/sinmungo.css"), static_url("css/kiosk.css"), static_url("js/kiosk.js"),
        *(f"/static/{path}" for path in (*MODULES, "js/waits.js", DECODER))]  # fmt: skip
"""What the page needs without network; modules that others import carry no hash."""


async def kiosk(request: Request) -> Response:
    """``/kiosk/{code}``: one page with all steps in all languages. What it does goes through the JSON interface."""
    office = await offices.office(request.path_params["code"])
    languages = web.site(request).settings.languages
    context = {
        "office": office,
        "office_name": i18n.name_in(office, web.language(request)),
        "names": {one: i18n.name_in(office, one) for one in languages},
        "words": {one: {key: i18n.translate(one, text) for key, text in WORDS.items()} for one in languages},
        "kept": KEPT,
    }
    response = web.page(request, "visits/kiosk.html", context)
    response.headers["permissions-policy"] = permissions_policy(camera=True)
    return response


async def worker(_request: Request) -> Response:
    """``/kiosk/worker.js``: its address makes it serve the pages of kiosks only."""
    return FileResponse(WORKER, media_type="text/javascript", headers={"cache-control": "no-cache"})


async def ticket_qr(request: Request) -> Response:
    """``/tickets/{code}/qr.svg``: opens the ticket on a phone. Says nothing about whether there is such a ticket."""
    if (code := references.read_reference(request.path_params["code"])) is None:
        raise NotFound
    picture = qr.picture(f"{config.settings().public_url}/tickets/{code}")
    return Response(picture, media_type="image/svg+xml", headers={"cache-control": "no-store"})


routes = [
    Route("/kiosk/worker.js", worker),
    Route("/kiosk/{code}", kiosk),
    Route("/tickets/{code}/qr.svg", ticket_qr),
]
