"""Shared reads: after a restart thousands of pages reconnect with the same query."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Read = TypeVar("Read")

KEPT = 100
"""Cached results per subject."""


class Once:
    """Results by subject and key, cached until the subject has a new event."""

    def __init__(self) -> None:
        self._kept = defaultdict[str, dict[object, asyncio.Task[Any]]](dict)
        self._reading = set[asyncio.Task[Any]]()

    def forget(self, subject: str = "") -> None:
        """Invalidate a subject after a new event; without a name, all subjects."""
        if subject:
            self._kept.pop(subject, None)
        else:
            self._kept.clear()

    async def read(self, subject: str, key: object, read: Callable[[], Coroutine[Any, Any, Read]]) -> Read:
        """Read once for all callers until the subject has a new event.

        No caller gets a result older than the last event at the time of the call; later events reach it by the stream.
        """
        kept = self._kept[subject]
        if len(kept) >= KEPT:
            kept.clear()
        task: asyncio.Task[Read] | None = kept.get(key)
        if task is None:
            task = kept[key] = asyncio.create_task(read())
            self._reading.add(task)  # finishes even if its result is outdated or its caller has gone
            task.add_done_callback(self._reading.discard)
        try:
            return await asyncio.shield(task)
        except BaseException:
            if task.done():
                kept.pop(key, None)
            if not kept:
                self._kept.pop(subject, None)
            raise

    async def close(self) -> None:
        """Stop reading: the database is about to close."""
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)
