"""Booking a visit: hold a time, book it, change and cancel it; expire holds and return freed time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.core import clock, config, database, ledger, references
from server.core.booking import times
from server.core.booking.errors import TimeTaken
from server.core.database import IntegrityError
from server.core.errors import NotPossibleNow
from server.core.rows import columns, select_one
from tracking.visits import rules
from tracking.visits.actions import supply, taking
from tracking.visits.actions.taking import Wish
from tracking.visits.errors import HoldExpired, NoSuchVisit, OnePerHousehold, Restricted, TooLate, TooManyVisits
from tracking.visits.events import VisitBooked, VisitCancelled, VisitRescheduled
from tracking.visits.queries import offices
from tracking.visits.states import VISIT, Channel, VisitAction, VisitState

MOST_EXPIRED = 500
"""Holds and offers that one run of the job expires."""
HOLD_ATTEMPTS = 3
KeyOf = Callable[[str], str]
"""The key of a visit by its number."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a visit is for, and how to reach them: one address or number."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = "ko"
    note: str = ""

    @property
    def household(self) -> str:
        """By what their household is known."""
        return rules.household(config.settings().secret_key, self.email, self.phone)


@dataclass(frozen=True, slots=True)
class Booked:
    """The number of a visit, and its key, which is shown once."""

    id: int
    number: str
    key: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit as its actions need it."""

    id: int
    number: str
    office_id: int
    date: date
    starts_at: datetime
    state: VisitState
    party: int
    revision: int
    household: str
    held_until: datetime | None


_ROW = columns(VisitRow, "v")


async def hold(wished: Wish, holder: str, language: str) -> str:
    """Hold a time for a browser, instead of one that it holds already. Returns the visit's number.

    ``holder`` is the browser's hashed token. Raises ``TimeTaken``.
    """
    calendar = await taking.calendar_of(wished)
    for _attempt in range(HOLD_ATTEMPTS):
        earlier = await select_one(VisitRow, f"SELECT {_ROW} FROM visit v WHERE v.holder = ?", holder)
        try:
            async with database.transaction():
                before = await _calendar(earlier) if earlier else calendar
                await times.lock(calendar, before)
                if earlier:
                    await _end(earlier, before, VisitState.CANCELLED, (VisitState.HELD,))
                claims = await taking.take(wished, calendar)
                until = clock.now() + timedelta(minutes=wished.office.hold_minutes)
                return (
                    await _insert(wished, claims, VisitState.HELD, language, held_until=until, holder=holder)
                ).number
        except IntegrityError:  # another tab of this browser was first
            continue
    raise TimeTaken


async def book_now(wished: Wish, contact: Contact, key_of: KeyOf | None = None, case: str = "") -> Booked:
    """Book a time without a hold; ``key_of`` gives the key of a number.

    Raises ``TimeTaken``, ``OnePerHousehold``, ``TooManyVisits``, ``Restricted``.
    """
    calendar = await taking.calendar_of(wished)
    try:
        async with database.transaction():
            await times.lock(calendar)
            claims = await taking.take(wished, calendar)
            visit = await _insert(wished, claims, VisitState.HELD, contact.language)
            return await _confirm(visit.id, wished, contact, key_of, case)
    except IntegrityError:
        raise OnePerHousehold(wished.date) from None


async def book_held(number: str, holder: str, contact: Contact) -> Booked:
    """Book the time that a browser holds. Doing it again returns the same visit, without its key.

    Raises ``HoldExpired``, and the refusals of :func:`book_now` except ``TimeTaken``.
    """
    visit = await select_one(
        VisitRow, f"SELECT {_ROW} FROM visit v WHERE v.number = ? AND v.browser = ?", number, holder
    )
    if visit is None:
        raise HoldExpired
    wished = await taking.of_visit(visit.id, visit.office_id, visit.starts_at, Channel.ONLINE, visit.party)
    calendar = await _calendar(visit)
    try:
        async with database.transaction():
            state = await database.value(
                "UPDATE visit SET holder = holder WHERE id = ? AND (state = ? OR (state = ? AND held_until > ?)) "
                "RETURNING state",
                visit.id,
                VisitState.BOOKED,
                VisitState.HELD,
                clock.now(),
            )
            if state == VisitState.BOOKED:
                return Booked(visit.id, number, "")
            if state is None:
                raise HoldExpired
            booked = await _confirm(visit.id, wished, contact)
            await supply.confirmed(calendar)
            return booked
    except IntegrityError:
        raise OnePerHousehold(wished.date) from None


async def _insert(
    wished: Wish,
    claims: list[int],
    state: VisitState,
    language: str,
    *,
    held_until: datetime | None = None,
    holder: str | None = None,
) -> Booked:
    number = references.new_reference()
    values = {
        "number": number, "key_hash": "", "office_id": wished.office.id, "date": wished.date,
        "starts_at": rules.moment(wished.start), "ends_at": rules.moment(wished.end), "state": state,
        "channel": wished.errand.channel, "language": language, "party": wished.errand.party, "held_until": held_until,
        "holder": holder, "created_at": clock.now(), "name": "", "email": "", "phone": "", "note": "",
        "case_reference": "", "household": "", "revision": 0, "browser": holder or "",
    }  # fmt: skip
    (row,) = await database.insert("visit", tuple(values), [tuple(values.values())], returning="id")
    await taking.write_matters(row["id"], wished, claims)
    return Booked(row["id"], number, "")


async def _confirm(visit: int, wished: Wish, contact: Contact, key_of: KeyOf | None = None, case: str = "") -> Booked:
    """Turn a held time into a booking. A second active visit of the household on the day breaks the unique index."""
    await _may_book(wished, contact.household)
    now = clock.now()
    number = str(await database.value("SELECT number FROM visit WHERE id = ?", visit))
    key = key_of(number) if key_of else references.new_key()
    await database.execute(
        "UPDATE visit SET state = ?, key_hash = ?, name = ?, email = ?, phone = ?, language = ?, note = ?, "
        "case_reference = ?, household = ?, household_active = ?, holder = NULL, held_until = NULL, booked_at = ?, "
        "remind_at = ? WHERE id = ?",
        VisitState.BOOKED, references.key_hash(key), contact.name, contact.email, contact.phone, contact.language,
        contact.note, case, contact.household, contact.household, now,
        rules.next_reminder(offices.local(wished.start), now), visit,
    )  # fmt: skip
    chain = await ledger.begin(f"visit/{number}")
    starts_at = rules.moment(wished.start).isoformat(timespec="minutes")
    services = tuple(one.id for one in wished.errand.services)
    await chain.append("visitor", VisitBooked(visit, wished.office.id, starts_at, services, wished.errand.channel))
    return Booked(visit, number, key)


async def _may_book(wished: Wish, household: str) -> None:
    now = clock.now()
    until = await database.value(
        "SELECT MAX(ends_at) FROM visit_restriction "
        "WHERE household = ? AND office_id = ? AND begins_at <= ? AND ends_at > ? AND lifted_at IS NULL",
        household, wished.office.id, now, now,
    )  # fmt: skip
    if until is not None:
        raise Restricted(database.moment(until).astimezone(config.settings().zone).date())
    most = wished.office.most_active
    if database.dialect() == "postgres":  # on other days, too, and SQLite has one writer at a time
        await database.fetch("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", household)
    active = await database.value(
        "SELECT COUNT(*) FROM visit WHERE household = ? AND office_id = ? AND state = ? AND starts_at > ?",
        household, wished.office.id, VisitState.BOOKED, now,
    )  # fmt: skip
    if active >= most:
        raise TooManyVisits(most)


async def visit_row(number: str) -> VisitRow:
    """A visit by its number. Raises ``NoSuchVisit``."""
    found = await select_one(VisitRow, f"SELECT {_ROW} FROM visit v WHERE v.number = ?", number)
    if found is None:
        raise NoSuchVisit
    return found


async def cancel(number: str, actor: str, *, cannot_come: bool = False) -> None:
    """Cancel a booked visit; ``cannot_come`` also after the time for it. Repeating it does nothing.

    Raises ``NoSuchVisit``, ``TooLate``, ``NotPossibleNow``.
    """
    visit = await visit_row(number)
    if visit.state is VisitState.CANCELLED:
        return
    place = await offices.office_by_id(visit.office_id)
    zone, now = config.settings().zone, clock.now()
    in_time = place.window.can_change(visit.starts_at.astimezone(zone), now.astimezone(zone))
    if not in_time and not cannot_come:
        raise TooLate
    back = rules.returns_at(now, visit.starts_at, place.return_minutes, taking.chance())
    at_once = back is not None and back <= now
    calendar = await _calendar(visit)
    action = VisitAction.CANCEL if in_time else VisitAction.CANNOT_COME
    state = VISIT[VisitState.BOOKED][action]
    async with database.transaction():
        await times.lock(calendar)
        if await _end(visit, calendar, state, (VisitState.BOOKED,), later=None if at_once else back, keep=not at_once):
            chain = await ledger.lock(f"visit/{number}")
            await chain.append(actor, VisitCancelled(not in_time))
            return
    found = await visit_row(number)
    if found.state is VisitState.BOOKED and found.revision != visit.revision:  # it was moved meanwhile
        await cancel(number, actor, cannot_come=cannot_come)
    elif found.state is not VisitState.CANCELLED:
        raise NotPossibleNow(action, found.state)


async def reschedule(number: str, wished: Wish, actor: str, *, by_office: bool = False) -> None:
    """Take another time and give back the old one, in one transaction: a refusal leaves the visit as it was.

    The visit's own time counts as free. Raises ``NoSuchVisit``, ``TimeTaken``, ``TooLate``, ``OnePerHousehold``,
    ``NotPossibleNow``.
    """
    visit = await visit_row(number)
    place = await offices.office_by_id(visit.office_id)
    zone = config.settings().zone
    may = place.window.can_change(visit.starts_at.astimezone(zone), clock.now().astimezone(zone))
    if not may and not by_office:
        raise TooLate
    calendar, earlier = await taking.calendar_of(wished), await _calendar(visit)
    try:
        async with database.transaction():
            await times.lock(calendar, earlier)
            await taking.free(visit.id, visit.party)
            claims = await taking.take(wished, calendar)
            hit = await database.execute(
                "UPDATE visit SET office_id = ?, date = ?, starts_at = ?, ends_at = ?, party = ?, "
                "remind_at = ?, revision = revision + 1, unplaced_since = NULL "
                "WHERE id = ? AND state = ? AND revision = ?",
                wished.office.id, wished.date, rules.moment(wished.start), rules.moment(wished.end),
                wished.errand.party, rules.next_reminder(offices.local(wished.start), clock.now()),
                visit.id, VisitState.BOOKED, visit.revision,
            )  # fmt: skip
            if not hit:
                raise NotPossibleNow(VisitAction.RESCHEDULE, visit.state)
            await taking.write_matters(visit.id, wished, claims)
            for one in sorted({calendar, earlier}):
                await supply.place_again(one)
            chain = await ledger.lock(f"visit/{number}")
            was, now = (rules.moment(rules.minute(one)).isoformat(timespec="minutes")
                        for one in (visit.starts_at, rules.moment(wished.start)))  # fmt: skip
            await chain.append(actor, VisitRescheduled(was, now, visit.revision + 1))
    except IntegrityError:
        raise OnePerHousehold(wished.date) from None


async def _end(
    visit: VisitRow,
    calendar: int,
    state: VisitState,
    expected: tuple[VisitState, ...],
    *,
    later: datetime | None = None,
    keep: bool = False,
) -> bool:
    """End a visit if it is still in an expected state, and free its time. ``calendar`` is its, and locked.

    ``keep``: its time is not offered before ``later``, or never if that is None.
    """
    hit = await database.execute(
        "UPDATE visit SET state = ?, holder = NULL, held_until = NULL, household_active = NULL, remind_at = NULL, "
        "ended_at = ? WHERE id = ? AND state IN (?) AND revision = ?",
        state,
        clock.now(),
        visit.id,
        expected,
        visit.revision,
    )
    if hit:
        await taking.free(visit.id, visit.party, later=later, for_good=keep and later is None)
        await supply.place_again(calendar)
    return bool(hit)


async def expire() -> int:
    """End the holds and offers whose time is over, and free their places. Returns how many. Periodic."""
    count = 0
    for number in await database.column(
        f"SELECT number FROM visit WHERE state IN ('held', 'offered') AND held_until <= ? LIMIT {MOST_EXPIRED}",
        clock.now(),
    ):
        visit = await visit_row(number)
        calendar = await _calendar(visit)
        async with database.transaction():
            await times.lock(calendar)
            count += await _end(visit, calendar, VisitState.EXPIRED, (VisitState.HELD, VisitState.OFFERED))
    return count


async def return_freed() -> int:
    """Offer freed time again once its delay is over. Returns how much of it. Periodic."""
    count = 0
    for row in await database.fetch(
        f"SELECT id, calendar_id FROM freed_time WHERE returns_at <= ? ORDER BY id LIMIT {MOST_EXPIRED}", clock.now()
    ):
        async with database.transaction():
            await times.lock(row["calendar_id"])
            gone = await database.fetch_one("DELETE FROM freed_time WHERE id = ? RETURNING claim_id, places", row["id"])
            if gone:
                await times.give_back(gone["claim_id"], gone["places"])
                await supply.place_again(row["calendar_id"])
                count += 1
    return count


async def _calendar(visit: VisitRow) -> int:
    return (await offices.calendars(visit.office_id, [visit.date]))[visit.date]
