"""A week of an office as its page shows it: what is free, how crowded it will be, and which times suit best."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from server.core import city
from server.core.days import today
from tracking.visits.crowding import DayLevels, Forecast, Model, forecast_day, forecast_hour, levels_of
from tracking.visits.queries import forecasts, grid, offices, planning
from tracking.visits.queries.grid import Errand, GridDay, Slot
from tracking.visits.recommending import LATEST, FreeTime, Recommended, nearest, recommend
from tracking.visits.rules import DayHours

WEEK = 7
AROUND = 3
"""Days before and after a time that is gone, among which the nearest free ones are looked for."""


@dataclass(frozen=True, slots=True)
class Week:
    """The days shown, each with its crowding, and what is recommended within the next days."""

    errand: Errand
    days: tuple[GridDay, ...]
    crowding: Mapping[date, Forecast]
    recommended: tuple[Recommended, ...]
    today: DayHours
    first: date
    last: date
    """The first and the last day that can be booked now."""

    @property
    def monday(self) -> date:
        return self.days[0].date

    def slot(self, start: datetime) -> Slot | None:
        """A start of this week, if the grid shows it."""
        return next((slot for day in self.days for slot in day.slots if slot.start == start), None)


async def week(errand: Errand, wanted: date | None, own: int | None = None, *, prepared: bool = False) -> Week:
    """The week of a day, or the one with the first free time if no day is given.

    ``own``: the visit to be changed. ``prepared``: nothing has to be handed in before the visit.
    """
    now = today()
    first, last = errand.office.window.days(offices.now())
    start = offices.monday(wanted or first)
    soon = offices.span_of_days(now, now + timedelta(days=LATEST))
    shown = offices.span_of_days(start, start + timedelta(days=WEEK * (1 if wanted else 2) - 1))
    read = {day.date: day for day in await _days(errand, sorted({*soon, *shown}), own)}
    if not wanted:
        start = offices.monday(next((day for day in shown if read[day].state == "open"), first))
    chosen = tuple(read[day] for day in offices.span_of_days(start, start + timedelta(days=WEEK - 1)) if day in read)
    calendar, model = await city.kept_calendar(), await forecasts.model(errand.office.id)
    crowding = {
        day.date: forecast_day(model, levels_of(calendar, day.date), _hours(day)) for day in chosen if day.hours.spans
    }
    documents = any(one.documents for one in errand.services)
    times = [time for day in soon for time in _times(read[day], model, levels_of(calendar, day))]
    found = recommend(times, now, prepare=documents and not prepared)
    return Week(errand, chosen, crowding, tuple(found), read[now].hours, first, last)


def _hours(day: GridDay) -> list[int]:
    return sorted({offices.local(at).hour for span in day.hours.spans for at in range(*span, 60)})


def _times(day: GridDay, model: Model, levels: DayLevels) -> Iterator[FreeTime]:
    stars: dict[int, int] = {}
    for slot in day.slots:
        hour = slot.start.hour
        if slot.offered:
            if hour not in stars:
                stars[hour] = forecast_hour(model, levels, hour).stars
            opens, closes = (offices.local(at) for at in (day.hours.spans[0][0], day.hours.spans[-1][1]))
            yield FreeTime(slot.start, slot.mark, stars[hour], opens, closes)


async def next_free(errand: Errand, own: int | None = None) -> datetime | None:
    """The first time that can be booked; None if everything is taken as far ahead as the office can be booked."""
    first, last = errand.office.window.days(offices.now())
    days = await _days(errand, offices.span_of_days(first, last), own) if first <= last else []
    return next((slot.start for day in days for slot in day.slots if slot.offered), None)


async def nearest_free(errand: Errand, wanted: datetime, own: int | None = None) -> list[datetime]:
    """The free times nearest to one that is gone, from some days before it to some days after."""
    day = wanted.date()
    around = offices.span_of_days(day - timedelta(days=AROUND), day + timedelta(days=AROUND))
    days = await _days(errand, around, own)
    return nearest((slot.start for one in days for slot in one.slots if slot.offered), wanted)


async def _days(errand: Errand, wanted: Sequence[date], own: int | None) -> list[GridDay]:
    """The days for what somebody comes for, planned where it has to be; the present start is marked."""
    days = await (planning.days if errand.planned else grid.days)(errand, wanted, own)
    if errand.present is None:
        return days
    return [
        replace(day, slots=tuple(replace(one, own=_same(one.start, errand.present)) for one in day.slots))
        for day in days
    ]


def _same(one: datetime, other: datetime) -> bool:
    return one.timestamp() == other.timestamp()  # in the hour that comes twice, other zones are never equal (PEP 495)
