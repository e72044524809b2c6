"""One change of a queue reaches every open page of two processes, and nobody else waits meanwhile.

``OPEN_PAGES=5000`` opens as many pages as a city has on its worst morning and prints how long it took:

    OPEN_PAGES=5000 python -m pytest -q -s -n 0 tests/integration/test_open_pages.py
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from server.core.config import Settings
from tests.functional.test_live_queue import Office
from tests.support.live import Starter
from tests.support.system import System

pytestmark = pytest.mark.parametrize("engine", ["postgres"])

PAGES = int(os.environ.get("OPEN_PAGES", "200"))
WAITING, CHANGES = 60, 10
CONNECTING = 100
"""Pages that connect at the same time."""
PATIENCE = 30.0


class Reader(asyncio.Protocol):
    """An open page: notes when it has each version of the queue, and nothing else."""

    def __init__(self) -> None:
        self.seen: dict[int, float] = {}
        self.bytes = 0
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"GET /offices/east/queue/stream HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)
        for part in data.split(b'"version":')[1:]:
            self.seen.setdefault(int(part[: part.index(b",")]), time.monotonic())

    def connection_lost(self, _error: Exception | None) -> None:
        self.lost = True


async def opened(urls: Sequence[str], count: int) -> list[Reader]:
    """Pages, spread over the processes; all have the queue as it is."""
    loop, turn, readers = asyncio.get_running_loop(), asyncio.Semaphore(CONNECTING), list[Reader]()

    async def connect(number: int) -> None:
        address = httpx.URL(urls[number % len(urls)])
        async with turn:
            _transport, reader = await loop.create_connection(Reader, address.host, address.port or 80)
            readers.append(reader)
            while not reader.seen:
                await asyncio.sleep(0.02)

    async with asyncio.timeout(120):
        await asyncio.gather(*(connect(number) for number in range(count)))
    return readers


async def pulse(url: str, found: list[float]) -> None:
    """How long a process takes to answer something small, again and again."""
    async with httpx.AsyncClient(base_url=url) as client:
        while True:
            began = time.monotonic()
            await client.get("/healthz")
            found.append(time.monotonic() - began)
            await asyncio.sleep(0.01)


def worked(pids: Sequence[int]) -> float:
    """Seconds of processor time that processes have used."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


async def version_of(readers: Sequence[Reader]) -> int:
    return max(max(reader.seen) for reader in readers)


async def test_one_change_reaches_every_page_of_two_processes(
    system: System, settings: Settings, starter: Starter
) -> None:
    office = await Office.opened()
    for _visitor in range(WAITING):
        await office.walk_in()
    servers = [starter.serve(settings) for _process in range(2)]
    urls, pids = [one.url for one in servers], [one.process.pid for one in servers]
    readers = await opened(urls, PAGES)
    before = await version_of(readers)
    pulses: list[float] = []
    beating = [asyncio.create_task(pulse(url, pulses)) for url in urls]
    took: list[list[float]] = []
    used = worked(pids)
    for change in range(1, CHANGES + 1):
        await office.walk_in()
        committed, wanted = time.monotonic(), before + change
        async with asyncio.timeout(PATIENCE):
            while not all(wanted in reader.seen for reader in readers):
                await asyncio.sleep(0.02)
        took.append(sorted(reader.seen[wanted] - committed for reader in readers))
        await asyncio.sleep(0.3)
    used = (worked(pids) - used) / CHANGES / len(pids)
    for task in beating:
        task.cancel()
    assert not any(reader.lost for reader in readers)
    if "OPEN_PAGES" in os.environ:
        frame = sum(reader.bytes for reader in readers) / len(readers) / (CHANGES + 1)
        sys.stdout.write(f"\n{PAGES} pages, {len(urls)} processes, about {frame:.0f} bytes each\n")
        for name, place in (("first", 0), ("half", PAGES // 2), ("99 %", PAGES * 99 // 100), ("last", -1)):
            found = [one[place] for one in took]
            sys.stdout.write(f"{name:>6}: median {statistics.median(found):.3f} s, worst {max(found):.3f} s\n")
        sys.stdout.write(f"processor time of a process: {used:.3f} s for each change\n")
        sys.stdout.write(f"answers meanwhile: median {statistics.median(pulses):.3f} s, worst {max(pulses):.3f} s\n")
    for reader in readers:
        reader.transport.abort()
