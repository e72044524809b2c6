"""Planning a visit that settles several matters: where and when each is done, one after the other, all or nothing.

Pure: free starts in, the shortest plans out; nothing is read or booked here. Times are minutes of the day.

A plan costs the minutes from its first start to its last end, plus the minutes of walking: the least is best, then less
walking, then the start nearest to the wished one or, without a wish, the earlier start. The search is exact. It is a
best-first search (A*) over partial visits that rests on two observations:

- Being ready earlier never makes a visit end later, so the next matter takes the first free start at its place.
- What remains costs at least what it would if every start of the day's grid were free. That bound, and the latest start
  from which everything can still be settled, are computed beforehand for each set of remaining matters.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heappop, heappush
from math import gcd, inf
from typing import NamedTuple

LITTLE = 20
"""Minutes beyond the least possible cost up to which plans are looked for first."""

_Step = tuple["_Path", int, int]
_Path = _Step | tuple[()]
"""Where a partial visit has been: the path before, the option, its start."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Where and when a matter can be settled: its minutes of counter time and, by place, the sorted free starts."""

    minutes: int
    starts: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """The matters to settle in one visit, known by their position. A place is a counter or a group of counters."""

    matters: Sequence[Choice]
    walking: Mapping[tuple[str, str], int]
    """Minutes from place to place; one direction stands for both. Needed for every two places of different matters."""
    before: Collection[tuple[int, int]] = ()
    """Pairs of matters, the first of which must be settled before the second."""
    guide_busy: Collection[tuple[int, int]] = ()
    """From and until when the case guide is busy, who accompanies all of the visit, with its waiting and walking."""
    earliest: int = 0
    latest: int = 24 * 60
    """The visit must have ended by then."""
    wish: int | None = None
    """The start that is wished for. It decides between plans that cost the same; none gets longer by it."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One matter of a plan, by its position in the visit."""

    matter: int
    place: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Plan:
    """All matters in the order in which they are settled."""

    stops: tuple[Stop, ...]
    walking: int

    @property
    def start(self) -> int:
        return self.stops[0].start

    @property
    def span(self) -> int:
        """Minutes from the first start to the last end."""
        return self.stops[-1].end - self.start

    @property
    def cost(self) -> int:
        return self.span + self.walking


class ObstacleKind(StrEnum):
    """Why a visit is not possible on a day."""

    NO_FREE_START = "no_free_start"
    """Some matters cannot be settled at all between the earliest and the latest time."""
    GUIDE = "guide"
    """It is possible, but not while the guide is free."""
    COMBINATION = "combination"
    """Each matter can be settled, but not all of them in one visit."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a visit is not possible on a day; where matters have no free start, which ones."""

    kind: ObstacleKind
    matters: tuple[int, ...] = ()


def plans(wanted: Combination, most: int = 3) -> list[Plan]:
    """The best plans, each with another start, best first; none if the visit is not possible on that day."""
    # The guide is there all the time: a visit lies within one stretch in which the guide is free.
    found = [plan for begin, end in _stretches(wanted) for plan in _Search(wanted, begin, end, most).plans()]
    return sorted(found, key=lambda plan: (plan.cost, plan.walking, _nearness(wanted, plan.start)))[:most]


def obstacle(wanted: Combination) -> Obstacle | None:
    """Why the visit is not possible on that day; None if it is."""
    options = _Search(wanted, wanted.earliest, wanted.latest, 1).options
    if unfree := set(range(len(wanted.matters))) - {option.matter for option in options}:
        return Obstacle(ObstacleKind.NO_FREE_START, tuple(sorted(unfree)))
    if plans(wanted, 1):
        return None
    without_guide = plans(replace(wanted, guide_busy=()), 1)
    return Obstacle(ObstacleKind.GUIDE if without_guide else ObstacleKind.COMBINATION)


def _stretches(wanted: Combination) -> Iterator[tuple[int, int]]:
    """From and until when the guide is free between the earliest and the latest time of the visit."""
    free_from = wanted.earliest
    for begin, end in sorted([*wanted.guide_busy, (wanted.latest, wanted.latest)]):
        if free_from < min(begin, wanted.latest):
            yield free_from, min(begin, wanted.latest)
        free_from = max(free_from, end)


def _nearness(wanted: Combination, start: int) -> tuple[int, int]:
    """The order of starts that cost the same."""
    return (start if wanted.wish is None else abs(start - wanted.wish)), start


@dataclass(frozen=True, slots=True)
class _Option:
    """A matter at one of its places, and when it can begin."""

    matter: int
    place: str
    minutes: int
    starts: Sequence[int]


class _Rest(NamedTuple):
    """What is known beforehand about the matters that remain after an option."""

    latest: int
    """The latest start of the option from which all of them can still be settled."""
    cost: int
    """The least that they cost, and the walking of that."""
    walking: int


class _Partial(NamedTuple):
    """A visit some of whose matters are settled, in the order in which the search goes on with them."""

    least: tuple[int, int]
    """The cost and the walking of the whole visit: no less than this."""
    nearness: tuple[int, int]
    remaining: int
    end: int
    walked: int
    option: int
    path: _Path


