"""What mail and text messages have in common: a delivery's id, the meaning of failures, and the spool folder.

:class:`Deferred` can be retried, :class:`Refused` cannot. The outbox decides when to retry.
"""

import contextlib
import hashlib
import heapq
import logging
import os
import re
import tempfile
from datetime import timedelta
from pathlib import Path

from server.core import clock
from server.core.files import sync_folder

log = logging.getLogger("sinmungo.delivery")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that have no place in a header."""


class Deferred(Exception):
    """Not delivered for now: no server, no reply, a temporary failure, or settings that the server rejects.

    The reason ends up in logs, so it names no recipient.
    """

    def __init__(self, reason: str, retry_after: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        """How long the server asks to wait at least."""


class Refused(Exception):
    """Undeliverable: unknown recipient, rejected content, or an invalid message. The reason names no recipient."""


class Journal:
    """What a server has accepted, in a file a day, until the jobs of it are surely over.

    A process that is killed between the server's answer and the end of its job would deliver it a second time. A line
    is written in between: it survives the process, and is much faster than a transaction that waits for its turn.
    """

    KEPT_DAYS = 8
    """Longer than a delivery is ever tried again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, set[str]] = {}
        """Per file: what it contains, and what could not be written to it."""
        self._read: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        """Whether any process has noted it."""
        for path in self._folder.glob("*.txt"):
            with path.open("rb") as stream:
                stream.seek(self._read.get(path.name, 0))
                whole = stream.read().rpartition(b"\n")[0]  # another process may be in the midst of a line
            self._known.setdefault(path.name, set()).update(whole.decode().split())
            self._read[path.name] = self._read.get(path.name, 0) + len(whole)
        return any(name in known for known in self._known.values())

    def add(self, name: str) -> None:
        """Note it. Called without waiting for anything else after the server's answer.

        Where it cannot be written, only this process knows of it: failing would deliver it again for certain.
        """
        today = clock.now().date()
        oldest = f"{(today - timedelta(days=self.KEPT_DAYS)).isoformat()}.txt"
        path = self._folder / f"{today.isoformat()}.txt"
        self._known.setdefault(path.name, set()).add(name)
        for file in [file for file in self._known if file < oldest]:
            del self._known[file]
            self._read.pop(file, None)
        try:
            self._write(path, name, oldest)
        except OSError:
            log.exception("a delivery cannot be noted; a process that is killed now repeats it")

    def _write(self, path: Path, name: str, oldest: str) -> None:
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            for old in self._folder.glob("*.txt"):
                if old.name < oldest:
                    old.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            left = f"\n{name}\n".encode()  # begins anew after a line that a full disk cut off
            while left:
                left = left[os.write(descriptor, left) :]
        finally:
            os.close(descriptor)


def delivery_id(key: str) -> str:
    """The id of what the job ``key`` delivers, the same for every attempt: 40 hexadecimal digits."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def spool(folder: Path, name: str, content: bytes) -> None:
    """Write a file durably and atomically; an existing one is left alone. Raises :class:`Deferred`."""
    path = folder / name
    try:
        if path.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=folder, suffix=".unfinished")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        sync_folder(folder)
    except OSError as error:
        raise Deferred(f"the spool folder cannot be written: {error.strerror}") from error


def newest(folder: Path, pattern: str, limit: int) -> list[Path]:
    """The newest ``limit`` files of a spool folder whose names match, the newest first."""
    found = []
    for path in folder.glob(pattern):
        with contextlib.suppress(FileNotFoundError):  # deleted in the meantime
            found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in heapq.nlargest(limit, found)]
