"""Attached files: kept once by content, known by what they are, handed out under names that harm nobody."""

import asyncio
import hashlib
import io
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.core.files import (
    MAX_BYTES,
    MAX_FILES,
    Empty,
    Store,
    Stored,
    TooLarge,
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
