"""Check-in at a session: registered participants, walk-ins, and people counted without names."""

from forums import rules
from forums.actions.places import CHECK_IN, HeldPlaces, holding, pass_on
from forums.actions.taking_part import take_part, took_part
from forums.errors import CheckInClosed
from forums.events import CheckedIn, CheckInUndone, PeopleCounted, Registered, TookPart
from forums.forms.places import Book
from forums.rights import forum_subject, talk_subject
from server.core import clock, config, database, ledger
from server.core.accounts import Official
from server.core.booking import checkin, reading
from server.core.participants import people


async def check_in(actor: Official, slug: str, session_id: int, registration_id: int) -> None:
    """Check somebody in; with no place yet (waiting or cancelled), they get a free one. Repeating it does nothing.

    Raises ``NoSuchBooking``, ``CheckInClosed``, ``Full``.
    """
    async with holding(session_id, actor, *CHECK_IN, slug=slug) as held:
        _open(held)
        guest = await checkin.check_in(held.slot, registration_id)
        if guest is not None:
            await _came(held, registration_id, guest.participant_id)


async def undo(actor: Official, slug: str, session_id: int, registration_id: int) -> None:
    """Undo a check-in: the place stays booked, that of a walk-in becomes free. Repeating it does nothing."""
    async with holding(session_id, actor, *CHECK_IN, slug=slug) as held:
        guest = await checkin.undo(held.slot, registration_id)
        if guest is None:
            return
        held.record(CheckInUndone(held.id, registration_id))
        if guest.freed:
            await pass_on(held)
        await _was_not_there(held, guest.participant_id)


async def book(actor: Official, slug: str, session_id: int, who: Book) -> str:
    """Book a place for a walk-in or for somebody on the telephone, by name. Returns the registration's code.

    A walk-in takes any free place; otherwise the waiting list comes first. Raises ``Full``, ``CheckInClosed``.
    """
    async with holding(session_id, actor, *CHECK_IN, slug=slug) as held:
        if who.here:
            _open(held)
        line = not who.here and rules.offer_until(clock.now(), held.starts_at, config.settings().zone) is not None
        booking, code = await checkin.book_for(held.slot, who.name, who.topic, after_line=line)
        held.record(Registered(held.id, booking, waiting=False))
        if who.here:
            await checkin.walk_in(held.slot, booking)
            await _came(held, booking, None)
        return code


async def count(actor: Official, slug: str, session_id: int, people: int) -> None:
    """Count people without names, or correct an earlier count. Raises ``CountTooLow`` and ``CheckInClosed``."""
    async with holding(session_id, actor, *CHECK_IN, slug=slug) as held:
        _open(held)
        await checkin.count(held.slot, people)
        held.record(PeopleCounted(held.id, people))
        await _people(held, people)


def _open(held: HeldPlaces) -> None:
    if held.cancelled or not rules.check_in_open(held.starts_at, clock.now(), config.settings().zone):
        raise CheckInClosed


async def _came(held: HeldPlaces, registration_id: int, person_id: int | None) -> None:
    held.record(CheckedIn(held.id, registration_id))
    if person_id is None:
        await _people(held, 1)
    elif person := await people.person(person_id):
        await take_part(held.slug, held.forum_id, person)


async def _was_not_there(held: HeldPlaces, person_id: int | None) -> None:
    """Undo their participation, unless they also took part in another way."""
    if person_id is None:
        await _people(held, -1)
        return
    chain = await ledger.open_or_begin(talk_subject(held.slug))
    gone = await database.fetch(
        "DELETE FROM participation WHERE forum_id = ? AND participant_id = ? "
        "AND NOT EXISTS (SELECT 1 FROM submission v WHERE v.participant_id = ? AND v.forum_id = ?) "
        "AND NOT EXISTS (SELECT 1 FROM comment c WHERE c.participant_id = ? AND c.forum_id = ?) "
        "AND NOT EXISTS (SELECT 1 FROM support u JOIN submission v ON u.subject = 'submission/' || v.number "
        "WHERE u.participant_id = ? AND v.forum_id = ?) "
        "AND NOT EXISTS (SELECT 1 FROM support u JOIN comment c ON u.subject = 'comment/' || c.id "
        "WHERE u.participant_id = ? AND c.forum_id = ?) "
        "AND NOT EXISTS (SELECT 1 FROM support u WHERE u.participant_id = ? AND u.subject = ?) "
        "AND NOT EXISTS (SELECT 1 FROM forum_session s "
        f"WHERE s.slot_id IN ({reading.ATTENDED_SLOTS}) AND s.forum_id = ?) RETURNING id",
        *(held.forum_id, person_id),
        *(person_id, held.forum_id) * 4,
        *(person_id, forum_subject(held.slug)),
        *(person_id, held.forum_id),
    )
    if gone:
        await chain.append(held.actor, TookPart(person_id, -1))
        await database.execute("UPDATE forum SET participants = participants - 1 WHERE id = ?", held.forum_id)


async def _people(held: HeldPlaces, people: int) -> None:
    await took_part(await ledger.open_or_begin(talk_subject(held.slug)), held.forum_id, None, people=people)
