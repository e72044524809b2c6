"""Calendar entries of forums and their sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums.queries.forums import public_text
from forums.queries.lists import HITS, NOTICE
from forums.search import forum_index
from forums.states import SEEN, ForumState
from server.core import database
from server.core.booking.reading import with_slot


@dataclass(frozen=True, slots=True)
class Appointment:
    """A calendar entry of a forum: one of its sessions, or the forum itself if it has none."""

    uid: str
    title: str
    path: str
    starts_at: datetime
    ends_at: datetime | None
    place: str
    cancelled: bool


MOST_DATES = 500
"""The most in one calendar."""


async def dates(where: Mapping[str, object], since: datetime, q: str = "") -> list[Appointment]:
    """The dates of public forums from a moment on, soonest first; ``where``: slug, kind, department_id, district.

    ``q`` is full-text. Left out are notices, which have no date to attend, and forums cancelled while planned,
    including citizens' proposals.
    """
    names = {"slug": "f.slug", "kind": "f.kind", "department_id": "f.department_id", "district": "f.district"}
    narrowed, values = "".join(f" AND {names[name]} = ?" for name in where), list(where.values())
    if q:
        ids = await forum_index.search(database.connection(), q, limit=HITS)
        if not ids:
            return []
        narrowed += f" AND f.id IN ({database.marks(ids)})"
        values += ids
    seen = ", ".join(f"'{state.value}'" for state in (SEEN - {ForumState.PROPOSED, ForumState.DECLINED}))
    announced = "f.published_at IS NOT NULL AND (f.status <> 'cancelled' OR f.starts_at IS NOT NULL)"
    public = f"f.kind <> '{NOTICE}' AND f.status IN ({seen}) AND {announced}{narrowed}"
    shared = "f.slug, f.title, f.place AS f_place, f.status, f.proposer_id, f.from_petition, "
    rows = await database.fetch(
        f"SELECT * FROM (SELECT {shared}s.title AS part, s.id AS session_id, s.starts_at, s.ends_at, s.place, "
        f"b.cancelled FROM forum_session s {with_slot('s.slot_id', 'b')}JOIN forum f ON f.id = s.forum_id "
        f"WHERE s.starts_at >= ? AND s.kind IN ('sitting', 'visit') AND {public} "
        f"ORDER BY s.starts_at LIMIT {MOST_DATES}) AS sessions UNION ALL SELECT * FROM ("
        f"SELECT {shared}'' AS part, 0 AS session_id, f.starts_at, f.ends_at, f.place, "
        "f.status = 'cancelled' AS cancelled FROM forum f "
        f"WHERE f.starts_at >= ? AND {public} AND NOT EXISTS (SELECT 1 FROM forum_session s "
        "WHERE s.forum_id = f.id AND s.kind IN ('sitting', 'visit')) "
        f"ORDER BY f.starts_at LIMIT {MOST_DATES}) AS forums ORDER BY starts_at LIMIT {MOST_DATES}",
        since,
        *values,
        since,
        *values,
    )
    return [_appointment(row) for row in rows]


def _appointment(row: Any) -> Appointment:
    title, place = (
        public_text(text, row["status"], row["proposer_id"], row["from_petition"])
        for text in (": ".join(filter(None, (row["title"], row["part"]))), row["place"] or row["f_place"])
    )
    return Appointment(
        f"{row['slug']}-{row['session_id']}" if row["session_id"] else row["slug"],
        title,
        f"/forums/{row['slug']}",
        database.moment(row["starts_at"]),
        database.moment_or_none(row["ends_at"]),
        place,
        bool(row["cancelled"]) or row["status"] == ForumState.CANCELLED,
    )
