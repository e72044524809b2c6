"""A line to a server on the loopback address that can be cut and mended."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Line:
    """Forwards connections at ``port`` to a server. While it is cut, connections are refused."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers = set[asyncio.StreamWriter]()
        self._tasks = set[asyncio.Task[None]]()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers |= {writer, back}
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.create_task(_copy(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while content := await source.read(65_536):
            sink.write(content)
            await sink.drain()
        sink.close()


@contextlib.asynccontextmanager
async def line_to(target: int) -> AsyncIterator[Line]:
    """A mended line to a port; cut in the end."""
    line = Line(target)
    await line.mend()
    try:
        yield line
    finally:
        await line.cut()
