"""What everybody may read: answered cases that their petitioners allowed to be public, masked, newest answer first.

Every read looks at a bounded number of rows, so that a page costs the same with a thousand cases and with a million:
a filter is applied within a window of the list, and a page that comes out short says where to look on.
"""

import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from petitions.publication import Own, published
from petitions.search import public_index
from petitions.states import State
from server.core import database
from server.core.errors import BadRequest, _

PAGE = 20
WINDOW = 2_000
"""How many answers, newest first, one page with a filter looks at."""
HITS = 300
"""The same for a page of search results."""
SAMPLE = 200
"""Over how many of the latest answers the first page's numbers are taken."""
ENOUGH = 3
"""What the shared words of two texts must be worth to call them similar."""
EXCERPT = 140
_READ = 600
"""Characters read of a text that is shown in part: masking needs to see what follows the cut."""

_END = (datetime(9000, 1, 1, tzinfo=UTC), 2**62)
_cursor = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:00)_(\d{1,18})")
_hit = re.compile(r"\d{1,18}")

# One table, so that both planners walk its index; the rest is read for the rows that are shown.
_ROW = (
    "SELECT c.id, c.reference, c.title, c.kind, c.department_id, c.district, c.answered_at, "
    f"substr(c.body, 1, {_READ}) AS body, (SELECT p.name FROM petitioner p WHERE p.case_id = c.id) AS name, "
    "(SELECT p.email FROM petitioner p WHERE p.case_id = c.id) AS email, "
    "(SELECT p.phone FROM petitioner p WHERE p.case_id = c.id) AS phone, "
    "(SELECT p.address FROM petitioner p WHERE p.case_id = c.id) AS address, "
    f"(SELECT substr(a.text, 1, {_READ}) FROM answer a WHERE a.case_id = c.id ORDER BY a.id DESC LIMIT 1) AS answer, "
    "(SELECT a.decision FROM answer a WHERE a.case_id = c.id ORDER BY a.id DESC LIMIT 1) AS decision "
    "FROM petition_case c WHERE c.public = ? AND c.status IN (?, ?)"
)
_SHOWN = (True, State.ANSWERED.value, State.CLOSED.value)


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


@dataclass(frozen=True)
class Filters:
    """What narrows the list; an empty one does not."""

    q: str = ""
    department_id: int | None = None
    district: str = ""
    kind: str = ""

    def conditions(self) -> tuple[str, list[object]]:
        """As SQL after a WHERE, with its values."""
        pairs = (("department_id", self.department_id), ("district", self.district), ("kind", self.kind))
        chosen = [(name, value) for name, value in pairs if value]
        return "".join(f" AND c.{name} = ?" for name, _value in chosen), [value for _name, value in chosen]


@dataclass(frozen=True)
class Listed:
    """One page; ``older`` continues it, also where the window held too few."""

    rows: tuple[Published, ...]
    older: str | None


@dataclass(frozen=True)
class Front:
    """The first page: the latest answers, and how the latest ``SAMPLE`` of all were kept to time."""

    latest: tuple[Published, ...]
    answered: int
    in_time_percent: int | None
    median_days: int | None


async def answered(filters: Filters, before: str = "") -> Listed:
    """A page of the list. Raises ``BadRequest`` for a place in it that no page of ours gave."""
    if filters.q:
        return await _found(filters, before)
    start = _read_cursor(before)
    where, values = filters.conditions()
    order = " ORDER BY c.answered_at DESC, c.id DESC LIMIT ?"
    span, bounds, end = " AND (c.answered_at, c.id) < (?, ?)", [*start], None
    if where:
        end = await _window_end(start)
        if end:
            span += " AND (c.answered_at, c.id) >= (?, ?)"
            bounds += end
    rows = await database.fetch(_ROW + span + where + order, *_SHOWN, *bounds, *values, PAGE + 1)
    older = _write_cursor(*end) if end else None
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        older = _write_cursor(database.moment(last["answered_at"]), last["id"])
    return Listed(tuple(map(_published, rows[:PAGE])), older)


async def _window_end(start: tuple[datetime, int]) -> tuple[datetime, int] | None:
    row = await database.fetch_one(
        "SELECT answered_at, id FROM petition_case WHERE public = ? AND (answered_at, id) < (?, ?) "
        f"ORDER BY answered_at DESC, id DESC LIMIT 1 OFFSET {WINDOW - 1}",
        True,
        *start,
    )
    return (database.moment(row["answered_at"]), row["id"]) if row else None


