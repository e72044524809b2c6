"""Meilisearch follows the database by jobs, is rebuilt without a gap, compared and repaired.

No real one is available: it is the server of ``tests/support/meilisearch_server.py``.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from meilisearch import Client

from server.core import database, jobs, outbox
from server.core.search import FILL, Document
from server.core.search.meilisearch import shape
from server.core.search.meilisearch.channel import Rejected
from server.core.search.meilisearch.engine import Meilisearch
from tests.support.meilisearch_server import MASTER, Server
from tests.support.postgres import NewDatabase
from tests.support.search_engines import ANSWER, SECRET, STORED, Bench, meilisearch


@pytest.fixture(params=["sqlite", "postgres"])
async def both(request: pytest.FixtureRequest, new_database: NewDatabase) -> AsyncIterator[tuple[Bench, Server]]:
    for documents in STORED.values():
        documents.clear()
    async with meilisearch(new_database(request.param)) as found:
        yield found


@pytest.fixture
async def one(new_database: NewDatabase) -> AsyncIterator[tuple[Bench, Server]]:
    for documents in STORED.values():
        documents.clear()
    async with meilisearch(new_database("sqlite")) as found:
        yield found


def of(bench: Bench) -> Meilisearch:
    assert isinstance(bench.engine, Meilisearch)
    return bench.engine


def worker(bench: Bench) -> jobs.Worker:
    return jobs.Worker({FILL: of(bench).fill}, {})


async def write(bench: Bench, *documents: Document) -> None:
    async with database.transaction():
        await bench.engine.put(documents)


def titles(server: Server, index: str = shape.INDEX) -> set[str]:
    return {document["title_other"] for document in server.indexes[index].documents.values()}


async def waiting() -> list[outbox.Line]:
    return await outbox.waiting(1_000)


async def until(server: Server, tasks: int) -> None:
    while len(server.tasks) < tasks:
        await asyncio.sleep(0.01)


# Jobs


async def test_changes_arrive_by_jobs_in_one_batch(both: tuple[Bench, Server]) -> None:
    bench, server = both
    for number in range(1, 6):
        await write(bench, Document(ANSWER, number, f"가로등 {number}"))
    await write(bench, Document(ANSWER, 2, "보안등"))
    async with database.transaction():
        await bench.engine.remove(ANSWER, [3])
    assert titles(server) == set()
    before = len(server.tasks)
    while await worker(bench).drain():
        pass
    assert titles(server) == {"가로등 1", "보안등", "가로등 4", "가로등 5"}
    assert [task["type"] for task in server.tasks[before:]] == ["documentAdditionOrUpdate", "documentDeletion"]
    assert await waiting() == []


async def test_what_is_rolled_back_never_arrives(both: tuple[Bench, Server]) -> None:
    bench, server = both

    async def fail() -> None:
        async with database.transaction():
            await bench.engine.put([Document(ANSWER, 1, "가로등")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert not await worker(bench).drain()
    assert titles(server) == set()


async def test_a_change_during_the_task_is_brought_too(both: tuple[Bench, Server]) -> None:
    """Another process may have brought the newer text before this one sends the older."""
    bench, server = both
    await write(bench, Document(ANSWER, 1, "옛 글"))
    server.faults.paused, before = True, len(server.tasks)
    running = asyncio.create_task(of(bench).filling.bring_waiting())
    await until(server, before + 1)
    await write(bench, Document(ANSWER, 1, "새 글"))
    await jobs.take([line.key for line in await waiting()])  # brought by the other one
    server.faults.paused = False
    await running
    assert titles(server) == {"새 글"}


async def test_a_document_that_is_refused_becomes_a_dead_letter_alone(
    both: tuple[Bench, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, server = both
    monkeypatch.setattr(jobs, "MAX_ATTEMPTS", 3)
    server.faults.poison = "독약"
    await write(bench, Document(ANSWER, 1, "독약"))
    await write(bench, Document(ANSWER, 2, "가로등"))
    for _attempt in range(8):
        await database.execute("UPDATE job SET run_at = created_at")
        await worker(bench).drain()
    assert titles(server) == {"가로등"}
    assert await waiting() == []
    (dead,) = await outbox.dead_letters(2**62, 10)
    assert "invalid_document_fields" in dead.error
    assert "독약" not in dead.error, "Meilisearch's message quotes the document"


@pytest.mark.parametrize("status", [429, 503])
async def test_while_it_is_away_jobs_wait_without_failing(both: tuple[Bench, Server], status: int) -> None:
    bench, server = both
    for number in range(1, 4):
        await write(bench, Document(ANSWER, number, f"가로등 {number}"))
    server.faults.status = status
    await worker(bench).drain()
    lines = await waiting()
    assert {(line.attempts, line.error) for line in lines} <= {(0, "")}
    assert len(lines) == 3
    assert not await worker(bench).drain(), "all of them are put off"
    server.faults.status = 0
    await database.execute("UPDATE job SET run_at = created_at")
    await worker(bench).drain()
    assert len(titles(server)) == 3


async def test_nothing_more_is_sent_while_many_tasks_wait(one: tuple[Bench, Server]) -> None:
    bench, server = one
    client = Client(server.url, MASTER)
    server.faults.paused = True
    for number in range(25):
        client.index(shape.INDEX).add_documents([{"id": number}])
    await write(bench, Document(ANSWER, 1, "가로등"))
    before = len(server.tasks)
    await worker(bench).drain()
    assert len(server.tasks) == before
    assert len(await waiting()) == 1


async def test_without_an_index_there_is_nothing_to_follow(one: tuple[Bench, Server]) -> None:
    bench, server = one
    del server.indexes[shape.INDEX]
    await write(bench, Document(ANSWER, 1, "가로등"))
    await worker(bench).drain()
    assert server.indexes == {}
    assert await waiting() == []
    assert [line async for line in of(bench).problems()] == ["search: Meilisearch has no index; run `sinmungo reindex`"]


# Rebuilding and checking


async def test_a_rebuild_swaps_and_brings_what_changed_meanwhile(
    both: tuple[Bench, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, server = both
    await bench.put(*(Document(ANSWER, number, f"가로등 {number}") for number in range(1, 8)))
    monkeypatch.setattr("server.core.search.meilisearch.filling.TOGETHER", 3)
    counted = list[int]()

    async def change() -> None:
        await write(bench, Document(ANSWER, 1, "바뀐 글"), Document(ANSWER, 8, "새 글"))
        async with database.transaction():
            await bench.engine.remove(ANSWER, [2])

    filling, added = of(bench).filling, list[str]()
    add = filling._add

    async def adding(index: str, rows: object) -> object:
        info = await add(index, rows)  # type: ignore[arg-type]
        added.append(index)
        if len(added) == 2:
            assert await bench.found("가로등 4"), "the old index serves"
            await change()
        return info

    async def repairing(index: str) -> int:
        found = await repair(index)
        if index == shape.ASIDE:
            assert {"바뀐 글", "새 글"} <= titles(server, shape.ASIDE), "it is whole when it is swapped in"
            await write(bench, Document(ANSWER, 9, "늦은 글"))
            await filling.bring_waiting()
            assert "늦은 글" in titles(server), "in the old index"
        return found

    repair = filling._repair
    monkeypatch.setattr(filling, "_add", adding)
    monkeypatch.setattr(filling, "_repair", repairing)
    await of(bench).rebuild(counted.append)
    assert counted[:2] == [3, 3]
    assert titles(server) == {f"가로등 {n}" for n in range(3, 8)} | {"바뀐 글", "새 글", "늦은 글"}
    assert set(server.indexes) == {shape.INDEX}
    assert not shape.differs(server.indexes[shape.INDEX].settings)


async def test_an_interrupted_rebuild_leaves_the_old_index_in_use(
    one: tuple[Bench, Server],
) -> None:
    bench, server = one
    await bench.put(Document(ANSWER, 1, "가로등"))
    server.faults.task = "database_size_limit_reached"
    with pytest.raises(Rejected, match="database_size_limit_reached"):
        await of(bench).rebuild(lambda _count: None)
    server.faults.task = ""
    assert set(server.indexes) == {shape.INDEX, shape.ASIDE}
    assert await bench.found("가로등") == [("answer", 1)]
    await of(bench).rebuild(lambda _count: None)
    assert set(server.indexes) == {shape.INDEX}
    assert await bench.found("가로등") == [("answer", 1)]


async def test_drift_is_found_and_repaired(both: tuple[Bench, Server]) -> None:
    bench, server = both
    await bench.put(*(Document(ANSWER, number, f"가로등 {number}") for number in range(1, 8)))
    assert [line async for line in of(bench).problems()] == []
    there = server.indexes[shape.INDEX]
    there.remove([str(ANSWER.base + 2)])
    there.add([{**there.documents[str(ANSWER.base + 3)], "digest": "old", "title_other": "옛 글"}])
    there.add([{"id": SECRET.base + 9, "digest": "left over", "title_other": "남은 글", "readers": ["public"]}])
    (line,) = [line async for line in of(bench).problems()]
    assert line == "search: 3 documents in Meilisearch were missing, outdated or too many; repaired"
    assert titles(server) == {f"가로등 {n}" for n in range(1, 8)}
    there.settings["stopWords"] = ["the"]
    assert [line async for line in of(bench).problems()] == [
        "search: the index in Meilisearch has other settings; run `sinmungo reindex`"
    ]
    server.faults.status = 503
    (line,) = [line async for line in of(bench).problems()]
    assert "cannot be checked" in line


async def test_what_is_forgotten_is_gone_at_once(one: tuple[Bench, Server]) -> None:
    bench, server = one
    await bench.put(Document(ANSWER, 1, "가로등"))
    async with database.transaction():
        await bench.engine.remove(ANSWER, [1])
    assert await of(bench).forget() == ""
    assert titles(server) == set()
    server.faults.status = 503
    await write(bench, Document(ANSWER, 2, "보안등"))
    assert "a job will remove them" in await of(bench).forget()
