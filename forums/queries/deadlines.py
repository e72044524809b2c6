"""The days named for a voice: until when it is looked into, by when what was promised and its steps are done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from forums.queries import promises
from forums.queries.promises import PromiseView, StepView
from forums.states import ADOPTED, CommitmentState
from server.core import database, privacy


@dataclass(frozen=True, slots=True)
class Deadline:
    """One day. ``sort``: study, due, done, dropped, step, step_done."""

    uid: str
    """The same for as long as it is the same thing, also on another day."""
    sort: str
    title: str
    path: str
    day: date


async def of_voice(number: str, today: date) -> list[Deadline]:
    """A voice's days, and those of every promise because of it, or of the one whose answer it shares. Three queries."""
    row = await database.fetch_one(
        "SELECT title, outcome, study_until, COALESCE(joined_to_id, id) AS main FROM submission WHERE number = ?",
        number,
    )
    if row is None:
        return []
    if study := database.day_or_none(row["study_until"]):
        return [Deadline(number, "study", privacy.mask(row["title"]), f"/submissions/{number}", study)]
    if row["outcome"] not in ADOPTED:
        return []
    made = await promises.of_voice(row["main"], today)
    steps = await promises.steps_of([each.id for each in made])
    return [day for each in made for day in _days(each, steps.get(each.id, ()))]


async def of_promise(number: str, today: date) -> list[Deadline]:
    """A promise's days. Raises ``NoSuchPromise``."""
    whole = await promises.promise(number, today)
    return _days(whole.promise, whole.steps)


def _days(promise: PromiseView, steps: Sequence[StepView]) -> list[Deadline]:
    path, status = f"/commitments/{promise.number}", promise.status
    sort = status.value if status in {CommitmentState.DONE, CommitmentState.DROPPED} else "due"
    day = promise.done_on if sort == "done" and promise.done_on else promise.due_on
    found = [Deadline(promise.number, sort, promise.title, path, day)]
    if sort != "dropped":
        found += [
            Deadline(f"{promise.number}-{step.id}", "step_done" if step.done_on else "step", step.text, path, at)
            for step in steps
            if (at := step.done_on or step.due_on)
        ]
    return found
