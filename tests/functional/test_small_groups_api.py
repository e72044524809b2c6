"""No difference between any two published figures of waiting, whatever their filters, is about a few visitors."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from itertools import combinations, product
from random import Random
from typing import Any

import pytest

from server.core import database
from server.core.days import today
from tests.support.counted_tickets import SERVICES, some_tickets
from tests.support.system import System
from tests.support.visits import an_office
from tracking.statistics import books
from tracking.statistics.actions import counting
from tracking.statistics.cells import Filters
from tracking.statistics.queries import waiting
from tracking.statistics.rules import LEAST
from tracking.statistics.verify_waiting import Tickets

PAGE = "/api/v1/statistics/waiting"
OFFICES = ("east", "west", "north")
Cell = frozenset[tuple[str, str]]
NUMBERS = ("shown", "called", "estimates")


async def counted(seed: int) -> None:
    """Tickets of three offices and some months up to yesterday, of which none has many."""
    rng, key = Random(seed), 0
    for place, code in enumerate(OFFICES):
        office = (await an_office({"1": [*SERVICES[:3]]}, code=code)).id
        for months_ago in range(3):
            last = today().replace(day=1) - timedelta(days=1 + 31 * months_ago) if months_ago else today()
            days = [day for n in range(1, 9) if (day := last - timedelta(days=n)).month == (last - timedelta(1)).month]
            tickets = some_tickets(rng, rng.choice((3, 9, 25, 70)) + place, days, office=office, after=key)
            key += len(tickets)
            await books.write(books.TICKETS, [books.not_counted_yet(one) for one in tickets])
            for period in {one["period"] for one in tickets}:
                await counting.publish_month(office, period)


def cells(said: Mapping[str, Any]) -> list[tuple[Cell, dict[str, int]]]:
    """What each line of a document is about, and how many it counts."""
    under = frozenset(said["filters"].items())
    found = [(under, said["total"])]
    for dimension, lines in said["by"].items():
        for line in lines:
            about = {(dimension, line[dimension])}
            if dimension == "month":
                about.add(("year", line["month"][:4]))
            found.append((under | about, line))
    return [(about, {name: line[name] or 0 for name in NUMBERS if name in line}) for about, line in found]


@pytest.mark.parametrize("seed", range(2))
async def test_the_difference_of_two_figures_tells_of_nobody(system: System, seed: int) -> None:
    await counted(seed)
    years = {f"{today() - timedelta(days=n):%Y}" for n in (0, 100)}
    published: dict[Cell, dict[str, int]] = {}
    choices = product(("", *OFFICES), ("", "booked"), ("", *SERVICES[:2]), ("", *sorted(years)))
    for office, how, service, year in choices:
        query = {"office": office, "how": how, "service": service, "year": year}
        said = (await system.client.get(PAGE, params={k: v for k, v in query.items() if v})).json()
        for about, numbers in cells(said):
            assert published.setdefault(about, numbers) == numbers, about
    assert len(published) > 100
    pairs = 0
    for part, few in published.items():
        wider = (frozenset(some) for size in range(len(part)) for some in combinations(part, size))
        for whole in (one for one in wider if one in published):
            for name in {*few} & {*(many := published[whole])}:
                pairs += 1
                assert not 0 < many[name] - few[name] < LEAST, (name, dict(whole), many, dict(part), few)
    assert pairs > 1000
    for about, numbers in published.items():
        assert not [name for name, number in numbers.items() if name != "shown" and 0 < number < LEAST], about


@pytest.mark.parametrize("seed", range(3))
async def test_the_export_has_no_line_of_a_few_and_adds_up(system: System, seed: int) -> None:
    await counted(seed)
    raw = (await system.client.get(f"{PAGE}.csv")).text
    groups: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for line in csv.DictReader(io.StringIO(raw)):
        if line["outcome"] == "withheld":
            assert not [name for name in ("wait_seconds", "wait_minutes", "service_seconds", "case") if line[name]]
            continue
        group = tuple(line[name] for name in ("month", "office", "how", "service", "hour"))
        groups[group].update(["tickets", *(name for name in ("wait_seconds", "wait_minutes", "service_seconds",
                                                             "estimate_bias_seconds") if line[name])])  # fmt: skip
    assert groups
    assert not [found for found in groups.items() if not all(number >= LEAST for number in found[1].values())]
    added = Tickets()
    added.read(io.StringIO(raw, newline=""))
    assert list(added.differences((await system.client.get(PAGE)).json())) == []
    assert added.compared > 100
    for query in ("how=booked", "service=passport"):
        part = csv.DictReader(io.StringIO((await system.client.get(f"{PAGE}.csv?{query}")).text))
        assert [line for line in part if line["hour"]] == [], "the lines of few would have hours"


@pytest.mark.parametrize("seed", range(3))
async def test_days_and_what_is_left_of_their_month_tell_of_nobody(system: System, seed: int) -> None:
    await counted(seed)
    rows = await database.fetch("SELECT department_id, period, date, day_shown, called FROM statistics_ticket")
    days: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        day = row["date"] if row["day_shown"] else None
        days[row["department_id"], row["period"], str(day)] += row["called"]
    assert not [found for found in days.items() if 0 < found[1] < LEAST]
    shown = {day: wait for day, _visitors, wait in await waiting.by_day(Filters()) if wait is not None}
    assert {*map(str, shown)} <= {day for _office, _period, day in days}
    assert await waiting.by_day(Filters(kind="booked")) == []
    assert await waiting.by_day(Filters(district="passport")) == []
    months = (await waiting.waiting(Filters())).months
    for line in months[1:]:
        change = waiting.change(months, line.key)
        assert change is not None
        both = change.before["called"] + change.after["called"]
        assert both == sum(one.figures["called"] for one in months), "the same months, added up"
