"""Who is called next, and why: single cases, generated queues, and what booked visitors may cost others."""

from heapq import heappop, heappush
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from tracking.visits.waits.order import (
    MINUTE,
    Band,
    Because,
    Entry,
    Next,
    Place,
    Refusal,
    Rule,
    Ticket,
    can_serve,
    choose,
    first_difference,
    in_order,
    is_on_time,
    place,
    refusal_of_urgency,
    waiting_since,
)

TEN = 10 * 60 * MINUTE
RULE = Rule(worst_delay=30 * MINUTE, grace=10 * MINUTE, urgent_per_day=2)
SERVICES = ("certificates", "moving")


def at(minutes: float) -> float:
    """Minutes after ten."""
    return TEN + minutes * MINUTE


def ticket(number: str, arrived: float, booked_for: float | None = None, **more: Any) -> Ticket:
    """A ticket for the first service, with its times in minutes after ten."""
    plain = Ticket(number, SERVICES[0], at(arrived), None if booked_for is None else at(booked_for))
    return plain._replace(**more)


def called(waiting: list[Ticket], now: float) -> tuple[str, Because] | None:
    found = choose(waiting, RULE, at(now), counter="1", services=SERVICES)
    return found and (found.ticket.number, found.because)


WALK_IN, BOOKED = ticket("W", 0), ticket("B", 5, 10)


@pytest.mark.parametrize(
    ("waiting", "now", "expected"),
    [
        ([], 0, None),
        ([WALK_IN, ticket("X", 1)], 2, ("W", Because.ARRIVED)),
        # Booked visitors go before walk-ins, but not before their time.
        ([WALK_IN, BOOKED], 9, ("W", Because.ARRIVED)),
        ([WALK_IN, BOOKED], 10, ("B", Because.BOOKED)),
        ([BOOKED], 9, ("B", Because.EARLY)),
        # They count as waiting from the booked time, or from the arrival if that is later.
        ([ticket("A", -20, 10), ticket("B", 0, 5)], 12, ("B", Because.BOOKED)),
        ([ticket("A", 8, 0), ticket("B", 0, 5)], 12, ("B", Because.BOOKED)),
        # Late within the grace, and later than that.
        ([WALK_IN, ticket("B", 20, 10)], 20, ("B", Because.BOOKED)),
        ([WALK_IN, ticket("B", 20.1, 10)], 21, ("W", Because.ARRIVED)),
        # A walk-in who has waited for the worst delay is not overtaken any more.
        ([WALK_IN, ticket("B", 5, 10)], 29, ("B", Because.BOOKED)),
        ([WALK_IN, ticket("B", 5, 10)], 30, ("W", Because.WAITED)),
        ([WALK_IN, ticket("B", -9, -5)], 30, ("B", Because.BOOKED)),
        # Urgent before everybody; several of them by arrival.
        ([WALK_IN, BOOKED, ticket("U", 12, urgent="a baby")], 40, ("U", Because.URGENT)),
        ([ticket("V", 13, urgent="ill"), ticket("U", 12, urgent="a baby")], 40, ("U", Because.URGENT)),
        # Whoever fetched something keeps the first arrival, and goes before those who came later, booked or not.
        ([ticket("R", 0, returned=True), ticket("B", 5, 10)], 12, ("R", Because.RETURNED)),
        ([ticket("R", 0, 5, returned=True), ticket("B", -5, 4)], 12, ("B", Because.BOOKED)),
        ([ticket("R", 0, returned=True, not_before=at(13)), ticket("B", 5, 10)], 12, ("B", Because.BOOKED)),
        # Whoever was sent on keeps the arrival there.
        ([ticket("F", 0, forwarded=True), ticket("W", 1)], 12, ("F", Because.FORWARDED)),
        ([ticket("F", 0, forwarded=True), ticket("B", 5, 10)], 12, ("B", Because.BOOKED)),
        ([ticket("F", 0, forwarded=True), ticket("B", 5, 10)], 35, ("F", Because.FORWARDED)),
        ([ticket("F", 0, 5, forwarded=True), WALK_IN], 12, ("F", Because.FORWARDED)),
        # Called in vain: not again within some minutes.
        ([ticket("N", -9, not_before=at(13)), WALK_IN], 12, ("W", Because.ARRIVED)),
        ([ticket("N", -9, not_before=at(13)), WALK_IN], 13, ("N", Because.ARRIVED)),
        # What this counter does not do.
        ([ticket("P", 0, service="passports"), ticket("W", 1)], 2, ("W", Because.ARRIVED)),
        ([ticket("P", 0, counter="2"), ticket("W", 1)], 2, ("W", Because.ARRIVED)),
        ([ticket("P", 1, counter="1"), ticket("W", 0)], 2, ("W", Because.ARRIVED)),
        # Equal times: the lower number.
        ([ticket("X2", 0), ticket("X1", 0)], 2, ("X1", Because.ARRIVED)),
        ([ticket("B1", 3, 10), ticket("B2", 2, 10)], 10, ("B2", Because.BOOKED)),
    ],
)
def test_who_is_next_and_why(waiting: list[Ticket], now: float, expected: tuple[str, Because] | None) -> None:
    assert called(waiting, now) == expected
    assert called(waiting[::-1], now) == expected


