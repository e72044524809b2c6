"""What a photo says of its place and device is cut out of it, and nothing else is changed."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from server.core import metadata, pictures
from server.core.file_types import TYPES, sniff
from tests.support.photos import HEIC, SEOUL, SERIAL, TAKEN, box, described, photo, picture, video


def cleaned(content: bytes) -> metadata.Cleaned:
    kind = sniff(content, "")
    assert kind
    return metadata.cleaned(content, kind)


def seen(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB").tobytes()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_and_device_are_cut_out_without_encoding_again(form: str) -> None:
    content = photo(form)
    assert SERIAL.encode() in content
    found = cleaned(content)
    assert found.position == SEOUL
    assert b"SERIAL" not in found.content
    assert b"Telephone" not in found.content
    assert seen(found.content) == seen(content), "not a pixel is other"
    with Image.open(io.BytesIO(found.content)) as image:
        exif = image.getexif()
        assert (exif[0x0112], exif.get_ifd(0x8769)) == (6, {0x9003: TAKEN}), "turned as before, and dated"
        assert exif.get_ifd(0x8825) == {}
    assert cleaned(found.content).content == found.content, "cleaning again changes nothing"


def test_only_what_describes_a_jpeg_is_dropped() -> None:
    """Colours stay; comments, previews, a second picture and a video behind the picture go."""
    content = photo("JPEG", icc_profile=b"colours " * 99, comment=SERIAL.encode(), progressive=True)
    tail = content + b"MotionPhoto_Data" + video()
    found = cleaned(tail)
    assert found.content.startswith(b"\xff\xd8")
    assert found.content.endswith(b"\xff\xd9")
    scan = content[content.index(b"\xff\xdb") :]
    assert found.content.endswith(scan), "tables and scans are the same bytes"
    with Image.open(io.BytesIO(found.content)) as image:
        assert image.info["icc_profile"] == b"colours " * 99
        assert "comment" not in image.info
    for mark in (0xE1, 0xE2, 0xED, 0xEE):
        segment = bytes((0xFF, mark)) + (2 + len(SERIAL)).to_bytes(2, "big") + SERIAL.encode()
        assert SERIAL.encode() not in cleaned(content[:2] + segment + content[2:]).content


def test_a_photo_without_descriptions_is_stored_as_it_is() -> None:
    for form in ("JPEG", "PNG", "WEBP", "GIF", "AVIF"):
        out = io.BytesIO()
        picture().save(out, form)
        assert cleaned(out.getvalue()) == metadata.Cleaned(out.getvalue()), form


def test_texts_and_what_follows_a_png_are_dropped() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    content = photo("PNG")
    texts = chunk(b"tEXt", b"Comment\0" + SERIAL.encode()) + chunk(b"prVt", SERIAL.encode())
    found = cleaned(content[:33] + texts + content[33:] + SERIAL.encode())
    assert found.content == cleaned(content).content
    assert b"SERIAL" not in found.content


def test_items_of_an_avif_are_blanked_in_their_place() -> None:
    content = photo("AVIF")
    assert SERIAL.encode() in content
    found = cleaned(content).content
    assert len(found) == len(content)
    assert b"SERIAL" not in found
    assert seen(found) == seen(content)


@pytest.mark.parametrize("brand", [b"mp42", b"qt  ", b"3gp4"])
def test_the_place_of_a_video_is_blanked_and_its_pictures_stay(brand: bytes) -> None:
    content = video(brand)
    found = cleaned(content).content
    assert len(found) == len(content), "every offset is as before"
    assert b"37.5" not in found
    assert b"SERIAL" not in found
    assert b"pictures  " * 10 in found
    assert found.count(b"trak") == 1, "the track of measurements is gone"


@pytest.mark.parametrize(
    ("lat", "lng", "found"),
    [(33.5, 126.5, (33.5, 126.5)), (-33.5, -70.25, (-33.5, -70.25)), (0.0, 0.0, None), (91.0, 0.0, None)],
)
def test_a_position(lat: float, lng: float, found: tuple[float, float] | None) -> None:
    assert cleaned(photo("JPEG", described(lat, lng))).position == found


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "video"])
def test_broken_files_neither_stop_nor_crash_anything(form: str) -> None:
    content = video() if form == "video" else photo(form)
    kind = TYPES[{"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "video": "mp4"}[form]]
    for cut in range(0, len(content), 7):
        metadata.cleaned(content[:cut], kind)
        metadata.cleaned(content[:cut] + b"\xff" * 12 + content[cut + 5 :], kind)


@given(st.binary(max_size=200), st.sampled_from(["jpg", "png", "webp", "avif", "mp4"]))
def test_any_bytes_are_cleaned_or_left(content: bytes, extension: str) -> None:
    metadata.cleaned(content, TYPES[extension])
    metadata.read(content)


def test_a_video_in_a_loop_of_boxes_comes_to_an_end() -> None:
    cleaned(video() + box(b"moov", box(b"trak", b"\0\0\0\1trak" + bytes(7) + b"\x10")))


def test_a_video_that_names_its_samples_without_end_comes_to_an_end() -> None:
    table = box(
        b"stbl",
        box(b"stsz", bytes(4), (1).to_bytes(4, "big"), b"\xff" * 4),
        box(b"stsc", bytes(4), *(n.to_bytes(4, "big") for n in (1, 1, 2**31, 1))),
        box(b"stco", bytes(4), (2**20).to_bytes(4, "big"), bytes(4 * 2**20)),
    )
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), b"meta", bytes(13)), box(b"minf", table)))
    cleaned(box(b"ftyp", b"mp42", bytes(4), b"isom") + box(b"moov", track))


def test_heic_becomes_an_upright_jpeg() -> None:
    found = pictures.as_jpeg(HEIC)
    assert found.position == SEOUL
    assert b"SERIAL" not in found.content
    with Image.open(io.BytesIO(found.content)) as image:
        assert (image.format, image.size) == ("JPEG", (48, 64))
        red, green = image.getpixel((24, 5)), image.getpixel((24, 60))
        assert isinstance(red, tuple)
        assert isinstance(green, tuple)
        assert (red[0] > 150, green[1] > 100) == (True, True)
        exif = image.getexif()
        assert 0x0112 not in exif
        assert exif.get_ifd(0x8769) == {0x9003: TAKEN}


def test_heic_that_is_broken_or_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(pictures.NotReadable) as refused:
        pictures.as_jpeg(HEIC[:400])
    assert (refused.value.status, refused.value.code) == (422, "picture_not_readable")
    monkeypatch.setattr(pictures, "MOST_PIXELS", 64 * 48 - 1)
    with pytest.raises(pictures.NotReadable):
        pictures.as_jpeg(HEIC)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_thumbnail_is_small_and_upright(form: str, tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(photo(form))
    target = tmp_path / "made" / "small"
    assert pictures.make_thumbnail(tmp_path / "photo", target)
    with Image.open(target) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (48, 64), {})
    assert [*target.parent.iterdir()] == [target]


def test_a_thumbnail_of_something_clear_is_white_there(tmp_path: Path) -> None:
    Image.new("RGBA", (1000, 10), (0, 0, 0, 0)).save(tmp_path / "clear", "PNG")
    assert pictures.make_thumbnail(tmp_path / "clear", tmp_path / "small")
    with Image.open(tmp_path / "small") as image:
        assert (image.size, image.getpixel((5, 1))) == ((pictures.SIDE, 3), (255, 255, 255))


def test_a_bomb_is_not_decoded(tmp_path: Path) -> None:
    """50,000 × 50,000 pixels in a few bytes."""
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    chunks = [struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in parts]
    (tmp_path / "bomb").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    assert not pictures.make_thumbnail(tmp_path / "bomb", tmp_path / "small")
    (tmp_path / "broken").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    assert not pictures.make_thumbnail(tmp_path / "broken", tmp_path / "small")
    assert not (tmp_path / "small").exists()
