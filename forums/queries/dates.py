"""What calendars show: forums and their sessions, the end of a study, the due dates of commitments and steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from forums.queries import commitments
from forums.queries.commitments import CommitmentView, StepView
from forums.queries.forums import public_text
from forums.queries.lists import HITS, NOTICE
from forums.search import FORUM
from forums.states import ADOPTED, SEEN, CommitmentState, ForumState
from server.core import config, database, privacy, search
from server.core.booking.reading import with_slot
from server.core.icalendar import Entry

MOST_DATES = 500
"""The most in one calendar."""


async def dates(where: Mapping[str, object], since: datetime, q: str = "") -> list[Entry]:
    """The sessions of public forums, or the forums without any, from a moment on, soonest first.

    ``where`` narrows them by slug, kind, department_id and district.

    ``q`` is full-text. Left out are notices, which have no date to attend, and forums cancelled while planned,
    including citizens' proposals.
    """
    names = {"slug": "f.slug", "kind": "f.kind", "department_id": "f.department_id", "district": "f.district"}
    narrowed, values = "".join(f" AND {names[name]} = ?" for name in where), list(where.values())
    if q:
        ids = await search.ENGINE.newest(FORUM, q, limit=HITS)
        if not ids:
            return []
        narrowed += f" AND f.id IN ({database.marks(ids)})"
        values += ids
    seen = ", ".join(f"'{state.value}'" for state in (SEEN - {ForumState.PROPOSED, ForumState.DECLINED}))
    announced = "f.published_at IS NOT NULL AND (f.status <> 'cancelled' OR f.starts_at IS NOT NULL)"
    public = f"f.kind <> '{NOTICE}' AND f.status IN ({seen}) AND {announced}{narrowed}"
    shared = "f.slug, f.title, f.place AS f_place, f.status, f.proposer_id, f.from_petition, "
    rows = await database.fetch(
        f"SELECT * FROM (SELECT {shared}s.title AS part, s.id AS session_id, s.starts_at, s.ends_at, s.place, "
        f"b.cancelled FROM forum_session s {with_slot('s.slot_id', 'b')}JOIN forum f ON f.id = s.forum_id "
        f"WHERE s.starts_at >= ? AND s.kind IN ('sitting', 'visit') AND {public} "
        f"ORDER BY s.starts_at LIMIT {MOST_DATES}) AS sessions UNION ALL SELECT * FROM ("
        f"SELECT {shared}'' AS part, 0 AS session_id, f.starts_at, f.ends_at, f.place, "
        "f.status = 'cancelled' AS cancelled FROM forum f "
        f"WHERE f.starts_at >= ? AND {public} AND NOT EXISTS (SELECT 1 FROM forum_session s "
        "WHERE s.forum_id = f.id AND s.kind IN ('sitting', 'visit')) "
        f"ORDER BY f.starts_at LIMIT {MOST_DATES}) AS forums ORDER BY starts_at LIMIT {MOST_DATES}",
        since,
        *values,
        since,
        *values,
    )
    return [_entry(row) for row in rows]


def _entry(row: Any) -> Entry:
    title, place = (
        public_text(text, row)
        for text in (": ".join(filter(None, (row["title"], row["part"]))), row["place"] or row["f_place"])
    )
    cancelled = bool(row["cancelled"]) or row["status"] == ForumState.CANCELLED
    return Entry(
        f"{row['slug']}-{row['session_id']}" if row["session_id"] else row["slug"],
        title,
        f"{config.settings().public_url}/forums/{row['slug']}",
        database.moment(row["starts_at"]),
        database.moment_or_none(row["ends_at"]),
        place,
        cancelled=cancelled,
        busy=not cancelled,
    )


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date. ``sort``: study, due, done, dropped, step, step_done."""

    uid: str
    """Stays the same when the date changes."""
    sort: str
    title: str
    path: str
    day: date


async def of_submission(number: str) -> list[Deadline]:
    """The dates of a submission and of all its commitments, or those of the one it is merged into. Three queries."""
    row = await database.fetch_one(
        "SELECT title, outcome, study_until, COALESCE(merged_into_id, id) AS main FROM submission WHERE number = ?",
        number,
    )
    if row is None:
        return []
    if study := database.day_or_none(row["study_until"]):
        return [Deadline(number, "study", privacy.mask(row["title"]), f"/submissions/{number}", study)]
    if row["outcome"] not in ADOPTED:
        return []
    made = await commitments.of_submission(row["main"])
    steps = await commitments.steps_of([each.id for each in made])
    return [day for each in made for day in _days(each, steps.get(each.id, ()))]


async def of_commitment(number: str) -> list[Deadline]:
    """The dates of a commitment. Raises ``NoSuchCommitment``."""
    whole = await commitments.commitment(number)
    return _days(whole.commitment, whole.steps)


def _days(commitment: CommitmentView, steps: Sequence[StepView]) -> list[Deadline]:
    path, status = f"/commitments/{commitment.number}", commitment.status
    sort = status.value if status in {CommitmentState.DONE, CommitmentState.DROPPED} else "due"
    day = commitment.done_on if sort == "done" and commitment.done_on else commitment.due_on
    found = [Deadline(commitment.number, sort, commitment.title, path, day)]
    if sort != "dropped":
        found += [
            Deadline(f"{commitment.number}-{step.id}", "step_done" if step.done_on else "step", step.text, path, at)
            for step in steps
            if (at := step.done_on or step.due_on)
        ]
    return found
