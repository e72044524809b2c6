"""Reading once for everybody who asks: after a restart thousands of pages come back with the same question."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Read = TypeVar("Read")

KEPT = 100
"""Answers that are kept for the next one, for each subject."""


class Once:
    """Answers by subject and question, kept until something happens to the subject."""

    def __init__(self) -> None:
        self._kept = defaultdict[str, dict[object, asyncio.Task[Any]]](dict)
        self._reading = set[asyncio.Task[Any]]()

    def forget(self, subject: str = "") -> None:
        """Something happened to a subject, or to nobody knows which: who asks from now on is answered anew."""
        if subject:
            self._kept.pop(subject, None)
        else:
            self._kept.clear()

    async def read(self, subject: str, key: object, read: Callable[[], Coroutine[Any, Any, Read]]) -> Read:
        """Read for the first who asks, and for all who ask until something happens to the subject.

        Nobody is given what was read before the last news: who came earlier than the news hears the news itself.
        """
        kept = self._kept[subject]
        if len(kept) >= KEPT:
            kept.clear()
        task: asyncio.Task[Read] | None = kept.get(key)
        if task is None:
            task = kept[key] = asyncio.create_task(read())
            self._reading.add(task)  # also when news makes what it reads old, and when whoever asked has gone
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
        """Read no more: the database is about to close."""
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)
