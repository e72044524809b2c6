"""A counter as its clerk sees it: the visitor there, who waits, and what can be done now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core import clock, config, database, i18n, roles
from server.core.accounts import Official
from server.core.days import today
from server.core.roles import Card
from server.core.rows import Local, columns, select, select_one
from tracking.visits.queries import emergencies, forwarded, offices, papers, queue, turns
from tracking.visits.queries.emergencies import EmergencyRow
from tracking.visits.queries.forwarded import GoesOn
from tracking.visits.queries.offices import OfficeRow, Place
from tracking.visits.queries.papers import Papers
from tracking.visits.queries.queue import CounterRow, TicketRow
from tracking.visits.states import CounterState, TicketState, VisitMode
from tracking.visits.waits import order


@dataclass(frozen=True, slots=True)
class Waits:
    """A ticket as a clerk's list shows it."""

    ticket: TicketRow
    service: str
    because: str
    minutes: int
    """Since its visitor counts as waiting."""
    ours: bool
    """Whether this counter can serve it."""
    again_at: datetime | None
    """Until when it is not called: it was called in vain a moment ago. None if it may be called now."""


@dataclass(frozen=True, slots=True)
class VisitorRow:
    """Who a reservation's ticket is for."""

    number: str
    name: str
    language: str
    case_reference: str
    note: str
    starts_at: Local
    guide_id: int | None
    mode: VisitMode
    phone: str


@dataclass(frozen=True)
class CounterView:
    """A counter with its visitor and the queue."""

    counter: CounterRow
    place: Place
    ticket: TicketRow | None
    visitor: VisitorRow | None
    matters: Sequence[tuple[str, str]]
    """Code and name of the services that are still to be settled."""
    elsewhere: Sequence[tuple[str, str]]
    """The other counters, not closed, that can go on with the visitor."""
    other_offices: Sequence[tuple[str, str]]
    """Code and name of the other offices that can."""
    papers: Papers
    """What the visitor was to bring."""
    guide: Card | None
    """The case guide who accompanies the visitor."""
    came_from: GoesOn | None
    """The ticket at another office that goes on here."""
    waiting: Sequence[Waits]
    """In the order in which this counter would call them; then those whom only others can serve."""
    away: Sequence[Waits]
    """Parked, and missed."""
    version: int
    because: str
    numbers: Mapping[int, str]
    """The numbers of the office's counters, by id."""
    emergencies: Sequence[EmergencyRow]
    """The calls for help at the office that are not over."""
    operable: bool
    """Whether the reader acts here."""

    @property
    def case(self) -> str:
        """The case of the visitor here; empty if there is none."""
        of_visit = self.visitor.case_reference if self.visitor else ""
        return (self.ticket.case_reference if self.ticket else "") or of_visit

    @property
    def office(self) -> OfficeRow:
        return self.place.office

    @property
    def state(self) -> CounterState:
        return CounterState(self.counter.state) if self.counter.state else CounterState.CLOSED


async def view(counter_id: int, language: str, reader: Official) -> CounterView:
    """A counter as an official sees it. Raises ``NoSuchCounter``."""
    counter = await queue.counter(counter_id)
    others = await queue.counters(counter.office_id)
    place = await offices.place(counter.office_code)
    day_id, version = await queue.day(counter.office_id, today())
    names = {one.id: i18n.name_in(one, language) for one in place.services.values()}
    listed = await queue.listed(day_id, counter_id)
    ticket = next((one for one in listed if one.counter == counter_id), None)
    tickets = [one for one in listed if one is not ticket]
    now, rule = clock.now(), queue.rule(place.office)
    moment = now.timestamp()
    services = [str(service) for service, able in place.able.items() if counter_id in able]
    ours = [one for one in tickets if order.can_serve(str(counter_id), services, one.in_order)]
    overtakings = await turns.overtakings(day_id)
    places = {
        number: place
        for group in _together(tickets, ours, now)
        for number, place in order.places([one.in_order for one in group], rule, moment, overtakings).items()
    }

    def waits(one: TicketRow) -> Waits:
        spot, because = places[queue.rank(one.id)]
        minutes = max(0, round((moment - spot.since) / 60))
        return Waits(one, names.get(one.service_id, ""), because, minutes, one in ours, again_at(one))

    def again_at(one: TicketRow) -> Local | None:
        return one.not_before.astimezone(config.settings().zone) if one.not_before and one.not_before > now else None

    visitor = await _visitor(ticket) if ticket else None
    waiting = [one for one in tickets if one.state is TicketState.WAITING]
    found = sorted(
        map(waits, waiting),
        key=lambda one: (not one.ours, one.again_at is not None, places[queue.rank(one.ticket.id)][0]),
    )
    return CounterView(
        counter,
        place,
        ticket,
        visitor,
        await _matters(ticket, place, language) if ticket else (),
        _elsewhere(counter, others, place, ticket, language) if ticket else (),
        await _other_offices(ticket, language) if ticket else (),
        await papers.summary(ticket.visit_id) if ticket and ticket.visit_id else papers.NONE,
        await _guide(visitor) if visitor else None,
        await forwarded.came_from(ticket) if ticket else None,
        found,
        [waits(one) for one in tickets if one.state is not TicketState.WAITING],
        version,
        (await queue.because(ticket.id)).get(ticket.id, "") if ticket else "",
        {one.id: one.number for one in others},
        await emergencies.running(counter.office_id),
        counter.operable_by(reader),
    )


