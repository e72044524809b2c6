"""Values that are read from the database, kept for a few seconds, and read once for all who ask meanwhile.

Without that, the moment at which reference data is too old makes every request on the way read all of it. What every
event may change is also let go with the next one that this process records or hears of (``until_news``).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from server.core import changes, config, database

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class SharedReads(Generic[K, T]):
    """Values by key, each read by ``read`` when it is asked for and the one kept is too old."""

    def __init__(self, read: Callable[[K], Awaitable[T]], *, until_news: bool = False) -> None:
        self._read = read
        self._until_news = until_news
        self._events = 0
        self._found: dict[K, tuple[float, T]] = {}
        self._reading: dict[K, asyncio.Task[T]] = {}

    async def get(self, key: K, seconds: float) -> T:
        """The value, at most ``seconds`` old; of a failing read, each who waited for it gets the error."""
        if self._until_news and not self._without_news():
            return await self._read(key)
        found = self._found.get(key)
        if found is not None and time.monotonic() - found[0] < seconds:
            return found[1]
        if database.inside_transaction():  # a read of others may be waiting for the connection that we hold
            return await self.fresh(key)
        if key not in self._reading:
            self._reading[key] = asyncio.create_task(self._shared(key))
        return await asyncio.shield(self._reading[key])  # whoever leaves does not take it from the others

    def _without_news(self) -> bool:
        """Whether anything is kept at all; lets go what was read before the last event."""
        if self._events != changes.known.events:
            self.forget()
            self._events = changes.known.events
        return changes.known.heard and config.settings().keep_pages

    async def fresh(self, key: K) -> T:
        """The value as it is now, which is then kept."""
        found = self._found
        began = time.monotonic()
        value = await self._read(key)
        found[key] = began, value  # into the former dictionary if it was forgotten meanwhile
        return value

    async def _shared(self, key: K) -> T:
        try:
            return await self.fresh(key)
        finally:
            if self._reading.get(key) is asyncio.current_task():
                del self._reading[key]

    def forget(self) -> None:
        """Keep nothing that was read until now, or is being read."""
        self._found, self._reading = {}, {}
