"""Keeps p10 to p90 honest: the range widens when too many calls fell outside it, and narrows when too few did."""

from math import exp

from tracking.visits.waits.queue import Wait

OUTSIDE = 0.09
"""On each side. A range of 80 % is promised; a little more is kept, because it is shown in whole minutes."""
STEP = 0.03
NARROWEST, WIDEST = 0.6, 2.0


class Calibration:
    """How wide the range is on each side of p50, compared with the replay's."""

    def __init__(self) -> None:
        self.below = self.above = 1.0

    def calibrated(self, wait: Wait) -> Wait:
        low, middle, high = wait
        return Wait(max(0, middle - self.below * (middle - low)), middle, middle + self.above * (high - middle))

    def learn(self, published: Wait, waited: float) -> None:
        """Compare what was published with what happened, both in minutes."""
        self.below = self._moved(self.below, outside=waited < published.p10)
        self.above = self._moved(self.above, outside=waited > published.p90)

    def _moved(self, width: float, *, outside: bool) -> float:
        return min(max(width * exp(STEP * (outside - OUTSIDE)), NARROWEST), WIDEST)
