"""Simulated days at an office, as lines of the log that ``sinmungo queue evaluate`` reads.

Unlike the estimator it knows the truth: lognormal durations and a service with two kinds of visitors, a pace of each
day and service that drifts through the day, clerks who are faster or slower and change counters, outages that nobody
announces, clerks who call somebody out of turn, and visitors who come early, late or not at all.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from heapq import heappop, heappush
from itertools import count, pairwise
from math import exp, log
from random import Random
from typing import Any

from tracking.visits.waits.order import MINUTE, Overtaking, Rule, Ticket, can_serve, choose, overtakes_from

SEOUL = timezone(timedelta(hours=9))
HOUR = 60 * MINUTE
OPENS, CLOSES, LAST_TICKET = 9 * HOUR, 18 * HOUR, 17.5 * HOUR
PEAKS = (
    (9.0, 1.2),
    (9.5, 1.35),
    (10.5, 1.0),
    (11.5, 0.9),
    (12.2, 1.05),
    (13.2, 1.0),
    (14.5, 1.0),
    (16.0, 0.95),
    (17.5, 0.7),
)
"""Arrivals by hour, compared with the average: peaks at opening and lunch."""


@dataclass(frozen=True)
class Service:
    """A service: its share of visitors, the mean of its duration in minutes, and how much durations differ."""

    share: float
    minutes: float
    spread: float
    long_share: float = 0
    long_factor: float = 1

    @property
    def usual(self) -> float:
        """The median in seconds of the ordinary visitors."""
        mean = exp(self.spread**2 / 2) * (1 - self.long_share + self.long_share * self.long_factor)
        return self.minutes * MINUTE / mean


SERVICES = {
    "certificates": Service(0.55, 3.5, 0.55),
    "moving": Service(0.3, 6, 0.5),
    "passports": Service(0.15, 9, 0.4, long_share=0.25, long_factor=2.2),
}
ALL = tuple(SERVICES)
COUNTERS = {
    "1": ("certificates",),
    "2": ("certificates", "moving"),
    "3": ALL,
    "4": ALL,
    "5": ("moving", "passports"),
}
LUNCH = {"1": 11, "2": 12, "3": 11.5, "4": 13, "5": 12.5}
"""When a counter's clerk goes to lunch for an hour."""


@dataclass
class Setting:
    """What an office is like."""

    load: float = 0.95
    """The work that comes, compared with what the counters can do."""
    booked: float = 0.3
    absent: float = 0.12
    outages: float = 1.0
    """How many a day, on average."""
    out_of_turn: float = 0.005
    rule: Rule = field(default_factory=Rule)
    counters: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(COUNTERS))
    planned: bool = True
    """Whether the roster of a day stands before its lines; else each change appears when it happens."""


