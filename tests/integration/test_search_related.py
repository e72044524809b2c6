"""Search in other words: what the engine learns from a city's texts, and what it then finds."""

import sys
from collections.abc import AsyncIterator, Sequence

import pytest

from server.core import database
from server.core.config import Settings
from server.core.search import PUBLIC, Batch, Document, Embedded, Kind, Question, learning, relearning, words
from server.core.search.ranking import Ranking, Statistics
from server.core.search.related import Related, features
from server.core.search.tables import Tables
from tests.support import same_matters
from tests.support.postgres import NewDatabase

TABLES, RELATED = Tables("box"), Related("box")
ENGINE = Embedded(TABLES, RELATED)


async def nothing(_wanted: Batch) -> Sequence[Document]:
    return ()


async def no_texts() -> Sequence[str]:
    return ()


LETTER = Kind("letter", 1, nothing)


@pytest.fixture(params=["sqlite", "postgres"], autouse=True)
async def index(request: pytest.FixtureRequest, new_database: NewDatabase) -> AsyncIterator[None]:
    await database.connect(Settings(database_url=new_database(request.param)), {})
    await TABLES.create()
    await database.execute(RELATED.create_sql(database.dialect()))
    yield
    await database.close()


async def put(texts: Sequence[tuple[int, str]], readers: tuple[str, ...] = (PUBLIC,)) -> None:
    async with database.transaction():
        await TABLES.put([Document(LETTER, number + 1, "", text, readers=readers) for number, text in texts])
    while await TABLES.count():
        pass


async def found(question: str, *, related: int = 1_000, least: float = 0.4) -> list[int]:
    asked = Question(question, (LETTER,), limit=3, related=related, least=least)
    return [hit.id - 1 for hit in (await ENGINE.search(asked)).hits]


async def recall(pairs: Sequence[tuple[int, str]], **more: float) -> tuple[float, float]:
    """The share of pairs whose matter is among three hits, and of those where only others are."""
    hits = [(matter, await found(question, **more)) for matter, question in pairs]  # type: ignore[arg-type]
    right = sum(matter in ids for matter, ids in hits)
    wrong = sum(bool(ids) and matter not in ids for matter, ids in hits)
    return right / len(pairs), wrong / len(pairs)


async def test_recall_in_the_same_and_in_other_words() -> None:
    indexed = dict(same_matters.indexed())
    await put(list(indexed.items()))
    await RELATED.replace(learning.learn(same_matters.archive(15)), 600)
    sharing = list(same_matters.sharing(320))
    right, wrong = await recall(sharing)
    assert (right >= 0.9, wrong <= 0.02) == (True, True), (right, wrong)
    tokens = {number: set(words.tokens(text)) for number, text in indexed.items()}
    other = [(n, q) for n, q in same_matters.pairs(400) if not tokens[n] & {t for t in words.tokens(q) if len(t) > 1}]
    assert len(other) > 300
    right, wrong = await recall(other)
    assert (right >= 0.3, wrong <= 0.05) == (True, True), (right, wrong)
    assert (await recall(other, related=0))[0] < 0.05, "pairs of characters alone find none of them"


async def test_unrelated_questions_find_nothing() -> None:
    await put(same_matters.indexed())
    await RELATED.replace(learning.learn(same_matters.archive(15)), 600)
    for question in ("바나나 우유", "quantum physics", "東京タワー", "내일 날씨"):
        assert await found(question) == [], question


async def test_a_related_latin_word_is_not_found_inside_another() -> None:
    await put([(0, "slightly late to the lecture"), (1, "the light is out")])
    await RELATED.replace([("lantern", [("light", 0.9)])], 100)
    assert await found("lantern") == [1]
    ranking = Ranking("lantern", Statistics(2, 20, {"light": 1}), related=await RELATED.of("lantern"))
    scores = ranking.scores({0: ("", "", "slightly"), 1: ("", "", "light")})
    assert {key: share > 0 for key, (_score, share) in scores.items()} == {0: False, 1: True}


async def test_private_texts_teach_nothing() -> None:
    letters = list(enumerate(same_matters.archive(5)))
    await put(letters, readers=("cases",))
    assert await relearning.relearn(TABLES, RELATED, no_texts) == 0
    assert await RELATED.learned() == (0, 0)


async def test_learned_again_when_texts_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    taught = list[int]()

    async def aside(texts: Sequence[str]) -> list[relearning.Row]:
        taught.append(len(texts))
        return learning.learn(texts)

    monkeypatch.setattr(relearning, "learn_aside", aside)
    letters = list(enumerate(same_matters.archive(5)))
    await put(letters[:180])

    async def duties() -> Sequence[str]:
        return ("도로와 보도의 유지 보수",)

    assert await relearning.relearn(TABLES, RELATED, duties) > 100
    assert await RELATED.learned() == (180, 1)
    await put(letters[180:185])
    assert await relearning.relearn(TABLES, RELATED, duties) == 0, "about the same texts"
    await put(letters[185:])
    assert await relearning.relearn(TABLES, RELATED, duties) > 100
    assert (await RELATED.learned(), taught) == ((200, 2), [181, 201])


async def test_learning_runs_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = list(same_matters.archive(5))
    rows = await relearning.learn_aside(texts)
    assert [(word, [tuple(pair) for pair in related]) for word, related in rows] == learning.learn(texts)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match=r"learning failed"):
        await relearning.learn_aside(texts)


def test_forms_of_a_word_have_features_in_common() -> None:
    assert set(features("샌다", cjk=True)) & set(features("새고", cjk=True))
    assert set(features("시끄럽고", cjk=True)) & set(features("시끄러워요", cjk=True))
    assert set(features("水漏れ", cjk=True)) & set(features("水道", cjk=True))
    assert set(features("lighting", cjk=False)) & set(features("lights", cjk=False))
    assert not set(features("도로", cjk=True)) & set(features("공원", cjk=True))
