"""The files of forums, voices and promises: what a page lists, and one of them by its id."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.core import database
from server.core.errors import NotFound

_COLUMNS = "id, subject, hash, name, size, media_type"


@dataclass(frozen=True, slots=True)
class FileView:
    """A file; its content lies in the store."""

    id: int
    subject: str
    hash: str
    name: str
    size: int
    media_type: str


async def of(*subjects: str) -> Sequence[FileView]:
    """The files of some subjects, each subject's in the order in which they came. One query."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM forum_file WHERE subject IN ({database.marks(subjects)}) ORDER BY subject, id",
        *subjects,
    )
    return [_view(row) for row in rows]


async def one(subject: str, file_id: int) -> FileView:
    """A file of a subject. Raises ``NotFound``."""
    row = await database.fetch_one(f"SELECT {_COLUMNS} FROM forum_file WHERE id = ? AND subject = ?", file_id, subject)
    if row is None:
        raise NotFound
    return _view(row)


async def referred(hashes: Sequence[str]) -> set[str]:
    """Those of some contents of the store that our files refer to."""
    rows = await database.fetch(f"SELECT hash FROM forum_file WHERE hash IN ({database.marks(hashes)})", *hashes)
    return {row["hash"] for row in rows}


def _view(row: Any) -> FileView:
    return FileView(row["id"], row["subject"], row["hash"], row["name"], row["size"], row["media_type"])
