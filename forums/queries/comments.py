"""Comments under a submission or a forum, in threads two levels deep: newest first, replies oldest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forums.errors import NoSuchText
from forums.queries import moderation
from forums.queries.moderation import Hidden
from forums.queries.submissions import supported_by
from forums.rights import comment_subject
from server.core import accounts, database, privacy
from server.core.accounts import Official
from server.core.listing import Condition, Order, Page, Walk, union
from server.core.participants.people import Person
from server.core.rows import columns, read

PAGE = 20
REPLIES = 5
"""Replies shown under a comment; the thread's own page has the rest."""

SKIPPED = (200, 200, 200)
"""Sizes of the further batches that are read when pending comments leave a page short."""

_ANSWER = "SELECT 1 FROM comment r WHERE r.parent_id = c.id AND r.visibility IN ('shown', 'hidden')"
_END = 2**62
_OLDEST, _NEWEST = Order({"c.id": int}), Order({"c.id": int}, descending=True)
Reader = Person | Official | None
"""Who is reading; their own comments are marked."""


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as a reader may see it. ``text`` is empty if it is hidden or withdrawn."""

    id: int
    forum_id: int
    submission_id: int | None
    parent_id: int | None
    author: str
    official: bool
    department_id: int | None
    """The department of the official who wrote it."""
    stance: str
    text: str
    visibility: str
    supports: int
    created_at: datetime
    mine: bool
    supported: bool
    hidden: Hidden | None
    replies: tuple["CommentView", ...] = ()
    more_replies: bool = False

    @property
    def subject(self) -> str:
        """Its name in reports, reviews and supports."""
        return comment_subject(self.id)


COLUMNS = columns(CommentView, "c", official="", department_id="a.department_id", mine="", supported="", hidden="") + (
    ", c.participant_id, c.official_id, a.name AS official_name, "
    # A withdrawn comment keeps its place while it has replies. Both sides of OR can use the whole index.
    f"CASE WHEN c.visibility = 'withdrawn' THEN EXISTS ({_ANSWER} AND r.submission_id = c.submission_id) "
    f"OR EXISTS ({_ANSWER} AND r.submission_id IS NULL) ELSE FALSE END AS answered"
)
_OFFICIAL = accounts.with_official("c.official_id", "a")
FROM = f"FROM comment c {_OFFICIAL}"
_STANDS = Condition("c.visibility <> 'withdrawn'")


async def of_submission(submission_id: int, before: str = "", reader: Reader = None) -> Page[CommentView]:
    """A page of the comments on a submission, newest first, each with its first replies. Four queries."""
    where = Condition("c.submission_id = ? AND c.parent_id IS NULL", (submission_id,))
    return await _threads(where, "c.parent_id", before, reader, submission_id)


async def of_forum(forum_id: int, before: str = "", reader: Reader = None) -> Page[CommentView]:
    """A page of the comments on the forum itself, as in ``of_submission``."""
    where = Condition("c.forum_id = ? AND c.submission_id IS NULL AND c.parent_id IS NULL", (forum_id,))
    return await _threads(where, "c.submission_id", before, reader, None)


async def _page(where: Condition, led: str, before: str, reader: Reader) -> Page[Mapping[str, Any]]:
    """A page of comments without those awaiting moderation; reads a bounded number of rows.

    Ordered by the whole index, with the column ``led`` before the id: PostgreSQL does not treat IS NULL as a constant.
    """
    found: list[Any] = []
    (start,) = _NEWEST.read(before) or (_END,)
    for size in (PAGE + 1, *SKIPPED):
        rows = await database.fetch(
            f"SELECT {COLUMNS} {FROM} WHERE {where.sql} AND c.id < ? ORDER BY {led} DESC, c.id DESC LIMIT ?",
            *where.values,
            start,
            size,
        )
        found += [row for row in rows if _listed(row, reader)]
        if len(found) > PAGE or len(rows) < size:
            break
        start = rows[-1]["id"]
    return _NEWEST.page(found, PAGE)


async def thread(root: CommentView, after: str = "", reader: Reader = None) -> Page[CommentView]:
    """A page of the replies to one comment, oldest first."""
    (start,) = _OLDEST.read(after) or (0,)
    page = _OLDEST.page(await _replies([root.id], root.submission_id, start, PAGE), PAGE)
    return page.of(await views([row for row in page.rows if _listed(row, reader)], reader))


async def one(comment_id: int, reader: Reader = None) -> CommentView:
    """One comment without its replies. Raises ``NoSuchText``."""
    row = await database.fetch_one(f"SELECT {COLUMNS} {FROM} WHERE c.id = ?", comment_id)
    if row is None or not _listed(row, reader):
        raise NoSuchText
    return (await views([row], reader))[0]


async def place(comment_id: int) -> tuple[str, str]:
    """The slug of a comment's forum, and the number of its submission; empty if it is on the forum itself."""
    row = await database.fetch_one(
        "SELECT f.slug, s.number FROM comment c JOIN forum f ON f.id = c.forum_id "
        "LEFT JOIN submission s ON s.id = c.submission_id WHERE c.id = ?",
        comment_id,
    )
    if row is None:
        raise NoSuchText
    return row["slug"], row["number"] or ""


