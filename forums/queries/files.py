"""The files of forums, submissions and commitments: the list for a page, and one file by its id."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core import database
from server.core.errors import NotFound
from server.core.rows import columns, read, read_all


@dataclass(frozen=True, slots=True)
class FileView:
    """A file; its content is in the store."""

    id: int
    subject: str
    hash: str
    name: str
    size: int
    media_type: str


_COLUMNS = columns(FileView, "a")


async def of(*subjects: str) -> Sequence[FileView]:
    """The files of the subjects, each subject's in upload order. One query."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM forum_file a WHERE subject IN ({database.marks(subjects)}) ORDER BY subject, id",
        *subjects,
    )
    return read_all(FileView, rows)


async def one(subject: str, file_id: int) -> FileView:
    """A file of a subject. Raises ``NotFound``."""
    row = await database.fetch_one(
        f"SELECT {_COLUMNS} FROM forum_file a WHERE id = ? AND subject = ?", file_id, subject
    )
    if row is None:
        raise NotFound
    return read(FileView, row)


async def referred(hashes: Sequence[str]) -> set[str]:
    """Which of the content hashes our files refer to."""
    rows = await database.fetch(f"SELECT hash FROM forum_file WHERE hash IN ({database.marks(hashes)})", *hashes)
    return {row["hash"] for row in rows}
