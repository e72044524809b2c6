"""Steady load for a long time: nothing fails, nothing grows, and the outbox is empty in the end."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from server.core import clock, jobs
from server.core.config import Settings
from tests.drill.conftest import Size
from tests.drill.load import Load, prepare
from tests.integration.test_never_lost import opened as reading
from tests.support.live import LiveProcess, Starter
from tests.support.running_clock import running_from
from tests.support.system import opened
from tests.support.visits import at

PEOPLE, PAUSE, STREAMS = 4, 0.2, 20
GROWTH_MB, GROWTH_SHARE = 24, 0.1
"""So much may a server hold more at the end than at half time, beside what is kept by design."""
OPEN_FILES = 20
DRAIN_SECONDS = 60
HEARTBEAT_SECONDS = 60.0
"""A stream says something at least so often."""


def memory_mb(server: LiveProcess) -> float:
    """Resident memory of a server."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def open_files(server: LiveProcess) -> int:
    return len([*Path(f"/proc/{server.process.pid}/fd").iterdir()])


@contextlib.asynccontextmanager
async def listening(url: str) -> AsyncIterator[None]:
    """Open streams of the queue, each of which brings more in the meantime."""
    heard = [0] * STREAMS

    async def one(place: int) -> None:
        async with (
            httpx.AsyncClient(base_url=url, timeout=HEARTBEAT_SECONDS) as client,
            client.stream("GET", "/offices/east/queue/stream") as stream,
        ):
            assert stream.status_code == 200
            async for piece in stream.aiter_raw():
                heard[place] += len(piece)

    streams = [asyncio.create_task(one(place)) for place in range(STREAMS)]
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            while not all(heard):
                await asyncio.sleep(0.1)
        opened_with = [*heard]
        yield
        assert all(now > before for now, before in zip(heard, opened_with, strict=True)), (
            "a stream heard nothing of the queue"
        )
        assert not any(stream.done() for stream in streams), "a stream ended"
    finally:
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)


async def test_nothing_grows_under_steady_load(
    settings: Settings,
    starter: Starter,
    size: Size,
    report: Callable[[str, str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "_machine", running_from(at("09:00")))
    async with opened(settings) as system:
        town = await prepare(system)
    server = await asyncio.to_thread(starter.serve, settings)
    load = Load(town, random.Random(1), starter.said, pause=PAUSE)
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client, listening(server.url):
        load.clients = [client]
        acting = asyncio.create_task(load.run(PEOPLE))
        await asyncio.wait([acting], timeout=size.soak_seconds / 2)
        half, files = memory_mb(server), open_files(server)
        await asyncio.wait([acting], timeout=size.soak_seconds / 2)
        assert not acting.done(), acting.exception()
        acting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await acting
        end = memory_mb(server)
        assert end <= half * (1 + GROWTH_SHARE) + GROWTH_MB
        assert open_files(server) <= files + OPEN_FILES
    async with reading(settings), asyncio.timeout(DRAIN_SECONDS):
        while await jobs.Job.filter(run_at__lte=clock.now()).exists():
            await asyncio.sleep(0.5)
        assert not await jobs.Job.filter(dead=True).exists()
    await asyncio.to_thread(server.stop)
    seconds = time.monotonic() - began
    report("soak", f"{seconds:.0f} s, {load.answered} acts, {STREAMS} streams",
           f"{half:.0f} MiB at half time, {end:.0f} MiB at the end")  # fmt: skip
