"""Visitors who arrive: checking in with a reservation, or taking a ticket without one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from server.core import clock, config, database, i18n, ledger, references
from server.core.days import today
from server.core.errors import Conflict, Invalid, NotPossibleNow, _
from tracking.visits import arrivals
from tracking.visits.actions import counters, numbering, queueing
from tracking.visits.actions.queueing import Queue
from tracking.visits.errors import (
    NotAWalkIn,
    OfficeClosed,
    OldQR,
    VisitCancelled,
    VisitMissed,
    VisitServed,
    WrongDay,
    WrongOffice,
)
from tracking.visits.events import VisitorArrived
from tracking.visits.queries import offices, queue, visits
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.planning import ACCOMPANIMENT
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queries.visits import VisitView
from tracking.visits.states import HERE, Printer, PrintState, TicketState, VisitAction, VisitState


class Arrival(StrEnum):
    """When somebody with a reservation came."""

    EARLY = "early"
    """Before the booked time: they wait from then on."""
    ON_TIME = "on_time"
    LATE = "late"
    """After the office's grace: they wait as walk-ins."""


@dataclass(frozen=True, slots=True)
class Press:
    """One press at a kiosk or a counter: repeating it gives the same ticket."""

    device_id: int | None = None
    id: str | None = None
    language: str = "ko"
    how: str = "kiosk"
    printer: Printer = Printer.NONE
    by: str = ""
    """The official at the reception who gives the ticket."""

    @property
    def print_state(self) -> PrintState:
        """Whether the kiosk is going to print the ticket."""
        return PrintState.NOT_NEEDED if self.printer is Printer.NONE else PrintState.PENDING

    @property
    def actor(self) -> str:
        """Who gives it."""
        return self.by or f"device:{self.device_id or 0}"


async def check_in_by_qr(office: OfficeRow, text: str, press: Press) -> tuple[TicketRow, Arrival]:
    """Check in with the QR code of a visit. Raises ``OldQR`` if the time was changed since, and as :func:`check_in`."""
    number, revision = visits.read_qr(text)
    found = await visits.by_number(number)
    if found.revision != revision:
        raise OldQR
    return await check_in(office, found, press)


async def check_in(office: OfficeRow, visit: VisitView, press: Press) -> tuple[TicketRow, Arrival]:
    """Give the visitor of a reservation their ticket; once they have one, the same again.

    Raises ``VisitCancelled``, ``VisitServed``, ``VisitMissed``, ``NotPossibleNow``, ``WrongOffice``, ``WrongDay``,
    ``OfficeClosed``.
    """
    now = clock.now()
    await counters.close_before_today(office.id)
    async with queueing.changing(office) as day:
        (row,) = await database.fetch(
            "UPDATE visit SET state = state WHERE id = ? RETURNING state, date, starts_at, office_id", visit.id
        )
        if (there := await queue.of_visit(visit.id)) and there.state in HERE:
            return there, arrival_of(office, visit.starts_at, there.arrived_at)
        if row["state"] != VisitState.BOOKED:
            raise _over(VisitState(row["state"]))
        if row["office_id"] != office.id:
            raise _elsewhere(office, visit, press.language)
        if database.day_or_none(row["date"]) != today():
            raise WrongDay(visit.starts_at, over=visit.date < today())
        await _must_give(day)
        services = services_of(visit)
        arrival = arrival_of(office, visit.starts_at, now)
        booked_for = None if arrival is Arrival.LATE else visit.starts_at
        press = replace(press, id=None)  # the visit itself says that it is the same
        number = await numbering.next_number(day, await _class_of(services), walk_in=False)
        ticket = await issue(day, services, press, number, visit_id=visit.id, booked_for=booked_for)
        chain = await ledger.lock(f"visit/{visit.number}")
        await chain.append(press.by or "system", VisitorArrived(ticket.id))
    return ticket, arrival


