"""A visit that settles several matters: no plan is longer than an exact search's, and a day without one says why."""

import random
from collections.abc import Collection
from functools import cache
from itertools import pairwise
from math import inf

import pytest

from tests.support.combinations import combination
from tracking.visits.combining import Choice, Combination, Obstacle, ObstacleKind, Plan, Stop, obstacle, plans

MOST_WORSE = 1.05


def walk(wanted: Combination, one: str, other: str) -> int:
    if one == other:
        return 0
    return wanted.walking.get((one, other), wanted.walking.get((other, one), -1))


def may_follow(wanted: Combination, number: int, settled: Collection[int]) -> bool:
    return number not in settled and all(a in settled for a, b in wanted.before if b == number)


def exact(wanted: Combination) -> dict[int, tuple[int, int]]:
    """By start: the least cost of a visit that begins then, and its walking.

    It tries every order, every place and every free start, remembering only what it has tried already.
    """
    everything = [
        (number, place, start, start + matter.minutes)
        for number, matter in enumerate(wanted.matters)
        for place, starts in matter.starts.items()
        for start in starts
    ]

    @cache
    def rest(settled: frozenset[int], place: str, now: int, limit: int) -> tuple[float, int]:
        """Least sum of the end and of the walking from now on, and that walking."""
        if now > limit:
            return inf, 0
        if len(settled) == len(wanted.matters):
            return now, 0
        best: tuple[float, int] = (inf, 0)
        for number, other, start, end in everything:
            way = walk(wanted, place, other)
            if start >= now + way and may_follow(wanted, number, settled):
                end_and_walking, walking = rest(settled | {number}, other, end, limit)
                best = min(best, (end_and_walking + way, walking + way))
        return best

    found: dict[int, tuple[int, int]] = {}
    for number, place, start, end in everything:
        guided = not any(begin <= start < until for begin, until in wanted.guide_busy)
        if guided and start >= wanted.earliest and may_follow(wanted, number, ()):
            limit = min([wanted.latest, *(begin for begin, _ in wanted.guide_busy if begin > start)])
            end_and_walking, walking = rest(frozenset({number}), place, end, limit)
            if end_and_walking < inf:
                one = (int(end_and_walking) - start, walking)
                found[start] = min(found.get(start, one), one)
    return found


def keeps_its_word(wanted: Combination, plan: Plan) -> bool:
    """Whether a plan can be booked and walked as it stands, and counts its minutes rightly."""
    visited = plan.stops
    order = [stop.matter for stop in visited]
    ways = [walk(wanted, one.place, other.place) for one, other in pairwise(visited)]
    return (
        sorted(order) == list(range(len(wanted.matters)))
        and all(stop.start in wanted.matters[stop.matter].starts[stop.place] for stop in visited)
        and all(stop.end - stop.start == wanted.matters[stop.matter].minutes for stop in visited)
        and all(one.end + way <= other.start for one, other, way in zip(visited, visited[1:], ways, strict=False))
        and all(order.index(first) < order.index(second) for first, second in wanted.before)
        and all(visited[-1].end <= begin or end <= visited[0].start for begin, end in wanted.guide_busy)
        and wanted.earliest <= visited[0].start
        and visited[-1].end <= wanted.latest
        and plan.walking == sum(ways)
        and plan.cost == visited[-1].end - visited[0].start + sum(ways)
    )


SIZES = {2: (8, 20), 3: (6, 16), 4: (5, 14), 5: (5, 12)}
"""By number of matters: the most places, and the most starts at each, for which the exact search is quick."""


@pytest.mark.parametrize("matters", SIZES)
def test_no_plan_of_125_generated_days_is_worse_than_an_exact_search(matters: int) -> None:
    rng = random.Random(matters)
    places, starts = SIZES[matters]
    impossible = 0
    for number in range(125):
        wanted = combination(
            rng, matters=matters, places=rng.randint(1, places), grid=rng.choice((5, 15)), starts=starts,
            guide=number % 2 == 0, order=number % 3 == 0,
        )  # fmt: skip
        best, found = exact(wanted), plans(wanted)
        assert bool(found) == bool(best), wanted
        assert (obstacle(wanted) is None) == bool(best), wanted
        if not best:
            impossible += 1
            continue
        least, _ = min(best.values())
        assert found[0].cost <= MOST_WORSE * least, f"{found[0]} instead of {least} minutes for {wanted}"
        # At most 5 % is required; the search is exact, and so are the second and the third plan.
        wish = wanted.wish
        order = sorted(
            (cost, walking, start if wish is None else abs(start - wish), start)
            for start, (cost, walking) in best.items()
        )
        assert [(plan.cost, plan.walking, plan.start) for plan in found] == [(c, w, s) for c, w, _, s in order[:3]]
        assert all(keeps_its_word(wanted, plan) for plan in found), wanted
    assert 5 < impossible < 80


