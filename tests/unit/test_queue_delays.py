"""What booked visitors may cost walk-ins: generated days, called by the rule and in the order of arrival."""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from math import inf
from random import Random
from typing import NamedTuple

import pytest

from tests.unit.test_queue_order import RULE, SERVICES, at, ticket
from tracking.visits.waits.order import MINUTE, Overtaking, Rule, Ticket, choose, overtakes_from, waiting_since


class Simulated(NamedTuple):
    """A day as it was called."""

    called: dict[str, float]
    order: list[str]
    given: dict[str, float]
    """By walk-in: the counter time, in seconds, that those got who were called before it and waited from later."""


def simulated(
    tickets: list[Ticket], rule: Rule, counters: Mapping[str, tuple[str, ...]], seconds: dict[str, float]
) -> Simulated:
    """Counters are never idle while somebody waits whom they serve."""
    agenda = [(one.arrived, 1, one.number) for one in tickets] + [(at(-60), 2, number) for number in counters]
    by_number, waiting = {one.number: one for one in tickets}, dict[str, Ticket]()
    heapify(agenda)
    free, taken = set[str](), dict[str, tuple[float, float]]()
    found, overtakings = Simulated({}, [], dict.fromkeys(by_number, 0)), list[Overtaking]()
    while agenda:
        now, what, name = heappop(agenda)
        if what == 1:
            waiting[name] = by_number[name]
        else:
            free.add(name)
            if name in taken:
                began, called_at = taken.pop(name)
                able = {one: sum(one in each for each in counters.values()) for one in counters[name]}
                overtakings.append(Overtaking(began, name, now - called_at, able))
        for counter in sorted(free):
            chosen = choose(waiting.values(), rule, now, overtakings, counter=counter, services=counters[counter])
            if chosen:
                called, since = chosen.ticket, overtakes_from(chosen.ticket, rule, now)
                del waiting[called.number]
                free.discard(counter)
                found.called[called.number] = now
                found.order.append(called.number)
                heappush(agenda, (now + seconds[called.number], 0, counter))
                if since is not None:
                    taken[counter] = since, now
                for other in waiting.values():
                    if since is not None and other.arrived < since and other.service in counters[counter]:
                        found.given[other.number] += seconds[called.number]
    return found


def a_day(random: Random, counters: int, *, services: int = 1) -> tuple[list[Ticket], dict[str, float]]:
    """Visitors with and without reservations, some early or late, who take from one to fifteen minutes."""
    tickets, booked = list[Ticket](), random.choice([0.2, 0.5, 0.8])
    length = random.uniform(3, 9) * MINUTE
    seconds = {f"T{number:03}": length * random.choice([0.3, 1, random.uniform(0.3, 2)]) for number in range(90)}
    for number in seconds:
        arrived = random.uniform(0, 60 * 5 / counters)
        wished = round(arrived + random.uniform(-12, 20)) if random.random() < booked else None
        tickets.append(ticket(number, arrived, wished, service=random.choice(SERVICES[:services])))
    return tickets, seconds


@pytest.mark.parametrize("delay", [0, 10, 30])
@pytest.mark.parametrize("seed", range(40))
def test_booked_visitors_delay_a_walk_in_by_no_more_than_the_office_allows(seed: int, delay: float) -> None:
    """Against the same visitors in the order of arrival: decision 26 proves this for counters that do the same."""
    random = Random(seed)
    counters = dict.fromkeys("12345"[: random.choice([1, 2, 5])], SERVICES[:1])
    tickets, seconds = a_day(random, len(counters))
    rule, longest = RULE._replace(worst_delay=delay * MINUTE), max(seconds.values())
    by_rule = simulated(tickets, rule, counters, seconds).called
    by_arrival = simulated([one._replace(booked_for=None) for one in tickets], rule, counters, seconds).called
    delays = [by_rule[one.number] - by_arrival[one.number] for one in tickets if one.booked_for is None]
    extra = longest if len(counters) == 1 else 3 * longest
    assert max(delays) <= rule.worst_delay + extra


@pytest.mark.parametrize("seed", range(40))
def test_counter_time_given_to_others_is_bounded_whatever_the_counters_do(seed: int) -> None:
    """Where counters do different things: those who waited from later got no more of the counters for a service."""
    given, able, longest = given_to_others(seed, RULE)
    for number, seconds in given.items():
        assert seconds < able[number] * (RULE.worst_delay + longest)


def test_without_a_limit_the_generated_days_would_break_it() -> None:
    broken = 0
    for seed in range(40):
        given, able, longest = given_to_others(seed, RULE._replace(worst_delay=inf))
        broken += any(seconds >= able[number] * (RULE.worst_delay + longest) for number, seconds in given.items())
    assert broken > 3


def given_to_others(seed: int, rule: Rule) -> tuple[dict[str, float], dict[str, int], float]:
    """By walk-in of a generated day: the counter time given to others, and how many counters serve it; the longest
    service."""
    random = Random(seed)
    counters = {number: random.choice([SERVICES, SERVICES[:1], SERVICES[1:]]) for number in "1234"} | {"5": SERVICES}
    tickets, seconds = a_day(random, len(counters), services=2)
    day = simulated(tickets, rule, counters, seconds)
    assert len(day.called) == len(tickets)
    able = {
        one.number: sum(one.service in each for each in counters.values()) for one in tickets if one.booked_for is None
    }
    return {number: day.given[number] for number in able}, able, max(seconds.values())


def test_on_a_full_day_a_reservation_keeps_its_time() -> None:
    """Sixty-four walk-ins wait; the grid has sold a third of the time of five counters."""
    random = Random(1)
    counters = dict.fromkeys("12345", SERVICES[:1])
    tickets = [ticket(f"W{number:03}", random.uniform(-30, 0)) for number in range(96)]
    tickets += [ticket(f"X{number:03}", random.uniform(0, 120)) for number in range(60)]
    tickets += [
        ticket(f"B{start:03}{number}", start - random.uniform(-5, 25), start)
        for start in range(0, 120, 15) for number in range(5)
    ]  # fmt: skip
    seconds = {one.number: random.uniform(3, 7) * MINUTE for one in tickets}
    day = simulated(tickets, RULE, counters, seconds)
    assert sum(one.arrived < at(0) < day.called[one.number] for one in tickets if one.booked_for is None) >= 64
    for one in tickets:
        if one.booked_for is not None:
            due = waiting_since(one, RULE)
            before = [number for number in day.order if due <= day.called[number] < day.called[one.number]]
            assert len(before) <= 6
            assert day.called[one.number] <= due + 10 * MINUTE
