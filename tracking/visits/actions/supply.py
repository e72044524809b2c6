"""Keeping counter time in step with hours, rosters and absences.

A day is rebuilt under the lock of its calendar, so a booking sees it as it was before or after. A visit that no counter
can serve any more keeps its time and is listed for the office; a job writes that into its history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from server.core import city, clock, config, database, ledger, roles
from server.core.booking import times
from tracking.visits import rules
from tracking.visits.actions import offering
from tracking.visits.events import VisitPlaced, VisitUnplaced
from tracking.visits.queries import offices
from tracking.visits.rules import Sitting

SCOPE = "visits"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What rebuilding counter time has led to."""

    unplaced: int = 0
    """Claims that no counter can serve."""
    displaced: int = 0
    """Booked visits that had their counters before."""


async def rebuild(office_id: int, days: Iterable[date]) -> Rebuilt:
    """Rebuild the counter time of an office on some days, one transaction each."""
    unplaced = displaced = 0
    for day in sorted({*days}):
        calendar = await _calendar(office_id, day)
        async with database.transaction():
            await times.lock(calendar)
            before = await times.unplaced(calendar)
            after = await _supply(office_id, day, calendar, before)
            if not {*after}.issubset(before):
                displaced += len(await _booked(after) - await _booked(before))
        unplaced += len(after)
    return Rebuilt(unplaced, displaced)


async def _booked(claims: Iterable[int]) -> set[int]:
    """The booked visits that some claims belong to."""
    return {
        *await database.column(
            "SELECT m.visit_id FROM visit_matter m JOIN visit v ON v.id = m.visit_id "
            "WHERE m.claim_id IN (?) AND v.state = 'booked'",
            tuple(claims),
        )
    }


async def _supply(office_id: int, day: date, calendar: int, before: Sequence[int]) -> list[int]:
    place = await offices.office_by_id(office_id)
    hours = (await offices.hours(office_id, await offices.weekly_hours(office_id), [day], await city.calendar()))[day]
    roster, away = await _roster(office_id, day)
    present = rules.counter_time(hours, roster if place.active else (), away, place.step)
    those = await offices.present_terms(place)
    without = await times.supply(calendar, present, those)
    if without and await _give_up_freed(calendar, without):
        without = await times.supply(calendar, present, those)
    if before != without:
        await offering.record_placed_later(calendar)
    await offering.offer(calendar)
    return without


async def _give_up_freed(calendar: int, without: list[int]) -> bool:
    """Give back freed time that is not offered yet, where a visit has lost its counter. Returns whether there was any.

    Nobody comes in that time, so a visitor must not lose theirs to it.
    """
    lost = await times.claims(without)
    freed = await database.fetch("SELECT id, claim_id, places FROM freed_time WHERE calendar_id = ?", calendar)
    spans = {one.id: one for one in await times.claims([row["claim_id"] for row in freed])}
    needed = [
        row
        for row in freed
        if (held := spans.get(row["claim_id"]))
        and any(one.starts < held.ends and held.starts < one.ends for one in lost)
    ]
    for row in needed:
        await database.execute("DELETE FROM freed_time WHERE id = ?", row["id"])
        await times.give_back(row["claim_id"], row["places"])
    return bool(needed)


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
    return roster, {*await roles.away(day, day, [one.account for one in roster])}


async def record_placed(calendar: int) -> None:
    """Write into the history of a day's visits which of them no counter can serve any more, or can again."""
    async with database.transaction():
        await times.lock(calendar)  # otherwise a job that read earlier could write later
        without = set(await times.unplaced(calendar))
        rows = await database.fetch(
            "SELECT v.id, v.number, v.unplaced_since, m.claim_id FROM office_day d "
            "JOIN visit v ON v.office_id = d.office_id AND v.date = d.date AND v.state = 'booked' "
            "JOIN visit_matter m ON m.visit_id = v.id WHERE d.calendar_id = ?",
            calendar,
        )
        unplaced = {row["id"] for row in rows if row["claim_id"] in without}
        known = {(row["id"], row["number"], row["unplaced_since"] is not None) for row in rows}
        for visit, number, was in sorted(known):
            gone = visit in unplaced
            if gone != was:
                now = clock.now() if gone else None
                await database.execute("UPDATE visit SET unplaced_since = ? WHERE id = ?", now, visit)
                chain = await ledger.lock(f"visit/{number}")
                await chain.append("system", VisitUnplaced() if gone else VisitPlaced())