def at(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


FLOORS = {("1F", "2F"): 5, ("2F", "3F"): 5, ("1F", "3F"): 10}
PASSPORT = Choice(30, {"3F": [at(10), at(11, 30)]})
TAX = Choice(15, {"1F": [at(9, 15), at(10, 45)]})
MOVING_IN = Choice(20, {"2F": range(at(9), at(17), 15)})


def stops(plan: Plan) -> list[tuple[str, int]]:
    return [(stop.place, stop.start) for stop in plan.stops]


def test_three_floors_are_visited_in_the_order_that_takes_least_time() -> None:
    wanted = Combination(matters=[PASSPORT, TAX, MOVING_IN], walking=FLOORS)
    best, second, third = plans(wanted)
    assert best.stops == (
        Stop(2, "2F", at(9, 30), at(9, 50)), Stop(0, "3F", at(10), at(10, 30)), Stop(1, "1F", at(10, 45), at(11))
    )  # fmt: skip
    assert (best.start, best.span, best.walking, best.cost) == (at(9, 30), 90, 15, 105)
    assert (second.cost, stops(second)) == (110, [("3F", at(10)), ("1F", at(10, 45)), ("2F", at(11, 15))])
    assert (third.cost, stops(third)) == (120, [("2F", at(9, 15)), ("3F", at(10)), ("1F", at(10, 45))])
    assert plans(wanted, 1) == [best]


def test_a_matter_that_another_needs_comes_first() -> None:
    wanted = Combination(matters=[PASSPORT, TAX, MOVING_IN], walking=FLOORS, before=[(1, 2), (1, 0)])
    assert stops(plans(wanted, 1)[0]) == [("1F", at(9, 15)), ("3F", at(10)), ("2F", at(10, 45))]
    circle = Combination(matters=[PASSPORT, TAX, MOVING_IN], walking=FLOORS, before=[(0, 1), (1, 0)])
    assert plans(circle) == []
    assert obstacle(circle) == Obstacle(ObstacleKind.COMBINATION)


def test_walking_counts_twice_once_as_time_and_once_as_effort() -> None:
    near, far = Choice(15, {"near": [at(9)]}), Choice(15, {"far": [at(9, 30)], "next": [at(9, 40)]})
    wanted = Combination(matters=[near, far], walking={("near", "far"): 15, ("next", "near"): 4})
    assert stops(plans(wanted)[0]) == [("near", at(9)), ("next", at(9, 40))]
    assert plans(wanted)[0].cost == 55 + 4
    uphill = Combination(matters=[near, far], walking={("near", "far"): 16, ("far", "near"): 1, ("near", "next"): 30})
    assert plans(uphill) == []


def test_the_guide_is_there_from_the_first_start_to_the_last_end() -> None:
    busy = [(at(9, 50), at(9, 55))]  # between two matters
    wanted = Combination(matters=[PASSPORT, TAX, MOVING_IN], walking=FLOORS, guide_busy=busy)
    assert stops(plans(wanted, 1)[0]) == [("3F", at(10)), ("1F", at(10, 45)), ("2F", at(11, 15))]
    just_fits = [(at(11), at(17)), (at(8), at(9, 30)), (at(8, 30), at(9))]
    wanted = Combination(matters=[PASSPORT, TAX, MOVING_IN], walking=FLOORS, guide_busy=just_fits)
    assert [plan.start for plan in plans(wanted)] == [at(9, 30)]


def test_a_wish_decides_between_plans_that_cost_the_same() -> None:
    free = range(at(9), at(17), 15)
    wanted = Combination(
        matters=[Choice(15, {"1F": free}), Choice(15, {"1F": free})], walking={}, wish=at(14, 10), latest=at(15)
    )
    assert [plan.start for plan in plans(wanted)] == [at(14, 15), at(14), at(14, 30)]
    shorter = Combination(matters=[PASSPORT, TAX, MOVING_IN], walking=FLOORS, wish=at(9, 15))
    assert plans(shorter)[0].start == at(9, 30)


def test_a_visit_lies_between_the_earliest_and_the_latest_time() -> None:
    free = range(at(9), at(17), 15)
    matters = [Choice(20, {"1F": free}), Choice(10, {"2F": free})]
    fits = Combination(matters=matters, walking=FLOORS, earliest=at(9, 15), latest=at(9, 50))
    assert [(plan.start, plan.span) for plan in plans(fits)] == [(at(9, 15), 35)]
    tight = Combination(matters=matters, walking=FLOORS, earliest=at(9, 16), latest=at(10, 4))
    assert obstacle(tight) == Obstacle(ObstacleKind.COMBINATION)


def test_a_day_without_a_plan_says_why() -> None:
    never, late = Choice(15, {"1F": []}), Choice(15, {"2F": [at(16, 50)]})
    wanted = Combination(matters=[never, PASSPORT, late], walking=FLOORS, latest=at(17))
    assert obstacle(wanted) == Obstacle(ObstacleKind.NO_FREE_START, (0, 2))
    all_day = [(0, 24 * 60)]
    wanted = Combination(matters=[PASSPORT, TAX], walking=FLOORS, guide_busy=all_day)
    assert obstacle(wanted) == Obstacle(ObstacleKind.GUIDE)
    same_time = [Choice(15, {"1F": [at(9)]}), Choice(15, {"2F": [at(9)]})]
    wanted = Combination(matters=same_time, walking=FLOORS, guide_busy=all_day)
    assert obstacle(wanted) == Obstacle(ObstacleKind.COMBINATION)
    assert obstacle(Combination(matters=[PASSPORT, TAX], walking=FLOORS)) is None
