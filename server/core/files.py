"""Files that people attach: kept under their content's hash, known by what they are and not by their name.

Owns the folder outside the web root, the list of types that are taken, and the names under which files are
handed out again. Whoever keeps a hash in a table owns the file; nothing here knows of cases.
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
"""How much of a file's beginning :func:`accept` should be shown: less may be too little for documents."""
MAX_NAME = 120
"""Bytes of a file's name in UTF-8."""

_BLOCK = 1024 * 1024
_hash = re.compile(r"[0-9a-f]{64}")


class TooLarge(errors.TooLarge):
    """413: one file is larger than it may be."""

    text = _("A file may have at most %(megabytes)d MB.", megabytes=MAX_BYTES // 1024 // 1024)


class TypeRefused(Refusal):
    """415: a kind of file that is not taken, whatever it is called."""

    status, code = 415, "type_refused"
    text = _(
        "This kind of file cannot be attached. Please send pictures, PDF, office documents, text, audio or "
        "video, and send the files in an archive one by one."
    )


class Empty(Refusal):
    """422: there is nothing in the file."""

    status, code = 422, "empty"
    text = _("This file is empty.")


# --- The store ----------------------------------------------------------------------------------------------


KeptBy = Callable[[Sequence[str]], Awaitable[set[str]]]
"""A room's answer to which of some contents, by their hashes, its files refer to."""


class Stored(NamedTuple):
    """A content in the store."""

    hash: str
    """SHA-256, 64 lower-case hexadecimal digits."""
    size: int


@dataclass(frozen=True)
class StoredFile:
    """A file that already lies in the store, with the name and type it came with."""

    hash: str
    name: str
    size: int
    media_type: str


class Store:
    """A folder of contents, each once, as ``ab/cd/`` and its hash; what is there is never written again."""

    def __init__(self, root: Path, kept_by: Sequence[KeptBy] = ()) -> None:
        self._root = root
        self._kept_by = kept_by

    async def referred(self, hashes: Sequence[str]) -> set[str]:
        """Those of some contents that anything refers to."""
        return set().union(*[await kept(hashes) for kept in self._kept_by])

    async def put(self, chunks: AsyncIterator[bytes] | BinaryIO, limit: int = MAX_BYTES) -> Stored:
        """Keep a content durably: past ``limit`` bytes :class:`TooLarge`, without any :class:`Empty`."""
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
        """Where a content lies if it is there; :class:`ValueError` for what cannot be a hash."""
        if not _hash.fullmatch(hash_):
            raise ValueError("not the hash of a stored file")
        return self._root / hash_[:2] / hash_[2:4] / hash_

    async def delete(self, hash_: str) -> None:
        """Forget a content that nobody refers to any more; one that is not there stays away."""
        await asyncio.to_thread(self.path(hash_).unlink, missing_ok=True)

    def _incoming(self) -> IO[bytes]:
        self._root.mkdir(parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=self._root, suffix=".incoming", delete=False)

    @staticmethod
    def _clear(stream: IO[bytes]) -> None:
        Path(stream.name).unlink(missing_ok=True)  # gone already if it was kept
        stream.close()

    def _keep(self, stream: IO[bytes], path: Path) -> None:
        stream.flush()
        os.fsync(stream.fileno())
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            Path(stream.name).replace(path)
        # Even if another request wrote it: that one may not have come so far yet.
        for folder in (path.parent, path.parent.parent, self._root):
            sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make what was put into a folder outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _blocks(chunks: AsyncIterator[bytes] | BinaryIO) -> AsyncIterator[bytes]:
    """A content in large pieces, because every piece costs two changes of thread."""
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
    """A kind of file that is taken."""

    mime: str
    extension: str


# No archives: nobody sees what is in them, it may be a program, and it may unfold without end.
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
    """What an attached file is called from now on, and what it is."""

    name: str
    type: MediaType


def accept(head: bytes, name: str) -> Accepted:
    """Take a file by its first :data:`HEAD_BYTES`, or raise :class:`Empty` or :class:`TypeRefused`.

    The name is made safe and given the extension of what the file is: with a JPEG in it ``사진.png`` becomes
    ``사진.jpg``, and ``사진.exe`` ``사진.exe.jpg``.
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
    """What a file is by its beginning; None for everything that is not in :data:`TYPES`.

    The name decides only where the content leaves it open: a table or a text, and which of the old office
    formats it is when the directory of the compound file lies beyond ``head``.
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
    if guess == "gif" and head[:6] not in {b"GIF87a", b"GIF89a"}:  # three letters are a word
        return ""
    if guess == "apng":  # a PNG that moves
        return "png"
    return guess if guess in {"jpg", "png", "gif", "webp", "pdf", "mp3"} else ""


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")
# Each format by a stream in the compound file's directory, which keeps names in UTF-16.
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
    # A document may hold another one, and then has the streams of both.
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
    """Pictures, sound and videos share one box format; its brands tell them apart (ISO/IEC 14496-12, 4.3)."""
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
    """Text in UTF-8 or an older Korean or Japanese encoding, and nothing that a browser takes for a page."""
    if _binary.search(head):
        return False
    for encoding in ("utf-8", "cp949", "cp932"):
        with contextlib.suppress(UnicodeDecodeError):
            # Not final: the head may end amid a character.
            return not _markup.match(codecs.getincrementaldecoder(encoding)().decode(head))
    return False


# --- Names --------------------------------------------------------------------------------------------------

_reserved = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
_forbidden = re.compile(r'[<>:"|?*]')


def safe_name(name: str) -> str:
    """A file's name that every system takes and that reads as what it is: never empty, not too long.

    Folders, control characters and signs that turn the direction of writing are left out, names that Windows
    keeps for itself get an underscore.
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
    """The header that makes a browser save a file under ``name`` and never show it (RFC 6266, 8187)."""
    safe = safe_name(name)
    plain = re.sub(r"[^ -~]|[%\\]", "_", safe)
    if plain == safe:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='!#$&+-.^_`|~')}"
