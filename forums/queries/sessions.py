"""The sessions of a forum with their free places, and a reader's own registration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums import rules
from forums.errors import NoSuchSession
from forums.states import ForumState
from server.core import clock, database, listing
from server.core.booking import reading
from server.core.days import day_of
from server.core.errors import BadCursor
from server.core.listing import Condition, Order, Page, Walk, place, where
from server.core.participants.people import Person
from server.core.rows import Masked, columns, read, read_all

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
    forum_title: Masked
    kind: str
    title: Masked
    starts_at: datetime
    ends_at: datetime
    place: str
    """The forum's if it has none of its own."""
    own_place: str
    link: str
    transcript: Masked
    slot_id: int
    capacity: int
    booked: int
    waiting: int
    attended: int
    cancelled: bool
    forum_status: ForumState
    mine: Mine | None = None

    @property
    def open(self) -> bool:
        """Whether registration is open."""
        may = rules.may_register(self.forum_status, self.starts_at, clock.now(), cancelled=self.cancelled)
        return self.bookable and may

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
    return columns(
        SessionView, "s", slug="f.slug", forum_title="f.title", place="COALESCE(NULLIF(s.place, ''), f.place)",
        own_place="s.place", transcript=transcript, forum_status="f.status", **counts,
    )  # fmt: skip


_LINE = _columns("CASE WHEN s.transcript = '' THEN '' ELSE '…' END")
"""For lists: of the transcript only whether there is one."""
_WHOLE = _columns("s.transcript")
_MINE, _NOBODYS = columns(Mine, "r", "my_", offered_until="r.held_until"), "NULL AS my_code"
_BESIDE = f"{reading.with_slot('s.slot_id', 'b')}JOIN forum f ON f.id = s.forum_id "
_FROM = f"FROM forum_session s {_BESIDE}"
_JOIN = reading.with_own_booking("s.slot_id", "r")


def _view(row: Any) -> SessionView:
    return read(SessionView, {**row, "mine": read(Mine, row, "my_") if row["my_code"] else None})


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


LATEST = Order({"s.starts_at": datetime, "s.id": int}, descending=True)


async def past(forum_id: int, start: Sequence[object] = (), limit: int = PAST) -> Page[SessionView]:
    """A page of a forum's past sessions, newest first."""
    over = [Condition("s.forum_id = ?", (forum_id,)), Condition("s.ends_at <= ?", (clock.now(),))]
    page = await Walk("forum_session s", LATEST, over).page(
        f"SELECT {_LINE}, {_NOBODYS} FROM ({{walk}}) s {_BESIDE}ORDER BY {{order}}", start, limit
    )
    return page.of([_view(row) for row in page.rows])


async def every(forum_id: int, since: datetime) -> list[SessionView]:
    """A forum's sessions from a moment on, for the desk."""
    rows = await database.fetch(
        f"SELECT {_LINE}, {_NOBODYS} {_FROM}WHERE s.forum_id = ? AND s.starts_at >= ? "
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


# --- somebody's registrations and waiting-list entries ------------------------------------------------------------

REGISTERED = 20
_PARTS = ("coming", "past")


@dataclass(frozen=True, slots=True)
class Registered:
    """One registration."""

    code: str
    status: str
    title: Masked
    place: Masked
    starts_at: datetime


async def registered(person: Person, after: str = "") -> Page[Registered]:
    """A page of somebody's registrations. One query. Raises ``BadRequest`` for an invalid cursor.

    A cursor starts with the part of the list: 0 for coming sessions, 1 for past ones.
    """
    first, *start = place(after, int, datetime, int) or (0,)
    if first not in range(len(_PARTS)):
        raise BadCursor
    now, parts = clock.now(), list[Condition]()
    for number, part in list(enumerate(_PARTS))[first:]:
        order = Order({"s.starts_at": datetime, "r.id": int}, descending=part == "past")
        found = where(
            Condition("r.participant_id = ?", (person.id,)),
            Condition(f"s.ends_at {'>' if part == 'coming' else '<='} ?", (now,)),
            order.beyond(start if number == first else ()),
        )
        sql = f"SELECT {number} AS part, {_REGISTERED}{found.sql} ORDER BY {order.sql()} LIMIT {REGISTERED + 1}"
        parts.append(Condition(sql, found.values))
    both = listing.union(parts)
    rows = sorted(await database.fetch(both.sql, *both.values), key=lambda row: int(row["part"]))
    page = Order({"part": int, "starts_at": datetime, "id": int}).page(rows, REGISTERED)
    return page.of(read_all(Registered, page.rows))


_REGISTERED = (
    "r.id, r.code, r.status, s.starts_at, COALESCE(NULLIF(s.place, ''), f.place) AS place, "
    "CASE WHEN s.title = '' THEN f.title ELSE f.title || ' · ' || s.title END AS title "
    f"FROM forum_session s {reading.with_bookings('s.slot_id', 'r')}JOIN forum f ON f.id = s.forum_id"
)
