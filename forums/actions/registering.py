"""What people do about a place: take it, stand in line for it, give it back, take what is offered or let it go by."""

from forums.actions.places import chain_of, free, holding, pass_on
from forums.errors import NoSuchRegistration, NoSuchSession, NotOffered, OfferOver, RegistrationOver
from forums.place_events import OfferLapsed, PlaceGivenBack, PlaceTaken
from forums.states import ForumAction
from server.core import clock, database, references
from server.core.accounts import Official
from server.core.participants.people import Person

STANDING = ("confirmed", "waiting", "offered", "attended")
"""Registrations that are in force."""
MOST_LAPSED = 500
"""Sessions that one run of the job looks at."""


async def register(person: Person, session_id: int, topic: str = "") -> str:
    """Take a place, or a turn in the waiting list when none is free; the registration's code.

    Whoever is registered already gets the same code. Raises ``NoSuchSession``, ``RegistrationOver``,
    ``NotPossibleNow``.
    """
    if code := await _standing(session_id, person.id):
        return code
    async with database.transaction():
        forum_id, waiting = await _stand_in(session_id)
        row = await _write(person, session_id, topic, "waiting" if waiting else "confirmed")
        if row is None:  # pressed twice at once: the other press was first
            await database.execute(_NOT_WAIT if waiting else _NOT_TAKE, session_id)
            return await _standing(session_id, person.id)
        chain, _status = await chain_of(forum_id, ForumAction.REGISTER)
        await chain.append(person.actor, PlaceTaken(session_id, row[0], waiting))
        return row[1]


async def _standing(session_id: int, person_id: int) -> str:
    row = await database.fetch_one(
        "SELECT code, status FROM registration WHERE session_id = ? AND participant_id = ?", session_id, person_id
    )
    return row["code"] if row and row["status"] in STANDING else ""


async def _stand_in(session_id: int) -> tuple[int, bool]:
    """Take a place or, when there is none, a turn in the waiting list: the forum's id, and whether it is a turn.

    The first statement is the write that takes the place: nothing was read before that could be out of date. A place
    can come free between two writes that hit nothing, so both are tried again.
    """
    for waiting in (False, True, False, True):
        rows = await database.fetch(_WAIT if waiting else _TAKE, session_id, False, clock.now())
        if rows:
            return int(rows[0]["forum_id"]), waiting
    raise NoSuchSession if await _gone(session_id) else RegistrationOver


_OPEN = "cancelled = ? AND starts_at > ? AND kind <> 'walk_in' AND capacity > 0"
_TAKE = (
    "UPDATE forum_session SET booked = booked + 1 WHERE id = ? AND booked + 1 <= capacity AND waiting = 0 "
    f"AND {_OPEN} RETURNING forum_id"
)
"""Whoever comes by gets no place that is free while others wait for one."""
_WAIT = (
    "UPDATE forum_session SET waiting = waiting + 1 WHERE id = ? AND (booked >= capacity OR waiting > 0) "
    f"AND {_OPEN} RETURNING forum_id"
)


_NOT_TAKE = "UPDATE forum_session SET booked = booked - 1 WHERE id = ?"
_NOT_WAIT = "UPDATE forum_session SET waiting = waiting - 1 WHERE id = ?"


async def _gone(session_id: int) -> bool:
    return await database.fetch_one("SELECT 1 AS found FROM forum_session WHERE id = ?", session_id) is None


async def _write(person: Person, session_id: int, topic: str, status: str) -> tuple[int, str] | None:
    """The row of somebody's registration, new or the one that they gave up: its id and code; None if it stands."""
    rows = await database.fetch(
        "INSERT INTO registration (session_id, participant_id, name, code, status, topic, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session_id, participant_id) DO UPDATE SET status = excluded.status, "
        "topic = excluded.topic, name = excluded.name, created_at = excluded.created_at, offered_until = NULL "
        "WHERE registration.status IN ('cancelled', 'lapsed') RETURNING id, code",
        session_id,
        person.id,
        person.name,
        references.new_reference(),
        status,
        topic,
        clock.now(),
    )
    return (rows[0]["id"], rows[0]["code"]) if rows else None


async def give_back(actor: Person | Official, code: str) -> None:
    """Give a place, an offer or a turn in line back; a free place goes to who waits next. Again: nothing more happens.

    Raises ``NoSuchRegistration`` for somebody else's, ``RegistrationOver`` for who was there.
    """
    session_id = await _session_of(actor, code)
    actions = (ForumAction.REGISTER,) if isinstance(actor, Official) else ()
    async with holding(session_id, actor, *actions) as held:
        row = await database.fetch_one("SELECT id, status FROM registration WHERE code = ?", code)
        if row is None or row["status"] in {"cancelled", "lapsed"}:
            return
        if row["status"] == "attended" or held.ends_at <= clock.now():
            raise RegistrationOver
        await database.execute(
            "UPDATE registration SET status = 'cancelled', offered_until = NULL WHERE id = ?", row["id"]
        )
        held.record(PlaceGivenBack(held.id, row["id"]))
        if row["status"] == "waiting":
            await database.execute("UPDATE forum_session SET waiting = waiting - 1 WHERE id = ?", held.id)
            return
        await free(held.id)
        await pass_on(held)


async def accept(person: Person, code: str) -> None:
    """Take the place that is offered; again: nothing more happens.

    Raises ``NoSuchRegistration``, ``NotOffered``, ``OfferOver``, ``NotPossibleNow``.
    """
    async with holding(await _session_of(person, code), person, ForumAction.REGISTER) as held:
        row = await database.fetch_one("SELECT id, status, offered_until FROM registration WHERE code = ?", code)
        if row is None or row["status"] == "confirmed":
            return
        if row["status"] not in {"offered", "lapsed"}:
            raise NotOffered
        until = min(held.starts_at, database.moment_or_none(row["offered_until"]) or clock.now())
        if row["status"] != "offered" or until <= clock.now():
            raise OfferOver
        await database.execute(
            "UPDATE registration SET status = 'confirmed', offered_until = NULL WHERE id = ?", row["id"]
        )
        held.record(PlaceTaken(held.id, row["id"], waiting=False))


async def _session_of(actor: Person | Official, code: str) -> int:
    row = await database.fetch_one("SELECT session_id, participant_id FROM registration WHERE code = ?", code)
    if row is None or (isinstance(actor, Person) and row["participant_id"] != actor.id):
        raise NoSuchRegistration
    return int(row["session_id"])


async def lapse() -> int:
    """End the offers whose time is over and ask the next in line; how many ended. Periodic."""
    rows = await database.fetch(
        "SELECT DISTINCT session_id FROM registration WHERE status = 'offered' AND offered_until <= ? "
        f"LIMIT {MOST_LAPSED}",
        clock.now(),
    )
    count = 0
    for row in rows:
        async with holding(row["session_id"], "system") as held:
            over = await database.fetch(
                "UPDATE registration SET status = 'lapsed', offered_until = NULL "
                "WHERE session_id = ? AND status = 'offered' AND offered_until <= ? RETURNING id",
                held.id,
                clock.now(),
            )
            for each in over:
                await free(held.id)
                held.record(OfferLapsed(held.id, each["id"]))
            await pass_on(held)
            count += len(over)
    return count