def test_a_place_says_how_long_somebody_has_waited() -> None:
    assert is_on_time(BOOKED, RULE)
    assert not is_on_time(WALK_IN, RULE)
    assert waiting_since(BOOKED, RULE) == at(10)
    assert waiting_since(ticket("B", 25, 10), RULE) == at(25)
    assert place(BOOKED, RULE, at(10)) == (Place(Band.FRONT, at(10), at(5), "B"), Because.BOOKED)
    assert can_serve("1", SERVICES, WALK_IN)
    assert not can_serve("1", (), WALK_IN)
    assert [one.number for one in in_order([WALK_IN, BOOKED], RULE, at(9))] == ["W", "B"]
    assert [one.number for one in in_order([WALK_IN, BOOKED], RULE, at(11))] == ["B", "W"]


@pytest.mark.parametrize(
    ("reason", "before", "refusal"),
    [("", 0, Refusal.NO_REASON), (" ", 9, Refusal.NO_REASON), ("ill", 1, None), ("ill", 2, Refusal.LIMIT)],
)
def test_urgent_needs_a_reason_and_has_a_daily_limit(reason: str, before: int, refusal: Refusal | None) -> None:
    assert refusal_of_urgency(RULE, reason, before) is refusal


# --- Generated queues ------------------------------------------------------------------------------------------------


def some_tickets(random: Random, count: int) -> list[Ticket]:
    found = []
    for number in range(count):
        arrived = random.uniform(0, 120)
        booked = random.choice([None, None, arrived + random.uniform(-15, 20)])
        found.append(
            ticket(
                f"T{number:03}",
                arrived,
                booked,
                service=random.choice(SERVICES),
                urgent=random.choice([""] * 9 + ["ill"]),
                returned=random.random() < 0.1,
                forwarded=random.random() < 0.1,
                not_before=at(arrived + random.choice([0, 0, 0, 40])),
            )
        )
    return found


@pytest.mark.parametrize("seed", range(30))
def test_nobody_is_skipped_and_everybody_is_called_once(seed: int) -> None:
    random = Random(seed)
    waiting, now, order = some_tickets(random, 40), at(0), []
    while waiting:
        now += random.uniform(0.5, 6) * MINUTE
        able = random.choice([SERVICES, SERVICES[:1], SERVICES[1:]])
        here = [one for one in waiting if one.arrived <= now]
        found = choose(here, RULE, now, counter="1", services=able)
        allowed = [one for one in here if one.not_before <= now and one.service in able]
        assert (found is None) == (not allowed)
        if found:
            assert found.ticket in allowed
            places = {one.number: place(one, RULE, now)[0] for one in allowed}
            assert places[found.ticket.number] == min(places.values())
            assert len(set(places.values())) == len(places)
            # Within a group, whoever has waited longer is first.
            mine = found.ticket
            for other in allowed:
                if mine.booked_for is None and not mine.urgent and not mine.returned and other.booked_for is None:
                    assert mine.arrived <= other.arrived
            order.append(found.ticket.number)
            waiting.remove(found.ticket)
    assert len(order) == len(set(order)) == 40


