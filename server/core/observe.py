"""Structured logs without personal data, and Prometheus metrics.

A log line is one JSON object. It names the route, never the URL with its case numbers or queries, and never a body.
"""

import functools
import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, Histogram, Summary, disable_created_metrics, generate_latest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

disable_created_metrics()  # type: ignore[no-untyped-call]
seconds = Histogram(
    "sinmungo_request_seconds", "Requests by area and class of status", ["area", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
by_route = Summary("sinmungo_route_seconds", "Requests by route", ["route"])
AREAS = ("api", "desk", "static")
"""First parts of paths that are measured apart from the public pages."""
log = logging.getLogger("sinmungo.request")
_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        content: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        content.update({k: v for k, v in record.__dict__.items() if k not in _STANDARD})
        if record.exc_info and record.exc_info[0]:
            content["error"] = record.exc_info[0].__name__
            content["trace"] = [
                f"{frame.f_code.co_filename.rpartition('/')[2]}:{line} {frame.f_code.co_name}"
                for frame, line in traceback.walk_tb(record.exc_info[2])
            ]
        return json.dumps(content, ensure_ascii=False, default=str)


def configure(level: int = logging.INFO) -> None:
    """Log to standard error as JSON."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line says them
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("tortoise").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True


class Observe:
    """The outermost middleware: times and counts every request and logs errors."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0
        started = time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            log.exception("unforeseen error", extra={"method": scope["method"], "route": _route(scope)})
            raise
        finally:
            took = time.perf_counter() - started
            route = _route(scope)
            if not scope["path"].endswith("/stream"):
                _of_area(_area(scope["path"]), status // 100).observe(took)
                _of_route(route).observe(took)
            log.info(
                "request",
                extra={"method": scope["method"], "route": route, "status": status, "ms": round(took * 1000, 1)},
            )


@functools.cache
def _of_area(area: str, hundreds: int) -> Histogram:
    return seconds.labels(area, f"{hundreds}xx")


@functools.cache
def _of_route(route: str) -> Summary:
    return by_route.labels(route)


def _route(scope: Scope) -> str:
    endpoint = scope.get("endpoint")
    return (
        f"{endpoint.__module__}.{getattr(endpoint, '__qualname__', type(endpoint).__name__)}"
        if endpoint
        else "unmatched"
    )


def _area(path: str) -> str:
    first = path[1:].partition("/")[0]
    return first if first in AREAS else "public"


KEPT_SECONDS = 1.0
_kept: list[tuple[float, bytes]] = []


def metrics() -> Response:
    """The metrics of this process in Prometheus' text format, written at most once a second."""
    now = time.monotonic()
    if not _kept or now - _kept[0][0] >= KEPT_SECONDS:
        _kept[:] = [(now, generate_latest())]
    return Response(_kept[0][1], media_type=CONTENT_TYPE_LATEST)
