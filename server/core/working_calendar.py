"""The working calendar of a city's offices: which days and hours count, and how periods are counted.

Every legal period is counted by the methods of ``WorkingCalendar``; ``clock`` decides which method a period
needs, and re-exports the names of this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import holidays

Pause: TypeAlias = tuple[date, date]
"""First and last day of a pause, both included; its days are not counted (Enforcement Decree, Article 20)."""

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""The years whose holidays are known for both countries; a period that leaves them raises ValueError."""

SATURDAY = 5
ONE_DAY = timedelta(days=1)
NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """One working day of an office, in local time; the lunch hour is not working time.

    09:00-18:00 follows Article 8-3 of the Enforcement Decree of the Civil Petitions Treatment Act
    (민원 처리에 관한 법률 시행령), lunch at 12:00-13:00 the service rules of local officials.
    """

    opens: time = time(9)
    lunch_starts: time = time(12)
    lunch_ends: time = time(13)
    closes: time = time(18)

    def __post_init__(self) -> None:
        """Raise ValueError for hours that are out of order; without a lunch break its start and end are equal."""
        if not self.opens < self.lunch_starts <= self.lunch_ends < self.closes:
            raise ValueError("office hours must be in order: opens, lunch starts, lunch ends, closes")


class StepKind(StrEnum):
    """How a run of days was treated while a period was counted."""

    COUNTED = "counted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSE = "pause"
    AFTER_HOURS = "after-hours"
    """The day of a petition received after closing time: counting starts at the next opening."""
    FIRST_DAY = "first-day"
    """The first day that the Civil Act (민법 157) does not count."""
    MOVED = "moved"
    """The working day to which the end of a calendar period moves from a closed day (Civil Act 161)."""


class Step(NamedTuple):
    """A run of days that were treated alike; the steps are enough to explain how a due date was counted."""

    kind: StepKind
    first: date
    last: date
    worked: timedelta = NO_TIME
    """Working time counted on these days, for periods in hours."""
    name: str = ""
    """The holiday's name in the country's own language."""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


