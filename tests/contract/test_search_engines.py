"""What every search engine finds, keeps from readers, and does with what nobody should have typed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from server.core.search import Document
from tests.support import search_engines
from tests.support.postgres import NewDatabase
from tests.support.search_engines import ANSWER, PLACE, SECRET, Bench

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(params=search_engines.ENGINES)
async def bench(request: pytest.FixtureRequest, new_database: NewDatabase) -> AsyncIterator[Bench]:
    async with search_engines.bench(request.param, new_database) as found:
        yield found


CITY = {
    1: "불법 주차 신고합니다",
    2: "세금 이중 납부를 돌려주세요",
    3: "가로등이 고장났어요",
    4: "Broken street lights on Main Street",
    5: "街灯が切れています",
    6: "自転車の放置をなくしてください",
    7: "K7Q-M9X-RW4 관련 추가 문의",
    8: "도로를 고쳐 주세요",
    9: "2026년 예산 1,250,000원 집행 내역",
    10: "Café Straße hours",
    11: "버스 막차 시간을 늦춰 주세요",
}
FINDS = [
    # With and without spaces and particles.
    ("이중납부", 2), ("이중 납부", 2), ("이중납부를", 2), ("가로등", 3), ("가로등은", 3), ("도로가 패였어요", 8),
    ("막차", 11), ("버스막차", 11),
    # Initial consonants.
    ("ㅈㅊ", 1), ("ㅂㅂ ㅈㅊ", 1), ("ㄱㄹㄷ", 3),
    # English: words, their beginnings, small mistakes, either case.
    ("street light", 4), ("STREET LIGHTS", 4), ("stret lights", 4), ("brokne", 4), ("main street", 4),
    # Japanese.
    ("街灯", 5), ("自転車", 6), ("放置自転車", 6), ("切れ", 5),
    # Numbers and case numbers, in any width and case.
    ("K7Q-M9X-RW4", 7), ("k7q-m9x-rw4", 7), ("K7Q M9X RW4", 7), ("Ｋ７Ｑ", 7), ("2026", 9), ("1,250,000", 9),
    # Letters as they are folded.
    ("café", 10), ("strasse", 10),
]  # fmt: skip


@pytest.mark.parametrize(("words", "number"), FINDS, ids=[words for words, _number in FINDS])
async def test_a_question_finds_its_document_first(bench: Bench, words: str, number: int) -> None:
    await bench.put(*(Document(ANSWER, n, text, language="") for n, text in CITY.items()))
    assert (await bench.found(words))[:1] == [("answer", number)]


@pytest.mark.parametrize("words", ["주하", "ㅋㅌㅍ", "treet", "납중", "存在しない語", "zzzzzz", "…!?", "", "   "])
async def test_what_is_written_nowhere_finds_nothing(bench: Bench, words: str) -> None:
    await bench.put(*(Document(ANSWER, n, text) for n, text in CITY.items() if n != 4))
    answer = await bench.ask(words)
    assert (list(answer.hits), answer.total) == ([], 0)


async def test_documents_of_other_readers_do_not_exist(bench: Bench) -> None:
    await bench.put(
        Document(SECRET, 1, "가로등 고장", readers=("cases of department 3", "cases")),
        Document(SECRET, 2, "가로등 추가", readers=("cases of department 33",)),
        Document(PLACE, 1, "가로등 관리소"),
    )
    assert await bench.found("가로등") == [("place", 1)]
    for readers, hits in (
        (("cases of department 3",), {("secret", 1)}),
        (("cases",), {("secret", 1)}),
        (("cases of department 33", "public"), {("secret", 2), ("place", 1)}),
        (("cases of department 333",), set()),
        ((), set()),
    ):
        assert set(await bench.found("가로등", readers=readers)) == hits
    hidden = await bench.ask("가로등", facets=True)
    assert (hidden.total, hidden.facets["kind"]) == (1, {"place": 1})


async def test_readers_are_those_of_the_last_text(bench: Bench) -> None:
    await bench.put(Document(SECRET, 1, "가로등 고장", readers=("cases of department 3",)))
    await bench.put(Document(SECRET, 1, "가로등 고장", readers=("cases of department 4",)))
    assert await bench.found("가로등", readers=("cases of department 3",)) == []
    assert await bench.found("가로등", readers=("cases of department 4",)) == [("secret", 1)]
    await bench.put(Document(SECRET, 1, "신호등 고장", readers=("cases of department 4",)))
    assert await bench.found("가로등", readers=("cases of department 4",)) == []


async def test_what_was_removed_is_not_found(bench: Bench) -> None:
    await bench.put(Document(ANSWER, 1, "가로등"), Document(ANSWER, 2, "가로등"), Document(PLACE, 1, "가로등"))
    await bench.remove(ANSWER, 1, 7)
    assert set(await bench.found("가로등")) == {("answer", 2), ("place", 1)}


async def test_filters_and_facets(bench: Bench) -> None:
    await bench.put(
        *(
            Document(
                ANSWER, n, f"보도블록 {n}", department=n % 2, state=("open", "closed")[n % 2], district=f"d-{n % 3}",
                at=MOMENT.replace(year=2020 + n % 2),
            )
            for n in range(1, 7)
        ),
        Document(PLACE, 3, "보도블록 자료실"),
    )  # fmt: skip
    everything = await bench.ask("보도블록", facets=True)
    assert everything.total == 7
    assert {name: dict(values) for name, values in everything.facets.items()} == {
        "kind": {"answer": 6, "place": 1},
        "department": {"0": 3, "1": 3},
        "state": {"open": 3, "closed": 3},
        "district": {"d-0": 2, "d-1": 2, "d-2": 2},
        "year": {"2020": 3, "2021": 3},
    }
    assert set(await bench.found("보도블록", departments=(1,), years=(2021, 2024))) == {
        ("answer", n) for n in (1, 3, 5)
    }
    assert await bench.found("보도블록", districts=("d-0",), states=("closed",)) == [("answer", 3)]
    assert await bench.found("보도블록", kinds=(PLACE,)) == [("place", 3)]
    assert await bench.found("보도블록", besides=(PLACE, 3), kinds=(PLACE,)) == []
    assert await bench.found("보도블록", states=("closed' OR '1' = '1",)) == []
    assert await bench.found("보도블록", districts=('d-0" OR d-1',)) == []


async def test_pages_follow_each_other_in_both_orders(bench: Bench) -> None:
    await bench.put(
        *(Document(ANSWER, n, "소음", "소음 민원 " * n, at=MOMENT.replace(day=30 - n)) for n in range(1, 26))
    )
    for sort in ("relevance", "newest"):
        whole = await bench.found("소음", sort=sort, limit=100)
        assert len(whole) == 25
        parts = [await bench.found("소음", sort=sort, limit=10, offset=offset) for offset in (0, 10, 20, 30)]
        assert [len(part) for part in parts] == [10, 10, 5, 0]
        assert [hit for part in parts for hit in part] == whole
    assert whole == [("answer", n) for n in range(1, 26)]


async def test_a_hit_says_what_it_is_and_marks_the_words(bench: Bench) -> None:
    text = "버스가 늦게 옵니다. " * 20 + "정류장 앞 <b>가로등</b>이 나갔습니다. " + "밤에 어둡습니다. " * 20
    await bench.put(
        Document(
            ANSWER, 3, "가로등 고장", text, "숨은말", "/cases/K7Q-M9X-RW4", department=4, state="open",
            district="east", at=MOMENT, language="ko",
        )
    )  # fmt: skip
    (hit,) = (await bench.ask("가로등은")).hits
    assert (hit.kind, hit.id, hit.path) == ("answer", 3, "/cases/K7Q-M9X-RW4")
    assert (hit.department, hit.state, hit.district, hit.at, hit.language) == (4, "open", "east", MOMENT, "ko")
    first = hit.title[0]
    assert (first.text, first.marked) == ("가로등", True)
    assert "".join(each.text for each in hit.title) == "가로등 고장"
    quoted = "".join(each.text for each in hit.passage)
    assert "<b>가로등</b>" in quoted
    assert len(quoted) < 200
    assert {each.text for each in hit.passage if each.marked} == {"가로등"}
    (hidden,) = (await bench.ask("숨은말")).hits
    assert "숨은말" not in "".join(each.text for each in (*hidden.title, *hidden.passage))


async def test_a_mistake_is_corrected_and_said(bench: Bench) -> None:
    await bench.put(Document(ANSWER, 1, "Broken street lights"), Document(ANSWER, 2, "Flooded pavement"))
    right = await bench.ask("street lights")
    assert (right.meant, right.simple) == ("", False)
    wrong = await bench.ask("stret lights")
    assert [hit.id for hit in wrong.hits] == [1]


async def test_the_title_and_words_that_stand_together_come_first(bench: Bench) -> None:
    await bench.put(
        Document(
            ANSWER, 1, "공원 벤치", "가로등 이야기가 조금 있고 고장은 한참 뒤에 나옵니다." + " 다른 말" * 30 + " 고장"
        ),
        Document(ANSWER, 2, "가로등 고장", "밤길이 어둡습니다"),
        Document(ANSWER, 3, "산책로", "가로등 고장 때문에 어둡습니다"),
    )
    found = await bench.found("가로등 고장")
    assert found[0] == ("answer", 2)
    assert set(found) == {("answer", n) for n in (1, 2, 3)}


async def test_what_is_typed_is_completed_by_words_that_everybody_may_read(bench: Bench) -> None:
    await bench.put(
        Document(ANSWER, 1, "주차 단속"),
        Document(ANSWER, 2, "주차장 안내"),
        Document(ANSWER, 3, "주차 요금"),
        Document(SECRET, 1, "주차비밀 회의", readers=("cases",)),
    )
    for typed in ("주차", "주", "ㅈㅊ"):
        offered = await bench.engine.suggest(typed)
        assert offered[0] == "주차", typed
        assert "주차장" in offered, typed
        assert not [each for each in offered if "비밀" in each]
    assert await bench.engine.suggest("불법 주차") == ["불법 주차", "불법 주차장"]
    assert await bench.engine.suggest("없는말") == []
    assert await bench.engine.suggest("주차 ") == []


HOSTILE = {
    "long": "가로등 " * 30_000,
    "one long word": "가" * 100_000,
    "brackets": "(" * 100_000,
    "quotes": '"' * 50_000 + "'" * 50_000,
    "operators": "a* AND NEAR(b) OR NOT : ^- <-> & | ! " * 3_000,
    "nested": '"가로등 ("고장" AND (NOT "x"))"' * 3_000,
    "control characters": "\x00\ud800\u202e\x1b[31m" * 9_000,
    "sql": "가로등'; DROP TABLE search_document; --",
    "many words": " ".join(f"낱말{n}" for n in range(20_000)),
    "emoji": "😀" * 25_000,
}


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_questions_are_answered(bench: Bench, typed: str) -> None:
    await bench.put(Document(ANSWER, 1, "가로등 고장"), Document(ANSWER, 2, "주차 단속"))
    assert len((await bench.ask(typed, least=0)).hits) <= 2
    assert isinstance(await bench.engine.suggest(typed), list)
    assert await bench.found("가로등") == [("answer", 1)]
