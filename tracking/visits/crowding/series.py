"""What is learned from the visitors of one office and one class of services.

The expected number of visitors is a product: the level of these weeks, a factor for each peculiarity of the day
(``DayLevels``) and the share of the hour on that weekday. Multiplicative models of day and time of day are the standard
of call centres (Brown et al., JASA 100, 2005; Weinberg, Brown, Stroud, "Bayesian Forecasting of an Inhomogeneous
Poisson Process", JASA 102, 2007; surveyed by Ibrahim, Ye, L'Ecuyer, Shen, "Modeling and forecasting call center
arrivals", International Journal of Forecasting 32, 2016). The counts are Poisson with a gamma-distributed rate, that is
negative binomial (Jongbloed, Koole, "Managing uncertainty in call centres using Poisson mixtures", 2001).

The factors are fitted one after another until they agree (iterative proportional fitting), each with a gamma prior of
mean 1, so that what was seen on a few days only counts a little. The level is smoothed over both neighbouring months
while the factors are learned, and follows the last weeks afterwards.
"""

import math
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tracking.visits.crowding import rules
from tracking.visits.crowding.days import DayLevels

PRIOR_DAYS = {"weekday": 2, "week": 15, "edge": 4, "season": 2, "month": 40, "before": 2, "after": 4, "lucky": 2}
"""How many ordinary days of visitors the prior of a factor is worth."""
PROFILE_PRIOR_DAYS = 15
PASSES = 6
SLOW_HALF_LIFE = 60
RECENT_HALF_LIFE = 15
"""In open days: of the level during the fit, and of the level that the forecast starts from."""
RECENT_PRIOR_DAYS = 2
AHEAD_SPREAD = 0.002
"""What the level itself may drift in the weeks for which bookings are taken: about 4.5 %."""
SPREAD_PRIOR = 0.05
SPREAD_PRIOR_DAYS = 5
RULE_RATIOS = (0.9, 1.1, 1.3, 1.6)
"""What zero to three stars by the rules mean, as long as nothing is known: visitors against an ordinary day."""
RULE_PRIOR_DAYS = 10
LEAST_MEAN = 0.1
"""Visitors: what a mean is at least, so that a service that nobody used has parameters, too."""
DIGITS = 6


class Day(NamedTuple):
    """The visitors of one open day, by hour."""

    date: date
    levels: DayLevels
    hours: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class RuleNumbers:
    """The rules in numbers: the usual visitors of each hour, what each number of stars means, and the spread."""

    hours: dict[str, float]
    ratios: list[float]
    spread: float
    day_spread: float

    def expected(self, levels: DayLevels, hour: int) -> float:
        return self.hours.get(str(hour), 0.0) * self.ratios[rules.day_stars(levels)]


@dataclass(frozen=True, slots=True)
class Series:
    """The parameters of one class of services of an office, as plain JSON values."""

    days: int
    """Open days of history."""
    level: float
    """Visitors of an ordinary day at present."""
    usual: float
    """Visitors of an average day against an ordinary one."""
    factors: dict[str, dict[str, float]]
    profile: dict[str, dict[str, float]]
    """By weekday, and "" for all: the share of each hour."""
    spread: float
    """The variance of an hour's visitors is mean + spread x mean²."""
    day_spread: float
    rules: RuleNumbers

    def factor(self, factor: str, level: str) -> float:
        return self.factors[factor].get(level, 1.0)

    def share(self, levels: DayLevels, hour: int) -> float:
        return self.profile.get(levels.weekday, self.profile[""]).get(str(hour), 0.0)

    def expected(self, levels: DayLevels, hour: int) -> float:
        """The expected visitors of an hour by the fitted factors."""
        product = self.level * self.share(levels, hour)
        for factor, level in zip(levels._fields, levels, strict=True):
            product *= self.factor(factor, level)
        return product


