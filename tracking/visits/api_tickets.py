"""A visitor's ticket in the JSON interface: found again by its contact, and a notice when it is nearly their turn."""

from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import config, web
from server.core.contract import Access, Answer, Contract, said
from tracking.visits.actions import meeting, telling
from tracking.visits.api import KEY, own
from tracking.visits.forms import FindVisits
from tracking.visits.queries import queue, ticket_contacts
from tracking.visits.routes import tickets
from tracking.visits.ticket_forms import TellMe


class Sought(Answer):
    """The same whether or not a ticket was found."""

    sent: Annotated[bool, said("A link was sent if the contact has a ticket today.")]


class TicketNotice(Answer):
    """How a ticket's visitor is told that it is nearly their turn."""

    contact: Annotated[str, said("Mostly covered; empty without one.")]
    pending: Annotated[bool, said("Whether a message will still follow.")]


@Contract("Send a contact the links to its tickets of today", Sought, 202, body=FindVisits)
async def find(request: Request) -> Response:
    """``POST /tickets/find``."""
    await tickets.find(request, FindVisits.parse(await web.read_json(request), strict=True))
    return web.json(Sought(sent=True), 202)


async def _notice(code: str) -> Response:
    found = await ticket_contacts.of_ticket((await queue.by_code(code)).id)
    contact = found.masked if found else ""
    return web.json(TicketNotice(contact=contact, pending=bool(contact and found and not found.told_at)))


@Contract(
    "Be told when it is nearly one's turn, once; without a contact at that of the reservation", TicketNotice,
    body=TellMe, refusals=(404, 409),
)  # fmt: skip
async def keep(request: Request) -> Response:
    """``POST /tickets/{code}/contact``."""
    command = TellMe.parse(await web.read_json(request), strict=True)
    await tickets.keep(request, request.path_params["code"], command)
    return await _notice(request.path_params["code"])


@Contract("Remove the contact of a ticket; repeating it changes nothing", TicketNotice, refusals=(404,))
async def remove(request: Request) -> Response:
    """``DELETE /tickets/{code}/contact``."""
    await telling.remove_contact(request.path_params["code"])
    return await _notice(request.path_params["code"])


class ReadyTicket(Answer):
    """The ticket of a visitor who meets the counter by video or telephone."""

    number: str
    follow_url: Annotated[str, said("Where it says how and when they meet.")]


@Contract(
    "Be ready for a visit by video or telephone; repeating it gives the same ticket",
    ReadyTicket, 201, access=Access.PARTY, headers=KEY, refusals=(404, 409),
)  # fmt: skip
async def ready(request: Request) -> Response:
    """``POST /visits/{number}/ready``."""
    ticket = await meeting.ready(await own(request))
    follow = f"{config.settings().public_url}/tickets/{ticket.code}"
    return web.json(ReadyTicket(number=ticket.number, follow_url=follow), 201)


routes = [
    Route("/api/v1/visits/{number}/ready", ready, methods=["POST"]),
    Route("/api/v1/tickets/find", find, methods=["POST"]),
    Route("/api/v1/tickets/{code}/contact", keep, methods=["POST"]),
    Route("/api/v1/tickets/{code}/contact", remove, methods=["DELETE"]),
]
