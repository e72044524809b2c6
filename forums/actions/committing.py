"""Commitments: what the city will do because of a submission or a decision at a forum, from the start to the evidence.

Finishing needs evidence. It marks the submission and all merged into it as carried out; when an author contests that,
the mark is removed and the department is responsible for the commitment again.
"""

from collections.abc import Sequence
from datetime import date

from forums.actions.change import Actor, Change, changing_commitment, name_of
from forums.actions.many import Group, LockedSubmission, alone, merged_into, read
from forums.actions.planning import keep_files
from forums.errors import NotTheAuthor, NotYours
from forums.events import (
    CommitmentContested,
    CommitmentDone,
    CommitmentDropped,
    CommitmentEdited,
    CommitmentMade,
    StepDone,
    SubmissionDone,
)
from forums.forms.assigning import TextOnly
from forums.forms.committing import DoStep, EditCommitment, Finish, MakeCommitment, StepLine, wrong_day_done
from forums.kinds import DECIDING
from forums.models import Commitment, Forum, Step, Submission
from forums.numbering import new_commitment_number
from forums.permissions import Permission
from forums.queries.commitments import owner_of
from forums.rights import answers_for, commitment_subject, submission_subject
from forums.search import COMMITMENT
from forums.states import CommitmentAction, CommitmentState, ForumState
from server.core import clock, database, ledger, search
from server.core.accounts import Official, keep_open
from server.core.days import day_of, today
from server.core.errors import FieldError, Forbidden, Invalid, NotPossibleNow, _
from server.core.files import StoredFile
from server.core.ledger import DomainEvent
from server.core.participants.people import Person

NOT_THEIRS = _("Please choose an official of the department.")
CLOSED = _("This department has been closed. Please choose another one.")


async def decide(actor: Official, slug: str, command: MakeCommitment, department_id: int) -> str:
    """Make a commitment decided at the forum itself, as at field offices. Returns its number. Raises ``NotYours``."""
    if not actor.may(Permission.ANSWER_SUBMISSIONS):
        raise Forbidden
    if not answers_for(actor, department_id):
        raise NotYours
    async with database.transaction():
        if not await keep_open(department_id):
            raise Invalid([FieldError("department", CLOSED)])
        forum = await Forum.get(slug=slug)
        if forum.kind not in DECIDING or forum.status not in {
            ForumState.PUBLISHED,
            ForumState.RUNNING,
            ForumState.CLOSED,
        }:
            raise NotPossibleNow("commit", forum.status)
        return await make(actor, forum.id, command, department_id, None)


async def make(
    actor: Actor, forum_id: int, command: MakeCommitment, department_id: int, submission: Submission | None
) -> str:
    """Write a commitment, inside a transaction; its number. Raises ``Invalid`` for an owner of another department."""
    owner = await _owner(command, department_id, "commitment." if submission else "")
    forum = await Forum.get(id=forum_id)
    number = new_commitment_number()
    chain = await ledger.begin(commitment_subject(number))
    row = await Commitment.create(
        number=number,
        forum_id=forum_id,
        submission_id=submission.id if submission else None,
        title=command.title,
        text=command.text,
        status=CommitmentState.PLANNED,
        district=(submission.district if submission else "") or forum.district,
        department_id=department_id,
        owner_id=owner,
        due_on=command.due_on,
        budget=command.budget,
        created_at=clock.now(),
    )
    await _write_steps(row.id, command.steps)
    await search.refresh(COMMITMENT, row.id)
    number_of_submission = submission.number if submission else ""
    await chain.append(
        name_of(actor), CommitmentMade(forum.slug, number_of_submission, department_id, str(command.due_on))
    )
    return number


async def edit(actor: Official, number: str, command: EditCommitment) -> None:
    """Change a commitment. A new due date needs a public reason; earlier due dates stay public."""
    async with changing_commitment(number, CommitmentAction.EDIT, actor, seen=command.seen) as change:
        row = change.row
        values: dict[str, object] = {
            "title": command.title, "text": command.text, "due_on": command.due_on, "budget": command.budget,
            "owner_id": await _owner(command, row.department_id, ""),
        }  # fmt: skip
        fields = [name for name, value in values.items() if getattr(row, name) != value]
        said = await change.say(command.reason) if command.reason and "due_on" in fields else None
        change.set(**values)
        if "due_on" in fields:
            change.set(reminded=0)  # another reminder once the new due date has passed
        if await _write_steps(row.id, command.steps):
            fields.append("steps")
        if fields:
            change.record(CommitmentEdited(tuple(fields), str(command.due_on), said))