class Trail:
    """Collects successive days into steps, grouping those that were treated alike."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def add(self, kind: StepKind, day: date, name: str = "", worked: timedelta = NO_TIME) -> None:
        if self._steps and (run := self._steps[-1]).kind is kind and run.name == name:
            self._steps[-1] = Step(kind, run.first, day, run.worked + worked, name)
        else:
            self._steps.append(Step(kind, day, day, worked, name))

    def steps(self) -> tuple[Step, ...]:
        return tuple(self._steps)


@dataclass(frozen=True)
class WorkingCalendar:
    """The days and hours on which the offices of one city work.

    Closed on Saturdays, Sundays, the country's public, substitute and election holidays, in Japan also from
    29 December to 3 January (地方自治法 4条の2), and on the ``extra_holidays`` that an administrator adds: no
    library knows tomorrow's temporary holiday. Cheap to build and hashable; each process computes a year's
    holidays once.
    """

    country: str = "KR"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Seoul"))
    hours: tuple[tuple[date, OfficeHours], ...] = ()
    """Local hours, each from its date on; before the first, the standard hours apply."""
    extra_holidays: Mapping[date, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Raise ValueError for an unknown country, and copy the tables to protect them from later changes."""
        if self.country not in _LANGUAGE:
            raise ValueError(f"no working calendar for {self.country!r}; known: {', '.join(_LANGUAGE)}")
        object.__setattr__(self, "hours", tuple(sorted(self.hours, key=itemgetter(0))))
        object.__setattr__(self, "extra_holidays", MappingProxyType(dict(self.extra_holidays)))

    def holiday_name(self, day: date, language: str = "") -> str | None:
        """Return the holiday's name in the country's language, or None if the day is not a holiday.

        In another language, names of public holidays are English where nobody has translated them; those that an
        administrator added stay as entered. Raises ValueError outside the years FIRST_YEAR to LAST_YEAR.
        """
        if day in self.extra_holidays:
            return self.extra_holidays[day]
        own = _LANGUAGE[self.country]
        return _holidays(self.country, day.year, own if language in {"", own} else _ENGLISH).get(day)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < SATURDAY and self.holiday_name(day) is None

    def hours_on(self, day: date) -> OfficeHours:
        """Return the hours in force on that date, whether or not the office opens."""
        for since, hours in reversed(self.hours):
            if since <= day:
                return hours
        return _STANDARD

    def local(self, moment: datetime) -> datetime:
        """Convert to the city's time. Raises ValueError for a naive datetime."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a zone, such as +09:00")
        return moment.astimezone(self.timezone)

    def next_working_instant(self, moment: datetime) -> datetime:
        """Return the moment itself if it is within working time, else the next opening.

        Closing time and the start of lunch are not within working time.
        """
        return self.add_working_time(moment, NO_TIME)[0]

    def add_working_time(
        self,
        start: datetime,
        amount: timedelta,
        pauses: Iterable[Pause] = (),
    ) -> tuple[datetime, tuple[Step, ...]]:
        """Find the instant at which ``amount`` of working time has passed, with its steps (Act 19①).

        An end that falls exactly on closing time or on the start of lunch does not move to the next opening.
        Paused days are skipped entirely, including the hours before the pause began (Decree 20 excludes the days
        of the request and of the arrival as whole days).
        """
        begin = self.local(start).replace(tzinfo=None)
        left, trail = amount, Trail()
        for day, kind, name in self._days_from(begin.date(), pauses):
            if kind is not StepKind.COUNTED:
                trail.add(kind, day, name)
                continue
            worked = NO_TIME
            for opens, closes in self._spans(day):
                since = max(opens, begin)
                if since >= closes:
                    continue
                if left <= closes - since:
                    trail.add(kind, day, worked=worked + left)
                    return (since + left).replace(tzinfo=self.timezone), trail.steps()
                left -= closes - since
                worked += closes - since
            trail.add(kind if worked else StepKind.AFTER_HOURS, day, worked=worked)
        raise AssertionError  # pragma: no cover - unreachable: days beyond LAST_YEAR raise ValueError

    def add_working_days(
        self,
        first: date,
        amount: int,
        pauses: Iterable[Pause] = (),
    ) -> tuple[date, tuple[Step, ...]]:
        """Find the last of ``amount`` working days, counting ``first`` if it is one (Act 19②)."""
        left, trail = amount, Trail()
        for day, kind, name in self._days_from(first, pauses):
            trail.add(kind, day, name)
            left -= kind is StepKind.COUNTED
            if not left:
                return day, trail.steps()
        raise AssertionError  # pragma: no cover - as above

    def add_calendar_days(
        self,
        first: date,
        amount: int,
        pauses: Iterable[Pause] = (),
    ) -> tuple[date, tuple[Step, ...]]:
        """Find the last of ``amount`` calendar days from ``first`` on, moved past closed days.

        Holidays within the period count (Civil Act 159, 161). Paused days do not: each moves the end by one
        calendar day, and an end that is moved past a closed day is moved past a paused one, too.
        """
        left, trail = amount, Trail()
        for day, kind, name in self._days_from(first, pauses):
            if left and kind is not StepKind.PAUSE:
                trail.add(StepKind.COUNTED, day)
                left -= 1
            else:
                trail.add(StepKind.MOVED if kind is StepKind.COUNTED else kind, day, name)
            if not left and kind is StepKind.COUNTED:
                return day, trail.steps()
        raise AssertionError  # pragma: no cover - as above

    def working_time_between(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
        """Return the working time from ``start`` to ``end``, without paused days; negative if ``end`` is earlier."""
        if end < start:
            return -self.working_time_between(end, start, pauses)
        begin, finish = (self.local(moment).replace(tzinfo=None) for moment in (start, end))
        worked, day = NO_TIME, begin.date()
        while day <= finish.date():
            if self.is_working_day(day) and not _paused(day, pauses):
                for opens, closes in self._spans(day):
                    worked += max(NO_TIME, min(closes, finish) - max(opens, begin))
            day += ONE_DAY
        return worked

    def working_days_between(self, start: date, end: date, pauses: Sequence[Pause] = ()) -> int:
        """Count the working days after ``start`` up to and including ``end``, without paused days.

        Negative if ``end`` is earlier.
        """
        if end < start:
            return -self.working_days_between(end, start, pauses)
        days = (start + ONE_DAY * n for n in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) and not _paused(day, pauses) for day in days)

    def _spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        hours = self.hours_on(day)
        return (
            (datetime.combine(day, hours.opens), datetime.combine(day, hours.lunch_starts)),
            (datetime.combine(day, hours.lunch_ends), datetime.combine(day, hours.closes)),
        )

    def _days_from(self, day: date, pauses: Iterable[Pause]) -> Iterator[tuple[date, StepKind, str]]:
        """Yield every day with its kind: COUNTED if the offices are open, else the reason they are not."""
        upcoming = iter([*_in_order(pauses), (date.max, date.max)])
        paused_from, paused_to = next(upcoming)
        while True:
            while day > paused_to:
                paused_from, paused_to = next(upcoming)
            name = self.holiday_name(day)
            if day >= paused_from:
                yield day, StepKind.PAUSE, ""
            elif name is not None:
                yield day, StepKind.HOLIDAY, name
            elif day.weekday() >= SATURDAY:
                yield day, StepKind.WEEKEND, ""
            else:
                yield day, StepKind.COUNTED, ""
            day += ONE_DAY


def check_year(day: date) -> None:
    """Raise ValueError if the holidays of the day's year are not known."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"the working calendar knows the years {FIRST_YEAR} to {LAST_YEAR}, not {day.year}")


def _paused(day: date, pauses: Iterable[Pause]) -> bool:
    return any(first <= day <= last for first, last in pauses)


def _in_order(pauses: Iterable[Pause]) -> list[Pause]:
    """Sort pauses by their first day; they may overlap. Raises ValueError for a reversed one."""
    ordered = sorted(pauses)
    for first, last in ordered:
        if last < first:
            raise ValueError(f"a pause must not end ({last}) before it begins ({first})")
    return ordered


_STANDARD = OfficeHours()
_LANGUAGE = {"KR": "ko", "JP": "ja"}
_ENGLISH = "en_US"


@cache
def _holidays(country: str, year: int, language: str) -> Mapping[date, str]:
    """Return a year's holidays with names; the language is explicit, because the library defaults to the machine's."""
    check_year(date(year, 1, 1))
    names = dict(holidays.country_holidays(country, years=year, language=language))
    if country == "JP":
        # 地方自治法 4条の2: offices close over New Year; the library does not list all of these days.
        for month, day in ((1, 2), (1, 3), (12, 29), (12, 30), (12, 31)):
            names.setdefault(date(year, month, day), "New Year closure" if language == _ENGLISH else "年末年始")
    return names