async def _threads(
    where: Condition, led: str, before: str, reader: Reader, submission_id: int | None
) -> Page[CommentView]:
    page = await _page(where, led, before, reader)
    roots = page.rows
    replies = await _replies([row["id"] for row in roots], submission_id, 0, REPLIES) if roots else []
    replies = [row for row in replies if _listed(row, reader)]
    shown = {view.id: view for view in await views([*roots, *replies], reader)}
    under: dict[int, list[CommentView]] = {}
    for row in replies:
        under.setdefault(row["parent_id"], []).append(shown[row["id"]])
    found = [
        replace(
            shown[row["id"]],
            replies=tuple(under.get(row["id"], ())[:REPLIES]),
            more_replies=len(under.get(row["id"], ())) > REPLIES,
        )
        for row in roots
    ]
    return page.of(found)


async def _replies(parents: Sequence[int], submission_id: int | None, after: int, limit: int) -> Sequence[Any]:
    """The first replies to each of the given comments, one more than ``limit``."""
    on = Condition("c.submission_id = ?", (submission_id,)) if submission_id else Condition("c.submission_id IS NULL")
    under = [[on, Condition("c.parent_id = ?", (parent,)), _STANDS] for parent in parents]
    all_of_them = union([Walk("comment c", _OLDEST, each).statement((after,), limit + 1) for each in under])
    found: Sequence[Any] = await database.fetch(
        f"SELECT {COLUMNS} FROM ({all_of_them.sql}) c {_OFFICIAL}ORDER BY c.id", *all_of_them.values
    )
    return found


async def views(rows: Sequence[Any], reader: Reader) -> list[CommentView]:
    """Converts rows of this module's columns into what the reader may see."""
    subjects = [comment_subject(row["id"]) for row in rows]
    hidden = await moderation.reasons([comment_subject(row["id"]) for row in rows if row["visibility"] == "hidden"])
    supported = await supported_by(None if isinstance(reader, Official) else reader, subjects)
    return [_view(row, reader, hidden, subject in supported) for row, subject in zip(rows, subjects, strict=True)]


def _listed(row: Any, reader: Reader) -> bool:
    """Whether a comment is listed; one awaiting moderation is listed only for its author."""
    if row["visibility"] == "withdrawn":
        return bool(row["answered"])
    return row["visibility"] != "pending" or _is_mine(row, reader)


def _is_mine(row: Any, reader: Reader) -> bool:
    return reader is not None and reader.id == row["official_id" if isinstance(reader, Official) else "participant_id"]


def _view(row: Any, reader: Reader, hidden: Mapping[str, Hidden], supported: bool) -> CommentView:  # noqa: FBT001
    mine = _is_mine(row, reader)
    shown = row["visibility"] == "shown" or (mine and row["visibility"] != "withdrawn")
    official = row["official_id"] is not None
    author = row["official_name"] if official else privacy.mask(row["author"])
    return read(
        CommentView,
        {
            **row,
            "author": author if shown else "",
            "official": official,
            "stance": "" if row["visibility"] == "withdrawn" else row["stance"],
            "text": privacy.mask_text(row["text"], official=official) if shown else "",
            "mine": mine,
            "supported": supported,
            "hidden": hidden.get(comment_subject(row["id"])),
        },
    )
