"""Actions on an open case: accept, assign, transfer, extend, write."""

from collections.abc import Mapping
from typing import Any

from petitions.act_forms import Investigate
from petitions.actions import handling, investigating
from petitions.acts.page import CaseAct, DeskPage
from petitions.forms import Accept, AppointGuide, Assign, Extend, Plain, Transfer, TransferOut, words
from petitions.queries import cases
from petitions.rules import Kind
from petitions.states import Action
from server.core.acts import Act, Offer, Overrides
from server.core.errors import _

ONLY_PARTIES = _("Only the petitioner and officials can open them.")
_INLINE = {"class": "write-form"}
_INTERNAL = {"class": "write-form internal"}
_EXTEND = {
    "hours": Extend.labelled(amount=_("By how many working hours")),
    "days": Extend.labelled(amount=_("By how many working days")),
    "weeks": Extend.labelled(amount=_("By how many weeks")),
    "months": Extend.labelled(amount=_("By how many months")),
}
"""The form by the unit of the case's period."""


def _transfer(page: DeskPage) -> Overrides:
    until = page.passing_on.get(Action.TRANSFER)
    return {"department": {"choices": page.departments}, "": {"notes": (until,) if until else ()}}


def _extend(page: DeskPage) -> Overrides | None:
    case = page.case
    if case.due_at is None:
        return None
    most = _("At most %(amount)s, the original period (Decree 21).", amount=case.amount)
    return {
        "": {"form": _EXTEND.get(case.unit, Extend)},
        "amount": {"hint": most, "attrs": {"max": case.amount}},
        "consent": {"asked": bool(case.extensions)},
    }


async def _extension(raw: Mapping[str, Any], reference: str, strict: bool) -> Extend:  # noqa: FBT001 — as acts are read
    return _EXTEND.get(await cases.unit_of(reference), Extend).parse(raw, strict=strict)


def _investigate(page: DeskPage) -> Overrides | None:
    if page.case.due_at is None:
        return None
    if page.case.investigation is None:
        return {"first": {"required": True}}
    days = {
        "hint": _("Once, by at most 7 days, before it ends (Decree 17)."),
        "attrs": {"max": 7},
    }
    return {
        "": {"title": _("Extend the site investigation"), "send": _("Extend it")},
        "first": {"asked": False},
        "days": days,
    }


