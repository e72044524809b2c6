"""Opening, pausing and closing a counter, and what ends by itself: abandoned calls, and the queue of a day."""

from datetime import date, datetime, time, timedelta

from server.core import clock, config, database
from server.core.accounts import Official
from server.core.days import today
from tracking.visits.actions import calling, numbering, queueing
from tracking.visits.actions.calling import AtCounter
from tracking.visits.counter_errors import CounterBusy
from tracking.visits.desk_forms import Plain
from tracking.visits.events import CounterChanged, QueueClosed, TicketRenumbered
from tracking.visits.queries import offices, queue
from tracking.visits.queue_forms import OpenCounter
from tracking.visits.states import CounterState, PrintState, TicketAction, TicketState

SYSTEM = "system"
MOST = 200


async def open_counter(actor: Official, counter_id: str, command: OpenCounter) -> None:
    """Open a counter; repeating it does nothing. Whoever takes it over from somebody sits there from then on.

    Raises ``NoSuchCounter``, and ``NotYourCounter`` if somebody else sits there and it is not taken over.
    """
    await close_before_today((await calling.office_of(counter_id)).id)  # nobody sits there since yesterday
    await _switch(actor, counter_id, CounterState.OPEN, take_over=command.take_over)


async def pause(actor: Official, counter_id: str, _command: Plain) -> None:
    """Call nobody for a while.

    Raises ``CounterBusy`` while the counter has a visitor, ``NoSuchCounter`` and ``NotYourCounter``.
    """
    await _switch(actor, counter_id, CounterState.PAUSED)


async def close(actor: Official, counter_id: str, _command: Plain) -> None:
    """Close a counter; whoever waits for it only waits for all that can serve them. Raises as :func:`pause`."""
    await _switch(actor, counter_id, CounterState.CLOSED)


async def _switch(actor: Official, counter_id: str, state: CounterState, *, take_over: bool = False) -> None:
    async with calling.at_counter(actor, counter_id, take_over=take_over) as there:
        number = there.counter.id
        since, before = there.counter.since, there.counter.account_id
        taken_from = before if take_over and before not in {None, actor.id} else 0
        sits = actor.id if before is None or taken_from else before
        today_already = (
            there.counter.state == state and since is not None and since.date() == today() and not taken_from
        )
        if today_already or (there.counter.state is None and state is CounterState.CLOSED):
            return
        if state is not CounterState.OPEN and there.ticket is not None:
            raise CounterBusy
        if state is CounterState.CLOSED:
            await database.execute("DELETE FROM counter_sitting WHERE counter_id = ?", number)
            await _free_waiting(there)
        else:
            await database.insert(
                "counter_sitting", ("counter_id", "account_id", "state", "since"),
                [(number, sits, state, clock.now())],
                conflict="(counter_id) DO UPDATE SET account_id = excluded.account_id, state = excluded.state, "
                "since = excluded.since",
            )  # fmt: skip
        await there.day.chain.append(actor.actor, CounterChanged(number, state, actor.id, taken_from or 0))


async def _free_waiting(there: AtCounter) -> None:
    """Who waits for this counter only does not wait for one that is closed."""
    day, number = there.day, there.counter.id
    for ticket in await queue.waiting(day.id):
        if ticket.for_counter == number:
            await queueing.waits(day, ticket, there.actor, "counter-closed", for_counter=None)
    await database.execute(
        "UPDATE ticket SET for_counter = NULL WHERE day_id = ? AND for_counter = ?", day.id, number
    )  # parked and missed: what decides their place is recorded when they are back


async def end_abandoned() -> int:
    """Put tickets back whose counter called them and then did nothing. Returns how many. Periodic."""
    rows = await database.fetch(
        "SELECT t.id, d.office_id, d.date FROM queue_day d JOIN ticket t ON t.day_id = d.id AND t.state = ? "
        "WHERE d.closed_at IS NULL ORDER BY t.called_at, t.id LIMIT ?",
        TicketState.CALLED, MOST,
    )  # fmt: skip
    count = 0
    for row in rows:
        office = await offices.office_by_id(row["office_id"])
        before = clock.now() - timedelta(minutes=office.call_minutes)
        async with queueing.changing(office, database.day_or_none(row["date"])) as day:
            ticket = await queue.ticket(row["id"])
            if ticket.state is TicketState.CALLED and ticket.called_at and ticket.called_at < before:
                await queueing.waits(day, ticket, SYSTEM, TicketAction.ABANDON)
                count += 1
    return count


async def close_days() -> int:
    """Close the queues of the days that are over. Returns how many. Periodic."""
    rows = await database.fetch(
        "SELECT office_id, date FROM queue_day WHERE date < ? AND closed_at IS NULL ORDER BY id LIMIT ?", today(), MOST
    )
    for row in rows:
        await close_day(row["office_id"], database.day_or_none(row["date"]) or today())
    return len(rows)


async def close_before_today(office_id: int) -> None:
    """Close an office's days that are over, before numbers of today are given: tickets carried over keep theirs."""
    days = await database.column(
        "SELECT date FROM queue_day WHERE office_id = ? AND date < ? AND date >= ? AND closed_at IS NULL ORDER BY date",
        office_id, today(), today() - timedelta(days=queueing.MOST_DAYS_CLOSED),
    )  # fmt: skip
    for day in days:
        await close_day(office_id, database.day_or_none(day) or today())


async def close_day(office_id: int, over: date) -> None:
    """End the tickets of a day that is over.

    If the office has chosen so, those that still wait go on: on the next day on which it is open.
    """
    office = await offices.office_by_id(office_id)
    midnight = datetime.combine(today(), time.min, config.settings().zone)
    async with queueing.changing(office, over) as day:
        if day.closed:
            return
        await database.execute("UPDATE queue_day SET closed_at = ? WHERE id = ?", clock.now(), day.id)
        await database.execute(
            "DELETE FROM counter_sitting WHERE since < ? AND counter_id IN "
            "(SELECT id FROM counter WHERE office_id = ?)",
            midnight,
            office_id,
        )
        left = await queue.here(day.id)
        next_open = await queueing.next_open_day(office) if office.carry_over and left else None
        carried = [
            one
            for one in left
            if next_open and one.state is not TicketState.SERVING and one.print_state is not PrintState.FAILED
        ]
        for ticket in left:
            if ticket not in carried:
                state = TicketState.DONE if ticket.state is TicketState.SERVING else TicketState.LEFT
                await queueing.end(day, ticket, state, SYSTEM)
        if carried:
            async with queueing.changing(office, next_open) as next_day:
                for ticket in carried:
                    number = await numbering.kept(next_day, ticket)
                    await queueing.waits(
                        next_day,
                        ticket,
                        SYSTEM,
                        "carried",
                        day_id=next_day.id,
                        number=number,
                        told_at=None,
                        for_counter=None,
                    )
                    if number != ticket.number:
                        await next_day.chain.append(SYSTEM, TicketRenumbered(ticket.id, ticket.number, number))
        await database.execute("UPDATE ticket SET contact = '' WHERE day_id = ? AND contact <> ''", day.id)
        await day.chain.append(SYSTEM, QueueClosed(len(left), bool(carried)))
