"""The dates of forums, for calendars."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from forums.states import SEEN, ForumState
from server.core import database, privacy


@dataclass(frozen=True, slots=True)
class Appointment:
    """A date of a forum, for calendars: one of its sessions, or the forum itself where it has none."""

    uid: str
    title: str
    path: str
    starts_at: datetime
    ends_at: datetime | None
    place: str
    cancelled: bool


MOST_DATES = 500
"""In one calendar."""


async def dates(where: Mapping[str, object], since: datetime) -> list[Appointment]:
    """The dates of public forums from a moment on, soonest first; ``where``: slug, kind, department_id, district."""
    names = {"slug": "f.slug", "kind": "f.kind", "department_id": "f.department_id", "district": "f.district"}
    narrowed = "".join(f" AND {names[name]} = ?" for name in where)
    seen = ", ".join(f"'{state.value}'" for state in (SEEN - {ForumState.PROPOSED, ForumState.DECLINED}))
    public = f"f.status IN ({seen}) AND f.published_at IS NOT NULL{narrowed}"
    rows = await database.fetch(
        "SELECT * FROM ("
        "SELECT f.slug, f.title, s.title AS part, s.id AS session_id, s.starts_at, s.ends_at, s.place, "
        "f.place AS f_place, f.status, s.cancelled FROM forum_session s JOIN forum f ON f.id = s.forum_id "
        f"WHERE s.starts_at >= ? AND s.kind IN ('sitting', 'visit') AND {public} "
        f"ORDER BY s.starts_at LIMIT {MOST_DATES}) AS sessions UNION ALL SELECT * FROM ("
        "SELECT f.slug, f.title, '' AS part, 0 AS session_id, f.starts_at, f.ends_at, f.place, f.place AS f_place, "
        "f.status, f.status = 'cancelled' AS cancelled FROM forum f "
        f"WHERE f.starts_at >= ? AND {public} AND NOT EXISTS (SELECT 1 FROM forum_session s "
        "WHERE s.forum_id = f.id AND s.kind IN ('sitting', 'visit')) "
        f"ORDER BY f.starts_at LIMIT {MOST_DATES}) AS forums ORDER BY 5 LIMIT {MOST_DATES}",
        since,
        *where.values(),
        since,
        *where.values(),
    )
    return [
        Appointment(
            f"{row['slug']}-{row['session_id']}" if row["session_id"] else row["slug"],
            privacy.mask(f"{row['title']}: {row['part']}" if row["part"] else row["title"]),
            f"/forums/{row['slug']}",
            database.moment(row["starts_at"]),
            database.moment_or_none(row["ends_at"]),
            privacy.mask(row["place"] or row["f_place"]),
            bool(row["cancelled"]) or row["status"] == ForumState.CANCELLED,
        )
        for row in rows
    ]
