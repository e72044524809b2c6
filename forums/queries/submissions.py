"""Submissions as the public reads them: one with its outcome, the list of a forum, and a participant's own.

Texts are masked, except for their author. Hidden ones come with their placeholder; pending ones are visible to their
author and to moderators. Every read considers a bounded number of rows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from forums.errors import NoSuchSubmission
from forums.labels import OUTCOMES, STANCES
from forums.permissions import Permission
from forums.queries import moderation
from forums.queries.moderation import Hidden
from forums.rights import reads, submission_subject
from forums.states import ForumState, SubmissionState
from server.core import database, ledger, listing, privacy, references
from server.core.accounts import Official
from server.core.city import City
from server.core.errors import _
from server.core.listing import Condition, Order, Page, Walk
from server.core.participants.people import Person
from server.core.rows import Masked, OfOfficials, columns, read

PAGE = 20
WINDOW = 2_000
"""How many submissions one page of a narrowed list considers."""
LATEST = 100
"""How many submissions the front page considers."""
SORTS = {"newest": _("Newest first"), "supported": _("Most supported first")}


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission as a reader may see it. ``title`` and ``text`` are empty if it is hidden or withdrawn."""

    id: int
    number: str
    forum_id: int
    forum: str
    """The forum's slug."""
    forum_title: Masked
    forum_kind: str
    forum_status: ForumState
    author: Masked
    speaker: int | None
    """The speaker's turn at a session."""
    channel: str
    stance: str
    title: str
    text: str
    language: str
    district: str
    status: SubmissionState
    visibility: str
    department_id: int | None
    outcome: str
    outcome_at: datetime | None
    outcome_text: OfOfficials
    link: str
    study_until: date | None
    moved_to: str
    done_on: date | None
    merged_into: str
    """The number of the submission it is merged into."""
    merged_into_id: int | None
    petition: str
    supports: int
    comments: int
    received_at: datetime
    mine: bool
    supported: bool
    """By the reader."""
    hidden: Hidden | None
    version: int = 0
    """The length of its chain; only set when a single submission is read."""

    @property
    def subject(self) -> str:
        """Its name in the ledger."""
        return submission_subject(self.number)

    @property
    def withdrawn(self) -> bool:
        """Whether its author withdrew it."""
        return self.status is SubmissionState.WITHDRAWN


COLUMNS = columns(
    SubmissionView, "s", forum="f.slug", forum_title="f.title", forum_kind="f.kind", forum_status="f.status",
    merged_into="COALESCE(m.number, '')", mine="", supported="", hidden="",
) + ", s.participant_id"  # fmt: skip
JOINS = "JOIN forum f ON f.id = s.forum_id LEFT JOIN submission m ON m.id = s.merged_into_id"
FROM = f"FROM submission s {JOINS}"
_LIST = f"SELECT {COLUMNS} FROM ({{walk}}) s {JOINS} ORDER BY {{order}}"
_NEWEST = Order({"s.id": int}, descending=True)
_SUPPORTED = Order({"s.supports": int, "s.id": int}, descending=True)
_STANDS = Condition("s.status <> ?", (SubmissionState.WITHDRAWN.value,))


@dataclass(frozen=True, slots=True)
class Filters(listing.Filters):
    """What narrows the list of a forum's submissions; empty fields do not."""

    sort: str = listing.tab(SORTS, "newest")
    stance: str = listing.choice(STANCES, "s.stance = ?")
    outcome: str = listing.choice(OUTCOMES, "s.outcome = ?")


def read_number(typed: str) -> str:
    """Normalises a typed submission number; returns it unchanged if it cannot be one."""
    found = references.read_reference(typed[1:]) if typed[:1] in {"v", "V"} else None
    return f"V-{found}" if found else typed


async def submission(number: str, person: Person | None = None, official: Official | None = None) -> SubmissionView:
    """One submission with its version. Raises ``NoSuchSubmission``. At most three queries."""
    row = await database.fetch_one(
        f"SELECT {COLUMNS}, h.length AS version {FROM} {ledger.with_version('?')}WHERE s.number = ?",
        submission_subject(number),
        number,
    )
    if row is None or not (reads(official, row["visibility"]) or _is_mine(row, person)):
        raise NoSuchSubmission
    return (await views([row], person, open_to=official))[0]


