"""Who is called next at a counter, and why: the one rule by which the queue runs and estimates replay it.

Booked visitors who are on time go before walk-ins. They count as waiting from their booked time, or from their arrival
if that is later. A walk-in who has waited for the office's ``worst_delay`` is not overtaken any more: from then on
whoever has waited longer is next, so nobody waits longer by more than that (and the service in progress) because others
have booked. Moments are seconds since the epoch.
"""

from collections.abc import Collection, Iterable, Sequence
from enum import IntEnum, StrEnum
from math import inf
from typing import NamedTuple

MINUTE = 60


class Because(StrEnum):
    """Why a ticket is next."""

    URGENT = "urgent"
    RETURNED = "returned"
    """Back from fetching what was missing."""
    FORWARDED = "forwarded"
    """Sent on by another counter; the arrival there counts."""
    BOOKED = "booked"
    WAITED = "waited"
    """A walk-in whom nobody may overtake any more."""
    ARRIVED = "arrived"
    """The walk-in who has waited longest, and no booked visitor is due."""
    EARLY = "early"
    """Booked for later, and nobody else waits."""


class Band(IntEnum):
    """What is compared first; within a band, whoever has waited longest is next."""

    URGENT = 0
    FRONT = 1
    """Booked and due, returned, or a walk-in who has waited long enough."""
    WALK_IN = 2
    EARLY = 3


class Ticket(NamedTuple):
    """A waiting ticket, as far as its place in the queue is concerned."""

    number: str
    service: str
    arrived: float
    booked_for: float | None = None
    urgent: str = ""
    """The reason why it is urgent."""
    returned: bool = False
    forwarded: bool = False
    not_before: float = 0
    """It is not called earlier: called in vain a moment ago, or not back yet."""
    counter: str = ""
    """Only this counter serves it, if not empty."""


class Rule(NamedTuple):
    """What an office decides about the order; seconds."""

    worst_delay: float = 30 * MINUTE
    """By how much booked visitors may make a walk-in wait longer."""
    grace: float = 10 * MINUTE
    """Whoever comes later than this after their booked time queues as a walk-in."""
    urgent_per_day: int = 5


class Refusal(StrEnum):
    """Why a ticket cannot be made urgent."""

    NO_REASON = "no-reason"
    LIMIT = "limit"


class Place(NamedTuple):
    """A ticket's place at a moment; the smallest is next."""

    band: Band
    since: float
    arrived: float
    number: str


class Next(NamedTuple):
    """The ticket that is called, and why."""

    ticket: Ticket
    because: Because


def is_on_time(ticket: Ticket, rule: Rule) -> bool:
    """Whether it is booked and its visitor came before the grace was over."""
    return ticket.booked_for is not None and ticket.arrived <= ticket.booked_for + rule.grace


def waiting_since(ticket: Ticket, rule: Rule) -> float:
    """From when it counts as waiting."""
    if ticket.booked_for is not None and is_on_time(ticket, rule):
        return max(ticket.booked_for, ticket.arrived)
    return ticket.arrived


class Standing(NamedTuple):
    """What decides a ticket's place, now and later: its band changes once at most."""

    since: float
    band: Band
    because: Because
    changes_at: float = inf
    later: Band = Band.FRONT
    because_later: Because = Because.ARRIVED


def standing(ticket: Ticket, rule: Rule) -> Standing:
    """A ticket's standing, which lasts until the ticket changes."""
    since = waiting_since(ticket, rule)
    if ticket.urgent:
        return Standing(since, Band.URGENT, Because.URGENT)
    if ticket.returned:
        return Standing(since, Band.FRONT, Because.RETURNED)
    forwarded = Because.FORWARDED if ticket.forwarded else None
    if is_on_time(ticket, rule):
        return Standing(since, Band.EARLY, Because.EARLY, since, Band.FRONT, forwarded or Because.BOOKED)
    end = since + rule.worst_delay
    return Standing(since, Band.WALK_IN, forwarded or Because.ARRIVED, end, Band.FRONT, forwarded or Because.WAITED)


def place(ticket: Ticket, rule: Rule, now: float) -> tuple[Place, Because]:
    """A ticket's place at a moment, and what gives it that place."""
    found = standing(ticket, rule)
    changed = now >= found.changes_at
    band, because = (found.later, found.because_later) if changed else (found.band, found.because)
    return Place(band, found.since, ticket.arrived, ticket.number), because


def can_serve(counter: str, services: Collection[str], ticket: Ticket) -> bool:
    """Whether a counter with these services serves a ticket."""
    return ticket.service in services and ticket.counter in {"", counter}


def choose(
    waiting: Iterable[Ticket], rule: Rule, now: float, *, counter: str = "", services: Collection[str]
) -> Next | None:
    """The ticket that a counter calls next; None if nobody waits whom it can serve."""
    found: tuple[Place, Because, Ticket] | None = None
    for ticket in waiting:
        if ticket.not_before <= now and can_serve(counter, services, ticket):
            at, because = place(ticket, rule, now)
            if found is None or at < found[0]:
                found = at, because, ticket
    return found and Next(found[2], found[1])


def in_order(waiting: Iterable[Ticket], rule: Rule, now: float) -> list[Ticket]:
    """All waiting tickets as they stand at a moment: the position on a ticket or a page counts these."""
    return sorted(waiting, key=lambda ticket: place(ticket, rule, now)[0])


def refusal_of_urgency(rule: Rule, reason: str, urgent_today: int) -> Refusal | None:
    """Why a ticket cannot be made urgent; None if it can. ``urgent_today`` counts those made urgent before it."""
    if not reason.strip():
        return Refusal.NO_REASON
    return Refusal.LIMIT if urgent_today >= rule.urgent_per_day else None


# --- The record ------------------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """One change of the queue as recorded: a ticket waits (or changes while it waits), leaves, or is called
    by a counter, in the order in which they happened.
    """

    at: float
    ticket: Ticket
    """As it was then; of whoever leaves or is called only the number counts."""
    left: bool = False
    because: Because | None = None
    """Of a call: why this ticket was next."""
    counter: str = ""
    services: frozenset[str] = frozenset()


def first_difference(record: Sequence[Entry], rule: Rule) -> tuple[Entry, Next | None] | None:
    """Replay a record: the first call that the rule decides differently, with its decision; None if there is none."""
    waiting: dict[str, Ticket] = {}
    for entry in record:
        if entry.because:
            chosen = choose(waiting.values(), rule, entry.at, counter=entry.counter, services=entry.services)
            if chosen is None or (chosen.ticket.number, chosen.because) != (entry.ticket.number, entry.because):
                return entry, chosen
            del waiting[entry.ticket.number]
        elif entry.left:
            waiting.pop(entry.ticket.number, None)
        else:
            waiting[entry.ticket.number] = entry.ticket
    return None
