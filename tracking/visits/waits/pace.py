"""How long things take at an office, learned as they happen: services, no-shows, gaps between calls, late visitors.

A service's duration is its usual one × today's pace of the service × the counter's speed × chance. Pace and speed are
shrunk towards 1 as long as there is little of today; chance is drawn from what was seen, not from a formula.
"""

from dataclasses import dataclass, field
from math import log, sqrt

from tracking.visits.waits.samples import Sample, lognormal

USUAL, SPREAD = 360.0, 0.6
"""Assumed of an unknown service: the median in seconds and the spread of its logarithm."""
PACE, SPEED = 0.15, 0.15
"""How much days and counters differ: the spread of the logarithm."""
KEPT = 0.8
"""What a counter's speed of yesterday counts today."""
SAME_SERVICE = 4
"""The services together count as so many of an unknown one's."""
FORGOTTEN_AFTER = 1500


@dataclass
class Mean:
    """A running mean that begins with an assumption worth ``weight`` values."""

    assumed: float
    weight: float
    count: float = 0
    total: float = 0

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value

    def fade(self, kept: float) -> None:
        self.count *= kept
        self.total *= kept

    @property
    def value(self) -> float:
        return (self.assumed * self.weight + self.total) / (self.weight + self.count)


def _effect(deviation: float) -> Mean:
    """A random effect around 0, shrunk by how much services differ by chance."""
    return Mean(0, (SPREAD / deviation) ** 2)


@dataclass
class Usual:
    """One service, in logarithms of seconds: what it took on days before, what it takes today, and chance around it."""

    before: Mean
    today: Mean = field(default_factory=lambda: Mean(0, 0))
    chance: Sample = field(default_factory=lambda: Sample([log(value) for value in lognormal(1, SPREAD, 12)]))

    @property
    def _weights(self) -> tuple[float, float]:
        """How much is known from before, given that days differ, and from today."""
        before = SPREAD**2 / (self.before.weight + self.before.count) + PACE**2
        return 1 / before, self.today.count / SPREAD**2

    @property
    def level(self) -> float:
        """What it takes today in the middle: today's mean, shrunk towards that of the days before."""
        before, today = self._weights
        return (before * self.before.value + self.today.total / SPREAD**2) / (before + today)

    @property
    def doubt(self) -> float:
        """How uncertain the level is, as a standard deviation."""
        return 1 / sqrt(sum(self._weights))

    def end_day(self) -> None:
        """Today becomes one of the days before."""
        self.before.count += self.today.count
        self.before.total += self.today.total
        if self.before.count > FORGOTTEN_AFTER:
            self.before.fade(0.5)
        self.today = Mean(0, 0)


class Pace:
    """What an office's past and today tell of durations, in seconds."""

    def __init__(self) -> None:
        self._all = Mean(log(USUAL), 3)
        self._services: dict[str, Usual] = {}
        self._speeds: dict[str, Mean] = {}
        self.absent = Mean(0.1, 20)
        """The share of called visitors who are not there."""
        self.absence = Mean(90, 3)
        """How long a counter waits for them."""
        self.walk = Mean(20, 3)
        """From the call to the start."""
        self.gap = Sample(lognormal(20, 0.7, 12))
        """From the end of a visit to the next call, while somebody waits."""
        self.closure = Sample(lognormal(1200, 0.8, 6), most=60)
        """How long a counter stays closed against the roster."""
        self.coming = Mean(0.88, 20)
        """The share of booked visitors who come."""
        self.punctual = Sample(seconds - 600 for seconds in lognormal(1000, 0.4, 12))
        """By how much they are early; negative if late."""

    def assume(self, service: str, seconds: float, weight: float = 10) -> None:
        """Set what a service takes before any was seen: the office's own figure."""
        self._services[service] = Usual(Mean(log(seconds), weight))

    def served(self, service: str, counter: str, seconds: float) -> None:
        """A service has ended."""
        usual, speed = self.of(service), self._speeds.setdefault(counter, _effect(SPEED))
        self._services[service] = usual
        value = log(max(seconds, 1))
        off = value - usual.level
        usual.chance.add(off - speed.value)
        usual.today.add(value - speed.value)
        speed.add(off)
        self._all.add(value)

    def new_day(self) -> None:
        """Begin a day: its pace is unknown, and a counter may have another clerk."""
        for usual in self._services.values():
            usual.end_day()
        for speed in self._speeds.values():
            speed.fade(KEPT)

    def of(self, service: str) -> Usual:
        """What is known of one service; of an unknown one, what all services have in common."""
        return self._services.get(service) or Usual(Mean(self._all.value, SAME_SERVICE))

    def speed(self, counter: str) -> float:
        """How much longer a counter takes than others, as a logarithm."""
        found = self._speeds.get(counter)
        return found.value if found else 0
