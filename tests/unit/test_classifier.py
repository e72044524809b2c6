"""The classifier: its pieces are exact, what it learned is stored without code, and no text is too odd for it."""

import io
from collections import Counter

import numpy as np
import pytest

from server.core.classifier.features import LONGEST, SIZES, pieces, plain
from server.core.classifier.fitting import TooFew, fit, stratified
from server.core.classifier.model import BadModel, Model
from tests.support.complaints import complaints

HOSTILE = {
    "one character": "ㅋ" * 200_000,
    "one word": "가로등 " * 50_000,
    "hidden characters": "\u200b\u200d" * 100_000,
    "what folds to much": "ﷺ" * 200_000,
    "scripts": "".join(map(chr, range(0x20, 0x2FFF))) * 16,
    "half of a pair": "\ud800" * 1000,
    "blank": " \n\t",
    "nothing": "",
}


@pytest.fixture(scope="module")
def model() -> Model:
    texts, labels = complaints(40)
    return fit(texts, labels)


def brute(text: str) -> Counter[str]:
    words = [f" {word} " for word in text.split()]
    return Counter(word[at : at + size] for word in words for size in SIZES for at in range(len(word) - size + 1))


def test_pieces_are_the_runs_inside_words_and_equal_runs_have_one_hash() -> None:
    text = plain("가로등이 꺼졌어요. 가로등이 또\u200b 꺼졌어요 ＡＢ a")
    found, shown = pieces(text), f" {text} "
    runs = Counter(shown[start:end] for start, end in zip(found.starts, found.ends, strict=True))
    assert runs == brute(text)
    named = {shown[s:e]: int(h) for h, s, e in zip(found.hashes, found.starts, found.ends, strict=True)}
    assert len(set(named.values())) == len(named)
    assert all(named[shown[s:e]] == h for h, s, e in zip(found.hashes, found.starts, found.ends, strict=True))


def test_parts_have_the_same_share_of_each_label() -> None:
    labels = ["a"] * 10 + ["b"] * 5 + ["c"]
    part = stratified(labels, 5, seed=3)
    assert Counter(part[:10].tolist()) == dict.fromkeys(range(5), 2)
    assert sorted(part[10:15].tolist()) == list(range(5))
    assert stratified(labels, 5, seed=4).tolist() != part.tolist() == stratified(labels, 5, seed=3).tolist()


def test_it_learns_and_says_by_which_words(model: Model) -> None:
    scored = model.score("집 앞 가로등이 꺼져서 골목이 어둡습니다")
    assert scored.labels[0] == "roads"
    assert scored.probabilities[0] > 0.6
    assert sum(scored.probabilities) == pytest.approx(1)
    assert model.telling("집 앞 가로등이 꺼져서 골목이 어둡습니다", "roads", 1) == ["가로등이"]


def test_a_text_of_unknown_words_is_uncertain(model: Model) -> None:
    scored = model.score("zqxj vwkp")
    assert scored.known < 0.2
    assert scored.probabilities[0] < 0.6


def test_a_stored_model_scores_the_same_and_holds_no_text(model: Model) -> None:
    stored = model.to_bytes()
    assert Model.from_bytes(stored).score("가로등") == model.score("가로등")
    assert "가로등".encode() not in stored
    assert "가로등".encode("utf-32-le") not in stored


def test_a_model_with_code_in_it_is_refused() -> None:
    file = io.BytesIO()
    np.save(file, np.array([print], dtype=object), allow_pickle=True)
    for stored in (file.getvalue(), b"", b"PK\x03\x04"):
        with pytest.raises(BadModel):
            Model.from_bytes(stored)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_are_scored_in_little_time(model: Model, kind: str) -> None:
    scored = model.score(HOSTILE[kind])
    assert len(scored.labels) == len(model.labels)
    assert len(plain(HOSTILE[kind])) <= LONGEST, "the work is bounded by this"
    model.telling(HOSTILE[kind], "roads", 5)


def test_one_label_cannot_be_learned() -> None:
    with pytest.raises(TooFew):
        fit(["a", "b"], ["x", "x"])


def test_a_handful_of_examples_is_enough_to_run() -> None:
    model = fit(["가로등 고장", "쓰레기 수거", "버스 배차"], ["a", "b", "c"])
    assert set(model.score("가로등").labels) == {"a", "b", "c"}


def test_important_examples_count_more() -> None:
    texts, labels = ["공원 벤치"] * 5 + ["공원 벤치"] * 3, ["a"] * 5 + ["b"] * 3
    assert fit(texts, labels).score("공원 벤치").labels[0] == "a"
    weighty = fit(texts, labels, importance=[1.0] * 5 + [4.0] * 3)
    assert weighty.score("공원 벤치").labels[0] == "b"
