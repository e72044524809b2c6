"""What every engine answers: permissions, filters, facets, order, pages, passages; and the index built anew."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from server.core import database
from server.core.config import Settings
from server.core.search import Batch, Document, Embedded, Found, Kind, Question, rebuilding, spelling
from server.core.search.tables import Tables
from tests.support.postgres import NewDatabase

TABLES = Tables("box")
ENGINE = Embedded(TABLES)
STORED: dict[str, dict[int, Document]] = {"answer": {}, "place": {}}


def reading(name: str) -> Kind:
    async def read(wanted: Batch) -> Sequence[Document]:
        ids = wanted.ids if wanted.ids is not None else [n for n in STORED[name] if n > wanted.after]
        return [STORED[name][n] for n in sorted(ids) if n in STORED[name]][: wanted.limit]

    return Kind(name, {"answer": 1, "place": 2}[name], read)


ANSWER, PLACE = reading("answer"), reading("place")


@pytest.fixture(params=["sqlite", "postgres"], autouse=True)
async def index(request: pytest.FixtureRequest, new_database: NewDatabase) -> AsyncIterator[None]:
    """A database of its own, with an empty index."""
    await database.connect(Settings(database_url=new_database(request.param)), {})
    await TABLES.create()
    for documents in STORED.values():
        documents.clear()
    yield
    await database.close()


async def put(*documents: Document) -> None:
    for document in documents:
        STORED[document.kind.name][document.id] = document
    async with database.transaction():
        await ENGINE.put(documents)


async def ask(words: str, **more: object) -> Found:
    return await ENGINE.search(replace(Question(words, (ANSWER, PLACE)), **more))  # type: ignore[arg-type]


async def found(words: str, **more: object) -> list[tuple[str, int]]:
    return [(hit.kind, hit.id) for hit in (await ask(words, **more)).hits]


async def count() -> None:
    while await TABLES.count():
        pass


async def test_documents_of_other_readers_do_not_exist() -> None:
    await put(
        Document(ANSWER, 1, "가로등 고장", readers=("cases of department 3", "cases")),
        Document(ANSWER, 2, "가로등 추가", readers=("cases of department 33",)),
        Document(PLACE, 1, "가로등 관리소"),
    )
    assert await found("가로등") == [("place", 1)]
    assert await found("가로등", readers=("cases of department 3",)) == [("answer", 1)]
    assert await found("가로등", readers=("cases",)) == [("answer", 1)]
    assert await found("가로등", readers=("cases of department 33", "public"), sort="newest") == [
        ("place", 1),
        ("answer", 2),
    ]
    assert await found("가로등", readers=()) == []
    assert (await ask("가로등", facets=True)).facets["kind"] == {"place": 1}


async def test_filters_and_facets() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    await put(
        *(
            Document(
                ANSWER, n, f"보도블록 {n}", department=n % 2, state=("open", "closed")[n % 2], district=f"d-{n % 3}",
                at=moment.replace(year=2020 + n % 2),
            )
            for n in range(1, 7)
        ),
        Document(PLACE, 3, "보도블록 자료실"),
    )  # fmt: skip
    everything = await ask("보도블록", facets=True)
    assert everything.total == 7
    assert everything.facets == {
        "kind": {"answer": 6, "place": 1},
        "department": {"0": 3, "1": 3},
        "state": {"open": 3, "closed": 3},
        "district": {"d-0": 2, "d-1": 2, "d-2": 2},
        "year": {"2020": 3, "2021": 3},
    }
    assert sorted(await found("보도블록", departments=(1,), years=(2021, 2024))) == [("answer", n) for n in (1, 3, 5)]
    assert await found("보도블록", districts=("d-0",), states=("closed",)) == [("answer", 3)]
    assert await found("보도블록", kinds=(PLACE,)) == [("place", 3)]
    assert await found("보도블록", states=("closed' OR '1' = '1",)) == []
    assert await found("보도블록", besides=(PLACE, 3), kinds=(PLACE,)) == []


async def test_pages_follow_each_other_in_both_orders() -> None:
    await put(
        *(Document(ANSWER, n, "소음", "소음 민원 " * n, at=datetime(2026, 1, 30 - n, tzinfo=UTC)) for n in range(1, 26))
    )
    for sort in ("relevance", "newest"):
        whole = await found("소음", sort=sort, limit=100)
        assert len(whole) == 25
        parts = [await found("소음", sort=sort, limit=10, offset=offset) for offset in (0, 10, 20, 30)]
        assert [len(part) for part in parts] == [10, 10, 5, 0]
        assert [hit for part in parts for hit in part] == whole
    assert whole == [("answer", n) for n in range(1, 26)]


@pytest.mark.parametrize(
    ("text", "words", "hit"),
    [
        ("세금 이중 납부", "이중납부", True),
        ("세금이중납부", "이중 납부", True),
        ("불법 주차 신고", "ㅈㅊ", True),
        ("불법 주차 신고", "ㅂㅂ ㅈㅊ", True),
        ("불법 주차 신고", "ㅋㅊ", False),
        ("도로를 고쳐 주세요", "도로가 패였어요", True),
        ("Street lights are broken", "street light", True),
        ("Streetlights", "street", True),
        ("街灯が切れています", "街灯", True),
        ("SN-2026-0042", "0042", True),
        ("비둘\u200b기집", "비둘기집", True),
    ],
)
async def test_what_is_found(text: str, words: str, hit: bool) -> None:
    await put(Document(ANSWER, 1, text), Document(ANSWER, 2, "전혀 다른 글입니다"))
    await count()
    assert (("answer", 1) in await found(words, least=0.3)) == hit


async def test_english_with_typing_errors_finds_what_was_meant() -> None:
    await put(
        Document(ANSWER, 1, "Broken street lights", "The pavement is flooded"),
        Document(ANSWER, 2, "Secret plans", "Confidential", readers=("cases",)),
    )
    await count()
    for typed, meant in (
        ("stret lights", "street lights"),
        ("steret lights", "street lights"),
        ("brokne", "broken"),
        ("pavemnet", "pavement"),
        ("Street  lihgts!", "street lights!"),
        ("lights", ""),
        ("stre", ""),
        ("zzzzzz", ""),
        ("confidentail", ""),
        ("plan", ""),
    ):
        answer = await ask(typed)
        assert answer.meant == meant, typed
        assert (answer.total == 1) == (bool(meant) or typed in {"lights", "stre"}), typed


async def test_whether_a_word_is_corrected_depends_on_what_the_readers_may_see() -> None:
    await put(
        Document(ANSWER, 1, "Broken street lights"),
        Document(ANSWER, 2, "", "stret", readers=("cases of department 3", "cases")),
    )
    await count()
    for readers, meant in (
        (("public",), "street lights"),
        (("public", "cases of department 4"), "street lights"),
        (("public", "cases of department 3"), ""),
        (("public", "cases"), ""),
    ):
        assert (await ask("stret lights", readers=readers)).meant == meant, readers


async def test_what_is_typed_is_completed_by_words_that_everybody_may_read() -> None:
    await put(
        Document(ANSWER, 1, "불법 주차 신고"),
        Document(ANSWER, 2, "주차장 부족"),
        Document(ANSWER, 3, "주차장 요금"),
        Document(ANSWER, 4, "주차장비밀", readers=("cases",)),
    )
    await count()
    assert await ENGINE.suggest("주") == ["주차장", "주차"]
    assert await ENGINE.suggest("ㅈㅊ") == ["주차장", "주차"]
    assert await ENGINE.suggest("불법 주차") == ["불법 주차장", "불법 주차"]
    assert await ENGINE.suggest("주차ㅈ") == ["주차장", "주차"]
    assert await ENGINE.suggest("주차 ") == []
    assert await ENGINE.suggest("") == []
    await ENGINE.remove(ANSWER, [2, 3])
    await count()
    assert await ENGINE.suggest("주") == ["주차"]


async def test_a_first_character_offers_the_most_frequent_of_all_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelling, "COMPLETED", 3)
    await put(
        Document(ANSWER, 1, " ".join(f"주{chr(ord('가') + n)}" for n in range(9))),
        *(Document(ANSWER, n, "주차 street") for n in range(2, 4)),
    )
    await count()
    for typed, word in (("주", "주차"), ("ㅈ", "주차"), ("s", "street"), ("ㅈㅊ", "주차")):
        assert (await ENGINE.suggest(typed))[0] == word, typed
    await rebuilding.rebuild(TABLES, [ANSWER, PLACE], lambda _n: None)
    await rebuilding.rebuild(TABLES, [ANSWER, PLACE], lambda _n: None)
    assert (await ENGINE.suggest("ㅈ"))[0] == "주차"


async def test_the_most_frequent_word_is_offered_though_many_come_before_it_in_the_alphabet() -> None:
    many = " ".join(f"도{chr(ord('가') + n)}" for n in range(2_000))
    await put(Document(ANSWER, 1, many), *(Document(ANSWER, n, "도흐") for n in (2, 3)))
    await count()
    assert (await ENGINE.suggest("도"))[0] == "도흐"


HOSTILE = ["가로등 " * 30_000, "(" * 100_000, '"' * 50_000, "a* AND NEAR(b) : ^-" * 5_000, "\x00\ud800\u202e" * 9_000]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_questions_are_answered(typed: str) -> None:
    await put(Document(ANSWER, 1, "가로등 a b"))
    await count()
    assert (await ask(typed)).total in {0, 1}
    assert isinstance(await ENGINE.suggest(typed), list)
    assert await ENGINE.newest(ANSWER, typed, limit=5) in ([], [1])


async def test_the_title_and_words_that_stand_together_come_first() -> None:
    await put(
        Document(ANSWER, 1, "공원", "벤치를 놓아 주세요. 그리고 다른 이야기가 길게 이어집니다. 가로등도 봐 주세요."),
        Document(ANSWER, 2, "공원", "공원 가로등 벤치"),
        Document(ANSWER, 3, "가로등 벤치", "공원에 있습니다"),
    )
    await count()
    assert await found("가로등 벤치") == [("answer", 3), ("answer", 2), ("answer", 1)]


async def test_a_hit_quotes_the_passage_and_marks_the_words() -> None:
    await put(
        Document(ANSWER, 1, "<b>가로등</b> 고장", "앞말입니다. " * 40 + "골목 가로등이 깜빡여요.", path="/cases/1")
    )
    (hit,) = (await ask("가로등")).hits
    assert [(one.text, one.marked) for one in hit.title] == [("<b>", False), ("가로등", True), ("</b> 고장", False)]
    assert "가로등" in [one.text for one in hit.passage if one.marked]
    assert hit.path == "/cases/1"


async def test_a_common_word_finds_its_newest_documents_and_a_rare_one_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.core.search.finding.WHOLE", 5)
    monkeypatch.setattr("server.core.search.finding.NEWEST", 3)
    monkeypatch.setattr("server.core.search.tables.BUCKET_BITS", 1)
    await put(*(Document(ANSWER, n, "소음 민원", "공사장" if n == 1 else "") for n in range(1, 21)))
    await count()
    newest = await ask("소음", limit=50)
    assert newest.more
    assert 3 <= newest.total < 20
    assert await found("소음 공사장", limit=1, least=0) == [("answer", 1)]
    assert await ask("소음", kinds=(PLACE,), facets=True) == Found(), "a kind without any document"


async def test_what_changes_during_a_rebuild_is_in_the_new_index() -> None:
    await put(*(Document(ANSWER, n, f"보도블록 {n}") for n in range(1, 4)), Document(PLACE, 1, "주민센터"))
    await ENGINE.put([Document(ANSWER, 99, "보도블록, das niemand mehr kennt")])
    began = list[Sequence[Document]]()

    async def meanwhile() -> None:
        await put(
            Document(ANSWER, 2, "육교"),
            Document(ANSWER, 4, "보도블록 4"),
            Document(PLACE, 1, "주민센터", state="x"),
        )
        del STORED["answer"][3]
        await ENGINE.remove(ANSWER, [3])
        await count()

    async def read(wanted: Batch) -> Sequence[Document]:
        documents = await ANSWER.read(wanted)
        if not began:
            began.append(documents)
            await meanwhile()
        return documents

    slow = Kind("answer", 1, read)
    seen = list[int]()
    assert await rebuilding.rebuild(TABLES, (slow, PLACE), seen.append) == 4
    assert sum(seen) == 5, "one was read before it was removed"
    assert sorted(await found("보도블록")) == [("answer", 1), ("answer", 4)]
    assert await found("육교") == [("answer", 2)]
    assert (await ask("주민센터", states=("x",))).total == 1
    await database.execute("DELETE FROM box_term WHERE term = '#rebuilding'")
    await count()
    assert [problem async for problem in rebuilding.problems(TABLES, (ANSWER, PLACE))] == []
    assert await rebuilding.rebuild(TABLES, (ANSWER, PLACE), seen.append) == 4, "and again"


WAITING = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
"""How many wait for another's lock in this database."""


