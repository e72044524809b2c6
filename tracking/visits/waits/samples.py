"""Samples of durations, from which replays draw: the latest ones seen, and a few assumed ones while there are few."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Sequence
from functools import cache
from math import exp, log
from random import Random
from statistics import NormalDist

QUANTILES = 64
"""So many quantiles of a sample stand for it in a replay."""
MOST = 600
FEW = 5
"""With fewer values above it, what follows a value is extrapolated."""
TAIL = 0.35
"""Beyond what was seen, a duration goes on for this share of what has passed, on average."""

NORMAL = tuple(NormalDist().inv_cdf((number + 0.5) / QUANTILES) for number in range(QUANTILES))


class Sample:
    """The latest values seen, sorted. The assumed ones leave as soon as there are many others."""

    def __init__(self, assumed: Iterable[float], most: int = MOST) -> None:
        self._assumed = deque(assumed)
        self._enough = 8 * len(self._assumed)
        self._sorted = sorted(self._assumed)
        self._seen: deque[float] = deque()
        self._most = most
        self._table: tuple[float, ...] = ()

    def add(self, value: float) -> None:
        insort(self._sorted, value)
        self._seen.append(value)
        self._table = ()
        if self._assumed and len(self._seen) >= self._enough:
            self._forget(self._assumed.popleft())
        if len(self._seen) > self._most:
            self._forget(self._seen.popleft())

    def _forget(self, value: float) -> None:
        del self._sorted[bisect_left(self._sorted, value)]

    @property
    def seen(self) -> int:
        return len(self._seen)

    @property
    def table(self) -> tuple[float, ...]:
        """The quantiles in the middle of equal shares."""
        if not self._table:
            values = self._sorted
            self._table = tuple(values[int((number + 0.5) * len(values) / QUANTILES)] for number in range(QUANTILES))
        return self._table

    def share_above(self, value: float) -> float:
        return (len(self._sorted) - bisect_right(self._sorted, value)) / len(self._sorted)

    def above(self, value: float) -> Sequence[float]:
        """The values above one, sorted."""
        return self._sorted[bisect_right(self._sorted, value) :]


def rest(longer: Sequence[float], passed: float, strata: Sequence[int]) -> list[float]:
    """How much longer something takes that has taken ``passed`` so far, one for each stratum.

    ``longer`` are the known durations above that; where there are few, the tail is extrapolated.
    """
    if len(longer) < FEW:
        return [-log(1 - (stratum + 0.5) / QUANTILES) * TAIL * passed for stratum in strata]
    return [longer[int((stratum + 0.5) * len(longer) / QUANTILES)] - passed for stratum in strata]


def lognormal(median: float, spread: float, count: int) -> list[float]:
    """Quantiles of an assumed distribution."""
    normal = NormalDist()
    return [median * exp(spread * normal.inv_cdf((number + 0.5) / count)) for number in range(count)]


SLOTS = 256


@cache
def strata(repetitions: int) -> tuple[tuple[int, ...], ...]:
    """For each of many slots, which quantile each repetition draws.

    Each slot covers the whole distribution evenly, in an order of its own, so that few repetitions are enough. They are
    drawn once: the same queue always gives the same estimate.
    """
    random = Random(repetitions)  # noqa: S311 - no secret is drawn
    width = QUANTILES // repetitions
    found = []
    for _slot in range(SLOTS):
        order = [number * width + random.randrange(width) for number in range(repetitions)]
        random.shuffle(order)
        found.append(tuple(order))
    return tuple(found)
