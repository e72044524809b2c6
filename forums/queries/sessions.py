"""The sessions of a forum with their free places, and a reader's own registration."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forums import rules
from forums.errors import NoSuchSession
from forums.rights import session_subject
from forums.states import ForumState
from server.core import clock, database, privacy
from server.core.booking import reading
from server.core.days import day_of
from server.core.rows import columns, read

SHOWN = 150
"""Coming sessions on a forum's page: a day of slots on three stages."""
PAST = 60
"""Past sessions on one page."""
LARGEST = 2**31
"""Row ids in addresses are smaller than this."""


@dataclass(frozen=True, slots=True)
class Mine:
    """Somebody's own registration for a session."""

    code: str
    status: str
    offered_until: datetime | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session as a reader sees it."""

    id: int
    slug: str
    forum_title: str
    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    """The forum's if it has none of its own."""
    own_place: str
    link: str
    transcript: str
    """Personal numbers masked."""
    slot_id: int
    capacity: int
    booked: int
    waiting: int
    attended: int
    cancelled: bool
    open: bool
    """Whether registration is open."""
    mine: Mine | None = None

    @property
    def left(self) -> int:
        """Places that can be taken now; none while others wait."""
        return 0 if self.waiting else self.capacity - self.booked

    @property
    def bookable(self) -> bool:
        """Whether people can register for it at all; otherwise anybody can come."""
        return self.capacity > 0 and self.kind != "walk_in"

    @property
    def stage(self) -> str:
        """The day and place by which a page groups slots."""
        return f"{day_of(self.starts_at)} {self.place}"

    @property
    def is_slot(self) -> bool:
        """Whether it is a ten-minute slot of one speaker."""
        return self.kind in {"slot", "walk_in"}


def _columns(transcript: str) -> str:
    counts = {name: f"b.{name}" for name in ("capacity", "booked", "waiting", "attended", "cancelled")}
    own = columns(
        SessionView, "s", slug="f.slug", forum_title="f.title", place="COALESCE(NULLIF(s.place, ''), f.place)",
        own_place="s.place", transcript=transcript, open="", **counts,
    )  # fmt: skip
    return f"{own}, f.status"


_LINE = _columns("CASE WHEN s.transcript = '' THEN '' ELSE '…' END")
"""For lists: of the transcript only whether there is one."""
_WHOLE = _columns("s.transcript")
_MINE = "r.code, r.status AS r_status, r.held_until"
_FROM = f"FROM forum_session s {reading.with_slot('s.slot_id', 'b')}JOIN forum f ON f.id = s.forum_id "
_JOIN = reading.with_own_booking("s.slot_id", "r")


def _view(row: Any) -> SessionView:
    own = {"status": row["r_status"], "offered_until": row["held_until"]} if row["code"] else {}
    masked = {name: privacy.mask(row[name]) for name in ("forum_title", "title", "transcript")}
    mine = read(Mine, {**row, **own}) if own else None
    found = read(SessionView, {**row, **masked, "open": False, "mine": mine})
    may = rules.may_register(ForumState(row["status"]), found.starts_at, clock.now(), cancelled=found.cancelled)
    return replace(found, open=found.bookable and may)


async def of_forum(forum_id: int, person_id: int | None = None) -> list[SessionView]:
    """A forum's sessions that are not over, in order, with the person's own registrations. One statement."""
    rows = await database.fetch(
        f"SELECT {_LINE}, {_MINE} {_FROM}{_JOIN}WHERE s.forum_id = ? AND s.ends_at > ? "
        f"ORDER BY s.starts_at, s.id LIMIT {SHOWN}",
        person_id,
        forum_id,
        clock.now(),
    )
    return [_view(row) for row in rows]


async def past(forum_id: int, before: tuple[datetime, int] | None = None, limit: int = PAST) -> list[SessionView]:
    """A forum's past sessions, newest first, before a cursor."""
    where, values = "", list[object]()
    if before:
        where, values = "AND (s.starts_at < ? OR (s.starts_at = ? AND s.id < ?)) ", [before[0], *before]
    rows = await database.fetch(
        f"SELECT {_LINE}, NULL AS code {_FROM}WHERE s.forum_id = ? AND s.ends_at <= ? {where}"
        f"ORDER BY s.starts_at DESC, s.id DESC LIMIT {limit}",
        forum_id,
        clock.now(),
        *values,
    )
    return [_view(row) for row in rows]


async def every(forum_id: int, since: datetime) -> list[SessionView]:
    """A forum's sessions from a moment on, for the desk."""
    rows = await database.fetch(
        f"SELECT {_LINE}, NULL AS code {_FROM}WHERE s.forum_id = ? AND s.starts_at >= ? "
        f"ORDER BY s.starts_at, s.id LIMIT {SHOWN}",
        forum_id,
        since,
    )
    return [_view(row) for row in rows]


async def session(slug: str, session_id: int, person_id: int | None = None) -> SessionView:
    """One session of a forum. Raises ``NoSuchSession``."""
    if session_id >= LARGEST:
        raise NoSuchSession
    row = await database.fetch_one(
        f"SELECT {_WHOLE}, {_MINE} {_FROM}{_JOIN}WHERE s.id = ? AND f.slug = ?", person_id, session_id, slug
    )
    if row is None:
        raise NoSuchSession
    return _view(row)


async def of_slot(slot_id: int, person_id: int) -> SessionView:
    """The session of a slot, with the person's own registration. Raises ``NoSuchSession``."""
    row = await database.fetch_one(f"SELECT {_WHOLE}, {_MINE} {_FROM}{_JOIN}WHERE s.slot_id = ?", person_id, slot_id)
    if row is None:
        raise NoSuchSession
    return _view(row)


async def reason(session_id: int) -> str:
    """The official's reason for cancelling a session; empty if it was not cancelled."""
    row = await database.fetch_one("SELECT text FROM forum_words WHERE subject = ?", session_subject(session_id))
    return row["text"] if row else ""