def _together(tickets: Sequence[TicketRow], ours: Sequence[TicketRow], now: datetime) -> Iterable[Sequence[TicketRow]]:
    """The tickets whose places depend on each other: those that this counter may call now, as it chooses among them.

    Others are compared with those of their kind only: of the same service, or not to be called yet.
    """
    found: dict[object, list[TicketRow]] = defaultdict(list)
    for one in tickets:
        may = one.state is TicketState.WAITING and (one.not_before is None or one.not_before <= now)
        found[(one in ours, may, None if one in ours else one.service_id)].append(one)
    return found.values()


_VISITOR = columns(VisitorRow, "v")


async def _visitor(ticket: TicketRow) -> VisitorRow | None:
    if ticket.visit_id is None:
        return None
    return await select_one(VisitorRow, f"SELECT {_VISITOR} FROM visit v WHERE v.id = ?", ticket.visit_id)


async def _guide(visitor: VisitorRow) -> Card | None:
    if visitor.guide_id is None:
        return None
    return await roles.card(await database.value("SELECT account_id FROM counter WHERE id = ?", visitor.guide_id))


@dataclass(frozen=True, slots=True)
class _OtherOffice:
    code: str
    name: str
    name_ja: str
    name_en: str


async def _other_offices(ticket: TicketRow, language: str) -> list[tuple[str, str]]:
    """The other offices that can do all that is still to be settled."""
    found = await select(
        _OtherOffice,
        f"SELECT {columns(_OtherOffice, 'o')} FROM office o WHERE o.active = ? AND o.id <> ? AND NOT EXISTS ("
        "SELECT 1 FROM ticket_matter m WHERE m.ticket_id = ? AND m.ended_at IS NULL AND NOT EXISTS ("
        "SELECT 1 FROM counter c JOIN counter_ability a ON a.counter_id = c.id "
        "JOIN counter_service s ON s.id = a.service_id "
        "WHERE c.office_id = o.id AND c.active = ? AND s.active = ? AND a.service_id = m.service_id)) "
        "ORDER BY o.name, o.id",
        True, ticket.office_id, ticket.id, True, True,
    )  # fmt: skip
    return [(one.code, i18n.name_in(one, language)) for one in found]


async def _matters(ticket: TicketRow, place: Place, language: str) -> list[tuple[str, str]]:
    rows = await database.column(
        "SELECT service_id FROM ticket_matter WHERE ticket_id = ? AND ended_at IS NULL ORDER BY position", ticket.id
    )
    return [(place.services[one].code, i18n.name_in(place.services[one], language)) for one in rows]


def _elsewhere(
    counter: CounterRow, others: Sequence[CounterRow], place: Place, ticket: TicketRow, language: str
) -> list[tuple[str, str]]:
    able = place.able.get(ticket.service_id, frozenset()) - {counter.id}
    return [
        (one.number, f"{one.number} {i18n.name_in(one, language)}".strip())
        for one in others
        if one.id in able and one.state
    ]
