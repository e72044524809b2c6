"""Submissions as the desk lists them: what waits to be assigned or answered, at a constant cost for any number of rows.

A list walks one index from a cursor (no ``OFFSET`` but in the look-ahead, no ``COUNT(*)``). Filters without an index
are tested row by row, at most ``WINDOW`` rows for one page, which then says where to continue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from forums.errors import NoSuchSubmission
from forums.labels import OUTCOMES, SUBMISSION_STATES
from forums.rights import SUBMISSION_SUBJECT, reads, reads_unshown
from forums.search import SUBMISSION
from forums.states import SubmissionState
from server.core import database, ledger, listing, search
from server.core.accounts import Official
from server.core.city import City
from server.core.errors import _
from server.core.listing import Condition, Order, Page, Walk
from server.core.rows import columns, read, read_all

PAGE = 50
WINDOW = 5_000
HITS = 1_000
"""How many search results, newest first, one page considers."""
CAP = 1_000
"""Counts stop here and are shown as "1,000+"."""
EVERY, STUDY_OVER = "all", "study_over"
STATUSES = {**SUBMISSION_STATES, STUDY_OVER: _("Study period over"), EVERY: _("All")}
OLDEST_FIRST = frozenset({SubmissionState.RECEIVED.value, SubmissionState.ASSIGNED.value, STUDY_OVER})
"""Waiting submissions are shown oldest first, all others newest first."""


@dataclass(frozen=True, slots=True)
class Filter(listing.Filters):
    """What narrows the list; a search without a status covers all of them."""

    q: str = listing.words(200)
    status: str = listing.choice(STATUSES, chip=False)
    forum: str = listing.words(200, "{}")
    department: str = listing.department("s.department_id = ?")
    outcome: str = listing.choice(OUTCOMES, "s.outcome = ?")
    district: str = listing.district("s.district = ?")


@dataclass(frozen=True, slots=True)
class Row:
    """A submission in the list as officials see it: nothing is masked."""

    id: int
    number: str
    title: str
    text: str
    """The beginning of the text."""
    author: str
    speaker: int | None
    """The speaker's turn at the forum."""
    stance: str
    channel: str
    district: str
    status: SubmissionState
    department_id: int | None
    outcome: str
    study_until: date | None
    supports: int
    comments: int
    received_at: datetime
    done_on: date | None
    forum: str
    forum_title: str
    version: int
    merged: int
    """How many are merged into it."""


_COLUMNS = columns(
    Row, "s", text="substr(s.text, 1, 300)", forum="f.slug", forum_title="f.title", version="h.length",
    merged="(SELECT COUNT(*) FROM submission j WHERE j.merged_into_id = s.id)",
)  # fmt: skip
_JOINS = f"JOIN forum f ON f.id = s.forum_id {ledger.with_version(SUBMISSION_SUBJECT)}"


async def listed(wanted: Filter, reference_data: City, today: date, *, after: str = "") -> Page[Row]:
    """A page of matching submissions from a cursor on. At most three queries, one more for a text search."""
    walk = await _walk(wanted, reference_data, today)
    if walk is None:
        return Page(())
    sql = f"SELECT {_COLUMNS} FROM ({{walk}}) s {_JOINS} ORDER BY {{order}}"
    page = await walk.page(sql, walk.order.read(after), PAGE)
    return page.of(read_all(Row, page.rows))


async def numbers(wanted: Filter, reference_data: City, today: date, limit: int) -> list[str]:
    """The numbers of matching submissions, as many as one page considers, at most ``limit``."""
    walk = await _walk(wanted, reference_data, today)
    if walk is None:
        return []
    found = walk.statement((), limit)
    return [row["number"] for row in await database.fetch(found.sql, *found.values)]