ACTS: tuple[CaseAct, ...] = (
    Act(
        action=Action.ACCEPT,
        form=Accept,
        run=handling.accept,
        desk=Offer(
            summary="Accept a case and assign it to a department: the one named, or the one proposed",
            label=_("Accept"),
            done=_("%(reference)s has been accepted."),
            bulk=_("%(done)s accepted."),
            place="accept",
            attrs={"class": "inline-form", "data-key": "a"},
            fit=lambda page: {"department": {"choices": page.departments, "value": page.proposed, "required": True}},
        ),
    ),
    Act(
        action=Action.START,
        form=Plain,
        run=handling.start,
        desk=Offer(
            summary="Start working on the case",
            label=_("Start working"),
            done=_("Work on %(reference)s has started."),
            icon="clock",
            attrs={"data-key": "s"},
        ),
    ),
    Act(
        action=Action.ASSIGN,
        form=Assign,
        run=handling.assign,
        desk=Offer(
            summary="Assign a handler",
            label=_("Assign"),
            title=_("Assign a handler"),
            done=_("A handler has been assigned to %(reference)s."),
            bulk=_("Handlers assigned to %(done)s."),
            fit=lambda page: {
                "handler": {"choices": page.handlers, "value": page.case.handler.username if page.case.handler else ""}
            },
        ),
    ),
    Act(
        action=Action.TRANSFER,
        form=Transfer,
        run=handling.transfer,
        when=lambda case: case.open or (case.objection_due_at is not None and case.department_id is None),
        desk=Offer(
            summary="Transfer to another department",
            label=_("Transfer"),
            title=_("Transfer to another department"),
            done=_("%(reference)s has been transferred."),
            bulk=_("%(done)s transferred."),
            fit=_transfer,
        ),
    ),
    Act(
        action=Action.EXTEND,
        form=Extend,
        run=handling.extend,
        reader=_extension,
        desk=Offer(
            summary="Extend the processing period",
            label=_("Extend"),
            title=_("Extend the deadline"),
            done=_("The deadline of %(reference)s has been extended, and the petitioner has been notified."),
            fit=_extend,
        ),
    ),
    Act(
        action=Action.INVESTIGATE,
        form=Investigate,
        run=investigating.investigate,
        when=lambda case: case.kind == Kind.GRIEVANCE and not (case.investigation or {}).get("more"),
        desk=Offer(
            summary="Schedule or extend the site investigation of a grievance",
            label=_("Site investigation"),
            title=_("Schedule a site investigation"),
            send=_("Schedule it"),
            done=_("The days of the site investigation do not count. The petitioner has been notified."),
            order=("first",),
            fit=_investigate,
        ),
    ),
    Act(
        action=Action.INTERIM_NOTICE,
        form=words(_("Progress so far, and when it is expected to be finished"), leaves=True),
        run=handling.interim_notice,
        desk=Offer(
            summary="Send an interim notice on the progress of the case",
            label=_("Interim notice"),
            title=_("Report progress to the petitioner"),
            send=_("Send the notice"),
            done=_("The interim notice has been sent."),
        ),
    ),
    Act(
        action=Action.GUIDE,
        form=AppointGuide,
        run=handling.appoint_guide,
        desk=Offer(
            summary="Appoint another case guide",
            label=_("Case guide"),
            title=_("Change the case guide"),
            send=_("Set the case guide"),
            done=_("%(reference)s has a new case guide, and the petitioner has been notified."),
            fit=lambda page: {"guide": {"choices": page.guides}},
        ),
    ),
    Act(
        action=Action.TRANSFER_OUT,
        form=TransferOut,
        run=handling.transfer_out,
        desk=Offer(
            summary="Transfer to another agency",
            label=_("To another agency"),
            title=_("Transfer to another agency"),
            send=_("Transfer it"),
            send_kind="danger",
            kind="quiet",
            done=_("%(reference)s has been transferred to the other agency, and the petitioner has been notified."),
            fit=lambda page: {"": {"notes": (page.passing_on[Action.TRANSFER_OUT],)}},
        ),
    ),
    Act(
        action=Action.MESSAGE,
        form=words(_("Message to the petitioner"), rows=3, leaves=True),
        run=handling.message,
        takes_files=True,
        desk=Offer(
            summary="Write to the petitioner",
            label=_("Send the message"),
            done=_("The message has been sent."),
            place="write",
            icon="mail",
            send_kind="secondary",
            attrs=_INLINE,
            files=(_("Files with the message"), ONLY_PARTIES),
            fit=lambda _page: {"text": {"required": False}},
        ),
        citizen=Offer(
            summary="Write to the officials",
            label=_("Write a message"),
            title=_("Write to the officials"),
            send=_("Send the message"),
            done=_("Your message has been sent."),
            address="messages",
            status=201,
            form=words(
                _("Your message"),
                hint=_(
                    "It goes to the person who handles your case. Please do not include resident registration numbers."
                ),
                rows=6,
            ),
            names={"text": "message", "files": "message_files"},
            files=(_("Pictures or documents"), _("Optional. Pictures, PDF, office documents, text, audio or video.")),
        ),
    ),
    Act(
        action=Action.NOTE,
        form=words(_("Internal note"), rows=3),
        run=handling.note,
        takes_files=True,
        desk=Offer(
            summary="Write an internal note",
            label=_("Save the note"),
            done=_("The note has been saved."),
            place="write",
            icon="pen",
            send_kind="secondary",
            attrs=_INTERNAL,
            files=(_("Files with the note"), _("Only officials can open them.")),
            fit=lambda _page: {"text": {"required": False}},
        ),
    ),
)