def _over(state: VisitState) -> Conflict:
    """Why nobody checks in with a reservation in this state."""
    over = {VisitState.CANCELLED: VisitCancelled, VisitState.SERVED: VisitServed, VisitState.MISSED: VisitMissed}
    return over[state]() if state in over else NotPossibleNow(VisitAction.SERVE, state)


def services_of(visit: VisitView) -> list[int]:
    """What a visit's ticket is for: the company of a guide is no matter to be settled."""
    return [one.service_id for one in visit.matters if one.code != ACCOMPANIMENT]


def _elsewhere(here: OfficeRow, visit: VisitView, language: str) -> WrongOffice:
    there, phone = visit.office, visit.office.phone or config.settings().call_centre
    then = arrivals.elsewhere(visit.starts_at, clock.now(), there.grace_minutes, phone)
    name, address = i18n.name_in(there, language), i18n.text_in(there, "address", language)
    return WrongOffice(name, address, then, arrivals.kilometres(here, there))


def arrival_of(office: OfficeRow, booked_for: datetime, arrived: datetime) -> Arrival:
    """Whether somebody came early, on time or late for a booked time."""
    if arrived > booked_for + timedelta(minutes=office.grace_minutes):
        return Arrival.LATE
    return Arrival.EARLY if arrived < booked_for else Arrival.ON_TIME


async def walk_in(office: OfficeRow, services: Sequence[str], press: Press) -> TicketRow:
    """Give somebody without a reservation a ticket for one service or several.

    Raises ``Invalid`` for services that this office does not do, ``NotAWalkIn``, ``NoTicketsLeft``, ``OfficeClosed``.
    """
    known = {one.code: one for one in (await offices.place(office.code)).services.values()}
    wanted = [known[one] for one in dict.fromkeys(services) if one in known]
    if not wanted or len(wanted) != len({*services}):
        raise Invalid.at("service", _("Please choose a service of this office."))
    if not all(one.walk_in for one in wanted):
        raise NotAWalkIn
    await counters.close_before_today(office.id)
    async with queueing.changing(office) as day:
        if press.id and (there := await queue.of_press(press.device_id, press.id)):
            return there
        if len(wanted) > office.most_matters:
            raise Invalid.at("service", _("One visit can combine %(most)s services.", most=office.most_matters))
        await _must_give(day)
        number = await numbering.next_number(day, wanted[0].class_code, walk_in=True)
        return await issue(day, [one.id for one in wanted], press, number)


async def _must_give(day: Queue) -> None:
    """Raise ``OfficeClosed`` unless tickets are given: not to a day that was closed while somebody waited for it."""
    if day.closed:
        raise OfficeClosed
    await queueing.must_be_open(day.office)


async def _class_of(services: Sequence[int]) -> str:
    return str(await database.value("SELECT class_code FROM counter_service WHERE id = ?", services[0]))


async def issue(
    day: Queue,
    services: Sequence[int],
    press: Press,
    number: str,
    *,
    visit_id: int | None = None,
    booked_for: datetime | None = None,
    arrived_at: datetime | None = None,
    print_state: PrintState | None = None,
) -> TicketRow:
    """Write a ticket that waits, with the event that says so. It arrived now, unless a moment is given."""
    values = {
        "day_id": day.id, "number": number, "code": references.new_reference(), "visit_id": visit_id,
        "state": TicketState.WAITING, "language": press.language, "arrived_at": arrived_at or clock.now(),
        "booked_for": booked_for, "urgent": "", "calls": 0, "contact": "", "note": "", "case_reference": "",
        "print_state": print_state or press.print_state,
        "device_id": press.device_id, "press_id": press.id,
    }  # fmt: skip
    (row,) = await database.insert("ticket", tuple(values), [tuple(values.values())], returning="id")
    await database.insert(
        "ticket_matter", ("ticket_id", "service_id", "position"),
        [(row["id"], service, place) for place, service in enumerate(services)],
    )  # fmt: skip
    await queueing.waits(day, await queue.ticket(row["id"]), press.actor, press.how)
    return await queue.ticket(row["id"])
