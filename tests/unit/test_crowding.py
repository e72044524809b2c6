"""The forecast of crowding against years of simulated visitors, and what it does with little or no history."""

import asyncio
import json
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from server.core.working_calendar import WorkingCalendar
from server.demo.visitors import CROWDS, simulate
from tracking.visits import crowding
from tracking.visits.crowding import ALL, Count, Model, Quality, series
from tracking.visits.crowding.model import Expected
from tracking.visits.crowding.quantiles import pinball, quantiles

CALENDARS = {"KR": WorkingCalendar(), "JP": WorkingCalendar("JP", ZoneInfo("Asia/Tokyo"))}
HISTORY, HELD_OUT = timedelta(days=730), timedelta(days=28)
MOST_CALLS = 300_000
"""Calls and returns in one slice of the fit: half as many take 14 ms, and nothing may hold the loop for 50 ms."""
YEARS = ((date(2023, 1, 1), 11), (date(2022, 7, 1), 12))
"""The first day of a simulated history, and its seed."""
WINDOWS = (0, 91, 182, 273)
"""Days after two years of history at which four weeks are held out: in each quarter, because they differ widely."""


@cache
def visitors(country: str, first: date, seed: int) -> tuple[Count, ...]:
    last = first + HISTORY + HELD_OUT + timedelta(days=max(WINDOWS))
    return tuple(simulate(CALENDARS[country], CROWDS, first, last, seed))


def history(country: str, days: int) -> list[Count]:
    first, seed = YEARS[0]
    return [count for count in visitors(country, first, seed) if count.date < first + timedelta(days=days)]


def fit(country: str, counts: list[Count]) -> Model:
    return crowding.at_once(crowding.fit_in_steps(CALENDARS[country], counts))


@cache
def two_years(country: str) -> Model:
    return fit(country, history(country, HISTORY.days))


# --- The gate -----------------------------------------------------------------------------------------------


class Loss(NamedTuple):
    model: float
    rules: float
    inside: bool


def held_out_losses(country: str, years: Sequence[tuple[date, int]]) -> Iterator[tuple[str, Loss]]:
    """Losses on held-out weeks, for services and the whole office, by hour and by day.

    The rules are turned into quantiles as favourably as they allow: the mean of each hour over two years, what each
    number of stars meant in these years, and the spread that was left then.
    """
    calendar = CALENDARS[country]
    for first, seed in years:
        counts = visitors(country, first, seed)
        for window in WINDOWS:
            start = first + HISTORY + timedelta(days=window)
            model = fit(country, [count for count in counts if count.date < start])
            came: dict[tuple[date, str], dict[int, int]] = {}
            for count in counts:
                if start <= count.date < start + HELD_OUT:
                    for name in (count.series, ALL):
                        hours = came.setdefault((count.date, name), {})
                        hours[count.hour] = hours.get(count.hour, 0) + count.visitors
            for (day, name), hours in came.items():
                yield from losses_of_a_day(model, calendar, day, name, hours)


def losses_of_a_day(
    model: Model, calendar: WorkingCalendar, day: date, name: str, hours: Mapping[int, int]
) -> Iterator[tuple[str, Loss]]:
    levels, simple = crowding.levels_of(calendar, day), model.series[name].rules
    whose = "office" if name == ALL else "service"
    by_rules = {hour: simple.expected(levels, hour) for hour in hours}
    forecasts = [
        ("hour", model.hour(levels, hour, name), Expected(by_rules[hour], simple.spread), number)
        for hour, number in hours.items()
    ]
    by_day = Expected(sum(by_rules.values()), simple.day_spread)
    forecasts.append(("day", model.day(levels, hours, name), by_day, sum(hours.values())))
    for what, expected, by_rule, number in forecasts:
        assert expected is not None
        ours = quantiles(*expected)
        loss = Loss(pinball(ours, number), pinball(quantiles(*by_rule), number), ours[0] <= number <= ours[2])
        yield f"{whose}, {what}", loss


