"""The frame of every action on a forum, a submission or a commitment: lock, check, change, record, in one transaction.

It locks the subject's chain, so actions on one subject run one after the other; compares the version that the actor
has seen; checks the transition and the permission; and writes with compare-and-swap on the state.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from tortoise.models import Model

from forums import kinds, rights
from forums import search as documents
from forums.errors import NoSuchCommitment, NoSuchForum, NoSuchSubmission, NotYours
from forums.events import IN_PASSING
from forums.models import Commitment, Forum, ForumWords, Submission
from forums.permissions import Permission
from forums.states import COMMITMENT, SUBMISSION, CommitmentAction, ForumAction, SubmissionAction, follow
from server.core import clock, database, ledger, search
from server.core.accounts import Official
from server.core.errors import ChangedMeanwhile, Forbidden, NotFound, NotPossibleNow, Refusal
from server.core.ledger import Chain, DomainEvent
from server.core.participants.people import Person
from server.core.search import Kind

SYSTEM = "system"
Actor = Official | Person | str
ModelT = TypeVar("ModelT", Forum, Submission, Commitment)


def name_of(actor: Actor) -> str:
    """The actor's name in the ledger."""
    return actor if isinstance(actor, str) else actor.actor


@dataclass
class Change(Generic[ModelT]):
    """A locked row inside its transaction."""

    row: ModelT
    chain: Chain
    actor: str
    new_events: list[DomainEvent] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)

    def set(self, **values: object) -> None:
        """Change columns."""
        self.values.update(values)
        for name, value in values.items():
            setattr(self.row, name, value)

    def record(self, *new_events: DomainEvent) -> None:
        """Write these events into the ledger when the action is complete."""
        self.new_events.extend(new_events)

    async def say(self, text: str) -> int:
        """Store a public text about the subject and return the id that its event holds."""
        return await say(self.chain.subject, text)


async def say(subject: str, text: str) -> int:
    """Store a public text and return the id that its event holds."""
    return int((await ForumWords.create(subject=subject, text=text, created_at=clock.now())).id)


@contextlib.asynccontextmanager
async def changing_forum(
    slug: str, action: ForumAction, actor: Actor, *, seen: int | None = None
) -> AsyncIterator[Change[Forum]]:
    """Lock a forum for one action. Raises ``NoSuchForum``, ``Forbidden``, ``ChangedMeanwhile``, ``NotPossibleNow``."""
    permit(actor, rights.FORUM.get(action))
    async with database.transaction():
        chain = await _lock(rights.forum_subject(slug), NoSuchForum())
        row = await Forum.get(slug=slug)
        async with _changing(row, chain, kinds.table(row.kind), action, actor, seen) as change:
            yield change


@contextlib.asynccontextmanager
async def changing_submission(
    number: str, action: SubmissionAction, actor: Actor, *, seen: int | None = None
) -> AsyncIterator[Change[Submission]]:
    """Lock a submission for one action. Raises as :func:`changing_forum`, ``NoSuchSubmission`` also where the official
    may not read it, and ``NotYours`` for officials of another department, unless they assign submissions.
    """
    permit(actor, rights.SUBMISSION_RIGHTS.get(action))
    async with database.transaction():
        chain = await _lock(rights.submission_subject(number), NoSuchSubmission())
        row = await Submission.get(number=number)
        if isinstance(actor, Official) and not rights.reads(actor, row.visibility):
            raise NoSuchSubmission
        async with _changing(row, chain, SUBMISSION, action, actor, seen) as change:
            _need_own(actor, rights.SUBMISSION_RIGHTS.get(action), row.department_id)
            yield change


@contextlib.asynccontextmanager
async def changing_commitment(
    number: str, action: CommitmentAction, actor: Actor, *, seen: int | None = None
) -> AsyncIterator[Change[Commitment]]:
    """Lock a commitment for one action. Raises as :func:`changing_forum`, and ``NotYours``."""
    permit(actor, rights.COMMITMENT_RIGHTS.get(action))
    async with database.transaction():
        chain = await _lock(rights.commitment_subject(number), NoSuchCommitment())
        row = await Commitment.get(number=number)
        async with _changing(row, chain, COMMITMENT, action, actor, seen) as change:
            _need_own(actor, rights.COMMITMENT_RIGHTS.get(action), row.department_id)
            yield change


def permit(actor: Actor, permission: Permission | None) -> None:
    """Raise ``Forbidden`` for an official without the permission; actions without one are for citizens."""
    if isinstance(actor, Official) and (permission is None or not actor.may(permission)):
        raise Forbidden


def _need_own(actor: Actor, permission: Permission | None, department_id: int | None) -> None:
    """What needs the right to answer also needs the department's; clerks transcribe for every department."""
    answers = permission is Permission.ANSWER_SUBMISSIONS
    if answers and isinstance(actor, Official) and not rights.answers_for(actor, department_id):
        raise NotYours


async def _lock(subject: str, missing: Refusal) -> Chain:
    try:
        return await ledger.lock(subject)
    except NotFound as error:
        raise missing from error


StateT = TypeVar("StateT", bound=StrEnum)
ActionT = TypeVar("ActionT", bound=StrEnum)


@contextlib.asynccontextmanager
async def _changing(
    row: ModelT,
    chain: Chain,
    table: Mapping[StateT, Mapping[ActionT, StateT]],
    action: ActionT,
    actor: Actor,
    seen: int | None,
) -> AsyncIterator[Change[ModelT]]:
    name = name_of(actor)
    if seen is not None and seen < chain.length:
        others = await ledger.newest(
            [chain.subject], after_sequence=seen, not_by=(name, SYSTEM), other_than=IN_PASSING, limit=5
        )
        if others:
            raise ChangedMeanwhile(others[::-1])
    before: StateT = row.status  # type: ignore[assignment]
    after = follow(table, before, action)
    if after is None:
        raise NotPossibleNow(action, before)
    change = Change(row, chain, name)
    yield change
    model: type[Model] = type(row)
    hit = await model.filter(id=row.id, status=before).update(**{"status": after, **change.values})
    if not hit:  # not ``hit != 1``: SQLite's count may include earlier writes to a text index
        raise NotPossibleNow(action, before)
    if change.new_events:
        await chain.append(change.actor, *change.new_events)
    for kind in _FOUND_AS[model]:
        await search.refresh(kind, row.id)


_FOUND_AS: Mapping[type[Model], tuple[Kind, ...]] = {
    Forum: (documents.FORUM, documents.NOTICE),
    Submission: (documents.SUBMISSION,),
    Commitment: (documents.COMMITMENT,),
}
