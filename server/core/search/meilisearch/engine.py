"""The engine of larger installations: candidates from Meilisearch, everything else from the embedded engine beside it.

Permissions and filters are part of what Meilisearch is asked. It answers with ids; the texts come from the database, as
they are now and to whom they are shown now, so an index that lags behind shows nothing that was changed or removed.
"""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from server.core.jobs import Task
from server.core.search import finding, passages, words
from server.core.search.embedded import Embedded
from server.core.search.finding import Prepared
from server.core.search.meilisearch import channel, filling, shape
from server.core.search.meilisearch.channel import Channel, Rejected, Unavailable
from server.core.search.port import ID_BITS, Document, Found, Kind, Question
from server.core.search.related import Related
from server.core.search.tables import Tables
from server.core.search.words import MAX_WORD

log = logging.getLogger("sinmungo.search")
simple = Counter("sinmungo_search_simple", "Searches that the embedded engine answered for Meilisearch", ["reason"])
seconds = Histogram(
    "sinmungo_search_seconds", "Seconds until Meilisearch answered a search", buckets=(0.01, 0.03, 0.1, 0.3, 1.0)
)
available = Gauge("sinmungo_search_available", "Whether Meilisearch is asked: 1, or 0 while it does not answer")

PATIENCE = 0.3
"""Seconds for which a search waits for Meilisearch."""
FAILURES = 3
"""Slow answers in a row after which it is left alone; after a refusal or without a connection it is at once."""
FIRST_PROBE, LAST_PROBE = 1.0, 30.0
"""Seconds until it is tried again, doubled each time."""
THREADS = 8
"""Searches that wait for Meilisearch in one process at the same time."""
CLIENT_SECONDS, FILLING_SECONDS = 1, 30
"""Seconds without a byte after which the client gives up, for a search and for what fills the index."""
RANKED = 100
"""Candidates that are ranked by their texts."""
_misspelt = re.compile(rf"[a-zà-ɏ]{{5,{MAX_WORD}}}", re.IGNORECASE)


