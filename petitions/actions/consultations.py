"""Consultations (협조, Act 20): asking another department, replying, extending, withdrawing.

A case has at most one open consultation per department, so the department identifies it. The texts are for officials;
the petitioner is told which department is consulted, until when, and that it replied.
"""

from datetime import timedelta

from petitions import consultation, events
from petitions.act_forms import ExtendConsultation, RequestConsultation
from petitions.actions.change import Change, changing, check, iso, other_department
from petitions.consultation import ConsultationStatus, Running
from petitions.errors import Refused
from petitions.forms import AssignHandler, TextOnly
from petitions.models import Consultation
from petitions.states import Action
from server.core import clock
from server.core.accounts import Official
from server.core.errors import Forbidden, Invalid, _

SOON = timedelta(hours=24)


async def ask(actor: Official, reference: str, command: RequestConsultation) -> None:
    """Consult another department, within the case's own period (Act 20①).

    Raises ``Invalid`` for the case's own department or one that is already consulted, and ``Refused`` for a day beyond
    the case's period.
    """
    async with changing(reference, Action.CONSULTATION, actor, seen=command.version) as change:
        department = await other_department(change, command.department)
        if await _open_consultation(change, department):
            raise Invalid.at("department", _("This department is already being consulted; its reply is pending."))
        calendar, now, case_due = change.reference.calendar, clock.now(), change.case.due_at
        day = command.reply_by.last_day(calendar, calendar.local(now).date())
        check(consultation.check_reply_day(calendar, now, day, case_due))
        due = consultation.reply_due(calendar, day, case_due)
        words = await change.say(command.text)
        part = await Consultation.create(
            case_id=change.case.id,
            department_id=department,
            asked_text=words,
            asked_at=now,
            due_at=due,
            reminded=int(due - now < SOON),  # the request itself states how soon it is due
        )
        change.record(events.ConsultationRequested(part.id, department, due.isoformat(), words))


async def reply(actor: Official, reference: str, command: TextOnly) -> None:
    """Reply for one's department; late replies are accepted, because a late reply is better than none."""
    async with changing(reference, Action.CONSULTATION_REPLY, actor, seen=command.version) as change:
        part = await _own_consultation(change, actor)
        now, words = clock.now(), await change.say(command.text)
        await Consultation.filter(id=part.id).update(
            status=ConsultationStatus.REPLIED, reply_text=words, replied_at=now, replied_by_id=actor.id
        )
        change.record(events.ConsultationReplied(part.id, part.department_id, now <= part.due_at, words))


async def extend(actor: Official, reference: str, command: ExtendConsultation) -> None:
    """Extend the reply of one's department, once and before it is due, with the reason and the progress (Act 20②③)."""
    async with changing(reference, Action.CONSULTATION_EXTEND, actor, seen=command.version) as change:
        part = await _own_consultation(change, actor)
        calendar, now, case_due = change.reference.calendar, clock.now(), change.case.due_at
        day = command.reply_by.last_day(calendar, calendar.local(part.due_at).date())
        running = Running(part.asked_at, part.due_at, part.extended)
        check(consultation.check_reply_extension(calendar, running, now, day, case_due))
        due = consultation.reply_due(calendar, day, case_due)
        words = await change.say(command.reason)
        await Consultation.filter(id=part.id).update(due_at=due, extended=True, reminded=0)
        change.record(
            events.ConsultationExtended(part.id, part.department_id, due.isoformat(), iso(part.due_at), words)
        )


async def withdraw(actor: Official, reference: str, command: AssignHandler) -> None:
    """Withdraw a consultation, with an optional reason; the department no longer sees the case."""
    async with changing(reference, Action.CONSULTATION_WITHDRAW, actor, seen=command.version) as change:
        department = change.reference.department_by_code(command.target)
        part = await _open_consultation(change, department.id) if department else None
        if part is None:
            raise Invalid.at("department", _("No reply is pending from this department."))
        await Consultation.filter(id=part.id).update(status=ConsultationStatus.WITHDRAWN)
        change.record(
            events.ConsultationWithdrawn(part.id, part.department_id, await change.add_statement_if_any(command.text))
        )


async def check_no_consultation_open(change: Change) -> None:
    """Raise ``Refused`` while a consultation is open."""
    if await Consultation.exists(case_id=change.case.id, status=ConsultationStatus.ASKED):
        raise Refused(
            _(
                "A consulted department has not replied yet. Please wait for its reply, or withdraw the "
                "consultation first."
            ),
            code="part_open",
        )


async def _open_consultation(change: Change, department_id: int) -> Consultation | None:
    return await Consultation.filter(
        case_id=change.case.id, department_id=department_id, status=ConsultationStatus.ASKED
    ).first()


async def _own_consultation(change: Change, actor: Official) -> Consultation:
    """The actor's open consultation. Raises ``Forbidden`` if there never was one, ``Refused`` if it is not open."""
    parts = await Consultation.filter(case_id=change.case.id, department_id=actor.department_id or 0).order_by("-id")
    if not parts:
        raise Forbidden(_("Your department was not consulted on this case."), code="not_consulted")
    if parts[0].status is not ConsultationStatus.ASKED:
        raise Refused(_("Your department no longer needs to reply in this case."), code="part_not_open")
    return parts[0]
