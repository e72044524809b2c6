"""Forwarding a visitor to another office: a number there, the time of arrival kept."""

from server.core import database, references
from server.core.accounts import Official
from server.core.errors import Invalid, Text, _
from tracking.visits.actions import calling, numbering, queueing
from tracking.visits.actions.queueing import Queue
from tracking.visits.errors import NoSuchOffice, NoTicketsLeft, OfficeClosed
from tracking.visits.events import TicketForwarded
from tracking.visits.queries import offices, queue
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queue_forms import Forward
from tracking.visits.states import PrintState, TicketAction, TicketState

CLOSED = _("This office is closed now.")


async def forward(actor: Official, counter_id: str, command: Forward) -> TicketRow:
    """Another office goes on with the visitor: a ticket there for what is still to be settled, with the same arrival.

    Raises ``Invalid`` for an office that is closed, cannot do all of it or has no numbers left; ``NoSuchCounter``,
    ``CounterEmpty``, ``NotPossibleNow``.
    """
    here = await calling.office_of(counter_id)
    there = await _other(here, command.office)
    async with queueing.changing_both(here, there) as (day, other):
        at = await calling.sitting(actor, counter_id, day)
        ticket = at.current(TicketAction.FORWARD)
        new = await _ticket_at(other, ticket)
        await queueing.end(day, ticket, TicketState.FORWARDED, at.actor, at.counter.id)
        event = TicketForwarded(ticket.id, there.id, new)
        await day.chain.append(at.actor, event)
        await other.chain.append(at.actor, event)
        await queueing.waits(other, await queue.ticket(new), at.actor, TicketAction.FORWARD)
        return await queue.ticket(ticket.id)


async def _other(here: OfficeRow, code: str) -> OfficeRow:
    try:
        found = await offices.office(code)
    except NoSuchOffice:
        raise _refused(_("There is no such office.")) from None
    if found.id == here.id:
        raise _refused(_("The visitor is at this office already."))
    return found


async def _ticket_at(other: Queue, ticket: TicketRow) -> int:
    """A new ticket that holds what the old one says of its visitor. Returns its id."""
    to_settle = await database.column(
        "SELECT service_id FROM ticket_matter WHERE ticket_id = ? AND ended_at IS NULL ORDER BY position", ticket.id
    )
    known = await offices.services(other.office.id)
    if not {*to_settle} <= {*known}:
        raise _refused(_("This office cannot do everything for which the visitor still waits."))
    if other.closed:
        raise _refused(CLOSED)
    try:
        await queueing.must_be_open(other.office)
        number = await numbering.next_number(other, known[ticket.service_id].class_code, walk_in=True)
    except OfficeClosed:
        raise _refused(CLOSED) from None
    except NoTicketsLeft:
        raise _refused(_("This office has no numbers left for this service today.")) from None
    kept = "visit_id, language, arrived_at, booked_for, urgent, first_called_at, contact, note, case_reference"
    (row,) = await database.fetch(
        f"INSERT INTO ticket (day_id, number, code, state, calls, print_state, forwarded_from, {kept}) "
        f"SELECT ?, ?, ?, ?, 0, ?, id, {kept} FROM ticket WHERE id = ? RETURNING id",
        other.id, number, references.new_reference(), TicketState.WAITING, PrintState.NOT_NEEDED, ticket.id,
    )  # fmt: skip
    await database.insert(
        "ticket_matter", ("ticket_id", "service_id", "position"),
        [(row["id"], service, place) for place, service in enumerate(to_settle)],
    )  # fmt: skip
    return int(row["id"])


def _refused(why: Text) -> Invalid:
    return Invalid.at("office", why)
