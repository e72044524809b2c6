"""Keeping the inbox's filter under a name, and forgetting it again."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.actions import views
from petitions.desk import addresses
from petitions.queries.filters import Filter
from petitions.reference import reference
from server.core import auth, web
from server.core.errors import NotFound, _
from server.core.fields import Input


async def save(request: Request) -> Response:
    """``POST /desk/views``: keep ``list`` as ``name``."""
    official = auth.official(request)
    form = await web.read_form(request)
    data = Input(form)
    name = data.text("name", limit=60, required=True)
    carried = data.text("list", limit=addresses.LONGEST)
    data.done()
    wanted = Filter.carried(carried, await reference())
    await views.save(official, name, urlencode(wanted.query()))
    return web.redirect(request, wanted.address(addresses.INBOX), _("“%(name)s” is kept.", name=name))


async def delete(request: Request) -> Response:
    """``POST /desk/views/{id}/delete``."""
    official = auth.official(request)
    number = request.path_params["id"]
    if number >= 2**31:
        raise NotFound
    await views.delete(official, number)
    return web.redirect(request, addresses.INBOX, _("The view is deleted."))


routes: list[Route] = [
    Route("/desk/views", save, methods=["POST"]),
    Route("/desk/views/{id:int}/delete", delete, methods=["POST"]),
]
