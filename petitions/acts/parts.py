"""Departments working together on one case (협조, Act 20): asked, replying, putting it off, taken back."""

from petitions.actions import parts
from petitions.acts.page import CaseAct, DeskPage
from petitions.forms import words
from petitions.part_forms import AskPart, ExtendPart, WithdrawPart
from petitions.states import Action
from server.core.acts import Act, Offer, Overrides
from server.core.errors import _

PLACE = "parts"


def _part(page: DeskPage) -> Overrides:
    hint = _("Within the case's own period, until %(day)s at the latest (Act 20).", day=page.day(page.last_day))
    due = {"hint": hint if page.last_day else None, "required": True, "attrs": page.reply_days}
    return {"department": {"choices": page.askable}, "due": due}


def _extend(page: DeskPage) -> Overrides | None:
    if not page.reply_until:
        return None
    hint = _(
        "Once, before %(until)s, by at most the length of the reply period, and within the case's own period (Act 20).",
        until=page.reply_until,
    )
    return {"due": {"hint": hint, "required": True, "attrs": page.reply_days}}


ACTS: tuple[CaseAct, ...] = (
    Act(
        action=Action.PART_REPLY,
        form=words(
            _("Reply of your department"),
            hint=_("The department of the case reads it, the petitioner does not."),
            rows=5,
        ),
        run=parts.reply,
        desk=Offer(
            summary="Reply to what one's department is asked for",
            label=_("Send the reply"),
            done=_("The reply is sent to the department of the case."),
            place="reply",
        ),
    ),
    Act(
        action=Action.PART_EXTEND,
        form=ExtendPart,
        run=parts.extend,
        desk=Offer(
            summary="Put one's department's reply off, once and before it is due",
            label=_("Reply later"),
            title=_("Put the reply off"),
            send=_("Put the reply off"),
            done=_("The reply is put off; the department of the case is told."),
            place=PLACE,
            order=("due",),
            fit=_extend,
        ),
    ),
    Act(
        action=Action.PART,
        form=AskPart,
        run=parts.ask,
        desk=Offer(
            summary="Ask another department for a part of the case (Act 20)",
            label=_("Ask another department"),
            send=_("Ask"),
            done=_("The department is asked; it sees the case now."),
            place=PLACE,
            fit=_part,
        ),
    ),
    Act(
        action=Action.PART_WITHDRAW,
        form=WithdrawPart,
        run=parts.withdraw,
        when=lambda case: any(part.open for part in case.parts),
        desk=Offer(
            summary="Take back what a department was asked for",
            label=_("Take a request back"),
            send=_("Take the request back"),
            send_kind="danger",
            kind="quiet",
            done=_("The request is taken back."),
            place=PLACE,
            fit=lambda page: {"department": {"choices": page.awaited}},
        ),
    ),
)
