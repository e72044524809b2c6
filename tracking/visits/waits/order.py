"""Who is called next at a counter, and why: the one rule by which the queue runs and estimates replay it.

Booked visitors who are on time go before walk-ins. They count as waiting from their booked time, or from their arrival
if that is later. Among themselves both are called in that order. Moments are seconds since the epoch.

**What is bounded** is the delay that this causes a walk-in. Each call that goes before those who have waited longer is
an :class:`Overtaking` once it is over: the seconds for which the counter was taken, divided by the counters that were
open for the walk-in's service, are the delay that it has caused them. Once the sum reaches the office's ``worst_delay``
nobody who counts as waiting from later goes before the walk-in, nor before those who wait for the same counters from
earlier still. So they are given at most ``worst_delay`` times those counters of counter time, and the services in
progress at that moment. Where all counters do the same, a walk-in is thus called no more than ``worst_delay`` and three
times the longest service later than if everybody were called in the order of arrival (decision 26 has the proof).

**What is not bounded**: a walk-in's whole wait, which depends on how many come; what urgent tickets cost, whose daily
number is limited instead; what clerks do who choose a ticket themselves; what was granted before counters closed, which
then takes the others longer; and, where counters do different services, what a walk-in loses because others were moved
to its counters.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    """A walk-in who was delayed for so long that nobody may overtake them any more."""
    ARRIVED = "arrived"
    """The walk-in who has waited longest, and no booked visitor is due."""
    EARLY = "early"
    """Booked for later, and nobody else waits."""


class Band(IntEnum):
    """What is compared first; within a band, whoever has waited longest is next."""

    URGENT = 0
    FRONT = 1
    """Booked and due, returned, or a walk-in whom nobody may overtake any more."""
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
    """By how much booked visitors may make a walk-in wait longer than if all were called in the order of arrival."""
    grace: float = 10 * MINUTE
    """Whoever comes later than this after their booked time queues as a walk-in."""
    urgent_per_day: int = 5


class Refusal(StrEnum):
    """Why a ticket cannot be made urgent."""

    NO_REASON = "no-reason"
    LIMIT = "limit"


class Overtaking(NamedTuple):
    """A call that went before walk-ins who had waited longer; it is over."""

    since: float
    """From when the visitor counted as waiting: whoever has waited from earlier was overtaken."""
    counter: str
    seconds: float
    """For so long the counter was taken."""
    counters: Mapping[str, int]
    """By service that this counter does: how many counters were open for it."""


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
    """What a ticket brings to its place: it changes once at most, when somebody who is early is due."""

    since: float
    band: Band
    because: Because
    changes_at: float = inf
    later: Band = Band.FRONT
    because_later: Because = Because.ARRIVED


def standing(ticket: Ticket, rule: Rule) -> Standing:
    """A ticket's standing, which lasts until the ticket changes. What delays have made of a walk-in is left out."""
    since = waiting_since(ticket, rule)
    if ticket.urgent:
        return Standing(since, Band.URGENT, Because.URGENT)
    if ticket.returned:
        return Standing(since, Band.FRONT, Because.RETURNED)
    forwarded = Because.FORWARDED if ticket.forwarded else None
    if is_on_time(ticket, rule):
        return Standing(since, Band.EARLY, Because.EARLY, since, Band.FRONT, forwarded or Because.BOOKED)
    return Standing(since, Band.WALK_IN, forwarded or Because.ARRIVED)


def is_early(ticket: Ticket, rule: Rule, now: float) -> bool:
    """Whether it still waits for its booked time."""
    return now < standing(ticket, rule).changes_at < inf


def overtakes_from(ticket: Ticket, rule: Rule, now: float) -> float | None:
    """From when a ticket that is next counts as waiting, if it may go before walk-ins who have waited longer.

    None for walk-ins, whom delays bring to the front only before those who have waited less, for whoever is called
    before the booked time because nobody else waits, and for urgent tickets.
    """
    held = standing(ticket, rule)
    return held.since if (held.later if now >= held.changes_at else held.band) is Band.FRONT else None


def kept_before(service: str, counter: str, overtakings: Iterable[Overtaking], rule: Rule) -> float:
    """Walk-ins who have waited for a service (at any counter, or only at one) from before this moment have been delayed
    for so long that nobody overtakes them any more. ``overtakings``: the latest ``since`` first.
    """
    if rule.worst_delay <= 0:
        return inf
    delay = 0.0
    for one in overtakings:
        if service in one.counters and counter in {"", one.counter}:
            delay += one.seconds / (1 if counter else one.counters[service])
            if delay >= rule.worst_delay:
                return one.since
    return -inf


def places(
    waiting: Iterable[Ticket], rule: Rule, now: float, overtakings: Iterable[Overtaking] = ()
) -> dict[str, tuple[Place, Because]]:
    """The places at a moment of tickets that the same counter can serve, and what gives them these, by number."""
    latest_first = sorted(overtakings, key=lambda one: one[:3], reverse=True)
    kept = dict[tuple[str, str], float]()
    found, until = dict[str, tuple[Place, Because]](), -inf
    for ticket in waiting:
        held = standing(ticket, rule)
        due = now >= held.changes_at
        band, because = (held.later, held.because_later) if due else (held.band, held.because)
        found[ticket.number] = Place(band, held.since, ticket.arrived, ticket.number), because
        if band is Band.WALK_IN:
            key = ticket.service, ticket.counter
            if key not in kept:
                kept[key] = kept_before(*key, latest_first, rule)
            if held.since < kept[key]:
                until = max(until, held.since)
    for number, (at, because) in found.items():
        if at.band is Band.WALK_IN and at.since <= until:
            waited = because if because is Because.FORWARDED else Because.WAITED
            found[number] = at._replace(band=Band.FRONT), waited
    return found


