"""Reference data that many ask for at once is read once."""

import asyncio
from dataclasses import replace

import pytest

from petitions import reference
from server.core import changes, city, config, database
from server.core.shared_reads import SharedReads
from tests.support.system import System


class Reading:
    """Reads when it is let."""

    def __init__(self) -> None:
        self.times, self.let = 0, asyncio.Event()

    async def __call__(self, key: str) -> str:
        self.times += 1
        await self.let.wait()
        return f"{key}{self.times}"


async def _started(count: int, reads: SharedReads[str, str]) -> list[asyncio.Task[str]]:
    tasks = [asyncio.create_task(reads.get("a", 60)) for _n in range(count)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_who_asks_during_a_reading_shares_it_also_if_the_first_leaves() -> None:
    reading = Reading()
    reads = SharedReads(reading)
    first, *others = await _started(5, reads)
    first.cancel()
    reading.let.set()
    assert await asyncio.gather(*others) == ["a1"] * 4
    assert await reads.get("a", 60) == "a1"
    assert await reads.get("b", 60) == "b2"
    assert await reads.get("a", 0) == "a3", "too old"


async def test_what_was_forgotten_during_its_reading_is_not_kept() -> None:
    reading = Reading()
    reads = SharedReads(reading)
    (before,) = await _started(1, reads)
    reads.forget()
    (after,) = await _started(1, reads)
    reading.let.set()
    assert [await before, await after] == ["a2", "a2"], "both began before they were let"
    assert reading.times == 2
    assert await reads.get("a", 60) == "a2"


async def test_what_events_change_is_let_go_with_the_next_one(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "_current", [replace(system.settings, keep_pages=True)])
    monkeypatch.setattr(changes.known, "heard", True)
    reading = Reading()
    reading.let.set()
    reads = SharedReads(reading, until_news=True)
    assert [await reads.get("a", 60), await reads.get("a", 60)] == ["a1", "a1"]
    assert await reads.get("a", 0) == "a2", "too old"
    changes.known.of_events()
    assert [await reads.get("a", 60), await reads.get("a", 60)] == ["a3", "a3"]
    monkeypatch.setattr(changes.known, "heard", False)
    assert [await reads.get("a", 60), await reads.get("a", 60)] == ["a4", "a5"], "others are not heard of"
    monkeypatch.setattr(changes.known, "heard", True)
    monkeypatch.setattr(config, "_current", [system.settings])
    assert await reads.get("a", 60) == "a6", "nothing is to be kept"


async def test_an_error_reaches_all_who_waited_and_is_not_kept() -> None:
    async def fail(_key: str) -> str:
        await asyncio.sleep(0)
        raise OSError("gone")

    reads = SharedReads(fail)
    found = await asyncio.gather(*await _started(3, reads), return_exceptions=True)
    assert [type(one) for one in found] == [OSError] * 3
    with pytest.raises(OSError, match="gone"):
        await reads.get("a", 60)


async def test_reference_data_is_read_once_for_all(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = list[str]()
    original = database._rows

    async def noted(sql: str, values: list[object]) -> object:
        seen.append(sql)
        return await original(sql, values)

    reference.forget()
    monkeypatch.setattr(database, "_rows", noted)
    found = await asyncio.gather(*(reference.reference() for _n in range(8)), *(city.city() for _n in range(8)))
    assert sum("FROM routing_rule" in sql for sql in seen) == 1
    assert sum("FROM department" in sql for sql in seen) <= 3, "for the city, for the reference data, and its profiles"
    assert len({id(one) for one in found[:8]}) == 1
    reference.forget()
    async with database.transaction():  # which must not wait for a reading that waits for its connection
        assert (await reference.reference()).rules
