"""Photos as telephones take them: with the place, the device's serial number, the time, and turned on their side.

``photo.heic`` was written with pillow-heif, which can encode that format and is not needed otherwise.
"""

import io
from pathlib import Path
from typing import Any

from PIL import Image

SERIAL = "SERIAL-4711"
TAKEN = "2026:11:30 10:00:00"
SEOUL = (37.5, 127.0)
HEIC = Path(__file__).with_name("photo.heic").read_bytes()
"""Of the same kind; 64 × 48 pixels, red on the left, green on the right, turned by 90°."""


def described(lat: float = SEOUL[0], lng: float = SEOUL[1], *, orientation: int = 6) -> bytes:
    """An Exif block."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Telephone", "T-1", orientation
    exif.get_ifd(0x8769).update({0x9003: TAKEN, 0xA431: SERIAL, 0x927C: b"maker note " + SERIAL.encode()})
    exif.get_ifd(0x8825).update({1: "NS"[lat < 0], 2: (abs(lat), 0.0, 0.0), 3: "EW"[lng < 0], 4: (abs(lng), 0.0, 0.0)})
    return exif.tobytes()


def picture(width: int = 64, height: int = 48) -> Image.Image:
    """Red on the left, green on the right."""
    image = Image.new("RGB", (width, height), "green")
    image.paste("red", (0, 0, width // 2, height))
    return image


def photo(form: str, exif: bytes | None = None, **more: Any) -> bytes:
    """A photo in a format, with what telephones write into it."""
    out = io.BytesIO()
    about = {"xmp": f"<x:xmpmeta>{SERIAL} 37.5</x:xmpmeta>".encode()} if form in {"WEBP", "AVIF", "JPEG"} else {}
    picture().save(out, form, exif=described() if exif is None else exif, **about, **more)
    return out.getvalue()


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of a video."""
    body = b"".join(parts)
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def video(brand: bytes = b"mp42") -> bytes:
    """A video with its place in every way that telephones write it, the description in front of the pictures."""

    def track(kind: bytes, place: int, size: int) -> bytes:
        table = box(
            b"stbl",
            box(b"stsz", bytes(8), (2).to_bytes(4, "big"), size.to_bytes(4, "big") * 2),
            box(b"stsc", bytes(4), *(n.to_bytes(4, "big") for n in (1, 1, 2, 1))),
            box(b"stco", bytes(4), (1).to_bytes(4, "big"), place.to_bytes(4, "big")),
        )
        about = box(b"udta", box(b"name", SERIAL.encode()))
        return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), kind, bytes(13)), box(b"minf", table)), about)

    def whole(start: int) -> bytes:
        return box(b"ftyp", brand, bytes(4), b"isom") + box(
            b"moov",
            track(b"vide", start, 50),
            track(b"meta", start + 100, 20),
            box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+37.5000+127.0000/"), box(b"loci", b"+37.5000")),
            box(b"meta", bytes(4), box(b"ilst", b"com.apple.quicktime.location.ISO6709 +37.5000+127.0000/")),
        )

    start = len(whole(0)) + 8
    return whole(start) + box(b"mdat", b"pictures  " * 10, b"+37.5000+127.0000/  " * 2) + box(b"uuid", SERIAL.encode())
