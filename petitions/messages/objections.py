"""What is said of objections to a refusal (이의신청, Act 35)."""

from petitions import events
from petitions.messages.answers import ways
from petitions.messages.event import (
    CaseMessage,
    Reader,
    at_desk,
    remedies,
    to_citizen,
    to_officials,
    to_party,
    where_due,
    words,
)
from petitions.messages.periods import NEW_DATE, WATCHED
from server.core.errors import _
from server.core.messages import Urgency

OBJECTIONS = (
    CaseMessage(
        events.ObjectionFiled,
        at_desk("danger", "pen", _("The petitioner objects to the refusal; decide by %(day)s")),
        to_party(
            "warning", "pen", _("Objection to the refusal"), *(words, _("The city must decide on it by %(due)s."))
        ),
        (
            to_citizen(
                _("We received your objection"),
                _("We received your objection to the refusal (Civil Petitions Treatment Act, art. 35)."),
                _("It is decided by %(day)s at the latest, and we write to you at once."),
                urgency=Urgency.REQUIRED,
            ),
            to_officials(
                Reader.HANDLER,
                Reader.MANAGERS,
                subject=_("An objection was filed"),
                happened=_(
                    "The petitioner objects to the refusal of this case (Civil Petitions Treatment Act, art. 35)."
                ),
                following=_("It must be decided within ten days; the case shows until when."),
            ),
        ),
    ),
    CaseMessage(
        events.ObjectionPassedOn,
        at_desk("warning", "arrow", _("%(department)s decides the objection")),
        to_party("info", "arrow", _("%(department)s decides the objection")),
        (
            to_citizen(
                _("Your objection was passed on to another department"),
                _("The department that refused was closed; %(department)s decides now."),
                _("The day by which your objection is decided stays."),
            ),
            to_officials(
                Reader.MANAGERS,
                subject=_("An objection was passed on to your department"),
                happened=_(
                    "The department that refused what this case asks for was closed; yours decides the objection now."
                ),
                following=_("It must be decided within ten days of its filing; the case shows until when."),
            ),
        ),
    ),
    CaseMessage(
        events.ObjectionExtended,
        at_desk("warning", "calendar", _("The decision on the objection is put off; decide by %(day)s")),
        to_party("warning", "calendar", _("The decision on the objection was put off"), words, NEW_DATE),
        (
            to_citizen(
                _("The decision on your objection takes longer"),
                _("The decision on your objection was put off (Civil Petitions Treatment Act, art. 35)."),
                _("It is decided by %(day)s at the latest. It cannot be put off again."),
                urgency=Urgency.REQUIRED,
            ),
        ),
    ),
    CaseMessage(
        events.ObjectionUpheld,
        at_desk("success", "check", _("The objection is upheld: open again, now due %(moment)s")),
        to_party(
            "success",
            "check",
            _("The objection was upheld: the case is open again"),
            words,
            where_due(_("You get a new answer by %(due)s.")),
        ),
        (
            to_citizen(
                _("Your objection was upheld"),
                _("Your objection was upheld: the refusal does not stand, and your case is open again."),
                lambda e: _("You get a new answer by %(due)s.") if e.due_at else None,
                urgency=Urgency.REQUIRED,
            ),
            to_officials(
                Reader.MANAGERS,
                subject=_("An objection was upheld: the case needs a department"),
                happened=_("The case is open again, and the department that answered it was closed."),
                following=_("Please pass it on to a department."),
                when=lambda e: not e.has_department,
            ),
        ),
        promised=_("New period, because the objection was upheld"),
    ),
    CaseMessage(
        events.ObjectionDismissed,
        at_desk("danger", "stop", _("The objection is dismissed: the refusal stands")),
        to_party("danger", "stop", _("The objection was dismissed: the refusal stands"), words, remedies),
        (
            to_citizen(
                _("Your objection was dismissed"),
                _("Your objection was dismissed: the refusal stands. The reasons follow."),
                _("Independently of this objection you can still contest the refusal; how, stands above."),
                urgency=Urgency.REQUIRED,
                more=ways,
            ),
        ),
    ),
    CaseMessage(
        events.ObjectionWithdrawn,
        at_desk("plain", "stop", _("The objection is taken back: the refusal stands")),
        to_party("plain", "stop", _("The objection was taken back: the refusal stands")),
        (
            to_citizen(
                _("Your objection was taken back"),
                _("Your objection was taken back, so it is not decided: the refusal stands."),
                _(
                    "If you did not want this, please tell us at once. "
                    "Within 60 days of the refusal you can object again."
                ),
                urgency=Urgency.REQUIRED,
                quoted=False,
            ),
            to_officials(
                Reader.HANDLER,
                Reader.MANAGERS,
                subject=_("An objection was taken back"),
                happened=_(
                    "The petitioner took the objection in this case back: the refusal stands, "
                    "and nothing is to be decided."
                ),
            ),
        ),
    ),
    CaseMessage(
        events.ObjectionDueSoon,
        at_desk("warning", "bell", _("The time to decide the objection ends soon")),
        mails=(
            to_officials(
                Reader.HANDLER,
                Reader.MANAGERS,
                subject=_("An objection must be decided"),
                happened=_("The time to decide the objection in this case ends within a day."),
                following=_("Please decide it, or put the decision off with the reason before the time ends."),
            ),
        ),
    ),
    CaseMessage(
        events.ObjectionOverdue,
        at_desk("danger", "alert", _("The time to decide the objection is over")),
        to_party("danger", "alert", _("The objection was not decided in time"), WATCHED),
        (
            to_citizen(
                _("The decision on your objection is late"),
                _("The time to decide your objection has passed, and there is no decision yet. We are sorry."),
                WATCHED,
            ),
            to_officials(
                Reader.HANDLER,
                Reader.MANAGERS,
                Reader.INSPECTORS,
                subject=_("An objection is not decided in time"),
                happened=_("The time to decide the objection in this case has passed without a decision."),
                following=_(
                    "Please see that it is decided now; the petitioner, the manager and the inspector were told."
                ),
            ),
        ),
    ),
)
