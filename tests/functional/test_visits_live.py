"""The timetable of a week changes on every open page when somebody takes or frees a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.support.stories import Stream, listening
from tests.support.system import System
from tests.support.visits import an_office, at, next_monday, wish
from tracking.visits.actions import booking, supply
from tracking.visits.models import Opening
from tracking.visits.queries import grid
from tracking.visits.states import OpeningKind
from tracking.visits.timetable import start_value

TOKEN = "t" * 64


def address(service: str = "passport") -> str:
    """The stream of the next Monday's week."""
    return f"/offices/east/slots/stream?service={service}&from={next_monday()}"


def start(clock_time: str) -> str:
    return start_value(at(clock_time))


async def marks(stream: Stream) -> dict[str, Any]:
    """The marks of the next event, by start."""
    found = await stream.event()
    assert found["what"] == "slots"
    marks: dict[str, Any] = found["marks"]
    return marks


@contextlib.asynccontextmanager
async def both(system: System) -> AsyncIterator[tuple[Stream, Stream]]:
    """Two pages that show the same week."""
    async with (
        listening(system, system.client, address()) as first,
        listening(system, system.client, address()) as second,
    ):
        yield first, second


async def test_a_hold_and_its_end_reach_every_open_timetable(system: System) -> None:
    await an_office({"1": ["passport"]})
    async with (
        listening(system, system.client, address()) as first,
        listening(system, system.client, address()) as second,
    ):
        whole = await marks(first)
        assert whole[start("09:00")] == ["△", 1]
        assert await marks(second) == whole
        number = await booking.hold(await wish(), TOKEN, "ko")
        for stream in (first, second):
            assert await marks(stream) == {start("09:00"): ["×", 0]}
        async with listening(system, system.client, address()) as third:
            assert (await marks(third))[start("09:00")] == ["×", 0], "who comes later is sent what is true by then"
        await booking.release(number, TOKEN)
        for stream in (first, second):
            assert await marks(stream) == {start("09:00"): ["△", 1]}


async def test_a_week_is_computed_once_however_many_look(
    system: System, monkeypatch: pytest.MonkeyPatch, count_queries: Callable[[], list[str]]
) -> None:
    await an_office({"1": ["passport"]})
    computed = 0
    original = grid.seen

    def counted(*values: Any) -> Any:
        nonlocal computed
        computed += 1
        return original(*values)

    monkeypatch.setattr(grid, "seen", counted)
    async with (
        listening(system, system.client, address()) as first,
        listening(system, system.client, address()) as second,
    ):
        await marks(first)
        await marks(second)
        assert computed == 1, "one day has a roster"
        seen = count_queries()
        await system.app.state.timetables.look({*system.app.state.hub._groups})
        assert len(seen) == 1, "nothing has changed"
        assert computed == 1


async def test_nothing_is_looked_at_when_nobody_has_a_timetable_open(system: System) -> None:
    await an_office({"1": ["passport"]})
    async with listening(system, system.client, address()) as stream:
        await marks(stream)
    timetables = system.app.state.timetables
    assert await timetables.look(set()) == []
    assert timetables._weeks == {}


async def test_a_change_of_the_roster_is_read_after_a_while(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    office = await an_office({"1": ["passport"]})
    monkeypatch.setattr("tracking.visits.routes.live.AGAIN", 0.0)
    async with listening(system, system.client, address()) as stream:
        await marks(stream)
        await Opening.create(
            office_id=office.id, date=next_monday(), kind=OpeningKind.CLOSED, opens="16:30", closes="17:00"
        )  # fmt: skip
        await supply.rebuild(office.id, [next_monday()])
        assert await marks(stream) == {start("16:30"): None, start("16:45"): None}


@pytest.mark.parametrize("query", ["service=passport&from=2031-01-06", "service=fishing", "service=passport&from=x"])
async def test_only_weeks_that_can_be_booked_are_followed(system: System, query: str) -> None:
    await an_office({"1": ["passport"]})
    answer = await asyncio.wait_for(system.client.get(f"/offices/east/slots/stream?{query}"), 5)
    assert answer.status_code in {404, 422}
