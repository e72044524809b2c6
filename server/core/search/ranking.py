"""How well a text answers a question: BM25 over the question's tokens, with a boost for the title, for words that begin
as the question's do, and for what stands together. It reads the texts themselves, so that both databases rank alike.

Only the best candidates of the index come here (``server.core.search.finding``). The figures behind the constants stand
in ADR 47.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.search import words
from server.core.search.related import Word
from server.core.search.words import Asked

K1, B = 1.2, 0.75
"""Saturation of repetitions, and weight of a text's length."""
ENDING = 0.6
"""What the last two syllables of a longer Korean word, which hold its particle, count of a question's weight."""
TITLE = 0.6
"""The additional weight of a token in the title."""
BEGINNING, BEGINS = 0.2, 400
"""The additional weight of a token among the first characters of the text, which often say what it is about."""
TOGETHER, WIDTH = 0.4, 40
"""The additional weight of what stands within so many characters."""
WORD = 0.2
"""The additional weight of a word of the question with which a word of the text begins."""
STEM, LONGEST_STEM = 0.6, 8
"""The additional BM25 of the longest beginning of a Korean or Japanese word with which words of the text begin: of
도로가 that is 도로 where a text has 도로를."""
THREE, IN_ROW = 0.5, 3
"""The additional weight of three characters of the question in a row, spaces left out, by how few of the texts that are
compared have them."""
RELATED = 0.5
"""The weight of a related word that says quite the same."""


