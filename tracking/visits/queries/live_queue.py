"""The queue of an office as everybody may see it: numbers, counters and times, nothing personal.

It is read once for each change of the queue and each half minute, and shared by everybody who asks this process.
"""

import asyncio
import time
from collections import Counter as Tally
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.core import clock, database
from server.core.days import today
from server.core.rows import columns, select
from tracking.visits.queries import closing, queue, turns, waiting_times
from tracking.visits.queries.offices import Place
from tracking.visits.states import TicketState, VisitMode
from tracking.visits.waits import order
from tracking.visits.waits.closing import BeforeClosing, Closed
from tracking.visits.waits.queue import Wait

LATEST = 8
"""Calls that displays show, whatever has become of them."""
AT_COUNTER = (TicketState.CALLED, TicketState.SERVING)
AWAY = (TicketState.PARKED, TicketState.MISSED)


@dataclass(frozen=True, slots=True)
class Called:
    """A number that a counter calls or serves, or has called lately."""

    number: str
    service_id: int
    counter: str
    floor: int
    state: TicketState
    called_at: datetime
    sequence: int
    """Of its last call: a greater one is a later call, a recall included."""
    there: bool
    """Whether it is still called or served at that counter."""
    afar: bool
    """Its visitor comes by video or telephone: nobody in the hall is meant."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A waiting ticket."""

    position: int
    """Among those that the same counters serve; 1 is next."""
    wait: Wait | None
    before_closing: BeforeClosing | None
    closed: Closed | None
    """No counter is open for it."""


@dataclass(frozen=True, slots=True)
class LiveQueue:
    """The queue of an office at a moment."""

    place: Place
    date: date
    version: int
    read_at: float
    """On the monotonic clock."""
    waiting: Mapping[int, int]
    """By service."""
    called: Sequence[Called]
    """The latest first: what counters call or serve now, and the last calls."""
    tickets: Mapping[str, Standing]
    """By number."""
    away: Mapping[TicketState, Sequence[str]]
    ahead: Mapping[int, int]
    """By service: how many are called before a visitor without a reservation who came now; see :func:`ahead`."""
    walk_ins: Mapping[int, Wait]
    """By service: of a visitor without a reservation who came now."""
    before_closing: Mapping[int, BeforeClosing]
    """What ``walk_ins`` mean for them."""
    closes: datetime | None
    """Today."""
    closed: Mapping[int, Closed]
    """By service: those for which no counter is open."""

    @property
    def now_called(self) -> list[Called]:
        """What counters call or serve now."""
        return [one for one in self.called if one.there]

    @property
    def total(self) -> int:
        """How many wait."""
        return sum(self.waiting.values())


_kept: dict[str, LiveQueue] = {}
_reading: dict[str, asyncio.Lock] = {}


def forget() -> None:
    """Clear what this process has read."""
    _kept.clear()
    _reading.clear()


async def versions(codes: Collection[str], day: date) -> dict[str, int]:
    """The versions of some offices' queues of a day; zero before it has begun. Offices that are closed are left out."""
    rows = await database.fetch(
        "SELECT o.code, COALESCE(q.version, 0) AS version FROM office o "
        "LEFT JOIN queue_day q ON q.office_id = o.id AND q.date = ? WHERE o.code IN (?) AND o.active = ?",
        day,
        tuple(codes),
        True,
    )
    return {row["code"]: row["version"] for row in rows}


async def floors(office_id: int) -> list[int]:
    """The floors on which an office has counters."""
    return await database.column(
        "SELECT DISTINCT floor FROM counter WHERE office_id = ? AND active = ? ORDER BY floor", office_id, True
    )


async def of_office(place: Place, version: int | None = None) -> LiveQueue:
    """The queue of an office now; ``version`` is its version if that was just read."""
    code, day, day_id = place.office.code, today(), None
    if version is None:
        day_id, version = await queue.day(place.office.id, day)
    async with _reading.setdefault(code, asyncio.Lock()):
        kept = _kept.get(code)
        if kept is None or (kept.date, kept.version) != (day, version) or _is_old(kept):
            if day_id is None:
                day_id, version = await queue.day(place.office.id, day)
            kept = _kept[code] = await _read(place, day, day_id, version)
        return kept


