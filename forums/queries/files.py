"""The files of forums, submissions and commitments: the list for a page, and one file by its id."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core import database
from server.core.errors import NotFound
from server.core.rows import columns, select, select_one


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
    return await select(
        FileView, f"SELECT {_COLUMNS} FROM forum_file a WHERE subject IN (?) ORDER BY subject, id", subjects
    )


async def one(subject: str, file_id: int) -> FileView:
    """A file of a subject. Raises ``NotFound``."""
    sql = f"SELECT {_COLUMNS} FROM forum_file a WHERE id = ? AND subject = ?"
    if (found := await select_one(FileView, sql, file_id, subject)) is None:
        raise NotFound
    return found


async def referred(hashes: Sequence[str]) -> set[str]:
    """Which of the content hashes our files refer to."""
    return {*await database.column("SELECT hash FROM forum_file WHERE hash IN (?)", hashes)}
