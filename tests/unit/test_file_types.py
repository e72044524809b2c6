"""A file is known by its whole content, whatever its name, and nothing else than documents is taken."""

import io
import os
import wave
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from server.core.file_types import TYPES, sniff
from server.core.files import Empty, TypeRefused, accept

CUT = 256 * 1024
"""Bytes of a file that arrived only in part."""


def zipped(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries:
            stored = name == "mimetype"
            archive.writestr(name, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def office(part: str, *before: tuple[str, bytes]) -> bytes:
    return zipped(("[Content_Types].xml", b"<Types/>"), ("_rels/.rels", b"<R/>"), *before, (part, b"<x/>" * 99))


def streamed_zip() -> bytes:
    """As Java writes it: sizes follow each entry, so that they are zero before it."""

    class Unseekable(io.RawIOBase):
        def __init__(self) -> None:
            self.written = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.written += bytes(data)  # type: ignore[call-overload]
            return len(data)  # type: ignore[arg-type]

    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, b"<x/>" * 50)
    return out.written


def compound(*streams: str, class_id: bytes = bytes(16), after: int = 1) -> bytes:
    """The shape of an OLE compound file: a header, some sectors, and a directory of names in UTF-16."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00" + bytes(480)
    fat = b"\xfd\xff\xff\xff" + b"\xff" * 508
    root = "Root Entry".encode("utf-16-le").ljust(64, b"\0") + b"\x16\0\x05\0" + bytes(12) + class_id + bytes(32)
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return header + fat + bytes(512) * after + root + entries


def boxed(brand: bytes, *others: bytes) -> bytes:
    size = 16 + 4 * len(others)
    return size.to_bytes(4, "big") + b"ftyp" + brand + bytes(4) + b"".join(others) + bytes(4) + b"mdat" + bytes(64)


def video(*kinds: str) -> bytes:
    """A ``moov`` box with tracks of these kinds."""

    def box(kind: bytes, body: bytes) -> bytes:
        return (len(body) + 8).to_bytes(4, "big") + kind + body

    tracks = [box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + kind.encode() + bytes(13)))) for kind in kinds]
    return box(b"moov", b"".join(tracks))


def opened(kind: str) -> bytes:
    """An OpenDocument file, whose first part names its type."""
    return zipped(("mimetype", f"application/vnd.oasis.opendocument.{kind}".encode()), ("content.xml", b"<x/>"))


def pictured(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, form)
    return out.getvalue()


def spoken() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(100))
    return out.getvalue()


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
KOREAN = "가로등이 고장났습니다.\n제목\t내용\r\n"

TAKEN = [
    ("사진.jpg", JPEG, "jpg"),
    ("사진.png", PNG, "png"),
    ("움직임.png", PNG[:8] + b"\x00\x00\x00\x0dIHDR" + bytes(17) + b"\x00\x00\x00\x08acTL" + bytes(20), "png"),
    ("그림.gif", b"GIF89a\x01\x00\x01\x00" + bytes(20), "gif"),
    ("그림.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20), "webp"),
    ("IMG_0001.HEIC", boxed(b"heic", b"mif1", b"heic"), "heic"),
    ("IMG_0002.HEIC", boxed(b"mif1", b"mif1", b"heic", b"hevc"), "heic"),
    ("문서.pdf", PDF, "pdf"),
    ("문서.hwp", compound("FileHeader", "DocInfo", "BodyText"), "hwp"),
    ("옛문서.hwp", b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + bytes(100), "hwp"),
    ("문서.hwpx", zipped(("mimetype", b"application/hwp+zip"), ("Contents/header.xml", b"<x/>")), "hwpx"),
    ("문서.docx", office("word/document.xml"), "docx"),
    ("표.xlsx", office("xl/workbook.xml", ("docProps/thumbnail.jpeg", os.urandom(9_000))), "xlsx"),
    ("표.xlsx", streamed_zip(), "xlsx"),
    ("발표.pptx", office("ppt/presentation.xml"), "pptx"),
    ("문서.doc", compound("1Table", "WordDocument"), "doc"),
    ("표.xls", compound("Workbook"), "xls"),
    ("옛표.xls", compound("Book"), "xls"),
    ("발표.ppt", compound("Current User", "PowerPoint Document"), "ppt"),
    ("표가 든 문서.doc", compound("WordDocument", "ObjectPool", "Workbook"), "doc"),
    ("문서가 든 표.xls", compound("Workbook", "MBD01", "WordDocument"), "xls"),
    ("긴 문서.hwp", compound("FileHeader", after=600)[:CUT], "hwp"),
    ("글.txt", KOREAN.encode(), "txt"),
    ("글.txt", ("\ufeff" + KOREAN).encode(), "txt"),
    ("글.txt", KOREAN.encode("cp949"), "txt"),
    ("文.txt", "街灯が切れています。①\n".encode("cp932"), "txt"),
    ("끊긴 글.txt", (KOREAN * 9_999).encode()[: CUT - 1], "txt"),
    ("표.csv", "이름,금액\n가,1\n".encode("cp949"), "csv"),
    ("안내.txt", "<공고> 도로 공사 안내\n".encode(), "txt"),
    ("안내.txt", b"GIF, PNG: which one?\n", "txt"),
    ("안내.txt", b"BMW 320i is parked on the crossing\n", "txt"),
    ("식.txt", b"a < b and b > c\n", "txt"),
    ("영상.mp4", boxed(b"isom", b"isom", b"iso2", b"avc1", b"mp41"), "mp4"),
    ("영상.mp4", boxed(b"mp42", b"mp42", b"isom"), "mp4"),
    ("영상.mov", boxed(b"qt  ", b"qt  "), "mov"),
    ("소리.m4a", boxed(b"M4A ", b"M4A ", b"mp42", b"isom"), "m4a"),
    ("엑셀이 만든 표.xlsx", zipped(("xl/workbook.xml", b"<x/>"), ("[Content_Types].xml", b"<T/>")), "xlsx"),
    (
        "늦은 목록.docx",
        zipped(
            ("word/media/image1.png", os.urandom(CUT)), ("word/document.xml", b"<x/>"), ("[Content_Types].xml", b"<T/>")
        ),
        "docx",
    ),
    ("문서.odt", opened("text"), "odt"),
    ("표.ods", opened("spreadsheet"), "ods"),
    ("발표.odp", opened("presentation"), "odp"),
    ("글.txt", KOREAN.encode("utf-16"), "txt"),
    ("글.txt", b"\xfe\xff" + KOREAN.encode("utf-16-be"), "txt"),
    ("표.csv", "이름\t금액\r\n가\t1\r\n".encode("utf-16"), "csv"),
    ("사진.avif", pictured("AVIF"), "avif"),
    ("사진.webp", pictured("WEBP"), "webp"),
    ("목록.avif", boxed(b"avif", b"mif1", b"miaf", b"iso2"), "avif"),
    ("소리.wav", spoken(), "wav"),
    ("소리.ogg", b"OggS\x00\x02" + bytes(22) + b"OpusHead\x01\x01" + bytes(40), "ogg"),
    ("소리.oga", b"OggS\x00\x02" + bytes(22) + b"\x01vorbis" + bytes(40), "ogg"),
    ("영상.ogv", b"OggS\x00\x02" + bytes(22) + b"\x80theora" + bytes(40), "ogv"),
    (
        "영상.webm",
        b"\x1aE\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm",
        "webm",
    ),
    ("음성 001.m4a", boxed(b"3gp4", b"isom", b"3gp4")[:-72] + video("soun"), "m4a"),
    ("녹음.mp4", boxed(b"mp42", b"isom")[:-72] + video("soun"), "m4a"),
    ("영상.m4a", boxed(b"mp42", b"isom")[:-72] + video("soun", "vide"), "mp4"),
    ("옛 영상.3gp", boxed(b"3gp4", b"isom")[:-72] + video("vide"), "3gp"),
    ("소리.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(40), "mp3"),
    ("소리.mp3", b"\xff\xfb\x90\x64" + bytes(40), "mp3"),
]


@pytest.mark.parametrize(("name", "content", "extension"), TAKEN)
def test_a_file_is_known_by_its_content(name: str, content: bytes, extension: str) -> None:
    kind = sniff(content, name)
    assert kind == TYPES[extension]
    assert accept(content, name).type == kind
    if name not in {"표.csv", "긴 문서.hwp", "문서가 든 표.xls"}:  # these need their names
        assert sniff(content, "이름 없음") == kind


def test_every_type_that_is_taken_is_shown_above() -> None:
    assert {extension for _, _, extension in TAKEN} == set(TYPES)


REFUSED = {
    "program": b"MZ\x90\x00\x03\x00\x00\x00" + bytes(100),
    "linux program": b"\x7fELF\x02\x01\x01" + bytes(100),
    "page": b"<!DOCTYPE html><title>x</title>",
    "page without a declaration": b"\n\n  <HTML><body>",
    "page after a mark": "\ufeff<html>".encode(),
    "page in korean": "<script>alert('가')</script>".encode("cp949"),
    "page after a comment": b"<!-- x --><html>",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "drawing after a declaration": b'<?xml version="1.0"?><svg/>',
    "server page": b"<?php system($_GET[0]);",
    "archive": zipped(("a.txt", b"a")),
    "archive of a document's parts only": zipped(("word/document.xml", b"a")),
    "java program": zipped(("META-INF/MANIFEST.MF", b"a"), ("a.class", b"\xca\xfe")),
    "open drawing": zipped(("mimetype", b"application/vnd.oasis.opendocument.graphics"), ("content.xml", b"a")),
    "huge directory": zipped(*((f"xl/{'x' * 200}{n}", b"") for n in range(20_000)), ("[Content_Types].xml", b"<T/>")),
    "broken archive": office("xl/workbook.xml")[:-30],
    "video in an unknown box": b"\x1aE\xdf\xa3\x93\x42\x82\x88matroska" + bytes(50),
    "ogg of no codec": b"OggS" + bytes(100),
    "riff of no kind": b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(50),
    "empty archive": zipped(),
    "rar": b"Rar!\x1a\x07\x00" + bytes(50),
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(50),
    "installer": compound("FileHeader", class_id=bytes.fromhex("84100c0000000000c000000000000046")),
    "encrypted document": compound("EncryptionInfo", "EncryptedPackage"),
    "bitmap": b"BM\x36\x00\x00\x00\x00\x00\x00\x00" + bytes(50),
    "boxes of no brand": boxed(b"zzzz", b"zzzz"),
    "utf-16 page": "<html><script>".encode("utf-16"),
    "utf-16 with a NUL": "가\0나".encode("utf-16"),
    "utf-16 of no characters": b"\xff\xfe" + b"\x00\xd8" * 20,
    "text with a NUL": b"hello\x00world",
    "text with an escape": b"\x1b]0;title\x07",
    "bytes of no encoding": b"\xff\xff\xff\xff",
    "noise": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.docx", "a", "a.png", "a.jpg\x00.exe"])
def test_what_is_not_taken_is_refused_whatever_its_name(what: str, name: str) -> None:
    assert sniff(REFUSED[what], name) is None
    with pytest.raises(TypeRefused) as refused:
        accept(REFUSED[what], name)
    assert (refused.value.status, refused.value.code) == (415, "type_refused")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Empty):
        accept(b"", "a.txt")


def test_an_old_document_whose_directory_lies_further_on_is_what_its_name_says_if_it_can_be() -> None:
    content = compound("FileHeader", after=600)[:CUT]
    assert sniff(content, "a.hwp") == TYPES["hwp"]
    assert sniff(content, "a.msi") is None
    assert sniff(content, "a.docx") is None


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_content_is_either_taken_or_refused(content: bytes, name: str) -> None:
    kind = sniff(content, name)
    assert kind is None or kind in TYPES.values()
