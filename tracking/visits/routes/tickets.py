"""A ticket whose page was lost is found again, and a visitor is told when it is nearly their turn."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, web
from server.core.errors import Conflict, Invalid, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.security import Rate, network
from tracking.visits.actions import telling
from tracking.visits.errors import NoSuchTicket
from tracking.visits.forms import FindVisits
from tracking.visits.queries import queue, ticket_contacts
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.queue import TicketRow
from tracking.visits.ticket_forms import OpenTicket, TellMe

PAGE, FIND = "/tickets", "/tickets/find"
FROM_ADDRESS = Rate(30, 20)
"""Codes and contacts sent by one browser's address: enough for the visitors of an office that share its network."""
TO_CONTACT = Rate(6, 3)
"""Messages to one contact."""


async def _find_page(request: Request, back: ReturnedForm) -> Response:
    """``/tickets``: asks for the code of a ticket, or for a contact."""
    context = {"open": OpenTicket, "find": FindVisits, "values": back.values, "errors": back.errors}
    return web.page(request, "visits/find_ticket.html", context, status=back.status)


async def _open(request: Request, form: FormData) -> Response:
    """Open a ticket by the code that was typed."""
    auth.limit(request, f"ticket-code:{network(request.scope)}", FROM_ADDRESS)
    command = OpenTicket.parse(form)
    try:
        found = await queue.by_code(command.code)
    except NoSuchTicket:
        raise Invalid.at("code", _("There is no ticket with this code.")) from None
    return web.redirect(request, f"{PAGE}/{found.code}")


async def find(request: Request, command: FindVisits) -> None:
    """Send a contact the links to its tickets; the same effort whether or not there are any."""
    auth.limit(request, f"ticket-find:{network(request.scope)}", FROM_ADDRESS)
    auth.limit(request, f"ticket-link:{command.household}", TO_CONTACT)
    await telling.send_links(command, web.language(request))


async def _find(request: Request, form: FormData) -> Response:
    await find(request, FindVisits.parse(form))
    sent = _("If there is a ticket with this address or number today, we have sent it a link.")
    return web.redirect(request, PAGE, sent)


async def told(ticket: TicketRow, office: OfficeRow) -> dict[str, Any]:
    """What the page of a ticket shows of the notice."""
    known = await ticket_contacts.of_ticket(ticket.id)
    may = ticket.state in telling.MAY_BE_TOLD and office.notice_minutes > 0
    return {
        "tell": TellMe if may else None,
        "told": known,
        "of_visit": ticket_contacts.masked(known.of_visit) if known else "",
    }


async def keep(request: Request, code: str, command: TellMe) -> bool:
    """Keep a contact; see ``telling.keep_contact``."""
    auth.limit(request, f"ticket-find:{network(request.scope)}", FROM_ADDRESS)
    auth.limit(request, f"ticket-contact:{command.contact or code}", TO_CONTACT)
    return await telling.keep_contact(code, command, web.language(request))


async def _contact_page(request: Request, back: ReturnedForm) -> Response:
    """``/tickets/{code}/contact``: the form that stands on the ticket's page, by itself if something is wrong in it."""
    found = await queue.by_code(request.path_params["code"])
    context = {"ticket": found, "form": TellMe, "values": back.values, "errors": back.errors}
    return web.page(request, "visits/ticket_contact.html", context, status=back.status)


async def _keep(request: Request, form: FormData) -> Response:
    code = request.path_params["code"]
    try:
        will = await keep(request, code, TellMe.parse(form))
    except Conflict:
        return web.redirect(request, f"{PAGE}/{code}", _("You are not waiting any more, so there is nothing to tell."))
    said = _("We will tell you when it is nearly your turn.")
    if not will:
        said = _("It is nearly your turn already, so no message follows. Please stay in the waiting area.")
    return web.redirect(request, f"{PAGE}/{code}", said)


async def _remove(request: Request) -> Response:
    """``POST /tickets/{code}/contact/remove``."""
    code = request.path_params["code"]
    await telling.remove_contact(code)
    return web.redirect(request, f"{PAGE}/{code}", _("The contact has been removed."))


routes = [
    form_page(PAGE, _find_page, _open),
    form_page(FIND, _find_page, _find),
    form_page("/tickets/{code}/contact", _contact_page, _keep),
    Route("/tickets/{code}/contact/remove", _remove, methods=["POST"]),
]
