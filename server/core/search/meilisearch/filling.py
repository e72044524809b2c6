"""How the index in Meilisearch follows the database: jobs that bring what changed, the rebuild, and the comparison.

Each change leaves a job in its own transaction. The job that runs first brings what all waiting ones name, as it is
stored now, waits for Meilisearch's tasks, and looks once more whether anything of it has changed since; so any number
of processes may do this, again and again. There is one such job at a time in a process: while Meilisearch is slow, the
others wait for it and are then done with it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
from meilisearch import Client
from meilisearch.models.task import TaskInfo
from prometheus_client import Histogram

from server.core import clock, database, jobs
from server.core.jobs import Postponed, Task
from server.core.search.embedded import FILL
from server.core.search.meilisearch import channel, shape
from server.core.search.meilisearch.channel import Channel, Rejected, Unavailable
from server.core.search.meilisearch.shape import ASIDE, INDEX
from server.core.search.tables import Tables

log = logging.getLogger("sinmungo.search")
lag = Histogram(
    "sinmungo_search_lag_seconds", "Seconds until Meilisearch had a change", buckets=(1.0, 5.0, 30.0, 300.0, 3600.0)
)

TOGETHER = 500
"""Documents that a job brings together, and about how many a batch of a rebuild has."""
MOST_CHARACTERS = 400_000
"""Characters of the documents of one request; as pairs they are about fifteen times as many bytes."""
WALKED = 1_000
"""Documents that are compared together."""
QUEUED = 20
"""Tasks that may wait in Meilisearch before more is sent."""
IN_FLIGHT = 3
"""Batches of a rebuild that Meilisearch works on at the same time."""
LATER = timedelta(seconds=5)
"""After this, what could not be brought is tried again."""
TASK_SECONDS, REBUILD_SECONDS = 40.0, 3600.0
"""Seconds for which a task may take, in a job and in a rebuild."""
_ROW = "id, digest, title, body, also, readers, language, department, district, state, year, at"


class Filling:
    """What brings documents of some tables to Meilisearch."""

    def __init__(self, kept: Tables, to: Channel) -> None:
        self._kept, self._to = kept, to
        self._alone = asyncio.Lock()

    async def later(self, ids: Collection[int]) -> None:
        """Bring documents, or that they are gone, after the surrounding transaction."""
        if ids:
            await jobs.enqueue((f"{FILL}:{uuid4().hex}", FILL, {"ids": list(ids)}))

    async def fill(self, task: Task) -> None:
        """Bring what a job names, and with it what the other ones do that have not failed."""
        try:
            async with asyncio.timeout(jobs.LEASE.total_seconds() / 3):
                await self._alone.acquire()
        except TimeoutError:
            raise Postponed(clock.now() + LATER) from None
        try:
            while await jobs.pending([task.key]):  # not if it was brought with another one
                await self._fill(task.key if task.attempts > 1 else "")
        except Unavailable as error:
            log.warning("the search index waits for Meilisearch: %s", error)
            until = clock.now() + LATER
            await jobs.put_off(FILL, until)
            raise Postponed(until) from error
        finally:
            self._alone.release()

    async def _fill(self, only: str = "") -> None:
        """Bring what waiting jobs name, or one that failed before, for which it may be to blame."""
        waiting = await jobs.of_kind(FILL, TOGETHER, only)
        ids, keys = set[int](), list[str]()
        for job in waiting:
            more = set(orjson.loads(job.payload)["ids"])
            if keys and len(ids | more) > TOGETHER:
                break
            ids |= more
            keys.append(job.key)
        if await channel.busy(self._to) > QUEUED:
            raise Unavailable("it has too much to do")
        if await channel.exists(self._to):  # before the first rebuild there is nothing to follow
            await self._bring(INDEX, sorted(ids), TASK_SECONDS)
        await self._leave_aside(sorted(ids))
        await jobs.take(sorted(keys))
        for job in waiting[: len(keys)]:
            lag.observe(max(0.0, (clock.now() - job.created_at).total_seconds()))

    async def _leave_aside(self, ids: Sequence[int]) -> None:
        """Keep nothing of documents in what a rebuild left, or is filling: it compares both indexes at its end."""
        if not ids or not await channel.exists(self._to, ASIDE):
            return
        try:
            await channel.done(self._to, await self._remove(ASIDE, ids), seconds=TASK_SECONDS)
        except Rejected as error:  # dropped meanwhile, or still without settings and so empty
            if error.code not in {"index_not_found", "invalid_document_filter"}:
                raise

    async def bring_waiting(self) -> None:
        """Bring all that waits, in this process and now."""
        async with self._alone:
            while await jobs.of_kind(FILL, 1):
                await self._fill()

    async def _bring(self, index: str, ids: Sequence[int], seconds: float) -> None:
        """Make documents in Meilisearch what they are in the database, again if they change meanwhile."""
        while ids:
            rows = await self._rows(ids)
            brought = {row["id"]: row["digest"] for row in rows}
            tasks = [await self._add(index, part) for part in _parts(rows)]
            if gone := [one for one in ids if one not in brought]:
                tasks.append(await self._remove(index, gone))
            await channel.done(self._to, *tasks, seconds=seconds)
            now = {row["id"]: row["digest"] for row in await self._rows(ids, "id, digest")}
            ids = [one for one in ids if now.get(one) != brought.get(one)]

    async def _rows(self, ids: Sequence[int], columns: str = _ROW) -> Sequence[Mapping[str, Any]]:
        return await database.fetch(f"SELECT {columns} FROM {self._kept.prefix}_document WHERE id IN (?)", list(ids))

    async def _add(self, index: str, rows: Sequence[Mapping[str, Any]]) -> TaskInfo:
        def add(client: Client) -> TaskInfo:  # the pairs are made in the thread
            return client.index(index).add_documents([shape.document(row) for row in rows], "id")

        return await self._to.call(add)

    async def _remove(self, index: str, ids: Sequence[int]) -> TaskInfo:
        wanted = f"id IN [{', '.join(map(str, ids))}]"
        return await self._to.call(lambda client: client.index(index).delete_documents(filter=wanted))

    async def rebuild(self, progress: Callable[[int], object]) -> int:
        """Fill a new index beside the one in use, and swap them. Interrupted, it leaves the old one in use, and the
        next rebuild begins anew. Returns the number of documents.
        """
        await self._drop(ASIDE)
        await self._create(ASIDE)
        flying, after, total = list[TaskInfo](), 0, 0
        while rows := await self._after(after, _ROW, TOGETHER):
            after = rows[-1]["id"]
            for part in _parts(rows):
                flying.append(await self._add(ASIDE, part))
                if len(flying) > IN_FLIGHT:
                    await channel.done(self._to, flying.pop(0), seconds=REBUILD_SECONDS)
            total += len(rows)
            progress(len(rows))
        await channel.done(self._to, *flying, seconds=REBUILD_SECONDS)
        await self._repair(ASIDE)  # what changed meanwhile
        if not await channel.exists(self._to):
            await self._create(INDEX)
        await self._finished(lambda client: client.swap_indexes([{"indexes": [INDEX, ASIDE]}]))
        await self._repair(INDEX)  # what changed until the swap was brought to the old one
        await self._drop(ASIDE)
        return total

    async def _create(self, index: str) -> None:
        await self._finished(lambda client: client.create_index(index, {"primaryKey": "id"}))
        await self._finished(lambda client: client.index(index).update_settings(dict(shape.SETTINGS)))

    async def _drop(self, index: str) -> None:
        if await channel.exists(self._to, index):
            await self._finished(lambda client: client.delete_index(index))

    async def _finished(self, work: Callable[[Client], TaskInfo]) -> None:
        await channel.done(self._to, await self._to.call(work), seconds=REBUILD_SECONDS)

    async def _after(self, after: int, columns: str, limit: int) -> Sequence[Mapping[str, Any]]:
        return await database.fetch(
            f"SELECT {columns} FROM {self._kept.prefix}_document WHERE id > ? ORDER BY id LIMIT {limit}", after
        )

    async def _repair(self, index: str) -> int:
        """Bring what differs; returns how many documents that were."""
        wrong, after = 0, 0
        while True:
            rows = await self._after(after, "id, digest", WALKED)
            last = rows[-1]["id"] if rows else None
            there = await self._there(index, after, last)
            stored = {row["id"]: shape.digest(row["digest"]) for row in rows}
            differing = sorted(one for one in stored.keys() | there.keys() if stored.get(one) != there.get(one))
            for at in range(0, len(differing), TOGETHER):
                await self._bring(index, differing[at : at + TOGETHER], REBUILD_SECONDS)
            wrong += len(differing)
            if last is None:
                return wrong
            after = last

    async def _there(self, index: str, after: int, last: int | None) -> Mapping[int, str]:
        """The digests in Meilisearch of the documents after an id, up to another one if given."""
        wanted = f"id > {after}" + (f" AND id <= {last}" if last is not None else "")
        found = dict[int, str]()
        while True:
            page = await self._to.call(_page(index, wanted, len(found)))
            found |= {one.id: one.digest for one in page}
            if len(page) < WALKED:
                return found

    async def problems(self) -> AsyncIterator[str]:
        """Compare the index with the database and repair it; a sentence for what is wrong."""
        try:
            if not await channel.exists(self._to):
                yield "search: Meilisearch has no index; run `sinmungo reindex`"
                return
            if shape.differs(await self._to.call(lambda client: client.index(INDEX).get_settings())):
                yield "search: the index in Meilisearch has other settings; run `sinmungo reindex`"
                return
            await self.bring_waiting()
            if wrong := await self._repair(INDEX):
                yield f"search: {wrong} documents in Meilisearch were missing, outdated or too many; repaired"
        except (Unavailable, Rejected) as error:
            yield f"search: Meilisearch cannot be checked: {error}"

    def close(self) -> None:
        """Let the threads end."""
        self._to.close()


def _page(index: str, wanted: str, offset: int) -> Callable[[Client], Sequence[Any]]:
    more = {"filter": wanted, "fields": ["id", "digest"], "offset": offset, "limit": WALKED}
    return lambda client: client.index(index).get_documents(more).results


def _parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Rows in requests that are not too large."""
    part, characters = list[Mapping[str, Any]](), 0
    for row in rows:
        characters += len(row["title"]) + len(row["also"]) + len(row["body"])
        if part and characters > MOST_CHARACTERS:
            yield part
            part, characters = [], len(row["title"]) + len(row["also"]) + len(row["body"])
        part.append(row)
    if part:
        yield part
