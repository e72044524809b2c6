"""Attached files: stored under the hash of their content, typed by content and not by name.

Owns the folder outside the web root, the list of accepted types, and the names under which files are
downloaded. The domain that keeps a hash in its table owns the file; nothing here knows of cases.
"""

import asyncio
import codecs
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

import filetype

from server.core import errors
from server.core.errors import Refusal, _

MAX_FILES = 10
"""Files with one petition or message."""
MAX_BYTES = 20 * 1024 * 1024
"""Bytes of one file."""
NO_FILE = _("Please choose a file.")
HEAD_BYTES = 256 * 1024
"""Leading bytes of a file that :func:`accept` needs; with fewer, some documents are not recognised."""
MAX_NAME = 120
"""Bytes of a file's name in UTF-8."""

_BLOCK = 1024 * 1024
_hash = re.compile(r"[0-9a-f]{64}")


class TooLarge(errors.TooLarge):
    """413: a file is larger than :data:`MAX_BYTES`."""

    text = _("A file may have at most %(megabytes)d MB.", megabytes=MAX_BYTES // 1024 // 1024)


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

    async def delete(self, hash_: str) -> None:
        """Delete a content to which nothing refers any more; does nothing if it is missing."""
        await asyncio.to_thread(self.path(hash_).unlink, missing_ok=True)

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


class MediaType(NamedTuple):
    """An accepted type of file."""

    mime: str
    extension: str


# No archives: their content is not visible, may be a program, and may be a decompression bomb.
TYPES = {
    extension: MediaType(mime, extension)
    for extension, mime in {
        "jpg": "image/jpeg",
        "png": "image/png",
        "gif": "image/gif",
        "webp": "image/webp",
        "heic": "image/heic",
        "pdf": "application/pdf",
        "hwp": "application/x-hwp",
        "hwpx": "application/hwp+zip",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "doc": "application/msword",
        "xls": "application/vnd.ms-excel",
        "ppt": "application/vnd.ms-powerpoint",
        "txt": "text/plain",
        "csv": "text/csv",
        "mp4": "video/mp4",
        "mov": "video/quicktime",
        "mp3": "audio/mpeg",
        "m4a": "audio/mp4",
    }.items()
}
_ALIASES = {"jpeg", "jpe", "jfif", "apng", "heif", "text", "m4v", "qt"}


class Accepted(NamedTuple):
    """The safe name and the type of an attached file."""

    name: str
    type: MediaType


def accept(head: bytes, name: str) -> Accepted:
    """Determine name and type from a file's first :data:`HEAD_BYTES`. Raises :class:`Empty` or :class:`TypeRefused`.

    The name is made safe and gets the extension of the detected type: with a JPEG inside, ``사진.png`` becomes
    ``사진.jpg``, and ``사진.exe`` becomes ``사진.exe.jpg``.
    """
    if not head:
        raise Empty
    kind = sniff(head, name)
    if kind is None:
        raise TypeRefused
    safe = safe_name(name)
    stem, dot, extension = safe.rpartition(".")
    known = dot and (extension.lower() in TYPES or extension.lower() in _ALIASES)
    return Accepted(_shortened(stem if known else safe, f".{kind.extension}"), kind)


def sniff(head: bytes, name: str) -> MediaType | None:
    """Detect a file's type from its first bytes; None for anything not in :data:`TYPES`.

    The name decides only where the content is ambiguous: CSV or plain text, and which old office format it is
    when the directory of the compound file lies beyond ``head``.
    """
    declared = name.rpartition(".")[2].lower()
    if head.startswith(_OLE):
        found = _old_office(head, declared)
    elif head.startswith(_ZIP):
        found = _zipped_office(head)
    elif head[4:8] == b"ftyp":
        found = _iso_media(head)
    else:
        found = _signature(head)
        if not found and _is_text(head):
            found = "csv" if declared == "csv" else "txt"
    return TYPES.get(found)


def _signature(head: bytes) -> str:
    if head.startswith(b"HWP Document File V3.00"):
        return "hwp"
    guess = filetype.guess_extension(head)
    if guess == "gif" and head[:6] not in {b"GIF87a", b"GIF89a"}:  # "GIF" alone may begin a text
        return ""
    if guess == "apng":  # animated PNG
        return "png"
    return guess if guess in {"jpg", "png", "gif", "webp", "pdf", "mp3"} else ""


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")
# Each format is recognised by a stream in the compound file's directory, whose names are in UTF-16.
_STREAMS = {
    "hwp": ("FileHeader",),
    "doc": ("WordDocument",),
    "ppt": ("PowerPoint Document",),
    "xls": ("Workbook", "Book"),
}


def _old_office(head: bytes, declared: str) -> str:
    if _INSTALLER in head:
        return ""
    found = [
        extension
        for extension, names in _STREAMS.items()
        if any(f"{name}\0".encode("utf-16-le") in head for name in names)
    ]
    # A document may embed another one, and then has the streams of both.
    if declared in found or (not found and declared in _STREAMS):
        return declared
    return found[0] if found else ""


_ZIP = b"PK\x03\x04"
_entry = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
_PARTS = {b"word/": "docx", b"xl/": "xlsx", b"ppt/": "pptx"}


def _zipped_office(head: bytes) -> str:
    if head[30:57] == b"mimetypeapplication/hwp+zip":
        return "hwpx"
    names = [head[entry.end() : entry.end() + int.from_bytes(entry[1], "little")] for entry in _entry.finditer(head)]
    if b"[Content_Types].xml" not in names:
        return ""
    return next((of for part, of in _PARTS.items() if any(name.startswith(part) for name in names)), "")


_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_FILM = {b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV"}


def _iso_media(head: bytes) -> str:
    """Images, audio and video share one box format; its brands tell them apart (ISO/IEC 14496-12, 4.3)."""
    end = min(int.from_bytes(head[:4], "big"), 256)
    brand, brands = head[8:12], {head[8:12]} | {head[at : at + 4] for at in range(16, end, 4)}
    if brand == b"qt  ":
        return "mov"
    if brand in {b"M4A ", b"M4B "}:
        return "m4a"
    if brand in _HEIC | {b"mif1", b"msf1"}:
        return "heic" if brands & _HEIC else ""
    return "mp4" if brands & _FILM and not brands & {b"avif", b"avis"} else ""


_binary = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f\xff]")
_markup = re.compile(
    r"[\s\ufeff]*<(?:[!?%]|(?:html|head|body|title|meta|link|base|style|script|iframe|frameset|object|embed|"
    r"svg|math|table|form|input|button|img|video|audio|div|span|font|h[1-6]|pre|a|b|br|p|ul|ol)[\s/>])",
    re.IGNORECASE,
)


def _is_text(head: bytes) -> bool:
    """Whether this is text in UTF-8 or a legacy Korean or Japanese encoding that no browser would take for HTML."""
    if _binary.search(head):
        return False
    for encoding in ("utf-8", "cp949", "cp932"):
        with contextlib.suppress(UnicodeDecodeError):
            # Not final: the head may end in the middle of a character.
            return not _markup.match(codecs.getincrementaldecoder(encoding)().decode(head))
    return False


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
