"""The notice board: pages by notice number, newest on page 1, and a notice's neighbours.

A page is a range of numbers, so the last of a thousand pages costs as much as the first. Drafts and unused numbers
leave a page shorter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forums.queries.lists import NOTICE
from forums.states import ForumState
from server.core import database
from server.core.rows import columns, read, read_all

PAGE = 10
_SEEN = (ForumState.PUBLISHED.value, ForumState.RUNNING.value, ForumState.CLOSED.value)
_SHOWN = "f.kind = ? AND f.status IN (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as the board lists it."""

    id: int
    slug: str
    number: int
    title: str
    department_id: int | None
    published_at: datetime | None
    views: int
    files: int


_COLUMNS = columns(
    Notice, "f", files="(SELECT count(*) FROM forum_file a WHERE a.subject = 'forum/' || f.slug)"
)  # fmt: skip


@dataclass(frozen=True)
class Board:
    """One page of the board."""

    rows: Sequence[Notice]
    page: int
    pages: int


async def board(page: int) -> Board:
    """A page of the board; the last one if ``page`` is past the end. Two queries."""
    newest = await database.fetch_one(
        f"SELECT f.number FROM forum f WHERE {_SHOWN} ORDER BY f.number DESC LIMIT 1", NOTICE, *_SEEN
    )
    top = newest["number"] if newest else 0
    pages = max(1, -(-top // PAGE))
    page = min(page, pages)
    high = top - PAGE * (page - 1)
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM forum f WHERE {_SHOWN} AND f.number <= ? AND f.number > ? ORDER BY f.number DESC",
        NOTICE,
        *_SEEN,
        high,
        high - PAGE,
    )
    return Board(read_all(Notice, rows), page, pages)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The previous or next notice."""

    slug: str
    title: str


async def neighbours(number: int) -> tuple[Neighbour | None, Neighbour | None]:
    """The previous and the next notice. One query."""
    rows = await database.fetch(
        "SELECT * FROM (SELECT 'before' AS side, f.slug, f.title FROM forum f "
        f"WHERE {_SHOWN} AND f.number < ? ORDER BY f.number DESC LIMIT 1) AS earlier UNION ALL "
        "SELECT * FROM (SELECT 'after' AS side, f.slug, f.title FROM forum f "
        f"WHERE {_SHOWN} AND f.number > ? ORDER BY f.number LIMIT 1) AS later",
        NOTICE,
        *_SEEN,
        number,
        NOTICE,
        *_SEEN,
        number,
    )
    found = {row["side"]: read(Neighbour, row) for row in rows}
    return found.get("before"), found.get("after")
