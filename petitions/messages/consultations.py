"""What is said when departments work together on a case (협조, Act 20).

The consulted department's people hear what they owe and until when, the case's own what came of it, the petitioner
which department helps; the words themselves stay at the desk (Act 7).
"""

from petitions import part_events as events
from petitions.messages.event import CaseMessage, Reader, at_desk, to_officials, to_party, where_due
from server.core.errors import _

CONSULTATIONS = (
    CaseMessage(
        events.PartRequested,
        at_desk("info", "arrow", _("%(department)s is asked for a part, until %(moment)s")),
        to_party(
            "info",
            "arrow",
            _("%(department)s is asked to help with your case"),
            where_due(_("It replies to the department in charge by %(due)s. The promised date of your answer stays.")),
        ),
        (
            to_officials(
                Reader.CONSULTED,
                subject=_("Your department is asked for a part of a case"),
                happened=_(
                    "%(department)s is asked to work on a part of this case (Civil Petitions Treatment Act, art. 20)."
                ),
                following=_(
                    "Please reply at the desk by %(due)s. Where that cannot be kept, put the reply off once before it "
                    "is due."
                ),
            ),
        ),
    ),
    CaseMessage(
        events.PartExtended,
        at_desk("warning", "calendar", _("%(department)s puts its reply off until %(moment)s")),
        to_party(
            "warning",
            "calendar",
            _("%(department)s needs longer for its part"),
            where_due(_("It now replies by %(due)s. The promised date of your answer stays.")),
        ),
        (
            to_officials(
                Reader.IN_CHARGE,
                subject=_("A reply comes later"),
                happened=_("%(department)s has put off its reply to this case."),
                following=_("The reply now comes by %(due)s; the reason stands at the desk."),
            ),
        ),
    ),
    CaseMessage(
        events.PartReplied,
        at_desk(
            "success",
            "check",
            lambda e: _("%(department)s replied") if e.data["in_time"] else _("%(department)s replied, late"),
        ),
        to_party("success", "check", _("%(department)s replied to the department in charge")),
        (
            to_officials(
                Reader.IN_CHARGE,
                subject=_("A department replied"),
                happened=_("%(department)s has replied to what it was asked for in this case."),
                following=_("Please read the reply at the desk and go on with the case."),
            ),
        ),
    ),
    CaseMessage(
        events.PartWithdrawn,
        at_desk("plain", "stop", _("%(department)s need not reply any more")),
        to_party("plain", "stop", _("The help of %(department)s is not needed any more")),
        (
            to_officials(
                Reader.CONSULTED,
                subject=_("Your department need not reply any more"),
                happened=_("What %(department)s was asked for in this case was taken back."),
            ),
        ),
    ),
    CaseMessage(
        events.PartDueSoon,
        at_desk("warning", "bell", _("The reply of %(department)s is due soon")),
        mails=(
            to_officials(
                Reader.CONSULTED,
                subject=_("Your department's reply is due soon"),
                happened=_("The reply of %(department)s to this case is due within a day."),
                following=_("Please reply at the desk, or put the reply off with the reason before it is due."),
            ),
        ),
    ),
    CaseMessage(
        events.PartOverdue,
        at_desk("danger", "alert", _("The reply of %(department)s is late")),
        mails=(
            to_officials(
                Reader.CONSULTED,
                Reader.IN_CHARGE,
                subject=_("A department's reply is late"),
                happened=_("The reply of %(department)s to this case was due and has not come."),
                following=_("Please see that the reply is given now, so that the case itself is answered in time."),
            ),
        ),
    ),
)
