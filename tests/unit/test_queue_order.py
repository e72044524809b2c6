"""Who is called next, and why: single cases, generated queues, and what booked visitors may cost others."""

from itertools import pairwise
from math import inf
from random import Random
from typing import Any

import pytest

from tracking.visits.waits.order import (
    MINUTE,
    Band,
    Because,
    Entry,
    Next,
    Overtaking,
    Place,
    Refusal,
    Rule,
    Ticket,
    can_serve,
    choose,
    first_difference,
    in_order,
    is_on_time,
    kept_before,
    overtakes_from,
    places,
    positions,
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


def overtaking(since: float, minutes: float, counter: str = "1", **counters: int) -> Overtaking:
    """Somebody who counted as waiting from so many minutes after ten took a counter for so many minutes."""
    return Overtaking(at(since), counter, minutes * MINUTE, counters or dict.fromkeys(SERVICES, 1))


def called(waiting: list[Ticket], now: float, overtakings: tuple[Overtaking, ...] = ()) -> tuple[str, Because] | None:
    found = choose(waiting, RULE, at(now), overtakings, counter="1", services=SERVICES)
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
        # However long a walk-in has waited: what counts is by how much others have delayed them.
        ([WALK_IN, ticket("B", 70, 70)], 300, ("B", Because.BOOKED)),
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


HALF, FULL = overtaking(9, 29), overtaking(9, 30)


@pytest.mark.parametrize(
    ("waiting", "overtakings", "expected"),
    [
        ([WALK_IN, BOOKED], (HALF,), ("B", Because.BOOKED)),
        ([WALK_IN, BOOKED], (FULL,), ("W", Because.WAITED)),
        ([WALK_IN, BOOKED], (HALF, overtaking(5, 1)), ("W", Because.WAITED)),
        ([ticket("F", 0, forwarded=True), BOOKED], (FULL,), ("F", Because.FORWARDED)),
        # Several counters share a delay; one that does other things does not count.
        ([WALK_IN, BOOKED], (overtaking(9, 59, certificates=2, moving=1),), ("B", Because.BOOKED)),
        ([WALK_IN, BOOKED], (overtaking(9, 60, certificates=2, moving=1),), ("W", Because.WAITED)),
        ([WALK_IN, BOOKED], (overtaking(9, 99, moving=1),), ("B", Because.BOOKED)),
        # For whom only one counter is left, that one counts, and in full.
        ([ticket("W", 0, counter="1"), BOOKED], (overtaking(9, 30, certificates=2),), ("W", Because.WAITED)),
        ([ticket("W", 0, counter="1"), BOOKED], (overtaking(9, 99, "2"),), ("B", Because.BOOKED)),
        # Nobody was overtaken by those who have waited from earlier.
        ([ticket("W", 9.5), BOOKED], (FULL,), ("B", Because.BOOKED)),
        # Walk-ins stay in the order of their arrival, even if only a later one was delayed for so long.
        (
            [ticket("V", -1, service="moving"), WALK_IN, BOOKED],
            (overtaking(9, 30, certificates=1),),
            ("V", Because.WAITED),
        ),
        # Those who have waited longer, or are urgent, still go first.
        ([WALK_IN, ticket("B", -5, -2)], (FULL,), ("B", Because.BOOKED)),
        ([WALK_IN, ticket("R", -2, returned=True)], (FULL,), ("R", Because.RETURNED)),
        ([WALK_IN, ticket("R", 2, returned=True)], (FULL,), ("W", Because.WAITED)),
        ([WALK_IN, ticket("U", 12, urgent="ill")], (FULL,), ("U", Because.URGENT)),
    ],
)
def test_a_walk_in_who_was_delayed_for_long_enough_is_not_overtaken(
    waiting: list[Ticket], overtakings: tuple[Overtaking, ...], expected: tuple[str, Because]
) -> None:
    assert called(waiting, 12, overtakings) == expected
    assert called(waiting[::-1], 12, overtakings[::-1]) == expected


def test_what_counts_as_a_delay() -> None:
    assert overtakes_from(BOOKED, RULE, at(10)) == at(10)
    assert overtakes_from(BOOKED, RULE, at(9)) is None, "nobody else waited"
    assert overtakes_from(WALK_IN, RULE, at(99)) is None
    assert overtakes_from(ticket("B", 21, 10), RULE, at(99)) is None, "too late"
    assert overtakes_from(BOOKED._replace(urgent="ill"), RULE, at(10)) is None, "their number is limited"
    assert overtakes_from(WALK_IN._replace(returned=True), RULE, at(10)) == at(0)
    assert overtakes_from(WALK_IN._replace(forwarded=True), RULE, at(10)) is None
    latest_first = [overtaking(40, 20), overtaking(30, 10), overtaking(20, 10)]
    assert kept_before("moving", "", latest_first, RULE) == at(30)
    assert kept_before("moving", "", latest_first[1:], RULE) == -inf
    assert kept_before("passports", "", latest_first, RULE) == -inf
    assert kept_before("moving", "", [], RULE._replace(worst_delay=0)) == inf


def test_positions_are_what_each_visitor_is_told() -> None:
    walk_ins = [ticket(f"W{number:02}", number) for number in range(20)]
    early, earlier = ticket("B", 10, 60), ticket("A", 12, 45)
    found = positions([*walk_ins, early, earlier], RULE, at(22), ())
    assert [found[one.number] for one in walk_ins] == list(range(1, 21)), "nobody booked is due"
    assert (found["A"], found["B"]) == (1, 2), "once they are due walk-ins do not go before them"
    found = positions([*walk_ins, early, earlier], RULE, at(22), [overtaking(2.5, 30)])
    assert (found["A"], found["B"]) == (4, 5), "except those whom nobody overtakes any more"
    found = positions([*walk_ins, early, earlier], RULE, at(50), ())
    assert (found["A"], found["W00"], found["W19"], found["B"]) == (1, 2, 21, 2)


def test_who_may_not_be_called_yet_is_not_shown_as_next() -> None:
    vain, early = ticket("N", -9, not_before=at(13)), ticket("E", 5, 60)
    assert positions([vain, WALK_IN, early], RULE, at(12), ()) == {"W": 1, "E": 1, "N": 3}
    assert positions([vain, WALK_IN, early], RULE, at(13), ()) == {"N": 1, "W": 2, "E": 1}
    later = early._replace(not_before=at(70))
    assert positions([WALK_IN, later], RULE, at(12), ()) == {"W": 1, "E": 2}


def test_delays_of_one_service_move_nobody_at_other_counters() -> None:
    ours = ticket("B", 4, 4, service="both")
    kept, other = ticket("K", 5, service="a"), ticket("R", 3, service="b")
    counters = {"1": {"a", "both"}, "2": {"b", "both"}}
    delays = [overtaking(9, 40, "1", a=1, both=2)]
    assert positions([ours, kept, other], RULE, at(20), delays, counters) == {"B": 1, "K": 2, "R": 2}
    parked = kept._replace(not_before=at(60))
    assert positions([ours, parked, other], RULE, at(20), delays) == {"B": 1, "R": 2, "K": 3}, "nor who is not called"


@pytest.mark.parametrize("seed", range(60))
def test_whoever_is_shown_as_next_is_called_next_wherever_they_can_be(seed: int) -> None:
    rng = Random(seed)
    services = ("a", "b", "c")
    counters = {str(n): {one for one in services if rng.random() < 0.6} for n in range(1, 5)}
    waiting = [
        ticket(
            f"T{n}", rng.randint(0, 90), rng.choice((None, None, rng.randint(0, 120))), service=rng.choice(services),
            not_before=rng.choice((0, 0, 0, at(120))), counter=rng.choice(("", "", "", "1")),
        )
        for n in range(rng.randint(1, 14))
    ]  # fmt: skip
    delays = [overtaking(rng.randint(0, 90), rng.randint(5, 40), str(rng.randint(1, 4)), a=1, b=2, c=1)
              for _n in range(rng.randint(0, 6))]  # fmt: skip
    now = at(125) if rng.random() < 0.5 else at(95)
    shown = positions(waiting, RULE, now, delays, counters)
    for one in waiting:
        able = [name for name, does in counters.items() if can_serve(name, does, one)]
        if not able or one.not_before > now or (one.booked_for or 0) > now:
            continue
        first = [choose(waiting, RULE, now, delays, counter=name, services=counters[name]) for name in able]
        assert (shown[one.number] == 1) == all(found is not None and found.ticket == one for found in first)


def test_a_call_is_replayed_by_the_rule_that_decided_it() -> None:
    waits = [Entry(at(0), WALK_IN), Entry(at(5), BOOKED), Entry(at(10), BOOKED, overtaking=overtaking(9, 20))]
    call = Entry(at(12), BOOKED, because=Because.BOOKED, counter="1", services=frozenset(SERVICES))
    changed = RULE._replace(worst_delay=15 * MINUTE)
    assert first_difference([*waits, call], changed) == (call, Next(WALK_IN, Because.WAITED))
    assert first_difference([*waits, call._replace(rule=RULE)], changed) is None


def test_a_place_says_how_long_somebody_has_waited() -> None:
    assert is_on_time(BOOKED, RULE)
    assert not is_on_time(WALK_IN, RULE)
    assert waiting_since(BOOKED, RULE) == at(10)
    assert waiting_since(ticket("B", 25, 10), RULE) == at(25)
    assert places([BOOKED], RULE, at(10)) == {"B": (Place(Band.FRONT, at(10), at(5), "B"), Because.BOOKED)}
    assert can_serve("1", SERVICES, WALK_IN)
    assert not can_serve("1", (), WALK_IN)
    assert [one.number for one in in_order([WALK_IN, BOOKED], RULE, at(9), ())] == ["W", "B"]
    assert [one.number for one in in_order([WALK_IN, BOOKED], RULE, at(11), ())] == ["B", "W"]


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
    overtakings = list[Overtaking]()
    while waiting:
        now += random.uniform(0.5, 6) * MINUTE
        able = random.choice([SERVICES, SERVICES[:1], SERVICES[1:]])
        here = [one for one in waiting if one.arrived <= now]
        found = choose(here, RULE, now, overtakings, counter="1", services=able)
        allowed = [one for one in here if one.not_before <= now and one.service in able]
        assert (found is None) == (not allowed)
        if found:
            assert found.ticket in allowed
            at_once = {number: place for number, (place, _why) in places(allowed, RULE, now, overtakings).items()}
            assert at_once[found.ticket.number] == min(at_once.values())
            assert len(set(at_once.values())) == len(at_once)
            # Walk-ins are called in the order of arrival, whatever delays them.
            mine = found.ticket
            for other in allowed:
                if mine.booked_for is None and not mine.urgent and not mine.returned and other.booked_for is None:
                    assert mine.arrived <= other.arrived
            since = overtakes_from(mine, RULE, now)
            if since is not None:
                counters = {one: random.choice([1, 2]) for one in able}
                overtakings.append(Overtaking(since, "1", random.uniform(60, 900), counters))
            order.append(found.ticket.number)
            waiting.remove(found.ticket)
    assert len(order) == len(set(order)) == 40


@pytest.mark.parametrize("seed", range(30))
def test_who_is_not_overtaken_any_more_never_is_again(seed: int) -> None:
    """Whatever else happens: delays only grow."""
    random = Random(seed)
    walk_in, overtakings = ticket("W", 0, service=random.choice(SERVICES)), list[Overtaking]()
    kept = False
    for _call in range(40):
        counters = {one: random.choice([1, 2, 3]) for one in random.choice([SERVICES, SERVICES[:1], SERVICES[1:]])}
        overtakings.append(Overtaking(at(random.uniform(-20, 90)), "1", random.uniform(60, 900), counters))
        random.shuffle(overtakings)
        now_kept = called([walk_in, ticket("B", 95, 95)], 100, tuple(overtakings)) == ("W", Because.WAITED)
        assert now_kept or not kept
        kept = now_kept
    assert kept


@pytest.mark.parametrize("seed", range(10))
def test_a_record_replayed_gives_the_same_order(seed: int) -> None:
    random, rule = Random(seed), RULE._replace(worst_delay=5 * MINUTE)
    to_come, waiting, record, now = some_tickets(random, 40), list[Ticket](), list[Entry](), at(0)
    overtakings, taken = list[Overtaking](), list[Overtaking]()
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
        if taken and random.random() < 0.7:
            overtakings.append(taken.pop(0))
            record.append(Entry(now, WALK_IN, overtaking=overtakings[-1]))
        found = choose(waiting, rule, now, overtakings, counter="1", services=SERVICES)
        if found:
            waiting.remove(found.ticket)
            entry = Entry(now, found.ticket, because=found.because, counter="1", services=frozenset(SERVICES))
            record.append(entry)
            since = overtakes_from(found.ticket, rule, now)
            if since is not None:
                taken.append(Overtaking(since, "1", random.uniform(300, 900), dict.fromkeys(SERVICES, 1)))
    assert any(entry.because is Because.WAITED for entry in record)
    without = [entry for entry in record if not entry.overtaking]
    assert first_difference(without, rule), "the delays are part of what decides"
    assert first_difference(record, rule) is None
    calls = [number for number, entry in enumerate(record) if entry.because]
    first, second = next((a, b) for a, b in pairwise(calls) if b == a + 1)
    record[first], record[second] = record[second]._replace(at=record[first].at), record[first]
    different = first_difference(record, rule)
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
