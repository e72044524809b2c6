"""Answering: a department says what becomes of a voice, and everything that is joined to it hears the same.

What is adopted becomes a promise in the same step. An answer may be given again; what was said before stays in the
ledger and among the public words.
"""

from forums.actions.change import Change, changing_voice, name_of
from forums.actions.joining import ANSWER, Shared
from forums.actions.many import alone, joined_to
from forums.actions.promising import make
from forums.errors import NoSuchVoice, NotPromised, NotYours, PromiseStands
from forums.events import SubmissionAnswered, SubmissionDone, SubmissionHanded
from forums.forms.answering import GiveAnswer
from forums.forms.promising import Promise
from forums.models import Submission
from forums.queries.promises import standing
from forums.rights import answers_for
from forums.states import ADOPTED, SubmissionAction
from server.core import clock, database
from server.core.accounts import Official, keep_open
from server.core.errors import FieldError, Invalid, _

WHICH = _("Please choose the department that answers.")


async def answer(actor: Official, number: str, command: GiveAnswer) -> None:
    """Say what becomes of a voice.

    Raises ``NotYours``, ``ChangedMeanwhile``, ``NotPossibleNow``; ``PromiseStands`` where something else was promised
    because of it; ``Invalid`` where the promise lacks what it needs.
    """
    async with database.transaction():
        await _alone_with(number)
        async with changing_voice(number, SubmissionAction.ANSWER, actor, seen=command.seen) as change:
            _check(actor, change)
            await _to_a_department(change, actor, command)
            promise = await standing(change.row.id)
            if promise and command.outcome not in ADOPTED:
                raise PromiseStands
            if promise is None and command.outcome in ADOPTED and command.promise is None:
                raise GiveAnswer.missing("commitment")
            await give(
                change,
                command.outcome,
                command.text,
                link=command.link,
                study_until=command.study_until,
                moved_to=command.moved_to,
            )
            if command.promise is not None and promise is None:
                await make(actor, change.row.forum_id, command.promise, _department(change), change.row)


async def commit(actor: Official, number: str, command: Promise, seen: int | None = None) -> str:
    """Promise something because of a voice that was adopted and has no promise that stands; its number.

    Raises ``NotPromised``.
    """
    async with changing_voice(number, SubmissionAction.COMMIT, actor, seen=seen) as change:
        _check(actor, change)
        if change.row.outcome not in ADOPTED or await standing(change.row.id):
            raise NotPromised
        return await make(actor, change.row.forum_id, command, _department(change), change.row)


async def give(change: Change[Submission], outcome: str, text: str, **more: object) -> None:
    """Write an answer down, for the voice and for all that are joined to it; under ``alone`` only."""
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
    group = await joined_to([row.id])
    shared = Shared(row.number, {name: values[name] for name in ANSWER}, said)
    await group.write(change.actor, group.voices, shared.values, shared.told)


def _check(actor: Official, change: Change[Submission]) -> None:
    if not answers_for(actor, change.row.department_id):
        raise NotYours


def _department(change: Change[Submission]) -> int:
    if change.row.department_id is None:
        raise Invalid([FieldError("department", WHICH)])
    return change.row.department_id


async def _to_a_department(change: Change[Submission], actor: Official, command: GiveAnswer) -> None:
    """Who answers what no department has yet: the one that is named, or the official's own."""
    if change.row.department_id is not None:
        return
    chosen = command.department_id or actor.department_id
    if chosen is None or not await keep_open(chosen):
        raise Invalid([FieldError("department", WHICH)])
    change.set(department_id=chosen)
    change.record(SubmissionHanded(chosen, None))
    group = await joined_to([change.row.id])
    values = {"department_id": chosen}
    await group.write(
        name_of(actor), group.voices, values, lambda voice: [SubmissionHanded(chosen, voice.department_id)]
    )


async def _alone_with(number: str) -> None:
    row = await database.fetch_one("SELECT forum_id FROM submission WHERE number = ?", number)
    if row is None:
        raise NoSuchVoice
    await alone([row["forum_id"]])
