"""The sessions of a forum with the places that are left, and somebody's own place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums import rules
from forums.errors import NoSuchSession
from forums.rights import session_subject
from forums.states import ForumState
from server.core import clock, database, privacy
from server.core.booking import reading
from server.core.days import day_of

SHOWN = 150
"""Sessions to come on a forum's page: a day of slots on three stages."""
PAST = 60
"""Sessions that are over, on one page of them."""
LARGEST = 2**31
"""Numbers of rows in addresses stay below it."""


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
    """The forum's where it has none of its own."""
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
    """Whether people register for it now."""
    mine: Mine | None = None

    @property
    def left(self) -> int:
        """Places that somebody who comes now can have; none while others wait."""
        return 0 if self.waiting else self.capacity - self.booked

    @property
    def bookable(self) -> bool:
        """Whether it has places to register for at all; the others are open to whoever comes."""
        return self.capacity > 0 and self.kind != "walk_in"

    @property
    def stage(self) -> str:
        """The day and place that slots share, in the order of a page."""
        return f"{day_of(self.starts_at)} {self.place}"

    @property
    def is_slot(self) -> bool:
        """Whether somebody has the floor for ten minutes."""
        return self.kind in {"slot", "walk_in"}


_COLUMNS = (
    "s.id, f.slug, f.title AS forum_title, f.status, s.kind, s.title, s.starts_at, s.ends_at, s.place, "
    "f.place AS f_place, s.link, {transcript} AS transcript, s.slot_id, b.capacity, b.booked, "
    "b.waiting, b.attended, b.cancelled"
)
_LINE = _COLUMNS.format(transcript="CASE WHEN s.transcript = '' THEN '' ELSE '…' END")
"""For lists: of what was said only whether it is there."""
_WHOLE = _COLUMNS.format(transcript="s.transcript")
_MINE = "r.code, r.status AS r_status, r.held_until"
_FROM = f"FROM forum_session s {reading.with_slot('s.slot_id', 'b')}JOIN forum f ON f.id = s.forum_id "
_JOIN = reading.with_own_booking("s.slot_id", "r")


def _view(row: Any) -> SessionView:
    starts_at, cancelled = database.moment(row["starts_at"]), bool(row["cancelled"])
    mine = Mine(row["code"], row["r_status"], database.moment_or_none(row["held_until"])) if row["code"] else None
    open_now = row["kind"] != "walk_in" and row["capacity"] > 0
    return SessionView(
        row["id"], row["slug"], privacy.mask(row["forum_title"]), row["kind"], privacy.mask(row["title"]), starts_at,
        database.moment(row["ends_at"]), row["place"] or row["f_place"], row["place"], row["link"],
        privacy.mask(row["transcript"]), row["slot_id"], row["capacity"], row["booked"], row["waiting"],
        row["attended"], cancelled,
        open_now and rules.may_register(ForumState(row["status"]), starts_at, clock.now(), cancelled=cancelled), mine,
    )  # fmt: skip


async def of_forum(forum_id: int, person_id: int | None = None) -> list[SessionView]:
    """The sessions of a forum that are not over yet, in order, with somebody's own places. One statement."""
    rows = await database.fetch(
        f"SELECT {_LINE}, {_MINE} {_FROM}{_JOIN}WHERE s.forum_id = ? AND s.ends_at > ? "
        f"ORDER BY s.starts_at, s.id LIMIT {SHOWN}",
        person_id,
        forum_id,
        clock.now(),
    )
    return [_view(row) for row in rows]


async def past(forum_id: int, before: tuple[datetime, int] | None = None, limit: int = PAST) -> list[SessionView]:
    """The sessions of a forum that are over, newest first, before a place in the list."""
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
    """The sessions of a forum from a moment on, for the desk."""
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
    """The session that a slot belongs to, with somebody's own place. Raises ``NoSuchSession``."""
    row = await database.fetch_one(f"SELECT {_WHOLE}, {_MINE} {_FROM}{_JOIN}WHERE s.slot_id = ?", person_id, slot_id)
    if row is None:
        raise NoSuchSession
    return _view(row)


async def reason(session_id: int) -> str:
    """Why a session was called off, in the official's words; empty where it was not."""
    row = await database.fetch_one("SELECT text FROM forum_words WHERE subject = ?", session_subject(session_id))
    return row["text"] if row else ""
