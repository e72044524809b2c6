"""Objections to a refusal (이의신청, Act 35): a refused statutory petition can be decided again.

An objection is open from its filing until the decision; meanwhile the case cannot be closed or reopened in any other
way.
"""

from datetime import datetime

from petitions import events, rules
from petitions.actions.answering import begin_anew
from petitions.actions.change import Change, changing, check, leave_closed_department
from petitions.errors import Refused
from petitions.forms import DecideObjection, Extend, TextOnly
from petitions.labels import REFUSING
from petitions.models import Answer
from petitions.rules import Kind
from petitions.states import Action
from server.core import clock, config
from server.core.accounts import Official
from server.core.errors import Invalid, _

OVER = _("The deadline for the decision has passed. It could only be extended before it passed. Please decide now.")


async def object_to(actor: Official | str, reference: str, command: TextOnly) -> None:
    """File an objection to the last answer, by the petitioner or on their behalf; it is decided within ten days.

    Raises ``Refused`` if the answer is not a refusal of a statutory petition, is more than 60 days old (Act 35①), or
    was already objected to.
    """
    async with changing(reference, Action.OBJECT, actor, seen=command.version) as change:
        case, zone = change.case, config.settings().zone
        answer = await Answer.filter(case_id=case.id).order_by("-id").first()
        if answer is None or answer.decision not in REFUSING:
            raise Refused(_("There is no refusal to object to."), code="nothing_refused")
        now, calendar = clock.now().astimezone(zone), change.reference.calendar
        check(rules.may_object(calendar, Kind(case.kind), answer.created_at.astimezone(zone).date(), now))
        if case.objected_at is not None:
            raise Refused(_("An objection to this answer has already been filed."), code="already_objected")
        due = rules.objection_due(calendar, now)
        change.set(objected_at=now, objection_due_at=due.at, reminded=0)
        change.record(events.ObjectionFiled(await change.say(command.text), due.at.isoformat()))
        await leave_closed_department(change)


async def extend(actor: Official, reference: str, command: Extend) -> None:
    """Extend the decision, once, by at most ten days and before its deadline (Act 35②).

    Raises ``Refused`` and ``Invalid``.
    """
    async with changing(reference, Action.EXTEND_OBJECTION, actor, seen=command.version) as change:
        filed, before = _open(change)
        case = change.case
        refusal = rules.check_objection_extension(command.amount, case.objection_extension)
        if refusal and not case.objection_extension:
            raise Invalid.at("amount", refusal.text)
        check(refusal)
        if clock.now() > before:
            raise Invalid.at("amount", OVER)
        due = rules.objection_due(change.reference.calendar, filed, extension=command.amount)
        change.set(objection_due_at=due.at, objection_extension=command.amount, reminded=0)
        text = await change.say(command.reason)
        change.record(events.ObjectionExtended(command.amount, due.at.isoformat(), before.isoformat(), text))


async def decide(actor: Official, reference: str, command: DecideObjection) -> None:
    """Decide an objection (Act 35②); upholding it reopens the case, so that it is answered again."""
    async with changing(reference, Action.DECIDE_OBJECTION, actor, seen=command.version) as change:
        _open(change)
        change.set(objection_due_at=None, objection_decided_at=clock.now())
        text = await change.say(command.reasons)
        if command.ruling == "upheld":
            change.redirect_to(Action.REOPEN)
            due = begin_anew(change)
            change.record(events.ObjectionUpheld(text, due.at.isoformat() if due else None))
        else:
            change.record(events.ObjectionDismissed(text, await change.say(command.remedies)))


async def withdraw(actor: Official | str, reference: str, command: TextOnly) -> None:
    """Withdraw an objection before it is decided (Act 22②), by the petitioner or on their behalf; the refusal stands.

    Policy: it counts as never filed, so another can be filed within the 60 days. Raises ``Refused``.
    """
    async with changing(reference, Action.WITHDRAW_OBJECTION, actor, seen=command.version) as change:
        _open(change)
        change.set(objected_at=None, objection_due_at=None, objection_extension=0)
        change.record(events.ObjectionWithdrawn(await change.add_statement_if_any(command.text)))


def _open(change: Change) -> tuple[datetime, datetime]:
    """When the open objection was filed and until when it must be decided, in the city's time zone."""
    case, zone = change.case, config.settings().zone
    if case.objected_at is None or case.objection_due_at is None:
        raise Refused(_("No objection to this answer is open."), code="no_objection")
    return case.objected_at.astimezone(zone), case.objection_due_at.astimezone(zone)
