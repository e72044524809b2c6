"""The frame of an action on many submissions: those selected in a list, or those that share one answer.

Every ``STRETCH`` submissions take a fixed number of statements. A transaction that changes several submissions of a
forum holds many chains, so only one runs at a time (:func:`alone`). An action on a single submission holds one chain,
so no deadlock is possible.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from forums import rights
from forums import search as documents
from forums.actions.change import SYSTEM, Actor, name_of, permit
from forums.errors import NoSuchSubmission, NotYours
from forums.rights import answers_for, reads, submission_subject
from forums.states import SUBMISSION, SubmissionAction, SubmissionState, follow
from server.core import database, ledger, search
from server.core.accounts import Official
from server.core.errors import ChangedMeanwhile, NotPossibleNow, Refusal
from server.core.ledger import Chain, DomainEvent
from server.core.rows import columns
from server.core.rows import read as read_row

STRETCH = 200
"""Submissions in one transaction and in one statement."""
_TOGETHER = 0x766F6963  # "voic"


@dataclass(frozen=True, slots=True)
class LockedSubmission:
    """The columns of a submission that these actions read."""

    id: int
    number: str
    forum_id: int
    status: SubmissionState
    visibility: str
    department_id: int | None
    outcome: str
    merged_into_id: int | None


_COLUMNS = columns(LockedSubmission, "s")


async def read(numbers: Sequence[str]) -> dict[str, LockedSubmission]:
    """Submissions by number; missing ones are left out."""
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM submission s WHERE number IN (?)", numbers)
    return {row["number"]: read_row(LockedSubmission, row) for row in rows}


async def alone(forum_ids: Iterable[int]) -> None:
    """Keep other transactions from changing several submissions of these forums until this one ends."""
    if database.dialect() == "postgres":  # SQLite has one writer at a time
        for forum_id in sorted(set(forum_ids)):
            await database.fetch("SELECT pg_advisory_xact_lock(?, ?)", _TOGETHER, forum_id)


async def alone_with(number: str) -> None:
    """:func:`alone` for the forum of a submission. Raises ``NoSuchSubmission``."""
    forum_id = await database.value("SELECT forum_id FROM submission WHERE number = ?", number)
    if forum_id is None:
        raise NoSuchSubmission
    await alone([forum_id])


@dataclass
class Group:
    """Locked submissions inside a transaction."""

    submissions: list[LockedSubmission] = field(default_factory=list)
    chains: dict[str, Chain] = field(default_factory=dict)

    async def write(
        self,
        actor: str,
        submissions: Sequence[LockedSubmission],
        values: Mapping[str, object],
        new_events: Callable[[LockedSubmission], Sequence[DomainEvent]],
    ) -> None:
        """Change the same columns of some submissions and append events to each. Compare-and-swap on their states."""
        for start in range(0, len(submissions), STRETCH):
            some = submissions[start : start + STRETCH]
            before = sorted({submission.status.value for submission in some})
            hit = await database.fetch(
                f"UPDATE submission SET {', '.join(f'{name} = ?' for name in values)} "
                f"WHERE id IN ({database.marks(some)}) AND status IN (?) RETURNING id",
                *values.values(),
                *(submission.id for submission in some),
                before,
            )
            if len(hit) != len(some):
                raise ChangedMeanwhile
            await search.refresh(documents.SUBMISSION, *(submission.id for submission in some))
            await ledger.append_many(
                actor, [(self.chains[submission.number], new_events(submission)) for submission in some]
            )


async def merged_into(main_ids: Sequence[int]) -> Group:
    """The submissions merged into these, locked; only under :func:`alone`."""
    group = Group()
    if not main_ids:
        return group
    where = f"merged_into_id IN ({database.marks(main_ids)}) AND status = '{SubmissionState.MERGED.value}' ORDER BY id"
    select = f"SELECT {_COLUMNS} FROM submission s WHERE {where}"
    numbers = [row["number"] for row in await database.fetch(select, *main_ids)]
    for start in range(0, len(numbers), STRETCH):
        group.chains |= await ledger.lock_many([submission_subject(n) for n in numbers[start : start + STRETCH]])
    group.chains = {subject.partition("/")[2]: chain for subject, chain in group.chains.items()}
    if numbers:  # one that was withdrawn before its chain was locked is no longer merged
        submissions = [read_row(LockedSubmission, row) for row in await database.fetch(select, *main_ids)]
        group.submissions = [submission for submission in submissions if submission.number in group.chains]
    return group


@dataclass
class Many(Group):
    """The locked submissions that can be changed, and the refusals of the others."""

    refused: dict[str, Refusal] = field(default_factory=dict)
    locked: dict[str, LockedSubmission] = field(default_factory=dict)
    """All locked submissions, including those that are not changed."""

    def refuse(self, submissions: Iterable[LockedSubmission], refusal: Refusal) -> None:
        """Leave these submissions unchanged."""
        for submission in list(submissions):
            self.refused[submission.number] = refusal
            self.submissions.remove(submission)


@contextlib.asynccontextmanager
async def changing_submissions(
    numbers: Sequence[str],
    action: SubmissionAction,
    actor: Actor,
    *,
    beside: Sequence[str] = (),
    seen: Mapping[str, int | None] | None = None,
) -> AsyncIterator[Many]:
    """Lock at most ``STRETCH`` submissions for one action. Raises ``Forbidden`` for an actor without the permission."""
    permit(actor, rights.SUBMISSION_RIGHTS.get(action))
    wanted = [*dict.fromkeys([*numbers, *beside])]
    async with database.transaction():
        await alone(submission.forum_id for submission in (await read(wanted)).values())
        locked = await ledger.lock_many([submission_subject(number) for number in wanted])
        now = await read(wanted)
        many = Many(chains={number: locked[submission_subject(number)] for number in now}, locked=now)
        for number in dict.fromkeys(numbers):
            refusal = await _hinders(now.get(number), many.chains.get(number), action, actor, (seen or {}).get(number))
            if refusal:
                many.refused[number] = refusal
            else:
                many.submissions.append(now[number])
        yield many


async def _hinders(
    submission: LockedSubmission | None, chain: Chain | None, action: SubmissionAction, actor: Actor, seen: int | None
) -> Refusal | None:
    if submission is None or chain is None or (isinstance(actor, Official) and not reads(actor, submission.visibility)):
        return NoSuchSubmission()
    if isinstance(actor, Official) and not answers_for(actor, submission.department_id):
        return NotYours()
    if seen is not None and seen < chain.length:
        others = (name_of(actor), SYSTEM)
        if await ledger.newest([chain.subject], after_sequence=seen, not_by=others, limit=1):
            return ChangedMeanwhile()
    if follow(SUBMISSION, submission.status, action) is None:
        return NotPossibleNow(action, submission.status)
    return None


def one(number: str, refused: Mapping[str, Refusal]) -> None:
    """Raise the refusal of a single submission, if there is one."""
    if number in refused:
        raise refused[number]
