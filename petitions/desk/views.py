"""Saving the inbox's filter under a name, and deleting it."""

from typing import Annotated
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
from server.core.forms import Form, Key, Label, line


class Save(Form):
    """The filters of the list, and the view's name."""

    name: Annotated[str, line(60, safe=False), Label(_("Name for this view"))]
    carried: Annotated[str, line(addresses.LONGEST, safe=False), Key("list"), Label(_("List"))] = ""


async def save(request: Request) -> Response:
    """``POST /desk/views``: save ``list`` as ``name``."""
    official = auth.official(request)
    form = Save.parse(await web.read_form(request))
    wanted = Filter.carried(form.carried, await reference())
    await views.save(official, form.name, urlencode(wanted.query()))
    return web.redirect(request, wanted.address(addresses.INBOX), _("“%(name)s” has been saved.", name=form.name))


async def delete(request: Request) -> Response:
    """``POST /desk/views/{id}/delete``."""
    official = auth.official(request)
    number = request.path_params["id"]
    if number >= 2**31:
        raise NotFound
    await views.delete(official, number)
    return web.redirect(request, addresses.INBOX, _("The view has been deleted."))


routes: list[Route] = [
    Route("/desk/views", save, methods=["POST"]),
    Route("/desk/views/{id:int}/delete", delete, methods=["POST"]),
]
