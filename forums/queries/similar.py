"""Submissions of one forum that say much the same: by the words that the text index cuts them into, rare words count
more.

The newest ``LOOKED_AT`` of the forum are compared, so that the cost does not grow with the city's other forums.
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
"""Characters of a text that are compared, behind its title."""
ALIKE = 0.3
"""From which likeness on two submissions are proposed to be merged; 1 is the same words."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A submission that says much the same."""

    number: str
    title: str
    text: str
    status: SubmissionState
    outcome: str
    percent: int
    """How alike they are."""


async def similar(submission_id: int, forum_id: int) -> list[Similar]:
    """The submissions of its forum that are most like one and could be merged with it, the most alike first. One
    query.
    """
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
    """Kept, because who works through a forum compares the same thousand texts again and again: 80 ms each time."""
    return frozenset(tokens(text))


def alike(wanted: frozenset[str], others: Mapping[int, frozenset[str]]) -> dict[int, float]:
    """How alike texts are to one, from 0 to 1: the cosine over their words, each weighed by how rare it is."""
    known = Counter(word for words in others.values() for word in words)
    weight = {word: math.log(1 + len(others) / known[word]) ** 2 for word in known}
    own = _length(wanted, weight)
    return {
        key: sum(weight[word] for word in wanted & words) / ((own * _length(words, weight)) or 1)
        for key, words in others.items()
    }


def _length(words: Sequence[str] | frozenset[str], weight: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight.get(word, 0.0) for word in words))
