"""At the door of a session: who is there, who comes without a place, how many come without a name."""

from typing import Any

from forums import rules
from forums.actions.places import DOOR, Held, free, holding, pass_on, take
from forums.actions.taking_part import take_part, took_part
from forums.errors import DoorClosed, Full, NoSuchRegistration, TooFewCounted
from forums.events import TookPart
from forums.forms.places import Book
from forums.place_events import CheckedIn, CheckInUndone, PeopleCounted, PlaceTaken
from forums.rights import forum_subject, talk_subject
from server.core import clock, config, database, ledger, references
from server.core.accounts import Official
from server.core.auth import Reader
from server.core.participants.people import person_of


async def check_in(actor: Official, slug: str, session_id: int, registration_id: int) -> None:
    """Mark somebody as there; who stood in line or had given the place back gets one that is free. Again: nothing.

    Raises ``NoSuchRegistration``, ``DoorClosed``, ``Full``.
    """
    async with holding(session_id, actor, *DOOR, slug=slug) as held:
        _open(held)
        row = await _registration(held, registration_id)
        if row["status"] == "attended":
            return
        holds = row["status"] in {"confirmed", "offered"}
        if not holds and not await take(held.id, waited=row["status"] == "waiting"):
            raise Full
        await _came(held, row["id"], row["participant_id"])


async def undo(actor: Official, slug: str, session_id: int, registration_id: int) -> None:
    """Take a check-in back: the place stays theirs, that of a walk-in comes free. Again: nothing happens."""
    async with holding(session_id, actor, *DOOR, slug=slug) as held:
        row = await _registration(held, registration_id)
        if row["status"] != "attended":
            return
        walk_in = row["checked_in_at"] == row["created_at"]
        await database.execute(
            "UPDATE registration SET status = ?, checked_in_at = NULL WHERE id = ?",
            "cancelled" if walk_in else "confirmed",
            row["id"],
        )
        await database.execute("UPDATE forum_session SET attended = attended - 1 WHERE id = ?", held.id)
        held.record(CheckInUndone(held.id, row["id"]))
        if walk_in:
            await free(held.id)
            await pass_on(held)
        await _was_not_there(held, row["participant_id"])


async def book(actor: Official, slug: str, session_id: int, who: Book) -> str:
    """Take a place for somebody by name: they stand at the door, or asked on the telephone; the registration's code.

    At the door the waiting list is over; before, a free place belongs to it. Raises ``Full``, ``DoorClosed``.
    """
    async with holding(session_id, actor, *DOOR, slug=slug) as held:
        now = clock.now()
        if who.here:
            _open(held)
        elif rules.offer_until(now, held.starts_at, config.settings().zone) and await _somebody_waits(held.id):
            raise Full
        if not await take(held.id):
            raise Full
        code = references.new_reference()
        (row,) = await database.fetch(
            "INSERT INTO registration (session_id, name, code, status, topic, created_at) "
            "VALUES (?, ?, ?, 'confirmed', ?, ?) RETURNING id",
            held.id,
            who.name,
            code,
            who.topic,
            now,
        )
        held.record(PlaceTaken(held.id, row["id"], waiting=False))
        if who.here:
            await _came(held, row["id"], None)
            await database.execute("UPDATE registration SET checked_in_at = created_at WHERE id = ?", row["id"])
        return code


async def count(actor: Official, slug: str, session_id: int, people: int) -> None:
    """Count people who came without a name, or put an earlier count right. Raises ``TooFewCounted``, ``DoorClosed``."""
    async with holding(session_id, actor, *DOOR, slug=slug) as held:
        _open(held)
        hit = await database.execute(
            "UPDATE forum_session SET attended = attended + ? WHERE id = ? AND attended + ? >= "
            "(SELECT COUNT(*) FROM registration r WHERE r.session_id = forum_session.id AND r.status = 'attended')",
            people,
            held.id,
            people,
        )
        if not hit:
            raise TooFewCounted
        held.record(PeopleCounted(held.id, people))
        await _people(held, people)


def _open(held: Held) -> None:
    if held.cancelled or not rules.door_open(held.starts_at, clock.now(), config.settings().zone):
        raise DoorClosed


async def _registration(held: Held, registration_id: int) -> Any:
    row = await database.fetch_one(
        "SELECT id, participant_id, status, created_at, checked_in_at FROM registration "
        "WHERE id = ? AND session_id = ?",
        registration_id,
        held.id,
    )
    if row is None:
        raise NoSuchRegistration
    return row


async def _somebody_waits(session_id: int) -> bool:
    row = await database.fetch_one("SELECT waiting FROM forum_session WHERE id = ?", session_id)
    return bool(row and row["waiting"])


async def _came(held: Held, registration_id: int, person_id: int | None) -> None:
    await database.execute(
        "UPDATE registration SET status = 'attended', offered_until = NULL, checked_in_at = ? WHERE id = ?",
        clock.now(),
        registration_id,
    )
    await database.execute("UPDATE forum_session SET attended = attended + 1 WHERE id = ?", held.id)
    held.record(CheckedIn(held.id, registration_id))
    if person_id is None:
        await _people(held, 1)
    else:
        person = await person_of(Reader(participant=person_id))
        if person:
            await take_part(held.slug, held.forum_id, person)


async def _was_not_there(held: Held, person_id: int | None) -> None:
    """Take back that somebody took part, unless they did in another way, too."""
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
        "AND NOT EXISTS (SELECT 1 FROM registration r JOIN forum_session s ON s.id = r.session_id "
        "WHERE r.participant_id = ? AND s.forum_id = ? AND r.status = 'attended') RETURNING id",
        *(held.forum_id, person_id),
        *(person_id, held.forum_id) * 4,
        *(person_id, forum_subject(held.slug)),
        *(person_id, held.forum_id),
    )
    if gone:
        await chain.append(held.actor, TookPart(person_id, -1))
        await database.execute("UPDATE forum SET participants = participants - 1 WHERE id = ?", held.forum_id)


async def _people(held: Held, people: int) -> None:
    await took_part(await ledger.open_or_begin(talk_subject(held.slug)), held.forum_id, None, people=people)
