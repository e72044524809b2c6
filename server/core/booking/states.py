"""The states of a booking."""

from enum import StrEnum


class Status(StrEnum):
    """The state of a booking."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    """A place is held for it until a given time."""
    ATTENDED = "attended"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """Its offer was not accepted in time."""


ENDED = frozenset({Status.CANCELLED, Status.LAPSED})
STANDING = frozenset(Status) - ENDED
"""States of active bookings."""
