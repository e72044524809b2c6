"""Messages about consultations (협조, Act 20).

The consulted department is told what to reply to and until when, the case's own department the result, and the
petitioner which department is consulted; the texts themselves stay at the desk (Act 7).
"""

from petitions import events
from petitions.messages.event import Reader, at_desk, message, to_officials, to_party, where_due
from server.core.errors import _

CONSULTATIONS = (
    message(
        events.ConsultationRequested,
        at_desk("info", "arrow", _("%(department)s consulted, reply due %(moment)s")),
        to_party(
            "info",
            "arrow",
            _("%(department)s is being consulted on your case"),
            where_due(
                _("It will reply to the department in charge by %(due)s. The due date of your answer stays the same.")
            ),
        ),
        to_officials(
            Reader.CONSULTED,
            subject=_("Your department is consulted on a case"),
            happened=_("%(department)s is consulted on this case (Civil Petitions Treatment Act, art. 20)."),
            following=_(
                "Please reply at the desk by %(due)s. If you cannot, extend the reply deadline once before it passes."
            ),
        ),
    ),
    message(
        events.ConsultationExtended,
        at_desk("warning", "calendar", _("%(department)s extended its reply deadline to %(moment)s")),
        to_party(
            "warning",
            "calendar",
            _("%(department)s needs longer to reply"),
            where_due(_("It will reply by %(due)s. The due date of your answer stays the same.")),
        ),
        to_officials(
            Reader.IN_CHARGE,
            subject=_("A reply will take longer"),
            happened=_("%(department)s has extended its reply deadline in this case."),
            following=_("The reply is now due by %(due)s; see the reason at the desk."),
        ),
    ),
    message(
        events.ConsultationReplied,
        at_desk(
            "success",
            "check",
            lambda e: _("%(department)s replied") if e.data["in_time"] else _("%(department)s replied, late"),
        ),
        to_party("success", "check", _("%(department)s replied to the department in charge")),
        to_officials(
            Reader.IN_CHARGE,
            subject=_("A consulted department replied"),
            happened=_("%(department)s has replied to the consultation in this case."),
            following=_("Please read the reply at the desk and continue with the case."),
        ),
    ),
    message(
        events.ConsultationWithdrawn,
        at_desk("plain", "stop", _("Consultation of %(department)s withdrawn")),
        to_party("plain", "stop", _("%(department)s is no longer being consulted")),
        to_officials(
            Reader.CONSULTED,
            subject=_("Your department no longer needs to reply"),
            happened=_("The consultation of %(department)s in this case was withdrawn."),
        ),
    ),
    message(
        events.ConsultationDueSoon,
        at_desk("warning", "bell", _("The reply of %(department)s is due soon")),
        None,
        to_officials(
            Reader.CONSULTED,
            subject=_("Your department's reply is due soon"),
            happened=_("The reply of %(department)s in this case is due within a day."),
            following=_("Please reply at the desk, or extend the reply deadline with a reason before it passes."),
        ),
    ),
    message(
        events.ConsultationOverdue,
        at_desk("danger", "alert", _("The reply of %(department)s is overdue")),
        None,
        to_officials(
            Reader.CONSULTED,
            Reader.IN_CHARGE,
            subject=_("A department's reply is overdue"),
            happened=_("The reply of %(department)s in this case was due and has not arrived."),
            following=_("Please make sure that the reply is sent now, so that the case itself is answered in time."),
        ),
    ),
)
