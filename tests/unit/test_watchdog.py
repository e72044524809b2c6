"""The watchdog names what holds up the event loop."""

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Awaitable, Callable

import pytest

from server.core import watchdog
from server.core.watchdog import Watchdog


async def _watched(act: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.create_task(Watchdog().run())
    await asyncio.sleep(0.05)
    await act()
    await asyncio.sleep(0.05)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_what_holds_the_loop_up_is_measured_and_named(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "OURS", (__name__,))

    async def hold() -> None:
        time.sleep(0.5)

    with caplog.at_level(logging.WARNING, "sinmungo.watchdog"):
        await _watched(hold)
    named = [record for record in caplog.records if "hold" in record.by]  # type: ignore[attr-defined]
    assert named
    assert max(record.ms for record in named) >= 450  # type: ignore[attr-defined]
    found = [
        sample.labels["by"]
        for metric in watchdog.held.collect()
        for sample in metric.samples
        if sample.name.endswith("_count") and sample.value
    ]
    assert any("hold" in name for name in found)


async def test_who_waits_holds_nothing_up(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait() -> None:
        await asyncio.sleep(0.3)

    monkeypatch.setattr(watchdog, "HELD", 5.0)  # however slow the machine is
    with caplog.at_level(logging.WARNING, "sinmungo.watchdog"):
        await _watched(wait)
    assert not caplog.records


def test_the_innermost_of_our_functions_is_named() -> None:
    frame = sys._getframe()
    assert watchdog.held_by(frame) == f"{__name__}.test_the_innermost_of_our_functions_is_named"