class _Search:
    """A search for the ``most`` best plans between two times. Sets of matters are bit masks."""

    def __init__(self, wanted: Combination, begin: int, end: int, most: int) -> None:
        self.wanted, self.most = wanted, most
        self.everything = (1 << len(wanted.matters)) - 1
        self.options = [
            _Option(number, place, matter.minutes, starts)
            for number, matter in enumerate(wanted.matters)
            for place, free in matter.starts.items()
            if (starts := free[bisect_left(free, begin) : bisect_right(free, end - matter.minutes)])
        ]
        every = [start for option in self.options for start in option.starts]
        self.grid = gcd(*(start - every[0] for start in every)) or 1
        """From start to start it is always a multiple of so many minutes."""
        self.walking = [[_walk(wanted, one, other) for other in self.options] for one in self.options]
        self.earlier = [0] * len(wanted.matters)
        """The matters to be settled before each."""
        for first, second in wanted.before:
            self.earlier[second] |= 1 << first
        self.following = [
            [
                (index, option, remaining & ~(1 << option.matter))
                for index, option in enumerate(self.options)
                if remaining >> option.matter & 1 and not self.earlier[option.matter] & remaining
            ]
            for remaining in range(self.everything + 1)
        ]
        """By remaining matters: the options that can follow, and what remains after each."""
        self.rests: dict[tuple[int, int], _Rest] = {}
        """By remaining matters and the option before them; missing if they cannot be settled."""

    def plans(self) -> list[Plan]:
        """The best plans, each with another start, best first."""
        self._look_ahead()
        # On most days there are enough plans with little waiting, and leaving out all others halves the time.
        found = list(self._plans(LITTLE))
        return found if len(found) == self.most else list(self._plans(inf))

    def _plans(self, waiting: float) -> Iterator[Plan]:
        """The best plans that cost at most so much more than if every start of the day's grid were free."""
        found: set[int] = set()
        settled: dict[tuple[int, int], list[tuple[int, tuple[int, ...]]]] = {}
        heap: list[_Partial] = []
        self.most_cost = inf
        for index, option, rest in self.following[self.everything]:
            for start in option.starts:
                self._push(heap, rest, _nearness(self.wanted, start), 0, ((), index, start))
        self.most_cost = heap[0].least[0] + waiting if heap else inf
        while heap and len(found) < self.most:
            partial = heappop(heap)
            start = partial.nearness[1]
            if start in found:
                continue
            if not partial.remaining:
                found.add(start)
                yield Plan(self._stops(partial.path), partial.walked)
                continue
            # Others that end with the same option, have settled the same, are ready no later and cost no more lead to
            # plans at least as good: with the same start, or enough of them with others, they make this one needless.
            value = (partial.walked - start, partial.walked, *partial.nearness)
            known = settled.setdefault((partial.remaining, partial.option), [])
            better = {other[-1] for end, other in known if end <= partial.end and other <= value}
            if start in better or len(better) >= self.most:
                continue
            known.append((partial.end, value))
            for index, option, rest in self.following[partial.remaining]:
                way = self.walking[partial.option][index]
                ready = bisect_left(option.starts, partial.end + way)
                for begin in option.starts[ready : ready + 1]:
                    path = (partial.path, index, begin)
                    self._push(heap, rest, partial.nearness, partial.walked + way, path)

    def _look_ahead(self) -> None:
        """Fill in the rests, from the last matter of a visit to its first."""
        for remaining in range(self.everything):
            following = [
                (other, self.rests[rest, other], option.minutes)
                for other, option, rest in self.following[remaining]
                if (rest, other) in self.rests
            ]
            for index, option in enumerate(self.options):
                if remaining >> option.matter & 1:
                    continue
                until = inf if remaining == 0 else -inf
                costs = []
                for other, rest, minutes in following:
                    way = self.walking[index][other]
                    wait = -(option.minutes + way) % self.grid
                    until = max(until, rest.latest - way)
                    costs.append((rest.cost + minutes + wait + 2 * way, rest.walking + way))
                if count := bisect_right(option.starts, until - option.minutes):
                    self.rests[remaining, index] = _Rest(option.starts[count - 1], *min(costs, default=(0, 0)))

    def _push(self, heap: list[_Partial], remaining: int, nearness: tuple[int, int], walked: int, path: _Step) -> None:
        """Add a partial visit to those to go on with, unless it costs too much or cannot be completed."""
        _, index, begin = path
        rest = self.rests.get((remaining, index))
        if rest and begin <= rest.latest:
            end = begin + self.options[index].minutes
            least = (end - nearness[1] + walked + rest.cost, walked + rest.walking)
            if least[0] <= self.most_cost:
                heappush(heap, _Partial(least, nearness, remaining, end, walked, index, path))

    def _stops(self, path: _Path) -> tuple[Stop, ...]:
        """A path as stops, from the first to the last."""
        stops: list[Stop] = []
        while path:
            path, index, start = path
            option = self.options[index]
            stops.append(Stop(option.matter, option.place, start, start + option.minutes))
        return tuple(reversed(stops))


def _walk(wanted: Combination, one: _Option, other: _Option) -> int:
    """Minutes between the places of two matters."""
    if one.matter == other.matter or one.place == other.place:
        return 0
    way = (one.place, other.place)
    return wanted.walking[way] if way in wanted.walking else wanted.walking[way[::-1]]
