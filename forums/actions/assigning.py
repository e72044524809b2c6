"""Assigning submissions to the departments that answer them, one or many at once.

Submissions merged into an assigned one are assigned with it.
"""

from collections.abc import Mapping

from forums.actions.change import Actor, name_of
from forums.actions.many import STRETCH, LockedSubmission, changing_submissions, merged_into, one
from forums.events import SubmissionAssigned
from forums.forms.assigning import Assign
from forums.states import SubmissionAction, SubmissionState
from server.core.accounts import ClosedDepartment, Official, keep_open
from server.core.errors import Refusal
from server.core.ledger import DomainEvent


async def assign(actor: Official, number: str, command: Assign) -> None:
    """Assign one submission to a department. Raises ``NotYours``, ``NotPossibleNow`` and ``ClosedDepartment``."""
    one(number, await assign_many(actor, {number: command.department_id}, {number: command.seen}))


async def assign_many(
    actor: Official, wanted: Mapping[str, int], seen: Mapping[str, int | None] | None = None
) -> dict[str, Refusal]:
    """Assign submissions, by number, to departments, ``STRETCH`` in a transaction. Returns the refusals by number."""
    numbers = list(wanted)
    refused: dict[str, Refusal] = {}
    for start in range(0, len(numbers), STRETCH):
        some = numbers[start : start + STRETCH]
        refused |= await _assign({number: wanted[number] for number in some}, actor, seen)
    return refused


async def _assign(wanted: Mapping[str, int], actor: Actor, seen: Mapping[str, int | None] | None) -> dict[str, Refusal]:
    name = name_of(actor)
    async with changing_submissions(list(wanted), SubmissionAction.ASSIGN, actor, seen=seen) as many:
        for department_id in sorted(set(wanted.values())):
            submissions = [submission for submission in many.submissions if wanted[submission.number] == department_id]
            if not await keep_open(department_id):
                many.refuse(submissions, ClosedDepartment())
                continue

            def events_for(submission: LockedSubmission, department_id: int = department_id) -> list[DomainEvent]:
                return [SubmissionAssigned(department_id, submission.department_id)]

            # Assigned to this department already: nothing happens.
            new = [v for v in submissions if (v.status, v.department_id) != (SubmissionState.ASSIGNED, department_id)]
            values = {"status": SubmissionState.ASSIGNED.value, "department_id": department_id}
            await many.write(name, new, values, events_for)
            followers = await merged_into([submission.id for submission in new])
            moved = [submission for submission in followers.submissions if submission.department_id != department_id]
            await followers.write(name, moved, {"department_id": department_id}, events_for)
        return many.refused