@dataclass(frozen=True)
class Statistics:
    """What the index knows of all documents."""

    documents: int
    length: float
    """Characters of a document on average."""
    frequent: Mapping[str, int]
    """Token to the number of documents that contain it."""

    def weight(self, token: Asked) -> float:
        """How much a token says: more the rarer it is (inverse document frequency)."""
        found = self.frequent.get(token.token, 0)
        if token.prefix and not found:
            found = max(1, self.documents // 50)
        return _rarity(min(found, self.documents), self.documents)


class Ranking:
    """The ranking for one question."""

    def __init__(
        self, q: str, statistics: Statistics, most: int = words.MAX_QUERY, *, related: Sequence[Word] = ()
    ) -> None:
        asked = words.asked(q, most)
        self.statistics = statistics
        rare = {one.token: statistics.weight(one) for one in asked}
        self.weights = {one: rare[one.token] * (ENDING if one.ends else 1) for one in asked}
        self.total = sum(self.weights.values())
        self._rare = {one: rare[one.token] for one in asked}
        self._words, self._stems = _words(words.words(q, most), rare)
        line = _between.sub("", words.folded(q, most))
        self._threes = list(dict.fromkeys(line[at : at + IN_ROW] for at in range(len(line) - IN_ROW + 1)))
        self._related = {word: self._weigh(word) for word in related}

    @property
    def related(self) -> Mapping[Asked, float]:
        """The weights of the tokens that are related to the question's words."""
        found = dict[Asked, float]()
        for weights in self._related.values():
            found |= {token: max(weight, found.get(token, 0.0)) for token, weight in weights.items()}
        return {token: weight for token, weight in found.items() if weight > 0}

    def _weigh(self, word: Word) -> Mapping[Asked, float]:
        related = {words.as_asked(token): much for token, much in word.related.items()}
        return {token: RELATED * much * self.statistics.weight(token) for token, much in related.items()}

    def rough(self, text: str) -> float:
        """BM25 of a document's folded text: enough to leave most candidates out."""
        norm, score = self._norm(text), 0.0
        for one, weight in self._rare.items():
            if many := text.count(one.token):
                score += weight * many * (K1 + 1) / (many + norm)
        return score + self._by_related(text, norm)[0]

    def _by_related(self, text: str, norm: float) -> tuple[float, float]:
        """What related words add to the score, the best one for each word, and to the share that is contained."""
        score, found = 0.0, 0.0
        for word, weights in self._related.items():
            there = {token: len(at) for token in weights if (at := self._places(token, text))}
            if there:
                token = max(there, key=lambda one: (weights[one], one.token))
                score += weights[token] * there[token] * (K1 + 1) / (there[token] + norm)
                own = {one: weight for one, weight in self.weights.items() if one.token in word.tokens}
                missing = sum(weight for one, weight in own.items() if not self._in(one, text))
                found += max(word.related[one.token] for one in there) * missing
        return score, found

    def scores(self, texts: Mapping[int, tuple[str, str, str]]) -> dict[int, tuple[float, float]]:
        """How well documents answer, compared with each other, and what share of the question each contains, by weight.

        A document is its title, what is not shown, and all of its text, folded.
        """
        solid = {key: _between.sub("", text) for key, (_title, _also, text) in texts.items()}
        more = dict.fromkeys(texts, 0.0)
        for three in self._threes:
            holding = [key for key, line in solid.items() if three in line]
            weight = THREE * _rarity(len(holding), len(texts))
            for key in holding:
                more[key] += weight
        found = {key: self._score(*text) for key, text in texts.items()}
        return {key: (score + more[key] if share else 0.0, share) for key, (score, share) in found.items()}

    def _score(self, title: str, also: str, text: str) -> tuple[float, float]:
        head, norm = words.folded(title), self._norm(text)
        beginning = text[len(head) : len(head) + len(also) + BEGINS]
        score, found = 0.0, 0.0
        places: list[tuple[int, float, str]] = []
        for one, weight in self._rare.items():
            at = self._places(one, text)
            if not at:
                continue
            found += self.weights[one]
            score += weight * len(at) * (K1 + 1) / (len(at) + norm)
            score += TITLE * weight * self._in(one, head) + BEGINNING * weight * self._in(one, beginning)
            places += [(place, weight, one.token) for place in at]
        more, alike = self._by_related(text, norm)
        if not found + alike:
            return 0.0, 0.0
        spaced = f" {_between.sub(' ', text)}"
        score += WORD * sum(weight for word, weight in self._words.items() if word in spaced)
        score += STEM * sum(self._stem(stem, spaced, norm) for stem in self._stems)
        return score + more + TOGETHER * _closest(places), (found + alike) / self.total

    def _stem(self, stem: Sequence[tuple[str, float]], spaced: str, norm: float) -> float:
        """The BM25 of the longest of a word's beginnings that a text has."""
        for begun, weight in stem:
            if many := spaced.count(begun):
                return weight * many * (K1 + 1) / (many + norm)
        return 0.0

    def _norm(self, text: str) -> float:
        return K1 * (1 - B + B * len(text) / self.statistics.length)

    def _places(self, one: Asked, text: str) -> list[int]:
        found, at = [], text.find(one.token)
        while at >= 0:
            if one.cjk or _is_word(one, text, at):
                found.append(at)
            at = text.find(one.token, at + 1)
        return found

    def _in(self, one: Asked, text: str) -> bool:
        return one.token in text if one.cjk else bool(self._places(one, text))


_between = re.compile(r"[\W_]+")


def _rarity(found: int, among: int) -> float:
    return math.log(1 + (among - found + 0.5) / (found + 0.5))


def _words(
    runs: Sequence[tuple[str, bool]], rare: Mapping[str, float]
) -> tuple[Mapping[str, float], Sequence[Sequence[tuple[str, float]]]]:
    """The words of a question after a space, each with the mean of its weights; and the beginnings of each Korean or
    Japanese one, the longest first, each with the greatest of its weights.
    """
    found, stems = dict[str, float](), list[list[tuple[str, float]]]()
    for run, cjk in dict.fromkeys(runs):
        if not cjk:
            found[f" {run}"] = rare.get(run, 0.0)
        elif len(run) >= words.PAIR:
            pairs = [rare.get(run[at : at + 2], 0.0) for at in range(len(run) - 1)]
            found[f" {run}"] = sum(pairs) / len(pairs)
            lengths = range(min(len(run), LONGEST_STEM), words.PAIR - 1, -1)
            stems.append([(f" {run[:length]}", max(pairs[: length - 1])) for length in lengths])
    return found, stems


def _is_word(one: Asked, text: str, at: int) -> bool:
    """Whether a Latin word or number stands there alone, or begins one if it may still be being typed."""
    end = at + len(one.token)
    return not (at and words.is_letter(text[at - 1])) and (
        one.prefix or end == len(text) or not words.is_letter(text[end])
    )


def _closest(places: list[tuple[int, float, str]]) -> float:
    """The greatest weight of different tokens within :data:`WIDTH` characters."""
    places.sort()
    within, weight, most, first = Counter[str](), 0.0, 0.0, 0
    for at, more, token in places:
        if not within[token]:
            weight += more
        within[token] += 1
        while places[first][0] < at - WIDTH:
            _at, less, left = places[first]
            within[left] -= 1
            if not within[left]:
                weight -= less
            first += 1
        most = max(most, weight)
    return most
