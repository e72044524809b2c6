"""What a city finds through Meilisearch, with which keys, and what happens when it does not answer.

No real one is available: it is the server of ``tests/support/meilisearch_server.py``.
"""

from collections.abc import AsyncIterator

import pytest
from meilisearch import Client
from meilisearch.errors import MeilisearchApiError

from server.core import database
from server.core.search import Document, Embedded, Question
from server.core.search.meilisearch import channel, engine, shape
from server.core.search.meilisearch.channel import Channel, Rejected, Unavailable
from server.core.search.meilisearch.engine import Meilisearch
from server.core.search.port import Sort
from tests.support.meilisearch_server import MASTER, Server
from tests.support.postgres import NewDatabase
from tests.support.search_engines import ANSWER, SECRET, STORED, Bench, meilisearch

SORTS: tuple[Sort, ...] = ("relevance", "newest")


@pytest.fixture
async def one(new_database: NewDatabase) -> AsyncIterator[tuple[Bench, Server]]:
    for documents in STORED.values():
        documents.clear()
    async with meilisearch(new_database("sqlite")) as found:
        yield found


def of(bench: Bench) -> Meilisearch:
    assert isinstance(bench.engine, Meilisearch)
    return bench.engine


async def write(bench: Bench, *documents: Document) -> None:
    async with database.transaction():
        await bench.engine.put(documents)


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