def fit_series(days: Sequence[Day]) -> Generator[None, None, Series]:
    """Fit one series to days in order of date, at least one; yields after each short slice of work."""
    totals = [float(sum(day.hours.values())) for day in days]
    mean = max(sum(totals) / len(days), LEAST_MEAN)
    simple = _rule_numbers(days)
    yield
    profile = _profile(days, totals, [mean] * len(days))
    factors: dict[str, dict[str, float]] = {factor: {} for factor in DayLevels._fields}
    level = [mean] * len(days)
    volumes = level
    for number in range(PASSES):
        yield
        if number == PASSES // 2:
            profile = _profile(days, totals, volumes)
        exposure = [_open_share(profile, day) for day in days]
        expected = [e * v for e, v in zip(exposure, volumes, strict=True)]
        for index, factor in enumerate(DayLevels._fields):
            _improve(factors[factor], [day.levels[index] for day in days], totals, expected, PRIOR_DAYS[factor] * mean)
        bare = [e / one for e, one in zip(expected, level, strict=True)]
        level = _smooth(totals, bare, mean)
        volumes = [one * b / e for one, b, e in zip(level, bare, exposure, strict=True)]
    yield
    expected = [_open_share(profile, day) * volume for day, volume in zip(days, volumes, strict=True)]
    recent = _recent(totals, expected, mean)
    hours = [
        (float(visitors), volume * _share(profile, day, hour))
        for day, volume in zip(days, volumes, strict=True)
        for hour, visitors in day.hours.items()
    ]
    yield
    return Series(
        days=len(days),
        level=_rounded(level[-1] * recent),
        usual=_rounded(sum(v / one for v, one in zip(volumes, level, strict=True)) / len(days)),
        factors={name: {key: _rounded(table[key]) for key in sorted(table)} for name, table in factors.items()},
        profile=profile,
        spread=_rounded(_spread(hours, mean / max(len(profile[""]), 1)) + AHEAD_SPREAD),
        day_spread=_rounded(_spread(zip(totals, expected, strict=True), mean) + AHEAD_SPREAD),
        rules=simple,
    )


def _improve(
    table: dict[str, float], keys: Sequence[str], totals: Sequence[float], expected: list[float], prior: float
) -> None:
    """Fit one factor's levels with everything else as it is, and update what is expected of each day."""
    came, due = dict.fromkeys(keys, 0.0), dict.fromkeys(keys, 0.0)
    for key, total, mu in zip(keys, totals, expected, strict=True):
        came[key] += total
        due[key] += mu
    change = {}
    for key in came:
        old = table.get(key, 1.0)
        table[key] = (came[key] + prior) / (due[key] / old + prior)
        change[key] = table[key] / old
    for number, key in enumerate(keys):
        expected[number] *= change[key]


def _smooth(totals: Sequence[float], bare: Sequence[float], mean: float) -> list[float]:
    """The level of each day: visitors against what the factors alone expect, averaged over both sides."""
    keep = 0.5 ** (1 / SLOW_HALF_LIFE)
    came, due = [0.0] * len(totals), [0.0] * len(totals)
    for order in (range(len(totals)), range(len(totals) - 1, -1, -1)):
        sum_came = sum_due = 0.0
        for number in order:
            came[number] += sum_came
            due[number] += sum_due
            sum_came = keep * (sum_came + totals[number])
            sum_due = keep * (sum_due + bare[number])
    return [(c + own + mean) / (d + b + 1) for c, own, d, b in zip(came, totals, due, bare, strict=True)]


def _recent(totals: Sequence[float], expected: Sequence[float], mean: float) -> float:
    """The last weeks against what was fitted."""
    keep = 0.5 ** (1 / RECENT_HALF_LIFE)
    came = due = 0.0
    for total, mu in zip(totals, expected, strict=True):
        came, due = came * keep + total, due * keep + mu
    prior = RECENT_PRIOR_DAYS * mean
    return (came + prior) / (due + prior)


