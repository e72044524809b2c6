"""Promises as pages show them: lists by what is due first, one with its steps and its history, and who can own one.

Every list walks one index and stops after a page. Whether a promise is overdue is decided by the day, when it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from forums import rules
from forums.errors import NoSuchPromise
from forums.permissions import Permission
from forums.queries import files
from forums.queries.files import FileView
from forums.queries.turns import Turn, turns
from forums.rights import promise_subject
from forums.states import SEEN, CommitmentState, ForumState
from server.core import database, privacy
from server.core.accounts import Role
from server.core.errors import BadRequest, _

PAGE = 20
CAP = 10_000
"""How far promises are counted."""
ON_A_FORUM = 50
"""Promises that a forum's own page shows, what is due first on top."""
TABS = ("open", "overdue", "done", "dropped")
_FIRST, _LAST = (date(1900, 1, 1), 0), (date(9000, 1, 1), 2**62)

_COLUMNS = (
    "c.id, c.number, c.title, c.text, c.status, c.open, c.district, c.department_id, c.due_on, c.budget, c.evidence, "
    "c.link, c.contested, c.created_at, c.done_on, f.slug, f.title AS f_title, f.kind AS f_kind, "
    "f.status AS f_status, s.id AS s_id, s.number AS s_number, s.title AS s_title, s.visibility, s.joined, "
    "a.name AS owner, a.username, a.role"
)
_JOINS = (
    "JOIN forum f ON f.id = c.forum_id LEFT JOIN account a ON a.id = c.owner_id LEFT JOIN "
    "(SELECT v.id, v.number, v.title, v.visibility, "
    "(SELECT COUNT(*) FROM submission j WHERE j.joined_to_id = v.id) AS joined FROM submission v) s "
    "ON s.id = c.submission_id"
)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a promise."""

    id: int
    text: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise as everybody may see it."""

    id: int
    number: str
    title: str
    text: str
    status: CommitmentState
    open: bool
    overdue: bool
    district: str
    department_id: int
    role: Role | None
    """Of the official who answers for it."""
    owner: str
    """Their name, for the desk."""
    username: str
    due_on: date
    budget: str
    evidence: str
    link: str
    contested: str
    created_at: datetime
    done_on: date | None
    forum: str
    forum_title: str
    forum_kind: str
    voice_id: int | None
    voice: str
    """The number of the submission behind it; empty for what was decided at the forum."""
    voice_title: str
    """Empty where the submission is not shown."""
    joined: int
    """How many submissions are joined to that one."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A day that was promised, since when, and why it was changed."""

    at: datetime
    due_on: date
    reason: str


@dataclass(frozen=True)
class Whole:
    """One promise with everything that its page shows."""

    promise: PromiseView
    steps: Sequence[StepView]
    turns: Sequence[Turn]
    files: Sequence[FileView]
    version: int

    @property
    def dates(self) -> list[Dated]:
        """Every day that was promised, in order: the last one holds, and none is taken off the page."""
        found: list[Dated] = []
        for turn in self.turns:
            due = turn.data.get("due_on")
            if due and (not found or due != str(found[-1].due_on)):
                found.append(Dated(turn.at, date.fromisoformat(due), turn.text))
        return found


