"""The events of visits: frozen dataclasses that hold ids, never names or contacts.

Subjects: ``visit/{number}``, ``waiting/{number}`` for entries of a waiting list; changes of offices, counters and
rosters are ``settings/…``.
"""

from server.core.ledger import Audience, DomainEvent


class VisitBooked(DomainEvent, kind="visit.booked", audience=Audience.PARTY):
    """A time was booked, for one service or several."""

    visit: int
    office: int
    starts_at: str
    services: tuple[int, ...]
    channel: str


class VisitRescheduled(DomainEvent, kind="visit.rescheduled", audience=Audience.PARTY):
    """Its owner, or the office for them, chose another time."""

    was: str
    starts_at: str
    revision: int


class VisitCancelled(DomainEvent, kind="visit.cancelled", audience=Audience.PARTY):
    """``late``: after the time for changes had passed ("I cannot come")."""

    late: bool


class VisitUnplaced(DomainEvent, kind="visit.unplaced", audience=Audience.STAFF):
    """After a change of the roster no counter can serve it at its time."""


class VisitPlaced(DomainEvent, kind="visit.placed", audience=Audience.STAFF):
    """A counter can serve it again."""


class VisitAttached(DomainEvent, kind="visit.attached", audience=Audience.PARTY):
    """It belongs to a case."""

    case: str


class VisitDetached(DomainEvent, kind="visit.detached", audience=Audience.PARTY):
    """The link to the case was a mistake."""

    case: str


class SituationsStated(DomainEvent, kind="visit.situations_stated", audience=Audience.PARTY):
    """The visitor said which situations apply; they decide which documents are needed."""

    situations: tuple[str, ...]


class DocumentHandedIn(DomainEvent, kind="visit.document_handed_in", audience=Audience.PARTY):
    """Files of a document to bring came beforehand."""

    document: str
    files: tuple[int, ...]


class DocumentTakenBack(DomainEvent, kind="visit.document_taken_back", audience=Audience.PARTY):
    """The visitor removed a file before it was accepted."""

    document: str
    file: int


class DocumentChecked(DomainEvent, kind="visit.document_checked", audience=Audience.PARTY):
    """An official checked a document: fine, incomplete, or the original is to be brought."""

    document: str
    state: str


class NoShowMarked(DomainEvent, kind="visit.no_show", audience=Audience.PARTY):
    """Nobody came, although they were called so many times."""

    calls: int


class NoShowUndone(DomainEvent, kind="visit.no_show_undone", audience=Audience.PARTY):
    """It does not count: it was a mistake, or the office was late."""


class TimeOffered(DomainEvent, kind="visit.offered", audience=Audience.PARTY):
    """A time is held for somebody on the waiting list."""

    visit: int
    until: str


class OfferEnded(DomainEvent, kind="visit.offer_ended", audience=Audience.PARTY):
    """It was refused, or not accepted in time."""

    refused: bool


class WaitingJoined(DomainEvent, kind="waiting.joined", audience=Audience.PARTY):
    """Somebody waits for a time on a day."""

    office: int
    date: str
    services: tuple[int, ...]


class WaitingLeft(DomainEvent, kind="waiting.left", audience=Audience.PARTY):
    """They, or an official for a ``reason``, took them off the list."""

    reason: str
