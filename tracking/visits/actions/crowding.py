"""Crowding: counting visitors, and the nightly fit of each office's forecast to them."""

from datetime import date, datetime, timedelta

from server.core import city, clock, config, database, jobs
from server.core.days import today
from server.core.jobs import Task
from tracking.visits.crowding import fit_in_steps, politely, review_in_steps
from tracking.visits.queries import forecasts

FIT, NIGHTLY = "visits.fit", "visits.nightly_fit"
AT_HOUR = 2
"""Hour of the day in the city's time zone."""


async def count_visitor(office_id: int, service_id: int, at: datetime, visitors: int = 1) -> None:
    """Count somebody who was served, in the hour in which they were."""
    local = at.astimezone(config.settings().zone)
    await database.insert(
        "visitor_count", ("office_id", "date", "hour", "service_id", "visitors"),
        [(office_id, local.date(), local.hour, service_id, visitors)],
        conflict="(office_id, date, hour, service_id) DO UPDATE "
        "SET visitors = visitor_count.visitors + excluded.visitors",
    )  # fmt: skip


async def count_visit(visit: int) -> None:
    """Count the matters of a visit that was served, at their times: when each was really served is not known."""
    rows = await database.fetch(
        "SELECT v.office_id, m.service_id, m.starts_at FROM visit v JOIN visit_matter m ON m.visit_id = v.id "
        "WHERE v.id = ? ORDER BY m.service_id",  # always in this order: rows of the counts are locked
        visit,
    )
    for row in rows:
        await count_visitor(row["office_id"], row["service_id"], database.moment(row["starts_at"]))


async def nightly(_task: Task) -> None:
    """Have each office's forecast fitted once a night; at once if it has none, or if a night was missed."""
    day = today()
    night = clock.now().astimezone(config.settings().zone).hour == AT_HOUR
    await jobs.enqueue(
        *[
            (f"{FIT}:{office}:{day}", FIT, {"office": office})
            for office in await database.column(
                "SELECT o.id FROM office o LEFT JOIN crowding_model m ON m.office_id = o.id "
                "WHERE o.active = ? AND (m.fitted_on IS NULL OR m.fitted_on < ?) ORDER BY o.id",
                True,
                day if night else day - timedelta(days=1),
            )
        ]
    )


async def fit(office_id: int) -> None:
    """Fit an office's forecast to its history, and compare last month's forecast with what happened."""
    calendar = await city.calendar()
    counts = await forecasts.history(office_id, calendar)
    model = await politely(fit_in_steps(calendar, counts))
    quality = await politely(review_in_steps(calendar, counts))
    await database.insert(
        "crowding_model", ("office_id", "fitted_on", "parameters", "quality"),
        [(office_id, today(), model.to_json(), quality._asdict())],
        conflict="(office_id) DO UPDATE SET fitted_on = excluded.fitted_on, parameters = excluded.parameters, "
        "quality = excluded.quality",
    )  # fmt: skip
    forecasts.forget()


async def fit_all() -> None:
    """Fit all offices' forecasts, as after an import."""
    for office in await database.column("SELECT id FROM office WHERE active = ? ORDER BY id", True):
        await fit(office)


async def import_counts(office_id: int, counts: dict[tuple[date, int, int], int]) -> None:
    """Import visitors of an office that were counted elsewhere, by day, hour and service."""
    await database.insert(
        "visitor_count", ("office_id", "date", "hour", "service_id", "visitors"),
        [(office_id, *key, visitors) for key, visitors in counts.items()],
        conflict="(office_id, date, hour, service_id) DO UPDATE SET visitors = excluded.visitors",
    )  # fmt: skip
