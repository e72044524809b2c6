"""The ledger finds what was tampered with, loses no reader, and keeps its order, on both databases."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from server.core import database, ledger, ledger_check
from server.core.errors import NotFound
from server.core.ledger import Audience, DomainEvent
from tests.support.system import System


class Said(DomainEvent, kind="test.said", audience=Audience.STAFF):
    """An event of these tests."""

    word: str


async def write(subject: str, *words: str) -> None:
    async with database.transaction():
        chain = await ledger.begin(subject)
        await chain.append("system", *(Said(word) for word in words))


async def problems() -> list[str]:
    return [problem async for problem in ledger_check.verify()]


async def test_an_untouched_ledger_has_no_problem(system: System) -> None:
    await write("case/A", "one", "two", "three")
    await write("case/B", "one")
    assert await problems() == []
    assert [entry.data["word"] for entry in await ledger.read("case/A")] == ["one", "two", "three"]


TAMPERINGS: dict[str, str] = {
    "data changed": "UPDATE ledger_event SET data = '{\"word\":\"ONE\"}' WHERE subject = 'case/A' AND sequence = 2",
    "actor changed": "UPDATE ledger_event SET actor = 'official:1' WHERE subject = 'case/A' AND sequence = 1",
    "audience changed": "UPDATE ledger_event SET audience = 'public' WHERE subject = 'case/A' AND sequence = 3",
    "kind changed": "UPDATE ledger_event SET kind = 'test.unsaid' WHERE subject = 'case/A' AND sequence = 3",
    "moment changed": "UPDATE ledger_event SET occurred_at = '2001-01-01 00:00:00+00:00' WHERE subject = 'case/B'",
    "moved to another subject": "UPDATE ledger_event SET subject = 'case/C' WHERE subject = 'case/B'",
    "sequence changed": "UPDATE ledger_event SET sequence = 9 WHERE subject = 'case/A' AND sequence = 3",
    "hash changed": f"UPDATE ledger_event SET hash = '{'f' * 64}' WHERE subject = 'case/A' AND sequence = 3",
    "first deleted": "DELETE FROM ledger_event WHERE subject = 'case/A' AND sequence = 1",
    "middle deleted": "DELETE FROM ledger_event WHERE subject = 'case/A' AND sequence = 2",
    "last deleted": "DELETE FROM ledger_event WHERE subject = 'case/A' AND sequence = 3",
    "only one deleted": "DELETE FROM ledger_event WHERE subject = 'case/B'",
    "head deleted": "DELETE FROM ledger_head WHERE subject = 'case/A'",
    "head shortened": "UPDATE ledger_head SET length = 2 WHERE subject = 'case/A'",
    "inserted at the end": (
        "INSERT INTO ledger_event (transaction_id, subject, sequence, kind, data, audience, actor, occurred_at, "
        "previous_hash, hash) SELECT transaction_id, subject, sequence + 1, kind, data, audience, actor, "
        "occurred_at, hash, hash FROM ledger_event WHERE subject = 'case/A' AND sequence = 3"
    ),
    "inserted in a new chain": (
        "INSERT INTO ledger_event (transaction_id, subject, sequence, kind, data, audience, actor, occurred_at, "
        "previous_hash, hash) SELECT transaction_id, 'case/Z', 1, kind, data, audience, actor, "
        "occurred_at, previous_hash, hash FROM ledger_event WHERE subject = 'case/A' AND sequence = 1"
    ),
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS.keys())
async def test_any_single_tampered_row_is_found(system: System, statement: str) -> None:
    await write("case/A", "one", "two", "three")
    await write("case/B", "one")
    await write("case/D", "one", "two")
    await database.connection().execute_script(statement)
    found = await problems()
    assert found
    assert all("case/D" not in problem for problem in found)


async def test_a_row_written_twice_in_one_place_is_refused_by_the_database(system: System) -> None:
    await write("case/A", "one")
    with pytest.raises(database.IntegrityError):
        await database.execute(
            "INSERT INTO ledger_event (transaction_id, subject, sequence, kind, data, audience, actor, occurred_at, "
            "previous_hash, hash) SELECT transaction_id, subject, sequence, kind, data, audience, actor, "
            "occurred_at, previous_hash, hash FROM ledger_event"
        )


async def test_an_unknown_subject_cannot_be_locked(system: System) -> None:
    with pytest.raises(NotFound):
        async with database.transaction():
            await ledger.lock("case/none")


async def test_what_was_rolled_back_leaves_no_trace_and_rings_no_bell(system: System) -> None:
    rung: list[int] = []
    with pytest.raises(RuntimeError):
        await _write_and_fail(lambda: rung.append(1))
    assert await ledger.read("case/A") == []
    assert await problems() == []
    assert rung == []


async def _write_and_fail(ring: Callable[[], None]) -> None:
    async with database.transaction():
        await write("case/A", "one")
        database.after_commit(ring)
        raise RuntimeError("on purpose")


async def test_many_writers_of_one_subject_leave_one_unbroken_chain(system: System) -> None:
    await write("case/A", "first")

    async def add(number: int) -> None:
        async with database.transaction():
            chain = await ledger.lock("case/A")
            await chain.append("system", Said(str(number)))

    await asyncio.gather(*(add(number) for number in range(20)))
    assert await problems() == []
    entries = await ledger.read("case/A")
    assert [entry.sequence for entry in entries] == list(range(1, 22))
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)


async def test_a_reader_across_subjects_skips_nothing_that_commits_late(system: System) -> None:
    """The first writer gets the smaller id and commits last; a reader in between must still see it later."""
    seen: list[str] = []
    place: ledger.Position = await ledger.position()
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.transaction():
            await write("case/slow", "slow")
            begun.set()
            await go.wait()

    async def follow() -> None:
        nonlocal place
        for entry in await ledger.tail(place):
            seen.append(entry.data["word"])
            place = (entry.transaction_id, entry.id)

    writer = asyncio.create_task(slow())
    await begun.wait()
    if database.dialect() == "postgres":  # SQLite has one writer at a time: nothing can overtake there
        await write("case/fast", "fast")
        await follow()
        assert seen == []
    go.set()
    await writer
    await write("case/last", "last")
    await _until(follow, lambda: "last" in seen)
    expected = ["slow", "fast", "last"] if database.dialect() == "postgres" else ["slow", "last"]
    assert seen == expected


async def _until(step: Callable[[], Awaitable[None]], done: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not done():
            await step()
            await asyncio.sleep(0.01)
