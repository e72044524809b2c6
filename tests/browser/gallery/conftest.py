"""A stage for pages that no route serves: the gallery, and small pages on which one script is tried."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest_asyncio
import uvicorn
import xstatic.pkg.leaflet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from server.core.templates import STATIC
from tests.browser.gallery import render

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
SCRIPTS = '<script type="module" src="/static/js/{}.js"></script>'


class Stage:
    """Serves the gallery, the pages a test puts up, and one stream of events that the test feeds."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.sent: list[str] = []
        self.listeners: set[asyncio.Queue[str]] = set()
        self.heard = asyncio.Event()
        self.stream_status = 200
        self.base_url = ""
        leaflet = Path(xstatic.pkg.leaflet.BASE_DIR)
        self.app = Starlette(
            routes=[
                Mount("/static/vendor/leaflet", StaticFiles(directory=leaflet)),
                Mount("/static", StaticFiles(directory=STATIC)),
                Route("/stream", self._stream),
                Route("/gallery/{name}.{language}", self._gallery),
                Route("/{path:path}", self._page, methods=["GET", "POST"]),
            ]
        )

    def put(self, path: str, content: str, script: str = "main") -> None:
        """Put up a page with a body and the scripts."""
        self.pages[path] = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{path}</title>'
            f'<link rel="stylesheet" href="/static/css/sinmungo.css">{SCRIPTS.format(script)}</head>'
            f'<body><main>{content}</main><div id="toasts" data-text-close="Close"></div></body></html>'
        )

    async def tell(self) -> None:
        """Send an event to every open page, waiting for the first one to be there."""
        await asyncio.wait_for(self.heard.wait(), 5)
        for queue in self.listeners:
            queue.put_nowait("data: {}\n\n")

    async def quiet(self) -> None:
        """Wait until nobody listens: a stream notices by what it sends next that its listener has gone."""
        async with asyncio.timeout(5):
            while self.heard.is_set():
                for queue in self.listeners:
                    queue.put_nowait(": still there\n\n")
                await asyncio.sleep(0.01)

    def hang_up(self) -> None:
        """End every open stream."""
        for queue in self.listeners:
            queue.put_nowait("")

    async def _page(self, request: Request) -> Response:
        path = request.url.path
        if request.method == "POST":
            self.sent.append((await request.body()).decode())
            await asyncio.sleep(0.3)
        if path not in self.pages:
            return Response(status_code=404)
        return HTMLResponse(self.pages[path], headers={"content-security-policy": POLICY})

    @staticmethod
    def _gallery(request: Request) -> Response:
        html = render.page(request.path_params["name"], request.path_params["language"])
        return HTMLResponse(html, headers={"content-security-policy": POLICY})

    def _stream(self, _request: Request) -> Response:
        if self.stream_status != 200:
            return Response(status_code=self.stream_status)
        queue: asyncio.Queue[str] = asyncio.Queue()

        async def events() -> AsyncIterator[str]:
            self.listeners.add(queue)
            self.heard.set()
            try:
                yield "retry: 50\n\n"
                while message := await queue.get():
                    yield message
            finally:
                self.listeners.discard(queue)
                if not self.listeners:
                    self.heard.clear()

        return StreamingResponse(events(), media_type="text/event-stream")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    """The stage, served on a free port of the loopback address."""
    here = Stage()
    config = uvicorn.Config(here.app, port=0, log_level="error", lifespan="off", ws="none")
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    here.base_url = f"http://127.0.0.1:{port}"
    yield here
    here.hang_up()
    server.should_exit = server.force_exit = True
    await running
