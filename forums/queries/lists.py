"""Lists of forums as everybody sees them: by tab and filter, by words, and the few that the first page names.

Every read walks an index and stops after a page. The dated forums of a tab come in the order of their dates, after
them those without a date, newest first; proposals come newest first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from forums.numbering import slug_of
from forums.queries.forums import public_text
from forums.search import forum_index
from forums.states import SEEN, ForumState
from server.core import database

PAGE = 20
HITS = 300
"""How many hits of a search, newest first, one page looks at."""
CAP = 100_000
"""Counts end here."""
FRONT = 3
MOST_DIGITS = 10
"""Of a number that somebody typed."""
KINDS = ("listening", "field_office", "speakers_corner", "discussion", "broadcast")
"""The kinds that are listed by their dates; notices have a board of their own."""
NOTICE = "notice"

_F = ForumState
TABS: dict[str, tuple[ForumState, ...]] = {
    "coming": (_F.PUBLISHED,),
    "open": (_F.RUNNING,),
    "over": (_F.CLOSED, _F.CANCELLED),
    "proposed": (_F.PROPOSED, _F.DECLINED),
}
"""The states that stand under each tab."""
ALL = tuple(sorted(SEEN))
"""Every state that the public sees: where words are looked for."""
BY_ID = frozenset({*TABS["proposed"], _F.DRAFT})
"""The states in which a date is a wish: listed newest first."""

_COLUMNS = (
    "f.id, f.slug, f.number, f.kind, f.status, f.title, f.summary, f.department_id, f.district, f.place, "
    "f.starts_at, f.ends_at, f.speaks_until, f.supports, f.submissions, f.comments, f.participants, f.views, "
    "f.proposer_id, f.from_petition, f.published_at, f.created_at"
)
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_NEWEST = 2**62
_cursor = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:00)?_(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Listed:
    """A forum as a list shows it."""

    id: int
    slug: str
    number: int
    kind: str
    status: ForumState
    title: str
    summary: str
    department_id: int | None
    district: str
    place: str
    starts_at: datetime | None
    ends_at: datetime | None
    speaks_until: datetime | None
    supports: int
    submissions: int
    comments: int
    participants: int
    views: int
    published_at: datetime | None


@dataclass(frozen=True)
class Filters:
    """What narrows a list; an empty one does not."""

    kind: str = ""
    department_id: int | None = None
    district: str = ""
    begins: datetime | None = None
    """The first moment of the year, and the first after it."""
    ends: datetime | None = None
    q: str = ""
    states: tuple[ForumState, ...] = TABS["open"]

    def within(self, states: tuple[ForumState, ...]) -> "Filters":
        """The same among these states."""
        return replace(self, states=states)

    @property
    def soonest_first(self) -> bool:
        """Whether what comes is listed: the next date is at the top. Of what was, the last one is."""
        return self.states == TABS["coming"]

    def conditions(self, state: ForumState) -> tuple[str, list[object]]:
        """What holds for the forums of a state, as SQL with its values; without the words."""
        chosen: list[tuple[str, object]] = [
            (condition, value)
            for condition, value in (
                ("f.status = ?", state.value),
                ("f.kind = ?", self.kind),
                ("f.department_id = ?", self.department_id),
                ("f.district = ?", self.district),
                ("f.starts_at >= ?", self.begins),
                ("f.starts_at < ?", self.ends),
            )
            if value
        ]
        sql = " AND ".join(condition for condition, _value in chosen)
        # A draft that was called off was never announced.
        announced = " AND f.published_at IS NOT NULL" if state is ForumState.CANCELLED else ""
        if state in TABS["proposed"]:  # what moderators took away
            announced = " AND f.visibility = 'shown'"
        return f"({sql}{announced})", [value for _condition, value in chosen]


class Place(NamedTuple):
    """Where in a list a page ends: the date (None among those without one) and the forum."""

    at: datetime | None
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat() if self.at else ''}_{self.id}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """A place as it was written; None for anything else."""
        match = _cursor.fullmatch(text)
        try:
            return cls(datetime.fromisoformat(match[1]) if match[1] else None, int(match[2])) if match else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Page:
    """One page of a list; ``further`` is where the next one begins."""

    rows: tuple[Listed, ...]
    further: Place | None


async def listed(filters: Filters, start: Place | None = None, limit: int = PAGE) -> Page:
    """A page of a tab, or of what words find. At most two queries, three with words."""
    if filters.q:
        return await _found(filters, start, limit)
    if not BY_ID.isdisjoint(filters.states):
        rows = await _merged([_by_id(filters, state, start) for state in filters.states], limit)
        return _page(sorted(rows, key=lambda row: -row.id), limit, dated=False)
    rows = []
    if start is None or start.at:
        rows = await _merged([_by_date(filters, state, start) for state in filters.states], limit)
        rows.sort(key=lambda row: (row.starts_at or _LATEST, row.id), reverse=not filters.soonest_first)
    if len(rows) <= limit and not filters.begins:
        before = None if start and start.at else start
        # A branch a kind: the notices, of which there are many and none has a date, would stand in between.
        kinds = [filters.kind] if filters.kind else KINDS
        branches = [_undated(replace(filters, kind=kind), state, before) for state in filters.states for kind in kinds]
        rows += sorted(await _merged(branches, limit), key=lambda row: -row.id)
    return _page(rows, limit)


def _page(rows: Sequence[Listed], limit: int, *, dated: bool = True) -> Page:
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(tuple(rows[:limit]), Place(last.starts_at if dated else None, last.id) if last else None)


_Branch = tuple[str, list[object]]
"""What follows WHERE, up to the LIMIT, with its values."""


def _by_date(filters: Filters, state: ForumState, start: Place | None) -> _Branch:
    where, values = filters.conditions(state)
    sign, way, end = (">", "ASC", (_EARLIEST, 0)) if filters.soonest_first else ("<", "DESC", (_LATEST, _NEWEST))
    order = f" AND (f.starts_at, f.id) {sign} (?, ?) ORDER BY f.starts_at {way}, f.id {way}"
    return where + order, [*values, *(start or end)]


def _undated(filters: Filters, state: ForumState, start: Place | None) -> _Branch:
    where, values = filters.conditions(state)
    order = " AND f.starts_at IS NULL AND f.id < ? ORDER BY f.id DESC"
    return where + order, [*values, start.id if start else _NEWEST]


def _by_id(filters: Filters, state: ForumState, start: Place | None) -> _Branch:
    where, values = filters.conditions(state)
    return f"{where} AND f.id < ? ORDER BY f.id DESC", [*values, start.id if start else _NEWEST]


async def _merged(branches: Sequence[_Branch], limit: int) -> list[Listed]:
    """The first rows of each branch, and one more that tells whether there is more; each walks an index of its own."""
    sql = " UNION ALL ".join(
        f"SELECT * FROM (SELECT {_COLUMNS} FROM forum f WHERE {clause} LIMIT ?) AS branch_{number}"
        for number, (clause, _values) in enumerate(branches)
    )
    rows = await database.fetch(sql, *(value for _clause, values in branches for value in (*values, limit + 1)))
    return [_listed(row) for row in rows]


async def _found(filters: Filters, start: Place | None, limit: int) -> Page:
    ids = await forum_index.search(database.connection(), filters.q, limit=HITS, before_id=start and start.id)
    if not ids:
        return Page((), None)
    wheres = [filters.conditions(state) for state in filters.states]
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM forum f WHERE f.id IN ({database.marks(ids)}) "
        f"AND ({' OR '.join(where for where, _values in wheres)}) ORDER BY f.id DESC LIMIT ?",
        *ids,
        *(value for _where, values in wheres for value in values),
        limit + 1,
    )
    found = _page([_listed(row) for row in rows], limit, dated=False)
    if found.further is None and len(ids) == HITS:
        return Page(found.rows, Place(None, ids[-1]))
    return found


async def first_year(zone: tzinfo) -> int | None:
    """The year of the earliest forum that is over; None before there is one. One query."""
    row = await database.fetch_one(
        "SELECT f.starts_at FROM forum f WHERE f.status = 'closed' AND f.starts_at >= ? "
        "ORDER BY f.starts_at, f.id LIMIT 1",
        _EARLIEST,
    )
    return database.moment(row["starts_at"]).astimezone(zone).year if row else None


async def meant(words: str, kinds: Sequence[str] = KINDS) -> tuple[Listed, ...]:
    """The announced forums that an official means by a title, a number or the end of an address: at most a page.

    By the end of its address a forum is meant alone. At most three queries.
    """
    slug = words.strip().lower()
    slugs = [slug_of(kind, int(slug)) for kind in kinds if slug.isdecimal() and len(slug) < MOST_DIGITS]
    states = (*TABS["coming"], *TABS["open"], *TABS["over"])
    marks = [database.marks(some) for some in ((slug, *slugs), kinds, states)]
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM forum f WHERE f.slug IN ({marks[0]}) AND f.kind IN ({marks[1]}) "
        f"AND f.status IN ({marks[2]}) AND f.published_at IS NOT NULL ORDER BY f.id DESC",
        slug, *slugs, *kinds, *states,
    )  # fmt: skip
    exact = [_listed(row) for row in rows]
    if slug in {row.slug for row in exact} or not slug:
        return tuple(exact)
    found = await listed(Filters(q=words, states=states))
    return tuple({row.slug: row for row in (*exact, *found.rows) if row.kind in kinds}.values())


async def total(filters: Filters) -> int:
    """How many a list holds on all its pages, up to ``CAP``; of words, among the ``HITS`` newest. Two queries at most.

    A branch a state, so that each is counted along an index.
    """
    found, hits = "", list[int]()
    if filters.q:
        hits = list(await forum_index.search(database.connection(), filters.q, limit=HITS))
        if not hits:
            return 0
        found = f" AND f.id IN ({database.marks(hits)})"
    elif BY_ID.isdisjoint(filters.states) and not filters.kind:  # the notices have a board of their own
        found = f" AND (f.starts_at IS NOT NULL OR f.kind <> '{NOTICE}')"
    branches = [filters.conditions(state) for state in filters.states]
    sql = " UNION ALL ".join(
        f"SELECT COUNT(*) AS n FROM (SELECT 1 FROM forum f WHERE {where}{found} LIMIT {CAP}) AS branch_{number}"
        for number, (where, _values) in enumerate(branches)
    )
    rows = await database.fetch(sql, *(value for _where, values in branches for value in (*values, *hits)))
    return min(sum(int(row["n"]) for row in rows), CAP)


async def front() -> tuple[Listed, ...]:
    """The few forums that the first page names: those that are open, then those that come soonest. One query."""
    branches = [_by_date(Filters(states=TABS[tab]), TABS[tab][0], None) for tab in ("open", "coming")]
    return tuple(await _merged(branches, FRONT))[:FRONT]


def _listed(row: Any) -> Listed:
    moment = database.moment_or_none
    title, summary, place = (
        public_text(row[name], row["status"], row["proposer_id"], row["from_petition"])
        for name in ("title", "summary", "place")
    )
    return Listed(
        row["id"], row["slug"], row["number"], row["kind"], ForumState(row["status"]), title, summary,
        row["department_id"], row["district"], place, moment(row["starts_at"]), moment(row["ends_at"]),
        moment(row["speaks_until"]), row["supports"], row["submissions"], row["comments"], row["participants"],
        row["views"], moment(row["published_at"]),
    )  # fmt: skip
