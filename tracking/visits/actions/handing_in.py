"""Tickets that a kiosk gave while it had no network, handed in later: what a visitor has in hand is never lost.

Repeating it changes nothing: the press at the kiosk says that it is the same ticket.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.core import clock, config, database, ledger
from server.core.days import day_of
from server.core.errors import Invalid, _
from tracking.visits.actions import arriving, numbering, queueing
from tracking.visits.actions.arriving import Arrival, Press
from tracking.visits.actions.devices import DeviceRow
from tracking.visits.actions.queueing import Queue
from tracking.visits.errors import NoSuchVisit, NotItsNumber, NumberTaken
from tracking.visits.events import PrintReported, TicketRenumbered, VisitorArrived
from tracking.visits.queries import numbers, queue, visits
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queue_forms import TakeTicket
from tracking.visits.states import HERE, PrintState, TicketState, VisitState

SKEW = timedelta(minutes=15)
"""By how much a kiosk's clock may be slow. One that is further off tells nothing: the ticket counts from now."""
HOW = "handed-in"
MOST_SERVICES = 10
"""Of one ticket, whatever its office has allowed since it was given."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation whose QR code was shown without network."""

    visit_id: int
    number: str
    services: Sequence[int]
    booked_for: datetime | None
    """None if its visitor came too late."""


def arrived_at(taken_at: datetime, reserved_at: datetime, over: datetime, now: datetime) -> datetime:
    """When the visitor of a ticket came, by a kiosk's clock that can be wrong.

    Neither in the future nor after its day (``over``), nor before its number was reserved.
    """
    latest = min(now, over)
    if reserved_at <= taken_at <= latest:
        return taken_at
    slow = reserved_at - SKEW <= taken_at < reserved_at
    return min(reserved_at, latest) if slow else latest


async def hand_in(office: OfficeRow, kiosk: DeviceRow, command: TakeTicket) -> tuple[TicketRow, str]:
    """Record a ticket that a kiosk gave from its block. Returns it with its :class:`Arrival`, empty for a walk-in.

    After the end of its day it is recorded as left. Limits and opening hours are not asked: it was given. Raises
    ``Invalid`` for unknown services, ``NotItsNumber``, ``NumberTaken``.
    """
    assert command.taken_at  # noqa: S101 — the form requires it
    known = await _services(command.chosen)
    block_day, reserved_at = await _block(kiosk, command, command.taken_at)
    async with queueing.changing(office, block_day) as day:
        number = command.number.upper()
        there = await queue.of_press(kiosk.id, command.press_id)
        if there and (there.number == number or there.day_id != day.id or await _of_block(kiosk, there)):
            return there, ""
        if await database.value("SELECT id FROM ticket WHERE day_id = ? AND number = ?", day.id, number):
            raise NumberTaken
        if there and there.state in HERE:
            return await _renumber(day, there, number, kiosk), ""
        if there:  # it ended before its visitor had the paper that they hold now
            await database.execute("UPDATE ticket SET press_id = NULL WHERE id = ?", there.id)
        came = arrived_at(command.taken_at, reserved_at, _end_of(block_day), clock.now())
        found = None if day.closed else await _reservation(day, command.qr, came)
        press = Press(kiosk.id, command.press_id, command.language, HOW, kiosk.printer)
        if found is None and not known:
            raise Invalid.at("service", _("Please choose a service of this office."))
        ticket = await arriving.issue(
            day, found.services if found else known, press, number,
            visit_id=found.visit_id if found else None, booked_for=found.booked_for if found else None,
            arrived_at=came, print_state=PrintState(command.print_state) if command.print_state else None,
        )  # fmt: skip
        if ticket.print_state is PrintState.FAILED:
            await day.chain.append(press.actor, PrintReported(ticket.id, PrintState.FAILED, PrintState.FAILED))
        if found is None:
            await numbering.count(day, _split(number)[0], walk_ins=1)
        if day.closed:
            await queueing.end(day, ticket, TicketState.LEFT, f"device:{kiosk.id}")
            ticket = await queue.ticket(ticket.id)
        if found:
            chain = await ledger.lock(f"visit/{found.number}")
            await chain.append("system", VisitorArrived(ticket.id))
    return ticket, _arrival(ticket, found)


def _arrival(ticket: TicketRow, found: Reservation | None) -> str:
    if found is None:
        return ""
    if ticket.booked_for is None:
        return Arrival.LATE
    return Arrival.EARLY if ticket.arrived_at < ticket.booked_for else Arrival.ON_TIME


async def _services(codes: Sequence[str]) -> list[int]:
    """Any services that there are: the kiosk may not have heard that the office stopped doing one of them."""
    rows = await database.fetch("SELECT id, code FROM counter_service WHERE code IN (?)", (*codes, ""))
    by_code = {row["code"]: row["id"] for row in rows}
    if len(codes) > MOST_SERVICES or not by_code.keys() >= {*codes}:
        raise Invalid.at("service", _("Please choose a service of this office."))
    return [by_code[one] for one in dict.fromkeys(codes)]


def _split(number: str) -> tuple[str, int]:
    """Prefix and value of a number as it is printed: without leading zeros, which would make it another ticket."""
    found = re.fullmatch(r"([A-Z]{0,3})(0|[1-9][0-9]{0,5})", number)
    if not found:
        raise NotItsNumber
    return found[1], int(found[2])


async def _block(kiosk: DeviceRow, command: TakeTicket, taken_at: datetime) -> tuple[date, datetime]:
    """The day on which the number was reserved for the kiosk: the one that it names, else the nearest to its clock."""
    days = dict(await numbers.kept(kiosk.id, *_split(command.number.upper())))
    if command.date:
        days = {day: at for day, at in days.items() if day == command.date}
    if not days:
        raise NotItsNumber
    wanted = day_of(taken_at)
    nearest = min(days, key=lambda day: abs(day - wanted))
    return nearest, days[nearest]


async def _of_block(kiosk: DeviceRow, ticket: TicketRow) -> bool:
    """Whether the kiosk itself gave a ticket its number: there is a paper with it."""
    return ticket.date in dict(await numbers.kept(kiosk.id, *_split(ticket.number)))


def _end_of(day: date) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time.min, config.settings().zone)
    return midnight - timedelta(seconds=1)


async def _reservation(day: Queue, qr: str, came: datetime) -> Reservation | None:
    """The reservation of a QR code if its visitor can be checked in with it; locks it."""
    try:
        number, revision = visits.read_qr(qr)
        state = await database.value("UPDATE visit SET state = state WHERE number = ? RETURNING state", number)
        visit = await visits.by_number(number)
    except NoSuchVisit:
        return None
    right = (visit.revision, visit.office_id, visit.date) == (revision, day.office.id, day.date)
    there = await queue.of_visit(visit.id)
    if not right or state != VisitState.BOOKED or (there and there.state in HERE):
        return None
    late = arriving.arrival_of(day.office, visit.starts_at, came) is Arrival.LATE
    return Reservation(visit.id, visit.number, arriving.services_of(visit), None if late else visit.starts_at)


async def _renumber(day: Queue, ticket: TicketRow, number: str, kiosk: DeviceRow) -> TicketRow:
    """The press reached the server, whose answer did not reach the kiosk: the number on the paper is the one."""
    await database.execute("UPDATE ticket SET number = ? WHERE id = ?", number, ticket.id)
    await day.chain.append(f"device:{kiosk.id}", TicketRenumbered(ticket.id, ticket.number, number))
    return await queue.ticket(ticket.id)
