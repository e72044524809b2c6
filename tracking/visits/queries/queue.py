"""The queue of an office's day as it is: tickets, calls, counters, and the numbers that are given out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.core import accounts, clock, database, references
from server.core.accounts import Official
from server.core.rows import Local, columns, select, select_one
from tracking.visits.errors import NoSuchCounter, NoSuchTicket
from tracking.visits.permissions import Permission
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.states import HERE, PrintState, TicketState
from tracking.visits.waits import order


def subject(office: str, day: date) -> str:
    """The chain of an office's queue of a day in the ledger."""
    return f"queue/{office}/{day}"


def rule(office: OfficeRow) -> order.Rule:
    """How an office orders its queue."""
    return order.Rule(office.delay_minutes * 60, office.grace_minutes * 60, office.urgent_daily)


def due(row: "TicketRow", office: OfficeRow) -> datetime | None:
    """The booked time for which a waiting ticket really waits; None if it is called without regard to it."""
    early = row.state is TicketState.WAITING and order.is_early(row.in_order, rule(office), clock.now().timestamp())
    return row.booked_for if early else None


async def day(office_id: int, date_: date) -> tuple[int, int]:
    """Id and version of the queue of a day; zeros if it has not begun."""
    row = await database.fetch_one(
        "SELECT id, version FROM queue_day WHERE office_id = ? AND date = ?", office_id, date_
    )
    return (row["id"], row["version"]) if row else (0, 0)


def state(day: date, version: int) -> str:
    """What a page of the desk shows, so that it need not ask again for what it has: see ``live_state.html``."""
    return f"{day}/{version}"


@dataclass(frozen=True, slots=True)
class Series:
    """The ticket numbers of a class of services."""

    class_code: str
    prefix: str
    lowest: int
    highest: int
    most_daily: int

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self.highest - self.lowest + 1


ONLY = Series("", "", 1, 999, 0)
"""The numbers of an office that has declared none."""
_SERIES = columns(Series, "s")


async def all_series(office_id: int) -> list[Series]:
    """The series of an office; one without a class, if there is none, serves all classes."""
    found = await select(
        Series, f"SELECT {_SERIES} FROM ticket_series s WHERE s.office_id = ? ORDER BY s.class_code", office_id
    )
    return found if any(not one.class_code for one in found) else [ONLY, *found]


def series_of(found: Sequence[Series], class_code: str) -> Series:
    """The series of a class, or the one for the classes that have none of their own."""
    by_class = {one.class_code: one for one in found}
    return by_class.get(class_code) or by_class[""]


