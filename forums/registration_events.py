"""The events of sessions and registrations. They belong to the forum's chain and hold ids only."""

from server.core.ledger import Audience, DomainEvent


class Registered(DomainEvent, kind="forum.registered", audience=Audience.STAFF):
    """Somebody registered for a session and has a place, or is on the waiting list."""

    session: int
    registration: int
    waiting: bool


class RegistrationCancelled(DomainEvent, kind="forum.registration_cancelled", audience=Audience.STAFF):
    """Somebody cancelled their registration, offer or turn on the waiting list."""

    session: int
    registration: int


class PlaceOffered(DomainEvent, kind="forum.place_offered", audience=Audience.STAFF):
    """A free place was offered to the next on the waiting list, until a moment."""

    session: int
    registration: int
    until: str


class OfferLapsed(DomainEvent, kind="forum.offer_lapsed", audience=Audience.STAFF):
    """An offer expired before it was accepted."""

    session: int
    registration: int


class CheckedIn(DomainEvent, kind="forum.checked_in", audience=Audience.STAFF):
    """Somebody with a registration was checked in."""

    session: int
    registration: int


class CheckInUndone(DomainEvent, kind="forum.check_in_undone", audience=Audience.STAFF):
    """A check-in was undone; the place of a walk-in is free again."""

    session: int
    registration: int


class PeopleCounted(DomainEvent, kind="forum.people_counted", audience=Audience.STAFF):
    """People were counted without names; a negative number corrects an earlier count."""

    session: int
    people: int


class SessionsAdded(DomainEvent, kind="forum.sessions_added", audience=Audience.PUBLIC):
    """Sessions were added to the forum."""

    sessions: tuple[int, ...]


class SessionChanged(DomainEvent, kind="forum.session_changed", audience=Audience.PUBLIC):
    """A session was changed; people with a registration are told about another time or place."""

    session: int
    fields: tuple[str, ...]


class SessionCancelled(DomainEvent, kind="forum.session_cancelled", audience=Audience.STAFF):
    """A session was cancelled; ``registrations`` had a place, an offer or a turn on the waiting list."""

    session: int
    text: int
    registrations: tuple[int, ...]
