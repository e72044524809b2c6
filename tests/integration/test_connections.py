"""Connections that ask for nothing are closed, and one address does not hold all of them."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from server.core import config, connections
from server.core.config import Settings
from server.core.connections import PatientProtocol

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(autouse=True)
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    before = list(config._current)
    monkeypatch.setattr(PatientProtocol, "held", Counter())
    settings = Settings(secret_key="s" * 40)
    config.use(settings)
    yield settings
    config._current[:] = before


async def ok(_request: object) -> PlainTextResponse:
    return PlainTextResponse("ok")


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[int]:
    """A server with our protocol; its port."""
    app = Starlette(routes=[Route("/", ok)])
    server = uvicorn.Server(
        uvicorn.Config(app, http=PatientProtocol, lifespan="off", log_level="critical", timeout_keep_alive=75)
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve([listener]))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await task


@contextlib.asynccontextmanager
async def connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client's connection, closed in the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def closed(reader: asyncio.StreamReader) -> bytes:
    """What is heard until the server closes the connection."""
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            return await reader.read()
    return b""


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"\r\n"])
async def test_who_does_not_say_what_they_want_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.2)
    monkeypatch.setattr(connections, "KEEP_ALIVE", 0.2)
    async with served() as port:
        async with connection(port) as (reader, writer):
            writer.write(sent)
            assert await closed(reader) == b""
        async with connection(port) as (reader, writer):
            writer.write(REQUEST)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            await reader.readuntil(b"ok")
            writer.write(sent or b"\r\n")  # after a complete request, too
            assert await closed(reader) == b""
    assert not PatientProtocol.held


async def test_a_header_a_byte_at_a_time_has_no_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    async with served() as port, connection(port) as (reader, writer):
        reading = asyncio.create_task(closed(reader))
        writer.write(b"GET / HTTP/1.1\r\nX: ")
        while not reading.done():
            with contextlib.suppress(ConnectionError):
                writer.write(b"a")
            await asyncio.sleep(0.02)
        assert await reading == b""


async def test_one_address_does_not_hold_all_connections(limited: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_PER_ADDRESS", 3)
    for settings, admitted in (
        (limited, 3), (replace(limited, trusted_proxies=("127.0.0.0/8",)), 6), (replace(limited, rate_limits=False), 6),
    ):  # fmt: skip
        config.use(settings)
        async with served() as port:
            async with contextlib.AsyncExitStack() as stack:
                opened = [await stack.enter_async_context(connection(port)) for _one in range(6)]
                for _reader, writer in opened:
                    writer.write(REQUEST)
                async with asyncio.timeout(20):
                    lines = await asyncio.gather(*(one.readline() for one, _w in opened), return_exceptions=True)
                assert sum(isinstance(one, bytes) and b"200" in one for one in lines) == admitted
            while PatientProtocol.held:
                await asyncio.sleep(0.01)
            async with connection(port) as (reader, writer):
                writer.write(REQUEST)
                assert b"200" in await reader.readline(), "whoever has left makes room"


def test_the_addresses_of_one_subscriber_are_one() -> None:
    assert connections.counted_as("2001:db8:1:2::1") == connections.counted_as("2001:db8:1:2:ffff::9")
    assert connections.counted_as("2001:db8:1:2::1") != connections.counted_as("2001:db8:1:3::1")
    assert connections.counted_as("192.0.2.1") == connections.counted_as("::ffff:192.0.2.1") == "192.0.2.1"
    assert connections.counted_as("fe80::1%eth0") == "fe80::/64"


@pytest.mark.parametrize("named", ["10.0.0.0/8", "10.0.0.5", "::ffff:10.0.0.5", "::ffff:10.0.0.0/104"])
def test_a_proxy_is_known_however_its_address_is_written(limited: Settings, named: str) -> None:
    config.use(replace(limited, trusted_proxies=(named,)))
    assert connections.counted_as("::ffff:10.0.0.5") == connections.counted_as("10.0.0.5") == ""
    assert connections.counted_as("::ffff:192.0.2.1") == "192.0.2.1"