async def _walk(wanted: Filter, reference_data: City, today: date) -> Walk | None:
    """How a list is walked; None if nothing can match."""
    by = wanted.conditions(reference_data)
    if wanted.forum:
        forum = await database.fetch_one("SELECT id FROM forum WHERE slug = ?", wanted.forum)
        if forum is None:
            return None
        by["forum"] = Condition("s.forum_id = ?", (forum["id"],))
    if wanted.status in set(SubmissionState):
        by["status"] = Condition("s.status = ?", (wanted.status,))
    if wanted.status == STUDY_OVER:
        by["study"] = Condition(f"s.id IN ({_STUDIED})", (today,))
        by["answered"] = Condition("s.status = ?", (SubmissionState.ANSWERED.value,))
    driving, residual = listing.lead(by, _INDEXES)
    descending = wanted.status not in OLDEST_FIRST
    if wanted.q:
        exact = await database.fetch_one("SELECT id FROM submission WHERE number = ?", wanted.q.strip().upper())
        ids = [exact["id"]] if exact else await search.ENGINE.newest(SUBMISSION, wanted.q, limit=HITS)
        found = Condition(f"s.id IN ({database.marks(ids)})", tuple(ids))
        driving, residual, descending = [found, *by.values()], [], True
    shown = Condition("s.visibility = ?", ("shown",))
    return Walk("submission s", Order({"s.id": int}, descending), [shown, *driving], residual, WINDOW)


_STUDIED = f"SELECT id FROM submission WHERE study_until < ? ORDER BY study_until, id LIMIT {WINDOW}"
"""Submissions whose study has ended. There are few, so a subquery finds them first whatever the planner estimates."""
_INDEXES: Sequence[tuple[str, ...]] = (
    *(("study",), ("forum", "status"), ("forum",), ("department", "status")),
    *(("department",), ("status",), ("outcome",)),
)
"""Filters that an index answers in the order of ids; the first that applies drives the walk."""


async def counts(department_id: int | None, today: date) -> dict[str, int]:
    """How many wait as ``received``, ``assigned`` and ``study_over``, of one department or of all; up to ``CAP`` + 1.

    One statement.
    """
    own, mine = (" AND department_id = ?", (department_id,)) if department_id is not None else ("", ())
    shown = "submission WHERE visibility = 'shown' AND status = ?"
    lists = {
        "received": Condition(shown, (SubmissionState.RECEIVED.value,)),
        "assigned": Condition(shown + own, (SubmissionState.ASSIGNED.value, *mine)),
        STUDY_OVER: Condition(f"{shown}{own} AND id IN ({_STUDIED})", (SubmissionState.ANSWERED.value, *mine, today)),
    }
    return await listing.counts(lists, CAP)


async def said(wanted: Sequence[str]) -> list[Row]:
    """Submissions by number, in batches of a few hundred; missing ones are left out."""
    found: list[Row] = []
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = await database.fetch(f"SELECT {_COLUMNS} FROM submission s {_JOINS} WHERE s.number IN (?)", some)
        found += read_all(Row, rows)
    return found


@dataclass(frozen=True, slots=True)
class Detail:
    """One submission with everything the desk needs for a decision; nothing is masked."""

    row: Row
    text: str
    forum_id: int
    forum_kind: str
    visibility: str
    language: str
    participant_id: int | None
    outcome_text: str
    link: str
    moved_to: str
    merged_into: str
    petition: str
    others: Sequence[Row]
    """The first of those merged into it."""


_DETAIL = columns(
    Detail, "s", row="", text="", others="", forum_kind="f.kind", merged_into="COALESCE(m.number, '')"
)  # fmt: skip
MERGED_SHOWN = 50


async def one(number: str, official: Official) -> Detail:
    """A submission. Two queries. Raises ``NoSuchSubmission``, also if the official may not read it yet."""
    found = await database.fetch_one(
        f"SELECT {_COLUMNS}, s.text AS whole, {_DETAIL} FROM submission s {_JOINS} "
        "LEFT JOIN submission m ON m.id = s.merged_into_id WHERE s.number = ?",
        number,
    )
    if found is None or not reads(official, found["visibility"]):
        raise NoSuchSubmission
    readable = "" if reads_unshown(official) else " AND s.visibility <> 'pending'"
    others = await database.fetch(
        f"SELECT {_COLUMNS} FROM submission s {_JOINS} WHERE s.merged_into_id = ?{readable} "
        f"ORDER BY s.id LIMIT {MERGED_SHOWN}",
        found["id"],
    )
    return read(Detail, {**found, "row": read(Row, found), "text": found["whole"], "others": read_all(Row, others)})
