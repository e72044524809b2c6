"""One request to an HTTP service that a setting names, over a connection of its own: no state is left over between two.

Redirects are not followed: where personal data goes is decided by the setting alone.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

import h11

from server.core.endpoint import Endpoint

_CHUNK = 65_536


@dataclass(frozen=True)
class Answer:
    """What the service answered."""

    status: int
    retry_after: str
    """The header as it was sent; empty without one."""
    content: bytes


async def ask(
    to: Endpoint,
    method: str,
    target: str,
    *,
    headers: Sequence[tuple[str, str]] = (),
    content: bytes | None = None,
    tls: ssl.SSLContext | None = None,
    longest: int = 0,
) -> Answer:
    """Send a request and read the head of its answer, and up to ``longest`` bytes of what follows.

    Raises ``OSError``, or ``h11.RemoteProtocolError`` for an answer that is not HTTP or is longer. The caller sets the
    time limit.
    """
    connection = h11.Connection(h11.CLIENT)
    request = h11.Request(
        method=method,
        target=target,
        headers=[
            ("Host", to.authority),
            *([("Content-Length", str(len(content)))] if content is not None else []),
            ("Connection", "close"),
            *([("Authorization", to.authorization)] if to.authorization else []),
            *headers,
        ],
    )
    sent = (connection.send(request) or b"") + ((connection.send(h11.Data(content)) or b"") if content else b"")
    connection.send(h11.EndOfMessage())
    reader, writer = await asyncio.open_connection(to.host, to.port, ssl=tls)
    try:
        writer.write(sent)
        return await _read(connection, reader, longest)
    finally:
        writer.transport.abort()  # closing would wait for a service that is still sending
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _read(connection: h11.Connection, reader: asyncio.StreamReader, longest: int) -> Answer:
    answer, content = None, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_CHUNK))
        elif isinstance(event, h11.Response):
            retry_after = dict(event.headers).get(b"retry-after", b"").decode("latin-1")
            answer = Answer(event.status_code, retry_after, b"")
            if not longest:
                return answer
        elif isinstance(event, h11.Data):
            content += event.data
            if len(content) > longest:
                raise h11.RemoteProtocolError("an answer that is too long")
        elif answer is not None:  # its end
            return Answer(answer.status, answer.retry_after, content)
