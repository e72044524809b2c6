"""The dates attached to a submission: the end of its study, and the due dates of its commitments and their steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from forums.queries import commitments
from forums.queries.commitments import CommitmentView, StepView
from forums.states import ADOPTED, CommitmentState
from server.core import database, privacy


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date. ``sort``: study, due, done, dropped, step, step_done."""

    uid: str
    """Stays the same when the date changes."""
    sort: str
    title: str
    path: str
    day: date


async def of_submission(number: str, today: date) -> list[Deadline]:
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
    made = await commitments.of_submission(row["main"], today)
    steps = await commitments.steps_of([each.id for each in made])
    return [day for each in made for day in _days(each, steps.get(each.id, ()))]


async def of_commitment(number: str, today: date) -> list[Deadline]:
    """The dates of a commitment. Raises ``NoSuchCommitment``."""
    whole = await commitments.commitment(number, today)
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