def rank(ticket_id: int) -> str:
    """What a ticket is called in the queue: of several who came at the same moment the first is next."""
    return f"{ticket_id:012}"


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as actions and the queue need it. ``service_id``: the first not settled, or the last."""

    id: int
    day_id: int
    number: str
    code: str
    visit_id: int | None
    state: TicketState
    language: str
    arrived_at: datetime
    booked_for: datetime | None
    urgent: str
    not_before: datetime | None
    returned_at: datetime | None
    for_counter: int | None
    counter: int | None
    last_counter: int | None
    calls: int
    first_called_at: datetime | None
    called_at: datetime | None
    started_at: datetime | None
    note: str
    case_reference: str
    forwarded_from: int | None
    print_state: PrintState
    office_id: int
    date: date
    service_id: int

    @property
    def in_order(self) -> order.Ticket:
        """What places it in the queue."""
        return order.Ticket(
            rank(self.id),
            str(self.service_id),
            self.arrived_at.timestamp(),
            self.booked_for.timestamp() if self.booked_for else None,
            self.urgent,
            returned=self.returned_at is not None,
            forwarded=self.for_counter is not None or self.forwarded_from is not None,
            not_before=self.not_before.timestamp() if self.not_before else 0,
            counter=str(self.for_counter or ""),
        )


SERVICE = (
    "COALESCE((SELECT m.service_id FROM ticket_matter m WHERE m.ticket_id = t.id AND m.ended_at IS NULL "
    "ORDER BY m.position LIMIT 1), (SELECT m.service_id FROM ticket_matter m WHERE m.ticket_id = t.id "
    "ORDER BY m.position DESC LIMIT 1), 0)"
)
"""Of a ticket ``t``: the first not settled, or the last."""
_TICKET = columns(TicketRow, "t", office_id="d.office_id", date="d.date", service_id=SERVICE)
_FROM = f"SELECT {_TICKET} FROM ticket t JOIN queue_day d ON d.id = t.day_id "


async def ticket(number: int) -> TicketRow:
    """A ticket by its id. Raises ``NoSuchTicket``."""
    return _found(await select_one(TicketRow, f"{_FROM}WHERE t.id = ?", number))


async def by_code(code: str) -> TicketRow:
    """A ticket, for whoever knows its code. Raises ``NoSuchTicket``."""
    return _found(await select_one(TicketRow, f"{_FROM}WHERE t.code = ?", references.read_reference(code) or ""))


async def by_number(day_id: int, number: str) -> TicketRow:
    """A ticket of a day by its number. Raises ``NoSuchTicket``."""
    return _found(await select_one(TicketRow, f"{_FROM}WHERE t.day_id = ? AND t.number = ?", day_id, number))


async def of_kiosk(device_id: int, number: str, since: date) -> TicketRow:
    """The latest ticket with a number that a kiosk has given since a day. Raises ``NoSuchTicket``."""
    return _found(
        await select_one(
            TicketRow,
            f"{_FROM}WHERE t.device_id = ? AND t.number = ? AND d.date >= ? ORDER BY d.date DESC LIMIT 1",
            device_id, number, since,
        )
    )  # fmt: skip


async def of_press(device_id: int | None, press_id: str) -> TicketRow | None:
    """The ticket that a press at a kiosk gave."""
    return await select_one(TicketRow, f"{_FROM}WHERE t.device_id = ? AND t.press_id = ?", device_id, press_id)


async def at_counter(counter: int) -> TicketRow | None:
    """The ticket that a counter calls or serves."""
    return await select_one(TicketRow, f"{_FROM}WHERE t.counter = ?", counter)


async def last_at_counter(counter: int) -> TicketRow | None:
    """The ticket that a counter called last."""
    number = await database.value(
        "SELECT ticket_id FROM ticket_call WHERE counter_id = ? ORDER BY id DESC LIMIT 1", counter
    )
    return await ticket(number) if number else None


async def of_visit(visit_id: int) -> TicketRow | None:
    """The ticket of a visit whose visitor is here."""
    return await select_one(TicketRow, f"{_FROM}WHERE t.visit_id = ? ORDER BY t.id DESC LIMIT 1", visit_id)


async def still_to_do(ticket_id: int) -> Sequence[int]:
    """The services of a ticket that are not settled, in their order."""
    return await database.column(
        "SELECT service_id FROM ticket_matter WHERE ticket_id = ? AND ended_at IS NULL ORDER BY position", ticket_id
    )


async def case_of(row: TicketRow) -> str:
    """The case for which a ticket's visitor came, or that they filed at the counter; empty if there is none."""
    if row.case_reference or row.visit_id is None:
        return row.case_reference
    return str(await database.value("SELECT case_reference FROM visit WHERE id = ?", row.visit_id))


async def visit_number(row: TicketRow) -> str:
    """The number of a ticket's reservation; empty without one."""
    return str(await database.value("SELECT number FROM visit WHERE id = ?", row.visit_id) or "")


async def visit_subject(visit_id: int) -> str:
    """The chain of a visit in the ledger."""
    return f"visit/{await database.value('SELECT number FROM visit WHERE id = ?', visit_id)}"


async def urgent_today(day_id: int) -> int:
    """How many tickets of a day were put first."""
    return int(await database.value("SELECT COUNT(*) FROM ticket WHERE day_id = ? AND urgent <> ''", day_id))


async def waiting(day_id: int) -> Sequence[TicketRow]:
    """The tickets that wait on a day."""
    return await select(TicketRow, f"{_FROM}WHERE t.day_id = ? AND t.state = ?", day_id, TicketState.WAITING)


