"""Forums and submissions for tests of what is counted: written as the domain's actions leave them, events included."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from forums import events, numbering, rights
from forums.models import Forum, Submission
from forums.search import FORUM, SUBMISSION
from forums.states import ForumState, SubmissionState
from server.core import clock, database, ledger, search
from server.core.accounts import Department


async def hold_forum(kind: str = "listening", **changes: Any) -> Forum:
    """A forum that was held."""
    async with database.transaction():
        number = await numbering.next_number(kind)
        slug = numbering.slug_of(kind, number)
        chain = await ledger.begin(rights.forum_subject(slug))
        now = clock.now()
        values = {"status": ForumState.CLOSED, "starts_at": now, "published_at": now, "title": f"{number}회 청책토론회"}
        forum = await Forum.create(slug=slug, number=number, kind=kind, created_at=now, **{**values, **changes})
        await chain.append("system", events.ForumPlanned(kind), events.ForumPublished())
        await search.refresh(FORUM, forum.id)
    return forum


async def say(forum: Forum, **changes: Any) -> Submission:
    """A submission to a forum."""
    now = changes.pop("received_at", None) or clock.now()
    async with database.transaction():
        number = numbering.new_submission_number()
        chain = await ledger.begin(rights.submission_subject(number))
        values: dict[str, Any] = {
            "title": "의견",
            "text": "의견입니다.",
            "status": SubmissionState.RECEIVED,
            "channel": "web",
        }
        submission = await Submission.create(
            number=number, forum_id=forum.id, received_at=now, received_on=now.date(), **{**values, **changes}
        )
        await chain.append("system", events.SubmissionReceived(forum.slug, "web"))
        await search.refresh(SUBMISSION, submission.id)
    return submission


async def become(submission: Submission, event: Any, **changes: Any) -> None:
    """Change a submission together with an event."""
    async with database.transaction():
        chain = await ledger.lock(rights.submission_subject(submission.number))
        await Submission.filter(id=submission.id).update(**changes)
        await chain.append("system", event)


async def answer(submission: Submission, outcome: str, days: int, department: str = "roads") -> None:
    """A department's answer so many days after the receipt."""
    department_id = (await Department.get(code=department)).id
    at = datetime.combine(submission.received_on + timedelta(days=days), time(3), UTC)
    await become(
        submission, events.SubmissionAnswered(outcome, ""), status=SubmissionState.ANSWERED, outcome=outcome,
        outcome_at=at, department_id=department_id,
    )  # fmt: skip


async def do(submission: Submission, days: int) -> None:
    """The commitment is carried out so many days after the receipt."""
    done_on = submission.received_on + timedelta(days=days)
    await become(submission, events.SubmissionDone(done_on.isoformat()), done_on=done_on)
