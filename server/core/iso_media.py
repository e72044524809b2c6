"""The box format of MP4, QuickTime, HEIF and AVIF files (ISO/IEC 14496-12): what is in them, and blanking parts.

Nothing moves: what is cut out is overwritten in its place, so that every offset in the file stays true and sound and
pictures are not encoded again.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

Content = bytes | bytearray
MOST_BOXES = 100_000
"""Boxes of one level that are looked at."""
MOST_PARTS = 1_000_000
"""Parts of a file that are overwritten."""


class Box(NamedTuple):
    """A box: where it, its content and what follows it begin."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(content: Content, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes between two positions, up to the first one that is broken."""
    end = len(content) if end is None else end
    for _number in range(MOST_BOXES):
        if start + 8 > end:
            return
        size, body = int.from_bytes(content[start : start + 4], "big"), start + 8
        if size == 1:
            size, body = int.from_bytes(content[start + 8 : start + 16], "big"), start + 16
        last = end if size == 0 else start + size
        if not body <= last <= end:
            return
        yield Box(bytes(content[start + 4 : start + 8]), start, body, last)
        start = last


def inside(content: Content, box: Box, *path: bytes) -> Iterator[Box]:
    """The boxes at a path below a box."""
    for each in boxes(content, box.body, box.end):
        if each.kind == path[0]:
            if len(path) == 1:
                yield each
            else:
                yield from inside(content, each, *path[1:])


def _tracks(content: Content) -> Iterator[tuple[Box, bytes]]:
    """The tracks and the kinds of their content: ``vide``, ``soun`` and so on."""
    for video in (box for box in boxes(content) if box.kind == b"moov"):
        for track in inside(content, video, b"trak"):
            for handler in inside(content, track, b"mdia", b"hdlr"):
                yield track, bytes(content[handler.body + 8 : handler.body + 12])


def handlers(content: Content) -> set[bytes]:
    """The kinds of the tracks."""
    return {kind for _track, kind in _tracks(content)}


# --- Cutting out ------------------------------------------------------------------------------------------------------

_SHOWN = {b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp", b"tmcd", b"auxv"}
_ABOUT = {b"udta", b"meta", b"uuid"}
"""Boxes about the video: where and with what it was recorded, among others."""
_HOLDING = {b"moov", b"trak", b"moof", b"traf", b"mdia", b"minf"}


def video_cleaned(content: bytes) -> bytes:
    """A video or recording without its descriptions and tracks of measurements (place, movement, serial numbers)."""
    found = bytearray(content)
    for track, kind in list(_tracks(content)):
        if kind not in _SHOWN:
            _wipe(found, _samples(content, track))
            _blank(found, track)
    _blank_descriptions(found, boxes(content))
    return bytes(found)


def _blank_descriptions(found: bytearray, level: Iterator[Box]) -> None:
    for box in list(level):
        if box.kind in _ABOUT:
            _blank(found, box)
        elif box.kind in _HOLDING:
            _blank_descriptions(found, boxes(found, box.body, box.end))


def _blank(found: bytearray, box: Box) -> None:
    """Make a box free space (8.1.2)."""
    found[box.start + 4 : box.start + 8] = b"free"
    found[box.body : box.end] = bytes(box.end - box.body)


def _wipe(found: bytearray, parts: Iterable[tuple[int, int]]) -> None:
    """Overwrite parts with zeros; a forged file that names the same ones over and over comes to an end."""
    left = 2 * len(found)
    for start, size in itertools.islice(parts, MOST_PARTS):
        room = min(len(found) - start, size, left)
        if room > 0:
            found[start : start + room] = bytes(room)
            left -= room


def _samples(content: bytes, track: Box) -> Iterator[tuple[int, int]]:
    """Position and size of each sample of a track (8.7)."""
    for table in inside(content, track, b"mdia", b"minf", b"stbl"):
        held = {box.kind: content[box.body : box.end] for box in boxes(content, table.body, table.end)}
        wide = b"co64" in held
        chunks = _numbers(held.get(b"co64" if wide else b"stco", b"")[8:], 8 if wide else 4)
        runs = _numbers(held.get(b"stsc", b"")[8:], 4)
        sizes = held.get(b"stsz", b"")
        same = int.from_bytes(sizes[4:8], "big")
        size_of = itertools.repeat(same) if same else iter(_numbers(sizes[12:], 4))
        per_chunk = dict(zip(runs[::3], runs[1::3], strict=False))
        times = 0
        for number, place in enumerate(chunks, 1):
            times = per_chunk.get(number, times)
            for size in itertools.islice(size_of, min(times, len(content))):
                if place >= len(content):
                    break
                yield place, size
                place += size  # noqa: PLW2901 — the next sample follows


def _numbers(content: bytes, width: int) -> list[int]:
    return [int.from_bytes(content[at : at + width], "big") for at in range(0, len(content) - width + 1, width)]


_NO_EXIF = b"\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"


def picture_cleaned(content: bytes) -> bytes:
    """A picture (AVIF) with an empty Exif and zeros for other descriptions; its turning stands in a box of its own."""
    found = bytearray(content)
    for meta in (box for box in boxes(content) if box.kind == b"meta"):
        held = {box.kind: box for box in boxes(content, meta.body + 4, meta.end)}
        if b"iinf" in held and b"iloc" in held:
            kinds = dict(_described(content, held[b"iinf"]))
            base = held[b"idat"].body if b"idat" in held else 0
            extents = list(
                itertools.islice(_extents(content[held[b"iloc"].body : held[b"iloc"].end], base), MOST_PARTS)
            )
            _wipe(found, ((start, size) for item, start, size in extents if item in kinds))
            for item, start, size in extents:
                if kinds.get(item) == b"Exif" and len(_NO_EXIF) <= size <= len(found) - start:
                    found[start : start + len(_NO_EXIF)] = _NO_EXIF
    return bytes(found)


def _described(content: bytes, info: Box) -> Iterator[tuple[int, bytes]]:
    """Number and kind of the items that describe the picture (8.11.6)."""
    start = info.body + (6 if content[info.body] == 0 else 8)
    for entry in boxes(content, start, info.end):
        version, at = content[entry.body], entry.body + 4
        width = 2 if version == 2 else 4  # noqa: PLR2004 — the version with short numbers
        if (kind := content[at + width + 2 : at + width + 6]) in {b"Exif", b"mime", b"uri "}:
            yield int.from_bytes(content[at : at + width], "big"), kind


def _extents(table: bytes, base: int) -> Iterator[tuple[int, int, int]]:
    """Item, position and size of each part of the items (8.11.3); ``base`` is that of data inside the description."""
    version, widths, place = table[0], table[4:6], 6
    offset_width, length_width, base_width = widths[0] >> 4, widths[0] & 15, widths[1] >> 4
    index_width = widths[1] & 15 if version else 0

    def number(width: int) -> int:
        nonlocal place
        place += width
        return int.from_bytes(table[place - width : place], "big")

    wide = 4 if version == 2 else 2  # noqa: PLR2004
    for _item in range(number(wide)):
        if place >= len(table):
            return
        item = number(wide)
        method = number(2) & 15 if version else 0
        number(2)
        start = number(base_width) + (base if method == 1 else 0)
        for _extent in range(number(2)):
            number(index_width)
            at, size = start + number(offset_width), number(length_width)
            if place > len(table):
                return
            yield item, at, size
