"""The legal clock: the current time, and the end of legal periods.

Implements how the Civil Petitions Treatment Act (민원 처리에 관한 법률, "Act") with its Enforcement Decree
("Decree") and the Civil Act (민법) count periods, because a deadline that every page states must be computed
in exactly one place. Which petition has which period is decided by the domains' rules.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from server.core.working_calendar import (
    ONE_DAY,
    OfficeHours,
    Pause,
    Step,
    StepKind,
    Trail,
    WorkingCalendar,
    check_year,
)

__all__ = [
    "Due",
    "OfficeHours",
    "Pause",
    "Remaining",
    "Step",
    "StepKind",
    "Unit",
    "WorkingCalendar",
    "at",
    "closes_at",
    "due",
    "now",
    "overdue",
    "remaining",
]

END_OF_DAY = time(23, 59, 59)
ONE_MINUTE = timedelta(minutes=1)

_frozen: ContextVar[datetime | None] = ContextVar("sinmungo_now", default=None)


def now() -> datetime:
    """Return the current moment in UTC."""
    return _frozen.get() or _machine()


def _machine() -> datetime:
    """The machine's clock, read nowhere else in the program. Tests replace it."""
    return datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Make ``now()`` return ``moment`` inside the block and in tasks started from it.

    For tests, seeding and the import of old cases. Raises ValueError for a naive datetime.
    """
    if moment.tzinfo is None:
        raise ValueError("the clock can only stand at a moment with a zone")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


class Unit(StrEnum):
    """How a period is counted."""

    HOURS = "hours"
    """Working hours from the moment of receipt (Act 19①): periods of five days or less, eight hours a day."""
    DAYS = "days"
    """Working days, the first day counted (Act 19②): periods of six days or more."""
    WEEKS = "weeks"
    """Calendar weeks, the first day counted, holidays included (Act 19③, Civil Act 159-161)."""
    MONTHS = "months"
    """As weeks, up to the day before the corresponding day."""
    CIVIL_DAYS = "civil-days"
    """Calendar days, the first day not counted (Civil Act 157, 159, 161; Decree 24④)."""


LONGEST = {Unit.HOURS: 20_000, Unit.DAYS: 2_500, Unit.WEEKS: 520, Unit.MONTHS: 120, Unit.CIVIL_DAYS: 3_660}
"""About ten years in each unit: no legal period is longer, so a greater amount is a typing error."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a period ends, and how it was counted."""

    at: datetime
    """The end of the period in the calendar's zone; 23:59:59 of the last day for periods counted in days."""
    on: date
    by_day: bool
    """True: the whole day ``on`` is within the period (Civil Act 159). False: the period ends at the instant ``at``."""
    steps: tuple[Step, ...] = ()


class Remaining(NamedTuple):
    """Working time left; negative when overdue."""

    days: int
    """Working days after today up to and including the last one; 0 on the last day itself."""
    minutes: int
    """Working minutes until the last working moment before the deadline."""


def due(
    calendar: WorkingCalendar,
    unit: Unit,
    amount: int,
    received: date | datetime,
    pauses: Iterable[Pause] = (),
) -> Due:
    """Compute when a period ends, by the law that its unit follows (see ``Unit``).

    Where the law is silent: a petition received outside working time counts from the next working instant (not for
    civil days, which follow the date of the event); a period in hours that runs out at closing time ends there, one
    in days at midnight. Pauses exclude whole days; for weeks, months and civil days each paused calendar day
    moves the end by one calendar day. A bare date means receipt at that day's opening.

    Raises ValueError for an amount below 1 or above ``LONGEST``, a pause that ends before it begins, a naive
    datetime, hours without a time of day, and a period that leaves the years of the calendar.
    """
    if not 1 <= amount <= LONGEST[unit]:
        raise ValueError(f"the amount must be from 1 to {LONGEST[unit]} {unit}, not {amount}")
    check_year(received)
    if unit is Unit.HOURS:
        if not isinstance(received, datetime):
            raise ValueError("a period in hours starts at a time of day, not at a bare date")
        instant, steps = calendar.add_working_time(received, timedelta(hours=amount), pauses)
        return Due(instant, instant.date(), by_day=False, steps=steps)
    first, before = _first_day(calendar, unit, received)
    if unit is Unit.DAYS:
        last, steps = calendar.add_working_days(first, amount, pauses)
    else:
        last, steps = calendar.add_calendar_days(first, _length(unit, amount, first), pauses)
    end = datetime.combine(last, END_OF_DAY, calendar.timezone)
    return Due(end, last, by_day=True, steps=before + steps)


def overdue(due: Due, moment: datetime) -> bool:
    """Return whether the period is over: past the instant, or past the whole last day (Civil Act 159)."""
    return moment >= due.at + timedelta(seconds=1) if due.by_day else moment > due.at


def closes_at(calendar: WorkingCalendar, due: Due) -> datetime:
    """Return the last working moment before the period ends: when to alert the staff."""
    if not due.by_day:
        return due.at
    return datetime.combine(due.on, calendar.hours_on(due.on).closes, calendar.timezone)


def remaining(calendar: WorkingCalendar, due: Due, moment: datetime, pauses: Sequence[Pause] = ()) -> Remaining:
    """Return the working days and minutes left at ``moment``, with minutes rounded down; paused days do not count."""
    days = remaining_days(calendar, due, moment, pauses)
    left = calendar.working_time_between(moment, closes_at(calendar, due), pauses)
    return Remaining(days, left // ONE_MINUTE)


def remaining_days(calendar: WorkingCalendar, due: Due, moment: datetime, pauses: Sequence[Pause] = ()) -> int:
    """Return the working days alone, which cost half."""
    return calendar.working_days_between(calendar.local(moment).date(), due.on, pauses)


def _first_day(
    calendar: WorkingCalendar,
    unit: Unit,
    received: date | datetime,
) -> tuple[date, tuple[Step, ...]]:
    """Find the first day to count, and the reason if it is not the day of receipt."""
    trail = Trail()
    late = False
    if isinstance(received, datetime):
        local = calendar.local(received)
        received = local.date()
        late = local.time() >= calendar.hours_on(received).closes and calendar.is_working_day(received)
    if unit is Unit.CIVIL_DAYS:
        trail.add(StepKind.FIRST_DAY, received)
        return received + ONE_DAY, trail.steps()
    if late:
        trail.add(StepKind.AFTER_HOURS, received)
        received += ONE_DAY
    if unit is Unit.DAYS:
        return received, trail.steps()
    first, skipped = calendar.add_working_days(received, 1)
    return first, trail.steps() + skipped[:-1]


def _length(unit: Unit, amount: int, first: date) -> int:
    """Return the number of calendar days of a period whose first counted day is ``first`` (Civil Act 160)."""
    if unit is Unit.CIVIL_DAYS:
        return amount
    if unit is Unit.WEEKS:
        return 7 * amount
    years, month = divmod(first.month - 1 + amount, 12)
    year, month = first.year + years, month + 1
    days = monthrange(year, month)[1]
    # Without a corresponding day the period ends with the month, otherwise on the day before it.
    end = date(year, month, days) if first.day > days else date(year, month, first.day) - ONE_DAY
    return (end - first).days + 1
