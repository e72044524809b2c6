"""How long visitors of an office will wait: the queue as it stands, and what the last weeks tell of durations.

An estimate is made once for each change of a queue and each half minute, and shared by all who ask.
"""

import asyncio
import time
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from server.core import clock, config, database, ledger
from server.core.booking import times
from server.core.days import today
from tracking.visits.events import TicketEstimated
from tracking.visits.queries import offices, queue, turns
from tracking.visits.queries.offices import OfficeRow, Place
from tracking.visits.queries.queue import CounterRow, TicketRow
from tracking.visits.states import CounterState, TicketState, VisitState
from tracking.visits.waits.calibration import Calibration
from tracking.visits.waits.closing import Closed
from tracking.visits.waits.order import MINUTE, Overtaking, can_serve
from tracking.visits.waits.pace import Pace
from tracking.visits.waits.queue import Coming, Counter, Queue, Serving, Wait
from tracking.visits.waits.replay import Waits, estimate

WEEKS = timedelta(weeks=4)
MOST_LEARNED = 3_000
"""Services from which a process learns the durations of an office when it starts."""
KEPT = 30
"""Seconds."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Spans = list[tuple[float, float]]


@dataclass
class _Learned:
    """What this process has learned of an office."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    pace: Pace = field(default_factory=Pace)
    calibration: Calibration = field(default_factory=Calibration)
    compared: datetime | None = None
    """When the last ticket was called whose estimate was compared."""
    after: datetime | None = None
    """When the last service ended that was learned."""
    day: date | None = None


class Now(NamedTuple):
    """What is known of an office's queue at a moment."""

    waits: Waits
    closed: Mapping[int, Closed]
    """The services for which no counter is open, or paused, by id."""
    overtakings: Sequence[Overtaking]
    """What has delayed walk-ins today."""

    def of(self, ticket: TicketRow) -> tuple[Wait | None, Closed | None]:
        """How long a waiting ticket will still wait, and that no counter is open for it; None if it does not wait."""
        if ticket.state is not TicketState.WAITING:
            return None, None
        return self.waits.tickets.get(queue.rank(ticket.id)), self.closed.get(ticket.service_id)


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    until: float
    now: Now


_learned: dict[int, _Learned] = {}
_kept: dict[int, _Kept] = {}


def forget() -> None:
    """Clear what this process has learned and estimated."""
    _learned.clear()
    _kept.clear()


async def of_office(place: Place) -> Waits:
    """The estimates for an office now, in minutes: of its waiting tickets by id, and of a walk-in for each service."""
    return (await now(place)).waits


async def now(place: Place, day: tuple[int, int] | None = None) -> Now:
    """The estimates, and what else is read for them; ``day``: as ``queue.day``, if that was just read."""
    office = place.office
    day_id, version = day or await queue.day(office.id, today())
    kept = _kept.get(office.id)
    if kept is None or kept.version != version or kept.until < time.monotonic():
        standing, closed_now = await _queue(place, day_id)
        learned = _learned.setdefault(office.id, _Learned())
        async with learned.lock:  # else two requests at once would learn the same twice
            await _learn(place, learned)
        services = [str(one.id) for one in place.services.values() if one.walk_in]
        found = estimate(standing, learned.pace, walk_ins=services)
        fit = learned.calibration.calibrated
        waits = Waits(*({name: fit(wait) for name, wait in part.items()} for part in found))
        kept = _Kept(version, time.monotonic() + KEPT, Now(waits, closed_now, standing.overtakings))
        _kept[office.id] = kept
    return kept.now


async def of_ticket(place: Place, ticket: TicketRow) -> Wait | None:
    """How long a waiting ticket will still wait; None if it does not."""
    return (await now(place)).of(ticket)[0] if ticket.state is TicketState.WAITING else None


async def closed_for(place: Place, ticket: TicketRow) -> Closed | None:
    """That no counter is open for a waiting ticket; None if one is, or if it does not wait."""
    return (await now(place)).of(ticket)[1] if ticket.state is TicketState.WAITING else None


async def published(place: Place, ticket: TicketRow) -> Wait | None:
    """What a new ticket is told; kept, to be compared with what happens. A repeated press is told the present."""
    found = await of_ticket(place, ticket)
    if found is not None:
        async with database.transaction():
            # Before the row, whose foreign key locks the ticket: whoever changes the queue holds the chain already.
            chain = await ledger.lock(queue.subject(place.office.code, ticket.date))
            new = await database.insert(
                "wait_estimate", ("ticket_id", "made_at", "p10", "p50", "p90"), [(ticket.id, clock.now(), *found)],
                conflict="(ticket_id) DO NOTHING", returning="ticket_id",
            )  # fmt: skip
            if new:
                event = TicketEstimated(ticket.id, *(round(minutes, 2) for minutes in found))
                await chain.append("system", event)
    return found


