"""Actions of consultations (협조, Act 20): ask, reply, extend, withdraw."""

from petitions.act_forms import ExtendConsultation, RequestConsultation, WithdrawPart
from petitions.actions import consultations
from petitions.acts.page import CaseAct, DeskPage
from petitions.forms import words
from petitions.states import Action
from server.core.acts import Act, Offer, Overrides
from server.core.errors import _

PLACE = "parts"


def _part(page: DeskPage) -> Overrides:
    hint = _("Before the deadline of the case, by %(day)s at the latest (Act 20).", day=page.day(page.parts.last_day))
    due = {"hint": hint if page.parts.last_day else None, "required": True, "attrs": page.parts.reply_days}
    return {"department": {"choices": page.parts.choices}, "due": due}


def _extend(page: DeskPage) -> Overrides | None:
    if not page.parts.reply_until:
        return None
    hint = _(
        "Once, before %(until)s, by at most the length of the original reply period, and before the deadline "
        "of the case (Act 20).",
        until=page.parts.reply_until,
    )
    return {"due": {"hint": hint, "required": True, "attrs": page.parts.reply_days}}


ACTS: tuple[CaseAct, ...] = (
    Act(
        action=Action.CONSULTATION_REPLY,
        form=words(
            _("Reply of your department"),
            hint=_("The department in charge can read it, the petitioner cannot."),
            rows=5,
        ),
        run=consultations.reply,
        desk=Offer(
            summary="Reply to a consultation of one's department",
            label=_("Send the reply"),
            done=_("The reply has been sent to the department in charge."),
            place="reply",
        ),
    ),
    Act(
        action=Action.CONSULTATION_EXTEND,
        form=ExtendConsultation,
        run=consultations.extend,
        desk=Offer(
            summary="Extend the reply deadline of one's department, once, before it passes",
            label=_("Extend the reply"),
            title=_("Extend the reply deadline"),
            send=_("Extend the reply deadline"),
            done=_("The reply deadline has been extended, and the department in charge has been notified."),
            place=PLACE,
            order=("due",),
            fit=_extend,
        ),
    ),
    Act(
        action=Action.CONSULTATION,
        form=RequestConsultation,
        run=consultations.ask,
        desk=Offer(
            summary="Consult another department (Act 20)",
            label=_("Consult another department"),
            send=_("Consult"),
            done=_("The department has been consulted and can now see the case."),
            place=PLACE,
            fit=_part,
        ),
    ),
    Act(
        action=Action.CONSULTATION_WITHDRAW,
        form=WithdrawPart,
        run=consultations.withdraw,
        when=lambda case: any(part.open for part in case.parts),
        desk=Offer(
            summary="Withdraw a consultation",
            label=_("Withdraw a consultation"),
            send=_("Withdraw the consultation"),
            send_kind="danger",
            kind="quiet",
            done=_("The consultation has been withdrawn."),
            place=PLACE,
            fit=lambda page: {"department": {"choices": page.parts.awaited}},
        ),
    ),
)
