"""What a counter does with the queue: it calls, serves, parks, forwards, and finishes.

Each action locks the queue of the day, so that a ticket is called once and a counter has one visitor, whoever presses
at the same time; a unique column of the ticket says so again.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.core import clock, config, database
from server.core.accounts import Official
from server.core.errors import Invalid, _
from tracking.visits.actions import crowding, marking, queueing
from tracking.visits.actions.queueing import Queue
from tracking.visits.counter_errors import (
    CalledJustNow,
    CalledOftenEnough,
    CannotServe,
    CounterBusy,
    CounterEmpty,
    CounterNotOpen,
    NotYourCounter,
    TicketNotPossible,
)
from tracking.visits.desk_forms import Plain
from tracking.visits.errors import NoSuchTicket, OfficeClosed
from tracking.visits.events import TicketCalled, TicketFinished, TicketNoted, TicketStarted
from tracking.visits.queries import offices, queue, turns
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.queue import CounterRow, TicketRow
from tracking.visits.queue_forms import CallChosen, CallNext, Finish, Transfer, WriteNote
from tracking.visits.states import TICKET, CounterState, TicketAction, TicketState
from tracking.visits.waits import order

NEW: Mapping[str, object] = {"calls": 0, "returned_at": None}
"""What begins anew with the next matter of a visitor."""
CHOSEN, AGAIN = "chosen", "again"
"""Why a ticket was called that the rule did not choose: the clerk did, or it was called before."""


@dataclass
class AtCounter:
    """A counter inside the transaction of one of its actions, with the locked queue of its office."""

    counter: CounterRow
    day: Queue
    actor: str
    services: Sequence[int]
    """What it is able to do."""
    ticket: TicketRow | None
    """Which it calls or serves."""

    def current(self, action: TicketAction) -> TicketRow:
        """Its ticket, on which an action is possible. Raises ``CounterEmpty``, ``NotPossibleNow``."""
        if self.ticket is None:
            raise CounterEmpty
        possible(action, self.ticket)
        return self.ticket


def possible(action: TicketAction, ticket: TicketRow, *, to_visitor: bool = False) -> TicketState:
    """The state to which an action leads. Raises ``NotPossibleNow``, in words for officials or for the visitor."""
    state = TICKET[ticket.state].get(action)
    if state is None:
        raise TicketNotPossible(action, ticket.state, to_visitor=to_visitor)
    return state


@contextlib.asynccontextmanager
async def at_counter(official: Official, counter_key: str, *, take_over: bool = False) -> AsyncIterator[AtCounter]:
    """The frame of a counter's actions, in the queue of its visitor's day: that may be yesterday's after midnight.

    Raises ``NoSuchCounter``, ``NotYourCounter`` unless they take it over, and ``CounterBusy`` if another day's visitor
    came meanwhile.
    """
    office, before = await office_of(counter_key), await queue.at_counter(int(counter_key))
    async with queueing.changing(office, before.date if before else None) as day:
        there = await sitting(official, counter_key, day, take_over=take_over)
        if there.ticket and there.ticket.day_id != day.id:
            raise CounterBusy
        yield there


async def office_of(counter_key: str) -> OfficeRow:
    """The office of a counter. Raises ``NoSuchCounter``."""
    return await offices.office_by_id((await queue.counter(int(counter_key))).office_id)


async def sitting(official: Official, counter_key: str, day: Queue, *, take_over: bool = False) -> AtCounter:
    """A counter, inside the locked queue of its office. Raises as :func:`at_counter`."""
    number = int(counter_key)
    counter, ticket = await queue.counter(number), await queue.at_counter(number)
    if not (take_over or counter.operable_by(official)):
        raise NotYourCounter(counter.person)
    return AtCounter(counter, day, official.actor, await queue.abilities(number), ticket)


# --- Calling ---------------------------------------------------------------------------------------------------------


async def call_next(actor: Official, counter_id: str, command: CallNext) -> TicketRow | None:
    """Call whoever is next for a counter; None if nobody waits whom it can serve. The same press calls once.

    Raises ``NoSuchCounter``, ``CounterNotOpen``, ``CounterBusy``, ``OfficeClosed``.
    """
    async with at_counter(actor, counter_id) as there:
        press_id = command.press_id or None
        if press_id and (called := await of_press(there.counter.id, press_id)):
            return await queue.ticket(called)
        _must_be_free(there)
        now = clock.now()
        waiting = {queue.rank(one.id): one for one in await queue.waiting(there.day.id)}
        found = order.choose(
            (one.in_order for one in waiting.values()), there.day.rule, now.timestamp(),
            await turns.overtakings(there.day.id),
            counter=str(there.counter.id), services=[str(one) for one in there.services],
        )  # fmt: skip
        if found is None:
            return None
        return await _call(there, waiting[found.ticket.number], found.because, now, press_id)


async def of_press(counter_id: int, press_id: str) -> int | None:
    """The ticket that a press at a counter called, by id."""
    found: int | None = await database.value(
        "SELECT ticket_id FROM ticket_call WHERE counter_id = ? AND press_id = ?", counter_id, press_id
    )
    return found


def _must_be_free(there: AtCounter) -> None:
    if not there.day.office.active or there.day.closed:
        raise OfficeClosed
    if there.counter.state != CounterState.OPEN:
        raise CounterNotOpen
    if there.ticket is not None:
        raise CounterBusy


async def call(actor: Official, counter_id: str, command: CallChosen) -> TicketRow:
    """Call a chosen ticket, waiting or parked.

    Raises ``Invalid`` for a number that nobody has, ``CalledJustNow``, ``CannotServe``, and as :func:`call_next`.
    """
    async with at_counter(actor, counter_id) as there:
        _must_be_free(there)
        try:
            ticket = await queue.by_number(there.day.id, command.ticket.upper())
        except NoSuchTicket:
            raise Invalid.at("ticket", _("There is no ticket with this number today.")) from None
        possible(TicketAction.CALL, ticket)
        if ticket.not_before and ticket.not_before > clock.now():
            raise CalledJustNow(ticket.not_before.astimezone(config.settings().zone))
        if ticket.service_id not in there.services:
            raise CannotServe
        return await _call(there, ticket, CHOSEN, clock.now())


async def recall(actor: Official, counter_id: str, _command: Plain) -> TicketRow:
    """Call the same ticket again, some minutes after the last time and as often as the office calls.

    Raises ``CalledJustNow``, ``CalledOftenEnough``, ``CounterEmpty``, ``NotPossibleNow``.
    """
    async with at_counter(actor, counter_id) as there:
        ticket, office = there.current(TicketAction.RECALL), there.day.office
        again = (ticket.called_at or clock.now()) + timedelta(minutes=office.recall_minutes)
        if ticket.calls >= office.most_calls:
            raise CalledOftenEnough
        if again > clock.now():
            raise CalledJustNow(again.astimezone(config.settings().zone))
        return await _call(there, ticket, AGAIN, clock.now())


async def _call(
    there: AtCounter, ticket: TicketRow, because: str, now: datetime, press_id: str | None = None
) -> TicketRow:
    rule, since, counters = there.day.rule, None, None
    overtakes = because in {*order.Because} and order.overtakes_from(ticket.in_order, rule, now.timestamp())
    if overtakes:
        since = datetime.fromtimestamp(overtakes, UTC)
        counters = await turns.counters_open(there.day.office.id, there.services)
    await database.execute(
        "UPDATE ticket SET state = ?, counter = ?, last_counter = ?, calls = calls + 1, called_at = ?, "
        "first_called_at = COALESCE(first_called_at, ?) WHERE id = ?",
        TicketState.CALLED, there.counter.id, there.counter.id, now, now, ticket.id,
    )  # fmt: skip
    await database.insert(
        "ticket_call", ("day_id", "ticket_id", "counter_id", "at", "because", "press_id", "since", "counters"),
        [(there.day.id, ticket.id, there.counter.id, now, because, press_id, since, counters)],
    )  # fmt: skip
    event = TicketCalled(
        now.isoformat(),
        ticket.id,
        there.counter.id,
        because,
        tuple(there.services),
        round(rule.worst_delay),
        round(rule.grace),
    )
    await there.day.chain.append(there.actor, event)
    return await queue.ticket(ticket.id)


# --- At the counter --------------------------------------------------------------------------------------------------


async def start(actor: Official, counter_id: str, _command: Plain) -> TicketRow:
    """The visitor is at the counter."""
    async with at_counter(actor, counter_id) as there:
        ticket, now = there.current(TicketAction.START), clock.now()
        await database.execute(
            "UPDATE ticket SET state = ?, started_at = ? WHERE id = ?",
            TicketState.SERVING, now, ticket.id,
        )  # fmt: skip
        await database.execute(
            "UPDATE ticket_matter SET started_at = ? WHERE ticket_id = ? AND service_id = ? AND started_at IS NULL",
            now, ticket.id, ticket.service_id,
        )  # fmt: skip
        await there.day.chain.append(there.actor, TicketStarted(ticket.id, there.counter.id))
        return await queue.ticket(ticket.id)


async def finish(actor: Official, counter_id: str, command: Finish) -> TicketRow:
    """Some matters of the visitor are settled: those named, or all that the counter is able to do.

    With others left the ticket waits for them; otherwise it is done, and so is its reservation. The case that the
    visitor came for, or filed here, hears of it. Raises ``Invalid`` for a service for which the visitor did not come,
    and for a case that is settled where there is none.
    """
    async with at_counter(actor, counter_id) as there:
        ticket, now = there.current(TicketAction.FINISH), clock.now()
        open_ones = await database.fetch(
            "SELECT m.service_id, s.code FROM ticket_matter m JOIN counter_service s ON s.id = m.service_id "
            "WHERE m.ticket_id = ? AND m.ended_at IS NULL ORDER BY m.position",
            ticket.id,
        )
        if not {*command.services} <= {row["code"] for row in open_ones}:
            raise Invalid.at("services", _("The visitor did not come for this service."))
        settled = [
            row["service_id"]
            for row in open_ones
            if (
                row["code"] in command.services
                if command.services
                else row["service_id"] in {*there.services, ticket.service_id}
            )
        ]
        await database.execute(
            "UPDATE ticket_matter SET ended_at = ?, started_at = COALESCE(started_at, ?) "
            "WHERE ticket_id = ? AND service_id IN (?)",
            now, ticket.started_at, ticket.id, tuple(settled),
        )  # fmt: skip
        case = await queue.case_of(ticket)
        if command.settles_case and not case:
            raise Invalid.at("settles_case", _("This visitor did not come about a case."))
        event = TicketFinished(
            ticket.id, there.counter.id, tuple(settled), case, tuple(settled) if command.settles_case else ()
        )
        await there.day.chain.append(there.actor, event)
        for service in sorted(settled):
            await crowding.count_visitor(there.day.office.id, service, now)
        if len(settled) < len(open_ones):
            await queueing.waits(there.day, ticket, there.actor, TicketAction.FINISH, for_counter=None, **NEW)
        else:
            await queueing.end(there.day, ticket, TicketState.DONE, there.actor, there.counter.id)
            if ticket.visit_id:
                await marking.note_served(ticket.visit_id, actor)
        return await queue.ticket(ticket.id)


async def park(actor: Official, counter_id: str, _command: Plain) -> TicketRow:
    """The visitor fetches something, and comes back near the front."""
    async with at_counter(actor, counter_id) as there:
        ticket = there.current(TicketAction.PARK)
        await queueing.end(there.day, ticket, TicketState.PARKED, there.actor, there.counter.id)
        return await queue.ticket(ticket.id)


async def not_here(actor: Official, counter_id: str, _command: Plain) -> TicketRow:
    """Nobody came to the counter: the ticket is called again later, or is missed once it was called often enough."""
    async with at_counter(actor, counter_id) as there:
        ticket, office = there.current(TicketAction.NOT_HERE), there.day.office
        if ticket.calls < office.most_calls:
            later = clock.now() + timedelta(minutes=office.recall_minutes)
            await queueing.waits(there.day, ticket, there.actor, TicketAction.NOT_HERE, not_before=later)
        else:
            await queueing.end(there.day, ticket, TicketState.MISSED, there.actor, there.counter.id)
            if ticket.visit_id and ticket.forwarded_from:
                await marking.note_served(ticket.visit_id, actor)  # they did come, to the office before
            elif ticket.visit_id:
                await marking.note_missed(ticket.visit_id, there.actor, await _calls(ticket.id))
        return await queue.ticket(ticket.id)


async def write_note(actor: Official, counter_id: str, command: WriteNote) -> TicketRow:
    """Tell whoever serves the visitor next something; an empty note erases it. Raises as :func:`start`."""
    async with at_counter(actor, counter_id) as there:
        ticket = there.current(TicketAction.NOTE)
        await database.execute("UPDATE ticket SET note = ? WHERE id = ?", command.note, ticket.id)
        await there.day.chain.append(there.actor, TicketNoted(ticket.id, there.counter.id, not command.note))
        return await queue.ticket(ticket.id)


async def transfer(actor: Official, counter_id: str, command: Transfer) -> TicketRow:
    """Forward the visitor to another counter; they keep their arrival.

    Raises ``Invalid`` for a counter that cannot do what they came for, is closed or is this one, and as :func:`start`.
    """
    async with at_counter(actor, counter_id) as there:
        ticket = there.current(TicketAction.TRANSFER)
        target = next((one for one in await queue.counters(there.day.office.id) if one.number == command.counter), None)
        if target is None:
            raise Invalid.at("counter", _("This office has no counter %(number)s.", number=command.counter))
        if ticket.service_id not in await queue.abilities(target.id):
            raise Invalid.at("counter", _("This counter cannot do the service for which this visitor came."))
        if target.id == there.counter.id:
            raise Invalid.at("counter", _("The visitor is at this counter already."))
        if target.state is None:
            raise Invalid.at("counter", _("This counter is closed. Please choose one that is open."))
        await queueing.waits(there.day, ticket, there.actor, TicketAction.TRANSFER, for_counter=target.id, calls=0)
        return await queue.ticket(ticket.id)


async def _calls(ticket: int) -> list[datetime]:
    rows = await database.column("SELECT at FROM ticket_call WHERE ticket_id = ? ORDER BY id", ticket)
    zone = config.settings().zone
    return [database.moment(one).astimezone(zone) for one in rows]
