"""Actions that end or reopen a case: answer, close, reopen, rate, withdraw; or its publication."""

from petitions.act_forms import CloseRepeated
from petitions.actions import answering, leaving, repeating
from petitions.acts.page import CaseAct, DeskPage, Page
from petitions.forms import SCORES, GiveAnswer, Plain, Rate, words
from petitions.rules import Kind
from petitions.states import Action
from server.core.acts import Act, Offer, Overrides
from server.core.errors import _

ENOUGH_BEFORE = 2
"""Earlier answers to the same petition that a closure requires (Act 23)."""


def _close_repeated(page: DeskPage) -> Overrides | None:
    if len(page.answered_before) < ENOUGH_BEFORE:
        return None
    return {"earlier": {"choices": page.answered_before}, "remedies": {"value": page.remedies}}


def _rate(page: Page) -> Overrides:
    choices = {"score": {"choices": tuple(SCORES.items())}}
    return choices if page.case.rating else {**choices, "": {"kind": "primary"}}


ACTS: tuple[CaseAct, ...] = (
    Act(
        action=Action.ANSWER,
        form=GiveAnswer,
        run=leaving.answer,
        takes_files=True,
        desk=Offer(
            summary="Answer",
            label=_("Send the answer"),
            done=_("%(reference)s has been answered."),
            place="answer",
            attrs={"class": "answer-form"},
            files=(
                _("Files with the answer"),
                _("Only the petitioner and officials can open them. They are not published, even if the answer is."),
            ),
        ),
    ),
    Act(
        action=Action.CLOSE,
        form=words(_("Remark"), rows=2, optional=True),
        run=answering.close,
        when=lambda case: case.objection_due_at is None,
        desk=Offer(
            summary="Close an answered case", label=_("Close the case"), done=_("%(reference)s has been closed.")
        ),
    ),
    Act(
        action=Action.CLOSE_REPEATED,
        form=CloseRepeated,
        run=repeating.close,
        when=lambda case: case.kind not in {Kind.STATUTORY, Kind.REPORT},
        desk=Offer(
            summary="Close a repeated petition without another answer (Act 23)",
            label=_("Close as repeated"),
            send_kind="danger",
            kind="quiet",
            done=_("%(reference)s has been closed as repeated, and the petitioner has been notified."),
            fit=_close_repeated,
        ),
    ),
    Act(
        action=Action.RATE,
        form=Rate,
        run=answering.rate,
        when=lambda case: case.answered_at is not None,
        citizen=Offer(
            summary="Say how satisfied you are, 1 to 5",
            label=_("Rate the answer"),
            title=_("How satisfied are you?"),
            send=_("Send the rating"),
            done=_("Thank you. Your rating has been saved."),
            address="rating",
            names={},
            fit=_rate,
        ),
    ),
    Act(
        action=Action.REOPEN,
        form=words(_("Reason"), hint=_("The petitioner will read it too. A new processing period begins."), rows=3),
        run=answering.reopen,
        when=lambda case: case.objection_due_at is None,
        desk=Offer(
            summary="Reopen a case, with a new processing period",
            label=_("Reopen"),
            title=_("Reopen the case"),
            done=_("%(reference)s has been reopened with a new deadline."),
        ),
        citizen=Offer(
            summary="Say that it is not solved: the case is reopened",
            label=_("It is not solved"),
            title=_("What is not solved?"),
            send=_("It is not solved: reopen it"),
            done=_("The case has been reopened. The department and its manager have been notified."),
            address="reopening",
            page="not-solved",
            form=words(_("What is still not solved?"), rows=5),
            names={"text": "unsolved"},
            notes=(
                _("Closed is not solved. Your case goes back to the department at once, and its manager is notified."),
            ),
        ),
    ),
    Act(
        action=Action.UNPUBLISH,
        form=Plain,
        run=answering.unpublish,
        when=lambda case: case.public,
        desk=Offer(
            summary="Withdraw the consent to publication on the petitioner's behalf",
            label=_("Stop publishing"),
            title=_("Withdraw the consent to publication, as the petitioner asked"),
            kind="quiet",
            done=_("%(reference)s is not published any more."),
        ),
        citizen=Offer(
            summary="Withdraw the consent to publication",
            label=_("Stop publishing my petition"),
            kind="quiet",
            done=_("Your petition and its answer are not published any more."),
            address="unpublish",
            names={},
            notes=(
                _(
                    "Nobody but you and officials can read your petition and its answer then. Lists, search and feeds "
                    "of this site no longer have it; copies that others have made are not in our hands."
                ),
            ),
        ),
    ),
    Act(
        action=Action.WITHDRAW,
        form=words(
            _("What the petitioner said"),
            hint=_("Only at the petitioner's request (Act 22). The case ends here."),
            rows=3,
        ),
        run=answering.withdraw,
        desk=Offer(
            summary="Withdraw the petition on the petitioner's behalf",
            label=_("Withdraw"),
            title=_("Withdraw on the petitioner's behalf"),
            send_kind="danger",
            kind="quiet",
            done=_("%(reference)s has been withdrawn."),
        ),
        citizen=Offer(
            summary="Withdraw the petition",
            label=_("Withdraw the petition"),
            send_kind="danger",
            kind="quiet",
            done=_("Your petition has been withdrawn."),
            address="withdrawal",
            form=words(_("Why (optional)"), rows=3, optional=True),
            names={"text": "withdrawal"},
            notes=(_("The case then ends without an answer. You can file again at any time."),),
        ),
    ),
)
