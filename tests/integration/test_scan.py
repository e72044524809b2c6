"""The virus scanner's port against a server that speaks clamd's protocol to the letter, and against broken ones."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.core import scan as scanning
from server.core import uploads
from server.core.config import Settings
from server.core.files import Store
from server.core.scan import ScannerUnavailable, Verdict, scan

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

VIRUS = b"this stands for a virus"


class Clamd:
    """What clamd does with INSTREAM: read chunks up to an empty one, keep to StreamMaxLength, give a verdict."""

    def __init__(self, max_length: int = 30_000_000) -> None:
        self.max_length = max_length
        self.seen: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if command != b"zINSTREAM\0":
            writer.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
            if len(content) > self.max_length:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.seen.append(content)
        writer.write(b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if VIRUS in content else b"stream: OK\0")


@asynccontextmanager
async def listening(talk: Talk, socket: Path | None = None) -> AsyncIterator[str]:
    """A server on the loopback address, or at a path; the URL that it is reached by."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        finally:
            writer.close()
            tasks.discard(task)

    if socket is None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    else:
        server = await asyncio.start_unix_server(serve, socket)
        url = f"unix://{socket}"
    try:
        yield url
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def attachment(tmp_path: Path) -> Path:
    path = tmp_path / "attachment"
    path.write_bytes(bytes(range(256)) * 4_000)
    return path


async def test_a_clean_file_is_sent_whole_and_found_clean(attachment: Path) -> None:
    clamd = Clamd()
    async with listening(clamd) as url:
        assert await scan(url, attachment) == Verdict(clean=True)
    assert clamd.seen == [bytes(range(256)) * 4_000]


async def test_a_scanner_at_a_unix_socket_is_reached_too(attachment: Path, tmp_path: Path) -> None:
    async with listening(Clamd(), tmp_path / "clamd.sock") as url:
        assert await scan(url, attachment) == Verdict(clean=True)


async def test_an_infected_file_is_named(attachment: Path) -> None:
    with attachment.open("ab") as stream:
        stream.write(VIRUS)
    async with listening(Clamd()) as url:
        assert await scan(url, attachment) == Verdict(clean=False, name="Win.Test.EICAR_HDB-1")


async def test_an_empty_file_is_clean(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    async with listening(Clamd()) as url:
        assert await scan(url, path) == Verdict(clean=True)


async def test_many_files_are_scanned_at_once(attachment: Path) -> None:
    clamd = Clamd()
    async with listening(clamd) as url:
        assert set(await asyncio.gather(*(scan(url, attachment) for _ in range(10)))) == {Verdict(clean=True)}
    assert len(clamd.seen) == 10


async def test_a_file_too_large_for_the_scanner_has_no_verdict(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(5_000_000))
    async with listening(Clamd(max_length=1_000_000)) as url:
        with pytest.raises(ScannerUnavailable):
            await scan(url, path)
    path.write_bytes(bytes(2_000))
    async with listening(Clamd(max_length=1_000)) as url:
        with pytest.raises(ScannerUnavailable, match="size limit exceeded"):
            await scan(url, path)


def answering(answer: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(bytes(4))
        writer.write(answer)

    return talk


async def gone_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    pass


async def gone_amid_the_file(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(10_000)


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def never_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    "talk",
    [
        gone_at_once,
        gone_amid_the_file,
        silent,
        never_reading,
        answering(b""),
        answering(b"stream: OK"),
        answering(b"\0"),
        answering(b"UNKNOWN COMMAND\0"),
        answering(b"stream: Can't allocate memory ERROR\0"),
        answering(b"stream: OK FOUND OK\0"),
        answering(b"\xff\xfe\0"),
        answering(b"x" * 200_000),
    ],
)
async def test_a_scanner_that_gives_no_verdict_never_makes_a_file_clean(talk: Talk, tmp_path: Path) -> None:
    path = tmp_path / "attachment"
    path.write_bytes(b"x" * 10_000_000)
    async with listening(talk) as url, asyncio.timeout(5):
        with pytest.raises(ScannerUnavailable):
            await scan(url, path, seconds=0.5)


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.sock"])
async def test_without_a_scanner_there_is_no_verdict(url: str, attachment: Path) -> None:
    with pytest.raises(ScannerUnavailable):
        await scan(url, attachment)


async def test_a_file_that_is_not_there_is_no_scanners_fault(tmp_path: Path) -> None:
    async with listening(Clamd()) as url:
        with pytest.raises(FileNotFoundError):
            await scan(url, tmp_path / "nothing")


# --- What is in quarantine ----------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files")


async def quarantined(store: Store, *contents: bytes) -> list[str]:
    """Contents that came one after another while the scanner did not answer; their hashes."""
    hashes = []
    for minute, content in enumerate(contents):
        stored = await store.put(io.BytesIO(content))
        store.quarantine(stored.hash)
        os.utime(store._quarantine / stored.hash, (60 * minute, 60 * minute))
        hashes.append(stored.hash)
    assert store.all_quarantined() == hashes
    return hashes


class Choosy(Clamd):
    """Takes for ever over some contents, and hangs up at others."""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0")
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        self.seen.append(content)
        if b"slow" in content:
            await reader.read()
        elif b"crash" not in content:
            writer.write(b"stream: OK\0")


async def test_a_file_that_the_scanner_takes_too_long_over_holds_up_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "TIMEOUT", 0.5)
    slow, _clean, _other = await quarantined(store, b"slow", b"clean", b"another")
    async with listening(Choosy()) as url:
        await uploads.scan_quarantined(store, Settings(clamd_url=url))
    assert store.all_quarantined() == [slow]


async def test_a_file_at_which_the_scanner_fails_is_scanned_last_the_next_time(store: Store) -> None:
    crash, clean = await quarantined(store, b"crash", b"clean")
    async with listening(Choosy()) as url:
        await uploads.scan_quarantined(store, Settings(clamd_url=url))
        assert store.all_quarantined() == [clean, crash]
        await uploads.scan_quarantined(store, Settings(clamd_url=url))
    assert store.all_quarantined() == [crash]


async def test_many_slow_files_last_no_longer_than_a_job_may(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "TIMEOUT", 0.5)
    monkeypatch.setattr(uploads, "ROUND", 0.2)
    one, other, third = await quarantined(store, b"slow", b"slower", b"slowest")
    clamd = Choosy()
    async with listening(clamd) as url:
        await uploads.scan_quarantined(store, Settings(clamd_url=url))
        assert clamd.seen == [b"slow"]
        assert store.all_quarantined() == [other, third, one]
