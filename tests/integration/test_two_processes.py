"""Two web processes and a worker on one PostgreSQL: what happens at one is seen at the other within a second."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from server.core.config import Settings
from tests.support.live import LiveProcess, Starter

pytestmark = pytest.mark.parametrize("engine", ["postgres"])

MESSAGES = 5


async def file(url: str) -> tuple[str, str]:
    async with httpx.AsyncClient(base_url=url) as client:
        content = {
            "title": "가로등이 꺼졌어요",
            "body": "집 앞 도로의 가로등이 켜지지 않습니다.",
            "petitioner": {"name": "홍길동", "email": "hong@example.org"},
        }
        answer = await client.post("/api/v1/petitions", json=content)
    assert answer.status_code == 201, answer.text
    return answer.json()["reference"], answer.json()["access_key"]


async def say(url: str, reference: str, key: str, text: str) -> float:
    """Write a message through one process; when its answer was there."""
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post(
            f"/api/v1/cases/{reference}/messages", json={"text": text}, headers={"x-access-key": key}
        )
    assert answer.status_code in {200, 201}, answer.text
    return time.monotonic()


class Heard:
    """What a stream at one process brings, and when."""

    def __init__(self) -> None:
        self.kinds: list[tuple[str, float]] = []
        self.last = ""
        self.opened = asyncio.Event()
        self.over = asyncio.Event()

    async def listen(self, url: str, reference: str, key: str, last: str = "") -> None:
        headers = {"x-access-key": key, **({"last-event-id": last} if last else {})}
        async with (
            httpx.AsyncClient(base_url=url, timeout=30) as client,
            client.stream("GET", f"/cases/{reference}/stream", headers=headers) as answer,
        ):
            assert answer.status_code == 200
            with contextlib.suppress(httpx.TransportError):
                async for line in answer.aiter_lines():
                    self.opened.set()
                    if line.startswith("id: "):
                        self.last = line[4:]
                    if line.startswith("data: "):
                        self.kinds.append((orjson.loads(line[6:])["kind"], time.monotonic()))
        self.over.set()

    async def until(self, kind: str, count: int) -> list[float]:
        async with asyncio.timeout(10):
            while len(found := [moment for heard, moment in self.kinds if heard == kind]) < count:
                await asyncio.sleep(0.01)
        return found


@contextlib.asynccontextmanager
async def listening(url: str, reference: str, key: str, last: str = "") -> AsyncIterator[Heard]:
    heard = Heard()
    task = asyncio.create_task(heard.listen(url, reference, key, last))
    try:
        async with asyncio.timeout(10):
            await heard.opened.wait()
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def started(starter: Starter, settings: Settings) -> tuple[LiveProcess, LiveProcess]:
    first = starter.serve(settings, SINMUNGO_RUN_JOBS="off")
    second = starter.serve(settings, SINMUNGO_RUN_JOBS="off")
    starter.worker(settings)
    return first, second


async def test_an_event_at_one_reaches_a_page_at_the_other_within_a_second(
    settings: Settings, starter: Starter
) -> None:
    first, second = await asyncio.to_thread(started, starter, settings)
    reference, key = await file(first.url)
    async with listening(first.url, reference, key) as here, listening(second.url, reference, key) as there:
        said = []
        for number in range(MESSAGES):
            said.append(await say((first, second)[number % 2].url, reference, key, str(number)))
            await asyncio.sleep(0.3)
        for heard in (here, there):
            moments = await heard.until("case.message", MESSAGES)
            late = [round(moment - before, 3) for moment, before in zip(moments, said, strict=True)]
            assert max(late) < 1, late
        last = here.last
    await say(first.url, reference, key, "while nobody listened")
    async with listening(second.url, reference, key, last) as there:
        assert len(await there.until("case.message", 1)) == 1, "one process replays what came through the other"
    async with asyncio.timeout(20):
        while not list(settings.spool.glob("*.eml")):
            await asyncio.sleep(0.1)


async def test_a_server_with_open_streams_stops_at_once(settings: Settings, starter: Starter) -> None:
    server = await asyncio.to_thread(starter.serve, settings)
    reference, key = await file(server.url)
    async with listening(server.url, reference, key) as one, listening(server.url, reference, key) as two:
        await asyncio.to_thread(server.stop)
        assert "graceful shutdown exceeded" not in starter.said(), "nobody was waited for"
        async with asyncio.timeout(20):
            await one.over.wait()
            await two.over.wait()


async def test_an_idle_connection_is_kept_longer_than_clients_keep_it(settings: Settings, starter: Starter) -> None:
    """Whoever sends on a connection just when the server closes it gets no answer; five seconds are usual elsewhere."""
    live = await asyncio.to_thread(starter.serve, settings)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(live.url.rpartition(":")[2]))
    with contextlib.closing(writer):
        for idle in (0, 6):
            await asyncio.sleep(idle)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200"), f"after {idle} seconds"