# --- The queue as it stands ------------------------------------------------------------------------------------------


async def _queue(place: Place, day_id: int) -> tuple[Queue, Mapping[int, Closed]]:
    now, office = clock.now(), place.office
    found, here = await queue.counters(office.id), await queue.here(day_id)
    waiting = [one for one in here if one.state is TicketState.WAITING]
    at_work = {one.counter: one for one in here if one.counter}
    overtakings, since = await turns.overtaking_calls(day_id)
    spans, free_from = await _spans(office), await _free_from(office.id, day_id)
    standing = Queue(
        now.timestamp(),
        queue.rule(office),
        tuple(one.in_order for one in waiting),
        tuple(
            _counter(
                one, place, at_work.get(one.id), spans.get(one.id, []), waiting, free_from.get(one.id, 0),
                since.get(one.id),
            )
            for one in found
        ),
        tuple(await _coming(office.id)),
        await _further(day_id),
        tuple(await _walk_ins(day_id, now)),
        tuple(overtakings),
    )  # fmt: skip
    return standing, _closed(place, found, spans, now.timestamp())


def _closed(place: Place, counters: Sequence[CounterRow], spans: Mapping[int, Spans], now: float) -> dict[int, Closed]:
    """The services whose counters are all closed, and when the roster opens one of them."""
    sits = {one.id for one in counters if one.state is not None}
    closed = [one for one in place.services if not sits & {*place.able.get(one, ())}]
    found = {}
    for one in closed:
        those = [span for counter in place.able.get(one, ()) for span in spans.get(counter, ()) if span[1] > now]
        opens = min((first for first, _last in those), default=now)  # who should be there by now may come at any moment
        found[one] = Closed(datetime.fromtimestamp(opens, config.settings().zone) if opens > now else None)
    return found


def _counter(
    counter: CounterRow,
    place: Place,
    ticket: TicketRow | None,
    spans: Spans,
    waiting: Sequence[TicketRow],
    free_from: float,
    since: float | None,
) -> Counter:
    now = clock.now().timestamp()
    services = frozenset(str(one) for one, able in place.able.items() if counter.id in able)
    open_now = counter.state == CounterState.OPEN
    ahead = [(max(first, now), last) for first, last in spans if last > now]
    if open_now and not any(first <= now for first, _last in ahead):
        ahead.insert(0, (now, ahead[0][0] if ahead else now + HOUR.total_seconds()))  # it works beyond the roster
    closed_since = None
    if not open_now and (running := [first for first, last in spans if first <= now < last]):
        closed_since = running[0]
    serving = None
    if ticket and ticket.called_at:
        begun = ticket.started_at if ticket.state is TicketState.SERVING else None
        serving = Serving(
            str(ticket.service_id), ticket.called_at.timestamp(), begun.timestamp() if begun else None, since=since
        )
    ours = [one.arrived_at.timestamp() for one in waiting if can_serve(str(counter.id), services, one.in_order)]
    free_since = min(now, max(free_from, min(ours))) if open_now and serving is None and ours else None
    return Counter(str(counter.id), services, tuple(ahead), serving, free_since, closed_since)


async def _free_from(office_id: int, day_id: int) -> dict[int, float]:
    """When each open counter was opened, or finished with whom it had last, as seconds.

    Of a visitor who did not come, or fetches papers, only the call is known.
    """
    rows = await database.fetch(
        "SELECT s.counter_id, s.since, MAX(t.called_at) AS called, MAX(t.ended_at) AS gone, MAX(m.ended_at) AS ended "
        "FROM counter c JOIN counter_sitting s ON s.counter_id = c.id "
        "LEFT JOIN ticket t ON t.last_counter = c.id AND t.day_id = ? "
        "LEFT JOIN ticket_matter m ON m.ticket_id = t.id WHERE c.office_id = ? GROUP BY s.counter_id, s.since",
        day_id,
        office_id,
    )
    known = ("since", "called", "gone", "ended")
    return {
        row["counter_id"]: max(database.moment(row[one]).timestamp() for one in known if row[one] is not None)
        for row in rows
    }


