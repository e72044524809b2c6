"""Estimates of waiting times: the queue is replayed many times with drawn durations, by the rule that runs it.

One replay serves all: in each repetition every waiting ticket is called once, and a walk-in who comes now is put behind
them for each service without taking anybody's place. Each ticket draws from evenly spread quantiles of its
distribution (Latin hypercube sampling), so some dozens of repetitions are enough.
"""

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from heapq import heapify, heappop, heappush
from math import exp, inf, log
from typing import NamedTuple

from tracking.visits.waits.order import MINUTE, Band, Ticket, can_serve, standing
from tracking.visits.waits.pace import Pace
from tracking.visits.waits.queue import Counter, Queue, Serving, Wait
from tracking.visits.waits.samples import NORMAL, QUANTILES, SLOTS, rest, strata

WORK = 1400
"""About so many calls are replayed for an estimate."""
REPETITIONS = (64, 32, 16)
LONGEST_DELAY = 120 * MINUTE
"""Bookings overtake walk-ins who wait now for so long at most; later ones are left out."""
LONGEST_EARLY = 30 * MINUTE
"""For so long walk-ins are foreseen."""
HOUR = 60 * MINUTE
MIX = 37
"""Mixes the draws of gaps with those of durations."""
ANY = "any"
"""The counter that is assumed where none is known for a service."""
LEVELS = (0.1, 0.5, 0.9)

Entrant = tuple[float, float, int]
"""A ticket in a lane: since when it waits, when it arrived, and its slot."""
Lanes = list[list[Entrant]]
"""The tickets of each lane, sorted; the tickets of a lane are served by the same counters."""


class Waits(NamedTuple):
    """What an estimate gives: for tickets by number, and for a walk-in who comes now, by service."""

    tickets: dict[str, Wait]
    walk_ins: dict[str, Wait]


class Entering(NamedTuple):
    """A ticket that joins a lane in the course of a repetition."""

    at: float
    lane: int
    front: bool
    entrant: Entrant


def estimate(queue: Queue, pace: Pace, *, only: Collection[str] | None = None, walk_ins: Iterable[str] = ()) -> Waits:
    """Estimate how long tickets wait from now on: those numbered ``only``, or all; and walk-ins for some services."""
    replay = _Replay(queue, pace, tuple(walk_ins))
    replay.run(range(len(replay.tickets)) if only is None else replay.slots(only))
    return Waits(
        {replay.tickets[slot].number: _wait(times) for slot, times in replay.times.items() if times},
        {service: _wait(times) for service, times in zip(replay.walk_ins, replay.walk_in_times, strict=True)},
    )


def _wait(seconds: list[float]) -> Wait:
    seconds.sort()
    last = len(seconds) - 1
    found = []
    for level in LEVELS:
        at = min(max(level * len(seconds) - 0.5, 0), last)
        below = int(at)
        above = min(below + 1, last)
        found.append((seconds[below] + (at - below) * (seconds[above] - seconds[below])) / MINUTE)
    return Wait(*found)