class Meilisearch(Embedded):
    """The embedded engine with Meilisearch before it."""

    name = "meilisearch"

    def __init__(self, kept: Tables, related: Related | None, url: str, key: str) -> None:
        super().__init__(kept, related)
        self._asked = Channel(url, key, threads=THREADS, seconds=CLIENT_SECONDS)
        self.filling = filling.Filling(kept, Channel(url, key, threads=2, seconds=FILLING_SECONDS))
        self._waiting, self._failures = 0, 0
        self._probing: asyncio.Task[None] | None = None
        available.set(1)

    async def put(self, documents: Sequence[Document], *, new: bool = False) -> None:
        await super().put(documents, new=new)
        await self.filling.later([document.kind.base + document.id for document in documents])

    async def remove(self, kind: Kind, ids: Collection[int]) -> None:
        await super().remove(kind, ids)
        await self.filling.later([kind.base + one for one in ids])

    async def search(self, question: Question) -> Found:
        """A page of what is found; by the embedded engine, which says so, if Meilisearch does not answer in time."""
        if self._probing is not None:
            simple.labels("left alone").inc()
            return replace(await super().search(question), simple=True)
        prepared = await finding.prepare(self.kept, question)
        if prepared is None:
            return Found()
        try:
            found = await self._search(prepared)
        except (Unavailable, Rejected, TimeoutError) as error:
            self._failed(error)
            return replace(await super().search(question), simple=True)
        if found.total < question.related and (more := await finding.in_other_words(self.kept, prepared, self.related)):
            return more
        return found

    async def _search(self, prepared: Prepared) -> Found:
        question, ranking = prepared.question, prepared.ranking
        asked, exact = shape.queries(ranking, question.least)
        # What finds too much is ranked before it is sorted, and only the best of it is kept.
        sent = question if exact else replace(question, sort="relevance", facets=False)
        end = min(question.offset + question.limit, shape.KEPT)
        answer = await self._ask(*shape.search(sent, asked, max(RANKED, end) if exact else RANKED))
        ids, total = [int(one["id"]) for one in answer["hits"]], int(answer["estimatedTotalHits"])
        complete, deep = total <= len(ids), exact and question.offset >= RANKED
        found = await finding.rows(self.kept, ids[question.offset : end] if deep else ids)
        readers = set(question.readers)
        rows = {key: found[key] for key in ids if key in found and readers & {*found[key]["readers"].split("\n")}}
        scores = ranking.scores({key: finding.folded(row) for key, row in rows.items()})
        keys = _enough(prepared, rows, scores)
        names = {kind.number: kind.name for kind in question.kinds}
        facets = _named(answer.get("facetDistribution") or {}, names)
        if not deep and (complete or not exact):
            total, facets = len(keys), _counted([rows[key] for key in keys], names) if question.facets else {}
        if not deep:
            keys = _ordered(question, keys, rows, scores)[question.offset : end]
        finds = passages.pattern(question.words)
        hits = [finding.hit(rows[key], names[key >> ID_BITS], scores[key], finds) for key in keys]
        return Found(hits, total, not complete and not exact, facets, prepared.meant)

    async def _ask(self, each: Sequence[Any], federation: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._waiting >= 2 * THREADS:
            raise TimeoutError
        begun = time.perf_counter()
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._asked.call(channel.search(each, federation))
        finally:
            self._waiting -= 1
            seconds.observe(time.perf_counter() - begun)
        self._failures = 0
        return answer

    def _failed(self, error: Exception) -> None:
        slow = isinstance(error, TimeoutError)
        simple.labels("slow" if slow else "refused" if isinstance(error, Rejected) else "unavailable").inc()
        self._failures += 1 if slow else FAILURES
        log.warning("Meilisearch did not answer a search: %s", error if str(error) else type(error).__name__)
        if self._failures >= FAILURES and self._probing is None:
            available.set(0)
            self._probing = asyncio.create_task(self._probe())

    async def _probe(self) -> None:
        """Leave it alone until it answers a search in time."""
        wait = FIRST_PROBE
        each = [{"indexUid": shape.INDEX, "q": "", "filter": ['kind IN ["0"]'], "sort": ["at:desc"]}]
        while True:
            await asyncio.sleep(wait)
            with contextlib.suppress(Unavailable, Rejected, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._asked.call(channel.search(each, {"limit": 1}))
                break
            wait = min(2 * wait, LAST_PROBE)
        self._failures, self._probing = 0, None
        available.set(1)
        log.warning("Meilisearch answers again")

    async def fill(self, task: Task) -> None:
        """What a job of :data:`filling.FILL` does."""
        await self.filling.fill(task)

    async def forget(self) -> str:
        """Bring what is still to be removed now. A sentence if that was not possible."""
        try:
            await self.filling.bring_waiting()
        except (Unavailable, Rejected) as error:
            return f"search: Meilisearch still has removed documents, a job will remove them ({error})"
        return ""

    async def problems(self) -> AsyncIterator[str]:
        async for problem in self.filling.problems():
            yield problem

    async def rebuild(self, progress: Callable[[int], object]) -> int:
        return await self.filling.rebuild(progress)

    async def close(self) -> None:
        """Stop probing, and let the threads end."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        self._asked.close()
        self.filling.close()


def _enough(
    prepared: Prepared, rows: Mapping[int, Mapping[str, Any]], scores: Mapping[int, tuple[float, float]]
) -> list[int]:
    """Those that contain enough of the question; if none does, what Meilisearch took for misspelt words."""
    ranking, frequent = prepared.ranking, prepared.ranking.statistics.frequent
    known = sum(weight for one, weight in ranking.weights.items() if one.prefix or frequent.get(one.token))
    least = prepared.question.least * known * 0.999
    initials = {one: weight for one, weight in ranking.weights.items() if words.is_initial(one.token)}
    found = list[int]()
    for key, row in rows.items():
        contained = scores[key][1] * ranking.total
        if initials:  # of the title's words; no text contains them
            there = words.initials(row["title"])
            contained += sum(w for one, w in initials.items() if any(each.startswith(one.token) for each in there))
        if contained and contained >= least:
            found.append(key)
    return found or (list(rows) if _misspelt.search(prepared.question.words) else [])


def _ordered(
    question: Question,
    keys: Sequence[int],
    rows: Mapping[int, Mapping[str, Any]],
    scores: Mapping[int, tuple[float, float]],
) -> list[int]:
    if question.sort == "newest":
        return sorted(keys, key=lambda key: (-rows[key]["at"], -key))
    best = sorted(keys[:RANKED], key=lambda key: (-scores[key][0], -key))
    return [*best, *keys[RANKED:]]


def _counted(rows: Sequence[Mapping[str, Any]], names: Mapping[int, str]) -> Mapping[str, Mapping[str, int]]:
    return finding.count_facets(
        (names[row["id"] >> ID_BITS], row["department"], row["state"], row["district"], finding.moment(row))
        for row in rows
    )


def _named(distribution: Mapping[str, Mapping[str, int]], names: Mapping[int, str]) -> Mapping[str, Mapping[str, int]]:
    found = {facet: dict(values) for facet, values in distribution.items()}
    if "kind" in found:
        found["kind"] = {names[int(number)]: count for number, count in found["kind"].items()}
    return found
