"""Commitments as pages show them: lists by due date, one commitment with its steps and history, and possible owners.

Every list walks one index and stops after a page. Whether a commitment is overdue is decided when it is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from forums import rules
from forums.errors import NoSuchCommitment, NoSuchSubmission
from forums.permissions import Permission
from forums.queries import files
from forums.queries.files import FileView
from forums.queries.history import HistoryEntry, events_of
from forums.rights import commitment_subject
from forums.states import SEEN, CommitmentState, ForumState
from server.core import accounts, database, ledger, listing, roles
from server.core.accounts import Role
from server.core.city import City
from server.core.days import today
from server.core.errors import Text, _
from server.core.listing import Condition, Order, Page, Walk
from server.core.roles import Staff
from server.core.rows import Masked, OfOfficials, columns, read, read_all, select

PAGE = 20
CAP = 10_000
"""Counts of commitments stop here."""
ON_A_FORUM = 50
"""Commitments shown on a forum's own page, earliest due date first."""
CONTESTED = "contested"
TABS: Mapping[str, Text] = {
    "open": _("To be carried out"),
    "overdue": _("Overdue"),
    "done": _("Carried out"),
    "dropped": _("Discontinued"),
}
DESK_TABS: Mapping[str, Text] = {
    "open": TABS["open"], "overdue": TABS["overdue"], CONTESTED: _("Disputed"), "done": TABS["done"],
    "dropped": TABS["dropped"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a commitment."""

    id: int
    text: OfOfficials
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """A commitment as the public may see it."""

    id: int
    number: str
    title: Masked
    text: OfOfficials
    status: CommitmentState
    open: bool
    district: str
    department_id: int
    role: Role | None
    """The owner's role."""
    owner: str
    """The owner's name, for the desk."""
    username: str
    due_on: date
    budget: OfOfficials
    evidence: OfOfficials
    link: str
    contested: Masked
    created_at: datetime
    done_on: date | None
    forum: str
    forum_title: Masked
    forum_kind: str
    submission_id: int | None
    submission: str
    """The number of the submission behind it; empty for a decision made at the forum."""
    submission_title: Masked
    """Empty if the submission is not shown."""
    merged: int
    """How many submissions are merged into that one."""

    @property
    def overdue(self) -> bool:
        """Whether its due date has passed and it is not carried out."""
        return rules.commitment_overdue(self.status, self.due_on, today())


_JOINS = (
    f"JOIN forum f ON f.id = c.forum_id {accounts.with_official('c.owner_id', 'a')}LEFT JOIN "
    "(SELECT v.id, v.number, v.title, v.visibility, "
    "(SELECT COUNT(*) FROM submission j WHERE j.merged_into_id = v.id) AS merged FROM submission v) s "
    "ON s.id = c.submission_id"
)
_COLUMNS = (
    columns(
        CommitmentView,
        "c",
        role="a.role",
        owner="COALESCE(a.name, '')",
        username="COALESCE(a.username, '')",
        forum="f.slug",
        forum_title="f.title",
        forum_kind="f.kind",
        submission_id="s.id",
        submission="COALESCE(s.number, '')",
        submission_title="CASE WHEN s.visibility = 'shown' THEN s.title ELSE '' END",
        merged="COALESCE(s.merged, 0)",
    )
    + ", f.status AS forum_status"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A due date, since when it applies, and why it was changed."""

    at: datetime
    due_on: date
    reason: str


@dataclass(frozen=True)
class Whole:
    """One commitment with everything its page shows."""

    commitment: CommitmentView
    steps: Sequence[StepView]
    events: Sequence[HistoryEntry]
    files: Sequence[FileView]
    version: int

    @property
    def dates(self) -> list[Dated]:
        """Every due date so far, oldest first; the last one applies."""
        found: list[Dated] = []
        for event in self.events:
            due = event.data.get("due_on")
            if due and (not found or due != str(found[-1].due_on)):
                found.append(Dated(event.occurred_at, date.fromisoformat(due), event.text))
        return found


_LATE = "`open` by default; `overdue` are the open ones past their due date."


@dataclass(frozen=True, slots=True)
class Filters(listing.Filters):
    """What narrows a list; empty fields do not."""

    tab: str = listing.tab(TABS, "open", json="status", about=_LATE)
    department: str = listing.department("c.department_id = ?")
    district: str = listing.district("c.district = ?")


@dataclass(frozen=True, slots=True)
class DeskFilters(listing.Filters):
    """The filters at the desk, which have no district."""

    tab: str = listing.tab(DESK_TABS, "open")
    department: str = listing.department("c.department_id = ?")


def _walk(wanted: Filters | DeskFilters, reference_data: City) -> Walk:
    rising = wanted.tab in {"open", "overdue", CONTESTED}
    key = "done_on" if wanted.tab == "done" else "due_on"
    stands = ("c.open = ?", True) if wanted.tab in {"open", "overdue"} else ("c.status = ?", wanted.tab)
    driving = [Condition(stands[0], stands[1:])]
    if wanted.tab == "overdue":
        driving.append(Condition("c.due_on < ?", (today(),)))
    driving += wanted.conditions(reference_data).values()
    return Walk("commitment c", Order({f"c.{key}": date, "c.id": int}, descending=not rising), driving)


async def total(wanted: Filters, reference_data: City) -> int:
    """The size of a list over all pages, up to ``CAP``."""
    walk = _walk(wanted, reference_data)
    found = listing.where(*walk.driving)
    counted = await listing.counts({"total": Condition(walk.source + found.sql, found.values)}, CAP)
    return min(counted["total"], CAP)


async def listed(
    wanted: Filters | DeskFilters, reference_data: City, after: str = "", limit: int = PAGE
) -> Page[CommitmentView]:
    """A page of commitments. One query. Raises ``BadRequest`` for an invalid cursor."""
    walk = _walk(wanted, reference_data)
    sql = f"SELECT {_COLUMNS} FROM ({{walk}}) c {_JOINS} ORDER BY {{order}}"
    page = await walk.page(sql, walk.order.read(after), limit)
    return page.of(read_all(CommitmentView, page.rows))


async def commitment(number: str) -> Whole:
    """One commitment. At most six queries. Raises ``NoSuchCommitment``."""
    subject = commitment_subject(number)
    row = await database.fetch_one(
        f"SELECT {_COLUMNS}, h.length AS version FROM commitment c {_JOINS} {ledger.with_version('?')}"
        "WHERE c.number = ?",
        subject,
        number,
    )
    if row is None or ForumState(row["forum_status"]) not in SEEN:
        raise NoSuchCommitment
    steps = await steps_of([row["id"]])
    return Whole(
        read(CommitmentView, row),
        steps.get(row["id"], []),
        await events_of(subject),
        await files.of(subject),
        row["version"],
    )


async def steps_of(commitment_ids: Sequence[int]) -> dict[int, list[StepView]]:
    """The steps of the commitments in order, by commitment. One query."""
    found: dict[int, list[StepView]] = {}
    if commitment_ids:
        for row in await database.fetch(
            "SELECT commitment_id, id, text, due_on, done_on FROM commitment_step "
            "WHERE commitment_id IN (?) ORDER BY commitment_id, position, id",
            commitment_ids,
        ):
            found.setdefault(row["commitment_id"], []).append(read(StepView, row))
    return found


async def standing(submission_id: int) -> str | None:
    """The number of a submission's commitment that was not discontinued."""
    number: str | None = await database.value(
        "SELECT number FROM commitment WHERE submission_id = ? AND status <> ? LIMIT 1",
        submission_id,
        CommitmentState.DROPPED.value,
    )
    return number


async def has_commitment(number: str) -> bool:
    """Whether a submission has a commitment that was not discontinued. Raises ``NoSuchSubmission``."""
    found = await database.value("SELECT id FROM submission WHERE number = ?", number)
    if found is None:
        raise NoSuchSubmission
    return await standing(found) is not None


async def of_submission(submission_id: int) -> Sequence[CommitmentView]:
    """A submission's commitments, newest first."""
    return await select(
        CommitmentView,
        f"SELECT {_COLUMNS} FROM commitment c {_JOINS} WHERE c.submission_id = ? ORDER BY c.id DESC",
        submission_id,
    )


async def of_submissions(submission_ids: Sequence[int]) -> dict[int, CommitmentView]:
    """The newest commitment for each submission, or for the one it is merged into. One query."""
    if not submission_ids:
        return {}
    rows = await database.fetch(
        f"SELECT {_COLUMNS}, j.id AS asked FROM submission j "
        f"JOIN commitment c ON c.submission_id = COALESCE(j.merged_into_id, j.id) {_JOINS} "
        "WHERE j.id IN (?) ORDER BY c.id",
        submission_ids,
    )
    return {row["asked"]: read(CommitmentView, row) for row in rows}


async def of_forum(forum_id: int) -> Sequence[CommitmentView]:
    """A forum's decisions and the commitments made because of it, the first ``ON_A_FORUM``. One query."""
    return await select(
        CommitmentView,
        f"SELECT {_COLUMNS} FROM (SELECT * FROM commitment WHERE forum_id = ? ORDER BY id LIMIT {ON_A_FORUM}) c "
        f"{_JOINS} ORDER BY c.id",
        forum_id,
    )


async def owner_of(username: str, department_id: int) -> int | None:
    """The department's official with this username, if they can own a commitment."""
    found = await roles.staff(Permission.ANSWER_SUBMISSIONS.roles, department_id=department_id, username=username)
    return found[0].id if found else None


async def owners(department_id: int | None) -> list[Staff]:
    """The officials of a department who can own commitments; of every department if it is None."""
    found = await roles.staff(Permission.ANSWER_SUBMISSIONS.roles, department_id=department_id or None)
    return [one for one in found if one.department_id]
