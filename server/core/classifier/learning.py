"""Learning in a process of its own (``python -m server.core.classifier.learning``: examples in, a model out).

A new model is compared with the one before it on the same texts, which neither has seen.
"""

import base64
import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from server.core import aside

POLITE = 10
"""How much the process leaves to others: learning can wait."""


@dataclass(frozen=True)
class Examples:
    """Texts and their labels; ``importance`` is 1 for an ordinary one."""

    texts: Sequence[str]
    labels: Sequence[str]
    importance: Sequence[float] = field(default_factory=list)


@dataclass(frozen=True)
class Learned:
    """A model as it is stored, its figures on the held texts, and those of the model before it, if any."""

    model: bytes
    own: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def worse(self) -> bool:
        """Whether the model before it is right more often, or, as often, has the right label in its first three."""
        return bool(self.before) and _rank(self.own) < _rank(self.before)


def _rank(figures: dict[str, Any]) -> tuple[float, float]:
    return figures["top1"], figures["top3"]


async def learn(examples: Examples, held: Examples, before: bytes = b"") -> Learned:
    """Learn aside, with the figures of the new model and of the one before on held texts.

    Raises ``RuntimeError`` if it failed, as with less than two labels.
    """
    given = {"examples": asdict(examples), "held": asdict(held), "before": base64.b64encode(before).decode()}
    found = orjson.loads(await aside.run(__name__, orjson.dumps(given)))
    return Learned(base64.b64decode(found["model"]), found["own"], found["before"])


def _learn(given: dict[str, Any]) -> dict[str, Any]:
    from server.core.classifier import evaluating, fitting  # noqa: PLC0415 - a server must not load scikit-learn
    from server.core.classifier.model import BadModel, Model  # noqa: PLC0415

    examples, held = Examples(**given["examples"]), Examples(**given["held"])
    model = fitting.fit(examples.texts, examples.labels, importance=examples.importance or None)
    found: dict[str, Any] = {"model": base64.b64encode(model.to_bytes()).decode(), "own": {}, "before": {}}
    if held.texts:
        found["own"] = asdict(evaluating.evaluate(model, held.texts, held.labels))
        with contextlib.suppress(BadModel):  # of another release: what cannot be read is not better
            if given["before"]:
                before = Model.from_bytes(base64.b64decode(given["before"]))
                found["before"] = asdict(evaluating.evaluate(before, held.texts, held.labels))
    return found


if __name__ == "__main__":
    os.nice(POLITE)
    sys.stdout.buffer.write(orjson.dumps(_learn(orjson.loads(sys.stdin.buffer.read()))))
