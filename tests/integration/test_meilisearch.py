"""Meilisearch follows the database by jobs, is rebuilt without a gap, compared and repaired, and may fail.

No real one is available: it is the server of ``tests/support/meilisearch_server.py``.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from meilisearch import Client
from meilisearch.errors import MeilisearchApiError

from server.core import database, jobs
from server.core.search import FILL, Document, Embedded, Question
from server.core.search.meilisearch import channel, engine, shape
from server.core.search.meilisearch.channel import Channel, Rejected, Unavailable
from server.core.search.meilisearch.engine import Meilisearch
from server.core.search.port import Sort
from tests.support.meilisearch_server import MASTER, Server
from tests.support.postgres import NewDatabase
from tests.support.search_engines import ANSWER, SECRET, STORED, Bench, meilisearch

SORTS: tuple[Sort, ...] = ("relevance", "newest")


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


async def waiting() -> list[jobs.Line]:
    return await jobs.waiting(1_000)


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
    (dead,) = await jobs.dead_letters(2**62, 10)
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

    monkeypatch.setattr(filling, "_add", adding)
    await of(bench).rebuild(counted.append)
    assert counted[:2] == [3, 3]
    assert titles(server) == {f"가로등 {n}" for n in range(3, 8)} | {"바뀐 글", "새 글"}
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


# Searching


async def test_what_the_index_has_not_heard_of_is_not_shown(one: tuple[Bench, Server]) -> None:
    bench, _server = one
    await bench.put(*(Document(ANSWER, n, f"가로등 {n}") for n in (1, 2, 3)))
    await write(bench, Document(ANSWER, 1, "가로등 고장", readers=("cases",)))
    async with database.transaction():
        await bench.engine.remove(ANSWER, [2])
    assert await bench.found("가로등") == [("answer", 3)]


@pytest.mark.parametrize("fault", ["down", "refused", "wrong key"])
async def test_when_it_fails_the_database_answers_and_it_is_left_alone(one: tuple[Bench, Server], fault: str) -> None:
    bench, server = one
    await bench.put(Document(ANSWER, 1, "가로등"))
    assert not (await bench.ask("가로등")).simple
    if fault == "down":
        server.faults.status = 503
    elif fault == "refused":
        server.indexes[shape.INDEX].settings["filterableAttributes"] = []
    else:
        of(bench)._asked = Channel(server.url, "wrong", threads=1, seconds=1)
    answer = await bench.ask("가로등")
    assert (answer.simple, [hit.id for hit in answer.hits]) == (True, [1])
    before = len(server.requests)
    assert (await bench.ask("가로등")).simple
    assert len(server.requests) == before, "it is left alone"


async def test_it_is_asked_again_when_it_answers(one: tuple[Bench, Server], monkeypatch: pytest.MonkeyPatch) -> None:
    bench, server = one
    monkeypatch.setattr(engine, "FIRST_PROBE", 0.01)
    await bench.put(Document(ANSWER, 1, "가로등"))
    server.faults.status = 503
    assert (await bench.ask("가로등")).simple
    probing = of(bench)._probing
    assert probing is not None
    server.faults.status = 0
    await probing
    assert not (await bench.ask("가로등")).simple


async def test_three_slow_answers_are_enough(one: tuple[Bench, Server], monkeypatch: pytest.MonkeyPatch) -> None:
    bench, server = one
    await bench.put(Document(ANSWER, 1, "가로등"))
    monkeypatch.setattr(engine, "PATIENCE", 0.02)
    server.faults.searches = 0.2
    for _time in range(2):
        assert (await bench.ask("가로등")).simple
        assert of(bench)._probing is None
    assert (await bench.ask("가로등")).simple
    assert of(bench)._probing is not None


async def test_few_words_find_exactly_what_the_database_finds(one: tuple[Bench, Server]) -> None:
    bench, _server = one
    parts = ("가로등", "고장", "도로", "street", "2026")
    await bench.put(
        *(
            Document(ANSWER, n, " ".join(part for at, part in enumerate(parts) if n >> at & 1), "글", department=n % 3)
            for n in range(1, 32)
        )
    )
    embedded = Embedded(of(bench).kept)
    for words in ("가로등", "가로등 고장", "도로가 고장", "street 2026", "고장 도로 2026", "2026 street"):
        for sort in SORTS:
            question = Question(words, [ANSWER], limit=100, sort=sort, facets=True)
            expected, found = await embedded.search(question), await bench.engine.search(question)
            assert not found.simple
            assert {hit.id for hit in found.hits} == {hit.id for hit in expected.hits}, words
            assert (found.total, found.facets["department"]) == (expected.total, expected.facets["department"])


async def test_long_questions_find_what_lacks_their_rarest_word(one: tuple[Bench, Server]) -> None:
    bench, _server = one
    text = "밤마다 공원 옆 공장에서 나는 기계 소리 때문에 잠을 잘 수 없습니다"
    await bench.put(
        Document(ANSWER, 1, "소음", text),
        Document(ANSWER, 2, "드론", "드론 이야기"),
        *(Document(ANSWER, n, f"다른 글 {n}", "기계 이야기") for n in range(3, 30)),
    )
    found = await bench.ask(f"드론 {text}")
    assert [hit.id for hit in found.hits] == [1]


async def test_misspelt_words_that_no_dictionary_has_are_found(one: tuple[Bench, Server]) -> None:
    bench, _server = one
    await bench.put(Document(SECRET, 1, "Broken lanterns", readers=("cases",)))
    assert await bench.found("lantrens", readers=("cases",)) == [("secret", 1)]
    assert await bench.found("lantrens") == []


# Keys


async def test_a_key_of_its_own_is_enough(one: tuple[Bench, Server]) -> None:
    bench, server = one
    await bench.put(Document(ANSWER, 1, "가로등"))
    actions = ["search", "documents.*", "indexes.*", "settings.*", "tasks.get"]
    key = server.new_key(actions, [shape.INDEX, shape.ASIDE])["key"]
    other = Meilisearch(of(bench).kept, None, server.url, key)
    try:
        await other.rebuild(lambda _count: None)
        assert [line async for line in other.problems()] == []
        assert not (await other.search(Question("가로등", [ANSWER]))).simple
    finally:
        await other.close()


async def test_the_server_of_the_tests_checks_keys_and_tenant_tokens(one: tuple[Bench, Server]) -> None:
    bench, server = one
    await bench.put(Document(ANSWER, 1, "가로등"), Document(SECRET, 1, "가로등", readers=("cases",)))
    made = server.new_key(["search"], [shape.INDEX])
    with pytest.raises(MeilisearchApiError, match="invalid"):
        Client(server.url, "wrong").index(shape.INDEX).search("")
    with pytest.raises(MeilisearchApiError, match="invalid"):
        Client(server.url, made["key"]).index(shape.INDEX).get_settings()
    token = Client(server.url, made["key"]).generate_tenant_token(
        made["uid"], {shape.INDEX: {"filter": 'readers = "public"'}}
    )
    hits = Client(server.url, token).index(shape.INDEX).search("")["hits"]
    assert [hit["id"] for hit in hits] == [ANSWER.base + 1]
    with pytest.raises(MeilisearchApiError, match="invalid"):
        Client(server.url, token[:-4] + "AAAA").index(shape.INDEX).search("")


async def test_failures_have_one_of_two_meanings(one: tuple[Bench, Server]) -> None:
    _bench, server = one
    ask = Channel(server.url, MASTER, threads=1, seconds=1)
    assert not await channel.exists(ask, "nowhere")
    with pytest.raises(Rejected, match="invalid_document_filter"):
        await ask.call(lambda client: client.index(shape.INDEX).get_documents({"filter": "nothing = 1"}))
    gone = Channel("http://127.0.0.1:9", MASTER, threads=1, seconds=1)
    with pytest.raises(Unavailable):
        await gone.call(lambda client: client.health())
    ask.close()
    gone.close()
