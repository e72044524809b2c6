"""What happens to reservations, their papers and waiting lists."""

from server.core.ledger import Audience, DomainEvent


class VisitBooked(DomainEvent, kind="visit.booked", audience=Audience.PARTY):
    """A time was booked, for one service or several."""

    visit: int
    office: int
    starts_at: str
    services: tuple[int, ...]
    channel: str
    mode: str = "in_person"


class VisitRescheduled(DomainEvent, kind="visit.rescheduled", audience=Audience.PARTY):
    """Its owner, or the office for them, chose another time."""

    was: str
    starts_at: str
    revision: int
    words: int = 0
    """The office's reason, if the office did it."""


class VisitCancelled(DomainEvent, kind="visit.cancelled", audience=Audience.PARTY):
    """``late``: after the time for changes had passed ("I cannot come")."""

    late: bool
    words: int = 0
    """The office's reason, if the office did it."""


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


class VisitAsked(DomainEvent, kind="visit.asked", audience=Audience.PARTY):
    """An official asks the petitioner of a case for a visit and proposes times (subject ``visit-request/{id}``)."""

    case: str
    office: int
    times: int
    again: bool = False
    """It takes the place of a request that was still open."""


class VisitNotAsked(DomainEvent, kind="visit.not_asked", audience=Audience.PARTY):
    """The visit that was asked for is no longer needed."""

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


class VisitServed(DomainEvent, kind="visit.served", audience=Audience.PARTY):
    """The visitor came and was served."""


class NoShowMarked(DomainEvent, kind="visit.no_show", audience=Audience.PARTY):
    """Nobody came, although they were called so many times. It does not count if the office itself was late."""

    calls: int
    counts: bool


class NoShowUndone(DomainEvent, kind="visit.no_show_undone", audience=Audience.PARTY):
    """It does not count: it was a mistake, or the office was late."""

    office_late: bool


class RestrictionBegun(DomainEvent, kind="visit.restricted", audience=Audience.PARTY):
    """After repeated no-shows the household cannot book at the office for some days; this no-show was the last."""

    restriction: int
    until: str


class RestrictionAppealed(DomainEvent, kind="visit.restriction_appealed", audience=Audience.PARTY):
    """The household says why the restriction is wrong."""

    restriction: int


class AppealDecided(DomainEvent, kind="visit.appeal_decided", audience=Audience.PARTY):
    """An official decided on it. A granted appeal lifts the restriction and excuses the no-show."""

    restriction: int
    granted: bool


class RestrictionLifted(DomainEvent, kind="visit.restriction_lifted", audience=Audience.PARTY):
    """An official lifted it, or too few no-shows are left that count."""

    restriction: int
    words: int = 0
    """The official's reason."""


class TimeOffered(DomainEvent, kind="visit.offered", audience=Audience.PARTY):
    """A time is held for somebody on the waiting list."""

    visit: int
    until: str


class OfferEnded(DomainEvent, kind="visit.offer_ended", audience=Audience.PARTY):
    """It was ``refused``, by booking another time as well, or not accepted in time."""

    refused: bool


class MoveOffered(DomainEvent, kind="visit.move_offered", audience=Audience.PARTY):
    """The office holds another time for it, because no counter can serve it at its own."""

    starts_at: str
    until: str


class MoveEnded(DomainEvent, kind="visit.move_ended", audience=Audience.PARTY):
    """That other time is no longer held: ``refused``, ``expired``, ``placed`` (a counter is back), ``over``."""

    reason: str


class WaitingJoined(DomainEvent, kind="waiting.joined", audience=Audience.PARTY):
    """Somebody waits for a time on a day."""

    office: int
    date: str
    services: tuple[int, ...]


class WaitingLeft(DomainEvent, kind="waiting.left", audience=Audience.PARTY):
    """They, or an official for a ``reason``, took them off the list."""

    reason: str


IN_PASSING = frozenset(
    {SituationsStated.kind, DocumentHandedIn.kind, DocumentTakenBack.kind, DocumentChecked.kind, VisitPlaced.kind}
)
"""Events that do not conflict with an action on the same visit, whose page does not show them yet."""
