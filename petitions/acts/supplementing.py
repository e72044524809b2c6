"""What is missing from a petition: asked for, given more time, sent, or never received."""

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
    """The same, as the petitioner is asked."""

    days: Annotated[
        int, Field(ge=1, le=60), Label(_("Days to supplement it, in addition"), _("How many more days do you need?"))
    ]
    reason: Annotated[Reason, Label(_("Reason"), _("Why, if you like"))] = ""


def _prolong(page: DeskPage) -> Overrides:
    most = page.case.supplement_days
    hint = _("At most %(days)s at once; twice in all (Decree 24).", days=most)
    return {"days": {"hint": hint, "attrs": {"max": most}}}


ACTS: tuple[CaseAct, ...] = (
    Act(
        action=Action.REQUEST_SUPPLEMENT,
        form=RequestSupplement,
        run=supplementing.request,
        desk=Offer(
            summary="Ask for what is missing; the clock stands",
            label=_("Request a supplement"),
            title=_("Ask for what is missing"),
            send=_("Send the request"),
            done=_("The supplement is requested; the clock stands."),
            order=("text", "late_reason"),
            fit=lambda page: {"late_reason": {"asked": page.case.supplement_late, "required": True}},
        ),
    ),
    Act(
        action=Action.SUPPLEMENT,
        form=words(
            _("What was brought in"), hint=_("By phone, by letter or in person; the clock runs again from tomorrow.")
        ),
        run=supplementing.receive,
        takes_files=True,
        desk=Offer(
            summary="Take in what was missing, for the petitioner",
            label=_("Take in a supplement"),
            title=_("Take in a supplement for the petitioner"),
            send=_("Take it in"),
            done=_("The supplement is taken in; the clock runs again from tomorrow."),
            files=(_("Papers that were brought in"), ONLY_PARTIES),
        ),
        citizen=Offer(
            summary="Send what was missing",
            label=_("Send what was missing"),
            send=_("Send it"),
            kind="primary",
            done=_("It has arrived. The clock runs again from tomorrow."),
            address="supplements",
            status=201,
            form=words(
                _("What was asked for"), hint=_("When it has arrived, the clock runs again from the next day."), rows=6
            ),
            names={"text": "supplement", "files": "supplement_files"},
            files=(_("Pictures or documents"), _("Pictures, PDF, office documents, text, sound or video.")),
        ),
    ),
    Act(
        action=Action.PROLONG,
        form=Prolong,
        run=supplementing.prolong,
        when=lambda case: case.prolongable,
        desk=Offer(
            summary="Give more time to send what is missing, for the petitioner",
            label=_("More time"),
            title=_("Give more time, for the petitioner"),
            send=_("Give more time"),
            done=_("There is more time to supplement; the petitioner is told."),
            fit=_prolong,
        ),
        citizen=Offer(
            summary="Take more time to send what is missing",
            label=_("I need more time"),
            title=_("Take more time to send it"),
            send=_("Take this time"),
            done=_("You have more time. The new last day stands below."),
            address="prolongation",
            form=MoreTime,
            names={"reason": "prolongation"},
            notes=(
                _(
                    "You can take more time twice, and each time at most as many days as you were given. "
                    "It holds at once."
                ),
            ),
        ),
    ),
    Act(
        action=Action.UNDELIVERED,
        form=words(
            _("How and why it came back"),
            hint=_(
                "For example: by post, address unknown. After two requests came back, the petition can be closed as "
                "withdrawn (Decree 25)."
            ),
            rows=3,
        ),
        run=supplementing.note_undelivered,
        when=lambda case: case.supplement_times not in case.supplement_undelivered,
        desk=Offer(
            summary="Record that a request to supplement came back undelivered",
            label=_("Came back"),
            title=_("Record that the request came back"),
            send=_("Record it"),
            kind="quiet",
            done=_("That the request came back is recorded."),
        ),
    ),
    Act(
        action=Action.DEEM_WITHDRAWN,
        form=words(
            _("Reason"),
            hint=_("Two requests came back because the address is unclear (Decree 25). The case ends here."),
            rows=3,
        ),
        run=supplementing.deem_withdrawn,
        when=lambda case: rules.may_deem_withdrawn(len(case.supplement_undelivered)) is None,
        desk=Offer(
            summary="Close as withdrawn: requests came back undelivered twice",
            label=_("Close as withdrawn"),
            send_kind="danger",
            kind="quiet",
            done=_("%(reference)s counts as withdrawn and is closed."),
        ),
    ),
    Act(
        action=Action.RETURN,
        form=words(
            _("Reason"), hint=_("Possible once the second request has run out (Decree 25). The case ends here."), rows=3
        ),
        run=supplementing.give_back,
        desk=Offer(
            summary="Return what was not supplemented",
            label=_("Return"),
            title=_("Return the case"),
            send=_("Return it"),
            send_kind="danger",
            kind="quiet",
            done=_("%(reference)s is returned."),
        ),
    ),
)
