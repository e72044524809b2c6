"""Answering: a department's answer to a submission, which also applies to everything merged into it.

Adopting a submission makes a commitment in the same step. A submission can be answered again; earlier answers stay
public.
"""

from forums.actions.change import Change, changing_submission, name_of
from forums.actions.committing import make
from forums.actions.many import alone_with, merged_into
from forums.actions.merging import ANSWER, Shared
from forums.errors import CommitmentExists, NoCommitmentPossible
from forums.events import SubmissionAnswered, SubmissionAssigned, SubmissionDone
from forums.forms.answering import GiveAnswer
from forums.forms.committing import MakeCommitment
from forums.models import Submission
from forums.queries.commitments import standing
from forums.states import ADOPTED, SubmissionAction
from server.core import clock, database
from server.core.accounts import Official, keep_open
from server.core.errors import FieldError, Invalid, _

WHICH = _("Please choose the department that answers.")


async def answer(actor: Official, number: str, command: GiveAnswer) -> None:
    """Answer a submission.

    Raises ``NotYours``, ``ChangedMeanwhile``, ``NotPossibleNow``; ``CommitmentExists`` where the outcome contradicts an
    existing commitment; ``Invalid`` where a new commitment or the department is missing.
    """
    async with database.transaction():
        await alone_with(number)
        async with changing_submission(number, SubmissionAction.ANSWER, actor, seen=command.seen) as change:
            await _to_a_department(change, actor, command)
            commitment = await standing(change.row.id)
            if commitment and command.outcome not in ADOPTED:
                raise CommitmentExists
            if commitment is None and command.outcome in ADOPTED and command.commitment is None:
                raise GiveAnswer.missing("commitment")
            await give(
                change,
                command.outcome,
                command.text,
                link=command.link,
                study_until=command.study_until,
                moved_to=command.moved_to,
            )
            if command.commitment is not None and commitment is None:
                await make(actor, change.row.forum_id, command.commitment, _department(change), change.row)


async def commit(actor: Official, number: str, command: MakeCommitment, seen: int | None = None) -> str:
    """Make a commitment for an adopted submission that has none. Returns the commitment's number.

    Raises ``NotYours``, ``NoCommitmentPossible`` and ``Invalid``.
    """
    async with changing_submission(number, SubmissionAction.COMMIT, actor, seen=seen) as change:
        if change.row.outcome not in ADOPTED or await standing(change.row.id):
            raise NoCommitmentPossible
        return await make(actor, change.row.forum_id, command, _department(change), change.row)


async def give(change: Change[Submission], outcome: str, text: str, **more: object) -> None:
    """Write an answer to the submission and to all merged into it; only under ``alone``."""
    row, previous = change.row, change.row.outcome
    done_before = row.done_on
    values = {
        "outcome": outcome, "outcome_at": clock.now(), "outcome_text": text, "link": "", "study_until": None,
        "moved_to": "", "done_on": row.done_on if outcome in ADOPTED else None, **more,
    }  # fmt: skip
    said = await change.say(text) if text else None
    change.set(study_told=False, **values)
    change.record(SubmissionAnswered(outcome, previous, text=said))
    if done_before and not values["done_on"]:
        change.record(SubmissionDone(""))
    group = await merged_into([row.id])
    shared = Shared(row.number, {name: values[name] for name in ANSWER}, said)
    await group.write(change.actor, group.submissions, shared.values, shared.events_for)


def _department(change: Change[Submission]) -> int:
    if change.row.department_id is None:
        raise Invalid([FieldError("department", WHICH)])
    return change.row.department_id


async def _to_a_department(change: Change[Submission], actor: Official, command: GiveAnswer) -> None:
    """Assign an unassigned submission to the department in the command, or to the official's own."""
    if change.row.department_id is not None:
        return
    chosen = command.department_id or actor.department_id
    if chosen is None or not await keep_open(chosen):
        raise Invalid([FieldError("department", WHICH)])
    change.set(department_id=chosen)
    change.record(SubmissionAssigned(chosen, None))
    group = await merged_into([change.row.id])
    values = {"department_id": chosen}
    await group.write(
        name_of(actor),
        group.submissions,
        values,
        lambda submission: [SubmissionAssigned(chosen, submission.department_id)],
    )
