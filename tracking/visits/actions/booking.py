"""Booking a visit: hold a time, book it, change and cancel it; expire holds and return freed time."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta

from server.core import clock, config, database, ledger, references
from server.core.booking import times
from server.core.booking.errors import TimeTaken
from server.core.database import IntegrityError
from server.core.days import today
from server.core.errors import ChangedMeanwhile, Invalid, NotPossibleNow, _
from tracking.visits import rules
from tracking.visits.actions import answering, offering, taking, visits
from tracking.visits.actions.taking import Wish
from tracking.visits.actions.visits import Booked, Contact, VisitRow, visit_row
from tracking.visits.errors import (
    HoldExpired,
    OfferExpired,
    OnePerHousehold,
    Restricted,
    TooLate,
    TooManyToday,
    TooManyVisits,
)
from tracking.visits.events import VisitBooked, VisitCancelled, VisitRescheduled
from tracking.visits.queries import meetings, offices
from tracking.visits.queries.households import of_households
from tracking.visits.queries.offices import OfficeRow, ServiceRow
from tracking.visits.states import VISIT, Channel, VisitAction, VisitMode, VisitState

__all__ = ["Booked", "Contact"]

MOST_EXPIRED = 500
"""Holds and offers that one run of the job expires."""
HOLD_ATTEMPTS = 3
KeyOf = Callable[[str], str]
"""The key of a visit by its number."""


async def hold(wished: Wish, holder: str, language: str, case: str = "") -> str:
    """Hold a time for a browser, instead of one that it holds already; for a case or none. Returns the visit's number.

    ``holder`` is the browser's hashed token. Raises ``TimeTaken``.
    """
    calendar = await taking.calendar_of(wished)
    for _attempt in range(HOLD_ATTEMPTS):
        earlier = next(iter(await visits.rows("v.holder = ?", holder)), None)
        freed = await visits.calendar_of(earlier) if earlier else calendar
        try:
            async with database.transaction():
                await times.lock(calendar, freed)
                if earlier:
                    await visits.end(earlier, VisitState.CANCELLED, VisitState.HELD)
                claims = await taking.take(wished, calendar)
                until = clock.now() + timedelta(minutes=wished.office.hold_minutes)
                visit = await visits.insert(
                    wished, claims, VisitState.HELD, Contact("", language=language), held_until=until, holder=holder,
                    case=case,
                )  # fmt: skip
                if earlier:
                    await offering.pass_on(freed)
                return visit.number
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
            visit = await visits.insert(wished, claims, VisitState.HELD, Contact("", language=contact.language))
            return await confirm(visit, wished, contact, key_of, case)
    except IntegrityError:
        raise OnePerHousehold(wished.date) from None


async def book_held(number: str, holder: str, contact: Contact, key_of: KeyOf | None = None, case: str = "") -> Booked:
    """Book the time that a browser holds. Doing it again returns the same visit, with its key if ``key_of`` gives it.

    Raises ``HoldExpired``, and the refusals of :func:`book_now` except ``TimeTaken``.
    """
    visit = next(iter(await visits.rows("v.number = ? AND v.browser = ?", number, holder)), None)
    if visit is None:
        raise HoldExpired
    wished = await taking.of_visit(visit.id, visit.office_id, visit.starts_at, Channel.ONLINE, visit.party)
    calendar = await visits.calendar_of(visit)
    try:
        async with database.transaction():
            await times.lock(calendar)
            state = await database.value(
                "UPDATE visit SET holder = holder WHERE id = ? AND (state = ? OR (state = ? AND held_until > ?)) "
                "RETURNING state",
                visit.id,
                VisitState.BOOKED,
                VisitState.HELD,
                clock.now(),
            )
            if state == VisitState.BOOKED:
                return Booked(visit.id, number, key_of(number) if key_of else "")
            if state is None:
                raise HoldExpired
            booked = await confirm(visit, wished, contact, key_of, case)
            await offering.confirmed(calendar)
            return booked
    except IntegrityError:
        raise OnePerHousehold(wished.date) from None


async def release(number: str, holder: str) -> None:
    """Give back the time that a browser holds. Does nothing if it holds it no longer."""
    visit = next(iter(await visits.rows("v.number = ? AND v.holder = ?", number, holder)), None)
    if visit is not None:
        calendar = await visits.calendar_of(visit)
        async with database.transaction():
            await times.lock(calendar)
            if await visits.end(visit, VISIT[VisitState.HELD][VisitAction.CANCEL], VisitState.HELD) is not None:
                await offering.pass_on(calendar)


async def release_beside(number: str, holder: str) -> None:
    """Give back the time that a browser holds at the office and on the day of a visit that its user now has there."""
    visit = await visit_row(number)
    beside = "v.holder = ? AND v.office_id = ? AND v.date = ?"
    for one in await visits.rows(beside, holder, visit.office_id, visit.date):
        await release(one.number, holder)


def must_offer(services: Collection[ServiceRow], mode: VisitMode) -> None:
    """Raise ``Invalid`` unless the counter can be met in this way for all of some services."""
    if mode not in meetings.modes(services):
        raise Invalid.at("mode", _("This service does not offer that. Please choose another way to meet."))


async def confirm(
    visit: VisitRow | Booked, wished: Wish, contact: Contact, key_of: KeyOf | None = None, case: str = ""
) -> Booked:
    """Turn a held time into a booking, which answers what was asked for in the case. Its day's calendar is locked.

    Raises ``OnePerHousehold``, and ``Invalid`` for a way to meet that its services do not offer; a second active visit
    of the day with the same first contact breaks the unique index.
    """
    must_offer(wished.errand.services, contact.mode)
    await may_book(wished.office, contact.households, visit.id, wished.date)
    now, number = clock.now(), visit.number
    key = key_of(number) if key_of else references.new_key()
    await database.execute(
        "UPDATE visit SET state = ?, key_hash = ?, name = ?, email = ?, phone = ?, language = ?, note = ?, "
        "mode = ?, case_reference = ?, household = ?, household_also = ?, household_active = ?, holder = NULL, "
        "held_until = NULL, booked_at = ?, remind_at = ? WHERE id = ?",
        VisitState.BOOKED, references.key_hash(key), contact.name, contact.email, contact.phone, contact.language,
        contact.note, contact.mode, case, contact.household, contact.household_also, contact.household, now,
        rules.next_reminder(offices.local(wished.start), now), visit.id,
    )  # fmt: skip
    services = tuple(one.id for one in wished.errand.services)
    await answering.answer(visit.id, case, wished.office.id, services)
    await offering.settle(visit.id, wished.office.id, wished.date, contact.households)
    chain = await ledger.open_or_begin(f"visit/{number}")  # an offered time has one already
    starts_at = rules.moment(wished.start).isoformat(timespec="minutes")
    await chain.append(
        "visitor", VisitBooked(visit.id, wished.office.id, starts_at, services, wished.errand.channel, contact.mode)
    )
    return Booked(visit.id, number, key)


async def lock_households(households: Sequence[str]) -> None:
    """Until the end of the transaction nobody else books for them, on any day. SQLite has one writer at a time."""
    if database.dialect() == "postgres":
        for one in sorted(households):
            await database.fetch("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", one)


async def only_one(visit: int, office: int, day: date, households: Sequence[str]) -> None:
    """Raises ``OnePerHousehold`` if any of the contacts has another active visit of the day, by address or number."""
    await lock_households(households)
    if await database.value(
        f"SELECT COUNT(*) FROM visit WHERE {of_households('visit')} AND household_active IS NOT NULL "
        "AND office_id = ? AND date = ? AND id <> ?",
        households, households, office, day, visit,
    ):  # fmt: skip
        raise OnePerHousehold(day)


async def may_book(office: OfficeRow, households: Sequence[str], visit: int, day: date) -> None:
    """Whether some contacts may book an office's day, with what they have beside one visit. In one statement.

    Raises ``Restricted``, ``TooManyVisits``, ``TooManyToday`` and ``OnePerHousehold``, the first that applies.
    """
    await lock_households(households)
    now = clock.now()
    midnight = rules.moment(rules.at_time(today(), "00:00", config.settings().zone))
    visits_of = f"(SELECT COUNT(*) FROM visit WHERE {of_households('visit')} AND office_id = ? AND"
    (found,) = await database.fetch(
        f"SELECT (SELECT MAX(ends_at) FROM visit_restriction WHERE {of_households('visit_restriction')} "
        "AND office_id = ? AND begins_at <= ? AND ends_at > ? AND lifted_at IS NULL) AS until, "
        f"{visits_of} state = ? AND starts_at > ?) AS active, {visits_of} booked_at >= ?) AS made, "
        f"{visits_of} household_active IS NOT NULL AND date = ? AND id <> ?) AS beside",
        households, households, office.id, now, now,
        households, households, office.id, VisitState.BOOKED, now,
        households, households, office.id, midnight,
        households, households, office.id, day, visit,
    )  # fmt: skip
    if found["until"] is not None:
        raise Restricted(database.moment(found["until"]).astimezone(config.settings().zone).date())
    if found["active"] >= office.most_active:
        raise TooManyVisits(office.most_active)
    if found["made"] >= office.most_daily:
        raise TooManyToday(office.most_daily)
    if found["beside"]:
        raise OnePerHousehold(day)


async def cancel(number: str, actor: str, *, cannot_come: bool = False, words: int = 0) -> None:
    """Cancel a booked visit; ``cannot_come`` also after the time for it. Repeating it does nothing.

    ``words``: the office's reason.

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
    calendar = await visits.calendar_of(visit)
    action = VisitAction.CANCEL if in_time else VisitAction.CANNOT_COME
    async with database.transaction():
        await times.lock(calendar)
        freed = await visits.end(visit, VISIT[VisitState.BOOKED][action], VisitState.BOOKED)
        if freed is not None:
            chain = await ledger.lock(f"visit/{number}")
            await chain.append(actor, VisitCancelled(not in_time, words))
            await offering.pass_on(calendar)
            await offering.withhold(calendar, place, visit.starts_at, freed)
            return
    found = await visit_row(number)
    if found.state is VisitState.BOOKED and found.revision != visit.revision:  # it was moved meanwhile
        await cancel(number, actor, cannot_come=cannot_come, words=words)
    elif found.state is not VisitState.CANCELLED:
        raise NotPossibleNow(action, found.state)


