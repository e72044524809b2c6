"""Figures of the day: counted from the ledger when the day is closed, equal to what happened, however it is counted."""

from datetime import timedelta
from typing import Any

from server.core import clock, database
from tests.support.queue_bench import Bench, an_eventful_day
from tests.support.system import System
from tests.support.visits import at, next_monday
from tracking.statistics.actions import recounting
from tracking.statistics.models import Recount
from tracking.statistics.rules import LEAST
from tracking.visits.actions import calling, counters
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Call, Office, Ticket, Visit
from tracking.visits.queries import queue
from tracking.visits.queue_forms import Finish, OpenCounter
from tracking.visits.states import TicketState

PAGE = "/api/v1/statistics/waiting"


async def closed(system: System, bench: Bench) -> dict[str, Any]:
    """The published figures after the night."""
    with clock.at(at("00:05", bench.day + timedelta(days=1))):
        assert await counters.close_days() == 1
        await system.work()
    found: dict[str, Any] = (await system.client.get(PAGE)).json()
    return found


def minutes(seconds: list[int], share: float) -> float:
    """A percentile by nearest rank, in minutes rounded up."""
    found = sorted(-(-one // 60) for one in seconds)
    if share == 0.5:
        return (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2
    return found[-(-len(found) * 90 // 100) - 1]


async def test_what_is_shown_is_what_happened(system: System) -> None:
    bench = await an_eventful_day(next_monday())
    found = await closed(system, bench)
    truth = [*bench.truth.values()]
    assert {one.state for one in await Ticket.all()} >= {TicketState.DONE, TicketState.MISSED, TicketState.LEFT}
    assert await Call.all().count() > len(truth), "some were called again"
    waits = [one.wait for one in truth if one.wait is not None]
    served = [round(one.served.total_seconds()) for one in truth if one.served is not None]
    total = found["total"]
    assert total["visitors"] == len(truth) == await Ticket.all().count()
    assert total["called"] == len(waits)
    assert total["mean_wait_seconds"] == round(sum(waits) / len(waits))
    assert total["median_wait_minutes"] == minutes(waits, 0.5)
    assert total["p90_wait_minutes"] == minutes(waits, 0.9)
    assert total["mean_service_seconds"] == round(sum(served) / len(served))
    assert total["median_service_minutes"] == minutes(served, 0.5)
    assert total["missed"] == sum(one.ended == "missed" for one in truth) > 0
    assert total["served"] == sum(one.ended == "done" for one in truth)
    ways = {line["how"]: line["visitors"] for line in found["by"]["how"]}
    assert ways == {"booked": sum(one.booked for one in truth), "walk_in": sum(not one.booked for one in truth)}
    for service in ("passport", "moving", "seal"):
        (line,) = (line for line in found["by"]["service"] if line["service"] == service)
        ours = [one.wait for one in truth if one.service == service and one.wait is not None]
        assert line["mean_wait_seconds"] == round(sum(ours) / len(ours)), service
    hours = {line["hour"]: line for line in found["by"]["hour"]}
    assert {*hours} - {"_few"}
    for hour, line in hours.items():
        those = [one for one in truth if (f"{one.hour:02}" if f"{one.hour:02}" in hours else "_few") == hour]
        ours = [one.wait for one in those if one.wait is not None]
        assert line["visitors"] == len(those) >= LEAST
        assert (line["called"], line["median_wait_minutes"]) == (len(ours), minutes(ours, 0.5))
    (month,) = found["by"]["month"]
    assert month["mean_wait_seconds"] == total["mean_wait_seconds"]
    assert month["median_wait_minutes"] == total["median_wait_minutes"]


async def test_the_accuracy_of_estimates_is_what_happened(system: System) -> None:
    bench = await an_eventful_day(next_monday(), 2)
    found = (await closed(system, bench))["total"]
    errors, held = [], 0
    for one in bench.truth.values():
        if one.told and one.told_at and one.called_at:
            actual = (one.called_at - one.told_at).total_seconds() / 60
            errors.append((round(one.told[1], 2) - actual) * 60)
            held += round(one.told[0], 2) <= actual <= round(one.told[2], 2)
    assert found["estimates"] == len(errors) > 15
    assert found["estimate_held_percent"] == held * 100 // len(errors)
    assert abs(found["estimate_error_seconds"] - sum(map(abs, errors)) / len(errors)) <= 1
    assert abs(found["estimate_bias_seconds"] - sum(errors) / len(errors)) <= 1


async def test_a_recount_finds_nothing_to_correct_and_mends_what_was_changed(system: System) -> None:
    bench = await an_eventful_day(next_monday(), 3)
    before = await closed(system, bench)
    with clock.at(at("00:30", bench.day + timedelta(days=1))):
        await recounting.everything()
        row = await Recount.all().order_by("-id").first()
        assert row is not None
        assert (row.late, row.corrected, row.samples) == (0, 0, [])
        await database.execute("UPDATE statistics_ticket SET wait_seconds = wait_seconds + 600")
        await database.execute("UPDATE statistics_tickets SET visitors = visitors + 1")
        await database.execute("UPDATE ticket SET first_called_at = arrived_at")  # the tables are not what is counted
        await recounting.everything()
    again = (await system.client.get(PAGE)).json()
    assert {**again, "as_of": ""} == {**before, "as_of": ""}


async def test_who_was_carried_over_counts_on_the_day_of_their_call(system: System) -> None:
    bench = await an_eventful_day(next_monday(), 4, carry_over=True)
    with clock.at(at("16:30", bench.day)):
        late = await bench.arrives("seal")
    tuesday = bench.day + timedelta(days=1)
    first = (await closed(system, bench))["total"]
    assert first["visitors"] < len(bench.truth)
    with clock.at(at("09:10", tuesday)):
        await counters.open_counter(bench.clerk, bench.key("2"), OpenCounter())
        while await bench.calls("2"):
            await calling.not_here(bench.clerk, bench.key("2"), Plain())
        assert bench.truth[late.id].called_at == clock.now()
    await Office.all().update(carry_over=False)
    with clock.at(at("00:05", tuesday + timedelta(days=1))):
        assert await counters.close_days() == 1
        await system.work()
    both = (await system.client.get(PAGE)).json()["total"]
    assert both["visitors"] == len(bench.truth)
    assert both["called"] == sum(one.called_at is not None for one in bench.truth.values())


async def test_how_many_cases_were_settled_in_one_visit(system: System) -> None:
    bench = await an_eventful_day(next_monday(), 6)
    with clock.at(at("14:00", bench.day)):
        while (left := await queue.at_counter(bench.counter["1"])) or await bench.calls("1"):
            if left is None or left.state is TicketState.CALLED:
                await calling.start(bench.clerk, bench.key("1"), Plain())
            await calling.finish(bench.clerk, bench.key("1"), Finish())
        for case in ("A-1", "A-2", "A-3", "A-4"):
            ticket = await bench.arrives("moving")
            await Ticket.filter(id=ticket.id).update(case_reference=case)
            await bench.calls("1")
            await bench.starts("1", ticket)
            await calling.finish(bench.clerk, bench.key("1"), Finish(settles_case=case != "A-4"))
    earlier = await Visit.filter(state="served").first()
    assert earlier is not None
    await Visit.filter(id=earlier.id).update(case_reference="A-2", date=bench.day - timedelta(days=7))
    total = (await closed(system, bench))["total"]
    assert (total["cases_settled"], total["one_visit_percent"]) == (3, 66)
