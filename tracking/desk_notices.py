"""What a mail about a fact says to officials: what happened, and what to do now."""

from server.core.errors import _
from tracking.notices import Notice

OFFICIAL: dict[str, Notice] = {
    "case.mail_undelivered": Notice(
        _("A mail could not be delivered to the petitioner"),
        _("The mail server of the petitioner did not take a mail about this case; the address seems to be wrong."),
        _("Please look at the case, and tell the petitioner by phone what has happened."),
    ),
    "case.assigned": Notice(_("A case was given to you"), _("You handle this case now.")),
    "case.message": Notice(
        _("The petitioner wrote"), _("The petitioner wrote a message."), _("Please read and answer it at the desk.")
    ),
    "case.supplement_prolonged": Notice(
        _("More time to supplement"),
        _("The petitioner took more time to send what is missing (Civil Petitions Treatment Decree, art. 24)."),
        _("The case shows the new last day; the clock stands until then."),
    ),
    "case.due_soon": Notice(
        _("The period ends soon"), _("The period of this case ends within a day."),
        _("Please answer it, or extend it with the reason before it ends."),
    ),
    "case.overdue": Notice(
        _("The period has passed"), _("The period of this case has passed without an answer."),
        _("Please see that it is answered now; the petitioner, the manager and the inspector were told."),
    ),
    "case.objection_filed": Notice(
        _("An objection was filed"),
        _("The petitioner objects to the refusal of this case (Civil Petitions Treatment Act, art. 35)."),
        _("It must be decided within ten days; the case shows until when."),
    ),
    "case.objection_passed_on": Notice(
        _("An objection was passed on to your department"),
        _("The department that refused what this case asks for was closed; yours decides the objection now."),
        _("It must be decided within ten days of its filing; the case shows until when."),
    ),
    "case.objection_upheld": Notice(
        _("An objection was upheld: the case needs a department"),
        _("The case is open again, and the department that answered it was closed."),
        _("Please pass it on to a department."),
    ),
    "case.objection_withdrawn": Notice(
        _("An objection was taken back"),
        _("The petitioner took the objection in this case back: the refusal stands, and nothing is to be decided."),
    ),
    "case.objection_due_soon": Notice(
        _("An objection must be decided"), _("The time to decide the objection in this case ends within a day."),
        _("Please decide it, or put the decision off with the reason before the time ends."),
    ),
    "case.objection_overdue": Notice(
        _("An objection is not decided in time"),
        _("The time to decide the objection in this case has passed without a decision."),
        _("Please see that it is decided now; the petitioner, the manager and the inspector were told."),
    ),
    "case.interim_due": Notice(
        _("An interim notice is due"),
        _("30 days have passed, and this case has no answer yet (Civil Petitions Treatment Decree, art. 23)."),
        _("Please tell the petitioner how far it is and when the answer is expected."),
    ),
    "case.reopened": Notice(
        _("Not solved: a case was opened again"),
        _("The petitioner says that this case is not solved. It lies in your department's queue again."),
        _("Please name a handler."),
    ),
}  # fmt: skip
"""What officials hear of. The petitioner's words stay at the desk (Act 7)."""
