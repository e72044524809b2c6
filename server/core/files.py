"""Attached files: stored under the hash of their content, typed by content and not by name.

Owns the folder outside the web root and the names under which files are downloaded. The domain that keeps a hash in its
table owns the file; nothing here knows of cases.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple
from urllib.parse import quote

from server.core import errors, privacy
from server.core.errors import Refusal, _
from server.core.file_types import ALIASES, TYPES, MediaType, sniff

MAX_FILES = 10
"""Files with one petition or message."""
MAX_BYTES = 20 * 1024 * 1024
"""Bytes of one file."""
NO_FILE = _("Please choose a file.")
MAX_NAME = 120
"""Bytes of a file's name in UTF-8."""

_BLOCK = 1024 * 1024
_hash = re.compile(r"[0-9a-f]{64}")


class TooLarge(errors.TooLarge):
    """413: a file is larger than :data:`MAX_BYTES`."""

    text = _("A file may have at most %(megabytes)d MB.", megabytes=MAX_BYTES // 1024 // 1024)


class NumberInName(Refusal):
    """422: the file's name contains a resident registration number or a My Number."""

    status, code = 422, "number_in_file_name"
    text = _(
        "Its name contains a resident registration number or a My Number, which the law does not allow us to store. "
        "Please rename the file and choose it again."
    )


class TypeRefused(Refusal):
    """415: the content is of a type that is not accepted, whatever the file's name."""

    status, code = 415, "type_refused"
    text = _(
        "This kind of file cannot be attached. Please send pictures, PDF, office documents, text, audio or "
        "video, and send the files in an archive one by one."
    )


class Empty(Refusal):
    """422: the file is empty."""

    status, code = 422, "empty"
    text = _("This file is empty.")


# --- The store ----------------------------------------------------------------------------------------------


KeptBy = Callable[[Sequence[str]], Awaitable[set[str]]]
"""A domain's function that returns those of the given hashes to which its files refer."""


class Stored(NamedTuple):
    """A content in the store."""

    hash: str
    """SHA-256, 64 lower-case hexadecimal digits."""
    size: int


@dataclass(frozen=True)
class StoredFile:
    """A file whose content is in the store, with its name and type."""

    hash: str
    name: str
    size: int
    media_type: str
    sent: str = ""
    """The hash of the bytes that were sent, where they were cleaned before they were stored."""
    position: tuple[float, float] | None = None
    """Latitude and longitude at which a photo was taken; not stored."""

    @property
    def sent_hash(self) -> str:
        """By which a repeated request is recognised, whatever cleaning makes of the content."""
        return self.sent or self.hash


class Store:
    """A content-addressed folder: each content is stored once, as ``ab/cd/`` and its hash, and never overwritten."""

    def __init__(self, root: Path, kept_by: Sequence[KeptBy] = ()) -> None:
        self._root = root
        self._kept_by = kept_by

    async def referred(self, hashes: Sequence[str]) -> set[str]:
        """The hashes among these to which any domain refers."""
        return set().union(*[await kept(hashes) for kept in self._kept_by])

    async def put(self, chunks: AsyncIterator[bytes] | BinaryIO, limit: int = MAX_BYTES) -> Stored:
        """Store a content durably. Raises :class:`TooLarge` past ``limit`` bytes and :class:`Empty` for none."""
        digest, size = hashlib.sha256(), 0
        stream = await asyncio.to_thread(self._incoming)
        try:
            async for block in _blocks(chunks):
                size += len(block)
                if size > limit:
                    raise TooLarge
                await asyncio.to_thread(stream.write, block)
                await asyncio.to_thread(digest.update, block)
            if not size:
                raise Empty
            await asyncio.to_thread(self._keep, stream, self.path(digest.hexdigest()))
        finally:
            await asyncio.to_thread(self._clear, stream)
        return Stored(digest.hexdigest(), size)

    def path(self, hash_: str) -> Path:
        """The path of a content, stored or not. Raises :class:`ValueError` for a malformed hash."""
        if not _hash.fullmatch(hash_):
            raise ValueError("not the hash of a stored file")
        return self._root / hash_[:2] / hash_[2:4] / hash_

    def thumbnail(self, hash_: str) -> Path:
        """The path of a picture's thumbnail, made or not."""
        return self._root / "thumbnails" / self.path(hash_).name

    async def delete(self, hash_: str) -> None:
        """Delete a content to which nothing refers any more; does nothing if it is missing."""
        for path in (self.path(hash_), self.thumbnail(hash_), self._quarantine / hash_):
            await asyncio.to_thread(path.unlink, missing_ok=True)

    @property
    def _quarantine(self) -> Path:
        return self._root / "quarantine"

    def quarantine(self, hash_: str) -> None:
        """Hand a content out to nobody until :meth:`release`, also after a power failure."""
        mark = self._quarantine / self.path(hash_).name
        self._quarantine.mkdir(parents=True, exist_ok=True)
        mark.touch()
        sync_folder(self._quarantine)

    def release(self, hash_: str) -> None:
        """Hand a content out again."""
        (self._quarantine / self.path(hash_).name).unlink(missing_ok=True)

    def quarantined(self, hash_: str) -> bool:
        return (self._quarantine / self.path(hash_).name).exists()

    def all_quarantined(self) -> list[str]:
        """The hashes of what is handed out to nobody, in the order in which it is to be scanned."""
        found = []
        for mark in self._quarantine.glob("*"):
            with contextlib.suppress(FileNotFoundError):  # released in the meantime
                found.append((mark.stat().st_mtime_ns, mark.name))
        return [name for _, name in sorted(found)]

    def scan_last(self, hash_: str) -> None:
        """Have everything else in quarantine scanned before this content."""
        with contextlib.suppress(FileNotFoundError):
            os.utime(self._quarantine / self.path(hash_).name)

    def _incoming(self) -> IO[bytes]:
        self._root.mkdir(parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=self._root, suffix=".incoming", delete=False)

    @staticmethod
    def _clear(stream: IO[bytes]) -> None:
        Path(stream.name).unlink(missing_ok=True)  # already moved if it was stored
        stream.close()

    def _keep(self, stream: IO[bytes], path: Path) -> None:
        stream.flush()
        os.fsync(stream.fileno())
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            Path(stream.name).replace(path)
        # Even if another request wrote it: that request may not have synced the folders yet.
        for folder in (path.parent, path.parent.parent, self._root):
            sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Fsync a folder, so that new entries survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _blocks(chunks: AsyncIterator[bytes] | BinaryIO) -> AsyncIterator[bytes]:
    """A content in large blocks, because every block costs two thread switches."""
    if not isinstance(chunks, AsyncIterator):
        while block := await asyncio.to_thread(chunks.read, _BLOCK):
            yield block
        return
    gathered = bytearray()
    async for chunk in chunks:
        gathered += chunk
        if len(gathered) >= _BLOCK:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


# --- What a file is -----------------------------------------------------------------------------------------


class Accepted(NamedTuple):
    """The safe name and the type of an attached file."""

    name: str
    type: MediaType


def accept(content: bytes, name: str) -> Accepted:
    """Determine name and type from a file's whole content.

    Raises :class:`Empty`, :class:`TypeRefused` or :class:`NumberInName`.

    The name is made safe and gets the extension of the detected type: with a JPEG inside, ``사진.png`` becomes
    ``사진.jpg``, and ``사진.exe`` becomes ``사진.exe.jpg``.
    """
    if not content:
        raise Empty
    if privacy.refused(privacy.find(unicodedata.normalize("NFC", name).replace("_", " "))):
        raise NumberInName
    kind = sniff(content, name)
    if kind is None:
        raise TypeRefused
    return Accepted(named(name, kind), kind)


def named(name: str, kind: MediaType) -> str:
    """The safe name of a file of this type."""
    safe = safe_name(name)
    stem, dot, extension = safe.rpartition(".")
    known = dot and (extension.lower() in TYPES or extension.lower() in ALIASES)
    return _shortened(stem if known else safe, f".{kind.extension}")


# --- Names --------------------------------------------------------------------------------------------------

_reserved = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
_forbidden = re.compile(r'[<>:"|?*]')


def safe_name(name: str) -> str:
    """A file name that is valid on every system: never empty, at most :data:`MAX_NAME` bytes.

    Folders, control characters and bidirectional controls are removed; names reserved by Windows get an
    underscore.
    """
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(c for c in last if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"})
    tidy = " ".join(_forbidden.sub("_", unicodedata.normalize("NFC", visible)).split()).strip(" .")
    if _reserved.match(tidy):
        tidy = f"_{tidy}"
    stem, dot, extension = tidy.rpartition(".")
    if not dot or len(extension.encode()) > MAX_NAME // 4:
        stem, extension = tidy, ""
    return _shortened(stem, dot and extension and f".{extension}") or "file"


def _shortened(stem: str, extension: str) -> str:
    room = MAX_NAME - len(extension.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + extension


def content_disposition(name: str) -> str:
    """The header that makes a browser save a file as ``name`` instead of displaying it (RFC 6266, 8187)."""
    safe = safe_name(name)
    plain = re.sub(r"[^ -~]|[%\\]", "_", safe)
    if plain == safe:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='!#$&+-.^_`|~')}"
