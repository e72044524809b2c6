"""The text index on both engines: what is found, in which order, and that no query can break it."""

import random
from collections.abc import AsyncIterator, Sequence

import pytest

from server.core import database
from server.core.config import Settings
from server.core.search import Batch, Document, Embedded, Kind, lists, query_terms, tokens
from server.core.search.tables import BUCKET_BITS, Tables
from tests.support.postgres import NewDatabase

TABLES = Tables("note")
ENGINE = Embedded(TABLES)


async def none(_wanted: Batch) -> Sequence[Document]:
    return []


NOTES = Kind("note", 1, none)
OTHERS = Kind("other", 2, none)


@pytest.fixture(params=["sqlite", "postgres"], autouse=True)
async def index(request: pytest.FixtureRequest, new_database: NewDatabase) -> AsyncIterator[None]:
    """A database of its own, with an empty index."""
    await database.connect(Settings(database_url=new_database(request.param)), {})
    await TABLES.create()
    yield
    await database.close()


async def put(document_id: int, text: str) -> None:
    await ENGINE.put([Document(NOTES, document_id, "", text)])


async def fill(*texts: str) -> None:
    async with database.transaction():
        await ENGINE.put([Document(NOTES, n, "", text) for n, text in enumerate(texts, 1)], new=True)


async def search(q: str, *, limit: int, before_id: int | None = None) -> list[int]:
    return await ENGINE.newest(NOTES, q, limit=limit, before_id=before_id)


@pytest.mark.parametrize(
    ("text", "q", "found"),
    [
        ("자전거도로를 고쳐 주세요", "도로", True),
        ("자전거도로를 고쳐 주세요", "자전거 도로", True),
        ("자전거 도로를 고쳐 주세요", "자전거도로", True),
        ("세금을 이중 납부했어요", "이중납부", True),
        ("세금을 이중납부했어요", "이중 납부", True),
        ("이중주차 납부", "이중납부", False),
        ("불법 주차", "ㅈㅊ", False),
        ("도로공사", "도로 공사", True),
        ("가로수 가지와 도로", "가로등", False),
        ("가나 나다", "가나다", False),
        ("다리와 라면", "다라", False),
        ("봄꽃 축제", "꽃", True),
        ("봄꽃", "꽃", True),
        ("꽃밭", "꽃", True),
        ("나무", "꽃", False),
        ("CCTV 설치", "cctv", True),
        ("CCTV 설치", "cct", True),
        ("CCTV 설치", "ctv", False),
        ("CCTV 설치", "cct 설치", False),
        ("CCTV설치", "CCTV 설치", True),
        ("2026년 11월 3일", "11월", True),
        ("111월", "11월", False),
        ("제2024-0001호", "2024-00", True),
        ("제2024-0001호", "0001-2024", False),
        ("東京都の街灯が切れた", "街灯", True),
        ("ガーデン", "ｶﾞｰﾃﾞﾝ", True),
        ("street lamp", "lamp street", True),
        ("a or b", "or", True),
    ],
)
async def test_what_a_query_finds(text: str, q: str, found: bool) -> None:
    await fill(text)
    assert await search(q, limit=10) == [1] * found


async def test_hits_come_newest_first_and_page_by_id() -> None:
    await fill(*["소음 민원", "악취 민원"] * 10)
    first = await search("소음", limit=4)
    assert first == [19, 17, 15, 13]
    assert await search("소음", limit=4, before_id=first[-1]) == [11, 9, 7, 5]
    assert await search("소음", limit=4, before_id=3) == [1]
    assert await search("소음", limit=4, before_id=1) == []


async def test_a_document_is_found_by_its_last_text_only() -> None:
    await put(7, "가로등 고장")
    await put(7, "보도블록 파손")
    assert await search("가로등", limit=5) == []
    assert await search("보도블록", limit=5) == [7]
    await ENGINE.remove(NOTES, [7])
    await ENGINE.remove(NOTES, [7])
    assert await search("보도블록", limit=5) == []


async def test_the_index_is_written_in_the_surrounding_transaction() -> None:
    async def write_and_fail() -> None:
        async with database.transaction():
            await put(1, "가로등")
            assert await search("가로등", limit=5) == [1]
            raise KeyError

    with pytest.raises(KeyError):
        await write_and_fail()
    assert await search("가로등", limit=5) == []


HOSTILE = [
    "",
    " ",
    "'",
    '"',
    '"" OR 1=1',
    "'; DROP TABLE search_note; --",
    "a' | 'b",
    "NEAR(a b, 3)",
    "tokens : a",
    "{a b} : c",
    "^a",
    "a*",
    "*",
    "a:*AB & !b",
    "(((((",
    "<->",
    "\\",
    "%_",
    "$1 ? ?2 :name",
    "\x00a\x00",
    "\ud800",
    "\u202e도로",
    "🚧",
    "\u1160",
    "٣ ৪ ௧ ឤ ꙮ ࠀ 𖿠 ⁴ Ⅷ",
    "\ufdfa" * 30,
    "도" * 10_000,
    "a " * 10_000,
]


async def test_no_text_and_no_query_can_break_it() -> None:
    await fill(*HOSTILE)
    for document_id, q in enumerate(HOSTILE, 1):
        hits = await search(q, limit=len(HOSTILE))
        assert (document_id in hits) == bool(query_terms(q)), q
        sql, values = ENGINE.match_sql(NOTES, q, column="1")
        assert sql.count("?") == len(values)


