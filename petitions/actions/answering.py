"""How a case ends, and how it begins again: answering, closing, reopening, rating, withdrawing."""

from petitions import rules
from petitions.actions.change import PETITIONER, SYSTEM, Change, changing, take, today
from petitions.events import CaseAnswered, CaseClosed, CaseRated, CaseReopened, CaseWithdrawn
from petitions.forms import GiveAnswer, Rate, Words
from petitions.models import Answer, Petitioner
from petitions.publication import published
from petitions.search import public_index, public_text
from petitions.states import Action
from server.core import clock, database
from server.core.accounts import Official


async def answer(actor: Official, reference: str, command: GiveAnswer) -> None:
    """Answer a case (Act 27); a refusal carries its reasons and the remedies."""
    async with changing(reference, Action.ANSWER, actor, seen=command.seen) as change:
        take(change, actor)
        now, case = clock.now(), change.case
        row = await Answer.create(
            case_id=case.id,
            decision=command.decision,
            text=command.text,
            reasons=command.reasons,
            remedies=command.remedies,
            author_id=actor.id,
            created_at=now,
        )
        in_time = None if case.due_at is None else now <= case.due_at
        change.set(answered_at=now)
        change.record(CaseAnswered(row.id, command.decision, in_time))
        if case.public:
            await _publish(change, command)


async def _publish(change: Change, command: GiveAnswer) -> None:
    """Let everybody find the answered case, without names and numbers."""
    name = await Petitioner.filter(case_id=change.case.id).values_list("name", flat=True)
    names = tuple(str(n) for n in name if n)
    texts = (change.case.title, change.case.body, command.text)
    masked = [published(text, names) for text in texts]
    await public_index.put(database.connection(), change.case.id, public_text(*masked))


async def close(actor: Official | str, reference: str, command: Words) -> None:
    """Close an answered case (종결)."""
    async with changing(reference, Action.CLOSE, actor, seen=command.seen) as change:
        change.set(closed_at=clock.now())
        change.record(CaseClosed(await change.say_if(command.text)))


async def close_quietly(reference: str) -> None:
    """Close an answered case that nobody has contested in time."""
    await close(SYSTEM, reference, Words(""))


async def reopen(actor: Official | str, reference: str, command: Words) -> None:
    """Open a case again because it is not solved: it goes back to the department's queue with a fresh period."""
    async with changing(reference, Action.REOPEN, actor, seen=command.seen) as change:
        case = change.case
        change.set(
            reopened=case.reopened + 1,
            clock_started_at=clock.now(),
            extensions=[],
            pauses=[],
            supplement_times=0,
            supplement_until=None,
            handler_id=None,
            closed_at=None,
        )
        due = change.reckon()
        if due is not None:
            change.set(announced_due_at=due.at, interim_on=rules.interim_notice_date(today()))
        change.record(CaseReopened(await change.say(command.text), due.at.isoformat() if due else None))


async def rate(reference: str, command: Rate) -> None:
    """The petitioner says how satisfied they are, 1 to 5; a later rating replaces the earlier one."""
    async with changing(reference, Action.RATE, PETITIONER) as change:
        change.set(rating=command.score)
        change.record(CaseRated(command.score, await change.say_if(command.comment)))


async def withdraw(actor: Official | str, reference: str, command: Words) -> None:
    """Take the petition back (취하, Act 22②)."""
    async with changing(reference, Action.WITHDRAW, actor, seen=command.seen) as change:
        change.set(closed_at=clock.now())
        change.record(CaseWithdrawn(await change.say_if(command.text)))
