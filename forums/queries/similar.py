"""Similar submissions within one forum, by the tokens of the text index, with rare tokens weighing more.

The newest ``LOOKED_AT`` of the forum are compared, so the cost does not grow with the city's other forums.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from forums.states import SubmissionState
from server.core import database
from server.core.rows import read
from server.core.search import tokens

LOOKED_AT = 1_000
SHOWN = 8
READ = 160
"""Characters of the text compared, after the title."""
ALIKE = 0.3
"""The similarity from which merging is proposed; 1 means the same words."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A similar submission."""

    number: str
    title: str
    text: str
    status: SubmissionState
    outcome: str
    percent: int
    """The similarity."""


async def similar(submission_id: int, forum_id: int) -> list[Similar]:
    """The submissions of its forum most similar to one that could be merged with it, most similar first. One query."""
    rows = await database.fetch(
        f"SELECT s.id, s.number, s.title, substr(s.text, 1, {READ}) AS text, s.status, s.outcome FROM submission s "
        "WHERE s.forum_id = ? AND s.visibility = 'shown' "
        f"ORDER BY s.id DESC LIMIT {LOOKED_AT}",
        forum_id,
    )
    words = {row["id"]: _words(f"{row['title']} {row['text']}") for row in rows}
    if submission_id not in words:
        return []
    likeness = alike(words[submission_id], words)
    free = (SubmissionState.RECEIVED.value, SubmissionState.ASSIGNED.value, SubmissionState.ANSWERED.value)
    found = [
        read(Similar, {**row, "percent": math.floor(100 * likeness[row["id"]])})
        for row in rows
        if row["id"] != submission_id and row["status"] in free and likeness[row["id"]] >= ALIKE
    ]
    return sorted(found, key=lambda one: -one.percent)[:SHOWN]


@lru_cache(maxsize=2 * LOOKED_AT)
def _words(text: str) -> frozenset[str]:
    """Cached, because working through a forum compares the same thousand texts again and again: 80 ms each time."""
    return frozenset(tokens(text))


def alike(wanted: frozenset[str], others: Mapping[int, frozenset[str]]) -> dict[int, float]:
    """The similarity of texts to one, from 0 to 1: cosine over their tokens, each weighted by its rarity."""
    known = Counter(word for words in others.values() for word in words)
    weight = {word: math.log(1 + len(others) / known[word]) ** 2 for word in known}
    own = _length(wanted, weight)
    return {
        key: sum(weight[word] for word in wanted & words) / ((own * _length(words, weight)) or 1)
        for key, words in others.items()
    }


def _length(words: Sequence[str] | frozenset[str], weight: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight.get(word, 0.0) for word in words))
