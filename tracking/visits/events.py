"""The events of visits: frozen dataclasses that hold ids, never names, contacts or texts.

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


class VisitorArrived(DomainEvent, kind="visit.arrived", audience=Audience.PARTY):
    """The visitor is here and has a ticket."""

    ticket: int


class VisitorLeft(DomainEvent, kind="visit.left_queue", audience=Audience.PARTY):
    """They gave their ticket back before it was their turn."""

    ticket: int


class TicketWaits(DomainEvent, kind="ticket.waits", audience=Audience.STAFF):
    """A ticket waits, or changes while it waits (subject ``queue/{office}/{date}``, as for all that follow).

    It holds all that decides its place, so that the record can be replayed.
    """

    ticket: int
    how: str
    """How it came to wait: ``kiosk``, ``handed-in`` (given without network), ``carried``, or the action."""
    number: str
    service: int
    arrived_at: str
    booked_for: str = ""
    urgent: bool = False
    returned: bool = False
    not_before: str = ""
    for_counter: int = 0
    forwarded: bool = False
    """Another office has sent its visitor, who was called there first."""
    visit: int = 0
    """Its reservation."""
    called_at: str = ""
    """Its first call, if it was called before."""


class TicketEstimated(DomainEvent, kind="ticket.estimated", audience=Audience.STAFF):
    """Its visitor was told how long the wait would be: minutes to the first call."""

    ticket: int
    p10: float
    p50: float
    p90: float


class TicketCalled(DomainEvent, kind="ticket.called", audience=Audience.STAFF):
    """A counter calls it: why it was next, what the counter does, and the office's rule in seconds.

    ``at`` is the moment by which the rule chose it.
    """

    at: str
    ticket: int
    counter: int
    because: str
    services: tuple[int, ...]
    delay: int
    grace: int


class TicketStarted(DomainEvent, kind="ticket.started", audience=Audience.STAFF):
    """Its visitor is at the counter."""

    ticket: int
    counter: int


class TicketFinished(DomainEvent, kind="ticket.finished", audience=Audience.STAFF):
    """These services were settled at a counter; with those ``settled`` the matter of the ``case`` was, too."""

    ticket: int
    counter: int
    services: tuple[int, ...]
    case: str = ""
    settled: tuple[int, ...] = ()


class TicketForwarded(DomainEvent, kind="ticket.forwarded", audience=Audience.STAFF):
    """Another office goes on with its visitor, under the ticket ``to``. On the chains of both offices."""

    ticket: int
    office: int
    to: int


class TicketNoted(DomainEvent, kind="ticket.noted", audience=Audience.STAFF):
    """A clerk wrote or erased the note for whoever serves its visitor next."""

    ticket: int
    counter: int
    empty: bool


class TicketFiled(DomainEvent, kind="ticket.filed", audience=Audience.STAFF):
    """Its visitor filed a petition at the counter."""

    ticket: int
    case: str


class TicketEnded(DomainEvent, kind="ticket.ended", audience=Audience.STAFF):
    """It waits no more: done, parked, missed, left, or the queue was closed."""

    ticket: int
    state: str
    counter: int = 0


class TicketContactChanged(DomainEvent, kind="ticket.contact_changed", audience=Audience.STAFF):
    """Its visitor left a contact at which they are told that it is nearly their turn, or removed it."""

    ticket: int
    given: bool


class TicketTold(DomainEvent, kind="ticket.told", audience=Audience.STAFF):
    """Its visitor is told that it is nearly their turn, or that they are ``called`` already."""

    ticket: int
    called: bool


class TicketRenumbered(DomainEvent, kind="ticket.renumbered", audience=Audience.STAFF):
    """It has another number: the one on the paper, or a new one because another ticket of the next day has its own."""

    ticket: int
    was: str
    number: str


class PrintReported(DomainEvent, kind="ticket.print", audience=Audience.STAFF):
    """Its kiosk says ``pending`` (prints again), ``printed``, ``failed``, or ``not_needed`` (the visitor noted it).

    ``became``: what the ticket's paper is then; once it was printed or noted, a later failure changes nothing.
    """

    ticket: int
    state: str
    became: str


class PassIssued(DomainEvent, kind="pass.issued", audience=Audience.STAFF):
    """The reception gave a visitor a pass, after they agreed to the text of that edition."""

    ticket: int
    number: str
    consent: str


class PassScreened(DomainEvent, kind="pass.screened", audience=Audience.STAFF):
    """Its visitor passed the security step."""

    ticket: int
    number: str


class PassReturned(DomainEvent, kind="pass.returned", audience=Audience.STAFF):
    """It is back."""

    ticket: int
    number: str


class PassUndone(DomainEvent, kind="pass.undone", audience=Audience.STAFF):
    """The last step was a mistake: ``issued``, ``screened`` or ``returned``."""

    ticket: int
    number: str
    step: str


class CounterChanged(DomainEvent, kind="counter.changed", audience=Audience.STAFF):
    """A counter opened, paused or closed; ``taken_from``: who sat there until ``by`` took it over, else 0."""

    counter: int
    state: str
    by: int
    taken_from: int = 0


class EmergencyRaised(DomainEvent, kind="emergency.raised", audience=Audience.STAFF):
    """A clerk at a counter asks colleagues for help."""

    emergency: int
    counter: int
    by: int


class EmergencyAccepted(DomainEvent, kind="emergency.accepted", audience=Audience.STAFF):
    """A colleague goes there."""

    emergency: int
    by: int


class EmergencyEnded(DomainEvent, kind="emergency.ended", audience=Audience.STAFF):
    """It is over, and its report is written."""

    emergency: int
    by: int


class QueueClosed(DomainEvent, kind="queue.closed", audience=Audience.STAFF):
    """The queue of the day was closed: its tickets ended, or wait again on the next open day."""

    tickets: int
    carried: bool


IN_PASSING = frozenset(
    {SituationsStated.kind, DocumentHandedIn.kind, DocumentTakenBack.kind, DocumentChecked.kind, VisitPlaced.kind}
)
"""Events that do not conflict with an action on the same visit, whose page does not show them yet."""
