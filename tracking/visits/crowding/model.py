"""The forecast of an office: one fitted series for each class of services and one for all visitors together.

Fitting is a generator, so that a process that serves requests can do it between them: each slice takes a few
milliseconds (``politely`` gives way after each; two years of twelve services take about a second in all).
"""

import asyncio
from collections.abc import Generator, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple, Self, TypeVar

from server.core.working_calendar import WorkingCalendar
from tracking.visits.crowding.days import DayLevels, levels_of
from tracking.visits.crowding.series import Day, RuleNumbers, Series, fit_series

T = TypeVar("T")
ALL = ""
"""The series of all visitors."""
VERSION = 1
ROWS_AT_ONCE, DAYS_AT_ONCE = 2000, 50

RULES_BELOW = 40
"""With fewer open days of history than these (two months), the rules alone forecast."""
MODEL_FROM = 160
"""From these on (eight months) the model alone; between the two it gains weight day by day."""


class Count(NamedTuple):
    """The visitors of one class of services in one hour of an office's day. An hour without visitors counts zero."""

    date: date
    hour: int
    series: str
    visitors: int


class Expected(NamedTuple):
    """A negative binomial forecast: the variance is mean + spread x mean²."""

    mean: float
    spread: float


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of an office; ``to_json`` and ``from_json`` lose nothing."""

    series: dict[str, Series]
    until: date | None = None
    """The last day of the history."""

    def to_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "until": self.until and self.until.isoformat(),
            "series": {name: asdict(series) for name, series in self.series.items()},
        }

    @classmethod
    def from_json(cls, parameters: Mapping[str, Any]) -> Self:
        """Raises ValueError for parameters of another version: fit anew."""
        if parameters.get("version") != VERSION:
            raise ValueError("these parameters were fitted by another version of the program")
        return cls(
            {
                name: Series(**{**values, "rules": RuleNumbers(**values["rules"])})
                for name, values in parameters["series"].items()
            },
            parameters["until"] and date.fromisoformat(parameters["until"]),
        )

    def weight(self, series: str) -> float:
        """How far the fitted model is trusted: 0 is the rules alone, 1 the model alone."""
        days = self.series[series].days if series in self.series else 0
        return min(1.0, max(0.0, (days - RULES_BELOW) / (MODEL_FROM - RULES_BELOW)))

    def usual_day(self, series: str = ALL) -> float:
        """The visitors of an average day at present; 0 without any history."""
        ours = self.series.get(series)
        return ours.level * ours.usual if ours else 0.0

    def usual_hour(self, series: str = ALL) -> float:
        """The visitors of an average open hour at present; 0 without any history."""
        ours = self.series.get(series)
        return self.usual_day(series) / len(ours.profile[ALL]) if ours else 0.0

    def hour(self, levels: DayLevels, hour: int, series: str = ALL) -> Expected | None:
        """The visitors expected in an hour; None without any history."""
        return self._blend(levels, [hour], series, whole_day=False)

    def day(self, levels: DayLevels, hours: Iterable[int], series: str = ALL) -> Expected | None:
        """The visitors expected in the open hours of a day together; None without any history."""
        return self._blend(levels, hours, series, whole_day=True)

    def _blend(self, levels: DayLevels, hours: Iterable[int], series: str, *, whole_day: bool) -> Expected | None:
        ours = self.series.get(series)
        if ours is None:
            return None
        weight, by_rules, by_model = self.weight(series), 0.0, 0.0
        for hour in hours:
            by_rules += ours.rules.expected(levels, hour)
            by_model += ours.expected(levels, hour)
        spreads = (ours.rules.day_spread, ours.day_spread) if whole_day else (ours.rules.spread, ours.spread)
        return Expected(
            by_rules ** (1 - weight) * by_model**weight if by_rules and by_model else by_rules,
            spreads[0] * (1 - weight) + spreads[1] * weight,
        )


def fit_in_steps(calendar: WorkingCalendar, counts: Iterable[Count]) -> Generator[None, None, Model]:
    """Fit a model to all counts of an office, in any order; yields after each slice of work and returns the model."""
    visitors: dict[str, dict[date, dict[int, int]]] = {}
    for number, count in enumerate(counts):
        for series in {ALL, count.series}:
            hours = visitors.setdefault(series, {}).setdefault(count.date, {})
            hours[count.hour] = hours.get(count.hour, 0) + count.visitors
        if number % ROWS_AT_ONCE == 0:
            yield
    levels: dict[date, DayLevels] = {}
    for number, day in enumerate(sorted(visitors.get(ALL, {}))):
        levels[day] = levels_of(calendar, day)
        if number % DAYS_AT_ONCE == 0:
            yield
    fitted: dict[str, Series] = {}
    for series in sorted(visitors):
        ours = visitors[series]
        fitted[series] = yield from fit_series([Day(day, levels[day], ours[day]) for day in sorted(ours)])
    return Model(fitted, max(levels, default=None))


def at_once(steps: Generator[None, None, T]) -> T:
    """Run all slices at once, where nobody waits: in a command or in a thread of its own."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


async def politely(steps: Generator[None, None, T]) -> T:
    """Run slices within an event loop, which serves everything else after each."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        await asyncio.sleep(0)
