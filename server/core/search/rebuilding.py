"""Building the index anew beside the one in use, and comparing it with what it should hold.

A rebuild reads every document in batches, each in a transaction of its own, so that nobody waits. Whatever changes
leaves rows in ``…_delta``, which are not counted until the new tables, brought up to date, have taken the place of the
old ones in one short transaction. Interrupted, it leaves the old index in use and can simply be started again.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

from server.core import clock, database
from server.core.search import tables
from server.core.search.port import ID_BITS, Batch, Document, Kind
from server.core.search.tables import Tables

ASIDE = "aside"
WALKED = 500
"""How many documents are read and compared together."""
WAITS = timedelta(minutes=10)
"""For how long after its last batch counting waits for a rebuild that was interrupted."""
SAMPLE = 100
"""How many words are counted in the index to check the table of terms."""


async def rebuild(kept: Tables, kinds: Sequence[Kind], progress: Callable[[int], object]) -> int:
    """Build the index anew and put it in the place of the old one; ``progress`` gets the number of each batch.

    Returns the number of documents.
    """
    new, frequent, named = Tables(ASIDE), Counter[str](), Counter[str]()
    async with database.transaction():
        await new.drop()
        await new.create()
        await _hold_counting(kept)
        await _wait_for_writers(kept)
        start = await database.value(f"SELECT COALESCE(MAX(id), 0) FROM {kept.prefix}_delta")
    # While one batch is written, the next is prepared.
    written: tables.Prepared | None = None
    async for documents in _batches(kinds):
        work = asyncio.to_thread(tables.prepare, documents, database.dialect(), frequent, named)
        prepared, _done = await asyncio.gather(work, _write(kept, new, written))
        written = prepared
        progress(len(documents))
    await _write(kept, new, written)
    await new.add(frequent, named)
    await _catch_up(kept, new, kinds, start)
    async with database.transaction():
        await _wait_for_writers(kept)
        # From the start again, because ids are given before the commit: an earlier one may have come later.
        await _catch_up(kept, new, kinds, start)
        await new.replace(kept)
    return int(await database.value(f"SELECT COUNT(*) FROM {kept.prefix}_document"))


async def _wait_for_writers(kept: Tables) -> None:
    """Wait until whoever writes documents has committed, and keep others waiting until the end of the transaction."""
    if database.dialect() == "postgres":
        await database.execute(f"LOCK TABLE {kept.prefix}_document IN SHARE ROW EXCLUSIVE MODE")


async def _batches(kinds: Sequence[Kind]) -> AsyncIterator[Sequence[Document]]:
    for kind in kinds:
        after = 0
        while documents := await kind.read(Batch(after=after, limit=WALKED)):
            after = documents[-1].id
            yield documents


async def _write(kept: Tables, new: Tables, batch: tables.Prepared | None) -> None:
    if batch is not None:
        async with database.transaction():
            await new.build(batch)
            await _hold_counting(kept)


async def _hold_counting(kept: Tables) -> None:
    until = int((clock.now() + WAITS).timestamp())
    await database.insert(
        f"{kept.prefix}_term",
        ("term", "documents"),
        [(tables.REBUILDING, until)],
        conflict="(term) DO UPDATE SET documents = excluded.documents",
    )


async def _catch_up(kept: Tables, new: Tables, kinds: Sequence[Kind], seen: int) -> None:
    """Index again what was changed since a row of ``…_delta``."""
    by_number = {kind.number: kind for kind in kinds}
    while True:
        rows = await database.fetch(
            f"SELECT id, document FROM {kept.prefix}_delta WHERE id > ? ORDER BY id LIMIT {WALKED}", seen
        )
        if not rows:
            return
        seen = rows[-1]["id"]
        changed = defaultdict[Kind, set[int]](set)
        for row in rows:
            if kind := by_number.get(row["document"] >> ID_BITS):
                changed[kind].add(row["document"] - kind.base)
        for kind, ids in changed.items():
            documents = await kind.read(Batch(ids))
            await new.put(documents)
            await new.remove(kind, ids - {document.id for document in documents})


async def problems(kept: Tables, kinds: Sequence[Kind]) -> AsyncIterator[str]:
    """Compare the index with the documents and repair it; a sentence for each kind that was repaired."""
    for kind in kinds:
        wrong, after = 0, 0
        while True:
            documents = await kind.read(Batch(after=after, limit=WALKED))
            last = kind.base + documents[-1].id if documents else kind.end - 1
            rows = await database.fetch(
                f"SELECT id, digest FROM {kept.prefix}_document WHERE id > ? AND id <= ?", kind.base + after, last
            )
            there = {row["id"] - kind.base: row["digest"] for row in rows}
            outdated = [document for document in documents if there.pop(document.id, "") != document.digest()]
            if outdated or there:
                wrong += len(outdated) + len(there)
                ids = {document.id for document in outdated} | there.keys()
                async with database.transaction():  # read again: what is being filed just now is no problem
                    current = await kind.read(Batch(ids))
                    await kept.put(current)
                    await kept.remove(kind, ids - {document.id for document in current})
            if not documents:
                break
            after = documents[-1].id
        if wrong:
            yield f"search: {wrong} documents of the kind {kind.name} were missing, outdated or too many; repaired"
    while await kept.count():
        pass
    if await _miscounted(kept):
        yield "search: how frequent words are does not agree with the index; run `sinmungo reindex`"


async def _miscounted(kept: Tables) -> bool:
    """Whether some words or the number of documents differ from the index, where nothing waits to be counted."""
    p = kept.prefix
    if await database.fetch_one(f"SELECT id FROM {p}_delta LIMIT 1"):
        return False
    documents = await database.value(f"SELECT COUNT(*) FROM {p}_document")
    counted = await database.value(f"SELECT documents FROM {p}_term WHERE term = ?", tables.DOCUMENTS)
    if documents != (counted or 0):
        return True
    rows = await database.fetch(f"SELECT term, documents FROM {p}_term WHERE term > ? LIMIT {SAMPLE}", "#\uffff")
    for row in rows:
        if await kept.holding(row["term"]) != row["documents"]:
            return True
    return False
