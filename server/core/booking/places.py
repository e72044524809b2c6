"""Booking a place, waiting for one, cancelling, accepting an offer, and expiring offers.

All functions but :func:`book` expect the slot to be locked.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from server.core import clock, database, references
from server.core.booking import slots
from server.core.booking.errors import BookingClosed, NotOffered, OfferExpired
from server.core.booking.states import ENDED, STANDING, Status


class Booked(NamedTuple):
    """The result of :func:`book`."""

    id: int
    code: str
    waiting: bool


async def standing(slot_id: int, participant_id: int) -> str:
    """The code of a participant's active booking; empty if there is none."""
    row = await database.fetch_one(
        "SELECT code, status FROM booking WHERE slot_id = ? AND participant_id = ?", slot_id, participant_id
    )
    return row["code"] if row and row["status"] in STANDING else ""


async def book(slot_id: int, participant_id: int, name: str, note: str = "") -> Booked | None:
    """Take a place, or join the waiting list if none is free; None if they already have a booking.

    Raises ``BookingClosed``.
    """
    waiting = await slots.stand_in(slot_id)
    if waiting is None:
        raise BookingClosed
    row = await database.fetch_one(
        "INSERT INTO booking (slot_id, participant_id, name, code, status, note, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (slot_id, participant_id) DO UPDATE SET status = excluded.status, "
        "note = excluded.note, name = excluded.name, created_at = excluded.created_at, held_until = NULL "
        "WHERE booking.status IN ('cancelled', 'lapsed') RETURNING id, code",
        slot_id,
        participant_id,
        name,
        references.new_reference(),
        Status.WAITING if waiting else Status.CONFIRMED,
        note,
        clock.now(),
    )
    if row is None:  # submitted twice at once: the other request was first
        await (slots.leave_line(slot_id) if waiting else slots.free(slot_id))
        return None
    return Booked(row["id"], row["code"], waiting)


async def cancel_registration(code: str, *, over: bool) -> int | None:
    """Cancel a booking, an offer or a place on the waiting list. Returns its id; None if it was already cancelled.

    ``over`` means that cancelling is no longer possible. Raises ``BookingClosed`` then, and for people checked in.
    """
    row = await database.fetch_one("SELECT id, slot_id, status FROM booking WHERE code = ?", code)
    if row is None or row["status"] in ENDED:
        return None
    if over or row["status"] == Status.ATTENDED:
        raise BookingClosed
    await database.execute("UPDATE booking SET status = 'cancelled', held_until = NULL WHERE id = ?", row["id"])
    await (slots.leave_line if row["status"] == Status.WAITING else slots.free)(row["slot_id"])
    return int(row["id"])


async def offer_free(slot_id: int, until: datetime) -> list[int]:
    """Offer every free place to the next on the waiting list until a given time. Returns their bookings' ids."""
    offered = []
    while await slots.take(slot_id, waited=True):
        (row,) = await database.fetch(
            "UPDATE booking SET status = 'offered', held_until = ? WHERE id = (SELECT id FROM booking "
            "WHERE slot_id = ? AND status = 'waiting' ORDER BY created_at, id LIMIT 1) RETURNING id",
            until.astimezone(UTC),
            slot_id,
        )
        offered.append(int(row["id"]))
    return offered


async def accept(code: str, latest: datetime) -> int | None:
    """Accept an offer, no later than ``latest``. Returns the booking's id; None if it was already accepted.

    Raises ``NotOffered``, ``OfferExpired``.
    """
    row = await database.fetch_one("SELECT id, status, held_until FROM booking WHERE code = ?", code)
    if row is None or row["status"] == Status.CONFIRMED:
        return None
    if row["status"] not in {Status.OFFERED, Status.LAPSED}:
        raise NotOffered
    until = min(latest, database.moment_or_none(row["held_until"]) or clock.now())
    if row["status"] != Status.OFFERED or until <= clock.now():
        raise OfferExpired
    await database.execute("UPDATE booking SET status = 'confirmed', held_until = NULL WHERE id = ?", row["id"])
    return int(row["id"])


async def overdue(scope: str, most: int) -> list[int]:
    """The slots of a domain with expired offers, at most ``most``."""
    return await database.column(
        "SELECT DISTINCT b.slot_id FROM booking b JOIN booking_slot s ON s.id = b.slot_id AND s.scope = ? "
        f"WHERE b.status = 'offered' AND b.held_until <= ? LIMIT {most}",
        scope,
        clock.now(),
    )


async def lapse(slot_id: int) -> list[int]:
    """Expire the overdue offers of a slot and free their places. Returns their bookings' ids."""
    rows = await database.fetch(
        "UPDATE booking SET status = 'lapsed', held_until = NULL "
        "WHERE slot_id = ? AND status = 'offered' AND held_until <= ? RETURNING id",
        slot_id,
        clock.now(),
    )
    for _row in rows:
        await slots.free(slot_id)
    return [row["id"] for row in rows]
