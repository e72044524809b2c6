"""The bell of this process: it rings when there may be new jobs or ledger rows, so that nobody has to look for them."""

import asyncio


class Bell:
    """Rings in this process when there may be new jobs or ledger rows."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1
        for event in self._waiting:
            event.set()

    async def wait(self, seconds: float, seen_rings: int | None = None) -> bool:
        """Wait for the next ring, or for any after the first ``seen_rings`` ones; False on timeout."""
        if seen_rings is not None and seen_rings != self.rings:
            return True
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            # Not wait_for: before Python 3.12 it swallows a cancellation that arrives together with the ring.
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        else:
            return True
        finally:
            self._waiting.discard(event)


bell = Bell()
