"""How good estimates are: made at each arrival from what the log says until then, compared with the first call.

Tickets that were never called (they left, or the log ends) are counted and not compared: there is no wait to compare
with. What a call ends for somebody who is not there counts as their call.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import process_time

from tracking.visits.waits.calibration import Calibration
from tracking.visits.waits.following import Office
from tracking.visits.waits.log import Line, What
from tracking.visits.waits.order import MINUTE
from tracking.visits.waits.pace import Pace
from tracking.visits.waits.queue import Queue, Wait
from tracking.visits.waits.replay import estimate


@dataclass(frozen=True, slots=True)
class Compared:
    """One estimate and what happened; minutes."""

    ticket: str
    at: float
    published: Wait
    waited: float


Estimate = Callable[[Queue, Pace, str], Wait]
"""Estimates one ticket, by its number."""


def by_replay(queue: Queue, pace: Pace, number: str) -> Wait:
    """The estimate that the site shows."""
    return estimate(queue, pace, only=(number,)).tickets[number]


class Evaluation:
    """The estimates for a log, as far as it was read."""

    def __init__(self, one: Estimate = by_replay) -> None:
        self._estimate = one
        self.office, self.calibration = Office(), Calibration()
        self.compared: list[Compared] = []
        self.estimates = 0
        self.ignored = 0
        self.seconds = 0.0
        self._open: dict[str, tuple[float, Wait]] = {}

    def take(self, line: Line) -> None:
        """Follow a line; an arrival is estimated before anything later is looked at."""
        days = self.office.days
        followed = self.office.take(line)
        if self.office.days != days:
            self._open.clear()
        if not followed:
            self.ignored += 1
        elif line.what is What.ARRIVAL:
            began = process_time()
            found = self._estimate(self.office.queue(), self.office.pace, line.ticket)
            published = self.calibration.calibrated(found)
            self.seconds += process_time() - began
            self.estimates += 1
            self._open[line.ticket] = line.at, published
        elif line.what is What.CALL and line.ticket in self._open:
            at, published = self._open.pop(line.ticket)
            waited = (line.at - at) / MINUTE
            self.calibration.learn(published, waited)
            self.compared.append(Compared(line.ticket, at, published, waited))

    @property
    def never_called(self) -> int:
        return self.estimates - len(self.compared)

    def figures(self) -> dict[str, float] | None:
        """``mae`` and ``bias`` of p50 in minutes, ``coverage`` of p10 to p90 as a share, ``ms`` for an estimate."""
        count = len(self.compared)
        if not count:
            return None
        errors = [one.published.p50 - one.waited for one in self.compared]
        inside = sum(one.published.p10 <= one.waited <= one.published.p90 for one in self.compared)
        return {
            "mae": round(sum(map(abs, errors)) / count, 3),
            "bias": round(sum(errors) / count, 3),
            "coverage": round(inside / count, 4),
            "ms": round(1000 * self.seconds / self.estimates, 3),
        }


def evaluate(lines: Iterable[Line], one: Estimate = by_replay) -> Evaluation:
    """Evaluate a whole log."""
    found = Evaluation(one)
    for line in lines:
        found.take(line)
    return found
