"""Attached files: kept once by content, known by what they are, handed out under names that harm nobody."""

import asyncio
import hashlib
import io
import os
import stat
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.files import (
    HEAD_BYTES,
    MAX_BYTES,
    MAX_FILES,
    TYPES,
    Empty,
    Store,
    Stored,
    TooLarge,
    TypeRefused,
    accept,
    sniff,
)


async def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


def files_in(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def content_of(path: Path) -> bytes:
    return path.read_bytes()


# --- The store ---


@pytest.mark.parametrize("size", [1, 1024, 1024 * 1024 + 1, 3 * 1024 * 1024])
async def test_a_content_is_kept_under_its_hash(size: int, tmp_path: Path) -> None:
    content = os.urandom(size)
    name = hashlib.sha256(content).hexdigest()
    store = Store(tmp_path / "files")
    assert await store.put(io.BytesIO(content), size) == Stored(name, size)
    assert files_in(tmp_path) == [tmp_path / "files" / name[:2] / name[2:4] / name]
    assert content_of(store.path(name)) == content
    assert await store.put(in_pieces(content, 70_001), size) == Stored(name, size)
    assert len(files_in(tmp_path)) == 1


async def test_a_content_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = (await store.put(io.BytesIO(b"x"), 9)).hash
    before = store.path(name).stat()
    await asyncio.gather(*(store.put(io.BytesIO(b"x"), 9) for _ in range(10)))
    after = store.path(name).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


async def test_many_at_once_do_not_meet(tmp_path: Path) -> None:
    store = Store(tmp_path)
    contents = [f"{n % 5}".encode() * 100_000 for n in range(40)]
    kept = await asyncio.gather(*(store.put(in_pieces(c, 999), 100_000) for c in contents))
    assert [content_of(store.path(k.hash)) for k in kept] == contents
    assert len(files_in(tmp_path)) == 5


async def test_too_much_is_refused_as_soon_as_it_shows_and_leaves_nothing(tmp_path: Path) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield bytes(65_536)

    with pytest.raises(TooLarge) as refused:
        await Store(tmp_path).put(endless(), 3_000_000)
    assert read < 5_000_000
    assert (refused.value.status, refused.value.code) == (413, "too_large")
    with pytest.raises(TooLarge):
        await Store(tmp_path).put(io.BytesIO(b"12345"), 4)
    assert files_in(tmp_path) == []


async def test_nothing_is_refused(tmp_path: Path) -> None:
    for nothing in (io.BytesIO(b""), in_pieces(b"", 1)):
        with pytest.raises(Empty) as refused:
            await Store(tmp_path).put(nothing)
        assert (refused.value.status, refused.value.code) == (422, "empty")
    assert files_in(tmp_path) == []


async def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(2_000_000)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Store(tmp_path).put(broken())
    assert files_in(tmp_path) == []


async def test_a_content_that_cannot_be_made_durable_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        await Store(tmp_path).put(io.BytesIO(b"x"))
    assert files_in(tmp_path) == []


async def test_a_content_is_durable_before_it_has_its_name_and_its_name_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "content")
        fsync(descriptor)

    def noted_replace(self: Path, target: Path) -> Path:
        steps.append("name")
        return replace(self, target)

    monkeypatch.setattr("os.fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    await Store(tmp_path).put(io.BytesIO(b"x"))
    assert steps == ["content", "name", "folder", "folder", "folder"]


async def test_a_content_can_be_deleted_and_then_kept_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = (await store.put(io.BytesIO(b"x"))).hash
    await store.delete(name)
    await store.delete(name)
    assert files_in(tmp_path) == []
    assert (await store.put(io.BytesIO(b"x"))).hash == name


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "a" * 63 + "/", "é" * 64]
)
async def test_what_is_no_hash_leads_nowhere(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not the hash"):
        Store(tmp_path).path(name)
    with pytest.raises(ValueError, match="not the hash"):
        await Store(tmp_path).delete(name)


def test_the_limits_are_the_promised_ones() -> None:
    assert MAX_FILES == 10
    assert MAX_BYTES == 20 * 1024 * 1024
    assert "20 MB" in str(TooLarge().text)


# --- What a file is ---


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
    ("긴 문서.hwp", compound("FileHeader", after=600)[:HEAD_BYTES], "hwp"),
    ("글.txt", KOREAN.encode(), "txt"),
    ("글.txt", ("\ufeff" + KOREAN).encode(), "txt"),
    ("글.txt", KOREAN.encode("cp949"), "txt"),
    ("文.txt", "街灯が切れています。①\n".encode("cp932"), "txt"),
    ("끊긴 글.txt", (KOREAN * 9_999).encode()[: HEAD_BYTES - 1], "txt"),
    ("표.csv", "이름,금액\n가,1\n".encode("cp949"), "csv"),
    ("안내.txt", "<공고> 도로 공사 안내\n".encode(), "txt"),
    ("안내.txt", b"GIF, PNG: which one?\n", "txt"),
    ("안내.txt", b"BMW 320i is parked on the crossing\n", "txt"),
    ("식.txt", b"a < b and b > c\n", "txt"),
    ("영상.mp4", boxed(b"isom", b"isom", b"iso2", b"avc1", b"mp41"), "mp4"),
    ("영상.mp4", boxed(b"mp42", b"mp42", b"isom"), "mp4"),
    ("영상.mov", boxed(b"qt  ", b"qt  "), "mov"),
    ("소리.m4a", boxed(b"M4A ", b"M4A ", b"mp42", b"isom"), "m4a"),
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
    "open document": zipped(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"a")),
    "empty archive": zipped(),
    "rar": b"Rar!\x1a\x07\x00" + bytes(50),
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(50),
    "installer": compound("FileHeader", class_id=bytes.fromhex("84100c0000000000c000000000000046")),
    "encrypted document": compound("EncryptionInfo", "EncryptedPackage"),
    "bitmap": b"BM\x36\x00\x00\x00\x00\x00\x00\x00" + bytes(50),
    "avif": boxed(b"avif", b"mif1", b"miaf", b"iso2"),
    "boxes of no brand": boxed(b"zzzz", b"zzzz"),
    "utf-16": "가로등".encode("utf-16"),
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
    content = compound("FileHeader", after=600)[:HEAD_BYTES]
    assert sniff(content, "a.hwp") == TYPES["hwp"]
    assert sniff(content, "a.msi") is None
    assert sniff(content, "a.docx") is None


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_content_is_either_taken_or_refused(content: bytes, name: str) -> None:
    kind = sniff(content, name)
    assert kind is None or kind in TYPES.values()
