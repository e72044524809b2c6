"""What the settings of offices show: visits that no counter can serve any more, and the roster of a week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.core import accounts, city, clock, database, roles
from server.core.booking import times
from server.core.days import today
from server.core.rows import columns, select
from tracking.visits.queries import offices
from tracking.visits.rules import DayHours


async def displaced() -> int:
    """How many booked visits to come have no counter any more. Three queries at most."""
    calendars = await database.column("SELECT calendar_id FROM office_day WHERE date >= ?", today())
    without = await times.unplaced(*calendars)
    if not without:
        return 0
    found: int = await database.value(
        "SELECT COUNT(DISTINCT v.id) FROM visit_matter m JOIN visit v ON v.id = m.visit_id "
        "WHERE m.claim_id IN (?) AND v.state = 'booked' AND v.starts_at > ?",
        without,
        clock.now(),
    )
    return found


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter of an office as the roster lists it."""

    id: int
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """Somebody at a counter on a day."""

    id: int
    counter_id: int
    account_id: int
    date: date
    starts: str
    ends: str
    name: str = ""
    away: bool = False
    """Absent on that day, or the account is closed: the shift supplies no counter time."""


@dataclass(frozen=True, slots=True)
class RosterWeek:
    """The roster of an office for some days."""

    counters: Sequence[CounterRow]
    days: Mapping[date, DayHours]
    shifts: Mapping[tuple[int, date], Sequence[ShiftRow]]
    """By counter and day, in the order of their start."""


_COUNTER = columns(CounterRow, "c")


async def shifts(office_id: int, first: date, last: date) -> list[ShiftRow]:
    """The shifts at an office's open counters from one day to another."""
    return await select(
        ShiftRow,
        "SELECT s.id, s.counter_id, s.account_id, s.date, s.starts, s.ends FROM shift s "
        "JOIN counter c ON c.id = s.counter_id WHERE c.office_id = ? AND c.active = ? AND s.date >= ? AND s.date <= ? "
        "ORDER BY s.date, s.starts, s.id",
        office_id,
        True,
        first,
        last,
    )


async def roster(office_id: int, days: Sequence[date]) -> RosterWeek:
    """The roster of an office, with the absences entered for its officials."""
    counters = await select(
        CounterRow,
        f"SELECT {_COUNTER} FROM counter c WHERE c.office_id = ? AND c.active = ? ORDER BY c.number, c.id",
        office_id,
        True,
    )
    found = await shifts(office_id, days[0], days[-1])
    people = {one.account_id for one in found}
    names = await accounts.names(people)
    away = await roles.away(days[0], days[-1], people)
    seats: dict[tuple[int, date], list[ShiftRow]] = {}
    for one in found:
        absent = any(first <= one.date <= last for first, last in away.get(one.account_id, ()))
        seats.setdefault((one.counter_id, one.date), []).append(
            replace(one, name=names.get(one.account_id, "?"), away=absent)
        )
    weekly = await offices.weekly_hours(office_id)
    hours = await offices.hours(office_id, weekly, days, await city.kept_calendar())
    return RosterWeek(sorted(counters, key=lambda one: (len(one.number), one.number)), hours, seats)
