"""What can happen to the dates of a forum and to the places in them: events in the forum's own chain, ids only."""

from dataclasses import dataclass
from typing import ClassVar

from server.core.ledger import Audience


@dataclass(frozen=True)
class Registered:
    """Somebody registered for a session of the forum: a place, or a turn in the waiting list."""

    kind: ClassVar[str] = "forum.registered"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int
    waiting: bool


@dataclass(frozen=True)
class RegistrationCancelled:
    """Somebody gave a place, an offer or a turn in the waiting list back."""

    kind: ClassVar[str] = "forum.registration_cancelled"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int


@dataclass(frozen=True)
class PlaceOffered:
    """A freed place is offered to the next of the waiting list, until a moment."""

    kind: ClassVar[str] = "forum.place_offered"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int
    until: str


@dataclass(frozen=True)
class OfferLapsed:
    """A place was offered and not taken in time."""

    kind: ClassVar[str] = "forum.offer_lapsed"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int


@dataclass(frozen=True)
class CheckedIn:
    """Somebody who registered is there."""

    kind: ClassVar[str] = "forum.checked_in"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int


@dataclass(frozen=True)
class CheckInUndone:
    """Somebody was marked as there who is not; a walk-in's place is free again."""

    kind: ClassVar[str] = "forum.check_in_undone"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    registration: int


@dataclass(frozen=True)
class PeopleCounted:
    """So many more people without names were there; fewer where a count is put right."""

    kind: ClassVar[str] = "forum.people_counted"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    people: int


@dataclass(frozen=True)
class SessionsAdded:
    """The forum has dates that it did not have."""

    kind: ClassVar[str] = "forum.sessions_added"
    audience: ClassVar[Audience] = Audience.PUBLIC
    sessions: tuple[int, ...]


@dataclass(frozen=True)
class SessionChanged:
    """Something about a date is different; whoever has a place must hear of another time or place."""

    kind: ClassVar[str] = "forum.session_changed"
    audience: ClassVar[Audience] = Audience.PUBLIC
    session: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class SessionCancelled:
    """One date is called off; ``registrations`` had a place, an offer or a turn in its waiting list."""

    kind: ClassVar[str] = "forum.session_cancelled"
    audience: ClassVar[Audience] = Audience.STAFF
    session: int
    text: int
    registrations: tuple[int, ...]