@pytest.mark.parametrize("index", ["postgres"], indirect=True)
@pytest.mark.parametrize("early", [True, False], ids=["begun before", "begun during"])
async def test_a_change_that_is_committed_late_is_in_the_new_index(early: bool) -> None:
    """Its row of changes was given a lower id than one that is already seen. SQLite has one writer at a time."""
    await put(Document(ANSWER, 1, "보도블록"))
    reading, committing = asyncio.Event(), asyncio.Event()
    late = Document(ANSWER, 2, "육교")
    writing: asyncio.Task[None] | None = None

    async def write(filed: asyncio.Event) -> None:
        async with database.transaction():
            await ENGINE.put([late])
            filed.set()
            await committing.wait()
        STORED["answer"][2] = late

    async def begin() -> asyncio.Task[None]:
        filed = asyncio.Event()
        task = asyncio.create_task(write(filed))
        await filed.wait()
        await put(Document(ANSWER, 3, "횡단보도"))
        return task

    async def read(wanted: Batch) -> Sequence[Document]:
        nonlocal writing
        documents = await ANSWER.read(wanted)
        reading.set()
        if writing is None:
            writing = await begin()
        elif early or wanted.ids is not None:
            committing.set()
            await writing
        return documents

    if early:
        writing = await begin()
    slow = Kind("answer", 1, read)
    rebuilt = asyncio.create_task(rebuilding.rebuild(TABLES, (slow, PLACE), lambda _count: None))
    while early and not reading.is_set() and not await database.value(WAITING):
        await asyncio.sleep(0.01)
    if early:
        committing.set()
    assert await rebuilt == 3
    assert await found("육교") == [("answer", 2)]


