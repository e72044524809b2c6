"""Officials' actions on an open case: accept, assign, start, transfer, extend, write."""

from collections.abc import Sequence
from dataclasses import replace

from petitions import events, rules
from petitions.actions.attaching import keep
from petitions.actions.change import (
    NO_DEPARTMENT,
    Change,
    changing,
    check,
    iso,
    open_department,
    other_department,
    period_of,
    take,
    withdraw_consultations,
)
from petitions.actions.intake import explained, guidance
from petitions.errors import Refused
from petitions.forms import AssignHandler, Extend, Plain, TextOnly
from petitions.reference import all_guides, reference
from petitions.states import OPEN, Action
from server.core import clock
from server.core.accounts import Account, Official, Role, keep_open
from server.core.days import day_of, today
from server.core.errors import Invalid, _
from server.core.files import StoredFile

NO_HANDLER = _("Please choose an official of the case's department.")
NO_GUIDE = _("Please choose one of the case guides.")
PLAIN = Plain()


async def accept(actor: Official, reference: str, command: AssignHandler) -> None:
    """Accept a case (접수) and assign it to a department: the one named, or the one proposed."""
    async with changing(reference, Action.ACCEPT, actor, seen=command.version) as change:
        chosen = change.case.routing.get("chosen")
        if command.target or change.case.department_id:
            department = await open_department(change, command.target) if command.target else change.case.department_id
        else:
            department = chosen if chosen and await keep_open(chosen) else None
        if department is None:
            raise Invalid.at("department", NO_DEPARTMENT)
        proposed = chosen == department
        previous = change.case.department_id
        change.set(department_id=department)
        change.record(events.CaseAccepted(department, proposed))
        if department != previous or change.case.guide_id is None:
            await _appoint_guide(change)


async def assign(actor: Official, reference: str, command: AssignHandler) -> None:
    """Assign a handler, by username or id; they must belong to the case's department."""
    async with changing(reference, Action.ASSIGN, actor, seen=command.version) as change:
        handler = await _official(command.target)
        if (
            handler is None
            or handler.role not in {Role.HANDLER, Role.MANAGER}
            or handler.department_id != change.case.department_id
        ):
            raise Invalid.at("handler", NO_HANDLER)
        change.record(events.CaseAssigned(handler.id, change.case.handler_id))
        change.set(handler_id=handler.id)


async def start(actor: Official, reference: str, command: Plain = PLAIN) -> None:
    """Start working; the official becomes the handler if there is none."""
    async with changing(reference, Action.START, actor, seen=command.version) as change:
        take(change, actor)
        change.record(events.WorkStarted(actor.id))


async def transfer(actor: Official, reference: str, command: AssignHandler) -> None:
    """Transfer the case to another department (이송 inside the agency, Decree 13), with the reason.

    Open consultations stay with the case, except one of the new department, which is withdrawn. Raises ``Refused`` for
    an answered case, unless an objection is open and there is no department to decide it.
    """
    async with changing(reference, Action.TRANSFER, actor, seen=command.version) as change:
        if change.after not in OPEN and (change.case.department_id or change.case.objection_due_at is None):
            raise Refused(
                _("An answered case can be transferred only if there is no department to decide an objection.")
            )
        department = await other_department(change, command.target)
        text = await change.say(command.text)
        if change.after in OPEN:
            change.record(events.CaseTransferred(department, change.case.department_id, text))
        else:
            change.record(events.ObjectionPassedOn(department, text))
        change.set(department_id=department, handler_id=None)
        await withdraw_consultations(change, department)
        await _appoint_guide(change)


async def transfer_out(actor: Official, reference: str, command: AssignHandler) -> None:
    """Transfer the case to another agency and tell the petitioner (Act 16)."""
    async with changing(reference, Action.TRANSFER_OUT, actor, seen=command.version) as change:
        text = await change.say(f"{command.target}\n\n{command.text}")
        change.record(events.CaseTransferredOut(text))


async def appoint_guide(actor: Official, reference: str, command: AssignHandler) -> None:
    """Appoint another case guide (민원후견인); the petitioner is told."""
    async with changing(reference, Action.GUIDE, actor, seen=command.version) as change:
        guide = await _official(command.target)
        if guide is None or guide.role is not Role.GUIDE:
            raise Invalid.at("guide", NO_GUIDE)
        if guide.id == change.case.guide_id:
            raise Invalid.at("guide", _("This official is already the case guide."))
        change.record(events.GuideAppointed(guide.id, change.case.guide_id))
        change.set(guide_id=guide.id, routing={**change.case.routing, "guide_now": None})


async def extend(actor: Official, reference: str, command: Extend) -> None:
    """Extend the period (연장, Decree 21①): once, and a second time with the petitioner's consent."""
    async with changing(reference, Action.EXTEND, actor, seen=command.version) as change:
        period, before = period_of(change.case), change.case.due_at
        if period is None or before is None:
            raise Invalid.at("amount", _("A tip has no deadline that could be extended."))
        check(rules.check_extension(period, change.case.extensions, command.amount, consent=command.consent))
        change.set(extensions=[*change.case.extensions, command.amount])
        due = change.recompute_due()
        if due is not None and due.at <= clock.now():
            raise Invalid.at("amount", _("That day has already passed: please choose a longer extension, or answer."))
        text = await change.say(command.reason)
        if due is not None:
            change.record(
                events.PeriodExtended(
                    command.amount, period.unit, command.consent, due.at.isoformat(), iso(before), text
                )
            )


async def interim_notice(actor: Official, reference: str, command: TextOnly) -> None:
    """Report progress to the petitioner (Decree 23) and set when the next notice is due; a tip needs none."""
    async with changing(reference, Action.INTERIM_NOTICE, actor, seen=command.version) as change:
        if change.case.unit:
            received = day_of(change.case.clock_started_at)
            following = rules.next_interim_notice(received, today())
            change.set(interim_on=following, interim_ask_on=following)
        change.record(events.InterimNoticeGiven(await change.say(command.text)))


async def note(actor: Official, reference: str, command: TextOnly, *, files: Sequence[StoredFile] = ()) -> None:
    """Write an internal note; its files are internal as well."""
    async with changing(reference, Action.NOTE, actor) as change:
        text = await change.say(command.text)
        change.record(events.NoteWritten(text, await keep(change, files, statement_id=text, internal=True)))


async def message(
    actor: Official | str, reference: str, command: TextOnly, *, files: Sequence[StoredFile] = ()
) -> None:
    """Send a message: from the petitioner to the officials, or from an official to the petitioner."""
    async with changing(reference, Action.MESSAGE, actor) as change:
        text = await change.say(command.text)
        change.record(events.MessageSent(text, await keep(change, files, statement_id=text)))


async def _official(name: str) -> Account | None:
    if name.isdecimal() and len(name) < 10:  # noqa: PLR2004
        return await Account.filter(id=int(name), active=True).first()
    return await Account.filter(username=name, active=True).first()


async def _appoint_guide(change: Change) -> None:
    """Choose a guide for the case's department; the present one stays if chosen again, or if nobody is."""
    case = change.case
    found = guidance(
        await reference(),
        [replace(g, load=g.load - (g.id == case.guide_id)) for g in await all_guides()],
        case.department_id,
        case.language,
        case.title,
        case.body,
    )
    change.set(routing={**case.routing, "guide_now": explained(found.because)})
    if found.guide and found.guide.id != case.guide_id:
        change.record(events.GuideAppointed(found.guide.id, case.guide_id))
        change.set(guide_id=found.guide.id)
