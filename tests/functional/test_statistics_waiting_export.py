"""Anybody recomputes the figures of waiting from the export: a line a ticket, which tells of nobody."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from server.core import clock
from tests.functional.test_kiosk_api import check_in, enrolled, ticket
from tests.functional.test_kiosk_offline_api import hand_in, later, setup
from tests.functional.test_kiosk_printing_api import a_kiosk, give_back, report
from tests.support.command import sinmungo
from tests.support.queue_bench import Bench, an_eventful_day
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.statistics import verify_waiting
from tracking.statistics.models import CountedTicket
from tracking.statistics.verify_waiting import Tickets
from tracking.visits.actions import booking, counters, printing, tickets
from tracking.visits.models import Ticket, Visit

PAGE = "/api/v1/statistics/waiting"
FILTERS = ("", "how=booked", "service=seal", "office=west&how=walk_in", "service=passport&how=walk_in&office=east")


async def two_offices(system: System) -> Bench:
    """An eventful day at each of two offices, four weeks apart, counted."""
    bench = await an_eventful_day(next_monday(), 1)
    await an_eventful_day(bench.day - timedelta(weeks=4), 5, code="west")
    with clock.at(at("00:05", bench.day + timedelta(days=1))):
        await counters.close_days()
        await system.work()
    return bench


async def files(system: System, folder: Path, query: str = "") -> tuple[str, str]:
    """The export and the figures, downloaded."""
    paths = folder / "waiting.csv", folder / "waiting.json"
    for path, suffix in zip(paths, (".csv", ""), strict=True):
        path.write_bytes((await system.client.get(f"{PAGE}{suffix}?{query}")).content)
    return str(paths[0]), str(paths[1])


async def test_everybody_recomputes_the_figures_and_finds_what_was_changed(system: System, tmp_path: Path) -> None:
    bench = await two_offices(system)
    export, figures = await files(system, tmp_path)
    lines = [*csv.DictReader(io.StringIO(Path(export).read_text()))]
    assert tuple(lines[0]) == verify_waiting.COLUMNS
    assert [one["month"] for one in lines] == sorted(one["month"] for one in lines)
    assert [one for one in lines if one["service"] and one["hour"]] == [], "nobody is known by both"
    assert not {"date", "day"} & {*lines[0]}
    own = [one for one in lines if one["office"] == "east" and not one["hour"]]
    assert [tuple(one.values()) for one in own] == sorted(tuple(one.values()) for one in own), "not as they came"
    assert len(own) == len(bench.truth)
    waits = sorted(one.wait for one in bench.truth.values() if one.wait is not None)
    assert sorted(int(one["wait_seconds"]) for one in own if one["wait_seconds"]) == waits
    secret = [*await Visit.all().values_list("number", flat=True), *await Ticket.all().values_list("code", flat=True)]
    text = Path(export).read_text()
    assert not [one for one in secret if str(one) in text]

    agreed = sinmungo(system.settings, "statistics", "verify", export, "--published", figures)
    assert (agreed.exit_code, agreed.stderr) == (0, "")
    assert f"{len(lines) // 2} tickets: every published figure is what the lines add up to" in agreed.stdout
    at_home = sinmungo(system.settings, "statistics", "verify", export)
    assert (at_home.exit_code, "Each line is what the records say" in at_home.stdout) == (0, True), at_home.stderr

    # A figure was made better, and a line.
    text = Path(figures).read_text()
    mean = f'"mean_wait_seconds":{(await system.client.get(PAGE)).json()["total"]["mean_wait_seconds"]}'
    (tmp_path / "better.json").write_text(text.replace(mean, '"mean_wait_seconds":60', 1))
    found = sinmungo(system.settings, "statistics", "verify", export, "--published", str(tmp_path / "better.json"))
    assert found.exit_code == 1
    assert f"total: mean_wait_seconds is published as 60, the lines say {mean.partition(':')[2]}" in found.stderr
    raw = Path(export).read_text()
    missed = next(one for one in raw.splitlines() if ",missed," in one and ",,1,missed" in one)
    (tmp_path / "better.csv").write_text(raw.replace(missed, missed.replace(",missed,", ",served,"), 1), newline="")
    found = sinmungo(system.settings, "statistics", "verify", str(tmp_path / "better.csv"))
    assert (found.exit_code, "The figures differ. total: served is published as" in found.stderr) == (1, True)
    assert f"the records of {lines[0]['office']}/{lines[0]['month']} have no such ticket" in found.stderr
    own_lines = raw.splitlines(keepends=True)
    own_lines.remove(next(one for one in own_lines if ",passport," in one))
    (tmp_path / "part.csv").write_text("".join(own_lines), newline="")
    found = sinmungo(system.settings, "statistics", "verify", str(tmp_path / "part.csv"))
    assert (found.exit_code, "total: visitors is published as" in found.stderr) == (1, True)
    assert "fewer tickets than were published" in found.stderr


async def test_months_that_change_no_figure_and_months_in_two_places_are_found(system: System, tmp_path: Path) -> None:
    bench = await two_offices(system)
    export, _figures = await files(system, tmp_path)
    raw = Path(export).read_text()
    waited = sorted({line.split(",")[7] for line in raw.splitlines()[1:] if line.split(",")[7]}, key=int)
    one, other = (f",{seconds}," for seconds in waited[-2:])
    swapped = raw.replace(one, ",~,").replace(other, one).replace(",~,", other)
    (tmp_path / "moved.csv").write_text(swapped, newline="")
    found = sinmungo(system.settings, "statistics", "verify", str(tmp_path / "moved.csv"))
    assert (found.exit_code, "no such ticket" in found.stderr) == (1, True), bench.day
    head, first, *rest = raw.splitlines(keepends=True)
    (tmp_path / "mixed.csv").write_text("".join([head, *rest, first]), newline="")
    found = sinmungo(system.settings, "statistics", "verify", str(tmp_path / "mixed.csv"))
    assert (found.exit_code, "stands in two places" in found.stderr) == (1, True)


async def test_each_published_figure_is_compared(system: System) -> None:
    await two_offices(system)
    said = (await system.client.get(PAGE)).json()
    added = Tickets()
    added.read(io.StringIO((await system.client.get(f"{PAGE}.csv")).text, newline=""))
    assert list(added.differences(said)) == []
    places: list[tuple[str, dict[str, Any]]] = [("total", said["total"])]
    places += [(f"{name} {line[name]}", line) for name, those in said["by"].items() for line in those]
    for where, line in places:
        for name in [name for name in line if name != "name" and f"{name} " not in where]:
            kept = line[name]
            line[name] = 12345 if kept is None else kept + 1
            (found,) = added.differences(said)
            assert found.startswith(f"{where}: {name} is published as {line[name]}, the lines say")
            line[name] = kept


@pytest.mark.parametrize("query", FILTERS)
async def test_a_part_is_recomputed_under_its_filters(system: System, tmp_path: Path, query: str) -> None:
    bench = await two_offices(system)
    whole, _all = await files(system, tmp_path)
    (tmp_path / "part").mkdir()
    for under in filter(None, (query, f"{query}&year={bench.day:%Y}")):
        part, figures = await files(system, tmp_path / "part", under)
        for export in (part, whole):
            agreed = sinmungo(system.settings, "statistics", "verify", export, "--published", figures)
            assert (agreed.exit_code, agreed.stderr) == (0, ""), under
        at_home = sinmungo(system.settings, "statistics", "verify", part, "--filters", under.strip("&"))
        assert (at_home.exit_code, "Each line is what the records say" in at_home.stdout) == (0, True), at_home.stderr
    for wrong, says in ((["--filters", "kind=listening"], "These are no filters: kind"),
                        (["--filters", "office=nowhere"], "No such value: office"),
                        (["--forums", whole], "leave --forums out")):  # fmt: skip
        refused = sinmungo(system.settings, "statistics", "verify", whole, *wrong)
        assert (refused.exit_code, says in refused.stderr) == (2, True), refused.stderr


async def test_tickets_that_were_never_printed_are_no_visitors(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        kim = await booking.book_now(await wish(start="09:15"), contact("kim"))
    with clock.at(at("09:00")):
        device = await a_kiosk(system)
        await setup(system, device)  # reserves the numbers of its tickets without network
        given, forgotten, noted, printed, open_still = [
            (await ticket(system, device)).json()["number"] for _one in range(5)
        ]
        booked = (await check_in(system, device, number=kim.number, key=kim.key)).json()["number"]
        for number in (given, forgotten, noted, booked):
            await report(system, device, number, "failed")
        for number in (given, booked):
            assert (await give_back(system, device, number)).json()["state"] == "left"
        again = (await check_in(system, device, number=kim.number, key=kim.key)).json()["number"]
        await report(system, device, noted, "not_needed")
        for state in ("printed", "failed"):
            await report(system, device, printed, state)
        (offline,) = await hand_in(system, device, later(981, "09:00", "p", print_state="failed"))
        assert offline["print_state"] == "failed"
    with clock.at(at("09:10")):
        assert await printing.give_back_forgotten() == 2, "the forgotten one, and the one handed in"
        for number in (noted, printed):
            await tickets.leave((await Ticket.get(number=number)).code)
        await report(system, device, open_still, "failed")
        quiet = await enrolled(system)  # without a printer: its visitor noted the number
        seen = (await ticket(system, quiet)).json()
        for state in ("not_needed", "pending", "failed"):
            await report(system, quiet, seen["number"], state)
        await tickets.leave(seen["code"])
    day = (await Ticket.get(number=again)).arrived_at.date() + timedelta(days=1)
    with clock.at(at("00:05", day)):
        assert await counters.close_days() == 1
        await system.work()
    total = (await system.client.get(PAGE)).json()["total"]
    counted = [noted, printed, again, seen["number"]]
    assert (total["visitors"], total["left_early"]) == (len(counted), None), "of four people only their number"
    lines = [*csv.DictReader(io.StringIO((await system.client.get(f"{PAGE}.csv")).text))]
    assert [one["outcome"] for one in lines] == ["withheld"] * 2 * len(counted)
    assert [one["how"] for one in lines if not one["hour"]] == ["_few"] * len(counted)
    own = [orjson.loads(one.own) for one in await CountedTicket.all()]
    assert sorted(one["how"] for one in own) == ["booked", "walk_in", "walk_in", "walk_in"]
    assert [one["left_early"] for one in own] == [1] * len(counted)