async def of_forum(
    forum_id: int, wanted: Filters, reference_data: City, before: str = "", person: Person | None = None
) -> Page[SubmissionView]:
    """A page of a forum's submissions. Raises ``BadRequest`` for an invalid cursor."""
    chosen, own = [*wanted.conditions(reference_data).values()], Condition("s.forum_id = ?", (forum_id,))
    shown, window = Condition("s.visibility = ?", ("shown",)), WINDOW if chosen else 0
    if wanted.sort == "supported":
        walk = Walk("submission s", _SUPPORTED, [own], [shown, _STANDS, *chosen], window)
        return await _page(walk, before, person)
    walk = Walk("submission s", _NEWEST, [own, shown], [_STANDS, *chosen], window)
    if chosen:
        return await _page(walk, before, person)
    # Separate walks, so that both planners use the index; hidden submissions keep their place.
    hidden = replace(walk, driving=[own, Condition("s.visibility = ?", ("hidden",))])
    start = _NEWEST.read(before)
    both = listing.union([each.statement(start, PAGE + 1) for each in (walk, hidden)])
    sql = f"SELECT {COLUMNS} FROM ({both.sql}) s {JOINS} ORDER BY s.id DESC LIMIT {PAGE + 1}"
    page = _NEWEST.page(await database.fetch(sql, *both.values), PAGE)
    return page.of(await views(page.rows, person))


async def latest(limit: int) -> list[SubmissionView]:
    """The newest submissions of all forums that everybody can read, among the last ``LATEST``. One query."""
    walk = Walk("submission s", _NEWEST, [], [Condition("s.visibility = ?", ("shown",)), _STANDS], LATEST)
    newest = walk.statement((), limit)
    sql = _LIST.replace("{walk}", newest.sql).replace("{order}", _NEWEST.sql())
    return await views(await database.fetch(sql, *newest.values))


async def of_person(person: Person, before: str = "") -> Page[SubmissionView]:
    """A page of somebody's own submissions in any state, newest first."""
    own = Condition("s.participant_id = ?", (person.id,))
    return await _page(Walk("submission s", _NEWEST, [own]), before, person)


async def _page(walk: Walk, before: str, person: Person | None) -> Page[SubmissionView]:
    page = await walk.page(_LIST, walk.order.read(before), PAGE)
    return page.of(await views(page.rows, person))


async def views(
    rows: Sequence[Any], person: Person | None = None, *, open_to: Official | None = None
) -> list[SubmissionView]:
    """Converts rows of this module's columns into what the reader may see. One query for hiding, one for supports."""
    hidden = await moderation.reasons(
        [submission_subject(row["number"]) for row in rows if row["visibility"] == "hidden"]
    )
    supported = await supported_by(person, [submission_subject(row["number"]) for row in rows])
    return [_view(row, person, hidden, supported, open_to) for row in rows]


async def supported_by(person: Person | None, subjects: Sequence[str]) -> frozenset[str]:
    """Which of the subjects the person supports."""
    if person is None or not subjects:
        return frozenset()
    found = await database.column(
        "SELECT subject FROM support WHERE participant_id = ? AND subject IN (?)", person.id, subjects
    )
    return frozenset(found)


def _is_mine(row: Any, person: Person | None) -> bool:
    return person is not None and row["participant_id"] == person.id


def _view(
    row: Any,
    person: Person | None,
    hidden: dict[str, Hidden],
    supported: Collection[str],
    official: Official | None,
) -> SubmissionView:
    subject, mine = submission_subject(row["number"]), _is_mine(row, person)
    gone = row["status"] == SubmissionState.WITHDRAWN.value
    shown = mine or (row["visibility"] != "hidden" and not gone)
    if official is not None and official.may(Permission.MODERATE):
        shown = not gone or mine
    publish = (lambda text: text) if mine else privacy.mask
    return read(
        SubmissionView,
        {
            **row,
            "author": row["author"] if shown else "",
            "speaker": row["speaker"] if shown else None,
            "title": publish(row["title"]) if shown else "",
            "text": publish(row["text"]) if shown else "",
            "mine": mine,
            "supported": subject in supported,
            "hidden": hidden.get(subject),
        },
    )
