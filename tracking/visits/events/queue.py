"""What happens on the day of the visit: tickets, passes and counters."""

from server.core.ledger import Audience, DomainEvent


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


class TicketOvertook(DomainEvent, kind="ticket.overtook", audience=Audience.STAFF):
    """A call that went before walk-ins is over: whoever had waited from before ``since`` for a service was delayed by
    the ``seconds`` for which the counter was taken, divided by the ``counters`` that were open for that service.
    """

    ticket: int
    counter: int
    since: str
    seconds: int
    counters: dict[str, int]


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