@dataclass(frozen=True)
class Filters:
    """What narrows a list; an empty one does not."""

    tab: str = "open"
    department_id: int | None = None
    district: str = ""
    contested: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a list; ``older`` is where the next one begins."""

    rows: tuple[PromiseView, ...]
    older: str = ""


def _narrowed(filters: Filters, today: date) -> list[tuple[str, object]]:
    conditions: list[tuple[str, object]] = []
    if filters.contested:
        conditions.append(("status = ?", CommitmentState.CONTESTED.value))
    elif filters.tab in {"open", "overdue"}:
        conditions.append(("open = ?", True))
    else:
        conditions.append(("status = ?", filters.tab))
    if filters.tab == "overdue":
        conditions.append(("due_on < ?", today))
    if filters.department_id is not None:
        conditions.append(("department_id = ?", filters.department_id))
    if filters.district:
        conditions.append(("district = ?", filters.district))
    return conditions


async def total(filters: Filters, today: date) -> int:
    """How many a list holds on all its pages, up to ``CAP``."""
    conditions = _narrowed(filters, today)
    where = " AND ".join(sql for sql, _value in conditions)
    row = await database.fetch_one(
        f"SELECT COUNT(*) AS n FROM (SELECT 1 FROM commitment WHERE {where} LIMIT {CAP}) AS counted",
        *(value for _sql, value in conditions),
    )
    return int(row["n"]) if row else 0


async def listed(filters: Filters, today: date, after: str = "", limit: int = PAGE) -> Page:
    """A page of promises. One query. Raises ``BadRequest`` for a place in the list that no page of ours gave."""
    conditions = _narrowed(filters, today)
    rising = filters.tab in {"open", "overdue"}
    key, way, sign = (
        ("done_on" if filters.tab == "done" else "due_on"),
        "" if rising else " DESC",
        ">" if rising else "<",
    )
    start = _read_place(after) or (_FIRST if rising else _LAST)
    where = " AND ".join(sql for sql, _value in conditions)
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM (SELECT * FROM commitment WHERE {where} AND ({key}, id) {sign} (?, ?) "
        f"ORDER BY {key}{way}, id{way} LIMIT {limit + 1}) c {_JOINS} ORDER BY c.{key}{way}, c.id{way}",
        *(value for _sql, value in conditions),
        *start,
    )
    found = [_view(row, today) for row in rows]
    last = found[limit - 1] if len(found) > limit else None
    return Page(tuple(found[:limit]), f"{getattr(last, key)}_{last.id}" if last else "")


def _read_place(text: str) -> tuple[date, int] | None:
    if not text:
        return None
    day, _line, number = text.partition("_")
    try:
        if number.isdecimal() and len(number) <= 18:  # noqa: PLR2004 — digits of a 64-bit integer
            return date.fromisoformat(day), int(number)
    except ValueError:
        pass
    raise BadRequest(_("This page of the list does not exist. Please start from its beginning."))


async def promise(number: str, today: date) -> Whole:
    """One promise. At most six queries. Raises ``NoSuchPromise``."""
    subject = promise_subject(number)
    row = await database.fetch_one(
        f"SELECT {_COLUMNS}, h.length AS version FROM commitment c {_JOINS} JOIN ledger_head h ON h.subject = ? "
        "WHERE c.number = ?",
        subject,
        number,
    )
    if row is None or ForumState(row["f_status"]) not in SEEN:
        raise NoSuchPromise
    steps = await steps_of([row["id"]])
    return Whole(
        _view(row, today),
        steps.get(row["id"], []),
        await turns(subject),
        await files.of(subject),
        row["version"],
    )


async def steps_of(promise_ids: Sequence[int]) -> dict[int, list[StepView]]:
    """The steps of promises, in order, by the promise. One query."""
    found: dict[int, list[StepView]] = {}
    if promise_ids:
        for row in await database.fetch(
            "SELECT commitment_id, id, text, due_on, done_on FROM commitment_step "
            f"WHERE commitment_id IN ({database.marks(promise_ids)}) ORDER BY commitment_id, position, id",
            *promise_ids,
        ):
            found.setdefault(row["commitment_id"], []).append(_step(row))
    return found


async def standing(submission_id: int) -> str | None:
    """The number of the promise that stands because of a voice: the one that was not given up."""
    row = await database.fetch_one(
        "SELECT number FROM commitment WHERE submission_id = ? AND status <> ? LIMIT 1",
        submission_id,
        CommitmentState.DROPPED.value,
    )
    return row["number"] if row else None


async def of_voice(submission_id: int, today: date) -> Sequence[PromiseView]:
    """The promises because of a voice, the newest first."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM commitment c {_JOINS} WHERE c.submission_id = ? ORDER BY c.id DESC", submission_id
    )
    return [_view(row, today) for row in rows]