def _profile(days: Sequence[Day], totals: Sequence[float], volumes: Sequence[float]) -> dict[str, dict[str, float]]:
    """The share of each hour for all days and for each weekday; an hour counts on the days on which it was open."""
    came: dict[str, dict[int, float]] = {"": {}}
    due: dict[str, dict[int, float]] = {"": {}}
    for day, volume in zip(days, volumes, strict=True):
        for key in ("", day.levels.weekday):
            ours, theirs = came.setdefault(key, {}), due.setdefault(key, {})
            for hour, visitors in day.hours.items():
                ours[hour] = ours.get(hour, 0.0) + visitors
                theirs[hour] = theirs.get(hour, 0.0) + volume
    mean = max(sum(totals) / len(days), LEAST_MEAN)
    prior = PROFILE_PRIOR_DAYS * mean
    every = {hour: (came[""][hour] + 0.1) / (due[""][hour] + 0.1 * len(came[""])) for hour in came[""]}
    whole = sum(every.values())
    shares = {
        key: {
            str(hour): _rounded((came[key].get(hour, 0.0) + prior * share / whole) / (due[key].get(hour, 0.0) + prior))
            for hour, share in sorted(every.items())
        }
        for key in sorted(came)
    }
    for table in shares.values():
        total = sum(table.values())
        for name in table:
            table[name] = _rounded(table[name] / total)
    return shares


def _share(profile: Mapping[str, Mapping[str, float]], day: Day, hour: int) -> float:
    return profile[day.levels.weekday][str(hour)]


def _open_share(profile: Mapping[str, Mapping[str, float]], day: Day) -> float:
    return sum(_share(profile, day, hour) for hour in day.hours)


def _spread(pairs: Iterable[tuple[float, float]], mean: float) -> float:
    """The spread beyond Poisson's, by moments, drawn towards a usual one where there is little history."""
    prior = SPREAD_PRIOR_DAYS * max(mean, LEAST_MEAN) ** 2
    extra, squares = SPREAD_PRIOR * prior, prior
    for came, mu in pairs:
        extra += (came - mu) ** 2 - mu
        squares += mu * mu
    return _rounded(max(extra / squares, 0.0))


def _rule_numbers(days: Sequence[Day]) -> RuleNumbers:
    """Turn the rules into numbers: the mean of each hour over all history, and each number of stars' own ratio."""
    stars = [rules.day_stars(day.levels) for day in days]
    ratios, hours = list(RULE_RATIOS), dict[int, float]()
    for _ in range(3):
        came, due = dict[int, float](), dict[int, float]()
        for day, number in zip(days, stars, strict=True):
            for hour, visitors in day.hours.items():
                came[hour] = came.get(hour, 0.0) + visitors
                due[hour] = due.get(hour, 0.0) + ratios[number]
        hours = {hour: came[hour] / due[hour] for hour in sorted(came)}
        usual = sum(hours.values())
        total, of_rule = [0.0] * len(ratios), [0.0] * len(ratios)
        for day, number in zip(days, stars, strict=True):
            total[number] += sum(day.hours.values())
            of_rule[number] += sum(hours[hour] for hour in day.hours)
        prior = RULE_PRIOR_DAYS * usual + 1
        ratios = [(c + prior * stated) / (d + prior) for c, d, stated in zip(total, of_rule, RULE_RATIOS, strict=True)]
    pairs = [
        (float(visitors), hours[hour] * ratios[number])
        for day, number in zip(days, stars, strict=True)
        for hour, visitors in day.hours.items()
    ]
    whole = [
        (float(sum(day.hours.values())), sum(hours[hour] for hour in day.hours) * ratios[number])
        for day, number in zip(days, stars, strict=True)
    ]
    mean = sum(hours.values()) / max(len(hours), 1)
    return RuleNumbers(
        hours={str(hour): _rounded(value) for hour, value in hours.items()},
        ratios=[_rounded(value) for value in ratios],
        spread=_spread(pairs, mean),
        day_spread=_spread(whole, mean * len(hours)),
    )


def _rounded(value: float) -> float:
    """Round to a few significant digits, so that the parameters stay short as JSON."""
    return round(value, DIGITS - 1 - math.floor(math.log10(abs(value)))) if value else 0.0
