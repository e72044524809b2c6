"""Forums as pages and JSON show them: one by its slug, and lists that stay flat."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums.errors import NoSuchForum
from forums.rights import forum_subject
from forums.states import SEEN, ForumState
from server.core import database
from server.core.accounts import Official, Permission

_COLUMNS = (
    "f.id, f.slug, f.number, f.kind, f.status, f.title, f.summary, f.body, f.language, f.department_id, f.district, "
    "f.place, f.panel, f.moderation, f.speaks_from, f.speaks_until, f.starts_at, f.ends_at, f.link, f.chapters, "
    "f.minutes, f.proposer_id, f.from_petition, f.supports, f.submissions, f.comments, f.views, f.participants, "
    "f.published_at, f.closed_at"
)


@dataclass(frozen=True, slots=True)
class ForumView:
    """One forum as a reader may see it."""

    id: int
    slug: str
    number: int
    kind: str
    status: ForumState
    title: str
    summary: str
    body: str
    language: str
    department_id: int | None
    district: str
    place: str
    panel: tuple[str, ...]
    moderation: str
    speaks_from: datetime | None
    speaks_until: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    link: str
    chapters: tuple[Mapping[str, Any], ...]
    minutes: str
    proposer_id: int | None
    from_petition: str
    supports: int
    submissions: int
    comments: int
    views: int
    participants: int
    published_at: datetime | None
    closed_at: datetime | None
    version: int
    """The length of its chain: what a form shows as seen."""


async def forum(slug: str, official: Official | None = None) -> ForumView:
    """One forum. Raises ``NoSuchForum``, also for a draft where the reader does not plan forums."""
    row = await database.fetch_one(
        f"SELECT {_COLUMNS}, h.length AS version FROM forum f JOIN ledger_head h ON h.subject = ? WHERE f.slug = ?",
        forum_subject(slug),
        slug,
    )
    if row is None:
        raise NoSuchForum
    found = _view(row)
    if found.status not in SEEN and not (
        official and (official.may(Permission.PLAN_FORUMS) or official.may(Permission.RUN_FORUMS))
    ):
        raise NoSuchForum
    return found


def _view(row: Any) -> ForumView:
    moment = database.moment_or_none
    return ForumView(
        row["id"], row["slug"], row["number"], row["kind"], ForumState(row["status"]), row["title"], row["summary"],
        row["body"], row["language"], row["department_id"], row["district"], row["place"],
        tuple(database.document(row["panel"])), row["moderation"], moment(row["speaks_from"]),
        moment(row["speaks_until"]), moment(row["starts_at"]), moment(row["ends_at"]), row["link"],
        tuple(database.document(row["chapters"])), row["minutes"], row["proposer_id"], row["from_petition"],
        row["supports"], row["submissions"], row["comments"], row["views"], row["participants"],
        moment(row["published_at"]), moment(row["closed_at"]), row["version"],
    )  # fmt: skip
