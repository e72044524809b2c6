"""Check-in: who came, who came without a booking, how many came without a name. The slot is locked."""

from typing import Any, NamedTuple

from server.core import clock, database, references
from server.core.booking import slots
from server.core.booking.errors import CountTooLow, Full, NoSuchBooking
from server.core.booking.states import Status


class Guest(NamedTuple):
    """Whose check-in changed; ``freed``: their place is free again."""

    participant_id: int | None
    freed: bool = False


async def check_in(slot_id: int, booking_id: int) -> Guest | None:
    """Mark somebody as there; None where they are already. Who waited or had given up gets a place that is free.

    Raises ``NoSuchBooking``, ``Full``.
    """
    row = await _booking(slot_id, booking_id)
    if row["status"] == Status.ATTENDED:
        return None
    holds = row["status"] in {Status.CONFIRMED, Status.OFFERED}
    if not holds and not await slots.take(slot_id, waited=row["status"] == Status.WAITING):
        raise Full
    await _came(slot_id, booking_id, "?", clock.now())
    return Guest(row["participant_id"])


async def undo(slot_id: int, booking_id: int) -> Guest | None:
    """Take a check-in back: the place stays theirs, that of a walk-in comes free. None where nothing is to undo."""
    row = await _booking(slot_id, booking_id)
    if row["status"] != Status.ATTENDED:
        return None
    walk_in = row["checked_in_at"] == row["created_at"]
    await database.execute(
        "UPDATE booking SET status = ?, checked_in_at = NULL WHERE id = ?",
        Status.CANCELLED if walk_in else Status.CONFIRMED,
        booking_id,
    )
    await database.execute("UPDATE booking_slot SET attended = attended - 1 WHERE id = ?", slot_id)
    if walk_in:
        await slots.free(slot_id)
    return Guest(row["participant_id"], walk_in)


async def book_for(slot_id: int, name: str, note: str, *, after_line: bool) -> tuple[int, str]:
    """Take a place for somebody by name: the booking's id and code. ``after_line``: only where nobody waits.

    Raises ``Full``.
    """
    if (after_line and await _somebody_waits(slot_id)) or not await slots.take(slot_id):
        raise Full
    (row,) = await database.fetch(
        "INSERT INTO booking (slot_id, name, code, status, note, created_at) "
        "VALUES (?, ?, ?, 'confirmed', ?, ?) RETURNING id, code",
        slot_id,
        name,
        references.new_reference(),
        note,
        clock.now(),
    )
    return row["id"], row["code"]


async def walk_in(slot_id: int, booking_id: int) -> None:
    """Mark somebody as there who has just been booked at the door."""
    await _came(slot_id, booking_id, "created_at")


async def count(slot_id: int, people: int) -> None:
    """Count people who came without a name, or put an earlier count right. Raises ``TooFewCounted``."""
    hit = await database.execute(
        "UPDATE booking_slot SET attended = attended + ? WHERE id = ? AND attended + ? >= "
        "(SELECT COUNT(*) FROM booking b WHERE b.slot_id = booking_slot.id AND b.status = 'attended')",
        people,
        slot_id,
        people,
    )
    if not hit:
        raise CountTooLow


async def _booking(slot_id: int, booking_id: int) -> Any:
    row = await database.fetch_one(
        "SELECT id, participant_id, status, created_at, checked_in_at FROM booking WHERE id = ? AND slot_id = ?",
        booking_id,
        slot_id,
    )
    if row is None:
        raise NoSuchBooking
    return row


async def _somebody_waits(slot_id: int) -> bool:
    row = await database.fetch_one("SELECT waiting FROM booking_slot WHERE id = ?", slot_id)
    return bool(row and row["waiting"])


async def _came(slot_id: int, booking_id: int, at: str, *values: object) -> None:
    await database.execute(
        f"UPDATE booking SET status = 'attended', held_until = NULL, checked_in_at = {at} WHERE id = ?",
        *values,
        booking_id,
    )
    await database.execute("UPDATE booking_slot SET attended = attended + 1 WHERE id = ?", slot_id)
