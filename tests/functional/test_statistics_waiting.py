"""The published figures about waiting: page, JSON, CSV and dictionary say the same; filters, comparison, accuracy."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from server.core import clock
from tests.support.queue_bench import Bench, an_eventful_day
from tests.support.system import System
from tests.support.visits import at, next_monday
from tracking.statistics import dictionary
from tracking.visits.actions import counters

PAGE = "/statistics/waiting"


async def counted(system: System, seed: int = 1) -> Bench:
    bench = await an_eventful_day(next_monday(), seed)
    with clock.at(at("00:05", bench.day + timedelta(days=1))):
        await counters.close_days()
        await system.work()
    return bench


async def test_page_json_and_csv_say_the_same(system: System, count_queries: Callable[[], list[str]]) -> None:
    empty = (await system.client.get(f"{PAGE}?lang=en")).text
    assert "No day has been counted yet" in empty
    bench = await counted(system)
    found = (await system.client.get(f"/api/v1{PAGE}")).json()
    lines = [*csv.DictReader(io.StringIO((await system.client.get(f"/api/v1{PAGE}.csv")).text))]
    assert tuple(lines[0]) == dictionary.COLUMNS["waiting.csv"]
    tickets, hours = [[one for one in lines if bool(one["hour"]) is hourly] for hourly in (False, True)]
    assert len(tickets) == len(hours) == found["total"]["visitors"] == len(bench.truth)
    for dimension in ("how", "office", "service", "hour"):
        said = {line[dimension]: line["visitors"] for line in found["by"][dimension]}
        assert Counter(line[dimension] for line in (hours if dimension == "hour" else tickets)) == said
    with clock.at(at("09:00", bench.day + timedelta(days=1))):
        seen = count_queries()
        page = (await system.client.get(f"{PAGE}?lang=en")).text
        assert len(seen) <= 26, seen
    assert f"{found['total']['mean_wait_seconds'] / 60:.1f} min" in page
    assert "The last four weeks, day by day" in page
    assert 'name="since"' not in page, "one month only: there is nothing to compare"
    assert "for which nobody had to come before." in page
    words = (await system.client.get("/api/v1/statistics/dictionary")).json()
    assert {word["name"] for word in words["waiting"]} == {*found["total"]}


async def test_filters_narrow_the_figures(system: System) -> None:
    bench = await counted(system)
    found = (await system.client.get(f"/api/v1{PAGE}?how=booked&office=east&service=passport")).json()
    assert found["total"]["visitors"] == sum(one.booked for one in bench.truth.values())
    assert found["filters"] == {"office": "east", "how": "booked", "service": "passport"}
    assert (await system.client.get(f"/api/v1{PAGE}?service=nothing")).status_code == 422
    assert (await system.client.get(f"/api/v1{PAGE}?office=nowhere")).status_code == 422
    for language in ("ko", "ja", "en"):
        page = await system.client.get(f"{PAGE}?how=walk_in&service=moving&year={bench.day:%Y}&lang={language}")
        assert page.status_code == 200
    nothing = await system.client.get(f"{PAGE}?year=1999&lang=en")
    assert "No matches for these filters" in nothing.text


async def test_how_much_shorter_waiting_became(system: System) -> None:
    bench = await counted(system)
    month = f"{bench.day:%Y-%m}"
    assert "The mean wait" not in (await system.client.get(f"{PAGE}?since={month}&lang=en")).text, "nothing before"
    earlier = bench.day - timedelta(weeks=4)
    other = await an_eventful_day(earlier, 5, code="west")
    with clock.at(at("00:05", bench.day + timedelta(days=1))):
        await counters.close_days()
        await system.work()
        page = (await system.client.get(f"{PAGE}?since={month}&lang=en")).text
    means = [
        round(sum(waits) / len(waits))
        for one in (other, bench)
        if (waits := [each.wait for each in one.truth.values() if each.wait is not None])
    ]
    assert 'name="since"' in page
    word = "shorter" if means[0] > means[1] else "longer"
    assert f"The mean wait became {abs(means[0] - means[1]) / 60:.1f} minutes {word}." in page
    assert f"Before and after {month}" in page


async def test_how_good_estimates_were_is_said_where_there_are_enough(system: System) -> None:
    bench = await counted(system)
    with clock.at(at("09:00", bench.day + timedelta(days=1))):
        page = (await system.client.get(f"{PAGE}?lang=en")).text
    assert "too few to say how good they are" in page
