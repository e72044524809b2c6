"""Putting a visitor first: the page of case guides, who neither call nor receive visitors."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from server.core import auth, i18n, web
from server.core.days import today
from server.core.errors import Conflict, Invalid, _
from server.core.form_pages import ReturnedForm, form_page
from tracking.visits.actions import tickets
from tracking.visits.desk.common import all_offices, chosen_office, names
from tracking.visits.errors import NoSuchTicket
from tracking.visits.permissions import Permission
from tracking.visits.queries import offices, queue, turns
from tracking.visits.queue_forms import PutFirst
from tracking.visits.waits import order

PAGE = "/desk/first"


async def _show(request: Request, back: ReturnedForm) -> Response:
    """``/desk/first?office=``: who waits at an office, and how many were put first today."""
    official, language = auth.official(request, Permission.PUT_FIRST), web.language(request)
    known = await all_offices()
    if not known:
        return web.page(request, "desk/visits/none.html", {"edits": official.may(Permission.EDIT_OFFICES)})
    office = await chosen_office(official, known, request.query_params.get("office", ""))
    place, (day_id, version) = await offices.place(office.code), await queue.day(office.id, today())
    waiting, rule = {queue.rank(one.id): one for one in await queue.waiting(day_id)}, queue.rule(office)
    ordered = order.in_order(
        [one.in_order for one in waiting.values()], rule, offices.now().timestamp(), await turns.overtakings(day_id)
    )
    services = {one.id: i18n.name_in(one, language) for one in place.services.values()}
    rows = [(waiting[one.number], services.get(waiting[one.number].service_id, "")) for one in ordered]
    context = {
        "office": office,
        "office_name": i18n.name_in(office, language),
        "offices": names(known, language),
        "rows": rows,
        "choices": [(one.code, f"{one.number} · {service}") for one, service in rows if not one.urgent],
        "put_first": await queue.urgent_today(day_id),
        "most": office.urgent_daily,
        "shown": queue.state(today(), version),
        "form": PutFirst,
        "back": back,
    }
    return web.page(request, "desk/visits/first.html", context, status=back.status)


async def _put_first(request: Request, form: FormData) -> Response:
    official = auth.official(request, Permission.PUT_FIRST)
    command = PutFirst.parse(form)
    try:
        ticket = await tickets.put_first(official.actor, command.code, command.reason)
    except NoSuchTicket as refusal:
        raise Invalid.at("code", refusal.text) from None
    except Conflict as refusal:
        return await _show(request, ReturnedForm("", PutFirst.raw(form.multi_items()), {}, refusal))
    office = await offices.office_by_id(ticket.office_id)
    done = _("Number %(number)s goes first.", number=ticket.number)
    return web.redirect(request, f"{PAGE}?office={office.code}", done)


routes = [form_page(PAGE, _show, _put_first)]