async def _found(filters: Filters, before: str) -> Listed:
    if before and not _hit.fullmatch(before):
        raise _BAD_CURSOR
    ids = await public_index.search(
        database.connection(), filters.q, limit=HITS, before_id=int(before) if before else None
    )
    if not ids:
        return Listed((), None)
    where, values = filters.conditions()
    rows = await database.fetch(
        f"{_ROW} AND c.id IN ({database.marks(ids)}){where} ORDER BY c.id DESC LIMIT ?",
        *_SHOWN,
        *ids,
        *values,
        PAGE + 1,
    )
    older: str | None = None
    if len(rows) > PAGE:
        older = str(rows[PAGE - 1]["id"])
    elif len(ids) == HITS:
        older = str(ids[-1])
    return Listed(tuple(map(_published, rows[:PAGE])), older)


async def similar(words: Mapping[str, int], limit: int = 3) -> tuple[Published, ...]:
    """Answered cases that hold words worth ``ENOUGH`` together, best first, the newest first among equals.

    A query a word and one more.
    """
    weight: dict[int, int] = {}
    for word, worth in words.items():
        for found in await public_index.search(database.connection(), word, limit=30):
            weight[found] = weight.get(found, 0) + worth
    best = sorted((i for i, n in weight.items() if n >= ENOUGH), key=lambda i: (-weight[i], -i))[: limit * 2]
    if not best:
        return ()
    rows = await database.fetch(f"{_ROW} AND c.id IN ({database.marks(best)})", *_SHOWN, *best)
    by_id = {row["id"]: row for row in rows}
    return tuple(_published(by_id[i]) for i in best if i in by_id)[:limit]


async def front() -> Front:
    """The first page's reads: the newest public answers, and the latest answers of all kinds. Two queries."""
    latest = await database.fetch(
        f"{_ROW} AND (c.answered_at, c.id) < (?, ?) ORDER BY c.answered_at DESC, c.id DESC LIMIT 3", *_SHOWN, *_END
    )
    newest = (
        "SELECT * FROM (SELECT received_at, due_at, answered_at FROM petition_case WHERE public = ? "
        "AND status IN (?, ?) AND (answered_at, id) < (?, ?) "
        f"ORDER BY answered_at DESC, id DESC LIMIT {SAMPLE}) AS {{}}"
    )
    rows = await database.fetch(
        f"{newest.format('open_ones')} UNION ALL {newest.format('private_ones')}",
        *_SHOWN,
        *_END,
        False,
        *_SHOWN[1:],
        *_END,
    )
    moments = sorted(((database.moment(r["answered_at"]), r) for r in rows), key=lambda pair: pair[0], reverse=True)[
        :SAMPLE
    ]
    timed = [(at, database.moment(row["due_at"])) for at, row in moments if row["due_at"]]
    return Front(
        tuple(map(_published, latest)),
        len(moments),
        100 * sum(at <= due for at, due in timed) // len(timed) if timed else None,
        round(statistics.median((at - database.moment(row["received_at"])).days for at, row in moments))
        if moments
        else None,
    )


def _published(row: Any) -> Published:
    own = Own(row["name"], row["email"], row["phone"], row["address"], (row["title"], row["body"]))
    return Published(
        row["reference"],
        published(row["title"], own),
        _excerpt(row["body"], own),
        _excerpt(row["answer"], own, official=True),
        row["kind"],
        row["department_id"],
        row["district"],
        row["decision"],
        database.moment(row["answered_at"]),
    )


def _excerpt(text: str, own: Own, *, official: bool = False) -> str:
    """The beginning of a masked text, on one line; masked before it is cut, so that no cut number escapes."""
    line = " ".join(published(text, own, official=official).split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rstrip() + "…"


_BAD_CURSOR = BadRequest(_("This page of the list does not exist. Please start from its beginning."))


def _write_cursor(moment: datetime, case_id: int) -> str:
    return f"{moment.isoformat()}_{case_id}"


def _read_cursor(text: str) -> tuple[datetime, int]:
    if not text:
        return _END
    match = _cursor.fullmatch(text)
    try:
        if match:
            return datetime.fromisoformat(match[1]), int(match[2])
    except ValueError:
        pass
    raise _BAD_CURSOR
