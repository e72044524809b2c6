"""Each evening the list of the next open day goes to the office's address, so that it can work without the site."""

from datetime import date, datetime, time, timedelta

from server.core import city, clock, config, database, jobs
from server.core.rows import columns, select
from tracking.visits.queries import offices
from tracking.visits.queries.offices import OfficeRow

DAYLIST = "visits.daylist"
"""The job that mails the list of one day to one office."""
SENT_AT, SENT_UNTIL = time(18), time(8)
"""From when the list is sent, in the city; if no job ran in the evening, until when on the next morning."""
MOST_AHEAD = 14
"""Days within which the next open day is looked for."""


def evening_of(here: datetime) -> date | None:
    """The evening whose lists are to be sent at a time in the city; None by day."""
    if SENT_UNTIL <= here.time() < SENT_AT:
        return None
    return (here.replace(tzinfo=None) - timedelta(hours=SENT_UNTIL.hour)).date()


async def send() -> int:
    """Put tonight's lists into the outbox, one for each office with an address, once. Returns how many. Periodic."""
    evening, count = evening_of(clock.now().astimezone(config.settings().zone)), 0
    if evening is None:
        return count
    for place in await select(
        OfficeRow,
        f"SELECT {columns(OfficeRow, 'o')} FROM office o WHERE o.active = ? AND o.email <> '' "
        "AND (o.listed_on IS NULL OR o.listed_on < ?) ORDER BY o.id",
        True,
        evening,
    ):
        day = await _next_open_day(place, evening)
        async with database.transaction():
            hit = await database.execute(
                "UPDATE office SET listed_on = ? WHERE id = ? AND (listed_on IS NULL OR listed_on < ?)",
                evening, place.id, evening,
            )  # fmt: skip
            if hit and day:
                payload = {"office": place.id, "date": day.isoformat()}
                await jobs.enqueue((f"daylist:{place.id}:{evening}", DAYLIST, payload))
                count += 1
    return count


async def _next_open_day(place: OfficeRow, evening: date) -> date | None:
    days = offices.span_of_days(evening + timedelta(days=1), evening + timedelta(days=MOST_AHEAD))
    hours = await offices.hours(place.id, await offices.weekly_hours(place.id), days, await city.kept_calendar())
    return next((day for day in days if hours[day].spans), None)
