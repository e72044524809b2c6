"""``/v/{token}``: the links in mails and text messages; and a visit as a file for its visitor's calendar."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, files, web
from server.core.errors import NotFound, _
from tracking.visits import calendar as calendars
from tracking.visits import links
from tracking.visits.access import own_visit

PAGES = {"": "", "change": "/change", "cancel": "/cancel", "offer": "/offer"}
"""What a link can lead to below its visit's page."""
TOO_OLD = _("This link has expired or is incomplete. Enter the number and key, or let us send you a new link.")


async def open_visit(request: Request) -> Response:
    """``GET /v/{token}``, and with ``/change``, ``/cancel`` or ``/offer``: open the visit in this browser."""
    then = PAGES.get(request.path_params.get("then", ""))
    if then is None:
        raise NotFound
    number = links.read_visit_token(web.site(request).settings, request.path_params["token"])
    if number is None:
        return web.redirect(request, "/visits/find", notice=TOO_OLD)
    response = web.redirect(request, f"/visits/{number}{then}")
    if number not in auth.reader(request).visits and request.method == "GET":
        await auth.open_visit(request, response, number)
    return response


async def calendar(request: Request) -> Response:
    """``GET /visits/{number}/calendar.ics``: without the key, because calendars are shared."""
    view = await own_visit(request)
    content, method = calendars.calendar(view, web.site(request).settings, web.language(request))
    headers = {
        "content-disposition": files.content_disposition(calendars.FILE_NAME.format(view.number)),
        "cache-control": "private, no-store",
    }
    return Response(content, headers=headers, media_type=f"text/calendar; method={method}")


routes = [
    Route("/v/{token}", open_visit),
    Route("/v/{token}/{then}", open_visit),
    Route("/visits/{number}/calendar.ics", calendar),
]
