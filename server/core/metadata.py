"""Cuts out of photos and videos where and with what they were taken, without encoding them again.

Kept are a photo's orientation and the time it was taken, colour profiles, and whatever shows the picture; all else in
it is dropped, because serial numbers stand in makers' own notes. The rest of a broken file is kept as it is.
"""

import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from PIL import Image

from server.core import iso_media
from server.core.file_types import MediaType

warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.TiffImagePlugin")  # of corrupt Exif blocks
EXIF = b"Exif\0\0"
_ORIENTATION, _PHOTO, _PLACE = 0x0112, 0x8769, 0x8825
_TIMES = (0x9003, 0x9011)
"""When a photo was taken, and its offset from UTC."""
WRONG = (ValueError, TypeError, SyntaxError, LookupError, ArithmeticError, OSError, struct.error, NotImplementedError)


class Cleaned(NamedTuple):
    """A file as it is stored, and what was known about it."""

    content: bytes
    position: tuple[float, float] | None = None
    """Latitude and longitude at which it was taken."""


class About(NamedTuple):
    """What an Exif block says: what of it is kept, as a block of its own or empty, and the position."""

    kept: bytes = b""
    position: tuple[float, float] | None = None


def cleaned(content: bytes, kind: MediaType) -> Cleaned:
    """The file without descriptions."""
    clean = _CLEAN.get(kind.extension)
    return clean(content) if clean else Cleaned(content)


def read(block: bytes) -> About:
    """Read an Exif block, with or without its identifier."""
    try:
        exif = Image.Exif()
        exif.load(block)
        kept = Image.Exif()
        if (turned := exif.get(_ORIENTATION)) in range(2, 9):
            kept[_ORIENTATION] = turned
        photo = exif.get_ifd(_PHOTO)
        times = {tag: value for tag in _TIMES if isinstance(value := photo.get(tag), str) and len(value) <= 30}  # noqa: PLR2004
        if times:
            kept.get_ifd(_PHOTO).update(times)
        return About(kept.tobytes() if len(kept) or times else b"", _position(exif.get_ifd(_PLACE)))
    except WRONG:
        return About()


def _position(place: Mapping[int, object]) -> tuple[float, float] | None:
    found = []
    for sign, value, limit in ((1, 2, 90), (3, 4, 180)):
        parts = place.get(value)
        if not isinstance(parts, tuple) or len(parts) != 3:  # noqa: PLR2004 — degrees, minutes, seconds
            return None
        degrees = sum(float(part) / 60**n for n, part in enumerate(parts))
        if not 0 <= degrees <= limit:
            return None
        found.append(round(-degrees if place.get(sign) in {"S", "W"} else degrees, 6))
    lat, lng = found
    return (lat, lng) if lat or lng else None


# --- JPEG -------------------------------------------------------------------------------------------------------------

_marker = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_SCAN, _END, _APP0, _APP1, _APP15, _COMMENT, _FILL = 0xDA, 0xD9, 0xE0, 0xE1, 0xEF, 0xFE, 0xFF
_KEPT_PARTS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}


def _jpeg(content: bytes) -> Cleaned:
    parts, about = [content[:2]], About()
    for marker, segment in _segments(content):
        body = segment[4:]
        if marker == _APP1 and body.startswith(EXIF) and about == About():
            about = read(body)
            if about.kept:
                parts.append(b"\xff\xe1" + (len(about.kept) + 2).to_bytes(2, "big") + about.kept)
        elif not (marker == _COMMENT or _APP0 <= marker <= _APP15) or body.startswith(_KEPT_PARTS.get(marker, EXIF)):
            parts.append(segment)
    return Cleaned(b"".join(parts), about.position)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The marker and the bytes of each segment, up to the end of the picture, or to where it is broken (marker 0).

    What cameras append to a picture is another one, or a video, with its own description.
    """
    at = 2
    while content[at : at + 1] == b"\xff" and at + 2 <= len(content):
        marker, end = content[at + 1], at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _END:
            yield marker, content[at : at + 2]
            return
        if marker == _FILL:
            at += 1
            continue
        if marker == _SCAN:
            found = _marker.search(content, end)
            end = found.start() if found else len(content) + 1
        if end > len(content):
            break
        yield marker, content[at:end]
        at = end
    yield 0, content[at:]


# --- PNG --------------------------------------------------------------------------------------------------------------

_KEPT_CHUNKS = frozenset(
    b"tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs hIST sPLT acTL fcTL fdAT cICP mDCV cLLI".split()  # ancillary
)


def _png(content: bytes) -> Cleaned:
    parts, at, about = [content[:8]], 8, About()
    while at + 12 <= len(content):
        kind = content[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if end > len(content) or not kind.isalpha():
            break
        if kind == b"eXIf":
            about = read(content[at + 8 : end - 4])
            if about.kept:
                parts.append(_chunk(kind, about.kept.removeprefix(EXIF)))
        elif kind in _KEPT_CHUNKS or kind[:1].isupper():
            parts.append(content[at:end])
        at = end
        if kind == b"IEND":
            return Cleaned(b"".join(parts), about.position)
    return Cleaned(b"".join([*parts, content[at:]]), about.position)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


# --- WebP -------------------------------------------------------------------------------------------------------------

_HAS_EXIF, _HAS_XMP = 0x08, 0x04


def _webp(content: bytes) -> Cleaned:
    parts, at, about = list[bytes](), 12, About()
    last = min(8 + int.from_bytes(content[4:8], "little"), len(content))
    while at + 8 <= last:
        kind = content[at : at + 4]
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if kind == b"EXIF":
            about = read(content[at + 8 : at + 8 + size])
        elif kind != b"XMP ":
            parts.append(content[at : min(end, last)])
        at = end
    if parts and parts[0][:4] == b"VP8X":
        kept, head = about.kept.removeprefix(EXIF), parts[0]
        if kept:
            parts.append(b"EXIF" + len(kept).to_bytes(4, "little") + kept + b"\0" * (len(kept) % 2))
        flags = head[8] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if kept else 0)
        parts[0] = head[:8] + bytes([flags]) + head[9:]
    body = b"WEBP" + b"".join(parts)
    return Cleaned(b"RIFF" + len(body).to_bytes(4, "little") + body, about.position)


def _avif(content: bytes) -> Cleaned:
    try:
        return Cleaned(iso_media.picture_cleaned(content))
    except LookupError:  # broken
        return Cleaned(content)


def _video(content: bytes) -> Cleaned:
    return Cleaned(iso_media.video_cleaned(content))


_CLEAN: Mapping[str, Callable[[bytes], Cleaned]] = {
    "jpg": _jpeg,
    "png": _png,
    "webp": _webp,
    "avif": _avif,
    **dict.fromkeys(("mp4", "mov", "3gp", "m4a"), _video),
}
