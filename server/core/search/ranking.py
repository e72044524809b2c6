"""How well a text answers a question: BM25 over the question's tokens, with a boost for the title and for words that
stand together. It reads the texts themselves, so that both databases rank alike.

Only the best candidates of the index come here (``server.core.search.finding``). The figures behind the constants stand
in ADR 36.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.core.search import words
from server.core.search.words import Asked

K1, B = 1.2, 0.75
"""Saturation of repetitions, and weight of a text's length."""
ENDING = 0.6
"""The weight of the last two syllables of a longer Korean word, which hold its particle."""
TITLE = 0.6
"""The additional weight of a token in the title."""
BEGINNING, BEGINS = 0.2, 150
"""The additional weight of a token among the first characters of the text, which often say what it is about."""
TOGETHER, WIDTH = 0.1, 80
"""The additional weight of what stands within so many characters."""
WORD = 0.8
"""The additional weight of a word of the question with which a word of the text begins."""
THREE = 0.2
"""The additional weight of three consecutive characters of a word."""


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
        return math.log(1 + (self.documents - min(found, self.documents) + 0.5) / (found + 0.5))


class Ranking:
    """The ranking for one question."""

    def __init__(self, q: str, statistics: Statistics, most: int = words.MAX_QUERY) -> None:
        asked = words.asked(q, most)
        self.statistics = statistics
        rare = {one.token: statistics.weight(one) for one in asked}
        self.weights = {one: rare[one.token] * (ENDING if one.ends else 1) for one in asked}
        self.total = sum(self.weights.values())
        self._patterns = {one: _pattern(one) for one in asked if not one.cjk}
        self._words, self._threes = _sequences(words.words(q, most), rare)

    def rough(self, text: str) -> float:
        """BM25 of a document's folded text: enough to leave most candidates out."""
        norm, score = self._norm(text), 0.0
        for one, weight in self.weights.items():
            if many := text.count(one.token):
                score += weight * many * (K1 + 1) / (many + norm)
        return score

    def score(self, title: str, also: str, text: str) -> tuple[float, float]:
        """How well a document answers, and what share of the question (by weight) it contains.

        ``text`` is all of it, folded: its title, what is not shown, its body.
        """
        head, norm = words.folded(title), self._norm(text)
        beginning = text[len(head) : len(head) + len(also) + BEGINS]
        score, found = 0.0, 0.0
        places: list[tuple[int, float, str]] = []
        for one, weight in self.weights.items():
            at = self._places(one, text)
            if not at:
                continue
            found += weight
            score += weight * len(at) * (K1 + 1) / (len(at) + norm)
            score += TITLE * weight * self._in(one, head) + BEGINNING * weight * self._in(one, beginning)
            places += [(place, weight, one.token) for place in at]
        if not found:
            return 0.0, 0.0
        spaced = f" {_between.sub(' ', text)}"
        score += WORD * sum(weight for word, weight in self._words.items() if word in spaced)
        score += THREE * sum(weight for part, weight in self._threes.items() if part in text)
        return score + TOGETHER * _closest(places), found / self.total

    def _norm(self, text: str) -> float:
        return K1 * (1 - B + B * len(text) / self.statistics.length)

    def _places(self, one: Asked, text: str) -> list[int]:
        if (pattern := self._patterns.get(one)) is not None:
            return [match.start() for match in pattern.finditer(text)]
        found, at = [], text.find(one.token)
        while at >= 0:
            found.append(at)
            at = text.find(one.token, at + 1)
        return found

    def _in(self, one: Asked, text: str) -> bool:
        pattern = self._patterns.get(one)
        return one.token in text if pattern is None else pattern.search(text) is not None


_between = re.compile(r"[\W_]+")


def _sequences(
    runs: Sequence[tuple[str, bool]], rare: Mapping[str, float]
) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """The words of a question after a space, and their parts of three characters, each with the mean of its weights."""
    found, threes = dict[str, float](), dict[str, float]()
    for run, cjk in runs:
        if not cjk:
            found[f" {run}"] = rare.get(run, 0.0)
        elif len(run) >= words.PAIR:
            pairs = [rare.get(run[at : at + 2], 0.0) for at in range(len(run) - 1)]
            found[f" {run}"] = sum(pairs) / len(pairs)
            threes |= {run[at : at + 3]: sum(pairs[at : at + 2]) / 2 for at in range(len(run) - 2)}
    return found, threes


def _pattern(one: Asked) -> re.Pattern[str]:
    end = "" if one.prefix else f"(?!{words.LETTER})"
    return re.compile(f"(?<!{words.LETTER}){re.escape(one.token)}{end}")


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
