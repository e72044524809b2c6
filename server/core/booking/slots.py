"""Slots: opening, locking, changing and cancelling them, and taking and freeing their places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core import clock, database
from server.core.booking.errors import TooFewPlaces


@dataclass(frozen=True)
class NewSlot:
    """A slot to open."""

    closes_at: datetime
    capacity: int
    self_service: bool = True


async def open_slots(scope: str, new: Sequence[NewSlot]) -> list[int]:
    """Open slots of a domain. Returns their ids, in order."""
    columns = ("scope", "closes_at", "self_service", "capacity", "booked", "waiting", "attended", "cancelled")
    rows = [(scope, each.closes_at, each.self_service, each.capacity, 0, 0, 0, False) for each in new]
    return sorted(row["id"] for row in await database.insert("booking_slot", columns, rows, returning="id"))


async def lock(slot_id: int) -> bool | None:
    """Lock a slot until the transaction ends. Returns whether it is cancelled; None if it does not exist."""
    found = await database.value("UPDATE booking_slot SET booked = booked WHERE id = ? RETURNING cancelled", slot_id)
    return None if found is None else bool(found)


async def capacity(slot_id: int) -> int:
    """The capacity of a slot."""
    return await database.value("SELECT capacity FROM booking_slot WHERE id = ?", slot_id) or 0


async def change(slot_id: int, capacity: int, closes_at: datetime) -> None:
    """Change a slot's capacity and the end of booking. Raises ``TooFewPlaces`` below the places taken."""
    hit = await database.execute(
        "UPDATE booking_slot SET capacity = ?, closes_at = ? WHERE id = ? AND booked <= ?",
        capacity, closes_at, slot_id, capacity,
    )  # fmt: skip
    if not hit:
        raise TooFewPlaces(await database.value("SELECT booked FROM booking_slot WHERE id = ?", slot_id) or 0)


async def cancel(slot_id: int) -> list[tuple[int, int | None]]:
    """Cancel a slot and its bookings, except those of people who attended. Returns booking and participant of each."""
    rows = await database.fetch(
        "UPDATE booking SET status = 'cancelled', held_until = NULL "
        "WHERE slot_id = ? AND status IN ('confirmed', 'waiting', 'offered') RETURNING id, participant_id",
        slot_id,
    )
    await database.execute(
        "UPDATE booking_slot SET cancelled = ?, waiting = 0, booked = "
        "(SELECT COUNT(*) FROM booking b WHERE b.slot_id = booking_slot.id AND b.status = 'attended') WHERE id = ?",
        True,
        slot_id,
    )
    return sorted((row["id"], row["participant_id"]) for row in rows)


async def take(slot_id: int, *, waited: bool = False) -> bool:
    """Take a free place, from the waiting list or not. Returns whether there was one."""
    return bool(
        await database.execute(
            f"UPDATE booking_slot SET booked = booked + 1, waiting = waiting - {waited:d} "
            f"WHERE id = ? AND booked + 1 <= capacity AND waiting >= {waited:d} AND cancelled = ?",
            slot_id,
            False,
        )
    )


async def free(slot_id: int) -> None:
    """Free a place."""
    await database.execute("UPDATE booking_slot SET booked = booked - 1 WHERE id = ?", slot_id)


async def leave_line(slot_id: int) -> None:
    """Leave the waiting list."""
    await database.execute("UPDATE booking_slot SET waiting = waiting - 1 WHERE id = ?", slot_id)


async def stand_in(slot_id: int) -> bool | None:
    """Take a place or, if none is free, join the waiting list. Returns True for the latter; None if booking is closed.

    The first statement is the write that takes the place, so no earlier read can be out of date. A place can become
    free between two writes that match nothing, so both are tried again.
    """
    for waiting in (False, True, False, True):
        if await database.execute(_WAIT if waiting else _TAKE, slot_id, False, True, clock.now()):
            return waiting
    return None


_OPEN = "cancelled = ? AND self_service = ? AND closes_at > ? AND capacity > 0"
_TAKE = (
    f"UPDATE booking_slot SET booked = booked + 1 WHERE id = ? AND booked + 1 <= capacity AND waiting = 0 AND {_OPEN}"
)
"""A new booking gets no free place while others are waiting."""
_WAIT = (
    f"UPDATE booking_slot SET waiting = waiting + 1 WHERE id = ? AND (booked >= capacity OR waiting > 0) AND {_OPEN}"
)