def _is_old(kept: LiveQueue) -> bool:
    return time.monotonic() - kept.read_at >= waiting_times.KEPT


async def _read(place: Place, day: date, day_id: int, version: int) -> LiveQueue:
    """The queue; its version was read before the tickets are: what comes later has a later version."""
    began = time.monotonic()
    waits, closed, overtakings = await waiting_times.now(place, (day_id, version))
    listed = await queue.listed(day_id)
    waiting = [one for one in listed if one.state is TicketState.WAITING]
    rule, tickets = queue.rule(place.office), [one.in_order for one in waiting]
    positions = order.positions(tickets, rule, clock.now().timestamp(), overtakings, turns.counters_of(place.able))
    closes, walk_ins = await closing.closes(place), {one: waits.walk_ins.get(str(one)) for one in place.services}
    return LiveQueue(
        place,
        day,
        version,
        began,
        Tally(one.service_id for one in waiting),
        await _called(day_id),
        {
            one.number: Standing(
                positions[queue.rank(one.id)], wait, closing.expected(wait, closes), closed.get(one.service_id)
            )
            for one in waiting
            for wait in [waits.tickets.get(queue.rank(one.id))]
        },
        {state: [one.number for one in listed if one.state is state] for state in AWAY},
        ahead(tickets, rule, place.able, overtakings),
        {one: wait for one, wait in walk_ins.items() if wait},
        {one: found for one, wait in walk_ins.items() if (found := closing.expected(wait, closes))},
        closes,
        closed,
    )


def ahead(
    waiting: Sequence[order.Ticket],
    rule: order.Rule,
    services: Mapping[int, Collection[int]],
    overtakings: Sequence[order.Overtaking],
) -> dict[int, int]:
    """By service: how many are called before a visitor without a reservation who came now, at the same counters.

    ``services``: the counters able to do each service.
    """
    now = clock.now().timestamp()
    comes = order.Ticket("~", "", now)
    before = dict[str, set[str]]()
    for counter, those in order.by_counter(waiting, turns.counters_of(services)).items():
        ordered = order.in_order([*those, comes], rule, now, overtakings)
        before[counter] = {one.number for one in ordered[: ordered.index(comes)]}
    return {service: len(set().union(*(before[str(one)] for one in able))) for service, able in services.items()}


async def _called(day_id: int) -> list[Called]:
    """What counters call or serve, and the last calls. A counter that is missing hides none of the others."""
    return await select(
        Called,
        f"SELECT {_CALLED} FROM ticket_call l JOIN ticket t ON t.id = l.ticket_id "
        "LEFT JOIN counter c ON c.id = l.counter_id LEFT JOIN visit v ON v.id = t.visit_id "
        "WHERE l.id IN (SELECT MAX(k.id) FROM ticket_call k WHERE k.day_id = ? GROUP BY k.ticket_id "
        "ORDER BY MAX(k.id) DESC LIMIT ?) "
        "OR l.id IN (SELECT MAX(k.id) FROM ticket s JOIN ticket_call k ON k.ticket_id = s.id "
        "WHERE s.day_id = ? AND s.state IN (?) GROUP BY s.id) ORDER BY l.id DESC",
        day_id,
        LATEST,
        day_id,
        AT_COUNTER,
    )


_CALLED = columns(
    Called,
    "t",
    service_id=queue.SERVICE,
    counter="COALESCE(c.number, '')",
    floor="COALESCE(c.floor, 0)",
    called_at="l.at",
    sequence="l.id",
    there="CASE WHEN t.counter = l.counter_id THEN 1 ELSE 0 END",
    afar=f"CASE WHEN v.mode <> '{VisitMode.IN_PERSON}' THEN 1 ELSE 0 END",
)
