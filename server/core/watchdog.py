"""What holds up the event loop: while it is held, nobody is answered.

The loop notes every few milliseconds that it runs. A thread of its own looks whether it still does, and if not, in
which function of this program it is; so a metric and the log name what has to be made faster or moved to a thread.
"""

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

from prometheus_client import Histogram

log = logging.getLogger("sinmungo.watchdog")
held = Histogram(
    "sinmungo_loop_held_seconds", "Times from 50 ms for which the event loop was held up, by what held it", ["by"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip

TICK = 0.01
HELD = 0.05
"""Seconds from which the loop counts as held up."""
OURS = ("server.", "petitions.", "forums.", "tracking.")
UNSEEN = "unknown"
"""What the thread did not see: it was over before, or a collection of garbage stopped the thread as well."""


class Watchdog:
    """Watches the loop in which it runs."""

    def __init__(self) -> None:
        self._ran_at = time.monotonic()
        self._seen = UNSEEN

    async def run(self) -> None:
        """Watch until it is cancelled."""
        over = threading.Event()
        thread = threading.Thread(target=self._look, args=(threading.get_ident(), over), name="watchdog", daemon=True)
        self._ran_at = time.monotonic()
        thread.start()
        try:
            while True:
                await asyncio.sleep(TICK)
                now = time.monotonic()
                took, self._ran_at = now - self._ran_at - TICK, now
                if took >= HELD:
                    held.labels(self._seen).observe(took)
                    log.warning("the event loop was held up", extra={"by": self._seen, "ms": round(took * 1000)})
                self._seen = UNSEEN
        finally:
            over.set()

    def _look(self, watched: int, over: threading.Event) -> None:
        while not over.wait(HELD / 2):
            if time.monotonic() - self._ran_at >= HELD and (frame := sys._current_frames().get(watched)):  # noqa: SLF001 - the documented way
                self._seen = held_by(frame)


def held_by(frame: FrameType) -> str:
    """The innermost function of this program that is running, or else the innermost of all."""
    found = [*_names(frame)]
    return next((name for name in found if name.startswith(OURS)), found[0])


def _names(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        yield f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_qualname}"
        frame = frame.f_back