class Day:
    """One day, simulated event by event."""

    def __init__(self, random: Random, setting: Setting, midnight: float, clerks: dict[str, float]) -> None:
        self.random, self.setting, self.midnight, self.clerks = random, setting, midnight, clerks
        self.pace = {name: random.gauss(0, 0.12) for name in SERVICES}
        self.drift = {name: random.gauss(0, 0.10) for name in SERVICES}
        self.lines: list[tuple[float, int, dict[str, Any]]] = []
        self.numbers, self.order = count(1), count()
        self.needs: dict[str, float] = {}
        """By ticket: the seconds it takes an average clerk on an average day, whoever is called first."""
        self.waiting: list[Ticket] = []
        self.overtakings: list[Overtaking] = []
        self.since: dict[str, tuple[float, float]] = {}
        """By counter, of who may have overtaken walk-ins: since when they waited, and when they were called."""
        self.free = dict.fromkeys(setting.counters, False)
        self.out = dict.fromkeys(setting.counters, False)
        self.agenda: list[tuple[float, int, Any]] = []

    def say(self, at: float, what: str, **more: Any) -> None:
        moment = datetime.fromtimestamp(self.midnight + round(at), SEOUL).isoformat()
        self.lines.append((round(at), next(self.order), {"at": moment, "what": what, **more}))

    def roster(self) -> list[tuple[float, str, bool]]:
        found = []
        for counter in self.setting.counters:
            lunch = LUNCH[counter] * HOUR
            found += [
                (OPENS, counter, True),
                (lunch, counter, False),
                (lunch + HOUR, counter, True),
                (CLOSES, counter, False),
            ]
        return sorted(found)

    def visitors(self) -> None:
        """Draw who comes, when, for what, and who has booked."""
        hours = sum((8.0 if counter in LUNCH else 9.0) for counter in self.setting.counters)
        mean = sum(s.share * s.minutes for s in SERVICES.values()) / 60
        busy = mean * (1 - self.setting.absent * 0.7) + self.setting.absent * 1.5 / 60 + 0.75 / 60
        wanted = self.setting.load * hours / busy
        steps = [(OPENS - 600) + 60 * minute for minute in range(int((LAST_TICKET - OPENS + 600) / 60))]
        weights = [self._rate(step / HOUR) for step in steps]
        total = sum(weights)
        for step, weight in zip(steps, weights, strict=True):
            expected = wanted * weight / total
            while self.random.random() < expected:
                expected -= 1
                self._visitor(step + self.random.random() * 60)

    def _rate(self, hour: float) -> float:
        for (first, low), (last, high) in pairwise(PEAKS):
            if first <= hour <= last:
                return low + (high - low) * (hour - first) / (last - first)
        return PEAKS[0][1]

    def _visitor(self, at: float) -> None:
        service = self.random.choices(ALL, [s.share for s in SERVICES.values()])[0]
        number = f"{service[0].upper()}{next(self.numbers):03}"  # the same numbers every day
        kind = SERVICES[service]
        long = kind.long_factor if self.random.random() < kind.long_share else 1
        self.needs[number] = kind.usual * exp(self.random.gauss(0, kind.spread)) * long
        if self.random.random() >= self.setting.booked:
            self.push(at, "arrival", Ticket(number, service, at))
            return
        booked = max(OPENS, at // 900 * 900)
        known = -self.random.uniform(1, 72) * HOUR
        self.say(known, "booking", ticket=number, service=service, booked_for=self.iso(booked))
        if self.random.random() < self.setting.absent:
            return
        arrives = booked - self.random.gauss(7, 6) * MINUTE
        self.push(
            max(arrives, OPENS - 600), "arrival", Ticket(number, service, round(max(arrives, OPENS - 600)), booked)
        )

    def iso(self, at: float) -> str:
        return datetime.fromtimestamp(self.midnight + at, SEOUL).isoformat()

    def push(self, at: float, what: str, about: Any) -> None:
        heappush(self.agenda, (round(at), next(self.order), (what, about)))

    def run(self) -> Iterator[dict[str, Any]]:
        self.visitors()
        plan = self.roster()
        for at, counter, opens in plan:
            self.push(at, "open" if opens else "close", counter)
        for counter in self.setting.counters:
            if self.random.random() < self.setting.outages / len(self.setting.counters):
                at = self.random.uniform(OPENS, CLOSES - HOUR)
                lunch = LUNCH[counter] * HOUR
                if not lunch - HOUR < at < lunch + HOUR:
                    self.push(at, "outage", counter)
        self.opened = dict.fromkeys(self.setting.counters, False)
        while self.agenda:
            at, _order, (what, about) = heappop(self.agenda)
            getattr(self, f"on_{what}")(at, about)
        if self.setting.planned:
            for at, counter, opens in plan:
                yield {
                    "at": self.iso(at),
                    "what": "roster",
                    "counter": counter,
                    "services": list(self.setting.counters[counter]) if opens else [],
                }
        for _at, _order, line in sorted(self.lines, key=lambda one: one[:2]):
            yield line

    # --- What happens ------------------------------------------------------------------------------------------------

    def on_open(self, at: float, counter: str) -> None:
        self.opened[counter] = True
        if not self.setting.planned:
            self.say(at, "roster", counter=counter, services=list(self.setting.counters[counter]))
        if not self.busy(counter):
            self.free[counter] = False
            self.push(at + self.random.uniform(5, 60), "ready", counter)

    def on_close(self, at: float, counter: str) -> None:
        self.opened[counter] = False
        if not self.setting.planned:
            self.say(at, "roster", counter=counter, services=[])

    def on_outage(self, at: float, counter: str) -> None:
        self.out[counter] = True
        self.say(at, "roster", counter=counter, services=[])
        self.push(at + self.random.lognormvariate(log(18 * MINUTE), 0.5), "repaired", counter)

    def on_repaired(self, at: float, counter: str) -> None:
        self.out[counter] = False
        if self.opened[counter]:
            self.say(at, "roster", counter=counter, services=list(self.setting.counters[counter]))
            if not self.busy(counter):
                self.free[counter] = False
                self.push(at + 5, "ready", counter)

    def serves(self, at: float, counter: str) -> bool:
        return not self.out[counter] and (self.opened[counter] or at >= CLOSES)

    def busy(self, counter: str) -> bool:
        return any(
            what in {"ready", "start", "end", "no_show"}
            and (about == counter or (isinstance(about, tuple) and about[0] == counter))
            for _at, _order, (what, about) in self.agenda
        )

    def on_arrival(self, at: float, ticket: Ticket) -> None:
        self.say(
            at,
            "arrival",
            ticket=ticket.number,
            service=ticket.service,
            **({"booked_for": self.iso(ticket.booked_for)} if ticket.booked_for else {}),
        )
        self.waiting.append(ticket._replace(arrived=at))
        for counter, services in self.setting.counters.items():
            if self.free[counter] and self.serves(at, counter) and can_serve(counter, services, ticket):
                self.free[counter] = False
                self.push(at + self.random.uniform(2, 20), "ready", counter)
                break

    def on_ready(self, at: float, counter: str) -> None:
        """The clerk calls the next, if the counter is open; after closing time whoever still waits is served."""
        self.free[counter] = False
        if not self.serves(at, counter):
            return
        services = self.setting.counters[counter]
        chosen = choose(self.waiting, self.setting.rule, at, self.overtakings, counter=counter, services=services)
        if chosen is None:
            self.free[counter] = True
            return
        ticket = chosen.ticket
        if self.random.random() < self.setting.out_of_turn:
            ticket = self.random.choice([one for one in self.waiting if one.service in services])
        self.waiting.remove(ticket)
        since = overtakes_from(ticket, self.setting.rule, at)
        if since is not None:
            self.since[counter] = since, at
        self.say(at, "call", ticket=ticket.number, counter=counter)
        if self.random.random() < self.setting.absent and ticket.booked_for is None:
            self.push(at + self.random.uniform(60, 120), "no_show", (counter, ticket))
        else:
            self.push(at + self.random.lognormvariate(log(18), 0.5), "start", (counter, ticket))

    def on_start(self, at: float, about: tuple[str, Ticket]) -> None:
        counter, ticket = about
        self.say(at, "start", ticket=ticket.number, counter=counter)
        day = self.pace[ticket.service] + self.drift[ticket.service] * (at - 13.5 * HOUR) / (4.5 * HOUR)
        self.push(at + max(20, self.needs[ticket.number] * exp(day + self.clerks[counter])), "end", about)

    def on_end(self, at: float, about: tuple[str, Ticket]) -> None:
        self.say(at, "end", ticket=about[1].number, counter=about[0])
        self.over(at, about[0])
        self.push(at + self.random.lognormvariate(log(20), 0.7), "ready", about[0])

    def over(self, at: float, counter: str) -> None:
        if counter in self.since:
            since, called = self.since.pop(counter)
            able = [
                services for one, services in self.setting.counters.items() if self.serves(at, one) or one == counter
            ]
            counters = {one: sum(one in each for each in able) for one in self.setting.counters[counter]}
            self.overtakings.append(Overtaking(since, counter, at - called, counters))

    def on_no_show(self, at: float, about: tuple[str, Ticket]) -> None:
        self.say(at, "no_show", ticket=about[1].number, counter=about[0])
        self.over(at, about[0])
        self.push(at + self.random.uniform(3, 20), "ready", about[0])


def simulate(days: int, seed: int, setting: Setting | None = None) -> Iterator[bytes]:
    """The lines of some working days, each day's roster before its other lines."""
    random, setting = Random(seed), setting or Setting()
    speeds = [random.gauss(0, 0.12) for _counter in setting.counters]
    first = datetime(2026, 9, 7, tzinfo=SEOUL).astimezone(UTC).timestamp()
    for day in range(days):
        if random.random() < 0.2:
            random.shuffle(speeds)  # clerks change counters
        clerks = dict(zip(setting.counters, speeds, strict=True))
        midnight = first + (day // 5 * 7 + day % 5) * 24 * HOUR
        for line in Day(Random(f"{seed} {day}"), setting, midnight, clerks).run():
            yield json.dumps(line).encode()
