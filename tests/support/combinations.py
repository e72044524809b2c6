"""Generated visits of several matters, possible and impossible ones, for the planner and whoever needs such a day."""

import random
from itertools import combinations, permutations

from tracking.visits.combining import Choice, Combination

OPENS, CLOSES = 9 * 60, 17 * 60


def combination(
    rng: random.Random, *, matters: int, places: int, grid: int, starts: int, guide: bool, order: bool
) -> Combination:
    """A visit on a day of which each matter is free at some of its places, at no more than so many starts there.

    The starts lie within a few hours, so that several matters compete for them.
    """
    shared = rng.random() < 0.5
    opens = rng.randrange(OPENS, CLOSES - 240, grid)
    grid_starts = range(opens, opens + rng.choice((90, 180, 240)), grid)
    names = [f"{number}F" for number in range(places if shared else matters * places)]
    walking = {pair: rng.randrange(13) for pair in combinations(names, 2)}
    if rng.random() < 0.3:  # upstairs takes longer than downstairs
        walking = {pair: rng.randrange(13) for pair in permutations(names, 2)}
    choices = []
    for number in range(matters):
        able = names if shared else names[number * places : (number + 1) * places]
        choices.append(
            Choice(
                rng.choice((5, 10, 15, 20, 30, 45)),
                {
                    place: sorted(rng.sample(grid_starts, min(len(grid_starts), rng.randint(0, starts))))
                    for place in rng.sample(able, rng.randint(1, places))
                },
            )
        )
    sequence = rng.sample(range(matters), matters)
    busy = [
        (begin, begin + rng.choice((10, 30))) for begin in rng.sample(range(OPENS, CLOSES, grid), rng.randint(1, 4))
    ]
    return Combination(
        matters=choices,
        walking=walking,
        before=[pair for pair in combinations(sequence, 2) if rng.random() < 0.3] if order else [],
        guide_busy=busy if guide else [],
        earliest=rng.choice((0, opens, opens + grid)),
        latest=rng.choice((24 * 60, CLOSES, opens + 210)),
        wish=rng.choice((None, None, rng.randrange(OPENS, CLOSES))),
    )
