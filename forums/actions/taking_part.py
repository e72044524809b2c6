"""Participation in a forum: each participant counts once, and people without names count at check-in."""

from forums.actions.change import SYSTEM
from forums.events import TookPart
from forums.rights import talk_subject
from server.core import clock, database, ledger
from server.core.ledger import Chain
from server.core.participants.people import Person


async def took_part(chain: Chain, forum_id: int, person_id: int | None, *, people: int = 1) -> None:
    """Count a participant the first time, or ``people`` without names where ``person_id`` is None.

    ``chain`` is the forum's talk chain, locked.
    """
    if person_id is not None and not await database.fetch(
        "INSERT INTO participation (forum_id, participant_id, created_at) VALUES (?, ?, ?) "
        "ON CONFLICT (forum_id, participant_id) DO NOTHING RETURNING id",
        forum_id,
        person_id,
        clock.now(),
    ):
        return
    await chain.append(SYSTEM if person_id is None else f"participant:{person_id}", TookPart(person_id, people))
    await database.execute("UPDATE forum SET participants = participants + ? WHERE id = ?", people, forum_id)


async def take_part(slug: str, forum_id: int, person: Person) -> None:
    """Count a participant; the forum's talk chain is locked only the first time.

    The chain is locked before the row is written, the order that other actions use too, so no deadlock is possible.
    """
    there = "SELECT 1 FROM participation WHERE forum_id = ? AND participant_id = ?"
    if not await database.value(there, forum_id, person.id):
        await took_part(await ledger.open_or_begin(talk_subject(slug)), forum_id, person.id)
