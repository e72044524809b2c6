"""Merging similar submissions: they share one answer, and every author is notified of it.

Merged submissions always point to a main one, never to another merged one: merging into a merged submission means its
main one, and a submission's own merged ones move with it to the new main one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forums.actions.change import SYSTEM, changing_submission, name_of
from forums.actions.many import STRETCH, LockedSubmission, Many, alone, changing_submissions, merged_into, one, read
from forums.errors import CannotMerge, NoSuchSubmission, NotYours
from forums.events import SubmissionAnswered, SubmissionAssigned, SubmissionDone, SubmissionMerged, SubmissionUnmerged
from forums.forms.assigning import PLAIN, Merge, Plain
from forums.models import Submission
from forums.rights import answers_for, reads, submission_subject
from forums.states import SubmissionAction, SubmissionState
from server.core import database, ledger
from server.core.accounts import Official
from server.core.errors import ChangedMeanwhile, NotPossibleNow, Refusal, _
from server.core.ledger import DomainEvent

ANSWER = ("outcome", "outcome_at", "outcome_text", "link", "study_until", "moved_to", "done_on")
"""The columns that merged submissions share with their main one."""
NONE: Mapping[str, object] = {
    "outcome": "", "outcome_at": None, "outcome_text": "", "link": "", "study_until": None, "moved_to": "",
    "done_on": None,
}  # fmt: skip
OTHER_FORUM = _("Only submissions of the same forum can be merged.")
TAKEN_BACK = _("The submission to merge into has been withdrawn.")


async def merge(actor: Official, number: str, command: Merge) -> None:
    """Merge a submission into another. Raises ``CannotMerge``, ``NotPossibleNow``, ``NoSuchSubmission``,
    ``NotYours``.
    """
    one(number, await merge_many(actor, [number], command.to, {number: command.seen}))


async def merge_many(
    actor: Official, numbers: Sequence[str], to: str, seen: Mapping[str, int | None] | None = None
) -> dict[str, Refusal]:
    """Merge submissions into one. Returns the refusals by number. The main one itself, and those already merged into
    it, are skipped.

    Raises ``NoSuchSubmission`` and ``NotYours`` for the main one.
    """
    main = await _main_of(actor, to)
    own = [number for number in dict.fromkeys(numbers) if number != main] if len(numbers) > 1 else list(numbers)
    refused: dict[str, Refusal] = {}
    for start in range(0, len(own), STRETCH):
        some = own[start : start + STRETCH]
        async with changing_submissions(some, SubmissionAction.MERGE, actor, beside=[main], seen=seen) as many:
            await _merge(many, actor, main)
            refused |= many.refused
    return refused


async def _main_of(actor: Official, number: str) -> str:
    row = await database.fetch_one(
        "SELECT s.number, s.visibility, m.number AS main, m.visibility AS main_visibility FROM submission s "
        "LEFT JOIN submission m ON m.id = s.merged_into_id WHERE s.number = ?",
        number,
    )
    if row is None or not all(reads(actor, row[name]) for name in ("visibility", "main_visibility")):
        raise NoSuchSubmission
    return str(row["main"] or row["number"])


async def _merge(many: Many, actor: Official, number: str) -> None:
    main = many.locked[number]
    if not answers_for(actor, main.department_id):
        raise NotYours
    if main.status is SubmissionState.MERGED:  # merged after it was looked up
        raise ChangedMeanwhile
    if main.status is SubmissionState.WITHDRAWN:
        raise CannotMerge(TAKEN_BACK)
    many.refused = {n: why for n, why in many.refused.items() if not _already_merged(many.locked.get(n), main, why)}
    many.refuse([v for v in many.submissions if v.id == main.id], CannotMerge())
    many.refuse([v for v in many.submissions if v.forum_id != main.forum_id], CannotMerge(OTHER_FORUM))
    answer = await answer_of(main)
    values = {"merged_into_id": main.id, "department_id": main.department_id, "study_told": False, **answer.values}

    def events_for(submission: LockedSubmission) -> list[DomainEvent]:
        new_events: list[DomainEvent] = [SubmissionMerged(main.number)]
        if main.department_id is not None and main.department_id != submission.department_id:
            new_events.append(SubmissionAssigned(main.department_id, submission.department_id))
        return new_events + answer.events_for(submission)

    name = name_of(actor)
    followers = await merged_into([submission.id for submission in many.submissions])
    await many.write(name, many.submissions, {**values, "status": SubmissionState.MERGED.value}, events_for)
    await followers.write(name, followers.submissions, values, events_for)


def _already_merged(submission: LockedSubmission | None, main: LockedSubmission, refusal: Refusal) -> bool:
    """Whether a submission was refused only because it is already merged into this one; that is no error."""
    return isinstance(refusal, NotPossibleNow) and submission is not None and submission.merged_into_id == main.id


@dataclass(frozen=True)
class Shared:
    """The answer of a main submission, as its merged ones receive it."""

    main: str
    values: Mapping[str, object]
    text: int | None

    def events_for(self, submission: LockedSubmission) -> list[DomainEvent]:
        """The events of a merged submission that receives this answer."""
        outcome, done_on = str(self.values["outcome"]), self.values["done_on"]
        new_events: list[DomainEvent] = []
        if outcome:
            new_events.append(SubmissionAnswered(outcome, submission.outcome, self.main, self.text))
        if done_on:
            new_events.append(SubmissionDone(str(done_on)))
        return new_events


async def answer_of(main: LockedSubmission) -> Shared:
    """A submission's current answer."""
    (values,) = await Submission.filter(id=main.id).values(*ANSWER)
    said = await ledger.read(submission_subject(main.number), kind=SubmissionAnswered.kind) if values["outcome"] else []
    return Shared(main.number, values, said[-1].data.get("text") if said else None)


async def unmerge(actor: Official, number: str, command: Plain = PLAIN) -> None:
    """Undo a merge: the submission has no answer and no department again."""
    async with changing_submission(number, SubmissionAction.UNMERGE, actor, seen=command.seen) as change:
        main = await database.value("SELECT number FROM submission WHERE id = ?", change.row.merged_into_id)
        change.set(merged_into_id=None, department_id=None, **NONE)
        change.record(SubmissionUnmerged(main or ""))


async def release(number: str) -> int:
    """Unmerge everything that was merged into a withdrawn submission. Returns how many there were."""
    async with database.transaction():
        main = (await read([number])).get(number)
        if main is None or main.status is not SubmissionState.WITHDRAWN:
            return 0
        await alone([main.forum_id])
        group = await merged_into([main.id])
        values = {"merged_into_id": None, "department_id": None, "status": SubmissionState.RECEIVED.value, **NONE}
        await group.write(SYSTEM, group.submissions, values, lambda _submission: [SubmissionUnmerged(number)])
        return len(group.submissions)
