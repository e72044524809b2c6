"""What was learned from labelled texts, as arrays: the probability of each label of a text, and the words that tell.

A model holds hashes of pieces, their weights in eight bits, and the labels; no text and no word can be read from it.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from server.core.classifier.features import Hashes, Pieces, pieces, plain

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
Known = npt.NDArray[np.bool_]


class BadModel(ValueError):
    """What should be a stored model is none."""


@dataclass(frozen=True)
class Scored:
    """The labels of a text, the likeliest first, each with its probability; and the share of its pieces known."""

    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    known: float


class Calibration(NamedTuple):
    """How scores become probabilities: a softmax of their multiple and addends, but for the share left to chance.

    By chance, of the ``usual`` shares of the labels, are those texts whose label no text tells.
    """

    factor: float
    chance: float
    addends: Floats
    usual: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """The probabilities of labels by their scores, a text in each row."""
        told = softmax(scores * self.factor + self.addends)
        return (1 - self.chance) * told + self.chance * self.usual


@dataclass(frozen=True)
class Model:
    """The weights of one learning."""

    labels: npt.NDArray[np.str_]
    hashes: Hashes
    """Of the pieces that count, in rising order."""
    rarity: Floats
    """How much each piece counts in a text: more, the fewer texts have it."""
    weights: npt.NDArray[np.int8]
    """A row for each piece, a column for each label, in ``units``."""
    units: Floats
    biases: Floats
    sureness: Floats
    """The factor and the chance of the calibration; its other values follow."""
    addends: Floats
    usual: Floats

    def score(self, text: str) -> Scored:
        """The labels of a text by probability."""
        return self._scored(*self._matched(pieces(plain(text)).hashes))

    def explained(self, text: str, labels: int, most: int) -> tuple[Scored, list[list[str]]]:
        """The same, and for the first ``labels`` of them the words that speak for each, the most telling first."""
        shown = f" {plain(text)} "
        found = pieces(shown[1:-1])
        rows, known = self._matched(found.hashes)
        scored = self._scored(rows, known)
        return scored, self._telling(shown, found, rows, known, scored.labels[:labels], most)

    def telling(self, text: str, label: str, most: int) -> list[str]:
        """The words of a text that speak for a label rather than for the others, the most telling first."""
        shown = f" {plain(text)} "
        found = pieces(shown[1:-1])
        return self._telling(shown, found, *self._matched(found.hashes), [label], most)[0]

    def _scored(self, all_rows: Rows, known: Known) -> Scored:
        rows, values = weighed(all_rows[known], self.rarity)
        chances = Calibration(float(self.sureness[0]), float(self.sureness[1]), self.addends, self.usual).probabilities(
            self._scores(rows, values)[None, :]
        )[0]
        order = np.argsort(-chances, kind="stable")
        share = float(known.mean()) if len(known) else 0.0
        return Scored(tuple(self.labels[order].tolist()), tuple(chances[order].tolist()), share)

    def _telling(
        self, shown: str, found: Pieces, rows: Rows, known: Known, labels: Sequence[str], most: int
    ) -> list[list[str]]:
        """For each label the words of a text that speak for it rather than for the others."""
        words = shown.split()
        if not words:
            return [[] for _label in labels]
        rows, starts, ends = rows[known], found.starts[known], found.ends[known]
        weights = self.weights[rows]
        mean = weights @ (self.units / len(self.units))
        share = self.rarity[rows] / (ends - starts)
        lengths = np.fromiter(map(len, words), np.intp, len(words))
        begins = np.cumsum(lengths + 1) - lengths
        numbers: dict[str, int] = {}
        places = np.fromiter((numbers.setdefault(word, len(numbers)) for word in words), np.intp, len(words))
        distinct, telling = list(numbers), []
        for label in labels:
            column = int(np.flatnonzero(self.labels == label)[0])
            told = (weights[:, column] * self.units[column] - mean) * share
            # What a piece tells is spread over its characters: up where it begins, down where it ends.
            steps = np.bincount(starts, told, len(shown) + 1) - np.bincount(ends, told, len(shown) + 1)
            sums = np.concatenate([[0.0], np.cumsum(np.cumsum(steps))])
            totals = np.bincount(places, sums[begins + lengths] - sums[begins])  # a word counts at all its places
            largest = np.argsort(-totals, kind="stable")[:most]
            telling.append([distinct[one] for one in largest if totals[one] > 0])
        return telling

    def _scores(self, rows: Rows, values: Floats) -> Floats:
        return np.asarray(values @ self.weights[rows].astype(np.float32) * self.units + self.biases, np.float32)

    def _matched(self, hashes: Hashes) -> tuple[Rows, Known]:
        """For each piece a row, and whether it is its own: others are not known."""
        rows = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return rows, self.hashes[rows] == hashes

    def to_bytes(self) -> bytes:
        """The model as it is stored: arrays without any code."""
        file = io.BytesIO()
        np.savez(file, **{each.name: getattr(self, each.name) for each in fields(self)})
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Model":
        """Read a stored model. Raises ``BadModel``."""
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
                return cls(**{each.name: arrays[each.name] for each in fields(cls)})
        except (EOFError, KeyError, OSError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise BadModel(str(error)) from error


def weighed(rows: Rows, rarity: Floats) -> tuple[Rows, Floats]:
    """The pieces of a text, each once, with what they count in it; all together have length 1."""
    found, counts = np.unique(rows, return_counts=True)
    values = counts * rarity[found]
    length = float(np.sqrt(values @ values)) or 1.0
    return found, np.asarray(values / length, np.float32)


def softmax(scores: Floats) -> Floats:
    """Shares of 1 by scores, a text in each row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), scores.dtype)
