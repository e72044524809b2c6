"""A client that keeps some connections busy and counts the answers: HTTP/1.1, written out so that it costs little."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode, urlsplit

HEADERS_END = b"\r\n\r\n"
LONGEST = 2**24
"""Bytes of headers or a page."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r]+)=([^;\r]*)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)


class Unexpected(Exception):
    """An answer with another status than was asked for."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: int
    head: bytes
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        """The path to which it leads; empty without one."""
        found = _LOCATION.search(self.head)
        address = urlsplit(found[1].decode()) if found else urlsplit("")
        return address.path + (f"?{address.query}" if address.query else "")


@dataclass
class Client:
    """One connection with its cookies, as a browser would have."""

    url: str
    language: str = "ko"
    cookies: dict[str, str] = field(default_factory=dict)
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, *, expect: int = 200) -> Reply:
        return await self.ask("GET", path, expect=expect)

    async def form(self, path: str, values: dict[str, str], *, expect: int | tuple[int, ...] = 303) -> Reply:
        """Send a form."""
        kind = "application/x-www-form-urlencoded"
        return await self.ask("POST", path, urlencode(values).encode(), kind, expect=expect)

    async def json(self, path: str, content: bytes, *, expect: int = 201) -> Reply:
        """Send JSON."""
        return await self.ask("POST", path, content, "application/json", expect=expect)

    async def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "", *, expect: int | tuple[int, ...]
    ) -> Reply:
        """One request. Raises :class:`Unexpected`."""
        reply = await self._reply(await self._send(method, path, body, kind))
        if reply.status not in (expect if isinstance(expect, tuple) else (expect,)):
            raise Unexpected(f"{method} {path}: {reply.status} instead of {expect}: {reply.text[:300]}")
        for name, value in _COOKIE.findall(reply.head):
            self.cookies[name.decode()] = value.decode()
        return reply

    async def open_stream(self, path: str) -> None:
        """Ask for a stream and read its beginning; it stays open until :meth:`close`."""
        reader = await self._send("GET", path)
        await reader.readuntil(HEADERS_END)
        await reader.readuntil(b"\n\n")

    async def _send(self, method: str, path: str, body: bytes = b"", kind: str = "") -> asyncio.StreamReader:
        address = urlsplit(self.url)
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(address.hostname, address.port, limit=LONGEST)
        head = f"{method} {path} HTTP/1.1\r\nhost: {address.netloc}\r\naccept-language: {self.language}\r\n"
        if self.cookies:
            head += "cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()) + "\r\n"
        if method == "POST":
            head += f"origin: {self.url}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
        self._writer.write(f"{head}\r\n".encode() + body)
        return self._reader

    async def _reply(self, reader: asyncio.StreamReader) -> Reply:
        head = await reader.readuntil(HEADERS_END)
        length = _LENGTH.search(head)
        if length:
            body = await reader.readexactly(int(length[1]))
        else:
            body = b"" if head[9:12] in {b"204", b"304"} else await self._chunks(reader)
        return Reply(int(head[9:12]), head, body)

    @staticmethod
    async def _chunks(reader: asyncio.StreamReader) -> bytes:
        parts = []
        while size := int(await reader.readuntil(b"\r\n"), 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return b"".join(parts)

    def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.close()


Visit = Callable[[Client], Awaitable[object]]
"""What is done again and again on one connection: a page, or several that belong together."""


async def busy(url: str, visit: Visit, cookies: dict[str, str], *, connections: int, seconds: float) -> list[float]:
    """Do it on some connections for some seconds, at least once on each; how long each time took, in seconds."""
    took = list[float]()
    end = time.monotonic() + seconds

    async def one() -> None:
        async with Client(url, cookies=dict(cookies)) as client:
            while True:
                began = time.perf_counter()
                await visit(client)
                took.append(time.perf_counter() - began)
                if time.monotonic() >= end:
                    return

    await asyncio.gather(*(one() for _n in range(connections)))
    return took
