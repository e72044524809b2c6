"""Counter time that has become free: first for visits that had lost their counter, then for the day's waiting list.

It runs in the transaction that freed the time, under the lock of the day's calendar, so nobody else can take the time
in between. An offer is a visit whose time is taken while somebody on the list decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from server.core import city, clock, database, jobs, ledger
from server.core.booking import times
from server.core.booking.day import Free, Wanted
from server.core.days import today
from server.core.notify import texting
from server.core.rows import columns, select, select_one
from tracking.visits import rules
from tracking.visits.actions import taking, visits
from tracking.visits.actions.taking import Wish
from tracking.visits.actions.visits import Contact, VisitRow
from tracking.visits.events import OfferEnded, TimeOffered
from tracking.visits.queries import offices
from tracking.visits.queries.grid import Errand
from tracking.visits.queries.households import OfHousehold, of_households
from tracking.visits.queries.offices import OfficeRow, Place
from tracking.visits.rules import DayHours
from tracking.visits.states import VISIT, Channel, VisitAction, VisitMode, VisitState, WaitingState

PLACED = "visits.placed"
"""The job that records which visits of a day lost or regained their counter."""


@dataclass(frozen=True, slots=True)
class Entry(OfHousehold):
    """An entry of a waiting list as its actions need it."""

    id: int
    number: str
    office_id: int
    date: date
    services: tuple[int, ...]
    from_time: str
    until_time: str
    party: int
    language: str
    name: str
    email: str
    phone: str
    household: str
    household_also: str
    state: WaitingState
    visit_id: int | None
    refused: tuple[str, ...]
    mode: VisitMode


_ENTRY = columns(Entry, "w")


async def entry(condition: str, *values: object) -> Entry | None:
    """The entry, as ``w``, for which a condition holds."""
    return await select_one(Entry, f"SELECT {_ENTRY} FROM visit_waiting w WHERE {condition}", *values)


async def pass_on(calendar: int) -> int:
    """Give what has become free in a day to whom it is due. Returns the number of offers. The calendar is locked."""
    if await times.untidy(calendar):
        office = await database.value("SELECT office_id FROM office_day WHERE calendar_id = ?", calendar)
        terms = await offices.present_terms(await offices.office_by_id(office))
        if await times.place_again(calendar, terms):
            await record_placed_later(calendar)
    return await offer(calendar)


async def confirmed(calendar: int) -> None:
    """Record a visit that was held when its day lost a counter, and is booked now."""
    if await times.unplaced(calendar):
        await record_placed_later(calendar)


async def record_placed_later(calendar: int) -> None:
    """Have it recorded which visits of a day lost or regained their counter."""
    await jobs.enqueue((f"{PLACED}:{calendar}:{clock.now().timestamp()}", PLACED, {"calendar": calendar}))


async def offer(calendar: int) -> int:
    """Offer free time of a day to those who wait for it: each the earliest that fits, in the order in which they came.

    Returns the number of offers. The calendar is locked.
    """
    found = await waiting(calendar)
    if not found:
        return 0
    place, hours = await day_of(found[0].office_id, found[0].date)
    free, made = Free(await times.locked(calendar), place.terms), 0
    for one in found:
        if fitting := _fitting(one, place, hours, free):
            await _offer(one, *fitting, calendar)
            free, made = Free(await times.locked(calendar), place.terms), made + 1
    return made


async def waiting(calendar: int) -> list[Entry]:
    """Who waits for time of a day, in order, unless their household has a visit by now."""
    return await select(
        Entry,
        f"SELECT {_ENTRY} FROM office_day d JOIN visit_waiting w ON w.office_id = d.office_id AND w.date = d.date "
        "AND w.state = ? WHERE d.calendar_id = ? AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.office_id = w.office_id "
        "AND v.date = w.date AND v.household_active IN (w.household, w.household_also)) "
        "AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.office_id = w.office_id AND v.date = w.date "
        "AND v.household_active IS NOT NULL AND v.household_also IN (w.household, NULLIF(w.household_also, ''))) "
        "ORDER BY w.created_at, w.id",
        WaitingState.WAITING,
        calendar,
    )


async def day_of(office_id: int, day: date) -> tuple[Place, DayHours]:
    """An office as it is now, and its hours on a day."""
    office = await offices.office_by_id(office_id)
    weekly = await offices.weekly_hours(office_id)
    hours = await offices.hours(office_id, weekly, [day], await city.kept_calendar())
    return Place(office, await offices.services(office_id), weekly), hours[day]


def _fitting(one: Entry, place: Place, hours: DayHours, free: Free) -> tuple[Wish, datetime] | None:
    errand = errand_of(one, place)
    if errand is None:
        return None
    wished = wishes(errand, hours, one.from_time, one.until_time)
    return free_time([each for each in wished if _named(each[0].start) not in one.refused], free)


def wishes(errand: Errand, hours: DayHours, from_time: str, until_time: str) -> list[tuple[Wish, datetime]]:
    """The times of a day, free or not, that somebody waits for, each with the end of an offer made now."""
    now = offices.local(rules.minute(clock.now()))
    awake = texting.quiet_until(now) or now
    found = []
    for at in rules.starts(hours, errand.length, errand.every):
        start, end = offices.local(at), offices.local(at + errand.length)
        until = rules.offer_until(now, awake, start, errand.office.window, errand.office.offer_minutes)
        if until and rules.within(start, end, from_time, until_time):
            found.append((Wish(errand, at), until))
    return found


def errand_of(one: Entry, place: Place) -> Errand | None:
    """What somebody waits for; None if the office does not do it any more."""
    services = tuple(place.services[each] for each in one.services if each in place.services)
    return Errand(place, services, Channel.ONLINE, one.party) if len(services) == len(one.services) else None


def free_time(wished: Sequence[tuple[Wish, datetime]], free: Free) -> tuple[Wish, datetime] | None:
    """The first of these times that is free."""
    return next((one for one in wished if all(free.fits(each) for each in one[0].errand.wanted(one[0].start))), None)


async def _offer(one: Entry, wished: Wish, until: datetime, calendar: int) -> None:
    contact = Contact(one.name, one.email, one.phone, one.language, mode=one.mode)
    claims = await taking.take(wished, calendar)
    visit = await visits.insert(wished, claims, VisitState.OFFERED, contact, held_until=until)
    await database.execute(
        "UPDATE visit_waiting SET state = ?, visit_id = ? WHERE id = ?", WaitingState.OFFERED, visit.id, one.id
    )
    chain = await ledger.begin(f"visit/{visit.number}")
    await chain.append("system", TimeOffered(visit.id, until.isoformat(timespec="minutes")))


async def end(visit: VisitRow, state: VisitState, actor: str = "system") -> Sequence[Wanted] | None:
    """End a hold or an offer and give back its time. Whoever refused it, or did not answer, waits for another one.

    The calendar is locked. Returns the time; None if it was not open any more.
    """
    freed = await visits.end(visit, state, VisitState.HELD, VisitState.OFFERED)
    if freed is None:
        return None
    if visit.state is VisitState.OFFERED:
        one = await entry("w.visit_id = ? AND w.state = ?", visit.id, WaitingState.OFFERED)
        if one:
            await database.execute(
                "UPDATE visit_waiting SET state = ?, visit_id = NULL, refused = ? WHERE id = ?",
                WaitingState.WAITING,
                orjson.dumps([*one.refused, _named(rules.minute(visit.starts_at))]).decode(),
                one.id,
            )
        chain = await ledger.open_or_begin(f"visit/{visit.number}")
        await chain.append(actor, OfferEnded(state is VisitState.CANCELLED))
    return freed


async def give_up(visit: VisitRow, actor: str) -> bool:
    """End an offer that its owner does not want, as a cancellation ends a visit: the next have it, or it is withheld.

    Otherwise whoever has an offer could choose the moment at which somebody else finds the time. The calendar is
    locked. Returns whether the offer was still open; otherwise nothing happens.
    """
    freed = await end(visit, VISIT[VisitState.OFFERED][VisitAction.REFUSE], actor)
    if freed is None:
        return False
    calendar = await visits.calendar_of(visit)
    await pass_on(calendar)
    await withhold(calendar, await offices.office_by_id(visit.office_id), visit.starts_at, freed)
    return True


async def withhold(calendar: int, place: OfficeRow, start: datetime, freed: Sequence[Wanted]) -> None:
    """Keep freed time that was offered to nobody from the grid for a random delay, or for walk-ins."""
    now = clock.now()
    back = rules.returns_at(now, start, place.return_minutes, taking.chance())
    if back is None or back > now:
        await taking.withhold(place, calendar, freed, back)


async def settle(visit: int, office: int, day: date, households: Sequence[str]) -> None:
    """Take a household that has a visit now off the waiting list of its day. Another time offered to it is passed on.

    The calendar of the day is locked.
    """
    given_up: list[VisitRow] = []
    for one in await select(
        Entry,
        f"SELECT {_ENTRY} FROM visit_waiting w WHERE {of_households('visit_waiting', 'w')} AND w.office_id = ? "
        "AND w.date = ? AND w.state IN (?)",
        households, households, office, day, (WaitingState.WAITING, WaitingState.OFFERED),
    ):  # fmt: skip
        if one.visit_id is not None and one.visit_id != visit:
            given_up += await visits.rows("v.id = ?", one.visit_id)
        await database.execute(
            "UPDATE visit_waiting SET state = ?, visit_id = ? WHERE id = ?",
            WaitingState.DONE, visit if one.visit_id == visit else None, one.id,
        )  # fmt: skip
    for offered in given_up:
        await give_up(offered, "visitor")


def _named(start: int) -> str:
    """How the start of an offer is remembered once it was refused."""
    return rules.moment(start).isoformat(timespec="minutes")


async def due() -> int:
    """Offer what has become free and was not offered then, day by day. Returns the number of offers. Periodic."""
    made = 0
    for row in await database.fetch(
        "SELECT DISTINCT d.calendar_id FROM visit_waiting w JOIN office_day d ON d.office_id = w.office_id "
        "AND d.date = w.date WHERE w.state = ? AND w.date >= ? ORDER BY d.calendar_id",
        WaitingState.WAITING,
        today(),
    ):
        calendar = row["calendar_id"]
        if not await _any(calendar):
            continue
        async with database.transaction():
            await times.lock(calendar)
            made += await offer(calendar)
    return made


async def _any(calendar: int) -> bool:
    """Whether an offer could be made, as pages see the day: looking does not lock it."""
    found = await waiting(calendar)
    if not found:
        return False
    place, hours = await day_of(found[0].office_id, found[0].date)
    free = Free((await times.days([calendar]))[calendar], place.terms)
    return any(_fitting(one, place, hours, free) for one in found)
