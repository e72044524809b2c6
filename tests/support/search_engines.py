"""Search engines for the tests, each with documents of the test's own; the contract suite runs against every one."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from tortoise import Tortoise

from server.core import database
from server.core.config import Settings
from server.core.search import Batch, Document, Embedded, Found, Kind, Question
from server.core.search.meilisearch.engine import Meilisearch
from server.core.search.port import Engine
from server.core.search.tables import Tables
from tests.support.meilisearch_server import MASTER, Server, running
from tests.support.postgres import NewDatabase

STORED: dict[str, dict[int, Document]] = {"answer": {}, "place": {}, "secret": {}}
"""What the kinds read, as a domain's tables would hold it."""


def _kind(name: str, number: int) -> Kind:
    async def read(wanted: Batch) -> Sequence[Document]:
        return wanted.of(STORED[name].values())

    return Kind(name, number, read)


ANSWER, PLACE, SECRET = _kind("answer", 1), _kind("place", 2), _kind("secret", 3)
KINDS = (ANSWER, PLACE, SECRET)


@dataclass
class Bench:
    """An engine with its documents."""

    engine: Engine
    settle: Callable[[], Awaitable[object]]
    """Does what the engine's jobs do later: until then something may be missing."""
    stored: Mapping[str, dict[int, Document]] = field(default_factory=lambda: STORED)

    async def put(self, *documents: Document) -> None:
        """Store and index documents in one transaction."""
        for document in documents:
            self.stored[document.kind.name][document.id] = document
        async with database.transaction():
            await self.engine.put(documents)
        await self.settle()

    async def remove(self, kind: Kind, *ids: int) -> None:
        """Delete documents and take them out of the index in one transaction."""
        for one in ids:
            self.stored[kind.name].pop(one, None)
        async with database.transaction():
            await self.engine.remove(kind, ids)
        await self.settle()

    async def ask(self, words: str, **more: Any) -> Found:
        """What the engine finds for everybody, or as ``more`` of a question says."""
        return await self.engine.search(replace(Question(words, KINDS), **more))

    async def found(self, words: str, **more: Any) -> list[tuple[str, int]]:
        """The kinds and ids of the hits, in their order."""
        return [(hit.kind, hit.id) for hit in (await self.ask(words, **more)).hits]


@contextlib.asynccontextmanager
async def _embedded(url: str) -> AsyncIterator[Bench]:
    tables = Tables("contract")
    await database.connect(Settings(database_url=url), {})
    await tables.create()

    async def settle() -> None:
        while await tables.count():
            pass

    try:
        yield Bench(Embedded(tables), settle)
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def meilisearch(url: str) -> AsyncIterator[tuple[Bench, Server]]:
    """An engine with Meilisearch before it, whose jobs run when the bench settles; and the server."""
    tables = Tables("contract")
    await database.connect(Settings(database_url=url), {})
    await Tortoise.generate_schemas()
    await tables.create()
    with running() as server:
        engine = Meilisearch(tables, None, server.url, MASTER)
        await engine.rebuild(lambda _count: None)

        async def settle() -> None:
            await engine.filling.bring_waiting()
            while await tables.count():
                pass

        try:
            yield Bench(engine, settle), server
        finally:
            await engine.close()
            await database.close()


@contextlib.asynccontextmanager
async def _meilisearch(url: str) -> AsyncIterator[Bench]:
    async with meilisearch(url) as (found, _server):
        yield found


Start = Callable[[NewDatabase], AbstractAsyncContextManager[Bench]]
ENGINES: Mapping[str, Start] = {
    "embedded on sqlite": lambda new: _embedded(new("sqlite")),
    "embedded on postgres": lambda new: _embedded(new("postgres")),
    "meilisearch": lambda new: _meilisearch(new("sqlite")),
}
"""How each engine is started with a database of its own."""


@contextlib.asynccontextmanager
async def bench(name: str, new_database: NewDatabase) -> AsyncIterator[Bench]:
    """An engine without documents."""
    for documents in STORED.values():
        documents.clear()
    async with ENGINES[name](new_database) as found:
        yield found
