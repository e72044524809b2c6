"""``sinmungo queue log``: a day of the running system as a log, and what ``queue evaluate`` says of it."""

from collections import Counter
from datetime import date

import orjson

from server.core import clock
from tests.support.queue_bench import an_eventful_day
from tests.support.system import System
from tests.support.visits import at, next_monday
from tracking.visits.models import Ticket
from tracking.visits.queries import accuracy, offices, queue_log
from tracking.visits.waits.evaluation import evaluate
from tracking.visits.waits.log import read


async def test_a_day_that_was_exported_can_be_evaluated(system: System) -> None:
    bench = await an_eventful_day(next_monday(), 7, booked_an_hour=3)
    lines = await queue_log.lines(await offices.place("east"), bench.day)
    kinds = Counter(line["what"] for line in lines)
    truth = [*bench.truth.values()]
    assert kinds["arrival"] == len(truth) == await Ticket.all().count()
    assert kinds["booking"] == 6
    assert kinds["roster"] == 2 * 4 + 2, "the plan with its lunch break, and the two counters that opened"
    assert kinds["no_show"] > 0
    log = read([orjson.dumps(line) for line in lines])
    assert log.unknown == {}
    assert log.out_of_order == 0
    found = evaluate(log.lines)
    called = [one for one in truth if one.called_at]
    assert len(found.compared) == len(called)
    waits = sorted(
        round((one.called_at - one.told_at).total_seconds()) for one in called if one.called_at and one.told_at
    )
    assert sorted(round(one.waited * 60) for one in found.compared) == waits
    figures = found.figures()
    assert figures is not None
    with clock.at(at("16:00", bench.day)):
        running = await accuracy.of_office(bench.office.id)
    assert running.count == len(called)
    # The running system knew planned durations where the log begins with nothing, so they agree without being equal.
    assert abs(figures["mae"] - running.off / running.count) < 3, (figures, running)


async def test_a_day_without_a_queue_and_names(system: System) -> None:
    bench = await an_eventful_day(next_monday(), 8)
    lines = await queue_log.lines(await offices.place("east"), date(2020, 1, 6))
    assert lines == []
    names = {
        line["ticket"] for line in await queue_log.lines(await offices.place("east"), bench.day) if "ticket" in line
    }
    assert not any(one.isalpha() for one in names), "nobody is named"
