"""Public lists of forums: by tab and filter, by full-text search, and the few on the home page.

Every read walks an index and stops after a page. A tab lists its dated forums by date, then those without a date,
newest first; proposals are listed newest first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from forums import rules
from forums.labels import FORUM_STATES
from forums.labels import KINDS as KIND_WORDS
from forums.numbering import slug_of
from forums.queries.forums import public_texts
from forums.search import newest_forums
from forums.states import SEEN, ForumState
from server.core import config, database, listing
from server.core.city import City, city
from server.core.days import day_of, today
from server.core.errors import _
from server.core.listing import Condition, Order, Page, Walk, cursor, place
from server.core.rows import columns, read, select

PAGE = 20
MAX_WORDS = 100
"""Characters of a search."""
FIRST_YEAR, LAST_YEAR = 1900, 2999
HITS = 300
"""How many search results, newest first, one page considers."""
CAP = 100_000
"""Counts stop here."""
COUNTED = 100
"""The same of what waits for planners."""
FRONT = 3
MOST_DIGITS = 10
"""Of a number that somebody typed."""
KINDS = ("listening", "field_office", "speakers_corner", "discussion", "broadcast")
"""The kinds that are listed by date; notices have their own board."""
NOTICE = "notice"

_F = ForumState
TABS: dict[str, tuple[ForumState, ...]] = {
    "coming": (_F.PUBLISHED,),
    "open": (_F.RUNNING,),
    "over": (_F.CLOSED, _F.CANCELLED),
    "proposed": (_F.PROPOSED, _F.DECLINED),
}
"""The states under each tab."""
TAB_WORDS = {
    "open": FORUM_STATES["running"],
    "coming": _("Coming up"),
    "over": FORUM_STATES["closed"],
    "proposed": _("Proposed by citizens"),
}
ALL = tuple(sorted(SEEN))
"""Every public state: the scope of a search."""
BY_ID = frozenset({*TABS["proposed"], _F.DRAFT})
"""The states in which a date is only a wish: listed newest first."""

PLACE = (datetime | None, int)
"""What a cursor holds: the date (None in the undated part) and the forum's id."""
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_LAST = 2**62
_SOONEST_FIRST = Order({"f.starts_at": datetime, "f.id": int})
_LATEST_FIRST = Order(_SOONEST_FIRST.keys, descending=True)
_NEWEST_FIRST = Order({"f.id": int}, descending=True)


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

    @property
    def answer_due(self) -> date | None:
        """By when the city decides about a proposal."""
        return rules.answer_due(self.status, day_of(self.published_at) if self.published_at else None)

    @property
    def answer_late(self) -> bool:
        """Whether that day is over."""
        return bool(self.answer_due and self.answer_due < today())

    @property
    def needed(self) -> int:
        """The supporters with whom a proposal opens by itself; 0 for none."""
        return rules.supporters_needed(self.status, self.kind, config.settings().forum_supports)


_COLUMNS = columns(Listed, "f") + ", f.proposer_id, f.from_petition"


@dataclass(frozen=True, slots=True)
class Filters(listing.Filters):
    """What narrows a list; empty fields do not."""

    kind: str = listing.choice({kind: KIND_WORDS[kind] for kind in (*KINDS, NOTICE)}, "f.kind = ?")
    tab: str = listing.tab(TAB_WORDS, "", json=None)
    state: str = listing.choice(
        {state: text for state, text in FORUM_STATES.items() if state in SEEN},
        json="status", about="All states by default.",
    )  # fmt: skip
    department: str = listing.department("f.department_id = ?")
    district: str = listing.district("f.district = ?")
    year: int = listing.number(FIRST_YEAR, LAST_YEAR, about="The year in which they begin.")
    q: str = listing.words(MAX_WORDS, about="Words.")
    states: tuple[ForumState, ...] = TABS["open"]
    """The states of the forums listed."""

    @property
    def order(self) -> Order:
        """Coming forums start with the next date, past ones with the last."""
        return _SOONEST_FIRST if self.states == TABS["coming"] else _LATEST_FIRST

    def among(self, reference_data: City, state: ForumState) -> list[Condition]:
        """The conditions for the forums of one state, without the search."""
        found = [Condition("f.status = ?", (state.value,)), *self.conditions(reference_data).values()]
        if self.year:
            zone = config.settings().zone
            span = tuple(datetime(self.year + n, 1, 1, tzinfo=zone) for n in (0, 1))
            found.append(Condition("f.starts_at >= ? AND f.starts_at < ?", span))
        if state is ForumState.CANCELLED:  # a draft cancelled before it was announced
            found.append(Condition("f.published_at IS NOT NULL"))
        if state in TABS["proposed"]:  # hidden by moderators
            found.append(Condition("f.visibility = 'shown'"))
        return found


