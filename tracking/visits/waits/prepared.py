"""What the repetitions of a replay begin with: where everybody stands, how long everything takes, and who will come.

Each ticket draws from evenly spread quantiles of its distribution (Latin hypercube sampling), so some dozens of
repetitions are enough.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import exp, inf, log
from typing import NamedTuple

from tracking.visits.waits.order import MINUTE, Band, Ticket, can_serve, standing
from tracking.visits.waits.pace import Pace
from tracking.visits.waits.queue import Counter, Queue, Serving
from tracking.visits.waits.samples import NORMAL, QUANTILES, SLOTS, rest, strata

WORK = 1400
"""About so many calls are replayed for an estimate."""
REPETITIONS = (64, 32, 16)
LEAST_AHEAD, LONGEST_AHEAD = 20 * MINUTE, 120 * MINUTE
"""Bookings until everybody who waits now will be called are foreseen, at least and at most for so long."""
LONGEST_EARLY = 30 * MINUTE
"""For so long walk-ins are foreseen."""
HOUR = 60 * MINUTE
MIX = 37
"""Mixes the draws of gaps with those of durations."""
ANY = "any"
"""The counter that is assumed where none is known for a service."""

Entrant = tuple[float, float, int]
"""A ticket in a lane: since when it waits, when it arrived, and its slot."""
Lanes = list[list[Entrant]]
"""The tickets of each lane, sorted; the tickets of a lane are served by the same counters."""


class Entering(NamedTuple):
    """A ticket that joins a lane in the course of a repetition."""

    at: float
    lane: int
    front: bool
    entrant: Entrant


def _is_open(counter: Counter, now: float) -> bool:
    return counter.closed_since is None and any(start <= now < end for start, end in counter.open)


class Prepared:
    """What all repetitions have in common. Tickets have slots: waiting, booked, then walk-ins to come."""

    def __init__(self, queue: Queue, pace: Pace, walk_ins: Sequence[str]) -> None:
        self.queue, self.pace, self.walk_ins = queue, pace, walk_ins
        self.tickets = sorted(queue.waiting, key=lambda ticket: ticket.number)
        self.counters = [counter for counter in queue.counters if counter.services]
        booked = [ticket.booked_for for ticket in queue.waiting if ticket.booked_for]
        horizon = max([queue.now + self._longest_wait(), *booked])
        self.coming = [coming for coming in queue.coming if coming.booked_for <= horizon]
        self.later = self._later_walk_ins()
        self.everybody = [ticket.service for ticket in self.tickets]
        self.everybody += [coming.service for coming in self.coming]
        self.everybody += [ticket.service for ticket in self.later]
        self._add_missing_counters()
        calls = len(self.everybody) + len(walk_ins)
        self.repetitions = next((number for number in REPETITIONS if number * calls <= WORK), REPETITIONS[-1])
        self.draws = strata(self.repetitions)
        self._make_lanes()
        self._make_durations()
        self._make_comers()

    def _longest_wait(self) -> float:
        """About how long it takes until all who wait now are called, if bookings delay them as much as they may."""
        work = dict[str, float]()
        for ticket in self.tickets:
            work[ticket.service] = work.get(ticket.service, 0) + exp(self.pace.of(ticket.service).level)
        able = [counter.services for counter in self.counters if _is_open(counter, self.queue.now)]
        alone = [seconds / max(sum(service in each for each in able), 1) for service, seconds in work.items()]
        longest = max([sum(work.values()) / max(len(able), 1), *alone])
        return min(longest + max(min(self.queue.rule.worst_delay, longest), LEAST_AHEAD), LONGEST_AHEAD)

    def _later_walk_ins(self) -> list[Ticket]:
        """Walk-ins who will come before the booked time of somebody who is here already, as evenly as in this hour."""
        now = self.queue.now
        until = min(max((ticket.booked_for or now for ticket in self.tickets), default=now), now + LONGEST_EARLY)
        return [
            Ticket("", service, now + (place + 0.5) * HOUR / number)
            for service, number in self.queue.walk_ins
            for place in range(round(number * (until - now) / HOUR))
        ]

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
        self.delays = self._delays()
        open_now = {at for at, counter in enumerate(self.counters) if _is_open(counter, now)}
        self.share = [1 / max(len(open_now.intersection(able)), 1) for able in lanes]
        self.walk_in_lanes = walk_in_lanes
        self.lanes_of = [[lane for able, lane in lanes.items() if at in able] for at in range(len(self.counters))]
        self.walk_ins_of = [
            [number for number, lane in enumerate(walk_in_lanes) if lane in self.lanes_of[at]]
            for at in range(len(self.counters))
        ]
        self._keep_open(lanes)

    def _delays(self) -> list[float]:
        """By how much each ticket has been delayed; who has not come yet was not."""
        latest_first = sorted(self.queue.overtakings, key=lambda one: -one.since)
        known = dict[tuple[str, str], tuple[list[float], list[float]]]()
        found = [0.0] * len(self.everybody)
        for slot, ticket in enumerate(self.tickets):
            service, counter = ticket.service, ticket.counter
            if (service, counter) not in known:
                earlier, total = known.setdefault((service, counter), ([], [0.0]))
                for one in latest_first:
                    if service in one.counters and counter in {"", one.counter}:
                        earlier.append(-one.since)
                        total.append(total[-1] + one.seconds / (1 if counter else one.counters[service]))
            earlier, total = known[service, counter]
            found[slot] = total[bisect_left(earlier, -ticket.arrived)]
        return found

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
