"""What the settings of offices show: visits that no counter can serve any more, and the roster of a week."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.core import accounts, city, clock, database, roles
from server.core.booking import times
from server.core.days import today
from server.core.rows import columns, select
from tracking.visits.queries import offices
from tracking.visits.rules import DayHours


@dataclass(frozen=True, slots=True)
class Displaced:
    """The booked visits to come of an office that have no counter any more."""

    code: str
    name: str
    name_ja: str
    name_en: str
    visits: int


_DISPLACED = columns(Displaced, "o", visits="COUNT(DISTINCT v.id)")


async def displaced(some: Collection[int] | None = None) -> list[Displaced]:
    """How many booked visits to come have no counter any more, by office: of all, or of some. Three queries at most."""
    narrowed = "" if some is None else " AND office_id IN (?)"
    calendars = await database.column(
        f"SELECT calendar_id FROM office_day WHERE date >= ?{narrowed}",
        today(),
        *(() if some is None else (tuple(some),)),
    )
    without = await times.unplaced(*calendars)
    if not without:
        return []
    return await select(
        Displaced,
        f"SELECT {_DISPLACED} FROM visit_matter m JOIN visit v ON v.id = m.visit_id "
        "JOIN office o ON o.id = v.office_id WHERE m.claim_id IN (?) AND v.state = 'booked' AND v.starts_at > ? "
        "GROUP BY o.id, o.code, o.name, o.name_ja, o.name_en ORDER BY o.name, o.id",
        without,
        clock.now(),
    )


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter of an office as the roster lists it."""

    id: int
    number: str
    name: str
    name_ja: str
    name_en: str


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


async def counters(office_id: int) -> list[CounterRow]:
    """The open counters of an office, in the order of their numbers."""
    found = await select(
        CounterRow, f"SELECT {_COUNTER} FROM counter c WHERE c.office_id = ? AND c.active = ?", office_id, True
    )
    return sorted(found, key=lambda one: (len(one.number), one.number))


async def roster(office_id: int, days: Sequence[date]) -> RosterWeek:
    """The roster of an office, with the absences entered for its officials."""
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
    return RosterWeek(await counters(office_id), hours, seats)