async def listed(wanted: Filters, after: str = "", limit: int = PAGE) -> Page[Listed]:
    """A page of a tab or of search results. At most two queries, three for a search. Raises ``BadRequest``."""
    start, reference_data = place(after, *PLACE), await city()
    if wanted.q:
        return await _found(wanted, reference_data, start, limit)
    if not BY_ID.isdisjoint(wanted.states):
        branches = [_branch(wanted.among(reference_data, state), start[1:], limit) for state in wanted.states]
        return _page(sorted(await merged(branches), key=lambda row: -row.id), limit, dated=False)
    rows = []
    if not start or start[0]:
        rows = await merged([_dated(wanted, reference_data, state, start, limit) for state in wanted.states])
        rising = wanted.order is _SOONEST_FIRST
        rows.sort(key=lambda row: (row.starts_at or _LATEST, row.id), reverse=not rising)
    if len(rows) <= limit and not wanted.year:
        before = start[1:] if start and not start[0] else ()
        # One branch for each kind, because the many undated notices would lie in between.
        each = [replace(wanted, kind=kind) for kind in ([wanted.kind] if wanted.kind else KINDS)]
        undated = Condition("f.starts_at IS NULL")
        branches = [
            _branch([*one.among(reference_data, state), undated], before, limit)
            for state in wanted.states
            for one in each
        ]
        rows += sorted(await merged(branches), key=lambda row: -row.id)
    return _page(rows, limit)


def _page(rows: Sequence[Listed], limit: int, *, dated: bool = True) -> Page[Listed]:
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], cursor(last.starts_at if dated else None, last.id) if last else "")


def _dated(wanted: Filters, reference_data: City, state: ForumState, start: Sequence[object], limit: int) -> Condition:
    """The forums of a state by date, from the earliest or latest possible date on, because some have none."""
    edge = (_EARLIEST, 0) if wanted.order is _SOONEST_FIRST else (_LATEST, _LAST)
    return Walk("forum f", wanted.order, wanted.among(reference_data, state)).statement(start or edge, limit + 1)


def _branch(conditions: Sequence[Condition], start: Sequence[object], limit: int) -> Condition:
    """Forums newest first, from a cursor on."""
    return Walk("forum f", _NEWEST_FIRST, conditions).statement(start or (_LAST,), limit + 1)


async def merged(branches: Sequence[Condition]) -> list[Listed]:
    """The first rows of each branch, each from its own index, plus one that shows whether there are more."""
    all_of_them = listing.union(branches)
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM ({all_of_them.sql}) AS f", *all_of_them.values)
    return [_listed(row) for row in rows]


async def _found(wanted: Filters, reference_data: City, start: Sequence[int], limit: int) -> Page[Listed]:
    before = start[1] if start else None
    ids = await newest_forums(wanted.q, limit=HITS, before_id=before)
    each = [listing.where(*wanted.among(reference_data, state)) for state in wanted.states]
    states = " OR ".join(f"({one.sql.removeprefix(' WHERE ')})" for one in each)
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM forum f WHERE f.id IN (?) AND ({states}) "
        "ORDER BY f.id DESC LIMIT ?",
        ids, *(value for one in each for value in one.values), limit + 1
    )  # fmt: skip
    found = _page([_listed(row) for row in rows], limit, dated=False)
    return Page(found.rows, found.after or (cursor(None, ids[-1]) if len(ids) == HITS else ""))


async def first_year(zone: tzinfo) -> int | None:
    """The year of the earliest closed forum; None if there is none. One query."""
    first = await database.value(
        "SELECT f.starts_at FROM forum f WHERE f.status = 'closed' AND f.starts_at >= ? "
        "ORDER BY f.starts_at, f.id LIMIT 1",
        _EARLIEST,
    )
    return database.moment(first).astimezone(zone).year if first else None


async def meant(words: str, kinds: Sequence[str] = KINDS) -> tuple[Listed, ...]:
    """The announced forums that an official may mean by a title, a number or a slug, at most one page.

    A full slug finds that forum only. At most three queries.
    """
    slug = words.strip().lower()
    slugs = [slug_of(kind, int(slug)) for kind in kinds if slug.isdecimal() and len(slug) < MOST_DIGITS]
    states = (*TABS["coming"], *TABS["open"], *TABS["over"])
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM forum f WHERE f.slug IN (?) AND f.kind IN (?) AND f.status IN (?) "
        "AND f.published_at IS NOT NULL ORDER BY f.id DESC",
        (slug, *slugs),
        kinds,
        states,
    )
    exact = [_listed(row) for row in rows]
    if slug in {row.slug for row in exact} or not slug:
        return tuple(exact)
    found = await listed(Filters(q=words, states=states))
    return tuple({row.slug: row for row in (*exact, *found.rows) if row.kind in kinds}.values())


