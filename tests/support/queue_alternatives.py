"""Other ways to estimate a wait, which decision 27 compares with the replay: they see the same queue and past."""

from collections.abc import Callable
from math import exp, sqrt
from statistics import NormalDist, mean

from tracking.visits.waits.evaluation import Evaluation
from tracking.visits.waits.log import Line
from tracking.visits.waits.order import MINUTE, Ticket, can_serve, in_order
from tracking.visits.waits.pace import Pace
from tracking.visits.waits.queue import Counter, Queue, Wait
from tracking.visits.waits.samples import QUANTILES

Z = tuple(NormalDist().inv_cdf(level) for level in (0.1, 0.5, 0.9))


def is_open(counter: Counter, now: float) -> bool:
    return counter.closed_since is None and any(start <= now < end for start, end in counter.open)


def seconds_of(pace: Pace, service: str) -> float:
    """How long a visitor occupies a counter, on average."""
    usual = pace.of(service)
    served = mean(exp(usual.level + chance) for chance in usual.chance.table) + pace.walk.value
    absent = pace.absent.value
    return served * (1 - absent) + pace.absence.value * absent + sum(pace.gap.table) / QUANTILES


def average(pace: Pace) -> float:
    """The same over all services, by how often they are asked for."""
    counts = {name: usual.before.count + usual.today.count for name, usual in pace._services.items()}
    total = sum(counts.values())
    if not total:
        return seconds_of(pace, "")
    return sum(seconds_of(pace, name) * count for name, count in counts.items()) / total


def formula(queue: Queue, pace: Pace, number: str) -> Wait:
    """Average × position ÷ counters, as in use elsewhere; × 0.8 as the optimistic end."""
    position = 1 + [
        ticket.number for ticket in in_order(queue.waiting, queue.rule, queue.now, queue.overtakings)
    ].index(number)
    counters = sum(is_open(counter, queue.now) for counter in queue.counters)
    found = average(pace) * position / max(counters, 1) / MINUTE
    return Wait(0.8 * found, found, 1.2 * found)


class Ahead:
    """What is ahead of a ticket at the counters that can serve it."""

    def __init__(self, queue: Queue, pace: Pace, number: str) -> None:
        mine = next(ticket for ticket in queue.waiting if ticket.number == number)
        able = [one for one in queue.counters if can_serve(one.id, one.services, mine)]
        self.open = [one for one in able if is_open(one, queue.now)]
        order = in_order(queue.waiting, queue.rule, queue.now, queue.overtakings)
        before = order[: [one.number for one in order].index(number)]
        self.tickets = [one for one in before if self._shares(one)]
        self.free = sum(one.serving is None for one in self.open)
        # Somebody ahead takes so much of these counters as they have a part in those that can serve them.
        self.work = sum(seconds_of(pace, one.service) * self._part(queue, one) for one in self.tickets)
        self.counters = max(len(self.open), 1)
        due = [one for one in queue.coming if queue.now - 600 < one.booked_for < queue.now + 1800]
        self.due = len(due) / max(sum(is_open(one, queue.now) for one in queue.counters), 1)
        self.until_closing = min([end - queue.now for one in self.open for _start, end in one.open[:1]] or [0.0])
        self.until_booked = max((mine.booked_for or 0) - queue.now, 0.0)

    def _shares(self, ticket: Ticket) -> bool:
        return any(can_serve(one.id, one.services, ticket) for one in self.open)

    def _part(self, queue: Queue, ticket: Ticket) -> float:
        able = [one for one in queue.counters if is_open(one, queue.now) and can_serve(one.id, one.services, ticket)]
        return sum(one in self.open for one in able) / len(able) if able else 0


def m_m_c(queue: Queue, pace: Pace, number: str) -> Wait:
    """The wait in an M/M/c queue with so many ahead: an Erlang distribution (quantiles by Wilson and Hilferty)."""
    ahead = Ahead(queue, pace, number)
    if ahead.free > len(ahead.tickets):
        return Wait(0, 0, 0)
    calls = len(ahead.tickets) + 1 - ahead.free
    each = (ahead.work / len(ahead.tickets) if ahead.tickets else average(pace)) / ahead.counters / MINUTE
    found = [max(calls * (1 - 1 / (9 * calls) + z * sqrt(1 / (9 * calls))) ** 3 * each, 0) for z in Z]
    return Wait(*found)


class Regression:
    """Linear quantile regression on what is ahead, learned from the waits seen so far by gradient descent."""

    def __init__(self) -> None:
        self.weights = [[0.0, share, 0, 0, 0, 0] for share in (0.6, 1.0, 1.4)]
        self.asked: dict[str, list[float]] = {}
        self.seen = 0

    def estimate(self, queue: Queue, pace: Pace, number: str) -> Wait:
        ahead = Ahead(queue, pace, number)
        work = ahead.work / ahead.counters / MINUTE
        lunch = work * max(0.0, 1 - ahead.until_closing / MINUTE / 60)
        values = [1.0, work, len(ahead.tickets) / ahead.counters, ahead.due * 4, lunch, ahead.until_booked / MINUTE]
        self.asked[number] = values
        found = sorted(max(0.0, sum(w * v for w, v in zip(of, values, strict=True))) for of in self.weights)
        return Wait(*found)

    def learn(self, number: str, waited: float) -> None:
        values = self.asked.pop(number)
        self.seen += 1
        step = 0.3 / sqrt((self.seen + 100) * (1 + sum(value * value for value in values)))
        for level, weights in zip((0.1, 0.5, 0.9), self.weights, strict=True):
            under = waited > sum(w * v for w, v in zip(weights, values, strict=True))
            slope = level if under else level - 1
            for place, value in enumerate(values):
                weights[place] += step * slope * value


def evaluate(lines: list[Line], one: Callable[[Queue, Pace, str], Wait] | Regression) -> Evaluation:
    """As ``evaluation.evaluate``, and a regression learns from each call."""
    found = Evaluation(one.estimate if isinstance(one, Regression) else one)
    for line in lines:
        known = len(found.compared)
        found.take(line)
        if isinstance(one, Regression) and len(found.compared) > known:
            one.learn(found.compared[-1].ticket, found.compared[-1].waited)
    return found