async def reschedule(
    number: str,
    wished: Wish,
    actor: str,
    *,
    by_office: bool = False,
    words: int = 0,
    offered: VisitRow | None = None,
) -> None:
    """Take another time and give back the old one, in one transaction: a refusal leaves the visit as it was.

    The visit's own time counts as free, and so does one that was ``offered`` to it. Raises ``NoSuchVisit``,
    ``TimeTaken``, ``TooLate``, ``OfferExpired``, ``OnePerHousehold``, ``NotPossibleNow``; ``ChangedMeanwhile`` if it
    was moved to another time at the same moment.

    Nothing changes if the visit has this time and these services already.
    """
    visit = await visit_row(number)
    if VisitAction.RESCHEDULE not in VISIT[visit.state]:
        raise NotPossibleNow(VisitAction.RESCHEDULE, visit.state)
    place = await offices.office_by_id(visit.office_id)
    zone = config.settings().zone
    may = place.window.can_change(visit.starts_at.astimezone(zone), clock.now().astimezone(zone))
    if not may and not by_office:
        raise TooLate
    if not offered and await taking.is_present(visit.id, wished):
        return
    calendar, earlier = await taking.calendar_of(wished), await visits.calendar_of(visit)
    try:
        async with database.transaction():
            await times.lock(calendar, earlier)
            if offered and await visits.end(offered, VisitState.CANCELLED, VisitState.OFFERED) is None:
                raise OfferExpired
            hit = await database.execute(
                "UPDATE visit SET office_id = ?, date = ?, starts_at = ?, ends_at = ?, party = ?, guide_id = ?, "
                "remind_at = ?, revision = revision + 1, unplaced_since = NULL "
                "WHERE id = ? AND state = ? AND revision = ?",
                wished.office.id, wished.date, rules.moment(wished.start), rules.moment(wished.end),
                wished.errand.party, wished.guide, rules.next_reminder(offices.local(wished.start), clock.now()),
                visit.id, VisitState.BOOKED, visit.revision,
            )  # fmt: skip
            if not hit:
                await _moved_meanwhile(number, wished)
                return
            freed = await taking.free(visit.id, visit.party)
            claims = await taking.take(wished, calendar)
            await only_one(visit.id, wished.office.id, wished.date, visit.households)
            await taking.write_matters(visit.id, wished, claims)
            chain = await ledger.lock(f"visit/{number}")
            was, now = (rules.moment(rules.minute(one)).isoformat(timespec="minutes")
                        for one in (visit.starts_at, rules.moment(wished.start)))  # fmt: skip
            await chain.append(actor, VisitRescheduled(was, now, visit.revision + 1, words))
            await offering.settle(visit.id, wished.office.id, wished.date, visit.households)
            for one in sorted({calendar, earlier}):
                await offering.pass_on(one)
            await offering.withhold(earlier, place, visit.starts_at, freed)
    except IntegrityError:
        raise OnePerHousehold(wished.date) from None


