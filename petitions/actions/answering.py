"""How a case ends and reopens: answering, closing, reopening, rating, withdrawing."""

from collections.abc import Sequence
from datetime import datetime

from petitions import rules
from petitions.actions.attaching import keep
from petitions.actions.change import SYSTEM, Change, changing, take
from petitions.actions.consultations import check_no_consultation_open
from petitions.errors import Refused
from petitions.events import CaseAnswered, CaseClosed, CaseRated, CaseReopened, CaseWithdrawn, ConsentWithdrawn
from petitions.forms import GiveAnswer, Plain, Rate, TextOnly
from petitions.labels import REFUSING
from petitions.models import Answer
from petitions.rules import Kind
from petitions.states import Action
from server.core import clock, ledger
from server.core.accounts import Official
from server.core.clock import Due
from server.core.days import today
from server.core.errors import _
from server.core.files import StoredFile

MOST_RATINGS = 5
"""How often one answer can be rated: each rating is an event, and news for its handler."""


async def check(change: Change, command: GiveAnswer) -> None:
    """Raises ``Refused`` or ``Invalid`` for an answer that cannot be given (Act 20, 27).

    A refusal, even a partial one of a statutory petition, needs its reasons and the remedies (Act 27③). It is not
    possible while a consultation is open (Act 20), because the answer would ignore what was asked for: the handler
    waits for the reply or withdraws the request, so that the consulted department knows that it need not reply.
    """
    await check_no_consultation_open(change)
    if change.case.kind == Kind.STATUTORY and command.decision in REFUSING:
        missing = [name for name in ("reasons", "remedies") if not getattr(command, name)]
        if missing:
            raise GiveAnswer.missing(*missing)


async def answer(
    actor: Official,
    reference: str,
    command: GiveAnswer,
    *,
    files: Sequence[StoredFile] = (),
    at: datetime | None = None,
) -> None:
    """Answer a case (Act 27), now or as of the moment ``at``. Files of an answer are never published."""
    async with changing(reference, Action.ANSWER, actor, seen=command.version, at=at) as change:
        await check(change, command)
        take(change, actor)
        now, case = at or clock.now(), change.case
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
        change.set(answered_at=now, objected_at=None, objection_extension=0, objection_decided_at=None)
        kept = await keep(change, files, answer_id=row.id)
        change.record(CaseAnswered(row.id, command.decision, in_time, kept))


async def close(actor: Official | str, reference: str, command: TextOnly) -> None:
    """Close an answered case (종결)."""
    async with changing(reference, Action.CLOSE, actor, seen=command.version) as change:
        _check_no_objection(change)
        change.record(CaseClosed(await change.add_statement_if_any(command.text)))


async def close_quietly(reference: str) -> None:
    """Close an answered case that was not contested in time, without an actor."""
    await close(SYSTEM, reference, TextOnly(""))


async def reopen(actor: Official | str, reference: str, command: TextOnly) -> None:
    """Reopen a case because it is not solved: it returns to the department's queue with a new period."""
    async with changing(reference, Action.REOPEN, actor, seen=command.version) as change:
        _check_no_objection(change)
        due = begin_anew(change)
        change.record(CaseReopened(await change.say(command.text), due.at.isoformat() if due else None))


def begin_anew(change: Change) -> Due | None:
    """Start a new period and remove the handler; returns when the answer is due."""
    change.set(
        reopened=change.case.reopened + 1,
        clock_started_at=clock.now(),
        extensions=[],
        pauses=[],
        supplement_times=0,
        supplement_until=None,
        supplement_prolonged=0,
        supplement_undelivered=[],
        investigation=None,
        handler_id=None,
        closed_at=None,
    )
    due = change.recompute_due()
    if due is not None:
        next_notice = rules.interim_notice_date(today())
        change.set(announced_due_at=due.at, interim_on=next_notice, interim_ask_on=next_notice)
    return due


def _check_no_objection(change: Change) -> None:
    """Refuse while an objection is open: closing or reopening must not pre-empt the decision that the city owes."""
    if change.case.objection_due_at is not None:
        raise Refused(_("An objection to this answer is open and must be decided first."), code="objection_open")


async def rate(actor: Official | str, reference: str, command: Rate) -> None:
    """The petitioner says how satisfied they are, 1 to 5; a later rating replaces the earlier one.

    Raises ``Refused`` after :data:`MOST_RATINGS` of one answer.
    """
    async with changing(reference, Action.RATE, actor) as change:
        subject = f"case/{change.case.reference}"
        answered = max((each.id for each in await ledger.read(subject, kind=CaseAnswered.kind)), default=0)
        if len(await ledger.read(subject, kind=CaseRated.kind, after_id=answered)) >= MOST_RATINGS:
            raise Refused(
                _("You have changed your rating several times already. It stays as it is."), code="rated_often"
            )
        change.set(rating=command.score)
        change.record(CaseRated(command.score, await change.add_statement_if_any(command.comment)))


async def unpublish(actor: Official | str, reference: str, command: Plain) -> None:
    """Withdraw the consent to publication (Personal Information Protection Act, article 37); again does nothing."""
    async with changing(reference, Action.UNPUBLISH, actor, seen=command.version) as change:
        if change.case.public:
            change.set(public=False)
            change.record(ConsentWithdrawn())


async def withdraw(actor: Official | str, reference: str, command: TextOnly) -> None:
    """Withdraw the petition (취하, Act 22②)."""
    async with changing(reference, Action.WITHDRAW, actor, seen=command.version) as change:
        change.record(CaseWithdrawn(await change.add_statement_if_any(command.text)))