def gains(country: str, years: Sequence[tuple[date, int]] = YEARS) -> tuple[dict[str, float], dict[str, float]]:
    """By how much the model's loss is smaller than that of the rules, and the share of counts inside p10 to p90."""
    losses: dict[str, list[Loss]] = {}
    for what, loss in held_out_losses(country, years):
        losses.setdefault(what, []).append(loss)
    return (
        {what: 1 - sum(each.model for each in of) / sum(each.rules for each in of) for what, of in losses.items()},
        {what: sum(each.inside for each in of) / len(of) for what, of in losses.items()},
    )


@pytest.mark.parametrize("country", CALENDARS)
def test_the_model_beats_the_rules_on_held_out_weeks(country: str) -> None:
    better, inside = gains(country)
    assert better["office, hour"] >= 0.20
    assert better["office, day"] >= 0.20
    assert better["service, day"] >= 0.20
    # One service in one hour is a handful of people: here even the true rates would win little more than this.
    assert better["service, hour"] >= 0.12
    assert all(0.70 <= share <= 0.90 for share in inside.values()), inside


def test_a_crippled_model_does_not_pass_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    for factor in series.PRIOR_DAYS:
        monkeypatch.setitem(series.PRIOR_DAYS, factor, 1e9)  # nothing is learned about days
    better, _ = gains("KR", YEARS[:1])
    assert max(better.values()) < 0.20


# --- Fitting ------------------------------------------------------------------------------------------------


def test_parameters_survive_json_and_other_versions_are_refused() -> None:
    model = two_years("JP")
    stored = json.dumps(model.to_json())
    assert Model.from_json(json.loads(stored)) == model
    assert len(stored) < 30_000
    with pytest.raises(ValueError, match="another version"):
        Model.from_json({"version": 0})
    assert Model.from_json(Model({}).to_json()) == Model({})


def test_the_same_counts_in_any_order_give_the_same_model() -> None:
    counts = history("KR", 200)
    model = fit("KR", counts)
    random.Random(3).shuffle(counts)
    assert fit("KR", counts) == model
    first, seed = YEARS[0]
    again = simulate(CALENDARS["KR"], CROWDS, first, first + timedelta(days=199), seed)
    assert sorted(again) == sorted(counts)


def test_no_slice_of_the_fit_holds_up_an_event_loop() -> None:
    crowds = {f"{kind}-{n}": crowd for kind, crowd in CROWDS.items() for n in (1, 2)}
    first = date(2024, 1, 1)
    counts = list(simulate(CALENDARS["KR"], crowds, first, first + HISTORY, 5))
    assert len(crowds) == 12
    assert len(counts) > 50_000
    work = slices = longest = 0

    def count(*_call: object) -> None:
        nonlocal work
        work += 1

    sys.setprofile(count)
    try:
        for _ in crowding.fit_in_steps(CALENDARS["KR"], counts):
            longest, work, slices = max(longest, work), 0, slices + 1
    finally:
        sys.setprofile(None)
    assert slices > 100
    assert longest < MOST_CALLS


async def test_a_polite_fit_lets_others_run_and_gives_the_same_model() -> None:
    turns, done = 0, False

    async def others() -> None:
        nonlocal turns
        while not done:
            turns += 1
            await asyncio.sleep(0)

    counts = history("KR", 120)
    task = asyncio.create_task(others())
    model = await crowding.politely(crowding.fit_in_steps(CALENDARS["KR"], counts))
    done = True
    await task
    assert turns > 50
    assert model == fit("KR", counts)


def test_the_model_learns_what_the_city_is_like() -> None:
    family = two_years("JP").series["family"]
    assert family.factor("lucky", "date") > family.factor("lucky", "taian") > 1.2
    assert family.factor("lucky", "butsumetsu") < 0.9
    moves = two_years("JP").series["moves"]
    assert moves.factor("season", "fiscal-year-3") > 1.5
    assert moves.factor("before", "long") > 1.2
    assert two_years("KR").series["moves"].factor("lucky", "taian") == 1


