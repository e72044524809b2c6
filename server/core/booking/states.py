"""What a booking can be."""

from enum import StrEnum


class Status(StrEnum):
    """Where a booking stands."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    """A place is kept for it until a moment."""
    ATTENDED = "attended"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """Its offer was not accepted in time."""


ENDED = frozenset({Status.CANCELLED, Status.LAPSED})
STANDING = frozenset(Status) - ENDED
"""Bookings in force."""
HOLDING = frozenset({Status.CONFIRMED, Status.OFFERED, Status.ATTENDED})
"""Bookings that take up capacity."""
