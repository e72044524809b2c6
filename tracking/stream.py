"""Placeholder until its author fills it in."""

import asyncio

from server.core.config import Settings


class Hub:
    def __init__(self, settings: Settings) -> None:
        self._stop = asyncio.Event()

    async def run(self) -> None:
        await self._stop.wait()

    def stop(self) -> None:
        self._stop.set()
