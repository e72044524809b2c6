"""The virus scanner's port: asks a clamd, if one is configured, whether a file is clean.

Uses clamd's INSTREAM command, which transmits the content, so that the scanner needs no access to the folder
of files. The caller decides what happens to a file that could not be scanned.
"""

import asyncio
import contextlib
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit

TIMEOUT = 10.0
"""Seconds for all files of a request, connecting included."""

_CHUNK = 256 * 1024


class ScannerUnavailable(Exception):
    """No verdict yet: no connection, or a broken one."""


class NoVerdict(ScannerUnavailable):
    """The scanner has answered that it cannot tell, for example because the file is too large for it."""


class TooLong(ScannerUnavailable):
    """The scanner has not answered in time, perhaps because of this file."""


class Verdict(NamedTuple):
    """The scanner's verdict on a file."""

    clean: bool
    name: str = ""
    """The name of the malware, as the scanner reports it."""


async def scan(url: str, path: Path, *, seconds: float = TIMEOUT) -> Verdict:
    """Scan with the clamd at ``tcp://host:port`` or ``unix:///path``. Raises :class:`ScannerUnavailable`."""
    with await asyncio.to_thread(path.open, "rb") as stream:
        try:
            async with asyncio.timeout(seconds):
                answer = await _instream(url, stream)
        except TimeoutError as error:
            raise TooLong("clamd does not answer in time") from error
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ScannerUnavailable(f"clamd does not answer: {type(error).__name__}") from error
    if answer == b"stream: OK":
        return Verdict(clean=True)
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return Verdict(clean=False, name=answer[8:-6].decode(errors="replace"))
    raise NoVerdict(f"clamd has no verdict: {answer.decode(errors='replace')}")


async def _instream(url: str, stream: BinaryIO) -> bytes:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        reader, writer = await asyncio.open_unix_connection(parts.path)
    else:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(b"zINSTREAM\0")
        while chunk := await asyncio.to_thread(stream.read, _CHUNK):
            writer.write(len(chunk).to_bytes(4, "big") + chunk)
            await writer.drain()
        writer.write(bytes(4))
        return (await reader.readuntil(b"\0"))[:-1]
    finally:
        writer.transport.abort()  # closing would first wait for a scanner that no longer reads
        with contextlib.suppress(OSError):
            await writer.wait_closed()
