"""The sessions of a forum with the places that are left, somebody's own place, and who is expected at a door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums import rules
from forums.errors import NoSuchRegistration, NoSuchSession
from forums.rights import session_subject
from forums.states import ForumState
from server.core import clock, database, privacy, references
from server.core.days import day_of

SHOWN = 150
"""Sessions to come on a forum's page: a day of slots on three stages."""
PAST = 60
"""Sessions that are over, on one page of them."""
LARGEST = 2**31
"""Numbers of rows in addresses stay below it."""
LISTED = 300
"""Registrations on one page of a check-in list; the search finds the others."""


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
    "f.place AS f_place, s.link, {transcript} AS transcript, s.capacity, s.booked, s.waiting, s.attended, s.cancelled"
)
_LINE = _COLUMNS.format(transcript="CASE WHEN s.transcript = '' THEN '' ELSE '…' END")
"""For lists: of what was said only whether it is there."""
_WHOLE = _COLUMNS.format(transcript="s.transcript")
_MINE = "r.code, r.status AS r_status, r.offered_until"
_FROM = "FROM forum_session s JOIN forum f ON f.id = s.forum_id "
_JOIN = "LEFT JOIN registration r ON r.session_id = s.id AND r.participant_id = ? "


def _view(row: Any) -> SessionView:
    starts_at, cancelled = database.moment(row["starts_at"]), bool(row["cancelled"])
    mine = Mine(row["code"], row["r_status"], database.moment_or_none(row["offered_until"])) if row["code"] else None
    open_now = row["kind"] != "walk_in" and row["capacity"] > 0
    return SessionView(
        row["id"], row["slug"], privacy.mask(row["forum_title"]), row["kind"], privacy.mask(row["title"]), starts_at,
        database.moment(row["ends_at"]), row["place"] or row["f_place"], row["place"], row["link"],
        privacy.mask(row["transcript"]), row["capacity"], row["booked"], row["waiting"], row["attended"], cancelled,
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


@dataclass(frozen=True, slots=True)
class Ticket:
    """A registration as the one who holds it sees it."""

    id: int
    code: str
    name: str
    status: str
    topic: str
    offered_until: datetime | None
    person_id: int | None
    session_id: int
    slug: str
    turn: int
    """In the waiting list, from 1; 0 outside it."""


async def ticket(code: str) -> Ticket:
    """A registration by the code as somebody typed it. Raises ``NoSuchRegistration``."""
    row = await database.fetch_one(
        "SELECT r.id, r.code, r.name, r.status, r.topic, r.offered_until, r.participant_id, r.session_id, f.slug, "
        "CASE WHEN r.status = 'waiting' THEN (SELECT COUNT(*) FROM registration o WHERE o.session_id = r.session_id "
        "AND o.status = 'waiting' AND (o.created_at < r.created_at OR (o.created_at = r.created_at AND o.id <= r.id))) "
        "ELSE 0 END AS turn FROM registration r JOIN forum_session s ON s.id = r.session_id "
        "JOIN forum f ON f.id = s.forum_id WHERE r.code = ?",
        references.read_reference(code) or "",
    )
    if row is None:
        raise NoSuchRegistration
    return Ticket(
        row["id"], row["code"], row["name"], row["status"], row["topic"],
        database.moment_or_none(row["offered_until"]), row["participant_id"], row["session_id"], row["slug"],
        row["turn"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody on a check-in list."""

    id: int
    code: str
    name: str
    status: str
    topic: str
    checked_in_at: datetime | None
    online: bool
    """Whether they registered themselves."""


_GUEST = "r.id, r.code, r.name, r.status, r.topic, r.checked_in_at, r.participant_id"
_ORDER = (
    "CASE r.status WHEN 'confirmed' THEN 0 WHEN 'offered' THEN 0 WHEN 'waiting' THEN 1 WHEN 'attended' THEN 2 "
    "ELSE 3 END"
)


async def guests(session_id: int, wanted: str = "", limit: int = LISTED) -> list[Guest]:
    """Who is expected at a session's door: first who has a place and is not there yet; narrowed by name or code."""
    where, values = "", list[object]()
    if code := references.read_reference(wanted):
        where, values = "AND r.code = ? ", [code]
    elif wanted:
        words = wanted.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where, values = "AND LOWER(r.name) LIKE ? ESCAPE '\\' ", [f"%{words}%"]
    else:
        where = "AND r.status NOT IN ('cancelled', 'lapsed') "
    rows = await database.fetch(
        f"SELECT {_GUEST} FROM registration r WHERE r.session_id = ? {where}"
        f"ORDER BY {_ORDER}, r.name, r.id LIMIT {limit}",
        session_id,
        *values,
    )
    return [_guest(row) for row in rows]


async def guest(session_id: int, registration_id: int) -> Guest:
    """One of them. Raises ``NoSuchRegistration``."""
    row = await database.fetch_one(
        f"SELECT {_GUEST} FROM registration r WHERE r.session_id = ? AND r.id = ?", session_id, registration_id
    )
    if row is None:
        raise NoSuchRegistration
    return _guest(row)


def _guest(row: Any) -> Guest:
    return Guest(
        row["id"], row["code"], row["name"], row["status"], row["topic"],
        database.moment_or_none(row["checked_in_at"]), row["participant_id"] is not None,
    )  # fmt: skip


async def named_guests(session_id: int) -> int:
    """How many are checked in by name."""
    row = await database.fetch_one(
        "SELECT COUNT(*) AS n FROM registration WHERE session_id = ? AND status = 'attended'", session_id
    )
    return int(row["n"]) if row else 0


async def reason(session_id: int) -> str:
    """Why a session was called off, in the official's words; empty where it was not."""
    row = await database.fetch_one("SELECT text FROM forum_words WHERE subject = ?", session_subject(session_id))
    return row["text"] if row else ""
