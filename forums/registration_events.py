"""The events of sessions and registrations. They belong to the forum's chain and hold ids only."""

from dataclasses import dataclass
from typing import ClassVar

from server.core.ledger import Audience


@dataclass(frozen=True)
class Registered:
    """Somebody registered for a session and has a place, or is on the waiting list."""

    kind: ClassVar[str] = "forum.registered"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int
    waiting: bool


@dataclass(frozen=True)
class RegistrationCancelled:
    """Somebody cancelled their registration, offer or turn on the waiting list."""

    kind: ClassVar[str] = "forum.registration_cancelled"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int


@dataclass(frozen=True)
class PlaceOffered:
    """A free place was offered to the next on the waiting list, until a moment."""

    kind: ClassVar[str] = "forum.place_offered"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int
    until: str


@dataclass(frozen=True)
class OfferLapsed:
    """An offer expired before it was accepted."""

    kind: ClassVar[str] = "forum.offer_lapsed"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int


@dataclass(frozen=True)
class CheckedIn:
    """Somebody with a registration was checked in."""

    kind: ClassVar[str] = "forum.checked_in"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int


@dataclass(frozen=True)
class CheckInUndone:
    """A check-in was undone; the place of a walk-in is free again."""

    kind: ClassVar[str] = "forum.check_in_undone"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int


@dataclass(frozen=True)
class PeopleCounted:
    """People were counted without names; a negative number corrects an earlier count."""

    kind: ClassVar[str] = "forum.people_counted"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    people: int


@dataclass(frozen=True)
class SessionsAdded:
    """Sessions were added to the forum."""

    kind: ClassVar[str] = "forum.sessions_added"
    audience: ClassVar[Audience] = Audience.PUBLIC
    sessions: tuple[int, ...]


@dataclass(frozen=True)
class SessionChanged:
    """A session was changed; people with a registration are told about another time or place."""

    kind: ClassVar[str] = "forum.session_changed"
    audience: ClassVar[Audience] = Audience.PUBLIC
    session: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class SessionCancelled:
    """A session was cancelled; ``registrations`` had a place, an offer or a turn on the waiting list."""

    kind: ClassVar[str] = "forum.session_cancelled"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    text: int
    registrations: tuple[int, ...]
