"""What the live streams of forums send: comments and submissions in their current state, and a forum's status.

Whatever an event says, the stream sends what is visible when it is sent: not a comment awaiting moderation, the
placeholder of a hidden one, and a withdrawn one only if it has replies.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from forums.kinds import table, takes_comments
from forums.queries import comments as remarks
from forums.queries import submissions as said
from forums.queries.comments import CommentView
from forums.queries.speaking import FLOOR, Floor
from forums.queries.submissions import SubmissionView
from forums.rights import talk_subject
from forums.states import SUBMISSION, ForumAction, SubmissionAction, SubmissionState
from server.core import clock, database, ledger
from server.core.rows import read


@dataclass(frozen=True, slots=True)
class LiveComment:
    """A comment as the public may see it now, and where."""

    comment: CommentView
    slug: str
    submission: str
    """The number of the submission it is on; empty for the forum itself."""
    total: int
    """The number of comments including it, on the submission or in the forum."""
    open: bool
    """Whether it can be replied to and supported now."""
    stands: bool
    """Whether pages show it or its placeholder."""

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"/submissions/{self.submission}" if self.submission else f"/forums/{self.slug}"


async def comments(ids: Collection[int]) -> list[LiveComment]:
    """The given comments, without those awaiting moderation. Two queries."""
    if not ids:
        return []
    rows = await database.fetch(
        f"SELECT {remarks.COLUMNS}, {FLOOR}, s.number, s.status, "
        f"COALESCE(s.comments, f.comments) AS total {remarks.FROM} "
        "JOIN forum f ON f.id = c.forum_id LEFT JOIN submission s ON s.id = c.submission_id "
        "WHERE c.id IN (?) AND c.visibility <> 'pending'",
        ids,
    )
    return [
        LiveComment(
            view,
            row["floor_slug"],
            row["number"] or "",
            row["total"],
            _open(row),
            view.visibility != "withdrawn" or bool(row["answered"]),
        )
        for row, view in zip(rows, await remarks.views(rows, None), strict=True)
    ]


def _open(row: Any) -> bool:
    forum = read(Floor, row, "floor_")
    if row["number"] is None:
        return takes_comments(forum, clock.now())
    on_submission = SubmissionAction.COMMENT in SUBMISSION[SubmissionState(row["status"])]
    return on_submission and ForumAction.COMMENT in table(forum.kind)[forum.status]


async def submissions(numbers: Collection[str]) -> list[tuple[SubmissionView, int]]:
    """The given submissions, without those awaiting moderation, and how many their forum has. Two queries or none."""
    if not numbers:
        return []
    rows = await database.fetch(
        f"SELECT {said.COLUMNS}, f.submissions {said.FROM} WHERE s.number IN (?) "
        "AND s.visibility <> 'pending' ORDER BY s.id",
        numbers,
    )
    return [(view, row["submissions"]) for row, view in zip(rows, await said.views(rows), strict=True)]


async def place(slug: str, forum_id: int) -> tuple[int, int, int]:
    """The position of a forum's page in its stream: length of its talk, last event about a text, last submission."""
    row = await database.fetch_one(
        f"SELECT COALESCE({ledger.version_of('?')}, 0) AS talk, "
        "COALESCE((SELECT MAX(event_id) FROM text_event WHERE forum_id = ?), 0) AS event, "
        "COALESCE((SELECT MAX(id) FROM submission WHERE forum_id = ? AND visibility = 'shown'), 0) AS submission",
        talk_subject(slug),
        forum_id,
        forum_id,
    )
    assert row is not None  # noqa: S101 — three numbers always come
    return row["talk"], row["event"], row["submission"]


async def newer(forum_id: int, after: int, most: int) -> list[int]:
    """A forum's shown submissions after a given one; the oldest ``most``."""
    return await database.column(
        "SELECT id FROM submission WHERE forum_id = ? AND visibility = 'shown' AND id > ? AND status <> ? "
        f"ORDER BY id LIMIT {most}",
        forum_id,
        after,
        SubmissionState.WITHDRAWN.value,
    )


async def text_events(forum_id: int, after: int, most: int) -> list[tuple[int, str]]:
    """The events about a forum's texts after a given one, each with the text's name; the oldest ``most``."""
    rows = await database.fetch(
        f"SELECT event_id, subject FROM text_event WHERE forum_id = ? AND event_id > ? ORDER BY event_id LIMIT {most}",
        forum_id,
        after,
    )
    return [(row["event_id"], row["subject"]) for row in rows]


async def status(slug: str) -> str:
    """A forum's current status."""
    return str(await database.value("SELECT status FROM forum WHERE slug = ?", slug) or "")
