"""Learning which words mean much the same, from the city's own public texts (ADR 48).

Words that occur in similar texts are similar: latent semantic analysis, the first directions of the matrix of texts and
words, by subspace iteration. It runs in a process of its own (``python -m server.core.search.learning``: texts in, rows
out), so that neither numpy nor the matrix stays in the memory of a server. What it leaves is text in a table; no model
is stored, and nothing is unpickled.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import orjson

from server.core.search.related import STEM, all_features

DIRECTIONS = 120
"""Directions of meaning."""
ROUNDS = 6
"""Passes over all texts."""
MOST_WORDS, FEWEST_TEXTS = 8_000, 2
"""How many features are learned, the most frequent first, and in how many texts a feature must occur."""
COMMON = 0.25
"""A feature in more than this share of the texts says nothing."""
NEIGHBOURS, SIMILAR = 20, 0.4
"""How many related tokens a word has, and from which cosine."""
DOUBT = 3.0
"""In so many texts a word's neighbours are believed by half."""
LEAST = 0.15
"""The least weight of a related token that is kept."""
CHUNK = 512
_SEED = 48
Row = tuple[str, list[tuple[str, float]]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]


def learn(texts: Iterable[str]) -> list[Row]:
    """For each word of some texts, the tokens of words that say the same, with weights from 0 to 1."""
    counted = [found for text in dict.fromkeys(texts) if (found := Counter(all_features(text)))]
    names, rarity = _vocabulary(counted)
    if len(names) <= DIRECTIONS:
        return []
    columns = {name: at for at, name in enumerate(names)}
    rows = [_weighted(each, columns, rarity) for each in counted]
    meaning = _meaning(rows, len(names))
    tokens = np.array([at for at, name in enumerate(names) if not name.startswith(STEM)])
    return list(_neighbours(names, tokens, meaning, _trust(counted, names, rarity)))


def _vocabulary(counted: Sequence[Counter[str]]) -> tuple[list[str], "np.ndarray[tuple[int], np.dtype[np.float32]]"]:
    texts = Counter[str]()
    for each in counted:
        texts.update(each.keys())
    most = max(FEWEST_TEXTS, COMMON * len(counted))
    usual = [(name, n) for name, n in texts.items() if FEWEST_TEXTS <= n <= most]
    usual = sorted(usual, key=lambda pair: (-pair[1], pair[0]))[:MOST_WORDS]
    rarity = np.log1p(len(counted) / np.array([n for _name, n in usual], dtype=np.float32))
    return [name for name, _n in usual], rarity.astype(np.float32)


def _weighted(
    counted: Counter[str], columns: dict[str, int], rarity: "np.ndarray[tuple[int], np.dtype[np.float32]]"
) -> tuple["np.ndarray[tuple[int], np.dtype[np.int32]]", "np.ndarray[tuple[int], np.dtype[np.float32]]"]:
    """A text as the columns of its words and their weights, of length 1."""
    pairs = [(columns[name], n) for name, n in counted.items() if name in columns]
    at = np.array([column for column, _n in pairs], dtype=np.int32)
    weights = (1 + np.log(np.array([n for _column, n in pairs], dtype=np.float32))) * rarity[at]
    length = float(np.linalg.norm(weights))
    return at, (weights / length if length else weights).astype(np.float32)


def _trust(
    counted: Sequence[Counter[str]], names: Sequence[str], rarity: "np.ndarray[tuple[int], np.dtype[np.float32]]"
) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """How far a word's neighbours are believed, 0 to 1: less for what is common, or known from few texts."""
    texts = Counter[str]()
    for each in counted:
        texts.update(each.keys())
    many = np.array([texts[name] for name in names], dtype=np.float32)
    trust: np.ndarray[tuple[int], np.dtype[np.float32]] = (rarity / rarity.max() * many / (many + DOUBT)).astype(
        np.float32
    )
    return trust


def _meaning(rows: Sequence[tuple[np.ndarray, np.ndarray]], width: int) -> Matrix:
    """Each word's vector of length 1: the first directions of the matrix of texts and words, times their weight."""
    made = np.random.default_rng(_SEED).standard_normal((width, DIRECTIONS), dtype=np.float32)
    basis = np.linalg.qr(made)[0]
    product = basis
    for _round in range(ROUNDS):
        product = np.zeros_like(basis)
        for start in range(0, len(rows), CHUNK):
            chunk = np.zeros((min(CHUNK, len(rows) - start), width), dtype=np.float32)
            for line, (at, weights) in enumerate(rows[start : start + CHUNK]):
                chunk[line, at] = weights
            product += chunk.T @ (chunk @ basis)
        basis = np.linalg.qr(product)[0]
    values, turned = np.linalg.eigh(basis.T @ product)
    vectors = (basis @ turned) * np.sqrt(np.maximum(values, 0))
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Matrix = (vectors / np.maximum(length, 1e-9)).astype(np.float32)
    return found


def _neighbours(names: Sequence[str], tokens: np.ndarray, meaning: Matrix, trust: np.ndarray) -> Iterator[Row]:
    offered = meaning[tokens]
    for start in range(0, len(names), CHUNK):
        alike = meaning[start : start + CHUNK] @ offered.T
        for line, row in enumerate(alike):
            at = start + line
            best = np.argsort(-row)[: NEIGHBOURS + 1]
            found = [
                (names[tokens[one]], round(float(row[one] * trust[at]), 2))
                for one in best
                if tokens[one] != at and row[one] >= SIMILAR and row[one] * trust[at] >= LEAST
            ]
            if found:
                yield names[at], found[:NEIGHBOURS]


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(learn(orjson.loads(sys.stdin.buffer.read()))))
