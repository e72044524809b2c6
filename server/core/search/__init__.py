"""Search: a domain puts and removes its documents inside its own transaction, and asks for what is found.

The port and what travels through it stand in ``port``. The embedded engine is always filled, because it answers when no
other does; an engine for larger installations stands beside it and is filled by jobs.
"""

import importlib
from collections.abc import AsyncIterator, Callable, Sequence

from server.core.config import Settings
from server.core.jobs import Task
from server.core.search import rebuilding, relearning
from server.core.search.embedded import FILL, RELATED, TABLES, Embedded
from server.core.search.port import (
    ALWAYS,
    PUBLIC,
    Batch,
    Document,
    Found,
    Hit,
    Kind,
    Passage,
    Question,
    translated,
)
from server.core.search.words import query_terms, tokens

__all__ = [
    "ALWAYS", "ENGINE", "FILL", "PUBLIC", "RELATED", "TABLES", "Batch", "Document", "Embedded", "Found", "Hit", "Kind",
    "Passage", "Question", "count", "fill", "forget", "problems", "put", "query_terms", "rebuild", "refresh",
    "relearn", "remove", "tokens", "translated", "use",
]  # fmt: skip

ENGINE = Embedded(related=RELATED)


def use(settings: Settings) -> None:
    """Choose the engine of this process. Only Meilisearch needs its client, which takes a tenth of a second to load."""
    global ENGINE  # noqa: PLW0603 - chosen once, at the start
    if not settings.meilisearch_url:
        ENGINE = Embedded(related=RELATED)
        return
    engine = importlib.import_module("server.core.search.meilisearch.engine")
    ENGINE = engine.Meilisearch(TABLES, RELATED, settings.meilisearch_url, settings.meilisearch_key)


async def fill(task: Task) -> None:
    """Bring to another engine what a job names."""
    await ENGINE.fill(task)


async def put(*documents: Document, new: bool = False) -> None:
    """Index documents, replacing earlier ones, inside the surrounding transaction; ``new`` if there are none."""
    await ENGINE.put(documents, new=new)


async def remove(kind: Kind, *ids: int) -> None:
    """Remove documents inside the surrounding transaction."""
    await ENGINE.remove(kind, ids)


async def refresh(kind: Kind, *ids: int) -> None:
    """Index what is stored of these documents now, inside the surrounding transaction; what is gone is removed."""
    if not ids:
        return
    documents = await kind.read(Batch(ids))
    if documents:
        await ENGINE.put(documents)
    if gone := set(ids) - {document.id for document in documents}:
        await ENGINE.remove(kind, gone)


async def count() -> None:
    """Add up how frequent words have become, for a job that runs again and again."""
    while await TABLES.count():
        pass


async def forget() -> str:
    """Leave nothing of documents that were removed or replaced: no word, no part of an index, nothing learned.

    Returns a sentence if another engine could not be told.
    """
    await count()
    await TABLES.forget()
    await RELATED.replace([], 0)  # the next job learns anew from what is left
    return await ENGINE.forget()


async def relearn(besides: relearning.Texts) -> None:
    """Learn which words say the same, if the city's public texts have changed much, for a job."""
    await relearning.relearn(TABLES, RELATED, besides)


async def rebuild(kinds: Sequence[Kind], progress: Callable[[int], object]) -> int:
    """Build the index anew, see :func:`server.core.search.rebuilding.rebuild`."""
    return await rebuilding.rebuild(TABLES, kinds, progress)


async def problems(kinds: Sequence[Kind]) -> AsyncIterator[str]:
    """Compare the index with the documents and repair it; a sentence for each kind that was repaired. Then the same for
    another engine's.
    """
    async for problem in rebuilding.problems(TABLES, kinds):
        yield problem
    async for problem in ENGINE.problems():
        yield problem
