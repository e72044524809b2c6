"""Check-in, walk-ins, and the number of people without a name. These functions expect the slot to be locked."""

from typing import Any, NamedTuple

from server.core import clock, database, references
from server.core.booking import slots
from server.core.booking.errors import CountTooLow, Full, NoSuchBooking
from server.core.booking.states import Status


class Guest(NamedTuple):
    """The booking changed by a check-in; ``freed``: its place is free again."""

    participant_id: int | None
    freed: bool = False


async def check_in(slot_id: int, booking_id: int) -> Guest | None:
    """Check somebody in; None if they already are. Without a place (waiting or cancelled), they get a free one."""
    row = await _booking(slot_id, booking_id)
    if row["status"] == Status.ATTENDED:
        return None
    holds = row["status"] in {Status.CONFIRMED, Status.OFFERED}
    if not holds and not await slots.take(slot_id, waited=row["status"] == Status.WAITING):
        raise Full
    await _came(slot_id, booking_id, "?", clock.now())
    return Guest(row["participant_id"])


async def undo(slot_id: int, booking_id: int) -> Guest | None:
    """Undo a check-in: the place is kept, except that a walk-in's is freed. None if there is nothing to undo."""
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
    """Book a place by name. Returns the booking's id and code. ``after_line``: only if nobody is waiting.

    Raises ``Full``.
    """
    waiting = await database.value("SELECT waiting FROM booking_slot WHERE id = ?", slot_id) if after_line else 0
    if waiting or not await slots.take(slot_id):
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
    """Check in a walk-in who has just been booked."""
    await _came(slot_id, booking_id, "created_at")


async def count(slot_id: int, people: int) -> None:
    """Set the number of people who came without giving a name. Raises ``CountTooLow``."""
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


async def _came(slot_id: int, booking_id: int, at: str, *values: object) -> None:
    await database.execute(
        f"UPDATE booking SET status = 'attended', held_until = NULL, checked_in_at = {at} WHERE id = ?",
        *values,
        booking_id,
    )
    await database.execute("UPDATE booking_slot SET attended = attended + 1 WHERE id = ?", slot_id)
