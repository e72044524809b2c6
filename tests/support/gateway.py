"""A gateway for text messages on the loopback address: it answers as a test tells it to and keeps what it was sent."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.support.loopback import talking

Answer = bytes | float
"""A response, or the seconds for which the gateway keeps silent before it hangs up."""


def answer(status: str, *headers: str, body: str = "") -> bytes:
    """A response."""
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body.encode())}", "", body]
    return "\r\n".join(head).encode()


ACCEPTED = answer("202 Accepted", body='{"to": "+821012345678"}')


@dataclass(frozen=True)
class Request:
    """What the gateway was sent."""

    line: str
    headers: dict[str, str]
    content: dict[str, Any]


@dataclass
class Gateway:
    """The gateway's answers, in order (the last one for good), and the requests it was sent."""

    answers: list[Answer]
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    def url(self, user: str = "", path: str = "/messages?from=0215771000") -> str:
        """Its address as a setting."""
        return f"http://{user}127.0.0.1:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").removesuffix("\r\n\r\n")
        line, *fields = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _colon, value in (one.partition(":") for one in fields)}
        assert len(headers) == len(fields), "a header is there twice"
        body = await reader.readexactly(int(headers["content-length"]))
        self.requests.append(Request(line, headers, orjson.loads(body)))
        given = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(given, bytes):
            writer.write(given)
        else:
            await asyncio.sleep(given)


@asynccontextmanager
async def gateway(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Gateway]:
    """A running gateway; by default it accepts everything."""
    found = Gateway(list(answers) or [ACCEPTED])
    async with talking(found.serve, tls) as found.port:
        yield found
