"""Another time for a visit that no counter can serve any more: the office proposes it, and its visitor decides.

Until then the visit stays booked and listed, and the proposed time is held for it: a visit in the state ``offered``
that ``replaces`` it. Accepting moves the visit; it keeps its number, key and documents.
"""

import contextlib
from collections.abc import Sequence

from server.core import clock, database, ledger
from server.core.booking import times
from server.core.booking.errors import TimeTaken
from server.core.errors import NotPossibleNow
from tracking.visits import rules
from tracking.visits.actions import booking, offering, taking, visits
from tracking.visits.actions.taking import Wish
from tracking.visits.actions.visits import Contact, VisitRow, visit_row
from tracking.visits.errors import MovedMeanwhile, OfferExpired
from tracking.visits.events import MoveEnded, MoveOffered
from tracking.visits.queries import offices, unplaced
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.unplaced import Unplaced
from tracking.visits.states import VISIT, VisitAction, VisitState


async def propose(actor: str, number: str, wished: Wish) -> None:
    """Hold another time for a visit that lost its counter, instead of one proposed before, and tell its visitor.

    Raises ``NoSuchVisit``, ``TimeTaken``, ``MovedMeanwhile``; ``NotPossibleNow`` for a visit that has its counter.
    """
    visit = await visit_row(number)
    calendar, earlier = await taking.calendar_of(wished), await _proposals(visit)
    freed = [await visits.calendar_of(one) for one in earlier]
    until = rules.proposal_until(clock.now(), visit.starts_at, rules.moment(wished.start))
    async with database.transaction():
        await times.lock(calendar, *freed)
        hit = await database.execute(
            "UPDATE visit SET state = state WHERE id = ? AND state = ? AND revision = ? AND unplaced_since IS NOT NULL",
            visit.id, VisitState.BOOKED, visit.revision,
        )  # fmt: skip
        if not hit or VisitAction.MOVE not in VISIT[visit.state]:
            raise NotPossibleNow(VisitAction.MOVE, visit.state)
        if await _proposals(visit) != earlier:
            raise MovedMeanwhile
        for one in earlier:
            await visits.end(one, VisitState.CANCELLED, VisitState.OFFERED)
        claims = await taking.take(wished, calendar)
        contact = Contact(visit.name, visit.email, visit.phone, visit.language, mode=visit.mode)
        await visits.insert(wished, claims, VisitState.OFFERED, contact, held_until=until, replaces=visit.id)
        chain = await ledger.lock(f"visit/{number}")
        start = rules.moment(wished.start).isoformat(timespec="minutes")
        await chain.append(actor, MoveOffered(start, until.isoformat(timespec="minutes")))
        for each in sorted({*freed}):
            await offering.pass_on(each)


async def propose_nearest(actor: str, office: OfficeRow) -> tuple[int, int]:
    """Propose the nearest free time to every visit of an office that lost its counter and has no proposal.

    Whoever booked first gets the nearest first. Returns to how many one was proposed, and for how many none is free.
    """
    rows, after = list[Unplaced](), ""
    while True:
        page = await unplaced.listed(await offices.place_of(office), after=after)
        rows += page.rows
        after = page.after
        if not after:
            break
    proposed = without = 0
    for row in sorted(rows, key=lambda one: (one.booked_at, one.id)):
        if row.proposal:
            continue
        if await _propose_first(actor, row.number):
            proposed += 1
        else:
            without += 1
    return proposed, without


async def _propose_first(actor: str, number: str) -> bool:
    row = await unplaced.one(number)
    if row is None or row.errand is None:
        return False
    for start in row.nearest:
        with contextlib.suppress(TimeTaken, NotPossibleNow, MovedMeanwhile):
            await propose(actor, number, Wish(row.errand, rules.minute(start)))
            return True
    return False


async def accept(number: str) -> None:
    """Move a visit to the time that is proposed to it.

    Raises ``NoSuchVisit``, ``OfferExpired``, ``OnePerHousehold``, ``NotPossibleNow``.
    """
    visit = await visit_row(number)
    for one in await _proposals(visit):
        if one.held_until and one.held_until > clock.now():
            wished = await taking.of_visit(one.id, one.office_id, one.starts_at, one.channel, one.party)
            try:
                await booking.reschedule(number, wished, "visitor", by_office=True, offered=one)
            except TimeTaken:  # its counter has gone meanwhile
                raise OfferExpired from None
            return
    raise OfferExpired


async def refuse(number: str) -> None:
    """Refuse the time that is proposed to a visit: it stays booked and listed. Repeating it does nothing."""
    for one in await _proposals(await visit_row(number)):
        await _end(number, one, VisitState.CANCELLED, "visitor", "refused")


async def expire() -> int:
    """End proposals whose time is over, or whose visit needs none any more. Returns how many. Periodic."""
    rows = await database.fetch(
        "SELECT p.number, v.number AS visit, v.state, v.unplaced_since FROM visit p JOIN visit v ON v.id = p.replaces "
        "WHERE p.replaces IS NOT NULL AND p.state = ? AND (p.held_until <= ? OR v.state <> ? "
        f"OR v.unplaced_since IS NULL) LIMIT {booking.MOST_EXPIRED}",
        VisitState.OFFERED, clock.now(), VisitState.BOOKED,
    )  # fmt: skip
    for row in rows:
        over = row["state"] != VisitState.BOOKED
        reason = "over" if over else "expired" if row["unplaced_since"] else "placed"
        await _end(row["visit"], await visit_row(row["number"]), VisitState.EXPIRED, "system", reason)
    return len(rows)


async def _proposals(visit: VisitRow) -> Sequence[VisitRow]:
    return await visits.rows("v.replaces = ? AND v.state = ? ORDER BY v.id", visit.id, VisitState.OFFERED)


async def _end(number: str, proposal: VisitRow, state: VisitState, actor: str, reason: str) -> None:
    calendar = await visits.calendar_of(proposal)
    async with database.transaction():
        await times.lock(calendar)
        if await visits.end(proposal, state, VisitState.OFFERED) is not None:
            chain = await ledger.lock(f"visit/{number}")
            await chain.append(actor, MoveEnded(reason))
            await offering.pass_on(calendar)
