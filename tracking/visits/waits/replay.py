"""Estimates of waiting times: the queue is replayed many times with drawn durations, by the rule that runs it.

One replay serves all: in each repetition every waiting ticket is called once, and a walk-in who comes now is put behind
them for each service without taking anybody's place.
"""

from bisect import insort
from collections.abc import Collection, Iterable
from heapq import heapify, heappop, heappush
from math import inf
from typing import NamedTuple

from tracking.visits.waits.order import MINUTE
from tracking.visits.waits.pace import Pace
from tracking.visits.waits.prepared import MIX, Entrant, Prepared
from tracking.visits.waits.queue import Queue, Wait
from tracking.visits.waits.samples import QUANTILES, SLOTS

LEVELS = (0.1, 0.5, 0.9)

Lost = list[list[tuple[float, float]]]
"""What has delayed the walk-ins of each lane: since when whoever overtook them counts as waiting, and the seconds."""


class Waits(NamedTuple):
    """What an estimate gives: for tickets by number, and for a walk-in who comes now, by service."""

    tickets: dict[str, Wait]
    walk_ins: dict[str, Wait]


def estimate(queue: Queue, pace: Pace, *, only: Collection[str] | None = None, walk_ins: Iterable[str] = ()) -> Waits:
    """Estimate how long tickets wait from now on: those numbered ``only``, or all; and walk-ins for some services."""
    prepared = Prepared(queue, pace, tuple(walk_ins))
    times = {slot: list[float]() for slot, one in enumerate(prepared.tickets) if only is None or one.number in only}
    of_walk_ins = [list[float]() for _service in prepared.walk_ins]
    for number in range(prepared.repetitions):
        _Repetition(prepared, number, times, of_walk_ins).run()
    return Waits(
        {prepared.tickets[slot].number: _wait(found) for slot, found in times.items() if found},
        {service: _wait(found) for service, found in zip(prepared.walk_ins, of_walk_ins, strict=True)},
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


class _Repetition:
    """One replay: counters take turns in the order in which they become free, and each calls by the order rule."""

    def __init__(
        self, prepared: Prepared, number: int, times: dict[int, list[float]], walk_in_times: list[list[float]]
    ) -> None:
        self.prepared, self.number, self.times, self.walk_in_times = prepared, number, times, walk_in_times
        self.front, self.behind = [lane[:] for lane in prepared.front], [lane[:] for lane in prepared.behind]
        self.front_at, self.behind_at = [0] * len(self.front), [0] * len(self.front)
        self.entering = [one for draws, arrivals in prepared.comers if (one := arrivals[draws[number]])]
        self.entering += prepared.entering
        self.entering.sort(reverse=True)
        self.called = bytearray(len(prepared.everybody))
        self.closing = [0.0] * len(prepared.counters)
        self.over: list[tuple[float, float] | None] = [
            (counter.serving.since, free[number] - counter.serving.called)
            if counter.serving and counter.serving.since is not None
            else None
            for counter, free in zip(prepared.counters, prepared.free, strict=True)
        ]
        """By counter: since when who is there counts as waiting, and how long they take, if they overtook walk-ins."""
        self.overtaken: Lost = [[] for _lane in self.front]
        self.lost, self.earliest, self.lost_now = ([start] * len(self.front) for start in (0.0, inf, 0.0))
        self.free = [(free[number], counter) for counter, free in enumerate(prepared.free)]
        heapify(self.free)
        self.walk_ins = set(range(len(prepared.walk_ins)))

    def run(self) -> None:
        prepared, free, times = self.prepared, self.free, self.times
        now, left = prepared.queue.now, len(times)
        while free and (left or self.walk_ins):
            at, counter = heappop(free)
            if self.over[counter]:
                self._count_delay(counter)
            if at >= self.closing[counter] and not self._is_open(counter, at):
                continue
            if self.entering and self.entering[-1].at <= at:
                self._enter(at)
            slot, since = self._next(counter, at)
            if slot is None:
                if self.entering:
                    heappush(free, (self.entering[-1].at, counter))
                continue
            self.called[slot] = 1
            if slot in times:
                times[slot].append(at - now)
                left -= 1
            draw = prepared.draws[slot % SLOTS][self.number]
            seconds = prepared.tables[slot][draw] * prepared.speeds[counter] * prepared.doubts[slot][self.number]
            if since is not None:
                self.over[counter] = since, seconds
            heappush(free, (at + seconds + prepared.gaps[(draw * MIX + slot) % QUANTILES], counter))

    def _is_open(self, counter: int, at: float) -> bool:
        """Whether a counter is open; if not, it comes back when it opens next."""
        prepared = self.prepared
        start, self.closing[counter] = next((span for span in prepared.spans[counter] if span[1] > at), (inf, inf))
        if start <= at:
            return True
        if start < inf:
            gap = prepared.gaps[(self.number * MIX + counter) % QUANTILES]
            heappush(self.free, (start + gap, counter))
        return False

    def _count_delay(self, counter: int) -> None:
        """A call that went before walk-ins is over: it has delayed those who wait for this counter from earlier."""
        prepared = self.prepared
        since, seconds = self.over[counter] or (0, 0)
        self.over[counter] = None
        for lane in prepared.lanes_of[counter]:
            delay = seconds * prepared.share[lane]
            self.overtaken[lane].append((since, delay))
            self.lost[lane] += delay
            self.earliest[lane] = min(self.earliest[lane], since)
            if since > prepared.queue.now:
                self.lost_now[lane] += delay

    def _is_kept(self, lane: int) -> bool:
        """Whether the walk-in who waits longest in a lane was delayed for so long that nobody overtakes them."""
        tickets, place = self.behind[lane], self.behind_at[lane]
        if place == len(tickets):
            return False
        since, _arrived, slot = tickets[place]
        if since < self.earliest[lane]:
            lost = self.lost[lane]
        else:
            lost = sum(delay for one, delay in self.overtaken[lane] if one > since)
        return self.prepared.delays[slot] + lost >= self.prepared.queue.rule.worst_delay

    def _enter(self, at: float) -> None:
        while self.entering and self.entering[-1].at <= at:
            _at, lane, front, entrant = self.entering.pop()
            if front:
                insort(self.front[lane], entrant, self.front_at[lane])
            else:
                insort(self.behind[lane], entrant, self.behind_at[lane])

    def _next(self, counter: int, at: float) -> tuple[int | None, float | None]:
        """The slot of the ticket that a counter calls, by the order rule; walk-ins of now see whether it is their turn.

        With it, as ``order.overtakes_from`` gives it: from when the ticket counts as waiting, if it may go before
        walk-ins who have waited longer. The lanes hold by which band a ticket begins with; what ``order.places`` says
        of later is decided here.
        """
        prepared, called = self.prepared, self.called
        first: Entrant | None = None
        behind: Entrant | None = None
        lane = lane_behind = -1
        for number in prepared.lanes_of[counter]:
            tickets, place = self.front[number], self.front_at[number]
            while place < len(tickets) and called[tickets[place][2]]:
                place += 1  # called before the booked time
            self.front_at[number] = place
            if place < len(tickets) and (first is None or tickets[place] < first):
                first, lane = tickets[place], number
            tickets, place = self.behind[number], self.behind_at[number]
            if place < len(tickets) and (behind is None or tickets[place] < behind):
                behind, lane_behind = tickets[place], number
        chosen, is_front = first, True
        if behind and (first is None or (behind < first and any(map(self._is_kept, prepared.lanes_of[counter])))):
            chosen, is_front = behind, False
            self.behind_at[lane_behind] += 1
        elif first:
            self.front_at[lane] += 1
        if self.walk_ins and (chosen is None or chosen[0] > prepared.queue.now):
            self._call_walk_ins(counter, at, chosen if is_front else None)
        if chosen is None:
            early = [one for lane in prepared.lanes_of[counter] for one in prepared.early[lane] if not called[one[2]]]
            chosen, is_front = min(early, default=None), False
        return (None, None) if chosen is None else (chosen[2], chosen[0] if is_front else None)

    def _call_walk_ins(self, counter: int, at: float, first: Entrant | None) -> None:
        """It is the turn of those who come now, unless somebody booked is first and may still overtake them."""
        prepared = self.prepared
        for number in self.walk_ins.intersection(prepared.walk_ins_of[counter]):
            lost = self.lost_now[prepared.walk_in_lanes[number]]
            if first is None or lost >= prepared.queue.rule.worst_delay:
                self.walk_in_times[number].append(at - prepared.queue.now)
                self.walk_ins.discard(number)
