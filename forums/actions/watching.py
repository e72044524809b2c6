"""Periodic checks: commitments become overdue, and studies end without another answer."""

from forums.actions.change import SYSTEM
from forums.events import CommitmentOverdue, StudyOver
from forums.models import Commitment, Submission
from forums.rights import commitment_subject, submission_subject
from forums.states import SubmissionState
from server.core import database, ledger
from server.core.days import today

BATCH = 100


async def remind() -> int:
    """Record each overdue commitment and each study whose day has passed, once. Returns how many."""
    return await _overdue() + await _study_over()


async def _overdue() -> int:
    late = Commitment.filter(open=True, due_on__lt=today(), reminded=0).order_by("due_on", "id")
    count = 0
    for number in await late.limit(BATCH).values_list("number", flat=True):
        async with database.transaction():
            chain = await ledger.lock(commitment_subject(str(number)))
            if await late.filter(number=number).update(reminded=1):
                await chain.append(SYSTEM, CommitmentOverdue())
                count += 1
    return count


async def _study_over() -> int:
    over = Submission.filter(
        study_until__lt=today(), study_told=False, status=SubmissionState.ANSWERED, outcome="under_study"
    ).order_by("study_until", "id")
    count = 0
    for number in await over.limit(BATCH).values_list("number", flat=True):
        async with database.transaction():
            chain = await ledger.lock(submission_subject(str(number)))
            row = await over.filter(number=number).first()
            if row is not None:
                await Submission.filter(id=row.id).update(study_told=True)
                await chain.append(SYSTEM, StudyOver(str(row.study_until)))
                count += 1
    return count
