"""The queue of an office as everybody sees it: one state for all open pages, read once for each change."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from server.core import clock, database
from server.core.accounts import Official
from server.core.days import today
from server.core.stream import hub as hubs
from tests.support.answers import official
from tests.support.stories import Stream, listening
from tests.support.system import System
from tests.support.visits import an_office
from tracking.visits.actions import arriving, calling, counters
from tracking.visits.actions.arriving import Press
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Counter
from tracking.visits.queries import offices, waiting_times
from tracking.visits.queue_forms import CallNext, Finish, OpenCounter
from tracking.visits.waits import replay

STREAM = "/offices/east/queue/stream"
PAGES = 40
MOST_QUERIES = 20
"""For one change, however many pages are open."""


@dataclass
class Office:
    """An office of today with one open counter on the third floor."""

    clerk: Official
    counter: str

    @classmethod
    async def opened(cls, **settings: Any) -> "Office":
        office = await an_office({"5": ["passport"], "6": ["moving"]}, days=[today()], **settings)
        await Counter.filter(number="5").update(floor=3)
        made = cls(await official("clerk"), str((await Counter.get(office_id=office.id, number="5")).id))
        await made.act(counters.open_counter, OpenCounter())
        return made

    async def walk_in(self, service: str = "passport") -> str:
        return (await arriving.walk_in(await offices.office("east"), [service], Press())).number

    async def call(self) -> None:
        await calling.call_next(self.clerk, self.counter, CallNext())

    async def act(self, action: Any, command: Any = Plain()) -> None:  # noqa: B008 — it is empty
        await action(self.clerk, self.counter, command)


async def until(stream: Stream, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The next state for which something holds."""
    while not condition(found := await stream.event()):
        pass
    return found


async def test_the_stream_carries_the_queue_itself(system: System) -> None:
    office = await Office.opened(most_calls=1)
    async with listening(system, system.client, STREAM) as stream:
        first = await stream.event()
        assert (first["what"], first["waiting"], first["called"], first["tickets"]) == ("queue", 0, [], {})
        assert first["services"]["passport"][0] == 0
        for _visitor in range(3):
            await office.walk_in()
        await office.walk_in("moving")
        three = await until(stream, lambda one: one["waiting"] == 4)
        assert [three["tickets"][number][0] for number in ("1", "2", "3", "4")] == [1, 2, 3, 1]
        low, middle, high = three["tickets"]["3"][1:]
        assert low <= middle <= high
        assert three["services"]["passport"][0] == 3
        assert three["ahead"] == {"passport": 3, "moving": 1}
        assert len(three["services"]["passport"]) == 4, "with what a visitor who came now would wait"
        await office.call()
        called = await until(stream, lambda one: one["called"] != [])
        (one,) = called["called"]
        assert (one["number"], one["counter"], one["floor"], one["state"]) == ("1", "5", 3, "called")
        assert called["tickets"]["2"][0] == 1
        await office.act(calling.start)
        await office.act(calling.finish, Finish())
        served = await until(stream, lambda one: one["called"][0]["state"] == "")
        assert served["called"][0]["sequence"] == one["sequence"], "it stays, but is not called again"
        await office.call()
        await office.act(calling.not_here)
        missed = await until(stream, lambda one: one["missed"] == ["2"])
        assert [one["number"] for one in missed["called"]] == ["2", "1"], "the latest first"
        assert missed["called"][0]["sequence"] > one["sequence"]
        await office.call()
        await office.act(calling.start)
        await office.act(calling.park)
        parked = await until(stream, lambda one: one["parked"] == ["3"])
        assert set(parked) == {
            "what", "day", "version", "waiting", "called", "services", "ahead", "tickets", "closing", "closed",
            "parked", "missed", "stream_id",
        }  # fmt: skip


async def test_the_last_calls_stay_and_whoever_is_at_a_counter_is_never_pushed_out(system: System) -> None:
    office = await Office.opened()
    other = str((await Counter.get(number="6")).id)
    await counters.open_counter(office.clerk, other, OpenCounter())
    kept = await office.walk_in("moving")
    await calling.call_next(office.clerk, other, CallNext())
    for _visitor in range(12):
        await office.walk_in()
        await office.call()
        await office.act(calling.start)
        await office.act(calling.finish, Finish())
    async with listening(system, system.client, STREAM) as stream:
        called = (await stream.event())["called"]
    assert [one["number"] for one in called] == [*(str(number) for number in range(13, 5, -1)), kept]


