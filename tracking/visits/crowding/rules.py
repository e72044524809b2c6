"""Rules of thumb for crowding: stars and reasons from the calendar alone, for offices without enough history.

The occasions are those that city halls announce themselves: lucky days, the day after holidays, around long weekends,
month ends and beginnings, the turn of the fiscal or school year; early morning and late afternoon are quiet.
"""

from typing import NamedTuple

from tracking.visits.crowding.days import DayLevels

MOST_STARS = 3

CODES = {
    ("weekday", "0"): "monday",
    ("before", "holiday"): "after-holiday",
    ("before", "long"): "after-long-closure",
    ("before", "longest"): "after-long-closure",
    ("before", "second"): "second-day",
    ("after", "holiday"): "before-holiday",
    ("after", "long"): "before-long-weekend",
    ("after", "bridge"): "bridge-day",
    ("lucky", "taian"): "taian",
    ("lucky", "tomobiki"): "tomobiki",
    ("lucky", "butsumetsu"): "butsumetsu",
    ("lucky", "date"): "wedding-date",
}
"""The reason that belongs to a factor's level, where it is not the factor's own (``code_of``)."""

_FACTOR_CODES = {"weekday": "weekday", "week": "week-of-month", "month": "time-of-year"}

POINTS = {
    "monday": 1,
    "after-holiday": 1,
    "after-long-closure": 1,
    "second-day": 1,
    "before-long-weekend": 1,
    "month-end": 1,
    "month-start": 1,
    "school-year": 1,
    "fiscal-year": 1,
    "taian": 1,
    "wedding-date": 2,
    "bridge-day": -1,
}
HOUR_POINTS = {10: 1, 11: 1, 14: 1}
QUIET_HOURS = frozenset({8, 9, 16, 17})


class Reason(NamedTuple):
    """One reason for a forecast."""

    code: str
    percent: int = 0
    """By how much it raises (or lowers) the number of visitors, as learned; 0 for a rule."""


def code_of(factor: str, level: str) -> str:
    """The reason for a factor's level; "" for the ordinary level."""
    if not level:
        return ""
    if factor == "edge":
        return "month-start" if level.startswith("first") else "month-end"
    if factor == "season":
        return level.rpartition("-")[0]
    return CODES.get((factor, level)) or _FACTOR_CODES.get(factor, "")


def day_stars(levels: DayLevels) -> int:
    """Zero to three stars of a day."""
    return _stars(sum(POINTS.get(code, 0) for code in _codes(levels)))


def hour_stars(levels: DayLevels, hour: int) -> int:
    """Zero to three stars of an hour: those of its day, one more in the busy hours and one fewer in quiet ones."""
    points = HOUR_POINTS.get(hour, -1 if hour in QUIET_HOURS else 0)
    return _stars(sum(POINTS.get(code, 0) for code in _codes(levels)) + points)


def reasons(levels: DayLevels, hour: int | None = None) -> tuple[Reason, ...]:
    """The rules that apply to a day, or to one hour of it."""
    found = [Reason(code) for code in _codes(levels) if code in POINTS]
    if hour in HOUR_POINTS or hour in QUIET_HOURS:
        found.append(Reason("quiet-hour" if hour in QUIET_HOURS else "busy-hour"))
    return tuple(found)


def _codes(levels: DayLevels) -> list[str]:
    return [code_of(factor, level) for factor, level in zip(levels._fields, levels, strict=True)]


def _stars(points: int) -> int:
    return min(MOST_STARS, max(0, points))