async def total(wanted: Filters) -> int:
    """The size of a list over all pages, up to ``CAP``; of a search, among the newest ``HITS``. At most two queries.

    One branch for each state, so that each is counted along an index.
    """
    reference_data, also = await city(), Condition("")
    if wanted.q:
        hits = await newest_forums(wanted.q, limit=HITS)
        also = Condition(f"f.id IN ({database.marks(hits)})", tuple(hits))
    elif BY_ID.isdisjoint(wanted.states) and not wanted.kind:  # notices have their own board
        also = Condition(f"(f.starts_at IS NOT NULL OR f.kind <> '{NOTICE}')")
    branches = [listing.where(*wanted.among(reference_data, state), also) for state in wanted.states]
    both = listing.union([Condition(f"SELECT 1 FROM forum f{one.sql} LIMIT {CAP}", one.values) for one in branches])
    return min(CAP, int(await database.value(f"SELECT COUNT(*) FROM ({both.sql}) AS counted", *both.values)))


def first(wanted: Filters, reference_data: City, state: ForumState, limit: int) -> Condition:
    """The first forums of a state, as the list begins, for :func:`merged`."""
    if state in BY_ID:
        return _branch(wanted.among(reference_data, state), (), limit)
    return _dated(wanted, reference_data, state, (), limit)


async def front() -> tuple[Listed, ...]:
    """The few forums on the home page: the open ones, then the next coming ones. One query."""
    reference_data = await city()
    tabs = [Filters(states=TABS[tab]) for tab in ("open", "coming")]
    branches = [first(wanted, reference_data, wanted.states[0], FRONT) for wanted in tabs]
    return tuple(await merged(branches))[:FRONT]


def _listed(row: Any) -> Listed:
    return read(Listed, public_texts(row, "title", "summary", "place"))


async def waiting() -> Mapping[str, int]:
    """How many proposals and drafts wait for planners, each up to ``COUNTED`` + 1, by state. One query."""
    states = (ForumState.PROPOSED.value, ForumState.DRAFT.value)
    shown = "forum WHERE status = ? AND visibility = 'shown'"
    return await listing.counts({state: Condition(shown, (state,)) for state in states}, COUNTED)


# --- the notice board, in pages by notice number, newest on page 1 -----------------------------------------------

BOARD_PAGE = 10
_SEEN = (ForumState.PUBLISHED.value, ForumState.RUNNING.value, ForumState.CLOSED.value)
_SHOWN = "f.kind = ? AND f.status IN (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as the board lists it."""

    id: int
    slug: str
    number: int
    title: str
    department_id: int | None
    published_at: datetime | None
    views: int
    files: int


_NOTICE = columns(
    Notice, "f", files="(SELECT count(*) FROM forum_file a WHERE a.subject = 'forum/' || f.slug)"
)  # fmt: skip


@dataclass(frozen=True)
class Board:
    """One page of the board."""

    rows: Sequence[Notice]
    page: int
    pages: int


async def board(page: int) -> Board:
    """A page of the board; the last one if ``page`` is past the end. Two queries.

    A page is a range of numbers, so the last of a thousand pages costs as much as the first. Drafts and unused numbers
    leave a page shorter.
    """
    newest = f"SELECT f.number FROM forum f WHERE {_SHOWN} ORDER BY f.number DESC LIMIT 1"
    top = await database.value(newest, NOTICE, *_SEEN) or 0
    pages = max(1, -(-top // BOARD_PAGE))
    page = min(page, pages)
    high = top - BOARD_PAGE * (page - 1)
    rows = await select(
        Notice,
        f"SELECT {_NOTICE} FROM forum f WHERE {_SHOWN} AND f.number <= ? AND f.number > ? ORDER BY f.number DESC",
        NOTICE,
        *_SEEN,
        high,
        high - BOARD_PAGE,
    )
    return Board(rows, page, pages)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The previous or next notice."""

    slug: str
    title: str


async def neighbours(number: int) -> tuple[Neighbour | None, Neighbour | None]:
    """The previous and the next notice. One query."""
    rows = await database.fetch(
        "SELECT * FROM (SELECT 'before' AS side, f.slug, f.title FROM forum f "
        f"WHERE {_SHOWN} AND f.number < ? ORDER BY f.number DESC LIMIT 1) AS earlier UNION ALL "
        "SELECT * FROM (SELECT 'after' AS side, f.slug, f.title FROM forum f "
        f"WHERE {_SHOWN} AND f.number > ? ORDER BY f.number LIMIT 1) AS later",
        NOTICE,
        *_SEEN,
        number,
        NOTICE,
        *_SEEN,
        number,
    )
    found = {row["side"]: read(Neighbour, row) for row in rows}
    return found.get("before"), found.get("after")