async def of_voices(submission_ids: Sequence[int], today: date) -> dict[int, PromiseView]:
    """The newest promise because of each voice, or of the one whose answer it shares. One query."""
    if not submission_ids:
        return {}
    rows = await database.fetch(
        f"SELECT {_COLUMNS}, j.id AS asked FROM submission j "
        f"JOIN commitment c ON c.submission_id = COALESCE(j.joined_to_id, j.id) {_JOINS} "
        f"WHERE j.id IN ({database.marks(submission_ids)}) ORDER BY c.id",
        *submission_ids,
    )
    return {row["asked"]: _view(row, today) for row in rows}


async def of_forum(forum_id: int, today: date) -> Sequence[PromiseView]:
    """What was decided at a forum itself, or promised because of it, the first ``ON_A_FORUM``. One query."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM (SELECT * FROM commitment WHERE forum_id = ? ORDER BY id LIMIT {ON_A_FORUM}) c "
        f"{_JOINS} ORDER BY c.id",
        forum_id,
    )
    return [_view(row, today) for row in rows]


ROLES = tuple(sorted(Permission.ANSWER_VOICES.roles))
"""Who can answer for a promise."""


async def owner_of(username: str, department_id: int) -> int | None:
    """The official of a department who signs in with a name, if they can own a promise."""
    row = await database.fetch_one(
        "SELECT id FROM account WHERE username = ? AND department_id = ? AND active = ? "
        f"AND role IN ({database.marks(ROLES)})",
        username, department_id, True, *ROLES,
    )  # fmt: skip
    return row["id"] if row else None


@dataclass(frozen=True, slots=True)
class Owner:
    """An official who can own promises."""

    username: str
    name: str
    department_id: int


async def owners(department_id: int | None) -> list[Owner]:
    """The officials of a department who can own promises; of every department where none is named."""
    where, values = (" AND department_id = ?", [department_id]) if department_id else ("", [])
    rows = await database.fetch(
        "SELECT username, name, department_id FROM account WHERE department_id IS NOT NULL AND active = ? "
        f"AND role IN ({database.marks(ROLES)}){where} ORDER BY department_id, name, id LIMIT 1000",
        True, *ROLES, *values,
    )  # fmt: skip
    return [Owner(row["username"], row["name"], row["department_id"]) for row in rows]


def _view(row: Any, today: date) -> PromiseView:
    mask, theirs, status = privacy.mask, _officials, CommitmentState(row["status"])
    due_on = database.day_or_none(row["due_on"]) or today
    return PromiseView(
        row["id"], row["number"], mask(row["title"]), theirs(row["text"]), status, bool(row["open"]),
        rules.promise_overdue(status, due_on, today), row["district"], row["department_id"],
        Role(row["role"]) if row["role"] else None, row["owner"] or "", row["username"] or "", due_on,
        theirs(row["budget"]), theirs(row["evidence"]), row["link"], mask(row["contested"]),
        database.moment(row["created_at"]), database.day_or_none(row["done_on"]), row["slug"], mask(row["f_title"]),
        row["f_kind"], row["s_id"], row["s_number"] or "",
        mask(row["s_title"]) if row["visibility"] == "shown" else "", row["joined"] or 0,
    )  # fmt: skip


def _officials(text: str) -> str:
    """What an official wrote: their own telephone stays, numbers that nobody may keep never do."""
    return privacy.mask(text, privacy.OF_OFFICIALS)


def _step(row: Any) -> StepView:
    due_on, done_on = database.day_or_none(row["due_on"]), database.day_or_none(row["done_on"])
    return StepView(row["id"], _officials(row["text"]), due_on, done_on)


async def main_of(submission_id: int) -> int:
    """The voice whose answer a joined one shares; itself where it is not joined."""
    row = await database.fetch_one("SELECT joined_to_id FROM submission WHERE id = ?", submission_id)
    return row["joined_to_id"] or submission_id if row else submission_id