def test_the_forecast_follows_a_lasting_change() -> None:
    counts = history("KR", HISTORY.days)
    last = counts[-1].date
    halved = [
        count._replace(visitors=count.visitors // 2) if (last - count.date).days < 90 else count for count in counts
    ]
    ratio = fit("KR", halved).usual_day() / two_years("KR").usual_day()
    assert 0.45 < ratio < 0.62


# --- Little history -----------------------------------------------------------------------------------------


def test_without_history_the_rules_alone_forecast() -> None:
    levels = crowding.levels_of(CALENDARS["JP"], date(2025, 3, 31))
    forecast = crowding.forecast_day(Model({}), levels, range(9, 18), "moves")
    assert (forecast.stars, forecast.visitors) == (3, None)
    assert [reason.code for reason in forecast.because] == ["monday", "month-end", "fiscal-year", "taian"]
    tuesday = crowding.levels_of(CALENDARS["JP"], date(2026, 3, 31))
    assert [crowding.forecast_hour(Model({}), tuesday, hour, "moves").stars for hour in (10, 13, 17)] == [3, 2, 1]
    assert Model({}).usual_hour() == 0
    assert crowding.at_once(crowding.fit_in_steps(CALENDARS["JP"], [])) == Model({})


def test_the_model_takes_over_from_the_rules_as_history_grows() -> None:
    levels = crowding.levels_of(CALENDARS["KR"], date(2026, 3, 3))
    weights = []
    for days in (14, 50, 120, 200, 300):
        model = fit("KR", history("KR", days))
        weights.append(model.weight("moves"))
        ours, expected = model.series["moves"], model.hour(levels, 10, "moves")
        assert expected is not None
        low, high = sorted((ours.rules.expected(levels, 10), ours.expected(levels, 10)))
        assert low - 1e-9 <= expected.mean <= high + 1e-9
        if not weights[-1]:
            assert crowding.forecast_day(model, levels, range(9, 18), "moves").stars == 3
            assert expected.mean == ours.rules.expected(levels, 10)
    assert weights[:2] == [0, 0]
    assert 0 < weights[2] < weights[3] <= weights[4] == 1


def test_one_day_of_nobody_and_unseen_days_and_hours_are_no_error() -> None:
    model = fit("KR", [Count(date(2026, 11, 18), hour, "tax", 0) for hour in (9, 10)])
    levels = crowding.levels_of(CALENDARS["KR"], date(2026, 11, 22))
    forecast = crowding.forecast_hour(model, levels, 9, "tax")
    assert forecast.visitors is not None
    assert forecast.visitors.p90 == 0
    assert forecast.stars == 0
    sunday = crowding.forecast_day(two_years("KR"), levels, range(9, 13))
    assert sunday.visitors is not None
    assert sunday.visitors.p50 > 0
    assert crowding.forecast_hour(two_years("KR"), levels, 20).visitors == (0, 0, 0)


def test_short_openings_on_sundays_are_learned_as_such() -> None:
    counts = history("KR", 400)
    mondays = {count.date for count in counts if count.date.weekday() == 0}
    sundays = [
        count._replace(date=count.date - timedelta(days=1), visitors=count.visitors // 2)
        for count in counts
        if count.date in mondays and count.hour < 12
    ]
    model, calendar = fit("KR", [*counts, *sundays]), CALENDARS["KR"]
    sunday, monday = (crowding.levels_of(calendar, date(2025, 9, day)) for day in (21, 22))
    short, whole, same = (
        model.day(sunday, range(9, 12)),
        model.day(monday, range(9, 18)),
        model.day(monday, range(9, 12)),
    )
    assert short is not None
    assert whole is not None
    assert same is not None
    assert 0.4 < short.mean / same.mean < 0.6
    assert whole.mean == pytest.approx(fit("KR", counts).day(monday, range(9, 18)).mean, rel=0.05)  # type: ignore[union-attr]


# --- Stars, reasons, and how good it was --------------------------------------------------------------------


def test_stars_compare_with_the_usual_or_with_what_can_be_served() -> None:
    model, calendar = two_years("JP"), CALENDARS["JP"]
    busy, quiet = (crowding.levels_of(calendar, date(2025, 3, 31)), crowding.levels_of(calendar, date(2025, 2, 6)))
    hours = range(9, 18)
    assert crowding.forecast_day(model, busy, hours, "moves").stars == 3
    assert crowding.forecast_day(model, quiet, hours, "moves").stars == 0
    usual = model.usual_day("moves")
    assert crowding.forecast_day(model, busy, hours, "moves", can_serve=usual * 10).stars == 0
    assert crowding.forecast_day(model, quiet, hours, "moves", can_serve=usual / 10).stars == 3
    assert crowding.forecast_day(model, quiet, hours, "moves", can_serve=0).stars == 3
    late, noon = (crowding.forecast_hour(model, quiet, hour) for hour in (17, 10))
    assert late.stars < noon.stars
    assert late.visitors is not None
    assert noon.visitors is not None
    assert late.visitors.p90 < noon.visitors.p10


def test_reasons_are_what_was_learned_strongest_first() -> None:
    model, calendar = two_years("JP"), CALENDARS["JP"]
    because = crowding.forecast_day(
        model, crowding.levels_of(calendar, date(2025, 3, 31)), range(9, 18), "moves"
    ).because
    assert because[0].code == "fiscal-year"
    assert because[0].percent > 50
    assert [abs(reason.percent) for reason in because] == sorted((abs(r.percent) for r in because), reverse=True)
    wedding = crowding.levels_of(calendar, date(2024, 11, 22))
    assert crowding.forecast_day(model, wedding, range(9, 18), "family").because[0].code == "wedding-date"
    hour = crowding.forecast_hour(model, wedding, 17, "passports").because
    assert hour[0].code == "quiet-hour"
    assert hour[0].percent < 0


def test_the_last_weeks_are_compared_with_their_forecast() -> None:
    counts = history("JP", HISTORY.days)
    quality = crowding.at_once(crowding.review_in_steps(CALENDARS["JP"], counts))
    days = {count.date for count in counts if (counts[-1].date - count.date).days < 28}
    assert quality.hours == 9 * len(days)
    assert 60 <= quality.inside <= 95
    assert 0 < quality.pinball < quality.rules_pinball
    assert Quality(**json.loads(json.dumps(quality._asdict()))) == quality
    assert crowding.at_once(crowding.review_in_steps(CALENDARS["JP"], [])) == Quality()
    assert crowding.at_once(crowding.review_in_steps(CALENDARS["JP"], history("JP", 60))) == Quality()


@pytest.mark.parametrize(("mean", "spread"), [(0.4, 0.05), (6.0, 0.0), (30.0, 0.04), (99.0, 0.02), (400.0, 0.02)])
def test_quantiles_are_those_of_the_distribution(mean: float, spread: float) -> None:
    size = 1 / (spread or 1e-6)

    def up_to(most: int) -> float:
        """The probability of at most so many, by the formula of the negative binomial distribution."""
        return sum(
            math.exp(
                math.lgamma(n + size) - math.lgamma(size) - math.lgamma(n + 1)
                + size * math.log(size / (size + mean)) + n * math.log(mean / (size + mean))
            )
            for n in range(most + 1)
        )  # fmt: skip

    slack = 0 if mean < 100 else 1
    for at, share in zip(quantiles(mean, spread), (0.1, 0.5, 0.9), strict=True):
        assert up_to(at + slack) >= share > up_to(at - 1 - slack)


def test_pinball_weighs_what_is_missed_by_the_quantile() -> None:
    assert pinball((10, 20, 30), 20) == pytest.approx((0.1 * 10 + 0 + 0.1 * 10) / 3)
    assert pinball((10, 20, 30), 40) == pytest.approx((0.1 * 30 + 0.5 * 20 + 0.9 * 10) / 3)
    assert pinball((10, 20, 30), 0) == pytest.approx((0.9 * 10 + 0.5 * 20 + 0.1 * 30) / 3)
