"""Departments working together on one case (협조, Act 20): asking for a part, replying, putting it off, taking back.

One department has at most one open part of a case, so that a part is named by its department. The words are for
officials; the petitioner hears which department is asked, until when, and that it replied.
"""

from datetime import datetime, timedelta

from petitions import cooperation
from petitions.actions.change import SYSTEM, Change, changing, check
from petitions.cooperation import PartStatus, Running
from petitions.errors import Refused
from petitions.forms import Give, Words
from petitions.models import Part
from petitions.part_events import PartDueSoon, PartExtended, PartOverdue, PartReplied, PartRequested, PartWithdrawn
from petitions.part_forms import AskPart, ExtendPart
from petitions.rights import subject
from petitions.states import Action
from server.core import clock, config, database, ledger
from server.core.accounts import Official, keep_open
from server.core.errors import FieldError, Forbidden, Invalid, _
from server.core.ledger import Fact

SOON = timedelta(hours=24)
BATCH = 500
NO_DEPARTMENT = _("Please choose a department from the list.")


async def ask(actor: Official, reference: str, command: AskPart) -> None:
    """Ask another department for its part of the case, within the case's own period (Act 20①).

    Raises ``Invalid`` for the case's own department, or one that is being asked already, and ``Refused`` for a day
    beyond the case's period.
    """
    async with changing(reference, Action.PART, actor, seen=command.version) as change:
        department = change.reference.department_by_code(command.department)
        if department is None or not await keep_open(department.id):
            raise Invalid([FieldError("department", NO_DEPARTMENT)])
        if department.id == change.case.department_id:
            raise Invalid([FieldError("department", _("The case is already in this department."))])
        if await _open_part(change, department.id):
            raise Invalid([FieldError("department", _(
                "This department is already being consulted; its reply is pending."
            ))])
        calendar, now, case_due = change.reference.calendar, clock.now(), change.case.due_at
        day = command.reply_by.last_day(calendar, calendar.local(now).date())
        check(cooperation.check_reply_day(calendar, now, day, case_due))
        due = cooperation.reply_due(calendar, day, case_due)
        words = await change.say(command.text)
        part = await Part.create(
            case_id=change.case.id,
            department_id=department.id,
            asked_text=words,
            asked_at=now,
            due_at=due,
            reminded=int(due - now < SOON),  # the request itself says how soon it is due
        )
        change.record(PartRequested(part.id, department.id, due.isoformat(), words))


async def reply(actor: Official, reference: str, command: Words) -> None:
    """Reply to what one's department is asked for; late too, because a late reply is better than none."""
    async with changing(reference, Action.PART_REPLY, actor, seen=command.version) as change:
        part = await _own_part(change, actor)
        now, words = clock.now(), await change.say(command.text)
        await Part.filter(id=part.id).update(
            status=PartStatus.REPLIED, reply_text=words, replied_at=now, replied_by_id=actor.id
        )
        change.record(PartReplied(part.id, part.department_id, now <= part.due_at, words))


async def extend(actor: Official, reference: str, command: ExtendPart) -> None:
    """Put one's department's reply off, once and before it is due, telling why and how far it is (Act 20②③)."""
    async with changing(reference, Action.PART_EXTEND, actor, seen=command.version) as change:
        part = await _own_part(change, actor)
        calendar, now, case_due = change.reference.calendar, clock.now(), change.case.due_at
        day = command.reply_by.last_day(calendar, calendar.local(part.due_at).date())
        running = Running(part.asked_at, part.due_at, part.extended)
        check(cooperation.check_reply_extension(calendar, running, now, day, case_due))
        due = cooperation.reply_due(calendar, day, case_due)
        before = part.due_at.astimezone(config.settings().zone).isoformat()
        words = await change.say(command.reason)
        await Part.filter(id=part.id).update(due_at=due, extended=True, reminded=0)
        change.record(PartExtended(part.id, part.department_id, due.isoformat(), before, words))


async def withdraw(actor: Official, reference: str, command: Give) -> None:
    """Take back what a department was asked for, with the reason where there is one; it sees the case no longer."""
    async with changing(reference, Action.PART_WITHDRAW, actor, seen=command.version) as change:
        department = change.reference.department_by_code(command.target)
        part = await _open_part(change, department.id) if department else None
        if part is None:
            raise Invalid([FieldError("department", _("No reply is pending from this department."))])
        await Part.filter(id=part.id).update(status=PartStatus.WITHDRAWN)
        change.record(PartWithdrawn(part.id, part.department_id, await change.say_if(command.text)))


async def check_no_part_open(change: Change) -> None:
    """Raise ``Refused`` while another department owes its reply."""
    if await Part.exists(case_id=change.case.id, status=PartStatus.ASKED):
        raise Refused(
            _(
                "A consulted department has not replied yet. Please wait for its reply, or withdraw the "
                "consultation first."
            ),
            code="part_open",
        )


async def _open_part(change: Change, department_id: int) -> Part | None:
    return await Part.filter(case_id=change.case.id, department_id=department_id, status=PartStatus.ASKED).first()


async def _own_part(change: Change, actor: Official) -> Part:
    """The part that the actor's department owes. Raises ``Forbidden`` for who was never asked, ``Refused`` after it."""
    parts = await Part.filter(case_id=change.case.id, department_id=actor.department_id or 0).order_by("-id")
    if not parts:
        raise Forbidden(_("Your department was not consulted on this case."))
    if parts[0].status is not PartStatus.ASKED:
        raise Refused(_("Your department no longer needs to reply in this case."), code="part_not_open")
    return parts[0]


async def remind() -> int:
    """Record that reply periods end soon, or have ended; each once. The number of parts that were told of."""
    now = clock.now()
    told = 0
    for stage, limit in ((1, now + SOON), (2, now)):
        rows = await database.fetch(
            "SELECT p.id, p.department_id, c.reference FROM petition_part p JOIN petition_case c ON c.id = p.case_id "
            f"WHERE p.status = ? AND p.due_at < ? AND p.reminded < ? ORDER BY p.due_at LIMIT {BATCH}",
            PartStatus.ASKED.value,
            limit,
            stage,
        )
        for row in rows:
            fact = (PartDueSoon, PartOverdue)[stage - 1](row["id"], row["department_id"])
            told += await _remind_one(row["reference"], row["id"], stage, limit, fact)
    return told


async def _remind_one(reference_text: str, part_id: int, stage: int, limit: datetime, fact: Fact) -> bool:
    """Whether it still is so, now that nobody else changes the case."""
    async with database.transaction():
        chain = await ledger.lock(subject(reference_text))
        hit = await Part.filter(id=part_id, status=PartStatus.ASKED, reminded__lt=stage, due_at__lt=limit).update(
            reminded=stage
        )
        if hit:
            await chain.append(SYSTEM, fact)
    return bool(hit)
