"""The text index on both engines: what is found, in which order, and that no query can break it."""

import random
from collections.abc import AsyncIterator

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient

from server.core import database
from server.core.config import Settings
from server.core.search import COMMON, WINDOW, Index, query_terms, tokens
from tests.support.postgres import NewDatabase

NOTES = Index("note")


@pytest.fixture(params=["sqlite", "postgres"])
async def connection(request: pytest.FixtureRequest, new_database: NewDatabase) -> AsyncIterator[BaseDBAsyncClient]:
    """A database of its own, with an empty index."""
    await database.connect(Settings(database_url=new_database(request.param)), {})
    client = database.connection()
    for statement in NOTES.create_sql(database.dialect()):
        await client.execute_script(statement)
    yield client
    await database.close()


async def fill(connection: BaseDBAsyncClient, *texts: str) -> None:
    async with database.transaction():
        for document_id, text in enumerate(texts, 1):
            await NOTES.put(database.connection(), document_id, text)


@pytest.mark.parametrize(
    ("text", "q", "found"),
    [
        ("자전거도로를 고쳐 주세요", "도로", True),
        ("자전거도로를 고쳐 주세요", "자전거 도로", True),
        ("자전거 도로를 고쳐 주세요", "자전거도로", False),
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
async def test_what_a_query_finds(connection: BaseDBAsyncClient, text: str, q: str, found: bool) -> None:
    await fill(connection, text)
    assert await NOTES.search(connection, q, limit=10) == [1] * found


async def test_hits_come_newest_first_and_page_by_id(connection: BaseDBAsyncClient) -> None:
    await fill(connection, *["소음 민원", "악취 민원"] * 10)
    first = await NOTES.search(connection, "소음", limit=4)
    assert first == [19, 17, 15, 13]
    assert await NOTES.search(connection, "소음", limit=4, before_id=first[-1]) == [11, 9, 7, 5]
    assert await NOTES.search(connection, "소음", limit=4, before_id=3) == [1]
    assert await NOTES.search(connection, "소음", limit=4, before_id=1) == []


async def test_a_document_is_found_by_its_last_text_only(connection: BaseDBAsyncClient) -> None:
    await NOTES.put(connection, 7, "가로등 고장")
    await NOTES.put(connection, 7, "보도블록 파손")
    assert await NOTES.search(connection, "가로등", limit=5) == []
    assert await NOTES.search(connection, "보도블록", limit=5) == [7]
    await NOTES.remove(connection, 7)
    await NOTES.remove(connection, 7)
    assert await NOTES.search(connection, "보도블록", limit=5) == []


async def test_the_index_is_written_in_the_surrounding_transaction(connection: BaseDBAsyncClient) -> None:
    async def write_and_fail() -> None:
        async with database.transaction():
            await NOTES.put(database.connection(), 1, "가로등")
            assert await NOTES.search(database.connection(), "가로등", limit=5) == [1]
            raise KeyError

    with pytest.raises(KeyError):
        await write_and_fail()
    assert await NOTES.search(connection, "가로등", limit=5) == []


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


async def test_no_text_and_no_query_can_break_it(connection: BaseDBAsyncClient) -> None:
    await fill(connection, *HOSTILE)
    for document_id, q in enumerate(HOSTILE, 1):
        hits = await NOTES.search(connection, q, limit=len(HOSTILE))
        assert (document_id in hits) == bool(query_terms(q)), q
        sql, values = NOTES.match_sql(database.dialect(), q, column="1")
        assert sql.count("?") == len(values)


async def test_a_text_as_long_as_it_gets_is_indexed(connection: BaseDBAsyncClient) -> None:
    rng = random.Random(5)
    letters = [chr(c) for c in range(0x16800, 0x16A00)]  # four bytes each in UTF-8
    await fill(connection, " ".join("".join(rng.choices(letters, k=90)) for _ in range(400)), "말" * 50_000)
    assert await NOTES.search(connection, "말말말", limit=5) == [2]


async def test_both_engines_agree_with_a_plain_reading_of_the_texts(connection: BaseDBAsyncClient) -> None:
    rng = random.Random(20261121)

    def word() -> str:
        return "".join(rng.choices(rng.choice(("가나다", "ab1", "가a나")), k=rng.randint(1, 4)))

    texts = {n: " ".join(word() for _ in range(rng.randint(1, 6))) for n in range(1, 121)}
    for document_id, text in texts.items():
        await NOTES.put(connection, document_id, text)

    def holds(text: str, q: str) -> bool:
        """Tokens joined by spaces are one string, in which a term must stand between two spaces."""
        line = f" {' '.join(tokens(text))} "
        return all(f" {' '.join(t.tokens)}{'' if t.prefix else ' '}" in line for t in query_terms(q))

    seen = 0
    for _ in range(300):
        q = " ".join(word() for _ in range(rng.randint(1, 2)))
        expected = [n for n in sorted(texts, reverse=True) if holds(texts[n], q)]
        assert await NOTES.search(connection, q, limit=200) == expected, q
        seen += len(expected)
    assert seen > 1_000


async def test_a_hangul_word_is_found_exactly_where_its_characters_stand_together(
    connection: BaseDBAsyncClient,
) -> None:
    rng = random.Random(3)
    texts = {n: "".join(rng.choices("도로공사 ", k=9)) for n in range(1, 201)}
    for document_id, text in texts.items():
        await NOTES.put(connection, document_id, text)
    for size in (1, 2, 3, 4):
        for _ in range(15):
            q = "".join(rng.choices("도로공사", k=size))
            expected = [n for n in sorted(texts, reverse=True) if q in texts[n]]
            assert await NOTES.search(connection, q, limit=200) == expected, q


async def test_hits_older_than_the_newest_window_are_found_too(connection: BaseDBAsyncClient) -> None:
    await fill(connection, *["코로나 검사"] * 3, *["불법 주차"] * (WINDOW + 10))
    assert await NOTES.search(connection, "코로나", limit=2) == [3, 2]
    assert await NOTES.search(connection, "코로나", limit=26) == [3, 2, 1]


async def test_postgresql_is_told_that_a_term_is_common_from_a_number_of_newest_documents_on(
    connection: BaseDBAsyncClient,
) -> None:
    told = database.dialect() == "postgres"
    assert not await NOTES.is_common(connection, "소음")
    await fill(connection, *["소음"] * (COMMON - 1), *["악취"] * 5)
    assert not await NOTES.is_common(connection, "소음")
    await NOTES.put(connection, COMMON, "소음")
    assert await NOTES.is_common(connection, "소음") == told
    async with database.transaction():
        for document_id in range(100, 100 + WINDOW):
            await NOTES.put(database.connection(), document_id, "주차")
    assert not await NOTES.is_common(connection, "소음")
    assert await NOTES.is_common(connection, "주차") == told
    assert not await NOTES.is_common(connection, "?!")


async def test_a_long_list_of_hits_is_whole_wherever_they_lie(
    connection: BaseDBAsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.core.search.WINDOW", 40)
    monkeypatch.setattr("server.core.search.COMMON", 3)
    rng = random.Random(8)
    densities = [0.9] * 100 + [0.02] * 200 + [0.3] * 60  # from the oldest to the newest
    texts = ["소음" if rng.random() < density else "악취" for density in densities]
    await fill(connection, *texts)
    expected = [n for n in range(len(texts), 0, -1) if texts[n - 1] == "소음"]
    for limit in (1, 3, 10, 15, 20, 30, 60, 100, 500):
        assert await NOTES.search(connection, "소음", limit=limit) == expected[:limit]
        for before in (1, 50, 99, 150, 310):
            below = [n for n in expected if n < before]
            assert await NOTES.search(connection, "소음", limit=limit, before_id=before) == below[:limit]


@pytest.mark.parametrize("common", [False, True])
async def test_a_match_combines_with_the_conditions_of_a_bigger_query(
    connection: BaseDBAsyncClient, common: bool
) -> None:
    await connection.execute_script("CREATE TABLE note (id bigint PRIMARY KEY, state int)")
    for n in range(1, 21):
        await connection.execute_script(f"INSERT INTO note (id, state) VALUES ({n}, {n % 2})")
    await fill(connection, *["소음 민원", "악취 민원", "소음 악취"] * 7)

    async def ids(q: str) -> list[int]:
        condition, values = NOTES.match_sql(database.dialect(), q, column="n.id", common=common)
        sql = f"SELECT n.id FROM note n WHERE n.state = 1 AND {condition} ORDER BY n.id LIMIT 9"
        return [row["id"] for row in await database.fetch(sql, *values)]

    assert await ids("소음") == [1, 3, 7, 9, 13, 15, 19]
    assert await ids("소음 악취") == [3, 9, 15]
    assert await ids("없는말") == []
    assert await ids("?!") == []