async def _moved_meanwhile(number: str, wished: Wish) -> None:
    """Another press was first: nothing is left to do if it was for the same time. Else the visit is not as it was."""
    found = await visit_row(number)
    if found.state is not VisitState.BOOKED:
        raise NotPossibleNow(VisitAction.RESCHEDULE, found.state)
    if not await taking.is_present(found.id, wished):
        raise ChangedMeanwhile


async def expire() -> int:
    """End the holds and offers whose time is over, and free their places. Returns how many. Periodic."""
    count = 0
    for number in await database.column(
        f"SELECT number FROM visit WHERE state IN ('held', 'offered') AND held_until <= ? AND replaces IS NULL "
        f"LIMIT {MOST_EXPIRED}",
        clock.now(),
    ):
        visit = await visit_row(number)
        calendar = await visits.calendar_of(visit)
        async with database.transaction():
            await times.lock(calendar)
            if await offering.end(visit, VisitState.EXPIRED) is not None:
                await offering.pass_on(calendar)
                count += 1
    return count


async def return_freed() -> int:
    """Offer freed time again once its delay is over. Returns how much of it. Periodic."""
    count = 0
    for row in await database.fetch(
        f"SELECT id, calendar_id FROM freed_time WHERE returns_at <= ? ORDER BY returns_at, id LIMIT {MOST_EXPIRED}",
        clock.now(),
    ):
        async with database.transaction():
            await times.lock(row["calendar_id"])
            gone = await database.fetch_one("DELETE FROM freed_time WHERE id = ? RETURNING claim_id, places", row["id"])
            if gone:
                await times.give_back(gone["claim_id"], gone["places"])
                await offering.pass_on(row["calendar_id"])
                count += 1
    return count