class _Replay:
    def __init__(self, queue: Queue, pace: Pace, walk_ins: Sequence[str]) -> None:
        self.queue, self.pace, self.walk_ins = queue, pace, walk_ins
        self.tickets = sorted(queue.waiting, key=lambda ticket: ticket.number)
        booked = [ticket.booked_for for ticket in queue.waiting if ticket.booked_for]
        horizon = max([queue.now + min(queue.rule.worst_delay, LONGEST_DELAY), *booked])
        self.coming = [coming for coming in queue.coming if coming.booked_for <= horizon]
        self.later = self._later_walk_ins()
        self.counters = [counter for counter in queue.counters if counter.services]
        self.everybody = [ticket.service for ticket in self.tickets]
        self.everybody += [coming.service for coming in self.coming]
        self.everybody += [ticket.service for ticket in self.later]
        self._add_missing_counters()
        calls = len(self.everybody) + len(walk_ins)
        self.repetitions = next((number for number in REPETITIONS if number * calls <= WORK), REPETITIONS[-1])
        self.draws = strata(self.repetitions)
        self.times: dict[int, list[float]] = {}
        self.walk_in_times: list[list[float]] = [[] for _service in walk_ins]
        self._make_lanes()
        self._make_durations()
        self._make_comers()

    def _later_walk_ins(self) -> list[Ticket]:
        """Walk-ins who will come before the booked time of somebody who is here already, as evenly as in this hour."""
        now = self.queue.now
        until = min(max((ticket.booked_for or now for ticket in self.tickets), default=now), now + LONGEST_EARLY)
        return [
            Ticket("", service, now + (place + 0.5) * HOUR / number)
            for service, number in self.queue.walk_ins
            for place in range(round(number * (until - now) / HOUR))
        ]

    def slots(self, numbers: Collection[str]) -> list[int]:
        return [slot for slot, ticket in enumerate(self.tickets) if ticket.number in numbers]

    def _add_missing_counters(self) -> None:
        served = frozenset[str]().union(*(counter.services for counter in self.counters))
        wanted = {*self.everybody, *self.walk_ins}
        if missing := wanted - served:
            self.counters.append(Counter(ANY, frozenset(missing)))
        lost = [t for t in self.tickets if t.counter and not any(can_serve(c.id, c.services, t) for c in self.counters)]
        self.tickets = [ticket._replace(counter="") if ticket in lost else ticket for ticket in self.tickets]

    # --- Where everybody stands --------------------------------------------------------------------------------------

    def _make_lanes(self) -> None:
        lanes: dict[tuple[int, ...], int] = {}

        def lane_of(ticket: Ticket) -> int:
            able = tuple(at for at, c in enumerate(self.counters) if can_serve(c.id, c.services, ticket))
            return lanes.setdefault(able, len(lanes))

        rule, now = self.queue.rule, self.queue.now
        lane_numbers = [lane_of(ticket) for ticket in self.tickets]
        self.coming_lanes = [lane_of(Ticket("", coming.service, now)) for coming in self.coming]
        later_lanes = [lane_of(ticket) for ticket in self.later]
        walk_in_lanes = [lane_of(Ticket("", service, now)) for service in self.walk_ins]
        self.front: Lanes = [[] for _lane in lanes]
        self.behind: Lanes = [[] for _lane in lanes]
        self.early: Lanes = [[] for _lane in lanes]
        self.entering: list[Entering] = []
        for slot, (ticket, lane) in enumerate(zip(self.tickets, lane_numbers, strict=True)):
            found = standing(ticket, rule)
            since = found.since - (1e12 if found.band is Band.URGENT else 0)
            entrant = (since, ticket.arrived, slot)
            front = found.band is not Band.WALK_IN
            if ticket.not_before > now:
                self.entering.append(Entering(max(ticket.not_before, since), lane, front, entrant))
            elif found.band is Band.EARLY and found.changes_at > now:
                self.early[lane].append(entrant)
                self.entering.append(Entering(found.changes_at, lane, front, entrant))
            else:
                (self.front if front else self.behind)[lane].append(entrant)
        for slot, (ticket, lane) in enumerate(
            zip(self.later, later_lanes, strict=True), len(self.everybody) - len(self.later)
        ):
            self.entering.append(Entering(ticket.arrived, lane, False, (ticket.arrived, ticket.arrived, slot)))
        for tickets in (*self.front, *self.behind, *self.early):
            tickets.sort()
        self.lanes_of = [[lane for able, lane in lanes.items() if at in able] for at in range(len(self.counters))]
        self.walk_ins_of = [
            [number for number, lane in enumerate(walk_in_lanes) if lane in self.lanes_of[at]]
            for at in range(len(self.counters))
        ]
        self._keep_open(lanes)

    def _keep_open(self, lanes: Iterable[tuple[int, ...]]) -> None:
        """Whoever waits at closing time is served all the same: by the counters that are open longest."""
        ends = [max((end for _start, end in c.open), default=-inf) for c in self.counters]
        self.spans = [sorted(counter.open) for counter in self.counters]
        for at in {at for able in lanes for at in able if ends[at] == max(ends[other] for other in able)}:
            start = self.spans[at].pop()[0] if self.spans[at] else self.queue.now
            self.spans[at].append((start, inf))

    # --- How long everything takes -----------------------------------------------------------------------------------

    def _make_durations(self) -> None:
        """Tables of the seconds for which a call occupies a counter, and when each counter is free first."""
        pace = self.pace
        services = sorted(set(self.everybody))
        absent = round(QUANTILES * pace.absent.value)
        tables, doubts = {}, {}
        for number, service in enumerate(services):
            usual = pace.of(service)
            durations = [seconds + pace.walk.value for seconds in self._durations(service)]
            # Every so many are those who are not there, in place of some from everywhere in the distribution.
            for place in range(absent):
                durations[(2 * place + 1) * QUANTILES // (2 * absent)] = pace.absence.value
            tables[service] = durations
            doubts[service] = [exp(usual.doubt * NORMAL[draw]) for draw in self.draws[-1 - number % SLOTS]]
        self.tables = [tables[service] for service in self.everybody]
        for slot, ticket in enumerate(self.tickets):
            for number, service in enumerate(self.queue.further.get(ticket.number, ()), 1):
                more = self._durations(service)
                self.tables[slot] = [
                    seconds + more[(place * MIX + number) % QUANTILES]
                    for place, seconds in enumerate(self.tables[slot])
                ]
        self.doubts = [doubts[service] for service in self.everybody]
        self.gaps = pace.gap.table
        self.speeds = [exp(pace.speed(counter.id)) for counter in self.counters]
        self.free = [self._free(counter, self.draws[-20 - at % SLOTS]) for at, counter in enumerate(self.counters)]

    def _durations(self, service: str) -> list[float]:
        usual = self.pace.of(service)
        level = usual.level
        return [exp(level + chance) for chance in usual.chance.table]

    def _free(self, counter: Counter, draws: Sequence[int]) -> list[float]:
        """When a counter is free to call, in each repetition."""
        now, pace = self.queue.now, self.pace
        if counter.serving:
            return [now + seconds for seconds in self._left(counter.serving, counter, draws)]
        for since, sample in ((counter.closed_since, pace.closure), (counter.free_since, pace.gap)):
            if since is not None:
                passed = now - since
                return [now + seconds for seconds in rest(sample.above(passed), passed, draws)]
        return [now] * self.repetitions

    def _left(self, serving: Serving, counter: Counter, draws: Sequence[int]) -> list[float]:
        """How much longer a counter is busy, given for how long it has been."""
        pace = self.pace
        passed = max(self.queue.now - (serving.started or serving.called), 1)
        usual = pace.of(serving.service)
        level = usual.level + pace.speed(counter.id)
        left = rest([exp(level + chance) for chance in usual.chance.above(log(passed) - level)], passed, draws)
        if serving.started is None:
            # Some of those who are called and not there yet will not come.
            absent = pace.absent.value * QUANTILES
            still = max(pace.absence.value - passed, 1)
            left = [
                still if draw * MIX % QUANTILES < absent else seconds + pace.walk.value
                for draw, seconds in zip(draws, left, strict=True)
            ]
        further = sum(sum(self._durations(service)) / QUANTILES for service in serving.further)
        gaps = pace.gap.table
        return [further + seconds + gaps[draw * MIX % QUANTILES] for seconds, draw in zip(left, draws, strict=True)]

    def _make_comers(self) -> None:
        """For each booked visitor who has not arrived, the arrival by quantile; None for those who do not come."""
        queue, pace = self.queue, self.pace
        self.comers: list[tuple[Sequence[int], list[Entering | None]]] = []
        early = pace.punctual
        for slot, (coming, lane) in enumerate(zip(self.coming, self.coming_lanes, strict=True), len(self.tickets)):
            below = 1 - early.share_above(coming.booked_for - queue.now)
            likely = pace.coming.value * below
            shown = round(QUANTILES * likely / (likely + 1 - pace.coming.value))
            punctual = Entering(coming.booked_for, lane, True, (coming.booked_for, coming.booked_for, slot))
            arrivals = list[Entering | None]()
            for draw in range(shown):
                late = -early.table[int((draw + 0.5) / shown * below * QUANTILES)]
                if late <= 0 and coming.booked_for >= queue.now:
                    arrivals += [punctual] * (shown - draw)
                    break
                arrives = max(coming.booked_for + late, queue.now)
                front = arrives <= coming.booked_for + queue.rule.grace
                arrivals.append(Entering(arrives, lane, front, (arrives, arrives, slot)))
            arrivals += [None] * (QUANTILES - shown)
            self.comers.append((self.draws[(slot + SLOTS // 2) % SLOTS], arrivals))

    def run(self, wanted: Iterable[int]) -> None:
        """Replay until the tickets in these slots are called, and keep after how many seconds."""
        self.times = {slot: [] for slot in wanted}
        for number in range(self.repetitions):
            _Repetition(self, number).run()


class _Repetition:
    """One replay: counters take turns in the order in which they become free, and each calls by the order rule."""

    def __init__(self, replay: _Replay, number: int) -> None:
        self.replay, self.number = replay, number
        self.front, self.behind = [lane[:] for lane in replay.front], [lane[:] for lane in replay.behind]
        self.front_at, self.behind_at = [0] * len(self.front), [0] * len(self.front)
        self.entering = [one for draws, arrivals in replay.comers if (one := arrivals[draws[number]])]
        self.entering += replay.entering
        self.entering.sort(reverse=True)
        self.called = bytearray(len(replay.everybody))
        self.closing = [0.0] * len(replay.counters)
        self.free = [(free[number], counter) for counter, free in enumerate(replay.free)]
        heapify(self.free)
        self.walk_ins = set(range(len(replay.walk_ins)))

    def run(self) -> None:
        replay, free, times = self.replay, self.free, self.replay.times
        now, left = replay.queue.now, len(replay.times)
        while free and (left or self.walk_ins):
            at, counter = heappop(free)
            if at >= self.closing[counter] and not self._is_open(counter, at):
                continue
            if self.entering and self.entering[-1].at <= at:
                self._enter(at)
            slot = self._next(counter, at)
            if slot is None:
                if self.entering:
                    heappush(free, (self.entering[-1].at, counter))
                continue
            self.called[slot] = 1
            if slot in times:
                times[slot].append(at - now)
                left -= 1
            draw = replay.draws[slot % SLOTS][self.number]
            seconds = replay.tables[slot][draw] * replay.speeds[counter] * replay.doubts[slot][self.number]
            heappush(free, (at + seconds + replay.gaps[(draw * MIX + slot) % QUANTILES], counter))

    def _is_open(self, counter: int, at: float) -> bool:
        """Whether a counter is open; if not, it comes back when it opens next."""
        replay = self.replay
        start, self.closing[counter] = next((span for span in replay.spans[counter] if span[1] > at), (inf, inf))
        if start <= at:
            return True
        if start < inf:
            gap = replay.gaps[(self.number * MIX + counter) % QUANTILES]
            heappush(self.free, (start + gap, counter))
        return False

    def _enter(self, at: float) -> None:
        while self.entering and self.entering[-1].at <= at:
            _at, lane, front, entrant = self.entering.pop()
            if front:
                insort(self.front[lane], entrant, self.front_at[lane])
            else:
                insort(self.behind[lane], entrant, self.behind_at[lane])

    def _next(self, counter: int, at: float) -> int | None:
        """The slot of the ticket that a counter calls, by the order rule; walk-ins of now see whether it is their turn.

        The lanes hold by which band a ticket begins with; what ``order.place`` says of later is decided here.
        """
        replay, called = self.replay, self.called
        first: Entrant | None = None
        behind: Entrant | None = None
        lane = lane_behind = -1
        for number in replay.lanes_of[counter]:
            tickets, place = self.front[number], self.front_at[number]
            while place < len(tickets) and called[tickets[place][2]]:
                place += 1  # called before the booked time
            self.front_at[number] = place
            if place < len(tickets) and (first is None or tickets[place] < first):
                first, lane = tickets[place], number
            tickets, place = self.behind[number], self.behind_at[number]
            if place < len(tickets) and (behind is None or tickets[place] < behind):
                behind, lane_behind = tickets[place], number
        delay = replay.queue.rule.worst_delay
        chosen, is_front = first, True
        if behind and (first is None or (at >= behind[0] + delay and behind < first)):
            chosen, is_front = behind, False
            self.behind_at[lane_behind] += 1
        elif first:
            self.front_at[lane] += 1
        now = replay.queue.now
        if self.walk_ins and (chosen is None or (chosen[0] > now and (not is_front or at >= now + delay))):
            for number in self.walk_ins.intersection(replay.walk_ins_of[counter]):
                replay.walk_in_times[number].append(at - now)
                self.walk_ins.discard(number)
        if chosen is None:
            early = [one for number in replay.lanes_of[counter] for one in replay.early[number] if not called[one[2]]]
            chosen = min(early, default=None)
        return None if chosen is None else chosen[2]
