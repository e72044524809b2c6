"""What is special about a day for an office: its place in the week, month and year, closed days and lucky days.

Each day has one level for each factor; "" is the ordinary one. The levels are the vocabulary of the rules and of the
fitted model, and each level belongs to a reason that the page can give.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from server.core.lucky_days import LuckyDay, lucky_day
from server.core.working_calendar import FIRST_YEAR, LAST_YEAR, SATURDAY, WorkingCalendar

ONE_DAY = timedelta(days=1)


class DayLevels(NamedTuple):
    """The level of each factor on one day."""

    weekday: str
    """"0" is Monday; "holiday" is an opening on a public holiday."""
    week: str
    """Week of the month, "1" to "5"."""
    edge: str
    """The first or last three working days of the month: "first-1", "last-3"."""
    season: str
    """A part of the year in which people move, start school or settle their affairs: "school-year-2"."""
    month: str
    before: str
    """What went before: "holiday" (one closed day), "long" (at least three), "longest" (at least five), or "second" for
    the second open day after these."""
    after: str
    """What follows: "holiday", "long", or "bridge" for a single working day between closed ones."""
    lucky: str
    """Lucky days in Japan: "taian", "tomobiki", "butsumetsu", or "date" for a date that couples choose."""


class Season(NamedTuple):
    """A part of the year, from one (month, day) to another, both included."""

    level: str
    first: tuple[int, int]
    last: tuple[int, int]


SEASONS = {
    # Korea's fiscal year begins on 1 January; schools begin on 2 March, and people move in the weeks before.
    "KR": (
        Season("new-year-1", (1, 1), (1, 8)),
        Season("new-year-2", (1, 9), (1, 16)),
        Season("school-year-1", (2, 10), (2, 19)),
        Season("school-year-2", (2, 20), (3, 5)),
        Season("school-year-3", (3, 6), (3, 14)),
        Season("autumn-moves-1", (8, 20), (9, 5)),
        Season("year-end-1", (12, 20), (12, 31)),
    ),
    # Japan's fiscal and school years begin on 1 April.
    "JP": (
        Season("new-year-1", (1, 4), (1, 10)),
        Season("fiscal-year-1", (3, 10), (3, 19)),
        Season("fiscal-year-2", (3, 20), (3, 27)),
        Season("fiscal-year-3", (3, 28), (4, 5)),
        Season("fiscal-year-4", (4, 6), (4, 12)),
        Season("fiscal-year-5", (4, 13), (4, 20)),
        Season("year-end-1", (12, 20), (12, 28)),
    ),
}

WEDDING_DATES = frozenset({(2, 22), (7, 7), (11, 11), (11, 22)})
"""Dates in Japan whose sound or story couples like (いい夫婦の日); cities announce long waits for them."""

_LUCK = {LuckyDay.TAIAN: "taian", LuckyDay.TOMOBIKI: "tomobiki", LuckyDay.BUTSUMETSU: "butsumetsu"}
EDGE_DAYS = 3
LONG_GAP, LONGEST_GAP = 3, 5
FARTHEST = 14
"""Closed days are looked for at most so far away."""


def levels_of(calendar: WorkingCalendar, day: date) -> DayLevels:
    """The levels of a day, which may be a closed day on which an office opens all the same."""
    before, after = _closed_days(calendar, day, -1), _closed_days(calendar, day, 1)
    japan = calendar.country == "JP"
    return DayLevels(
        weekday="holiday" if day.weekday() < SATURDAY and _is_closed(calendar, day) else str(day.weekday()),
        week=str((day.day - 1) // 7 + 1),
        edge=_edge(calendar, day),
        season=_season(SEASONS[calendar.country], day),
        month=str(day.month),
        before=_before(calendar, day, before),
        after=_after(before, after),
        lucky=_lucky(day) if japan else "",
    )


def _is_closed(calendar: WorkingCalendar, day: date) -> bool:
    return not FIRST_YEAR <= day.year <= LAST_YEAR or not calendar.is_working_day(day)


def _closed_days(calendar: WorkingCalendar, day: date, step: int) -> int:
    """How many days in a row are closed directly before or after a day."""
    for count in range(FARTHEST):
        if not _is_closed(calendar, day + ONE_DAY * step * (count + 1)):
            return count
    return FARTHEST


def _before(calendar: WorkingCalendar, day: date, closed: int) -> str:
    if closed >= LONG_GAP:
        return "long" if closed < LONGEST_GAP else "longest"
    if closed == 0 and _closed_days(calendar, day - ONE_DAY, -1) >= LONG_GAP:
        return "second"
    return "holiday" if closed and (day - ONE_DAY).weekday() < SATURDAY else ""


def _after(before: int, after: int) -> str:
    if before and after:
        return "bridge"
    if after >= LONG_GAP:
        return "long"
    return "holiday" if after == 1 else ""


def _edge(calendar: WorkingCalendar, day: date) -> str:
    for word, step in (("last", 1), ("first", -1)):
        number, other = 1, day + ONE_DAY * step
        while other.month == day.month and number <= EDGE_DAYS:
            number += not _is_closed(calendar, other)
            other += ONE_DAY * step
        if number <= EDGE_DAYS:
            return f"{word}-{number}"
    return ""


def _season(seasons: Sequence[Season], day: date) -> str:
    at = (day.month, day.day)
    return next((season.level for season in seasons if season.first <= at <= season.last), "")


def _lucky(day: date) -> str:
    if (day.month, day.day) in WEDDING_DATES:
        return "date"
    luck = lucky_day(day)
    return _LUCK.get(luck, "") if luck else ""
