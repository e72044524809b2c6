"""Visitors of the demonstration city's offices, hour by hour: a seeded simulation of years of counting.

Like what is known of call centres (Brown et al., "Statistical Analysis of a Telephone Call Center", JASA 100, 2005;
Avramidis, Deslauriers, L'Ecuyer, "Modeling Daily Arrivals to a Telephone Call Center", Management Science 50, 2004),
arrivals are Poisson with a random rate: a good or bad day is shared by the whole office, then by one service, then by
an hour. The shapes are smooth curves on purpose, unlike the steps of the forecast, so that tests of the forecast do not
meet its own assumptions.
"""

import math
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from server.core.lucky_days import LuckyDay, lucky_day
from server.core.working_calendar import WorkingCalendar
from tracking.visits.crowding import Count

ONE_DAY = timedelta(days=1)
OFFICE_HOURS = range(9, 18)


@dataclass(frozen=True)
class Crowd:
    """The people whom one service draws."""

    daily: float
    """Visitors on an ordinary day."""
    morning: float = 1.0
    """How strong the wave around 10:30 is, against the flatter one around 14:30."""
    moving: float = 0.0
    """How much more come at the height of the moving season: 1 is twice as many."""
    month_end: float = 0.0
    monday: float = 0.2
    after_closing: float = 0.25
    """How much more come on the first day after a long weekend."""
    lucky: float = 0.0
    """In Japan: how much more come on the luckiest days."""
    summer: float = 0.0
    """Passports before the holidays."""


CROWDS = {
    "certificates": Crowd(220, morning=1.1, moving=0.5, month_end=0.3, monday=0.35, after_closing=0.4),
    "moves": Crowd(70, morning=0.9, moving=2.0, month_end=0.4, monday=0.35, after_closing=0.45),
    "family": Crowd(40, morning=1.2, moving=0.1, monday=0.2, after_closing=0.45, lucky=0.8),
    "passports": Crowd(120, morning=0.7, moving=0.1, monday=0.15, after_closing=0.3, summer=0.5),
    "welfare": Crowd(60, morning=1.5, moving=0.2, month_end=0.35, monday=0.25, after_closing=0.3),
    "tax": Crowd(60, morning=1.0, moving=0.25, month_end=0.8, monday=0.15, after_closing=0.25),
}
"""Kinds of services of a ward office; a demonstration service takes one of them, with a volume of its own."""

_PEAKS = {
    # (month, day) of the height, days of its width, height against the moving season's own
    "KR": (((2, 27), 10.0, 1.0), ((1, 5), 6.0, 0.3), ((8, 28), 9.0, 0.4), ((10, 20), 14.0, 0.25)),
    "JP": (((3, 29), 9.0, 1.0), ((4, 3), 6.0, 0.5), ((9, 25), 12.0, 0.2)),
}
_LUCK: dict[LuckyDay | None, float] = {LuckyDay.TAIAN: 0.7, LuckyDay.TOMOBIKI: 0.2, LuckyDay.BUTSUMETSU: -0.3}
_WEDDINGS = {(2, 22): 2.5, (7, 7): 1.5, (11, 11): 0.8, (11, 22): 3.0}
_MOST_POISSON = 30.0
LONG = 3
"""Closed days in a row that are more than a weekend."""