def can_serve(counter: str, services: Collection[str], ticket: Ticket) -> bool:
    """Whether a counter with these services serves a ticket."""
    return ticket.service in services and ticket.counter in {"", counter}


def choose(
    waiting: Iterable[Ticket],
    rule: Rule,
    now: float,
    overtakings: Iterable[Overtaking] = (),
    *,
    counter: str = "",
    services: Collection[str],
) -> Next | None:
    """The ticket that a counter calls next; None if nobody waits whom it can serve."""
    able = {one.number: one for one in waiting if one.not_before <= now and can_serve(counter, services, one)}
    found = places(able.values(), rule, now, overtakings)
    number = min(found, key=lambda number: found[number][0], default=None)
    return None if number is None else Next(able[number], found[number][1])


def in_order(waiting: Collection[Ticket], rule: Rule, now: float, overtakings: Iterable[Overtaking]) -> list[Ticket]:
    """Tickets that the same counter can serve, as it would call them; whoever may not be called yet stands last."""
    ordered = list[Ticket]()
    for may in (True, False):  # apart: those who are not called bring nobody else to the front
        those = [one for one in waiting if (one.not_before <= now) is may]
        found = places(those, rule, now, overtakings)
        ordered += sorted(those, key=lambda ticket: found[ticket.number][0])
    return ordered


def by_counter(waiting: Collection[Ticket], counters: Mapping[str, Collection[str]]) -> dict[str, list[Ticket]]:
    """The tickets that each counter can serve. ``counters``: with their services."""
    return {name: [one for one in waiting if can_serve(name, does, one)] for name, does in counters.items()}


def positions(
    waiting: Collection[Ticket],
    rule: Rule,
    now: float,
    overtakings: Collection[Overtaking],
    counters: Mapping[str, Collection[str]] | None = None,
) -> dict[str, int]:
    """What is shown of tickets, by number: how many a counter that serves them calls before them, and one.

    Several counters may each call others before. ``counters``: with their services; one for all if they are left out.

    Whoever is early for a booked time is shown who will be before them by then, without walk-ins whom they go before.
    Whoever may not be called yet stands after those who may.
    """
    bits = {one.number: 1 << place for place, one in enumerate(waiting)}
    groups = [[*waiting]] if counters is None else [*by_counter(waiting, counters).values()]
    served = {one.number for group in groups for one in group}
    alone = [one for one in waiting if one.number not in served]
    groups += [[one for one in alone if one.service == service] for service in {one.service for one in alone}]

    def shown(at: float) -> dict[str, int]:
        before = dict.fromkeys(bits, 0)
        for group in groups:
            passed = 0
            for one in in_order(group, rule, at, overtakings):
                before[one.number] |= passed
                passed |= bits[one.number]
        return {number: those.bit_count() + 1 for number, those in before.items()}

    found, early = (
        shown(now),
        {one.number: standing(one, rule).changes_at for one in waiting if is_early(one, rule, now)},
    )
    if early:
        all_due = shown(max(early.values()))
        found |= {number: all_due[number] for number in early}
    return found


def refusal_of_urgency(rule: Rule, reason: str, urgent_today: int) -> Refusal | None:
    """Why a ticket cannot be made urgent; None if it can. ``urgent_today`` counts those made urgent before it."""
    if not reason.strip():
        return Refusal.NO_REASON
    return Refusal.LIMIT if urgent_today >= rule.urgent_per_day else None


# --- The record ------------------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """One change of the queue as recorded: a ticket waits (or changes while it waits), leaves, or is called
    by a counter, or a call that went before walk-ins is over, in the order in which they happened.
    """

    at: float
    ticket: Ticket
    """As it was then; of whoever leaves or is called only the number counts."""
    left: bool = False
    because: Because | None = None
    """Of a call: why this ticket was next."""
    counter: str = ""
    services: frozenset[str] = frozenset()
    overtaking: Overtaking | None = None
    rule: Rule | None = None
    """Of a call: by what it was decided, if that was recorded; an office may change its rule during the day."""


def first_difference(record: Sequence[Entry], rule: Rule) -> tuple[Entry, Next | None] | None:
    """Replay a record: the first call that the rule decides differently, with its decision; None if there is none.

    ``rule``: for calls of which none was recorded.
    """
    waiting: dict[str, Ticket] = {}
    overtakings: list[Overtaking] = []
    for entry in record:
        if entry.because:
            chosen = choose(
                waiting.values(), entry.rule or rule, entry.at, overtakings,
                counter=entry.counter, services=entry.services,
            )  # fmt: skip
            if chosen is None or (chosen.ticket.number, chosen.because) != (entry.ticket.number, entry.because):
                return entry, chosen
            del waiting[entry.ticket.number]
        elif entry.overtaking:
            overtakings.append(entry.overtaking)
        elif entry.left:
            waiting.pop(entry.ticket.number, None)
        else:
            waiting[entry.ticket.number] = entry.ticket
    return None
