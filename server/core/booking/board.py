"""A day being rearranged: which claim each unit serves in each step. Pure.

A claim is seated wherever each of its steps has a unit that is able (:mod:`server.core.booking.matching`), so no place
is refused that could be given. One unit serves it for its whole time where a bounded search finds a way: claims that
are in its way move as a whole, and so do those in theirs. Only where none is found does it change units on the way. The
best arrangement of a day is hard to find (interval scheduling with eligible machines; Kolen, Lenstra, Papadimitriou and
Spieksma, 2007); ADR 24 has figures of how close this comes.
"""

from collections.abc import Sequence

from server.core.booking import matching
from server.core.booking.day import Day, Free, Held, Terms

DEPTH = 4
"""The most claims that move one after the other to make room for one."""
TRIES = 200
"""The most units that one search tries: a few milliseconds."""


class Board:
    """A day being rearranged, and what of it has changed."""

    def __init__(self, day: Day, terms: Terms) -> None:
        self._day = day
        self._terms = terms
        free = Free(day, terms)
        self._was = {(minute, unit): one for minute, units in day.steps.items() for unit, one in units.items()}
        self._unit = {bit: unit for unit, bit in free.bit.items()}
        self._steps: dict[int, dict[int, int | None]] = {
            minute: {free.bit[unit]: one for unit, one in units.items()} for minute, units in day.steps.items()
        }
        self._able = {one.id: free.able(one) for one in day.claims.values()}
        self._kinds = {bit: sum(unit in units for units in terms.able.values()) for bit, unit in self._unit.items()}
        self._fixed = {one for one in terms.fixed if one in day.claims}
        self._undo: list[tuple[int, int, int | None]] = []
        self._tries = 0
        self._split_before = set[int]()

    def seat(self, held: Held) -> bool:
        """Give a claim all its steps, with one unit where a way is found, or none of them."""
        minutes = self._minutes(held.id)
        if not all(minute in self._steps for minute in minutes):
            return False
        if self._search(held.id):
            return True
        before = {minute: dict(self._steps[minute]) for minute in minutes}
        split = self.split()
        if all(self._match(minute, held.id) for minute in minutes):
            self._unite(self.split() - split)
            return True
        self._steps.update(before)
        return False

    def _match(self, minute: int, claim: int) -> bool:
        """Give a claim a unit in one step, moving others between theirs, but none that is fixed."""
        movable = {bit: one for bit, one in self._steps[minute].items() if one not in self._fixed}
        found = matching.seat(movable, self._able, claim)
        self._steps[minute].update(movable)
        return found

    def seat_again(self, claims: Sequence[int]) -> list[int]:
        """Free the time of claims and place them anew, in this order. Returns those that found no place."""
        for one in claims:
            self._vacate(one)
        return [one for one in claims if not self.seat(self._day.claims[one])]

    def unite(self) -> None:
        """Give the claims that are split one unit for their whole time, where a way is found."""
        self._unite(self.split())

    def split(self) -> set[int]:
        """The claims that several units serve, one after the other."""
        serving: dict[int, int] = {}
        for holders in self._steps.values():
            for bit, one in holders.items():
                if one is not None:
                    serving[one] = serving.get(one, 0) | bit
        return {one for one, units in serving.items() if units.bit_count() > 1}

    def changes(self) -> dict[tuple[int, int], tuple[int | None, int | None]]:
        """The claims before and now of each (minute, unit) that has changed."""
        now = {
            (minute, self._unit[bit]): one for minute, holders in self._steps.items() for bit, one in holders.items()
        }
        return {place: (was, now[place]) for place, was in self._was.items() if was != now[place]}

    def _unite(self, claims: set[int]) -> None:
        for claim in sorted(claims - self._fixed):
            mark = len(self._undo)
            self._vacate(claim)
            if not self._search(claim):
                self._back(mark)

    def _search(self, claim: int) -> bool:
        """Give a claim one unit for its whole time, moving as few others as possible, if a way is found."""
        self._tries = TRIES
        self._split_before = self.split()
        return any(self._seat(claim, self._minutes(claim), (), depth) for depth in range(DEPTH + 1))

    def _seat(self, claim: int, minutes: Sequence[int], staying: tuple[int, ...], depth: int) -> bool:
        """Give a claim one unit in some minutes. Those in its way move; ``staying`` do not."""
        ways = []
        for bit in matching.bits(self._able[claim]):
            if all(bit in self._steps.get(minute, {}) for minute in minutes):
                holding: dict[int, list[int]] = {}
                for minute in minutes:
                    if (one := self._steps[minute][bit]) is not None:
                        holding.setdefault(one, []).append(minute)
                if len(holding) <= depth and not holding.keys() & {*staying, *self._fixed}:
                    # A unit that can do little goes first, so that others need not move later.
                    ways.append((len(holding), self._kinds[bit], bit, holding))
        for _number, _kinds, bit, holding in sorted(ways, key=lambda way: way[:3]):
            self._tries -= 1
            if self._tries < 0:
                return False
            mark = len(self._undo)
            for minute in minutes:
                self._put(minute, bit, claim)
            longest_first = sorted(holding, key=lambda one: (-len(self._minutes(one)), one))
            if all(self._move(one, holding[one], (*staying, claim), depth - 1) for one in longest_first):
                return True
            self._back(mark)
        return False

    def _move(self, claim: int, lost: Sequence[int], staying: tuple[int, ...], depth: int) -> bool:
        """Seat a claim that has lost its unit in some minutes: as a whole, or in these alone if it was split anyway."""
        mark = len(self._undo)
        self._vacate(claim)
        if self._seat(claim, self._minutes(claim), staying, depth):
            return True
        self._back(mark)
        return claim in self._split_before and self._seat(claim, lost, staying, depth)

    def _minutes(self, claim: int) -> range:
        held = self._day.claims[claim]
        return range(held.starts, held.ends, self._terms.step)

    def _vacate(self, claim: int) -> None:
        for minute in self._minutes(claim):
            for bit, one in self._steps.get(minute, {}).items():
                if one == claim:
                    self._put(minute, bit, None)

    def _put(self, minute: int, bit: int, claim: int | None) -> None:
        self._undo.append((minute, bit, self._steps[minute][bit]))
        self._steps[minute][bit] = claim

    def _back(self, mark: int) -> None:
        while len(self._undo) > mark:
            minute, bit, one = self._undo.pop()
            self._steps[minute][bit] = one
