"""What statistics count of each ticket once its day is closed: the wait, the service, and how good the estimate was.

All of it comes from the ledger (``day_record``); the tables only say which tickets belong to which day.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.core import config, database, ledger
from server.core.rows import columns, select
from tracking.visits.queries import day_record, queue
from tracking.visits.queries.day_record import TicketRecord
from tracking.visits.states import TicketState, VisitState

BOOKED, WALK_IN = "booked", "walk_in"
"""How visitors came."""
MOST_DAYS = 32
"""Days whose records a process keeps: a recount meets those of all offices by turns."""
LONGEST = 600
"""Minutes; whatever took longer counts as this long where the frequencies are counted."""
_kept: OrderedDict[tuple[str, int], dict[int, TicketRecord]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class TicketFigures:
    """One ticket of a day that is closed."""

    id: int
    number: str
    """The office and the day, as in the ledger: ``east/2026-12-07``."""
    office_id: int
    date: date
    how: str
    service: str
    hour: int
    """Of the arrival, in the city's time."""
    visitors: int
    """0 if another office sent the visitor, who is counted there."""
    called: int
    wait_seconds: int
    wait_minutes: int | None
    """Rounded up; None if there is no wait to count."""
    served: int
    timed: int
    """Whether the time at the counters is known."""
    service_seconds: int
    service_minutes: int | None
    missed: int
    left_early: int
    cases_settled: int
    """Whether the case that the visitor came for was settled at the counter."""
    settled_in_one: int
    """The same without another visit for this case before."""
    estimates: int
    """Whether there is an estimate to compare with the first call."""
    estimate_off: int
    """By how many seconds p50 was wrong."""
    estimate_bias: int
    """The same with its sign; above 0: too long."""
    estimate_held: int


async def ticket_ids(after: int, limit: int) -> list[int]:
    """The next ids above a given one of tickets whose day is closed."""
    return await database.column(
        "SELECT t.id FROM ticket t JOIN queue_day d ON d.id = t.day_id "
        f"WHERE t.id > ? AND d.closed_at IS NOT NULL ORDER BY t.id LIMIT {limit}",
        after,
    )


async def of_day(number: str) -> list[int]:
    """The ids of the tickets of a closed day, named as in the ledger."""
    office, _slash, day = number.partition("/")
    return await database.column(
        "SELECT t.id FROM office o JOIN queue_day d ON d.office_id = o.id JOIN ticket t ON t.day_id = d.id "
        "WHERE o.code = ? AND d.date = ? AND d.closed_at IS NOT NULL ORDER BY t.id",
        office, date.fromisoformat(day),
    )  # fmt: skip


async def closed_days(office: str, month: str) -> list[str]:
    """The closed days of an office in a month (``2026-12``), named as in the ledger."""
    first = date.fromisoformat(f"{month}-01")
    days = await database.column(
        "SELECT d.date FROM office o JOIN queue_day d ON d.office_id = o.id "
        "WHERE o.code = ? AND d.closed_at IS NOT NULL AND d.date >= ? AND d.date < ? ORDER BY d.date",
        office, first, (first + timedelta(days=31)).replace(day=1),
    )  # fmt: skip
    return [f"{office}/{_day(one)}" for one in days]


async def tickets(ids: Sequence[int]) -> list[TicketFigures]:
    """What is counted of some tickets; nothing of those that were given back because they could not be printed."""
    rows = await database.fetch(
        "SELECT t.id, d.office_id, d.date, o.code FROM ticket t JOIN queue_day d ON d.id = t.day_id "
        "JOIN office o ON o.id = d.office_id WHERE t.id IN (?) AND d.closed_at IS NOT NULL ORDER BY t.id",
        ids,
    )
    codes = await service_codes()
    days: dict[tuple[int, str, date], list[int]] = defaultdict(list)
    for row in rows:
        days[row["office_id"], row["code"], _day(row["date"])].append(row["id"])
    records = await _records([(code, day) for _office, code, day in days])
    found = [
        (record, office, code, day)
        for (office, code, day), wanted in days.items()
        for one in wanted
        if (record := records[queue.subject(code, day)].get(one)) and not record.unprinted
    ]
    first = await _first_visits({record.case for record, *_rest in found if record.case})
    made = [
        figures(record, office, code, day, codes, came_before=first.get(record.case, day) < day)
        for record, office, code, day in found
    ]
    return sorted(made, key=lambda one: one.id)


