"""How much an estimate of waiting times has to do: steps of the replay are counted, not timed."""

from random import Random

import pytest

from tests.unit.test_queue_waits import ALL, NOW, RULE, pace
from tracking.visits.waits import replay
from tracking.visits.waits.order import MINUTE, Ticket
from tracking.visits.waits.prepared import REPETITIONS, WORK, Prepared
from tracking.visits.waits.queue import Coming, Counter, Queue
from tracking.visits.waits.replay import estimate

SERVICES = sorted(ALL)


def a_day(waiting: int, counters: int, bookings: int = 0) -> Queue:
    """A queue with bookings to come; every third counter rests for a while, every fourth does one service only."""
    random = Random(waiting * 100 + counters)
    able = [frozenset(SERVICES[:1]) if number % 4 == 3 else ALL for number in range(counters)]
    spans = (((NOW, NOW + 900), (NOW + 2700, NOW + 28800)), ((NOW, NOW + 28800),))
    return Queue(
        NOW,
        RULE,
        tuple(
            Ticket(f"T{number:03}", random.choice(SERVICES), NOW - random.uniform(0, 40) * MINUTE)
            for number in range(waiting)
        ),
        tuple(Counter(str(number), able[number], spans[number % 3 > 0]) for number in range(counters)),
        tuple(Coming(random.choice(SERVICES), NOW + random.uniform(0, 240) * MINUTE) for _one in range(bookings)),
        walk_ins=(("moving", 30), ("certificates", 20)),
    )


@pytest.mark.parametrize(
    ("waiting", "counters", "bookings"),
    [(1, 1, 0), (10, 5, 8), (40, 5, 20), (100, 10, 40), (300, 20, 200), (1000, 40, 400)],
)
def test_the_work_of_an_estimate_is_bounded(
    waiting: int, counters: int, bookings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few repetitions of a long queue, many of a short one; each step calls somebody, waits or ends a counter's day."""
    steps, real = 0, replay._Repetition._next

    def counting(self: replay._Repetition, counter: int, at: float) -> tuple[int | None, float | None]:
        nonlocal steps
        steps += 1
        return real(self, counter, at)

    monkeypatch.setattr(replay._Repetition, "_next", counting)
    found = a_day(waiting, counters, bookings)
    prepared = Prepared(found, pace(), SERVICES)
    calls = len(prepared.everybody) + len(SERVICES)
    assert prepared.repetitions in REPETITIONS
    assert prepared.repetitions == REPETITIONS[-1] or prepared.repetitions * calls <= WORK
    waits = estimate(found, pace(), walk_ins=SERVICES)
    assert len(waits.tickets) == waiting
    assert steps <= prepared.repetitions * (calls + counters), "nobody is called twice, no counter waits in a loop"