@pytest.mark.parametrize("seed", range(10))
def test_a_record_replayed_gives_the_same_order(seed: int) -> None:
    random = Random(seed)
    to_come, waiting, record, now = some_tickets(random, 40), list[Ticket](), list[Entry](), at(0)
    to_come.sort(key=lambda one: one.arrived, reverse=True)
    while to_come or waiting:
        now += random.uniform(0.5, 4) * MINUTE
        while to_come and to_come[-1].arrived <= now:
            waiting.append(to_come.pop())
            record.append(Entry(waiting[-1].arrived, waiting[-1]))
        if waiting and random.random() < 0.05:
            gone = waiting.pop(random.randrange(len(waiting)))
            record.append(Entry(now, gone, left=True))
        if waiting and random.random() < 0.05:
            changed = random.randrange(len(waiting))
            waiting[changed] = waiting[changed]._replace(urgent="ill")
            record.append(Entry(now, waiting[changed]))
        found = choose(waiting, RULE, now, counter="1", services=SERVICES)
        if found:
            waiting.remove(found.ticket)
            entry = Entry(now, found.ticket, because=found.because, counter="1", services=frozenset(SERVICES))
            record.append(entry)
    assert first_difference(record, RULE) is None
    calls = [number for number, entry in enumerate(record) if entry.because]
    first, second = next((a, b) for a, b in pairwise(calls) if b == a + 1)
    record[first], record[second] = record[second]._replace(at=record[first].at), record[first]
    different = first_difference(record, RULE)
    assert different
    assert different[0] is record[first]
    assert isinstance(different[1], Next)


def test_a_call_that_nobody_waited_for_is_a_difference() -> None:
    entry = Entry(at(1), WALK_IN, because=Because.ARRIVED, counter="1", services=frozenset(SERVICES))
    assert first_difference([entry], RULE) == (entry, None)
    assert first_difference([Entry(at(0), WALK_IN), entry], RULE) is None
    wrong = entry._replace(because=Because.BOOKED)
    assert first_difference([Entry(at(0), WALK_IN), wrong], RULE) == (wrong, Next(WALK_IN, Because.ARRIVED))
    assert first_difference([Entry(at(0), WALK_IN, left=True)], RULE) is None


def calls(tickets: list[Ticket], rule: Rule, counters: int, seconds: dict[str, float]) -> dict[str, float]:
    """When each ticket is called by counters that are never idle while somebody waits."""
    to_come, waiting, found = sorted(tickets, key=lambda one: -one.arrived), list[Ticket](), dict[str, float]()
    free = [(at(0), str(number)) for number in range(counters)]
    while to_come or waiting:
        now, counter = heappop(free)
        while to_come and to_come[-1].arrived <= now:
            waiting.append(to_come.pop())
        if chosen := choose(waiting, rule, now, counter=counter, services=SERVICES):
            waiting.remove(chosen.ticket)
            found[chosen.ticket.number] = now
            heappush(free, (now + seconds[chosen.ticket.number], counter))
        else:
            heappush(free, (to_come[-1].arrived, counter))
    return found


@pytest.mark.parametrize("delay", [0, 15, 30])
@pytest.mark.parametrize("seed", range(20))
def test_booked_visitors_delay_a_walk_in_by_no_more_than_the_office_allows(seed: int, delay: float) -> None:
    """Against the same visitors in the order of arrival: the worst delay, and the services in progress."""
    random = Random(seed)
    seconds = {f"T{number:03}": random.uniform(3, 9) * MINUTE for number in range(80)}
    tickets = []
    for number in seconds:
        arrived = random.uniform(0, 90)
        tickets.append(ticket(number, arrived, random.choice([None, arrived])))
    rule, counters = RULE._replace(worst_delay=delay * MINUTE), 3
    by_rule = calls(tickets, rule, counters, seconds)
    by_arrival = calls([one._replace(booked_for=None) for one in tickets], rule, counters, seconds)
    longest = max(seconds.values())
    delays = [by_rule[one.number] - by_arrival[one.number] for one in tickets if one.booked_for is None]
    assert max(delays) <= rule.worst_delay + longest
    if delay == 0:
        assert by_rule == by_arrival
    else:
        assert max(delays) > 0
