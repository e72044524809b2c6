"""How crowded an office will be: its fitted model, or the rules alone where it has no history yet."""

import contextlib
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from server.core import config, database
from server.core.days import today
from server.core.working_calendar import WorkingCalendar
from tracking.visits import rules
from tracking.visits.crowding import ALL, Count, Forecast, Model, Quality, forecast_day, forecast_hour, levels_of
from tracking.visits.queries import offices
from tracking.visits.rules import DayHours

KEPT = 300.0
"""Seconds for which a model is kept: it is fitted once a night."""
HISTORY = timedelta(days=3 * 365)
"""How far back visitors are of use for the forecast."""
MONTH = timedelta(days=31)
QUARTER_OF_AN_HOUR = 15
_kept: dict[int, tuple[float, Model]] = {}


def forget() -> None:
    """Clear the cache."""
    _kept.clear()


async def model(office_id: int) -> Model:
    """The model of an office, at most ``KEPT`` seconds old; an empty one before the first night."""
    if office_id not in _kept or time.monotonic() - _kept[office_id][0] >= KEPT:
        parameters = await database.value("SELECT parameters FROM crowding_model WHERE office_id = ?", office_id)
        found = Model({})
        if parameters is not None:
            with contextlib.suppress(ValueError):  # of an earlier version: fitted anew tonight
                found = Model.from_json(database.document(parameters))
        _kept[office_id] = time.monotonic(), found
    return _kept[office_id][1]


@dataclass(frozen=True, slots=True)
class DayForecast:
    """How crowded a day will be, and each of its open hours."""

    day: Forecast
    hours: Mapping[int, Forecast]


async def days(
    office_id: int, hours: Mapping[date, DayHours], calendar: WorkingCalendar, series: str = ALL
) -> dict[date, DayForecast]:
    """The forecasts of the days on which an office is open."""
    fitted = await model(office_id)
    found = {}
    for day, those in hours.items():
        if open_at := open_hours(those):
            levels = levels_of(calendar, day)
            found[day] = DayForecast(
                forecast_day(fitted, levels, open_at, series),
                {hour: forecast_hour(fitted, levels, hour, series) for hour in open_at},
            )
    return found


def open_hours(hours: DayHours) -> list[int]:
    """The hours of the day, from 0 to 23, in which an office is open at any time."""
    zone = config.settings().zone
    return sorted(
        {
            rules.moment(at).astimezone(zone).hour
            for first, last in hours.spans
            for at in range(first, last, QUARTER_OF_AN_HOUR)
        }
    )


async def history(office_id: int, calendar: WorkingCalendar) -> list[Count]:
    """The visitors of an office until yesterday, by class of services.

    An open hour without visitors counts zero, for each class once somebody came for it. Who was served outside the
    open hours, such as the last ones of an afternoon, counts in the nearest. Months are read one after the other, so
    that nothing else waits for long.
    """
    start, until = today() - HISTORY, today()
    weekly = await offices.weekly_hours(office_id)
    known: dict[str, None] = {}
    counts: list[Count] = []
    while start < until:
        end = min(start + MONTH, until)
        by_day: dict[date, dict[tuple[str, int], int]] = defaultdict(lambda: defaultdict(int))
        for row in await database.fetch(
            "SELECT v.date, v.hour, CASE WHEN s.class_code = '' THEN s.code ELSE s.class_code END AS series, "
            "SUM(v.visitors) AS visitors FROM visitor_count v JOIN counter_service s ON s.id = v.service_id "
            "WHERE v.office_id = ? AND v.date >= ? AND v.date < ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            office_id,
            start,
            end,
        ):
            day = database.day_or_none(row["date"])
            if day:
                by_day[day][row["series"], row["hour"]] = row["visitors"]
        if by_day:
            found = await offices.hours(office_id, weekly, [*by_day], calendar)
            for day, came in by_day.items():
                counts += _whole_day(day, came, open_hours(found[day]), known)
        start = end
    return counts


def _whole_day(day: date, came: Mapping[tuple[str, int], int], hours: list[int], known: dict[str, None]) -> list[Count]:
    known.update(dict.fromkeys(series for series, _hour in came))
    filled = {(series, hour): 0 for series in known for hour in hours}
    for (series, hour), visitors in came.items():
        nearest = min(hours, key=lambda one: abs(one - hour), default=hour)
        filled[series, nearest] = filled.get((series, nearest), 0) + visitors
    return [Count(day, hour, series, visitors) for (series, hour), visitors in filled.items()]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An office and how good its forecast was; ``fitted_on`` is None before the first night."""

    code: str
    names: Mapping[str, str]
    fitted_on: date | None
    quality: Quality

    def name(self, language: str) -> str:
        """The office's name in a language, in Korean if there is none."""
        return self.names.get(language) or self.names["ko"]


async def reviewed() -> list[Reviewed]:
    """The offices by name, each with how good its forecast of the last four weeks was."""
    rows = await database.fetch(
        "SELECT o.code, o.name, o.name_ja, o.name_en, m.fitted_on, m.quality FROM office o "
        "LEFT JOIN crowding_model m ON m.office_id = o.id WHERE o.active = ? ORDER BY o.name, o.id",
        True,
    )
    return [
        Reviewed(
            row["code"], {"ko": row["name"], "ja": row["name_ja"], "en": row["name_en"]},
            database.day_or_none(row["fitted_on"]), Quality(**database.document(row["quality"] or {})),
        )
        for row in rows
    ]  # fmt: skip
