"""Keeps the table of related words up to date: a job learns them anew when the city's public texts have changed."""

import logging
from collections.abc import Awaitable, Callable, Sequence

import orjson

from server.core import aside, database
from server.core.search.port import PUBLIC
from server.core.search.related import Related
from server.core.search.tables import Tables

log = logging.getLogger("sinmungo.search")

FEWEST = 100
"""Documents from which words are learned at all."""
MOST = 20_000
"""The newest documents from which words are learned."""
BEGINNING = 2_000
"""Characters of a document that are read."""
CHANGED = 0.05
"""The share of documents added or removed after which words are learned again."""
BATCH = 500

Row = tuple[str, list[tuple[str, float]]]
Texts = Callable[[], Awaitable[Sequence[str]]]


async def relearn(kept: Tables, related: Related, besides: Texts) -> int:
    """Learn the related words, unless they still fit; returns how many words have some, 0 if nothing was done.

    Only what everybody may read is learned from: what a search finds then tells nothing of private cases. ``besides``
    gives other public texts, such as what departments are responsible for.
    """
    anybody = f"'\n' || readers || '\n' LIKE '%\n{PUBLIC}\n%'"
    documents = await database.value(f"SELECT COUNT(*) FROM {kept.prefix}_document WHERE {anybody}")
    learned, _version = await related.learned()
    if documents < FEWEST or (learned and abs(documents - learned) < max(1, CHANGED * learned)):
        return 0
    ids = await database.column(
        f"SELECT id FROM {kept.prefix}_document WHERE {anybody} ORDER BY at DESC, id DESC LIMIT {MOST}"
    )
    texts = [*await besides()]
    for start in range(0, len(ids), BATCH):
        rows = await database.fetch(
            f"SELECT title, substr(body, 1, {BEGINNING}) AS body FROM {kept.prefix}_document "
            "WHERE id IN (?) ORDER BY id",
            ids[start : start + BATCH],
        )
        texts += [f"{row['title']}\n{row['body']}" for row in rows]
    rows = await learn_aside(texts)
    await related.replace(rows, documents)
    log.info("search: learned related words for %d words from %d documents", len(rows), documents)
    return len(rows)


async def learn_aside(texts: Sequence[str]) -> list[Row]:
    """``learning.learn`` in a process of its own. Raises ``RuntimeError`` if that failed."""
    out = await aside.run("server.core.search.learning", orjson.dumps(texts))
    return [(word, [(token, weight) for token, weight in related]) for word, related in orjson.loads(out)]
