"""Forecasts as a page shows them: stars, a range of visitors and the reasons; and how good the last month's were.

Stars compare the expected visitors with what the counters on the roster can serve, if that is known, otherwise with
what is usual at the office: an average day, and for an hour an average hour. Where the history is short they are those
of the rules.
"""

from collections.abc import Collection, Generator, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from server.core.working_calendar import WorkingCalendar
from tracking.visits.crowding import rules
from tracking.visits.crowding.days import DayLevels, levels_of
from tracking.visits.crowding.model import ALL, Count, Expected, Model, fit_in_steps
from tracking.visits.crowding.quantiles import pinball, quantiles
from tracking.visits.crowding.rules import Reason, code_of

LOAD_LIMITS = (0.7, 0.85, 1.0)
"""From these shares of what can be served on: one, two, three stars. Queues grow long before everything is full."""
DAY_LIMITS = (1.15, 1.35, 1.6)
HOUR_LIMITS = (1.2, 1.6, 2.1)
"""From these multiples of the usual number on. Hours differ more than days: the late morning is always fuller."""

LEAST_PERCENT = 8
MOST_REASONS = 3
MODEL_EXPLAINS_FROM = 0.5
"""From this weight on, the reasons are those of the fitted model."""
REVIEWED_DAYS = 28


class Visitors(NamedTuple):
    """A range of visitors: one in ten times fewer than ``p10`` come, one in ten times more than ``p90``."""

    p10: int
    p50: int
    p90: int


class Forecast(NamedTuple):
    """How crowded it will be."""

    stars: int
    visitors: Visitors | None
    """None without any history."""
    because: tuple[Reason, ...]


class Quality(NamedTuple):
    """How good the forecast of the last weeks was, hour by hour, for all visitors."""

    hours: int = 0
    inside: int = 0
    """Percent of the hours within p10 and p90; 80 is right."""
    off: float = 0.0
    """By how many visitors p50 missed on average."""
    pinball: float = 0.0
    rules_pinball: float = 0.0
    """The same loss of the rules alone."""
    came: float = 0.0
    """Visitors of an average hour."""

    @property
    def better(self) -> int:
        """By how many percent the forecast was better than the rules alone; negative if it was worse."""
        return round(100 * (1 - self.pinball / self.rules_pinball)) if self.rules_pinball else 0


def forecast_day(
    model: Model,
    levels: DayLevels,
    hours: Collection[int],
    series: str = ALL,
    *,
    can_serve: float | None = None,
) -> Forecast:
    """Forecast a day with its open hours; ``can_serve`` is how many visitors the counters can serve on it."""
    expected = model.day(levels, hours, series)
    stars = _stars(expected, can_serve, model.usual_day(series), DAY_LIMITS)
    if not model.weight(series):
        stars = rules.day_stars(levels)
    return Forecast(stars, _range(expected), because(model, levels, series))


def forecast_hour(
    model: Model, levels: DayLevels, hour: int, series: str = ALL, *, can_serve: float | None = None
) -> Forecast:
    """Forecast one open hour of a day; ``can_serve`` is how many visitors the counters can serve in it."""
    expected = model.hour(levels, hour, series)
    stars = _stars(expected, can_serve, model.usual_hour(series), HOUR_LIMITS)
    if not model.weight(series):
        stars = rules.hour_stars(levels, hour)
    return Forecast(stars, _range(expected), because(model, levels, series, hour))


def because(model: Model, levels: DayLevels, series: str = ALL, hour: int | None = None) -> tuple[Reason, ...]:
    """Why: what the model has learned about this day (and hour), strongest first, or the rules that apply."""
    if model.weight(series) < MODEL_EXPLAINS_FROM:
        return rules.reasons(levels, hour)
    ours = model.series[series]
    effects = [
        Reason(code_of(factor, level), _percent(ours.factor(factor, level)))
        for factor, level in zip(levels._fields, levels, strict=True)
    ]
    if hour is not None:
        percent = _percent(ours.share(levels, hour) * len(ours.profile[ALL]))
        effects.append(Reason("busy-hour" if percent > 0 else "quiet-hour", percent))
    telling = [reason for reason in effects if reason.code and abs(reason.percent) >= LEAST_PERCENT]
    return tuple(sorted(telling, key=lambda reason: -abs(reason.percent))[:MOST_REASONS])


def review_in_steps(
    calendar: WorkingCalendar, counts: Sequence[Count], days: int = REVIEWED_DAYS
) -> Generator[None, None, Quality]:
    """Forecast the last days from what was known before them, and compare; yields after each slice of work."""
    if not counts:
        return Quality()
    start = max(count.date for count in counts) - timedelta(days=days - 1)
    came: dict[tuple[date, int], int] = {}

    def before() -> Iterator[Count]:
        for day, hour, _series, visitors in counts:
            if day < start:
                yield Count(day, hour, ALL, visitors)
            else:
                came[day, hour] = came.get((day, hour), 0) + visitors

    model = yield from fit_in_steps(calendar, before())
    if not model.weight(ALL):
        return Quality()
    levels = {day: levels_of(calendar, day) for day, _hour in came}
    yield
    inside, off, loss, rules_loss = 0, 0.0, 0.0, 0.0
    simple = model.series[ALL].rules
    for (day, hour), visitors in came.items():
        expected = model.hour(levels[day], hour)
        at = quantiles(*expected) if expected else (0, 0, 0)
        inside += at[0] <= visitors <= at[2]
        off += abs(visitors - at[1])
        loss += pinball(at, visitors)
        rules_loss += pinball(quantiles(simple.expected(levels[day], hour), simple.spread), visitors)
    hours = len(came)
    return Quality(
        hours, round(100 * inside / hours), round(off / hours, 2), round(loss / hours, 3), round(rules_loss / hours, 3),
        round(sum(came.values()) / hours, 1),
    )  # fmt: skip


def _stars(expected: Expected | None, can_serve: float | None, usual: float, limits: Sequence[float]) -> int:
    if expected is None:
        return 0
    against, limits = (usual, limits) if can_serve is None else (can_serve, LOAD_LIMITS)
    return sum(expected.mean >= limit * against for limit in limits) if expected.mean else 0


def _range(expected: Expected | None) -> Visitors | None:
    return None if expected is None else Visitors(*quantiles(*expected))


def _percent(ratio: float) -> int:
    return round(100 * (ratio - 1))