async def test_a_text_as_long_as_it_gets_is_indexed() -> None:
    rng = random.Random(5)
    letters = [chr(c) for c in range(0x16800, 0x16A00)]  # four bytes each in UTF-8
    await fill(" ".join("".join(rng.choices(letters, k=90)) for _ in range(400)), "말" * 50_000)
    assert await search("말말말", limit=5) == [2]


async def test_both_engines_agree_with_a_plain_reading_of_the_texts() -> None:
    rng = random.Random(20261121)

    def word() -> str:
        return "".join(rng.choices(rng.choice(("가나다", "ab1", "가a나")), k=rng.randint(1, 4)))

    texts = {n: " ".join(word() for _ in range(rng.randint(1, 6))) for n in range(1, 121)}
    for document_id, text in texts.items():
        await put(document_id, text)

    def holds(text: str, q: str) -> bool:
        """Tokens joined by spaces are one string, in which a term must stand between two spaces."""
        line = f" {' '.join(tokens(text))} "
        return all(
            any(f" {' '.join(phrase)}{'' if term.prefix else ' '}" in line for phrase in term.phrases())
            for term in query_terms(q)
        )

    seen = 0
    for _ in range(300):
        q = " ".join(word() for _ in range(rng.randint(1, 2)))
        expected = [n for n in sorted(texts, reverse=True) if holds(texts[n], q)]
        assert await search(q, limit=200) == expected, q
        seen += len(expected)
    assert seen > 1_000


async def test_a_hangul_word_is_found_exactly_where_its_characters_stand_together() -> None:
    rng = random.Random(3)
    texts = {n: " ".join("".join(rng.choices("도로공사 ", k=9)).split()) for n in range(1, 201)}
    for document_id, text in texts.items():
        await put(document_id, text)
    for size in (1, 2, 3, 4):
        for _ in range(15):
            q = "".join(rng.choices("도로공사", k=size))
            spaced = [q, *(f"{q[:at]} {q[at:]}" for at in range(2, size - 1))]
            expected = [n for n in sorted(texts, reverse=True) if any(each in texts[n] for each in spaced)]
            assert await search(q, limit=200) == expected, q


async def count() -> None:
    while await TABLES.count():
        pass


async def test_hits_older_than_the_newest_are_found_too() -> None:
    await fill(*["코로나 검사"] * 3, *["불법 주차"] * 2_010)
    assert await search("코로나", limit=2) == [3, 2]
    assert await search("코로나", limit=26) == [3, 2, 1]


async def test_postgresql_is_told_which_words_are_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COMMON", 3)
    told = database.dialect() == "postgres"
    assert not await ENGINE.is_common("소음")
    await fill(*["소음"] * 3, *["악취"] * 5)
    await count()
    assert not await ENGINE.is_common("소음")
    await put(9, "소음")
    assert not await ENGINE.is_common("소음"), "it is counted by a job"
    await count()
    assert await ENGINE.is_common("소음") == told
    assert not await ENGINE.is_common("소음 공사")
    assert await ENGINE.is_common("소음 악취") == told
    assert not await ENGINE.is_common("?!")


async def test_a_long_list_of_hits_is_whole_wherever_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COMMON", 3)
    rng = random.Random(8)
    densities = [0.9] * 100 + [0.02] * 200 + [0.3] * 60  # from the oldest to the newest
    texts = {n << (BUCKET_BITS - 3): "소음" if rng.random() < d else "악취" for n, d in enumerate(densities, 1)}
    await ENGINE.put([Document(NOTES, n, "", text) for n, text in texts.items()], new=True)
    await ENGINE.put([Document(OTHERS, n, "", "소음") for n in range(5, 10)], new=True)
    await count()
    expected = [n for n in sorted(texts, reverse=True) if texts[n] == "소음"]
    for limit in (1, 3, 10, 15, 20, 30, 60, 100, 500):
        assert await search("소음", limit=limit) == expected[:limit]
        for before in (1, 50, 99 << 9, 150 << 9, 310 << 9):
            below = [n for n in expected if n < before]
            assert await search("소음", limit=limit, before_id=before) == below[:limit]


@pytest.mark.parametrize("common", [False, True])
async def test_a_match_combines_with_the_conditions_of_a_bigger_query(common: bool) -> None:
    await database.execute("CREATE TABLE note (id bigint PRIMARY KEY, state int)")
    for n in range(1, 21):
        await database.execute(f"INSERT INTO note (id, state) VALUES ({n}, {n % 2})")
    await fill(*["소음 민원", "악취 민원", "소음 악취"] * 7)

    async def ids(q: str) -> list[int]:
        condition, values = ENGINE.match_sql(NOTES, q, column="n.id", common=common)
        sql = f"SELECT n.id FROM note n WHERE n.state = 1 AND {condition} ORDER BY n.id LIMIT 9"
        return [row["id"] for row in await database.fetch(sql, *values)]

    assert await ids("소음") == [1, 3, 7, 9, 13, 15, 19]
    assert await ids("소음 악취") == [3, 9, 15]
    assert await ids("없는말") == []
    assert await ids("?!") == []
