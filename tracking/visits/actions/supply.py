"""Keeping counter time in step with hours, rosters and absences.

A day is rebuilt under the lock of its calendar, so a booking sees it as it was before or after. A visit that no counter
can serve any more keeps its time and is listed for the office; a job writes that into its history.
"""

from collections.abc import Iterable
from datetime import date

from server.core import city, clock, config, database, jobs, ledger, roles
from server.core.booking import times
from tracking.visits import rules
from tracking.visits.events import VisitPlaced, VisitUnplaced
from tracking.visits.queries import offices
from tracking.visits.rules import Sitting

SCOPE = "visits"
PLACED = "visits.placed"
"""The job that records which visits of a day lost or regained their counter."""


async def rebuild(office_id: int, days: Iterable[date]) -> int:
    """Rebuild the counter time of an office on some days, one transaction each. Returns how many visits do not fit."""
    unplaced = 0
    for day in sorted({*days}):
        calendar = await _calendar(office_id, day)
        async with database.transaction():
            await times.lock(calendar)
            unplaced += len(await _supply(office_id, day, calendar))
    return unplaced


async def _supply(office_id: int, day: date, calendar: int) -> list[int]:
    place = await offices.office_by_id(office_id)
    hours = (await offices.hours(office_id, await offices.weekly_hours(office_id), [day], await city.calendar()))[day]
    roster, away = await _roster(office_id, day)
    known = await offices.services(office_id)
    present = rules.counter_time(hours, roster if place.active else (), away, place.step)
    before = await times.unplaced(calendar)
    without = await times.supply(calendar, present, offices.terms(place, known))
    if before != without:
        await jobs.enqueue((f"{PLACED}:{calendar}:{clock.now().timestamp()}", PLACED, {"calendar": calendar}))
    return without


async def _calendar(office_id: int, day: date) -> int:
    """The calendar of a day, made when it is first needed."""
    found = await offices.calendars(office_id, [day])
    if day in found:
        return found[day]
    async with database.transaction():
        made = await times.open_calendar(SCOPE)
        await database.insert(
            "office_day", ("office_id", "date", "calendar_id"), [(office_id, day, made)],
            conflict="(office_id, date) DO NOTHING",
        )  # fmt: skip
    return (await offices.calendars(office_id, [day]))[day]


async def _roster(office_id: int, day: date) -> tuple[list[Sitting], set[int]]:
    """Who sits where on a day, and who of them is absent. Case guides sit at their own desk."""
    zone = config.settings().zone
    rows = await database.fetch(
        "SELECT s.counter_id, s.account_id, s.starts, s.ends FROM shift s JOIN counter c ON c.id = s.counter_id "
        "WHERE c.office_id = ? AND c.active = ? AND s.date = ?",
        office_id,
        True,
        day,
    )
    roster = [
        Sitting(
            row["counter_id"], row["account_id"],
            (rules.at_time(day, row["starts"], zone), rules.at_time(day, row["ends"], zone)),
        )
        for row in rows
    ]  # fmt: skip
    return roster, set(await roles.away(day, [one.account for one in roster]))


async def record_placed(calendar: int) -> None:
    """Write into the history of a day's visits which of them no counter can serve any more, or can again."""
    without = set(await times.unplaced(calendar))
    rows = await database.fetch(
        "SELECT v.id, v.number, v.unplaced_since, m.claim_id FROM office_day d "
        "JOIN visit v ON v.office_id = d.office_id AND v.date = d.date AND v.state = 'booked' "
        "JOIN visit_matter m ON m.visit_id = v.id WHERE d.calendar_id = ? ORDER BY v.id",
        calendar,
    )
    unplaced = {row["id"] for row in rows if row["claim_id"] in without}
    for number, visit, since in {(row["number"], row["id"], row["unplaced_since"]) for row in rows}:
        if (visit in unplaced) == (since is not None):
            continue
        gone = visit in unplaced
        async with database.transaction():
            hit = await database.execute(
                f"UPDATE visit SET unplaced_since = ? WHERE id = ? AND unplaced_since IS {'' if gone else 'NOT '}NULL",
                clock.now() if gone else None,
                visit,
            )
            if hit:
                chain = await ledger.lock(f"visit/{number}")
                await chain.append("system", VisitUnplaced() if gone else VisitPlaced())