async def test_the_check_repairs_what_is_missing_outdated_or_too_much() -> None:
    await put(*(Document(ANSWER, n, f"보도블록 {n}") for n in range(1, 6)))
    STORED["answer"][2] = Document(ANSWER, 2, "횡단보도")
    STORED["answer"][7] = Document(ANSWER, 7, "보도블록 7")
    del STORED["answer"][4]
    await ENGINE.put([Document(PLACE, 1, "옛 주민센터")])
    told = [problem async for problem in rebuilding.problems(TABLES, (ANSWER, PLACE))]
    assert [line.split(" were ")[0] for line in told] == [
        "search: 3 documents of the kind answer",
        "search: 1 documents of the kind place",
    ]
    assert sorted(await found("보도블록")) == [("answer", n) for n in (1, 3, 5, 7)]
    assert [problem async for problem in rebuilding.problems(TABLES, (ANSWER, PLACE))] == []
    await database.execute("UPDATE box_term SET documents = 9 WHERE term = '보도'")
    (line,) = [problem async for problem in rebuilding.problems(TABLES, (ANSWER, PLACE))]
    assert "sinmungo reindex" in line


async def test_counting_adds_up_what_was_put_changed_and_removed() -> None:
    async def frequent(term: str) -> object:
        return await database.value("SELECT documents FROM box_term WHERE term = ?", term)

    await put(Document(ANSWER, 1, "소음 소음"), Document(ANSWER, 2, "소음"), Document(ANSWER, 3, "소음"))
    assert await frequent("소음") is None
    await count()
    assert await frequent("소음") == 3
    await put(Document(ANSWER, 2, "악취"), Document(ANSWER, 3, "소음", state="closed"))
    await ENGINE.remove(ANSWER, [1])
    await count()
    assert [await frequent(term) for term in ("소음", "악취", "#documents")] == [1, 1, 2]
