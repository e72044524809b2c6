"""How well the engine finds a known text: each line's query should find that line's own text among all others."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from server.core import database
from server.core.search.finding import search
from server.core.search.port import BATCH, PUBLIC, Batch, Document, Kind, Question
from server.core.search.tables import Tables

DEPTH = 10
"""Hits among which the text is looked for."""


@dataclass(frozen=True)
class Quality:
    """What was measured."""

    queries: int
    recall_at_1: float
    recall_at_10: float
    mrr_at_10: float
    """The mean of 1 divided by the rank; 0 for what is not among the first ten."""
    ms_per_query: float


async def _nothing(_wanted: Batch) -> Sequence[Document]:
    return ()


_TEXT = Kind("text", 1, _nothing)


async def evaluate(pairs: Sequence[tuple[str, str]]) -> Quality:
    """Index all texts in tables of their own, which are gone afterwards, and search for each query."""
    kept, ranks = Tables("scratch"), list[int]()
    async with database.transaction():
        await kept.create()
        documents = [Document(_TEXT, number, "", text) for number, (_query, text) in enumerate(pairs, 1)]
        for start in range(0, len(documents), BATCH):
            await kept.put(documents[start : start + BATCH], new=True)
        while await kept.count():
            pass
        begun = time.perf_counter()
        for number, (query, _text) in enumerate(pairs, 1):
            found = await search(kept, Question(query, (_TEXT,), (PUBLIC,), limit=DEPTH, least=0))
            ids = [hit.id for hit in found.hits]
            ranks.append(ids.index(number) + 1 if number in ids else 0)
        seconds = time.perf_counter() - begun
        await kept.drop()
    count = max(1, len(pairs))
    return Quality(
        len(pairs),
        round(sum(rank == 1 for rank in ranks) / count, 4),
        round(sum(rank > 0 for rank in ranks) / count, 4),
        round(sum(1 / rank for rank in ranks if rank) / count, 4),
        round(1000 * seconds / count, 2),
    )
