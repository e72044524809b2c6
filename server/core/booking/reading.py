"""A booking by its code, the check-in list, and fragments for joining slots and bookings in a domain's queries."""

from dataclasses import dataclass
from datetime import datetime

from server.core import database, references
from server.core.booking.errors import NoSuchBooking
from server.core.rows import columns, select, select_one

LISTED = 300
"""Bookings on one page of a check-in list; others are found by searching."""
ATTENDED_SLOTS = "SELECT slot_id FROM booking WHERE participant_id = ? AND status = 'attended'"
"""The slots that a participant attended."""


def with_slot(column: str, alias: str) -> str:
    """Join the slot whose id a column holds."""
    return f"JOIN booking_slot {alias} ON {alias}.id = {column} "


def with_bookings(column: str, alias: str) -> str:
    """Join the bookings of the slot whose id a column holds."""
    return f"JOIN booking {alias} ON {alias}.slot_id = {column} "


def with_own_booking(column: str, alias: str) -> str:
    """Left-join the booking of one participant (a value) in the slot whose id a column holds."""
    return f"LEFT JOIN booking {alias} ON {alias}.slot_id = {column} AND {alias}.participant_id = ? "


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking as its owner sees it."""

    id: int
    code: str
    name: str
    status: str
    note: str
    held_until: datetime | None
    participant_id: int | None
    slot_id: int
    position: int
    """Position on the waiting list, from 1; 0 if not on it."""


async def booking(code: str) -> BookingView:
    """A booking by its code as typed. Raises ``NoSuchBooking``."""
    found = await select_one(
        BookingView,
        "SELECT b.id, b.code, b.name, b.status, b.note, b.held_until, b.participant_id, b.slot_id, "
        "CASE WHEN b.status = 'waiting' THEN (SELECT COUNT(*) FROM booking o WHERE o.slot_id = b.slot_id "
        "AND o.status = 'waiting' AND (o.created_at < b.created_at OR (o.created_at = b.created_at AND o.id <= b.id))) "
        "ELSE 0 END AS position FROM booking b WHERE b.code = ?",
        references.read_reference(code) or "",
    )
    if found is None:
        raise NoSuchBooking
    return found


@dataclass(frozen=True, slots=True)
class Expected:
    """An entry of a check-in list."""

    id: int
    code: str
    name: str
    status: str
    note: str
    checked_in_at: datetime | None


_EXPECTED = columns(Expected, "b")
_ORDER = (
    "CASE status WHEN 'confirmed' THEN 0 WHEN 'offered' THEN 0 WHEN 'waiting' THEN 1 WHEN 'attended' THEN 2 ELSE 3 END"
)


async def expected(slot_id: int, wanted: str = "") -> list[Expected]:
    """The check-in list: first people with a place who are not yet checked in; optionally filtered by name or code."""
    where, values = "AND status NOT IN ('cancelled', 'lapsed') ", list[object]()
    if code := references.read_reference(wanted):
        where, values = "AND code = ? ", [code]
    elif wanted:
        words = wanted.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where, values = "AND LOWER(name) LIKE ? ESCAPE '\\' ", [f"%{words}%"]
    sql = f"SELECT {_EXPECTED} FROM booking b WHERE slot_id = ? {where}ORDER BY {_ORDER}, name, id LIMIT {LISTED}"
    return await select(Expected, sql, slot_id, *values)


async def one_expected(slot_id: int, booking_id: int) -> Expected:
    """One entry of the check-in list. Raises ``NoSuchBooking``."""
    sql = f"SELECT {_EXPECTED} FROM booking b WHERE slot_id = ? AND id = ?"
    found = await select_one(Expected, sql, slot_id, booking_id)
    if found is None:
        raise NoSuchBooking
    return found


async def named(slot_id: int) -> int:
    """The number of people checked in by name."""
    return int(await database.value("SELECT COUNT(*) FROM booking WHERE slot_id = ? AND status = 'attended'", slot_id))
