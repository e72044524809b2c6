"""Registrations for sessions: take a place or join the waiting list, cancel, accept an offer or let it expire."""

from forums.actions.places import SCOPE, chain_of, holding, pass_on, session_of, slot_of
from forums.events import OfferLapsed, Registered, RegistrationCancelled
from forums.states import ForumAction
from server.core import clock, database
from server.core.accounts import Official
from server.core.booking import places, reading
from server.core.booking.errors import NoSuchBooking
from server.core.participants.people import Person

MOST_LAPSED = 500
"""Sessions handled by one run of the job."""


async def register(person: Person, session_id: int, topic: str = "") -> str:
    """Book a place, or a turn on the waiting list when none is free. Returns the registration's code.

    Registering again returns the same code. Raises ``NoSuchSession``, ``BookingClosed``, ``NotPossibleNow``.
    """
    slot, forum_id = await slot_of(session_id)
    if code := await places.standing(slot, person.id):
        return code
    async with database.transaction():
        made = await places.book(slot, person.id, person.name, topic)
        if made is None:
            return await places.standing(slot, person.id)
        chain, _status = await chain_of(forum_id, ForumAction.REGISTER)
        await chain.append(person.actor, Registered(session_id, made.id, made.waiting))
        return made.code


async def cancel_registration(actor: Person | Official, code: str) -> None:
    """Cancel a place, an offer or a turn on the waiting list; a free place is offered to the next. Repeating it does
    nothing.

    Raises ``NoSuchBooking`` for somebody else's, ``BookingClosed`` for participants who were checked in.
    """
    session_id = await _session_of(actor, code)
    actions = (ForumAction.REGISTER,) if isinstance(actor, Official) else ()
    async with holding(session_id, actor, *actions) as held:
        given_back = await places.cancel_registration(code, over=held.ends_at <= clock.now())
        if given_back is not None:
            held.record(RegistrationCancelled(held.id, given_back))
            await pass_on(held)


async def accept(person: Person, code: str) -> None:
    """Accept an offered place. Repeating it does nothing.

    Raises ``NoSuchBooking``, ``NotOffered``, ``OfferExpired``, ``NotPossibleNow``.
    """
    async with holding(await _session_of(person, code), person, ForumAction.REGISTER) as held:
        accepted = await places.accept(code, held.starts_at)
        if accepted is not None:
            held.record(Registered(held.id, accepted, waiting=False))


async def _session_of(actor: Person | Official, code: str) -> int:
    found = await reading.booking(code)
    if isinstance(actor, Person) and found.participant_id != actor.id:
        raise NoSuchBooking
    return await session_of(found.slot_id)


async def lapse() -> int:
    """Expire overdue offers and make new ones. Returns how many expired. Periodic."""
    count = 0
    for slot in await places.overdue(SCOPE, MOST_LAPSED):
        async with holding(await session_of(slot), "system") as held:
            over = await places.lapse(slot)
            held.record(*(OfferLapsed(held.id, booking) for booking in over))
            await pass_on(held)
            count += len(over)
    return count
