"""The waiting list of a day: joining and leaving it, and accepting or refusing an offered time."""

from dataclasses import dataclass
from datetime import date, timedelta

from server.core import clock, database, ledger, references
from server.core.booking import times
from server.core.booking.day import Free
from server.core.database import IntegrityError
from server.core.days import today
from server.core.errors import Invalid, _
from tracking.visits.actions import booking, offering, taking, visits
from tracking.visits.actions.booking import KeyOf
from tracking.visits.actions.offering import Entry
from tracking.visits.actions.visits import Booked, Contact
from tracking.visits.errors import AlreadyWaiting, NotWaiting, OfferAccepted, OfferExpired, OnePerHousehold, TimeFree
from tracking.visits.events import WaitingJoined, WaitingLeft
from tracking.visits.queries import grid, offices
from tracking.visits.queries.grid import Errand
from tracking.visits.queries.households import of_households
from tracking.visits.states import VisitState, WaitingState

KEPT_DAYS = 30
"""Days after its day for which an entry is kept."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody waits for: a visit on a day, between two times of day if they are given."""

    errand: Errand
    date: date
    from_time: str = ""
    until_time: str = ""


async def join(wanted: Wanted, contact: Contact) -> str:
    """Put a household on the waiting list of a day. Returns the number of the entry.

    Raises ``Invalid`` where nothing can become free, ``TimeFree``, ``AlreadyWaiting``, ``OnePerHousehold``,
    ``Restricted``, ``TooManyVisits``.
    """
    errand, day = wanted.errand, wanted.date
    booking.must_offer(errand.services, contact.mode)
    calendar = (await offices.calendars(errand.office.id, [day])).get(day)
    if calendar is None:
        raise Invalid.at("date", NOT_BOOKABLE)
    async with database.transaction():
        await times.lock(calendar)
        await _check_wanted(wanted, calendar)
        await booking.may_book(errand.office, contact.households, 0, day)
        if await database.value(
            f"SELECT COUNT(*) FROM visit_waiting WHERE {of_households('visit_waiting')} AND office_id = ? AND date = ? "
            "AND state IN (?)",
            contact.households, contact.households, errand.office.id, day,
            (WaitingState.WAITING, WaitingState.OFFERED),
        ):  # fmt: skip
            raise AlreadyWaiting
        number = await _insert(wanted, contact)
        chain = await ledger.begin(f"waiting/{number}")
        services = tuple(one.id for one in errand.services)
        await chain.append("visitor", WaitingJoined(errand.office.id, day.isoformat(), services))
    return number


NOT_BOOKABLE = _("There is no waiting list for this day.")


async def _check_wanted(wanted: Wanted, calendar: int) -> None:
    place, hours = await offering.day_of(wanted.errand.office.id, wanted.date)
    errand = Errand(place, wanted.errand.services, party=wanted.errand.party)
    free = Free(await times.locked(calendar), place.terms)
    day = grid.seen(errand, wanted.date, hours, free.day)
    if not day.slots:
        raise Invalid.at("date", NOT_BOOKABLE)
    wished = offering.wishes(errand, hours, wanted.from_time, wanted.until_time)
    served = [one for one in wished if all(free.served(each) for each in errand.wanted(one[0].start))]
    if not served:
        raise Invalid.at("until_time", _("Nothing can become free between these times. Please choose longer hours."))
    if found := offering.free_time(served, free):
        raise TimeFree(offices.local(found[0].start))


async def _insert(wanted: Wanted, contact: Contact) -> str:
    number = references.new_reference()
    values = {
        "number": number, "office_id": wanted.errand.office.id, "date": wanted.date,
        "services": [one.id for one in wanted.errand.services], "from_time": wanted.from_time,
        "until_time": wanted.until_time, "party": wanted.errand.party, "language": contact.language,
        "name": contact.name, "email": contact.email, "phone": contact.phone, "household": contact.household,
        "household_also": contact.household_also, "mode": contact.mode,
        "state": WaitingState.WAITING, "visit_id": None, "refused": [], "created_at": clock.now(),
    }  # fmt: skip
    again = ", ".join(f"{one} = excluded.{one}" for one in values)
    rows = await database.insert(
        "visit_waiting", tuple(values), [tuple(values.values())], returning="id",
        conflict=f"(household, office_id, date) DO UPDATE SET {again} WHERE visit_waiting.state IN ('left', 'done')",
    )  # fmt: skip
    if not rows:
        raise AlreadyWaiting
    return number


async def leave(number: str, actor: str, reason: str = "") -> None:
    """Take an entry off its list; a time offered to it goes to the next. Repeating it does nothing.

    ``reason`` is a code, for an official who does it. Raises ``NotWaiting``.
    """
    one = await _entry(number)
    calendar = (await offices.calendars(one.office_id, [one.date]))[one.date]
    async with database.transaction():
        await times.lock(calendar)
        one = await _entry(number)
        if one.state in {WaitingState.LEFT, WaitingState.DONE}:
            return
        await database.execute(
            "UPDATE visit_waiting SET state = ?, visit_id = NULL WHERE id = ?", WaitingState.LEFT, one.id
        )
        if one.visit_id:
            for visit in await visits.rows("v.id = ?", one.visit_id):
                await offering.give_up(visit, actor)
        chain = await ledger.lock(f"waiting/{number}")
        await chain.append(actor, WaitingLeft(reason))


async def _entry(number: str) -> Entry:
    found = await offering.entry("w.number = ?", number)
    if found is None:
        raise NotWaiting
    return found


async def accept(number: str, key_of: KeyOf | None = None) -> Booked:
    """Book an offered time, by the number of its visit. Doing it again returns the same visit, without its key.

    Raises ``NoSuchVisit``, ``OfferExpired``, ``OnePerHousehold``, ``Restricted``, ``TooManyVisits``.
    """
    visit = await visits.visit_row(number)
    wished = await taking.of_visit(visit.id, visit.office_id, visit.starts_at, visit.channel, visit.party)
    contact = Contact(visit.name, visit.email, visit.phone, visit.language, mode=visit.mode)
    try:
        async with database.transaction():
            await times.lock(await visits.calendar_of(visit))
            state = await database.value(
                "UPDATE visit SET state = state WHERE id = ? AND (state = ? OR (state = ? AND held_until > ?)) "
                "RETURNING state",
                visit.id, VisitState.BOOKED, VisitState.OFFERED, clock.now(),
            )  # fmt: skip
            if state == VisitState.BOOKED:
                return Booked(visit.id, number, "")
            if state is None:
                raise OfferExpired
            return await booking.confirm(visit, wished, contact, key_of)
    except IntegrityError:
        raise OnePerHousehold(visit.date) from None


async def refuse(number: str) -> bool:
    """Refuse an offered time; whoever did stays on the list. Returns whether it was still open; if not, does nothing.

    Raises ``NoSuchVisit``, ``OfferAccepted``.
    """
    visit = await visits.visit_row(number)
    calendar = await visits.calendar_of(visit)
    async with database.transaction():
        await times.lock(calendar)
        if await offering.give_up(visit, "visitor"):
            return True
        if (await visits.visit_row(number)).state is VisitState.BOOKED:
            raise OfferAccepted
    return False


async def forget() -> int:
    """Delete the entries, with their names and contacts, of days that are over since :data:`KEPT_DAYS`. Periodic."""
    return await database.execute("DELETE FROM visit_waiting WHERE date < ?", today() - timedelta(days=KEPT_DAYS))