async def test_a_missing_counter_hides_no_other(system: System) -> None:
    office = await Office.opened()
    await office.walk_in()
    await office.call()
    async with database.transaction():
        await database.execute("UPDATE counter SET number = '', floor = 0 WHERE number = '5'")
    await office.walk_in()
    async with listening(system, system.client, STREAM) as stream:
        (one,) = (await until(stream, lambda one: one["waiting"] == 1))["called"]
    assert (one["number"], one["counter"]) == ("1", "")


async def test_one_change_is_read_and_encoded_once_for_all_pages(
    system: System, monkeypatch: pytest.MonkeyPatch, count_queries: Callable[[], list[str]]
) -> None:
    office = await Office.opened()
    await office.walk_in()
    estimated: list[object] = []
    original = replay.estimate

    def counted(*values: Any, **more: Any) -> Any:
        estimated.append(values)
        return original(*values, **more)

    monkeypatch.setattr(waiting_times, "estimate", counted)
    async with contextlib.AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(listening(system, system.client, STREAM)) for _page in range(PAGES)]
        before = {(await page.event())["version"] for page in pages}
        assert len(before) == 1
        estimated.clear()
        await office.walk_in()
        seen = count_queries()
        states = [await until(page, lambda one: one["waiting"] == 2) for page in pages]
        assert len(estimated) == 1
        # The ledger's tail, the versions and the state; the looks of a second that passes meanwhile.
        assert len(seen) <= MOST_QUERIES, seen
        assert all(one == states[0] for one in states)


async def test_an_event_of_the_queue_wakes_the_watchers_at_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await Office.opened()
    async with listening(system, system.client, STREAM) as stream:
        await stream.event()
        monkeypatch.setattr(hubs, "POLL", 3600.0)
        await asyncio.sleep(1.3)  # the look that has begun to wait ends
        await office.walk_in()
        await until(stream, lambda one: one["waiting"] == 1)


async def test_a_queue_is_sent_again_so_that_pages_know_that_they_are_alive(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Office.opened()
    monkeypatch.setattr("tracking.visits.routes.queue.AGAIN", 0.0)
    async with listening(system, system.client, STREAM) as stream:
        first, second = await stream.event(), await stream.event()
    assert first == second


async def test_nothing_is_kept_of_queues_that_nobody_looks_at(system: System) -> None:
    await Office.opened()
    await an_office({"1": ["passport"]}, days=[today()], code="west")
    async with listening(system, system.client, STREAM) as stream:
        await stream.event()
        async with listening(system, system.client, "/offices/west/queue/stream") as other:
            await other.event()
        queues = system.app.state.queues
        await queues.look({queues.topic("east")})
        assert set(queues._shown) == {"east"}


async def test_a_counter_is_free_since_it_finished_or_opened_or_somebody_came(system: System) -> None:
    office = await Office.opened()
    place = await offices.place("east")

    async def free() -> float | None:
        day_id = await database.value("SELECT id FROM queue_day")
        found, _closed = await waiting_times._queue(place, day_id)
        return next(one.free_since for one in found.counters if one.id == office.counter)

    assert await free() is None, "nobody waits"
    await database.execute("UPDATE counter_sitting SET since = ?", clock.now().replace(hour=0))
    await office.walk_in()
    first = await database.value("SELECT arrived_at FROM ticket")
    await office.walk_in()
    assert await free() == database.moment(first).timestamp(), "since the first came, not the last"
    await office.call()
    assert await free() is None
    await office.act(calling.start)
    await office.act(calling.finish, Finish())
    ended = database.moment(await database.value("SELECT MAX(ended_at) FROM ticket"))
    assert await free() == ended.timestamp()
    await office.act(counters.close)
    await office.act(counters.open_counter, OpenCounter())
    since = database.moment(await database.value("SELECT since FROM counter_sitting"))
    assert await free() == since.timestamp() > ended.timestamp()
