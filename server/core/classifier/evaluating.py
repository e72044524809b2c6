"""How good a model is on labelled texts that it has not seen, and the splits for asking that of one file."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.core.classifier.model import Model, Scored

BINS = 15
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Quality:
    """Figures of a model, from 0 to 1. ``accuracy_at_50`` is that of the half of the texts of which it is surest.

    ``calibration_error`` is the expected one of the likeliest label, in 15 bins of equal width.
    """

    top1: float
    top3: float
    macro_f1: float
    accuracy_at_50: float
    accuracy_at_80: float
    calibration_error: float
    ms_per_text: float


def evaluate(model: Model, texts: Iterable[str], labels: Sequence[str]) -> Quality:
    """Score texts one by one and compare with their labels. A label that the model does not know is missed."""
    begun = time.process_time()
    scored = [model.score(text) for text in texts]
    return quality(scored, labels, 1000 * (time.process_time() - begun) / len(labels))


def quality(scored: Sequence[Scored], labels: Sequence[str], ms_per_text: float) -> Quality:
    """The figures of scores, by the labels that are right."""
    pairs = list(zip(scored, labels, strict=True))
    right = np.array([one.labels[0] == label for one, label in pairs])
    sure = np.array([one.probabilities[0] for one in scored])
    surest = right[np.argsort(-sure, kind="stable")]
    return Quality(
        _share(right),
        _share(np.array([label in one.labels[:3] for one, label in pairs])),
        _macro_f1([one.labels[0] for one in scored], labels),
        _share(surest[: max(1, round(len(surest) * 0.5))]),
        _share(surest[: max(1, round(len(surest) * 0.8))]),
        _calibration_error(sure, right),
        round(ms_per_text, 3),
    )


def _share(values: Truths) -> float:
    return round(float(values.mean()), 4)


def _macro_f1(given: Sequence[str], labels: Sequence[str]) -> float:
    found = []
    for label in sorted(set(labels)):
        hits = sum(one == label == other for one, other in zip(given, labels, strict=True))
        found.append(2 * hits / (given.count(label) + labels.count(label)))
    return round(float(np.mean(found)), 4)


def _calibration_error(sure: npt.NDArray[np.float64], right: Truths) -> float:
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = (abs(sure[bins == one].sum() - right[bins == one].sum()) for one in range(BINS))
    return round(float(sum(gaps) / len(sure)), 4)
