"""The frame of whatever changes an office's queue of a day.

Lock order: the row of the day, then the visit's row, then the day's chain in the ledger, then the visit's.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime

from server.core import city, clock, database, ledger
from server.core.database import moment_or_none
from server.core.days import today
from server.core.ledger import Chain
from tracking.visits import rules
from tracking.visits.errors import OfficeClosed
from tracking.visits.events import TicketEnded, TicketOvertook, TicketWaits
from tracking.visits.queries import offices, queue
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.queue import TicketRow
from tracking.visits.states import TICKET, TicketAction, TicketState
from tracking.visits.waits.order import Rule

MOST_DAYS_CLOSED = 14
"""Tickets of an office that is closed for longer are not carried over."""


@dataclass
class Queue:
    """The locked queue of an office on a day."""

    id: int
    office: OfficeRow
    date: date
    chain: Chain
    closed: bool = False

    @property
    def rule(self) -> Rule:
        """How the office orders its queue."""
        return queue.rule(self.office)


@contextlib.asynccontextmanager
async def changing(office: OfficeRow, day: date | None = None, *, shown: bool = True) -> AsyncIterator[Queue]:
    """Lock the queue of an office, today's unless a day is given, for one change.

    ``shown``: whether pages and displays show the change, which they then read.
    """
    day = day or today()
    async with database.transaction():
        await _begin(office.id, day)
        (row,) = await database.fetch(
            "UPDATE queue_day SET version = version + ? WHERE office_id = ? AND date = ? RETURNING id, closed_at",
            int(shown), office.id, day,
        )  # fmt: skip
        chain = await ledger.open_or_begin(queue.subject(office.code, day))
        yield Queue(row["id"], office, day, chain, row["closed_at"] is not None)


@contextlib.asynccontextmanager
async def changing_both(here: OfficeRow, there: OfficeRow) -> AsyncIterator[tuple[Queue, Queue]]:
    """Lock the queues of today of two offices, always in the order of their ids: neither waits for the other."""
    async with database.transaction():
        for office in sorted((here.id, there.id)):
            await _begin(office, today())
        ids = {one.id: (await queue.day(one.id, today()))[0] for one in (here, there)}
        first, second = sorted((here, there), key=lambda one: ids[one.id])
        async with changing(first) as one, changing(second) as other:
            yield (one, other) if first is here else (other, one)


async def _begin(office_id: int, day: date) -> None:
    await database.insert(
        "queue_day", ("office_id", "date", "version"), [(office_id, day, 0)],
        conflict="(office_id, date) DO NOTHING",
    )  # fmt: skip


async def next_open_day(office: OfficeRow) -> date | None:
    """The next day on which an office is open, today if it has not closed yet; None if it is closed for weeks."""
    if not office.active:
        return None
    days = offices.span_of_days(today(), offices.later(today(), MOST_DAYS_CLOSED))
    weekly = await offices.weekly_hours(office.id)
    found = await offices.hours(office.id, weekly, days, await city.kept_calendar())
    return next((day for day, hours in found.items() if hours.spans and not offices.closed_now(hours)), None)


async def must_be_open(office: OfficeRow) -> None:
    """Raise ``OfficeClosed`` unless an office is open today and has not closed yet; visitors come before it opens."""
    day, now = today(), rules.minute(clock.now())
    weekly = await offices.weekly_hours(office.id)
    hours = (await offices.hours(office.id, weekly, [day], await city.kept_calendar()))[day]
    if not office.active or not hours.spans or now >= hours.spans[-1][1]:
        raise OfficeClosed


# --- The record ------------------------------------------------------------------------------------------------------


async def waits(day: Queue, ticket: TicketRow, actor: str, how: str, **changed: object) -> None:
    """Change a ticket, put it into the queue, and record what decides its place."""
    await _over(day, ticket, actor)
    values = {"state": TicketState.WAITING, "counter": None, **changed}
    assignments = ", ".join(f"{name} = ?" for name in values)
    await database.execute(f"UPDATE ticket SET {assignments} WHERE id = ?", *values.values(), ticket.id)
    now = await queue.ticket(ticket.id)
    event = TicketWaits(
        ticket.id, how, now.number, now.service_id, _iso(now.arrived_at), _iso(now.booked_for), bool(now.urgent),
        now.returned_at is not None, _iso(now.not_before), now.for_counter or 0, now.forwarded_from is not None,
        visit=now.visit_id or 0, called_at=_iso(now.first_called_at),
    )  # fmt: skip
    await day.chain.append(actor, event)


async def end(day: Queue, ticket: TicketRow, state: TicketState, actor: str, counter: int = 0) -> None:
    """Take a ticket out of the queue: parked, or for good.

    The contact left for a notice is erased with it, unless its visitor can still come back.
    """
    await _over(day, ticket, actor)
    ended = None if state is TicketState.PARKED else clock.now()
    await database.execute(
        "UPDATE ticket SET state = ?, counter = NULL, ended_at = ?, contact = CASE WHEN ? THEN contact ELSE '' END "
        "WHERE id = ?",
        state, ended, TicketAction.RETURN in TICKET[state], ticket.id,
    )  # fmt: skip
    await day.chain.append(actor, TicketEnded(ticket.id, state, counter))


async def _over(day: Queue, ticket: TicketRow, actor: str) -> None:
    """Record for how long a call that may have gone before walk-ins took its counter."""
    if ticket.counter is None:
        return
    rows = await database.fetch(
        "SELECT id, counter_id, at, since, counters FROM ticket_call "
        "WHERE ticket_id = ? AND day_id = ? AND since IS NOT NULL AND seconds IS NULL",
        ticket.id, day.id,
    )  # fmt: skip
    for row in rows:
        seconds = round((clock.now() - database.moment(row["at"])).total_seconds())
        await database.execute("UPDATE ticket_call SET seconds = ? WHERE id = ?", seconds, row["id"])
        since, counters = database.moment(row["since"]).isoformat(), database.document(row["counters"])
        await day.chain.append(actor, TicketOvertook(ticket.id, row["counter_id"], since, seconds, counters))


def _iso(moment: datetime | None) -> str:
    found = moment_or_none(moment)
    return found.isoformat() if found else ""
