"""``/visits/restrictions/{token}``: why a household cannot book at an office for some days, and its appeal."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from server.core import i18n, web
from server.core.acts import Press
from server.core.errors import _
from server.core.form_pages import ReturnedForm, form_page
from tracking.visits import links
from tracking.visits.actions import restrictions
from tracking.visits.desk_forms import Appeal
from tracking.visits.errors import NoSuchRestriction
from tracking.visits.queries import no_shows, offices
from tracking.visits.queries.no_shows import RestrictionRow
from tracking.visits.states import RESTRICTION, RestrictionAction


async def _found(request: Request) -> RestrictionRow:
    """The restriction that the signed link names. Raises ``NoSuchRestriction``."""
    number = links.read_restriction_token(web.site(request).settings, request.path_params["token"])
    if number is None:
        raise NoSuchRestriction
    return await no_shows.restriction(number)


async def show(request: Request, kept: ReturnedForm) -> Response:
    """The page, with a refused form."""
    row = await _found(request)
    place = await offices.office_by_id(row.office_id)
    context = {
        "row": row,
        "office": place,
        "office_name": i18n.name_in(place, web.language(request)),
        "form": Appeal,
        "can_appeal": row.runs and RestrictionAction.APPEAL in RESTRICTION[row.state],
        "values": kept.values,
        "errors": kept.errors,
    }
    return web.page(request, "visits/restriction.html", context, status=kept.status)


async def appeal(request: Request, form: FormData) -> Response:
    """Send the appeal; once, however often the form is sent."""
    row, command = await _found(request), Appeal.parse(form)
    secret = web.site(request).settings.secret_key

    async def act() -> None:
        await restrictions.appeal(restrictions.VISITOR, str(row.id), command)

    await Press(secret, f"appeal/{row.id}", form.get("version"), command.text).once(act)
    return web.redirect(
        request, request.url.path, _("Your appeal has been sent. The office decides on it and writes to you.")
    )


routes = [form_page("/visits/restrictions/{token}", show, appeal)]
