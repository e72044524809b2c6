"""Submissions: received from participants, and withdrawn by their authors.

A submission has a chain of its own, so it does not lock a busy forum. Actions that lock more use this order: the
submission's chain, the forum's talk chain, the forum's row, the submission's row.
"""

from typing import Any

from forums import rights, spam
from forums.actions.change import Change, changing_submission
from forums.actions.moderating import close_review, hold, tell
from forums.actions.taking_part import take_part
from forums.errors import NotYourSubmission, OthersMerged
from forums.events import SubmissionReceived, SubmissionWithdrawn
from forums.forms.speaking import Submit
from forums.kinds import takes_submissions
from forums.models import Submission
from forums.numbering import new_submission_number
from forums.queries import speaking
from forums.search import SUBMISSION
from forums.states import ForumAction, SubmissionAction, SubmissionState
from server.core import clock, database, ledger, search
from server.core.days import day_of
from server.core.errors import NotPossibleNow
from server.core.ledger import Chain, DomainEvent
from server.core.participants.people import Person


async def submit(person: Person, slug: str, command: Submit, *, petition: str = "") -> str:
    """Submit to a forum. Returns the submission's number. It is held for a moderator if the forum requires that or it
    looks like spam.

    ``petition`` is the petition that it grew out of. Raises ``NoSuchForum`` and ``NotPossibleNow``.
    """
    async with database.transaction():
        forum = await speaking.floor(slug)
        now = clock.now()
        if not takes_submissions(forum, now):
            raise NotPossibleNow(ForumAction.SPEAK, forum.status)
        said = f"{command.title}\n{command.text}"
        mark = spam.fingerprint(said)
        why = spam.why_held(
            said,
            forum.moderation,
            await speaking.said_in(forum.id, mark),
            await speaking.said_by(person.id),
            forum_id=forum.id,
            now=now,
        )
        row, chain = await receive(
            person.actor,
            slug,
            forum_id=forum.id,
            participant_id=person.id,
            author=person.name,
            channel="web",
            stance=command.stance,
            title=command.title,
            text=command.text,
            language=command.language,
            district=command.district or forum.district,
            visibility="pending" if why else "shown",
            petition=petition,
            fingerprint=mark,
        )
        if why:
            await hold(chain, chain.subject, forum.id, why)
        await take_part(slug, forum.id, person)
        if not why:
            await database.execute("UPDATE forum SET submissions = submissions + 1 WHERE id = ?", forum.id)
    return row.number


async def receive(actor: str, slug: str, **values: Any) -> tuple[Submission, Chain]:
    """Store a new submission to a forum, with its chain. The caller counts it once it has locked what it must."""
    now, number = clock.now(), new_submission_number()
    chain = await ledger.begin(rights.submission_subject(number))
    row = await Submission.create(
        number=number, status=SubmissionState.RECEIVED, received_at=now, received_on=day_of(now), **values
    )
    await chain.append(actor, SubmissionReceived(slug, row.channel, row.petition))
    await search.refresh(SUBMISSION, row.id)
    return row, chain


async def withdraw(person: Person, number: str) -> None:
    """Withdraw one's own submission: it is no longer public and gets no answer.

    Raises ``NoSuchSubmission``, ``NotYourSubmission``, ``NotPossibleNow``; ``OthersMerged`` where others share its
    answer.
    """
    async with changing_submission(number, SubmissionAction.WITHDRAW, person) as change:
        if change.row.participant_id != person.id:
            raise NotYourSubmission
        await close_review(change.chain.subject)
        await take_back(change, SubmissionWithdrawn())


async def take_back(change: Change[Submission], event: DomainEvent) -> None:
    """Take a submission out of its forum's count. Raises ``OthersMerged``."""
    row = change.row
    if await Submission.exists(merged_into_id=row.id):
        raise OthersMerged
    if row.visibility == "shown":
        await database.execute("UPDATE forum SET submissions = submissions - 1 WHERE id = ?", row.forum_id)
    await tell(change.actor, [(change.chain, event, change.chain.subject, row.forum_id)])
