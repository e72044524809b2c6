"""Static files: kept by browsers as long as their address says, and compressed once, not for each request."""

import gzip
import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

COMPRESSED = ("text/", "application/javascript", "application/json", "application/manifest+json", "image/svg+xml")
LEAST = 500
"""Bytes from which compressing a file is worth it."""


class KeptFiles(StaticFiles):
    """The files of a folder; those whose address carries their hash are kept for good."""

    def __init__(self, *, directory: Path) -> None:
        super().__init__(directory=directory)
        self._compressed: dict[tuple[str, int, int], bytes] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        kept = b"v=" in scope.get("query_string", b"") or path.startswith("vendor/")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
        return response

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, compressed where the browser takes that and asks for all of it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        headers = Headers(scope=scope)
        kind = response.headers.get("content-type", "")
        if not isinstance(response, FileResponse) or not kind.startswith(COMPRESSED) or stat_result.st_size < LEAST:
            return response
        response.headers["vary"] = "Accept-Encoding"
        if "gzip" not in headers.get("accept-encoding", "") or "range" in headers:
            return response
        name = (str(full_path), stat_result.st_mtime_ns, stat_result.st_size)
        if name not in self._compressed:
            self._compressed[name] = gzip.compress(Path(full_path).read_bytes(), mtime=0)
        told = {key: response.headers[key] for key in ("content-type", "etag", "last-modified", "vary")}
        return Response(self._compressed[name], status_code, {**told, "content-encoding": "gzip"})