async def _spans(office: OfficeRow) -> Mapping[int, Spans]:
    """When each counter is there today by the roster, as seconds."""
    calendars = await offices.calendars(office.id, [today()])
    found: dict[int, Spans] = {}
    for day in (await times.days([*calendars.values()])).values():
        for minute in sorted(day.steps):
            for unit in day.steps[minute]:
                spans = found.setdefault(unit, [])
                begins, ends = minute * MINUTE, (minute + office.step) * MINUTE
                if spans and spans[-1][1] == begins:
                    spans[-1] = (spans[-1][0], ends)
                else:
                    spans.append((begins, ends))
    return found


async def _coming(office_id: int) -> list[Coming]:
    """The bookings of today whose visitors have not checked in."""
    rows = await database.fetch(
        "SELECT v.starts_at, MIN(m.service_id) AS service_id FROM visit v JOIN visit_matter m ON m.visit_id = v.id "
        "WHERE v.office_id = ? AND v.date = ? AND v.state = ? AND v.starts_at > ? "
        "AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.visit_id = v.id) GROUP BY v.id, v.starts_at",
        office_id, today(), VisitState.BOOKED, clock.now() - HOUR,
    )  # fmt: skip
    return [Coming(str(row["service_id"]), database.moment(row["starts_at"]).timestamp()) for row in rows]


async def _further(day_id: int) -> dict[str, tuple[str, ...]]:
    """What else waiting tickets are for, after the service that is next."""
    rows = await database.fetch(
        "SELECT t.id, m.service_id FROM ticket t JOIN ticket_matter m ON m.ticket_id = t.id "
        "WHERE t.day_id = ? AND t.state = ? AND m.ended_at IS NULL ORDER BY t.id, m.position",
        day_id,
        TicketState.WAITING,
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(queue.rank(row["id"]), []).append(str(row["service_id"]))
    return {number: tuple(services[1:]) for number, services in found.items() if len(services) > 1}


async def _walk_ins(day_id: int, now: datetime) -> list[tuple[str, int]]:
    rows = await database.column(
        "SELECT m.service_id FROM ticket t JOIN ticket_matter m ON m.ticket_id = t.id AND m.position = 0 "
        "WHERE t.day_id = ? AND t.booked_for IS NULL AND t.arrived_at > ?",
        day_id,
        now - HOUR,
    )
    return [(str(one), count) for one, count in Tally(rows).items()]


# --- What the past tells ---------------------------------------------------------------------------------------------


async def _learn(place: Place, learned: _Learned) -> None:
    """Learn whatever happened at an office since the last time."""
    if learned.after is None:
        for one in place.services.values():
            learned.pace.assume(str(one.id), one.minutes * MINUTE)
    since = learned.after or clock.now() - WEEKS
    rows = await database.fetch(
        "SELECT m.ticket_id, m.service_id, m.started_at, m.ended_at, t.last_counter, d.date FROM queue_day d "
        "JOIN ticket t ON t.day_id = d.id JOIN ticket_matter m ON m.ticket_id = t.id "
        "WHERE d.office_id = ? AND d.date >= ? AND m.ended_at > ? AND m.started_at IS NOT NULL "
        "ORDER BY m.ended_at DESC, m.ticket_id, m.position LIMIT ?",
        place.office.id, since.date() - DAY, since, MOST_LEARNED,
    )  # fmt: skip
    together = Tally((row["ticket_id"], row["ended_at"]) for row in rows)
    for row in reversed(rows):
        day, ended = database.day_or_none(row["date"]), database.moment(row["ended_at"])
        if learned.day not in {None, day}:
            learned.pace.new_day()
        learned.day, learned.after = day, ended
        taken = (ended - database.moment(row["started_at"])) / together[row["ticket_id"], row["ended_at"]]
        learned.pace.served(str(row["service_id"]), str(row["last_counter"]), taken.total_seconds())
    await _compare(place, learned)


async def _compare(place: Place, learned: _Learned) -> None:
    """Compare what tickets were told with when they were called, so that the range holds as often as it says."""
    since = learned.compared or clock.now() - WEEKS
    rows = await database.fetch(
        "SELECT e.made_at, e.p10, e.p50, e.p90, t.first_called_at FROM queue_day d JOIN ticket t ON t.day_id = d.id "
        "JOIN wait_estimate e ON e.ticket_id = t.id WHERE d.office_id = ? AND d.date >= ? AND t.first_called_at > ? "
        "ORDER BY t.first_called_at DESC LIMIT ?",
        place.office.id, since.date() - DAY, since, MOST_LEARNED,
    )  # fmt: skip
    for row in reversed(rows):
        learned.compared = database.moment(row["first_called_at"])
        waited = (learned.compared - database.moment(row["made_at"])).total_seconds() / MINUTE
        learned.calibration.learn(Wait(row["p10"], row["p50"], row["p90"]), waited)
