"""Estimates of waiting times: how good they are on simulated days, and what they make of single queues."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from random import Random
from statistics import mean

import pytest

from tests.support.queue_alternatives import evaluate, formula
from tests.support.queue_days import Setting, simulate
from tracking.visits.waits import replay
from tracking.visits.waits.calibration import NARROWEST, WIDEST, Calibration
from tracking.visits.waits.evaluation import Compared, by_replay
from tracking.visits.waits.log import Line, What, read
from tracking.visits.waits.order import MINUTE, Because, Overtaking, Rule, Ticket, choose, overtakes_from
from tracking.visits.waits.pace import Pace
from tracking.visits.waits.queue import Coming, Counter, Queue, Serving, Wait
from tracking.visits.waits.replay import estimate
from tracking.visits.waits.samples import FEW, QUANTILES, Sample, lognormal, rest, strata

DAYS, SEEDS = 5, (1, 2, 3, 4, 5, 6)
NOW = 1_800_000_000.0
ALL = frozenset({"certificates", "moving"})
RULE = Rule()


@cache
def lines(seed: int) -> list[Line]:
    return read(simulate(DAYS, seed)).lines


def _compared(seed: int) -> list[Compared]:
    return evaluate(lines(seed), by_replay).compared


@cache
def evaluated() -> list[list[Compared]]:
    """What was compared on the days of each seed, in processes of their own; tracing these takes minutes."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("COVERAGE_PROCESS")]:
            patch.delenv(name)
        with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as processes:
            return list(processes.map(_compared, SEEDS))


def figures(compared: list[Compared]) -> tuple[float, float, float]:
    """Mean error and bias in minutes, and the share within p10 to p90."""
    errors = [one.published.p50 - one.waited for one in compared]
    inside = mean(one.published.p10 <= one.waited <= one.published.p90 for one in compared)
    return mean(map(abs, errors)), mean(errors), inside


# --- The gate --------------------------------------------------------------------------------------------------------


def test_estimates_at_heavy_load_are_as_good_as_promised() -> None:
    """Five counters, an offered load of 0.95, people who wait 20 minutes on average, without any history before."""
    compared = [one for days in evaluated() for one in days]
    assert mean(one.waited for one in compared) > 15
    error, bias, inside = figures(compared)
    assert error <= 3.5
    assert abs(bias) <= 0.5
    assert 0.78 <= inside <= 0.88


def test_they_are_at_least_twice_as_good_as_the_formula_in_use() -> None:
    compared = [one for seed in SEEDS[:3] for one in evaluate(lines(seed), formula).compared]
    ours, _bias, _inside = figures([one for days in evaluated()[:3] for one in days])
    assert ours <= figures(compared)[0] / 2


def test_no_estimate_knows_what_comes_later() -> None:
    """A log that ends just before an outage gives the same estimates until there."""
    raw = list(simulate(1, 5, Setting(outages=8)))
    outages = [place for place, line in enumerate(raw) if place > 30 and b'"services": []' in line]

    def estimates(part: list[bytes]) -> list[Wait]:
        made = list[Wait]()

        def keeping(queue: Queue, pace: Pace, number: str) -> Wait:
            made.append(by_replay(queue, pace, number))
            return made[-1]

        evaluate(read(part).lines, keeping)
        return made

    whole = estimates(raw)
    for place in outages[-2:]:
        cut = estimates(raw[:place])
        assert len(cut) > 80
        assert cut == whole[: len(cut)]


def test_without_a_plan_the_roster_is_learned_from_the_days_before() -> None:
    found = evaluate(read(simulate(4, 4, Setting(planned=False))).lines, by_replay)
    quarter = len(found.compared) // 4
    first, last = (figures(part)[0] for part in (found.compared[:quarter], found.compared[-quarter:]))
    assert last < first


# --- The replay and the rule -----------------------------------------------------------------------------------------


