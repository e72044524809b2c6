"""What becomes of a ticket's paper, and tickets that were never printed: nobody waits with them."""

from datetime import datetime, timedelta

from server.core import clock, database, ledger
from server.core.days import today
from server.core.errors import NotPossibleNow
from tracking.visits.actions import calling, numbering, queueing
from tracking.visits.actions.devices import DeviceRow
from tracking.visits.actions.queueing import Queue
from tracking.visits.errors import MayBePrinted
from tracking.visits.events import PrintReported, VisitorLeft
from tracking.visits.queries import offices, queue
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.queue import TicketRow
from tracking.visits.states import PRINT, PrintState, TicketAction, TicketState

SYSTEM = "system"
GIVEN_BACK_AFTER = timedelta(minutes=5)
"""How long after the last failure a ticket ends that its kiosk has not given back."""
MOST = 200


async def report(office: OfficeRow, kiosk: DeviceRow, number: str, state: PrintState) -> TicketRow:
    """Record what a kiosk says of a ticket's paper.

    Raises ``NoSuchTicket``, ``NotPossibleNow`` if it was given back.
    """
    found = await printed(kiosk, number)
    async with queueing.changing(office, found.date, shown=False) as day:
        ticket = await queue.ticket(found.id)
        if ticket.state is TicketState.LEFT:
            raise NotPossibleNow("print", ticket.state)
        new = PRINT[ticket.print_state][state]
        if state is PrintState.FAILED and ticket.print_state is PrintState.NOT_NEEDED:
            # A kiosk without printer: its visitor never saw the number, and has not said that they noted it.
            new = new if await _reported(day, ticket.id) else state
        if new is not ticket.print_state or new is not state:
            await database.execute("UPDATE ticket SET print_state = ? WHERE id = ?", new, ticket.id)
            await day.chain.append(f"device:{kiosk.id}", PrintReported(ticket.id, state, new))
        return await queue.ticket(ticket.id)


async def give_back(office: OfficeRow, kiosk: DeviceRow, number: str) -> TicketRow:
    """A kiosk gives a ticket back whose print failed and that nobody wanted. Repeating it changes nothing.

    Raises ``NoSuchTicket``, ``MayBePrinted``, ``NotPossibleNow`` once it was called.
    """
    found = await printed(kiosk, number)
    async with queueing.changing(office, found.date) as day:
        ticket = await queue.ticket(found.id)
        if ticket.state is not TicketState.LEFT:
            await _end(day, ticket, f"device:{kiosk.id}")
        return await queue.ticket(ticket.id)


async def printed(kiosk: DeviceRow, number: str) -> TicketRow:
    """A ticket of today or yesterday that a kiosk has given. Raises ``NoSuchTicket``."""
    return await queue.of_kiosk(kiosk.id, number.upper(), today() - timedelta(days=1))


async def _end(day: Queue, ticket: TicketRow, actor: str) -> None:
    """End a ticket that was not printed. A walk-in's does not count among those of the day."""
    if ticket.print_state is not PrintState.FAILED:
        raise MayBePrinted
    if ticket.state is not TicketState.WAITING:
        raise NotPossibleNow(TicketAction.LEAVE, ticket.state)
    await queueing.end(day, ticket, calling.possible(TicketAction.LEAVE, ticket), actor)
    if ticket.visit_id is None:
        await numbering.count(day, ticket.number.rstrip("0123456789"), walk_ins=-1)
    else:
        chain = await ledger.lock(await queue.visit_subject(ticket.visit_id))
        await chain.append(actor, VisitorLeft(ticket.id))


async def give_back_forgotten() -> int:
    """End the tickets whose print failed and whose kiosk has said nothing since. Returns how many. Periodic."""
    rows = await database.fetch(
        "SELECT t.id, d.office_id, d.date, o.code FROM queue_day d JOIN office o ON o.id = d.office_id "
        "JOIN ticket t ON t.day_id = d.id AND t.state = ? AND t.print_state = ? "
        "WHERE d.closed_at IS NULL ORDER BY t.id LIMIT ?",
        TicketState.WAITING, PrintState.FAILED, MOST,
    )  # fmt: skip
    count = 0
    for row in rows:
        date = database.day_or_none(row["date"]) or today()
        async with queueing.changing(await offices.office_by_id(row["office_id"]), date) as day:
            ticket = await queue.ticket(row["id"])
            said = await _reported(day, ticket.id)
            old = said is None or said < clock.now() - GIVEN_BACK_AFTER
            if old and (ticket.state, ticket.print_state) == (TicketState.WAITING, PrintState.FAILED):
                await _end(day, ticket, SYSTEM)
                count += 1
    return count


async def _reported(day: Queue, ticket_id: int) -> datetime | None:
    """When a kiosk last said something about a ticket's paper; None if never."""
    found: list[ledger.Entry] = []
    sequence = 0
    while events := await ledger.read(day.chain.subject, kind=PrintReported.kind, after_sequence=sequence):
        found += [one for one in events if one.data["ticket"] == ticket_id]
        sequence = events[-1].sequence
    return found[-1].occurred_at if found else None
