"""How alike two submissions are: the same words fully, none not at all, rare words more than common ones."""

from forums.queries.similar import ALIKE, alike
from server.core.search import tokens


def likeness(*texts: str) -> list[float]:
    words = {number: frozenset(tokens(text)) for number, text in enumerate(texts)}
    found = alike(words[0], words)
    return [round(found[number], 2) for number in words]


def test_the_same_words_are_alike_and_other_words_are_not() -> None:
    same, alike_one, other = likeness(
        "시장 골목에 밤 조명을 달아 주세요", "골목에 밤 조명을 더 달아 주세요", "버스 배차 간격을 줄입시다"
    )
    assert same == 1
    assert alike_one >= ALIKE
    assert other < 0.05


def test_what_everybody_says_counts_less_than_what_few_say() -> None:
    polite = [f"{topic} 부탁드립니다 감사합니다" for topic in ("주차장", "도서관", "놀이터", "수영장")]
    found = likeness("주차장을 넓혀 부탁드립니다 감사합니다", *polite)
    assert found[1] > 2 * found[2]


def test_nothing_is_like_nothing() -> None:
    assert likeness("", "") == [0, 0]