def some_queue(random: Random) -> Queue:
    counters = (Counter("1", ALL), Counter("2", frozenset({"moving"}), ((NOW, NOW + 900), (NOW + 1800, NOW + 9000))))
    waiting = []
    for number in range(25):
        arrived = NOW - random.uniform(0, 3000)
        booked = random.choice([None, None, arrived + random.uniform(-900, 3000)])
        waiting.append(
            Ticket(
                f"T{number:02}",
                random.choice(sorted(ALL)),
                arrived,
                booked,
                urgent=random.choice([""] * 9 + ["ill"]),
                returned=booked is None and random.random() < 0.1,
                not_before=random.choice([0, NOW + 600]) if booked is None else 0,
                counter=random.choice(["", "", "", "1"]),
            )
        )
    overtakings = [Overtaking(NOW - random.uniform(0, 2400), "1", 400, dict.fromkeys(ALL, 1)) for _call in range(3)]
    busy = Serving("moving", NOW - 60, since=NOW - 300)
    counters = (counters[0]._replace(serving=busy), counters[1])
    return Queue(NOW, RULE, tuple(waiting), counters, overtakings=tuple(overtakings))


@pytest.mark.parametrize("seed", range(20))
def test_the_replay_calls_in_the_order_of_the_rule(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call of each repetition is what ``choose`` would decide, and counts as a delay as it does there."""
    queue, checked, kept = some_queue(Random(seed)), 0, 0
    over = dict[replay._Repetition, list[Overtaking]]()
    original, count_delay = replay._Repetition._next, replay._Repetition._count_delay

    def counting(self: replay._Repetition, counter: int) -> None:
        since, seconds = self.over[counter] or (0, 0)
        here = queue.counters[counter]
        counters = {one: 2 if one == "moving" else 1 for one in here.services}
        over.setdefault(self, []).append(Overtaking(since, here.id, seconds, counters))
        count_delay(self, counter)

    def checking(self: replay._Repetition, counter: int, at: float) -> tuple[int | None, float | None]:
        nonlocal checked, kept
        tickets = self.prepared.tickets
        uncalled = [ticket for slot, ticket in enumerate(tickets) if not self.called[slot]]
        here = queue.counters[counter]
        overtakings = [*queue.overtakings, *over.get(self, ())]
        expected = choose(uncalled, queue.rule, at, overtakings, counter=here.id, services=here.services)
        slot, since = original(self, counter, at)
        assert (slot is None) == (expected is None)
        if slot is not None and expected is not None:
            assert tickets[slot] == expected.ticket
            if not expected.ticket.urgent:
                assert since == overtakes_from(expected.ticket, queue.rule, at)
            kept += expected.because is Because.WAITED
            checked += 1
        return slot, since

    monkeypatch.setattr(replay._Repetition, "_count_delay", counting)
    monkeypatch.setattr(replay._Repetition, "_next", checking)
    found = estimate(queue, Pace())
    assert set(found.tickets) == {ticket.number for ticket in queue.waiting}
    assert checked >= 16 * len(queue.waiting)
    assert kept > 0


# --- Single queues ---------------------------------------------------------------------------------------------------


def walk_in(number: str, minutes_ago: float = 1, service: str = "moving") -> Ticket:
    return Ticket(number, service, NOW - minutes_ago * MINUTE)


def pace(seconds: float = 300) -> Pace:
    """An office where everything has taken about as long for a day."""
    found, random = Pace(), Random(1)
    for _visitor in range(200):
        found.served(random.choice(sorted(ALL)), random.choice("12"), seconds * random.uniform(0.6, 1.4))
        found.gap.add(random.uniform(5, 30))
    found.new_day()
    return found


def queue(
    *waiting: Ticket, counters: tuple[Counter, ...] = (Counter("1", ALL),), coming: tuple[Coming, ...] = ()
) -> Queue:
    return Queue(NOW, RULE, waiting, counters, coming)


def of(found: Queue, service: str = "moving") -> Wait:
    """The wait of somebody who comes now."""
    return estimate(found, pace(), only=(), walk_ins=(service,)).walk_ins[service]


def test_nobody_waits_where_a_counter_is_free() -> None:
    assert of(queue()) == (0, 0, 0)


def test_more_people_wait_longer_and_more_counters_make_it_shorter() -> None:
    tickets = [walk_in(f"T{number:02}", 20 - number) for number in range(12)]
    one = [of(queue(*tickets[:count])).p50 for count in (0, 3, 6, 12)]
    assert one == sorted(one)
    assert one[-1] > 40
    two = of(queue(*tickets, counters=(Counter("1", ALL), Counter("2", ALL)))).p50
    assert 0.4 * one[-1] < two < 0.6 * one[-1]
    everybody = estimate(queue(*tickets), pace()).tickets
    waits = [everybody[ticket.number].p50 for ticket in tickets]
    assert waits == sorted(waits)
    assert all(wait.p10 <= wait.p50 <= wait.p90 for wait in everybody.values())


def test_the_same_queue_gives_the_same_estimate() -> None:
    found = queue(*(walk_in(f"T{number}") for number in range(9)), coming=(Coming("moving", NOW + 300),))
    assert estimate(found, pace(), walk_ins=ALL) == estimate(found, pace(), walk_ins=ALL)


def test_somebody_who_comes_now_takes_nobodys_place() -> None:
    tickets = [walk_in(f"T{number}", 9 - number) for number in range(5)]
    alone = estimate(queue(*tickets), pace()).tickets
    assert estimate(queue(*tickets), pace(), walk_ins=ALL).tickets.keys() == alone.keys()
    last = estimate(queue(*tickets, walk_in("T9", 0)), pace(), only=("T9",)).tickets["T9"]
    assert of(queue(*tickets)).p50 == pytest.approx(last.p50, rel=0.1)


def test_a_lunch_break_is_waited_out() -> None:
    closed = Counter("1", ALL, ((NOW, NOW + 60), (NOW + 3600, NOW + 9000)))
    assert of(queue(walk_in("A"), counters=(closed,))).p50 > 60
    assert of(queue(walk_in("A"))).p50 < 10


def test_who_waits_at_closing_time_is_served_by_whoever_is_there_last() -> None:
    ending = Counter("1", ALL, ((NOW, NOW + 60),))
    assert of(queue(walk_in("A"), walk_in("B"), counters=(ending,))).p50 < 20
    assert of(queue(counters=(Counter("1", ALL, ()),))).p50 == 0


def test_a_service_that_has_taken_long_is_over_later_than_one_that_has_begun() -> None:
    waits = []
    for passed in (10, 200, 400, 4000):
        serving = Serving("moving", NOW - passed - 20, NOW - passed)
        waits.append(of(queue(counters=(Counter("1", ALL, serving=serving),))).p50)
    begun, running, ending, endless = waits
    assert begun > running > ending
    assert endless > ending
    called = Counter("1", ALL, serving=Serving("moving", NOW - 10))
    assert of(queue(counters=(called,))).p50 == pytest.approx(begun, rel=0.2)


def test_a_counter_that_is_closed_against_the_roster_returns_some_time() -> None:
    waits = [of(queue(counters=(Counter("1", ALL, closed_since=NOW - passed),))).p50 for passed in (60, 36000)]
    assert 5 < waits[0] < 40
    assert waits[1] > waits[0]
    assert of(queue(counters=(Counter("1", ALL, free_since=NOW - 5),))).p50 < 1


def test_booked_visitors_who_will_come_go_before_walk_ins() -> None:
    tickets = [walk_in(f"T{number}", 9 - number) for number in range(5)]
    soon = tuple(Coming("moving", NOW + minutes * MINUTE) for minutes in (1, 2, 3))
    late = tuple(Coming("moving", NOW - minutes * MINUTE) for minutes in (1, 2, 3))
    far = tuple(Coming("moving", NOW + minutes * MINUTE) for minutes in (90, 95))
    plain = of(queue(*tickets)).p50
    assert of(queue(*tickets, coming=soon)).p50 > plain + 8
    assert plain < of(queue(*tickets, coming=late)).p50 < of(queue(*tickets, coming=soon)).p50
    assert of(queue(*tickets, coming=far)).p50 == pytest.approx(plain, rel=0.1)


def test_whoever_is_early_is_overtaken_by_walk_ins_who_come_before_the_booked_time() -> None:
    early = Ticket("B", "moving", NOW, NOW + 20 * MINUTE)
    busy = queue(*(walk_in(f"T{number}") for number in range(9)), early)
    more = busy._replace(walk_ins=(("moving", 60),))
    assert estimate(more, pace()).tickets["B"].p50 > estimate(busy, pace()).tickets["B"].p50


def test_what_nobody_serves_is_estimated_as_if_a_counter_did() -> None:
    assert of(queue(), "passports").p50 == 0
    lost = walk_in("A")._replace(counter="9")
    assert estimate(queue(lost), pace()).tickets["A"].p50 == 0
    assert estimate(Queue(NOW, RULE, (lost,), ()), Pace()).tickets["A"].p50 == 0


def test_several_matters_of_one_visitor_take_longer() -> None:
    busy = queue(walk_in("A", 3), walk_in("B", 1))
    waits = [
        estimate(each, pace()).tickets["B"].p50
        for each in (busy, busy._replace(further={"A": ("certificates", "moving")}))
    ]
    assert waits[1] == pytest.approx(3 * waits[0], rel=0.15)
    serving = [Serving("moving", NOW - 30, NOW - 10, further) for further in ((), ("moving",))]
    one, two = (of(queue(counters=(Counter("1", ALL, serving=each),))).p50 for each in serving)
    assert two == pytest.approx(one + 300 / MINUTE, rel=0.1)


def test_whole_minutes_are_rounded_outwards() -> None:
    assert Wait(3.7, 5.4, 8.1).in_minutes == (3, 5, 9)


def test_todays_pace_and_the_offices_own_figures_count() -> None:
    slow, fast, unknown = pace(), pace(), Pace()
    for _visitor in range(20):
        slow.served("moving", "1", 600)
        fast.served("moving", "1", 150)
    busy = queue(walk_in("A", 3), walk_in("B", 2), walk_in("C", 1))
    waits = [estimate(busy, each).tickets["C"].p50 for each in (fast, pace(), slow)]
    assert waits == sorted(waits)
    assert waits[2] > 1.5 * waits[0]
    unknown.assume("moving", 1200)
    assert estimate(busy, unknown).tickets["C"].p50 > 30


def test_a_long_history_fades() -> None:
    found = Pace()
    for _day in range(20):
        for _visitor in range(100):
            found.served("moving", "1", 300)
        found.new_day()
    assert found.of("moving").before.count <= 1500
    assert found.of("moving").chance.seen == 600


# --- What it is made of ----------------------------------------------------------------------------------------------


def test_assumed_values_leave_a_sample_when_there_are_many_others() -> None:
    sample = Sample([1000.0, 2000.0], most=30)
    for value in range(15):
        sample.add(value)
    assert sample.share_above(500) == 2 / 17
    for value in range(40):
        sample.add(value)
    assert sample.share_above(500) == 0
    assert sample.seen == 30
    assert len(sample.table) == QUANTILES
    assert list(sample.table) == sorted(sample.table)


def test_what_is_left_of_something_is_drawn_from_what_took_longer() -> None:
    assert set(rest([20.0, 30, 40, 50, 60], 10, range(QUANTILES))) == {10, 20, 30, 40, 50}
    few = rest([20.0] * (FEW - 1), 10, range(QUANTILES))
    assert few == sorted(few)
    assert 0.3 * 10 < mean(few) < 0.4 * 10


def test_each_slot_covers_its_distribution_evenly() -> None:
    for number in (16, 32, 64):
        for slot in strata(number)[:20]:
            assert sorted(draw * number // QUANTILES for draw in slot) == list(range(number))
    assert lognormal(100, 0.5, 3)[1] == pytest.approx(100)


def test_the_range_widens_when_calls_fall_outside_and_narrows_when_they_do_not() -> None:
    found, wait = Calibration(), Wait(8, 10, 14)
    assert found.calibrated(wait) == wait
    for _call in range(100):
        found.learn(wait, 10)
    narrow = found.calibrated(wait)
    assert 8 < narrow.p10 < 10 < narrow.p90 < 14
    for _call in range(500):
        found.learn(wait, 30)
    assert found.above == WIDEST
    assert found.below == NARROWEST
    assert found.calibrated(Wait(0, 1, 2)).p10 >= 0


def test_every_ticket_is_measured_once_and_only_if_it_was_called() -> None:
    day = read(simulate(1, SEEDS[0])).lines
    found = evaluate(day, by_replay)
    arrivals = [line for line in day if line.what is What.ARRIVAL]
    assert found.estimates == len(arrivals)
    assert found.never_called == found.estimates - len(found.compared)
    assert len({(one.ticket, one.at) for one in found.compared}) == len(found.compared)