async def do_step(actor: Official, number: str, command: DoStep) -> None:
    """Mark a step as done. Raises ``NotPossibleNow`` where it does not exist or is done already."""
    async with changing_commitment(number, CommitmentAction.STEP, actor, seen=command.seen) as change:
        row = change.row
        if not await Step.filter(id=command.step, commitment_id=row.id, done_on__isnull=True).update(done_on=today()):
            raise NotPossibleNow(CommitmentAction.STEP, row.status)
        change.record(StepDone(command.step))


async def finish(actor: Official, number: str, command: Finish, files: Sequence[StoredFile] = ()) -> None:
    """Mark a commitment as carried out, with evidence, and the submissions behind it too.

    Raises ``Invalid`` for a day in the future or before the commitment was made.
    """
    async with changing_commitment(number, CommitmentAction.FINISH, actor, seen=command.seen) as change:
        row = change.row
        done_on = command.done_on or today()
        if wrong := wrong_day_done(done_on, day_of(row.created_at), today()):
            raise Invalid([FieldError("done_on", wrong)])
        change.set(evidence=command.evidence, link=command.link, done_on=done_on, open=False, contested="")
        await keep_files(commitment_subject(number), files)
        change.record(CommitmentDone(str(done_on)))
        await _tell_submissions(change, done_on)


async def contest(person: Person, number: str, command: TextOnly) -> None:
    """Record that an author says it was not carried out. Raises ``NotTheAuthor`` for anybody but the authors of the
    submission and of those merged into it.
    """
    async with changing_commitment(number, CommitmentAction.CONTEST, person, seen=command.seen) as change:
        if not await asked_for(change.row.submission_id, person.id):
            raise NotTheAuthor
        change.set(contested=command.text, done_on=None, open=True)
        change.record(CommitmentContested(await change.say(command.text)))
        await _tell_submissions(change, None)


async def drop(actor: Official, number: str, command: TextOnly) -> None:
    """Discontinue a commitment, with a public reason."""
    async with changing_commitment(number, CommitmentAction.DROP, actor, seen=command.seen) as change:
        change.set(open=False)
        change.record(CommitmentDropped(await change.say(command.text)))


async def asked_for(submission_id: int | None, person_id: int) -> bool:
    """Whether somebody is an author of the submission or of one merged into it."""
    theirs = "SELECT id FROM submission WHERE participant_id = ? AND (id = ? OR merged_into_id = ?) LIMIT 1"
    return await database.value(theirs, person_id, submission_id, submission_id) is not None


async def _tell_submissions(change: Change[Commitment], done_on: date | None) -> None:
    """Set the day on which it was carried out, or clear it, on the submission and on all merged into it."""
    if change.row.submission_id is None:
        return
    submission = await Submission.get(id=change.row.submission_id)
    await alone([submission.forum_id])
    chain = await ledger.lock(submission_subject(submission.number))
    main = Group([(await read([submission.number]))[submission.number]], {submission.number: chain})

    def events_for(_submission: LockedSubmission) -> list[DomainEvent]:
        return [SubmissionDone(str(done_on) if done_on else "")]

    for group in (main, await merged_into([submission.id])):
        await group.write(change.actor, group.submissions, {"done_on": done_on}, events_for)


async def _owner(command: MakeCommitment, department_id: int, prefix: str) -> int:
    owner = await owner_of(command.owner, department_id)
    if owner is None:
        raise Invalid([FieldError(f"{prefix}owner", NOT_THEIRS)])
    return owner


async def _write_steps(commitment_id: int, wanted: Sequence[StepLine]) -> bool:
    """Write exactly these steps in this order; done steps are kept. Returns whether anything changed."""
    before = {step.id: step for step in await Step.filter(commitment_id=commitment_id)}
    kept = {line.id for line in wanted} & set(before)
    gone = [step.id for step in before.values() if step.id not in kept and step.done_on is None]
    changed = bool(gone)
    if gone:
        await Step.filter(id__in=gone).delete()
    for position, line in enumerate(wanted, 1):
        values = {"position": position, "text": line.text, "due_on": line.due_on}
        step = before.get(line.id or 0)
        if step is None:
            await Step.create(commitment_id=commitment_id, position=position, text=line.text, due_on=line.due_on)
            changed = True
        elif any(getattr(step, name) != value for name, value in values.items()):
            await Step.filter(id=step.id).update(**values)
            changed = True
    return changed