async def listed(day_id: int, counter: int | None = None) -> Sequence[TicketRow]:
    """The tickets of a day that somebody waits for: waiting, parked, and missed; and the one that a counter has."""
    states = (TicketState.WAITING, TicketState.PARKED, TicketState.MISSED)
    which = "(t.day_id = ? AND t.state IN (?)) OR t.counter = ?"
    return await select(TicketRow, f"{_FROM}WHERE {which} ORDER BY t.id", day_id, states, counter)


async def here(day_id: int) -> Sequence[TicketRow]:
    """The tickets of a day whose visitors are in the building."""
    return await select(TicketRow, f"{_FROM}WHERE t.day_id = ? AND t.state IN (?) ORDER BY t.id", day_id, tuple(HERE))


def _found(row: TicketRow | None) -> TicketRow:
    if row is None:
        raise NoSuchTicket
    return row


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter with who sits there."""

    id: int
    office_id: int
    number: str
    name: str
    name_ja: str
    name_en: str
    floor: int
    account_id: int | None
    state: str | None
    """None: closed."""
    since: Local | None
    """Since when it is in this state."""
    person: str
    """Who sits there."""
    office_code: str
    video_url: str

    def operable_by(self, official: Official) -> bool:
        """Whether they act here: they sit here, nobody does, or they may operate any counter."""
        return self.account_id in {None, official.id} or official.may(Permission.OPERATE_ANY_COUNTER)


_COUNTER = columns(
    CounterRow, "c", account_id="s.account_id", state="s.state", since="s.since", person="COALESCE(p.name, '')",
    office_code="o.code",
)  # fmt: skip
_COUNTERS = (
    f"SELECT {_COUNTER} FROM counter c JOIN office o ON o.id = c.office_id "
    f"LEFT JOIN counter_sitting s ON s.counter_id = c.id {accounts.with_official('s.account_id', 'p')}"
)


async def counters(office_id: int) -> list[CounterRow]:
    """The counters of an office."""
    return await select(
        CounterRow,
        f"{_COUNTERS}WHERE c.office_id = ? AND c.active = ? ORDER BY c.number, c.id",
        office_id,
        True,
    )


async def at_counters(office_id: int) -> dict[int, TicketRow]:
    """The tickets that an office's counters call or serve, by counter."""
    rows = await select(TicketRow, f"{_FROM}JOIN counter c ON c.id = t.counter WHERE c.office_id = ?", office_id)
    return {one.counter: one for one in rows if one.counter}


async def counter(number: int) -> CounterRow:
    """A counter by its id. Raises ``NoSuchCounter``."""
    found = await select_one(
        CounterRow,
        f"{_COUNTERS}WHERE c.id = ? AND c.active = ?",
        number,
        True,
    )
    if found is None:
        raise NoSuchCounter
    return found


@dataclass(frozen=True, slots=True)
class CounterPlace:
    """Where a counter is."""

    number: str
    floor: int
    video_url: str


async def counter_place(counter_id: int | None) -> CounterPlace | None:
    """Where a counter is; None for none."""
    sql = f"SELECT {columns(CounterPlace, 'c')} FROM counter c WHERE c.id = ?"
    return await select_one(CounterPlace, sql, counter_id) if counter_id else None


async def versions(office_ids: Collection[int], date_: date) -> dict[int, int]:
    """The versions of several offices' queues of a day; they grow with each change."""
    rows = await database.fetch(
        "SELECT office_id, version FROM queue_day WHERE office_id IN (?) AND date = ?", tuple(office_ids), date_
    )
    return {row["office_id"]: row["version"] for row in rows}


async def abilities(counter_id: int) -> list[int]:
    """The services that a counter is able to do, by id."""
    return await database.column(
        "SELECT a.service_id FROM counter_ability a JOIN counter_service s ON s.id = a.service_id "
        "WHERE a.counter_id = ? AND s.active = ? ORDER BY a.service_id",
        counter_id,
        True,
    )


async def because(*ticket_ids: int) -> dict[int, str]:
    """Why tickets were called the last time, by id."""
    rows = await database.fetch(
        "SELECT ticket_id, because FROM ticket_call WHERE ticket_id IN (?) ORDER BY id", ticket_ids
    )
    return {row["ticket_id"]: row["because"] for row in rows}
