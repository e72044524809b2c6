"""Pictures decoded: HEIC kept as JPEG, and thumbnails. At most :data:`WORKERS` at once, in threads of their own.

A picture is decoded only up to a number of pixels, which its first bytes give, so that a small file cannot fill the
memory.
"""

import asyncio
import contextlib
import io
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pi_heif
from PIL import Image, ImageOps

from server.core.errors import Refusal, _
from server.core.metadata import Cleaned, read

MOST_PIXELS = 64_000_000
"""Pixels of a picture that is decoded whole: more than any telephone's own photos in HEIC."""
MOST_SCALED_PIXELS = 256_000_000
"""Pixels of a JPEG, which is decoded at a fraction of its size."""
SIDE = 320
"""The longer side of a thumbnail, in pixels."""
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
"""Types that have thumbnails."""
WORKERS = 2
_QUALITY = 90
_WRONG = (
    ValueError,
    TypeError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    OSError,
    EOFError,
    RuntimeError,
    MemoryError,
)

Image.MAX_IMAGE_PIXELS = None  # the limits above are checked instead, before anything is decoded
_threads = ThreadPoolExecutor(WORKERS, "pictures")
Found = TypeVar("Found")


class NotReadable(Refusal):
    """422: a picture in a format that has to be converted cannot be decoded, or is too large for that."""

    status, code = 422, "picture_not_readable"
    text = _("This picture cannot be read. Please send it as JPEG.")


async def apart(work: Callable[[], Found]) -> Found:
    """Run work on a picture in one of its threads."""
    return await asyncio.get_running_loop().run_in_executor(_threads, work)


def as_jpeg(content: bytes) -> Cleaned:
    """A HEIC picture as JPEG, upright, with its colours and the time it was taken. Raises :class:`NotReadable`."""
    try:
        heif = pi_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
        if heif.size[0] * heif.size[1] > MOST_PIXELS:
            raise NotReadable
        about = read(heif.info.get("exif") or b"")
        image = heif.to_pillow().convert("RGB")
        out = io.BytesIO()
        profile = heif.info.get("icc_profile")
        image.save(out, "JPEG", quality=_QUALITY, icc_profile=profile, exif=_upright(about.kept))
    except _WRONG as error:
        raise NotReadable from error
    return Cleaned(out.getvalue(), about.position)


def _upright(block: bytes) -> bytes:
    """What is kept of an Exif block, for a picture that the decoder has turned."""
    exif = Image.Exif()
    exif.load(block)
    exif.pop(0x0112, None)
    return exif.tobytes() if block else b""


def make_thumbnail(picture: Path, target: Path) -> bool:
    """Write a JPEG of at most :data:`SIDE` pixels, turned as its orientation tag says; False if that is impossible."""
    try:
        with Image.open(picture, formats=("JPEG", "PNG", "GIF", "WEBP", "AVIF")) as image:
            pixels, scaled = image.width * image.height, image.format in {"JPEG", "MPO"}
            if pixels > (MOST_SCALED_PIXELS if scaled and not image.info.get("progressive") else MOST_PIXELS):
                return False
            image.draft("RGB", (2 * SIDE, 2 * SIDE))
            image.thumbnail((SIDE, SIDE))
            small = ImageOps.exif_transpose(image)
            if small.has_transparency_data:
                clear = small.convert("RGBA")
                small = Image.new("RGBA", clear.size, "white")
                small.alpha_composite(clear)
            out = io.BytesIO()
            small.convert("RGB").save(out, "JPEG", quality=80, exif=b"")
    except _WRONG:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as stream:
        stream.write(out.getvalue())
    with contextlib.suppress(FileNotFoundError):
        os.replace(stream.name, target)  # noqa: PTH105 — of two at once, either may win
    return True
