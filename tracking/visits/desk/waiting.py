"""The waiting list of an office's day at the desk: who waits, what was offered, and taking somebody off it."""

from datetime import date

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from server.core import auth, i18n, web
from server.core.days import today
from server.core.errors import _
from server.core.form_pages import ReturnedForm, form_page
from server.core.forms import Parameters
from tracking.visits.actions import waiting as actions
from tracking.visits.desk.common import all_offices, chosen_office, names, visits_official
from tracking.visits.desk_forms import RemoveWaiting
from tracking.visits.labels import WAITING_STATES
from tracking.visits.permissions import Permission
from tracking.visits.queries import offices, waiting
from tracking.visits.states import WaitingState

PAGE = "/desk/visits/waiting"
OPEN = (WaitingState.WAITING, WaitingState.OFFERED)


async def show(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/visits/waiting?office=&date=``: without a day, the first one for which somebody waits."""
    official, known = visits_official(request), await all_offices()
    data = Parameters(request.query_params)
    day = data.day("date")
    data.done()
    place = await chosen_office(official, known, request.query_params.get("office", ""))
    days = await waiting.days(place.id, today())
    shown: date = day or (days[0].date if days else today())
    rows, language = await waiting.of_day(place.id, shown), web.language(request)
    services = await offices.services(place.id)
    context = {
        "office": place,
        "office_name": i18n.name_in(place, language),
        "offices": names(known, language),
        "day": shown,
        "days": days,
        "rows": rows,
        "services": {number: i18n.name_in(one, language) for number, one in services.items()},
        "states": WAITING_STATES,
        "counts": {one: sum(row.state is one for row in rows) for one in WaitingState},
        "may_remove": official.may(Permission.BOOK_FOR_OTHERS),
        "form": RemoveWaiting,
        "kept": kept,
        "open": OPEN,
    }
    return web.page(request, "desk/visits/waiting.html", context, status=kept.status)


async def remove(request: Request, form: FormData) -> Response:
    """``POST`` to the same address: take an entry (``number``) off the list, with a reason."""
    official = auth.official(request, Permission.BOOK_FOR_OTHERS)
    command = RemoveWaiting.parse(form)
    found = await waiting.entry(command.number)
    await actions.leave(found.number, official.actor, command.reason)
    place = await offices.office_by_id(found.office_id)
    back = f"{PAGE}?office={place.code}&date={found.date}"
    return web.redirect(request, back, _("%(name)s is no longer on the waiting list.", name=found.name))


routes = [form_page(PAGE, show, remove)]
