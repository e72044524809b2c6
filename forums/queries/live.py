"""What the live streams of forums tell: comments as they stand now, and whether a forum still goes on.

Whatever a fact says happened, the stream says what is to be seen at the moment it is told: a comment that waits for a
moderator is not, one that was hidden shows what stands in its place.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums.queries import moderation
from forums.queries.moderation import Hidden
from forums.rights import comment_subject
from server.core import database, privacy


@dataclass(frozen=True, slots=True)
class Told:
    """A comment as everybody may see it now."""

    id: int
    slug: str
    submission: str
    """The number of what it comments on; empty for the forum itself."""
    parent_id: int | None
    author: str
    official: bool
    stance: str
    text: str
    """Masked; empty where the comment is hidden."""
    supports: int
    created_at: datetime
    hidden: Hidden | None
    comments: int
    """How many there are with it, of the submission or the forum."""


async def comments(ids: Collection[int]) -> dict[int, Told]:
    """Those of the comments that are shown or hidden; who waits for a moderator is not among them. Two queries."""
    if not ids:
        return {}
    rows = await database.fetch(
        "SELECT c.id, f.slug, s.number, c.parent_id, c.author, c.official_id, c.stance, c.text, c.supports, "
        "c.created_at, c.visibility, COALESCE(s.comments, f.comments) AS comments FROM comment c "
        "JOIN forum f ON f.id = c.forum_id LEFT JOIN submission s ON s.id = c.submission_id "
        f"WHERE c.id IN ({', '.join('?' * len(ids))}) AND c.visibility IN ('shown', 'hidden')",
        *ids,
    )
    reasons = await moderation.reasons([comment_subject(row["id"]) for row in rows if row["visibility"] == "hidden"])
    return {row["id"]: _told(row, reasons) for row in rows}


def _told(row: Mapping[str, Any], reasons: Mapping[str, Hidden]) -> Told:
    shown = row["visibility"] == "shown"
    return Told(
        row["id"], row["slug"], row["number"] or "", row["parent_id"], row["author"], row["official_id"] is not None,
        row["stance"], privacy.mask(row["text"]) if shown else "", row["supports"],
        database.moment(row["created_at"]), reasons.get(comment_subject(row["id"])), row["comments"],
    )  # fmt: skip


async def status(slug: str) -> str:
    """Where a forum stands now."""
    row = await database.fetch_one("SELECT status FROM forum WHERE slug = ?", slug)
    return str(row["status"]) if row else ""
