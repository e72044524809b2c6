"""The version of what routing learned that routes now, in the memory of this process, and the departments' thresholds.

numpy and the arrays are loaded once there is a version; a new one is seen within seconds (``petitions.reference``).
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from petitions.routing import CANDIDATES, EDGE, MOST_SHOWN, Guess, Thresholds
from server.core import database

if TYPE_CHECKING:
    from server.core.classifier.model import Model

log = logging.getLogger("sinmungo.routing")

LONGEST_WORD = 30
"""Characters of a telling word that are kept: a longer one is an address or no word."""


@dataclass(frozen=True, eq=False)
class Learned:
    """A version, and from which probabilities each department gets a case; others have the usual thresholds."""

    version: int
    model: "Model"
    thresholds: Mapping[int, Thresholds]

    def guess(self, title: str, body: str) -> Guess:
        """The likeliest departments of a text, best first, with the words that speak for each."""
        scored, words = self.model.explained(f"{title}\n{body}", CANDIDATES, MOST_SHOWN)
        found = [
            (int(label), round(chance, 3), _bare(telling))
            for label, chance, telling in zip(scored.labels, scored.probabilities, words, strict=False)
        ]
        return Guess(self.version, found, scored.known, self.thresholds)


def _bare(words: Iterable[str]) -> tuple[str, ...]:
    """Words without the punctuation around them, each once."""
    return tuple(dict.fromkeys(bare for word in words if (bare := word.strip(EDGE)[:LONGEST_WORD])))


_kept: Learned | None = None


async def current() -> Learned | None:
    """The version that routes; None if there is none. Its arrays are read only if this process has another one."""
    global _kept  # noqa: PLW0603 - one version in each process
    rows = await database.fetch(
        "SELECT m.id, t.department_id, t.assign_at, t.propose_at FROM routing_model m "
        "LEFT JOIN routing_threshold t ON t.propose_at <= t.assign_at WHERE m.active = ? "
        "ORDER BY m.id DESC",
        True,
    )
    if not rows:
        _kept = None
        return None
    thresholds = {
        row["department_id"]: Thresholds(row["assign_at"], row["propose_at"]) for row in rows if row["department_id"]
    }
    version = rows[0]["id"]
    model = _kept.model if _kept and _kept.version == version else await _load(version)
    _kept = None if model is None else Learned(version, model, thresholds)
    return _kept


async def _load(version: int) -> "Model | None":
    stored = await database.value("SELECT arrays FROM routing_model WHERE id = ?", version)
    return None if stored is None else await asyncio.to_thread(_read, version, bytes(stored))


def _read(version: int, stored: bytes) -> "Model | None":
    """The arrays; None if they cannot be read, as after an upgrade that changed them: keywords route then."""
    from server.core.classifier.model import BadModel, Model  # noqa: PLC0415 - without a version no numpy is loaded

    try:
        return Model.from_bytes(stored)
    except BadModel:
        log.exception("version %d of routing cannot be read", version)
        return None
