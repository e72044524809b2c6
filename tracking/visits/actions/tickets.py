"""What is done to a ticket beside the counters: its visitor gives it back or is back, or it goes first."""

import contextlib

from server.core import clock, database, ledger
from server.core.accounts import Official
from server.core.days import today
from server.core.errors import Invalid, NotPossibleNow, _
from server.core.jobs import Task
from tracking.visits.actions import calling, cases, queueing
from tracking.visits.counter_errors import OfAnotherDay
from tracking.visits.errors import OfAnotherCase, TooManyUrgent
from tracking.visits.events import TicketFiled, VisitorLeft
from tracking.visits.queries import offices, queue
from tracking.visits.queries.queue import TicketRow
from tracking.visits.states import TicketAction, TicketState
from tracking.visits.waits import order

VISITOR = "visitor"
FOLLOW = "visits.leave_queue"


async def follow(task: Task) -> None:
    """A visit was cancelled: its visitor does not wait any more. Job."""
    event = await ledger.get(task.payload["event"])
    number = await database.value(
        "SELECT t.id FROM ticket t JOIN visit v ON v.id = t.visit_id WHERE v.number = ? ORDER BY t.id DESC LIMIT 1",
        event.subject.partition("/")[2],
    )
    if number is not None:
        with contextlib.suppress(NotPossibleNow):
            await leave((await queue.ticket(number)).code)


async def leave(code: str, actor: str = VISITOR) -> TicketRow:
    """A visitor gives their ticket back, or the reception takes it.

    Raises ``NoSuchTicket``, ``NotPossibleNow``.
    """
    found = await queue.by_code(code)
    async with queueing.changing(await offices.office_by_id(found.office_id), found.date) as day:
        ticket = await queue.ticket(found.id)
        if ticket.state is TicketState.LEFT:
            return ticket
        state = calling.possible(TicketAction.LEAVE, ticket, to_visitor=actor == VISITOR)
        await queueing.end(day, ticket, state, actor)
        if ticket.visit_id:
            chain = await ledger.lock(await queue.visit_subject(ticket.visit_id))
            await chain.append(actor, VisitorLeft(ticket.id))
        return await queue.ticket(ticket.id)


async def come_back(code: str, actor: str = VISITOR) -> TicketRow:
    """A visitor is back: near the front with their papers, at the place of their arrival after missing a call.

    Raises ``NoSuchTicket``, ``NotPossibleNow``.
    """
    found = await queue.by_code(code)
    async with queueing.changing(await offices.office_by_id(found.office_id), found.date) as day:
        ticket = await queue.ticket(found.id)
        calling.possible(TicketAction.RETURN, ticket, to_visitor=actor == VISITOR)
        if day.date != today():
            raise OfAnotherDay(TicketAction.RETURN, ticket.state)
        back = clock.now() if ticket.state is TicketState.PARKED else None
        await queueing.waits(day, ticket, actor, TicketAction.RETURN, returned_at=back, calls=0, ended_at=None)
        return await queue.ticket(ticket.id)


async def filed(official: Official, code: str, case: str) -> TicketRow:
    """The visitor filed this petition at the counter; so did a reservation without a case. The first one stays.

    Raises ``NoSuchTicket``.
    """
    found = await queue.by_code(code)
    async with queueing.changing(await offices.office_by_id(found.office_id), found.date) as day:
        hit = await database.execute(
            "UPDATE ticket SET case_reference = ? WHERE id = ? AND case_reference = ''", case, found.id
        )
        if hit:
            await day.chain.append(official.actor, TicketFiled(found.id, case))
            if found.visit_id:
                number = await queue.visit_number(found)
                with contextlib.suppress(NotPossibleNow, OfAnotherCase):
                    await cases.attach(number, case, official.actor)
        return await queue.ticket(found.id)


async def put_first(actor: str, code: str, reason: str) -> TicketRow:
    """Put a ticket first for a reason, which colleagues read; so many times a day as the office allows.

    Raises ``Invalid``, ``TooManyUrgent``, ``NoSuchTicket``, ``NotPossibleNow``.
    """
    found = await queue.by_code(code)
    async with queueing.changing(await offices.office_by_id(found.office_id), found.date) as day:
        ticket = await queue.ticket(found.id)
        calling.possible(TicketAction.URGENT, ticket)
        refusal = order.refusal_of_urgency(day.rule, reason, await queue.urgent_today(day.id))
        if refusal is order.Refusal.NO_REASON:
            raise Invalid.at("reason", _("Please say why this visitor goes first."))
        if refusal:
            raise TooManyUrgent
        await queueing.waits(day, ticket, actor, TicketAction.URGENT, urgent=reason)
        return await queue.ticket(ticket.id)
