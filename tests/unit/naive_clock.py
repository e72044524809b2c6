"""The legal clock a second time, as slow and simple as the law reads: minute by minute, day by day.

It shares no code with the program, only the list of holidays: a mistake has to be made twice to go unseen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

DAY = timedelta(days=1)
Hours = tuple[int, int, int, int]
"""Minutes since midnight: opens, lunch starts, lunch ends, closes."""
STANDARD: Hours = (9 * 60, 12 * 60, 13 * 60, 18 * 60)


@cache
def closed_days(country: str) -> frozenset[date]:
    closed = set(holidays.country_holidays(country, years=range(2016, 2045)))
    day = date(2016, 1, 1)
    while day.year < 2045:
        if day.weekday() in {5, 6}:
            closed.add(day)
        if country == "JP" and (day.month, day.day) in {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}:
            closed.add(day)
        day += DAY
    return frozenset(closed)


@cache
def working_minutes(hours: Hours) -> list[int]:
    opens, lunch_starts, lunch_ends, closes = hours
    return [*range(opens, lunch_starts), *range(lunch_ends, closes)]


@dataclass
class City:
    """What is closed there and when it works; moments are the city's time without a zone."""

    country: str
    extra: Iterable[date]
    hours: Sequence[tuple[date, Hours]]

    def is_closed(self, day: date) -> bool:
        return day in closed_days(self.country) or day in self.extra

    def hours_of(self, day: date) -> Hours:
        found = STANDARD
        for since, local in sorted(self.hours):
            if day >= since:
                found = local
        return found

    def due(self, unit: str, amount: int, received: datetime, pauses: Iterable[tuple[date, date]]) -> date | datetime:
        """The last day, or the last moment for hours."""
        paused = set()
        for day, last in pauses:
            while day <= last:
                paused.add(day)
                day += DAY  # noqa: PLW2901 - a naive clock
        if unit == "hours":
            return self._hours(amount, received, paused)
        if unit == "days":
            return self._days(amount, self._first_open(received), paused)
        first = received.date() + DAY if unit == "civil-days" else self._first_open(received)
        if unit == "civil-days":
            last = first + DAY * (amount - 1)
        elif unit == "weeks":
            last = first + DAY * (7 * amount - 1)
        else:
            last = _day_before_corresponding(first, amount)
        owed = sum(first <= day <= last for day in paused)
        while owed:
            last += DAY
            if last not in paused:
                owed -= 1
        while self.is_closed(last) or last in paused:
            last += DAY
        return last

    def _hours(self, amount: int, received: datetime, paused: set[date]) -> datetime:
        left = amount * 60
        day = received.date()
        receipt = received.hour * 60 + received.minute
        while True:
            if not self.is_closed(day) and day not in paused:
                for minute in working_minutes(self.hours_of(day)):
                    if day == received.date() and minute < receipt:
                        continue
                    left -= 1
                    if left == 0:
                        return datetime.combine(day, time()) + timedelta(minutes=minute + 1)
            day += DAY

    def _days(self, amount: int, day: date, paused: set[date]) -> date:
        left = amount
        while True:
            if not self.is_closed(day) and day not in paused:
                left -= 1
                if left == 0:
                    return day
            day += DAY

    def _first_open(self, received: datetime) -> date:
        day = received.date()
        if received.hour * 60 + received.minute >= self.hours_of(day)[3]:
            day += DAY
        while self.is_closed(day):
            day += DAY
        return day


def _day_before_corresponding(first: date, months: int) -> date:
    year, month = first.year, first.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    try:
        return date(year, month, first.day) - DAY
    except ValueError:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return date(year, month, 1) - DAY
