"""Learning from labelled texts, with scikit-learn: a linear support vector machine over pieces weighted by label.

The weight of a piece for a label is that of naive Bayes, by how much more often texts with the label have it, corrected
by a support vector machine of the label against all others (NBSVM; Wang and Manning, 2012). Scores become probabilities
by what models that had not seen a text gave it.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse
from sklearn.svm import LinearSVC

from server.core.classifier.features import Hashes, pieces, plain
from server.core.classifier.model import Calibration, Floats, Model, softmax, weighed

COSTS = (0.03, 0.1, 0.3)
"""What a wrong example may cost beside what large weights cost: little where labels are noisy, more where they are not.
That which gave unseen examples the best probabilities is taken."""
SMOOTHING = 1.0
FOLDS = 5
"""Parts of the examples, each of which is scored by a model of the others."""
MOST_WEIGHTS = 3 * 2**20
"""Weights that a model has at most, a byte each."""
SHRINKAGE = 0.5
"""How strongly the addends of labels are drawn towards none in the calibration."""

Classes = npt.NDArray[np.intp]
Progress = Callable[[], object]


class TooFew(ValueError):
    """There are not two labels to tell apart."""


def fit(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    importance: Sequence[float] | None = None,
    seed: int = 0,
    folds: int = FOLDS,
    step: Progress = lambda: None,
) -> Model:
    """Learn from examples; ``importance`` is 1 for an ordinary one. ``step`` is called ``folds`` + 1 times.

    The same examples and seed give the same model. Raises ``TooFew``.
    """
    names, classes = np.unique(np.asarray(labels, dtype=np.str_), return_inverse=True)
    if len(names) < 2:  # noqa: PLR2004
        raise TooFew
    hashed = [pieces(plain(text)).hashes for text in texts]
    weight = np.ones(len(texts)) if importance is None else np.asarray(importance, dtype=float)
    fold = stratified(labels, folds, seed)
    unseen = np.zeros((len(COSTS), len(texts), len(names)), np.float32)
    for number in np.unique(fold):
        learned, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        part = _Examples([hashed[n] for n in learned], classes[learned], weight[learned], len(names))
        given = part.matrix([hashed[n] for n in held])
        for scores, cost in zip(unseen, COSTS, strict=True):
            weights, biases = part.weights(cost)
            scores[held] = given @ weights + biases
        step()
    calibrated = [calibrate(scores, classes, weight) for scores in unseen]
    best = min(range(len(COSTS)), key=lambda one: calibrated[one][1])
    calibration, _loss = calibrated[best]
    whole = _Examples(hashed, classes, weight, len(names))
    weights, biases = whole.weights(COSTS[best])
    step()
    units = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    return Model(
        names,
        whole.hashes,
        whole.rarity,
        np.rint(weights / units).astype(np.int8),
        units.astype(np.float32),
        biases,
        np.asarray([calibration.factor, calibration.chance], np.float32),
        calibration.addends,
        calibration.usual,
    )


def stratified(labels: Sequence[str], parts: int, seed: int) -> Classes:
    """The number of a part for each example, so that the parts have the same share of each label."""
    given = np.asarray(labels, dtype=np.str_)
    shuffled = np.random.default_rng(seed).permutation(len(given))
    order = shuffled[np.argsort(given[shuffled], kind="stable")]
    found = np.empty(len(given), np.intp)
    found[order] = np.arange(len(given)) % parts
    return found


class _Examples:
    """Examples as a matrix, a row for each, and the weights of all labels that follow from them."""

    def __init__(
        self, hashed: Sequence[Hashes], classes: Classes, importance: npt.NDArray[np.float64], count: int
    ) -> None:
        self.hashes, frequency = _vocabulary(hashed, MOST_WEIGHTS // count)
        self.rarity = (np.log((1 + len(hashed)) / (1 + frequency)) + 1).astype(np.float32)
        self._classes, self._importance, self._count = classes, importance, count
        self._rows = self.matrix(hashed)
        self._ratios = {int(one): _ratios(self._rows, classes == one) for one in np.unique(classes)}

    def weights(self, cost: float) -> tuple[Floats, Floats]:
        """The weight of each piece for each label, and what each label has without any."""
        weights, biases = np.zeros((len(self.hashes), self._count), np.float32), np.full(self._count, -1, np.float32)
        for number, ratios in self._ratios.items() if len(self._ratios) > 1 else ():
            data = self._rows.data * ratios[self._rows.indices]
            scaled = sparse.csr_array((data, self._rows.indices, self._rows.indptr), shape=self._rows.shape)
            machine = LinearSVC(C=cost, tol=0.02, max_iter=300, random_state=0)
            machine.fit(scaled, self._classes == number, sample_weight=self._importance)
            weights[:, number] = ratios * machine.coef_[0]
            biases[number] = machine.intercept_[0]
        return weights, biases

    def matrix(self, hashed: Sequence[Hashes]) -> sparse.csr_array:
        """Texts by the pieces of these examples."""
        columns, values, ends = [], [], [0]
        for each in hashed:
            rows = np.minimum(np.searchsorted(self.hashes, each), len(self.hashes) - 1)
            found, numbers = weighed(rows[self.hashes[rows] == each], self.rarity)
            columns.append(found)
            values.append(numbers)
            ends.append(ends[-1] + len(found))
        places = (np.concatenate(columns).astype(np.int32), np.asarray(ends, np.int32))  # as scikit-learn wants them
        return sparse.csr_array((np.concatenate(values), *places), shape=(len(hashed), len(self.hashes)))


def _vocabulary(hashed: Sequence[Hashes], most: int) -> tuple[Hashes, npt.NDArray[np.intp]]:
    """The pieces that count, and how many texts have each: of too many, those that most texts have."""
    found, frequency = np.unique(np.concatenate([np.unique(each) for each in hashed]), return_counts=True)
    if len(found) > most:
        kept = np.sort(np.argsort(-frequency, kind="stable")[:most])
        found, frequency = found[kept], frequency[kept]
    return found, frequency


def _ratios(examples: sparse.csr_array, mine: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """By how much more often examples of a class have each piece than others, as a logarithm."""
    own = np.asarray(examples[mine].sum(axis=0)).ravel()
    others = np.asarray(examples.sum(axis=0)).ravel() - own
    rates = [(each + SMOOTHING) / (number + SMOOTHING) for each, number in ((own, mine.sum()), (others, (~mine).sum()))]
    return np.asarray(np.log(rates[0] / rates[1]))


def calibrate(scores: Floats, classes: Classes, importance: npt.NDArray[np.float64]) -> tuple[Calibration, float]:
    """The calibration that makes scores of unseen examples the best probabilities, and their loss."""
    rows, count = np.arange(len(classes)), scores.shape[1]
    total = importance.sum()
    usual = np.bincount(classes, importance, count) / total

    def loss(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        factor, chance, addends = values[0], values[1], values[2:]
        told = softmax(scores * factor + addends)
        right = np.maximum((1 - chance) * told[rows, classes] + chance * usual[classes], 1e-9)
        wrong = told.copy()
        wrong[rows, classes] -= 1
        wrong *= (importance * (1 - chance) * told[rows, classes] / right)[:, None]
        by_chance = (importance * (told[rows, classes] - usual[classes]) / right).sum()
        slope = np.concatenate([[(wrong * scores).sum(), by_chance], wrong.sum(axis=0) + 2 * SHRINKAGE * addends])
        cost = -(importance * np.log(right)).sum() + SHRINKAGE * addends @ addends
        return cost / total, slope / total

    start = np.concatenate([[3.0, 0.05], np.zeros(count)])
    bounds = [(0.1, 50), (0.001, 0.5), *[(-3, 3)] * count]
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    factor, chance, *addends = found.x.tolist()
    return Calibration(factor, chance, np.asarray(addends, np.float32), usual.astype(np.float32)), float(found.fun)