def simulate(
    calendar: WorkingCalendar,
    crowds: Mapping[str, Crowd],
    first: date,
    last: date,
    seed: int,
    hours: Collection[int] = OFFICE_HOURS,
) -> Iterator[Count]:
    """Count an office's visitors on every working day from ``first`` to ``last``, for each hour and service.

    The same arguments give the same visitors. Quiet hours are counted as zero.
    """
    rng = random.Random(f"visitors/{calendar.country}/{seed}")
    drift = {series: _Drift(rng) for series in crowds}
    shapes = {series: _shape(crowd, hours) for series, crowd in crowds.items()}
    closed, day = 2, first
    while day <= last:
        if day.weekday() == 0:
            for walk in drift.values():
                walk.step(rng)
        if not calendar.is_working_day(day):
            closed += 1
        else:
            office = rng.gammavariate(90, 1 / 90)  # weather, strikes, news: sd 10.5 %
            for series, crowd in crowds.items():
                expected = crowd.daily * _rate(calendar, crowd, day, closed) * drift[series].level
                expected *= office * rng.gammavariate(140, 1 / 140)
                for hour, share in shapes[series].items():
                    yield Count(day, hour, series, _poisson(rng, expected * share * rng.gammavariate(60, 1 / 60)))
            closed = 0
        day += ONE_DAY


class _Drift:
    """A slowly changing level: a trend of up to 15 % a year, a random walk by week, and sometimes a jump."""

    def __init__(self, rng: random.Random) -> None:
        self.level, self._trend = 1.0, rng.uniform(-0.15, 0.15) / 52

    def step(self, rng: random.Random) -> None:
        self.level *= math.exp(self._trend + rng.gauss(0, 0.012))
        if rng.random() < 1 / 150:  # an online service begins, a neighbourhood moves in
            self.level *= rng.choice((0.85, 0.9, 1.12, 1.2))


def _rate(calendar: WorkingCalendar, crowd: Crowd, day: date, closed: int) -> float:
    """How many times as many as on an ordinary day are expected."""
    rate = 1 + crowd.monday * (0.3, -0.25, -0.4, -0.2, 0.3)[day.weekday() % 5] if day.weekday() else 1 + crowd.monday
    to_come = 0
    while not calendar.is_working_day(day + ONE_DAY * (to_come + 1)):
        to_come += 1
    if closed >= LONG:
        rate *= 1 + crowd.after_closing * min(2.0, math.log2(closed - 1))
    elif closed == 1:
        rate *= 1 + crowd.after_closing * 0.6
    if to_come >= LONG:
        rate *= 1.08
    if closed and to_come and day.weekday() not in {0, 4}:
        rate *= 0.85
    left = (_month_end(day) - day).days
    rate *= 1 + crowd.month_end * (math.exp(-left / 2.5) + 0.4 * math.exp(-(day.day - 1) / 3))
    rate *= 1 + crowd.summer * math.exp(-(((day.timetuple().tm_yday - 190) / 30) ** 2))
    rate *= 1 - 0.06 * math.exp(-(((day.timetuple().tm_yday - 217) / 12) ** 2))  # everybody is on holiday
    for (month, at), width, height in _PEAKS[calendar.country]:
        away = (day - date(day.year, month, at)).days
        rate *= 1 + crowd.moving * height * math.exp(-((away / width) ** 2))
    return rate * (_luck_of(crowd, day) if calendar.country == "JP" else 1)


def _luck_of(crowd: Crowd, day: date) -> float:
    luck = _LUCK.get(lucky_day(day), 0.0) + _WEDDINGS.get((day.month, day.day), 0.0)
    return 1 + crowd.lucky * luck


def _shape(crowd: Crowd, hours: Collection[int]) -> dict[int, float]:
    """The share of each hour: two waves, lunch between them, few at the end."""
    weights = {
        hour: 0.25
        + crowd.morning * math.exp(-(((hour + 0.5 - 10.6) / 1.3) ** 2))
        + 0.9 * math.exp(-(((hour + 0.5 - 14.4) / 1.6) ** 2))
        for hour in hours
    }
    total = sum(weights.values())
    return {hour: weight / total for hour, weight in weights.items()}


def _month_end(day: date) -> date:
    return (day.replace(day=1) + ONE_DAY * 31).replace(day=1) - ONE_DAY


def _poisson(rng: random.Random, mean: float) -> int:
    """Draw from a Poisson distribution: by multiplication (Knuth), from 30 on by its normal approximation."""
    if mean > _MOST_POISSON:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, drawn = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        drawn += 1
    return drawn
