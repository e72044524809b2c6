"""The floor: the least that answers the same requests with as many bytes. Starlette, the database's driver, a template.

It reads the product's own tables, with the statements that a page needs and no other; it writes tables of its own. Run
as ``uvicorn server.bench.floor:from_environment --factory``, it is told in the environment where the database is and
how large each page is.
"""

import asyncio
import contextlib
import hmac
import json
import os
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from jinja2 import DictLoader, Environment
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from server.bench.floor_tables import Tables, opened

DATABASE, SIZES = "SINMUNGO_BENCH_DATABASE", "SINMUNGO_BENCH_SIZES"
KEY = b"of the floor alone, which guards nothing"
MOST_TITLE, MOST_BODY = 200, 10_000
EVENT = b"event: comment\ndata: " + b"c" * 900 + b"\n\n"

ROWS = {
    "case": ("sequence", "kind", "actor", "occurred_at", "data"),
    "list": ("id", "reference", "title", "kind", "status", "department_id", "received_at", "due_at", "petitioner",
             "handler", "version", "channel"),
    "public": ("reference", "title", "body", "answer", "kind", "district", "answered_at"),
    "forum": ("number", "title", "text", "author", "received_at"),
    "week": ("starts", "ends", "places"),
    "figures": ("name", "number"),
}  # fmt: skip
"""The columns that each page shows, a row each."""
ABOUT_ROWS = 50
"""Rows among which a page's bytes are divided."""


class Shown(Protocol):
    """The templates."""

    def __call__(self, name: str, rows: object, **more: object) -> HTMLResponse: ...


def _templates(sizes: dict[str, int]) -> Shown:
    """A template for each page, whose answer has about as many bytes as ours."""
    texts = {}
    for page, size in sizes.items():
        fields = ROWS[page.partition(" ")[0]]
        line = "".join(f"<td>{{{{ row.{name} }}}}</td>" for name in fields)
        filled = "x" * max(0, size // (2 * ABOUT_ROWS) - 20 * len(fields))
        texts[page] = (
            f"<!doctype html><html lang=ko><title>{{{{ title }}}}</title><body>{'y' * (size // 2)}<table>"
            f"{{% for row in rows %}}<tr>{line}{filled}</tr>{{% endfor %}}</table></body></html>"
        )
    environment = Environment(loader=DictLoader(texts), autoescape=True, auto_reload=False)
    ready = {page: environment.get_template(page) for page in texts}

    def show(name: str, rows: object, **more: object) -> HTMLResponse:
        return HTMLResponse(ready[name].render(rows=rows, title=name, **more))

    return show


class Floor:
    """The pages."""

    def __init__(self, database: str, sizes: dict[str, int]) -> None:
        self.database, self.show = database, _templates(sizes)
        self.bytes = ("z" * sizes.get("public case", 20_000)).encode()
        self.tables: Tables

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with opened(self.database) as self.tables:
            yield

    async def case(self, request: Request) -> Response:
        rows = await self.tables.case(request.path_params["reference"])
        return self.show("case", rows) if rows else Response("no", 404)

    async def page(self, request: Request) -> Response:
        """A list: one statement. An official's only with their cookie."""
        name = request.path_params["name"]
        if name.startswith("list") and request.cookies.get("floor") != _signed("staff"):
            return Response("sign in", 401)
        return self.show(name, await self.tables.rows(name.partition(" ")[0], request.query_params.get("q", "")))

    async def kept(self, _request: Request) -> Response:
        """Bytes that are ready."""
        return Response(self.bytes, media_type="text/html; charset=utf-8")

    async def ready(self, _request: Request) -> Response:
        return Response("ready\n")

    async def file_form(self, request: Request) -> Response:
        form = await request.form()
        token, sent = request.cookies.get("sid", ""), {name: _text(value) for name, value in form.items()}
        if not hmac.compare_digest(sent.get("csrf", ""), _signed(token)):
            return Response("csrf", 403)
        number, secret = await self._file(sent)
        return RedirectResponse(f"/floor/filed/{number}?key={secret}", 303) if number else Response("bad", 422)

    async def file_json(self, request: Request) -> Response:
        sent = await request.json()
        number, secret = await self._file({**sent, **sent["petitioner"]})
        return JSONResponse({"reference": number, "access_key": secret}, 201 if number else 422)

    async def _file(self, sent: dict[str, Any]) -> tuple[str, str]:
        title, body, email = (sent[name].strip() for name in ("title", "body", "email"))
        if not (title and len(title) <= MOST_TITLE and body and len(body) <= MOST_BODY and "@" in email):
            return "", ""
        number, secret = secrets.token_hex(5), secrets.token_hex(16)
        await self.tables.file(number, secret, title, body, email, datetime.now(UTC))  # noqa: TID251 — no clock of ours
        return number, secret

    async def book(self, request: Request) -> Response:
        sent = await request.json()
        found = await self.tables.book(sent["start"], sent["contact"]["email"], secrets.token_hex(5))
        return JSONResponse({"number": found}, 201) if found else Response("full", 409)

    async def stream(self, _request: Request) -> Response:
        async def forever() -> AsyncIterator[bytes]:
            yield b": hello\n\n"
            await asyncio.Event().wait()
            yield EVENT

        return StreamingResponse(forever(), media_type="text/event-stream")


def _text(value: UploadFile | str) -> str:
    return value if isinstance(value, str) else ""


def _signed(text: str) -> str:
    return hmac.new(KEY, text.encode(), "sha256").hexdigest()[:32]


STAFF_COOKIE = {"floor": _signed("staff"), "sid": "visitor"}
CSRF = _signed("visitor")


def from_environment() -> Starlette:
    """The application."""
    floor = Floor(os.environ[DATABASE], cast("dict[str, int]", json.loads(os.environ[SIZES])))
    return Starlette(
        routes=[
            Route("/readyz", floor.ready),
            Route("/", floor.ready),
            Route("/floor/kept", floor.kept),
            Route("/floor/filed/{number}", floor.kept),
            Route("/floor/case/{reference}", floor.case),
            Route("/floor/page/{name}", floor.page),
            Route("/floor/file", floor.file_form, methods=["POST"]),
            Route("/floor/petitions", floor.file_json, methods=["POST"]),
            Route("/floor/visits", floor.book, methods=["POST"]),
            Route("/floor/stream", floor.stream),
        ],
        lifespan=floor.lifespan,
    )
