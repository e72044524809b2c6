"""The public list: answered cases whose petitioners agreed to publication, masked, newest answer first.

Every query reads a bounded number of rows, so that a page costs the same with a thousand cases and with a million: a
filter is applied within a window of the list, and a page that comes out short says where to continue.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from petitions.kinds import PLAIN
from petitions.labels import KINDS
from petitions.publication import Own, published
from petitions.search import PETITION
from petitions.states import State
from server.core import database, listing, search
from server.core.city import City
from server.core.listing import Condition, Order, Page, Walk, cursor, place, where
from server.core.rows import columns, read
from server.core.sitemap import PublicPages

PAGE = 20
WINDOW = 2_000
"""How many answers, newest first, a filtered page examines."""
HITS = 300
"""The same for a page of search results."""
SAMPLE = 200
"""How many of the latest answers the first page's figures are based on."""
EXCERPT = 140
MAX_WORDS = 100
"""Maximum length of a search text in characters."""
_OWN = ("name", "email", "phone", "address")
_READ = 600
"""Characters read for an excerpt: masking needs to see what follows the cut."""

_END = (datetime(9000, 1, 1, tzinfo=UTC), 2**62)
_NEWEST = Order({"c.answered_at": datetime, "c.id": int}, descending=True)
_BY_ID = Order({"c.id": int}, descending=True)
_OPEN, _STATUS = Condition("c.public = ?", (True,)), Condition("c.status IN (?, ?)", (State.ANSWERED, State.CLOSED))


@dataclass(frozen=True)
class Published:
    """An answered case as a list shows it."""

    reference: str
    title: str
    excerpt: str
    answer: str
    kind: str
    department_id: int | None
    district: str
    decision: str
    answered_at: datetime


# One table, so that both planners walk its index; the other columns are read for the displayed rows only.
_COLUMNS = (
    columns(
        Published, "c", excerpt=f"substr(c.body, 1, {_READ})",
        answer=f"(SELECT substr(a.text, 1, {_READ}) FROM answer a WHERE a.case_id = c.id ORDER BY a.id DESC LIMIT 1)",
        decision="(SELECT a.decision FROM answer a WHERE a.case_id = c.id ORDER BY a.id DESC LIMIT 1)",
    )
    + ", c.id, "
    + ", ".join(f"(SELECT p.{n} FROM petitioner p WHERE p.case_id = c.id) AS {n}" for n in _OWN)
)  # fmt: skip
_LIST = f"SELECT {_COLUMNS} FROM ({{walk}}) c ORDER BY {{order}}"


PAGES = PublicPages(
    "petition_case",
    "'/cases/' || reference",
    "answered_at",
    "public = ? AND status IN (?, ?) AND answered_at IS NOT NULL",
    (True, State.ANSWERED, State.CLOSED),
)
"""The pages of published cases, for the sitemap."""


@dataclass(frozen=True, slots=True)
class Filters(listing.Filters):
    """The filters of the list; empty ones are ignored."""

    q: str = listing.words(MAX_WORDS)
    department: str = listing.department("c.department_id = ?")
    district: str = listing.district("c.district = ?")
    kind: str = listing.choice({kind.value: KINDS[kind] for kind in PLAIN}, "c.kind = ?")


@dataclass(frozen=True)
class Front:
    """The first page: the latest answers, and how many of the latest ``SAMPLE`` were on time."""

    latest: tuple[Published, ...]
    answered: int
    in_time_percent: int | None
    median_days: int | None


async def answered(wanted: Filters, reference_data: City, before: str = "") -> Page[Published]:
    """A page of the list, in at most two queries. Raises ``BadRequest`` for an invalid cursor."""
    conditions = [*wanted.conditions(reference_data).values()]
    if wanted.q:
        return await _found(wanted.q, conditions, place(before, int))
    page = await walk(conditions).page(_LIST, _NEWEST.read(before) or _END, PAGE)
    return page.of([_published(row) for row in page.rows])


def walk(conditions: Sequence[Condition]) -> Walk:
    """The walk along the newest answers."""
    return Walk("petition_case c", _NEWEST, [_OPEN], [_STATUS, *conditions], WINDOW if conditions else 0)


async def _found(words: str, conditions: Sequence[Condition], start: tuple[int, ...]) -> Page[Published]:
    ids = await search.ENGINE.newest(PETITION, words, limit=HITS, before_id=start[0] if start else None)
    hits = Condition(f"c.id IN ({database.marks(ids)})", tuple(ids))
    page = await Walk("petition_case c", _BY_ID, [hits, _OPEN, _STATUS, *conditions]).page(_LIST, (), PAGE)
    return Page([_published(row) for row in page.rows], page.after or (cursor(ids[-1]) if len(ids) == HITS else ""))


async def shown(ids: Sequence[int]) -> tuple[Published, ...]:
    """Answered cases by their ids, in that order; what is not public any more is left out. At most one query."""
    if not ids:
        return ()
    wanted = where(_OPEN, _STATUS, Condition(f"c.id IN ({database.marks(ids)})", tuple(ids)))
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM petition_case c{wanted.sql}", *wanted.values)
    by_id = {row["id"]: row for row in rows}
    return tuple(_published(by_id[i]) for i in ids if i in by_id)


async def front() -> Front:
    """The first page's data: the newest public answers, and the latest answers of all kinds. Two queries."""
    latest = await walk(()).page(_LIST, _END, 3)
    newest = (
        "SELECT * FROM (SELECT received_at, due_at, answered_at FROM petition_case WHERE public = ? "
        "AND status IN (?, ?) AND (answered_at, id) < (?, ?) "
        f"ORDER BY answered_at DESC, id DESC LIMIT {SAMPLE}) AS {{}}"
    )
    rows = await database.fetch(
        f"{newest.format('open_ones')} UNION ALL {newest.format('private_ones')}",
        *(True, *_STATUS.values, *_END),
        *(False, *_STATUS.values, *_END),
    )
    moments = sorted(((database.moment(r["answered_at"]), r) for r in rows), key=lambda pair: pair[0], reverse=True)[
        :SAMPLE
    ]
    timed = [(at, database.moment(row["due_at"])) for at, row in moments if row["due_at"]]
    return Front(
        tuple(map(_published, latest.rows)),
        len(moments),
        100 * sum(at <= due for at, due in timed) // len(timed) if timed else None,
        round(statistics.median((at - database.moment(row["received_at"])).days for at, row in moments))
        if moments
        else None,
    )


def _published(row: Any) -> Published:
    own = Own(row["name"], row["email"], row["phone"], row["address"], (row["title"], row["excerpt"]))
    return read(
        Published,
        {
            **row,
            "title": published(row["title"], own),
            "excerpt": _excerpt(row["excerpt"], own),
            "answer": _excerpt(row["answer"], own, official=True),
        },
    )


def _excerpt(text: str, own: Own, *, official: bool = False) -> str:
    """The beginning of a masked text, on one line; cut after masking, so that no partial number escapes it."""
    line = " ".join(published(text, own, official=official).split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rstrip() + "…"
