"""Actions of supplements: request, extend, receive, note as undelivered, end."""

from typing import Annotated

from pydantic import Field

from petitions import rules
from petitions.act_forms import Prolong
from petitions.actions import supplementing
from petitions.acts.handling import ONLY_PARTIES
from petitions.acts.page import CaseAct, DeskPage
from petitions.forms import Reason, RequestSupplement, words
from petitions.states import Action
from server.core.acts import Act, Offer, Overrides
from server.core.errors import _
from server.core.forms import Label


class MoreTime(Prolong):
    """The same, worded for the petitioner."""

    days: Annotated[
        int,
        Field(ge=1, le=60),
        Label(_("How many more days do you need?")),
    ]
    reason: Annotated[Reason, Label(_("Why (optional)"))] = ""


def _prolong(page: DeskPage) -> Overrides:
    most = page.case.supplement_days
    hint = _("At most %(days)s days at a time, and at most twice (Decree 24).", days=most)
    return {"days": {"hint": hint, "attrs": {"max": most}}}


ACTS: tuple[CaseAct, ...] = (
    Act(
        action=Action.REQUEST_SUPPLEMENT,
        form=RequestSupplement,
        run=supplementing.request,
        desk=Offer(
            summary="Request what is missing; the deadline is paused",
            label=_("Request a supplement"),
            title=_("Request what is missing"),
            send=_("Send the request"),
            done=_("The supplement has been requested. The deadline is paused."),
            order=("text", "late_reason"),
            fit=lambda page: {"late_reason": {"asked": page.case.supplement_late, "required": True}},
        ),
    ),
    Act(
        action=Action.SUPPLEMENT,
        form=words(_("What was supplied"), hint=_("By phone, by letter or in person. The deadline resumes tomorrow.")),
        run=supplementing.receive,
        takes_files=True,
        desk=Offer(
            summary="Record a supplement on the petitioner's behalf",
            label=_("Record a supplement"),
            title=_("Record a supplement on the petitioner's behalf"),
            send=_("Record the supplement"),
            done=_("The supplement has been recorded. The deadline resumes tomorrow."),
            files=(_("Documents received"), ONLY_PARTIES),
        ),
        citizen=Offer(
            summary="Send what was missing",
            label=_("Send what is missing"),
            send=_("Send it"),
            kind="primary",
            done=_("We have received it. The deadline resumes tomorrow."),
            address="supplements",
            status=201,
            form=words(
                _("What was requested"), hint=_("Once it has arrived, the deadline resumes the next day."), rows=6
            ),
            names={"text": "supplement", "files": "supplement_files"},
            files=(_("Pictures or documents"), _("Pictures, PDF, office documents, text, audio or video.")),
        ),
    ),
    Act(
        action=Action.PROLONG,
        form=Prolong,
        run=supplementing.prolong,
        when=lambda case: case.prolongable,
        desk=Offer(
            summary="Extend the time to send what is missing, on the petitioner's behalf",
            label=_("Extend the time"),
            title=_("Extend the time on the petitioner's behalf"),
            send=_("Extend the time now"),
            done=_("The time to send the supplement has been extended, and the petitioner has been notified."),
            fit=_prolong,
        ),
        citizen=Offer(
            summary="Extend the time to send what is missing",
            label=_("I need more time"),
            title=_("Extend the time to send it"),
            send=_("Extend by this many days"),
            done=_("You have more time. The new deadline is shown below."),
            address="prolongation",
            form=MoreTime,
            names={"reason": "prolongation"},
            notes=(
                _(
                    "You can extend the deadline twice, each time by at most the number of days you were first "
                    "given. It takes effect immediately."
                ),
            ),
        ),
    ),
    Act(
        action=Action.UNDELIVERED,
        form=words(
            _("How and why it was returned"),
            hint=_(
                "For example: by post, address unknown. Once two requests have been returned, the petition can "
                "be closed as withdrawn (Decree 25)."
            ),
            rows=3,
        ),
        run=supplementing.note_undelivered,
        when=lambda case: case.supplement_times not in case.supplement_undelivered,
        desk=Offer(
            summary="Record that a request was returned undelivered",
            label=_("Returned undelivered"),
            title=_("Record that the request was returned"),
            send=_("Record it"),
            kind="quiet",
            done=_("It is recorded that the request was returned undelivered."),
        ),
    ),
    Act(
        action=Action.DEEM_WITHDRAWN,
        form=words(
            _("Reason"),
            hint=_("Two requests were returned because the address is unclear (Decree 25). The case ends here."),
            rows=3,
        ),
        run=supplementing.deem_withdrawn,
        when=lambda case: rules.may_deem_withdrawn(len(case.supplement_undelivered)) is None,
        desk=Offer(
            summary="Close as withdrawn: requests were returned undelivered twice",
            label=_("Close as withdrawn"),
            send_kind="danger",
            kind="quiet",
            done=_("%(reference)s is deemed withdrawn and has been closed."),
        ),
    ),
    Act(
        action=Action.RETURN,
        form=words(
            _("Reason"),
            hint=_("Possible once the deadline of the second request has passed (Decree 25). The case ends here."),
            rows=3,
        ),
        run=supplementing.cancel_registration,
        desk=Offer(
            summary="Return a petition whose supplement did not arrive",
            label=_("Return"),
            title=_("Return the case"),
            send=_("Return it"),
            send_kind="danger",
            kind="quiet",
            done=_("%(reference)s has been returned."),
        ),
    ),
)