async def _first_visits(cases: Collection[str]) -> dict[str, date]:
    """When somebody first came for a case with a reservation, and was served; cases without are left out."""
    rows = await database.fetch(
        "SELECT case_reference, MIN(date) AS first FROM visit WHERE case_reference IN (?) AND state = ? "
        "GROUP BY case_reference",
        tuple(cases), VisitState.SERVED,
    )  # fmt: skip
    return {row["case_reference"]: _day(row["first"]) for row in rows}


@dataclass(frozen=True, slots=True)
class ServiceName:
    """A service as figures name it, whether it is still offered or not."""

    id: int
    code: str
    name: str
    name_ja: str
    name_en: str


async def services() -> list[ServiceName]:
    """All services, those no longer offered as well."""
    return await select(ServiceName, f"SELECT {columns(ServiceName, 's')} FROM counter_service s ORDER BY s.name, s.id")


async def service_codes() -> dict[int, str]:
    """The codes of all services by id."""
    return {one.id: one.code for one in await services()}


def forget() -> None:
    """Clear what this process has read."""
    _kept.clear()


def _day(value: object) -> date:
    found = database.day_or_none(value)
    assert found is not None  # noqa: S101 — the column is not nullable
    return found


async def _records(days: Sequence[tuple[str, date]]) -> dict[str, dict[int, TicketRecord]]:
    """The records of days by subject. A chain is read once while nothing is added to it."""
    subjects = {queue.subject(code, day): (code, day) for code, day in days}
    found: dict[str, dict[int, TicketRecord]] = {}
    for subject, (code, day) in subjects.items():
        key = subject, await ledger.length(subject)
        if key not in _kept:
            _kept[key] = await day_record.of_day(code, day)
        _kept.move_to_end(key)
        found[subject] = _kept[key]
    while len(_kept) > MOST_DAYS:
        _kept.popitem(last=False)
    return found


def figures(
    record: TicketRecord, office: int, code: str, day: date, services: dict[int, str], *, came_before: bool
) -> TicketFigures:
    """What is counted of a ticket, by its record; ``came_before``: on an earlier day for the same case."""
    wait, served, error = record.wait_seconds, record.served_seconds, record.estimate_error
    compared = error is not None and not record.forwarded
    off = round(error) if error is not None and compared else 0
    return TicketFigures(
        id=record.ticket,
        number=f"{code}/{day}",
        office_id=office,
        date=day,
        how=BOOKED if record.booked else WALK_IN,
        service=services.get(record.service, ""),
        hour=record.arrived_at.astimezone(config.settings().zone).hour,
        visitors=int(not record.forwarded),
        called=int(wait is not None),
        wait_seconds=wait or 0,
        wait_minutes=None if wait is None else minutes(wait),
        served=int(record.state is TicketState.DONE),
        timed=int(served is not None),
        service_seconds=round(served or 0),
        service_minutes=None if served is None else minutes(round(served)),
        missed=int(record.state is TicketState.MISSED),
        left_early=int(record.state is TicketState.LEFT),
        cases_settled=int(bool(record.case)),
        settled_in_one=int(bool(record.case) and not came_before),
        estimates=int(compared),
        estimate_off=abs(off),
        estimate_bias=off,
        estimate_held=int(compared and record.estimate_held),
    )


def minutes(seconds: int) -> int:
    """A duration where frequencies are counted: rounded up, and no longer than ``LONGEST``."""
    return min(-(-seconds // 60), LONGEST)
