"""Messages about objections to a refusal (이의신청, Act 35)."""

from petitions import events
from petitions.messages.answers import ways
from petitions.messages.event import (
    Reader,
    at_desk,
    message,
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

DECIDED = _("Your objection (%(reference)s) was decided. Read the decision:")
"""Not which way: others may see a text message."""

OBJECTIONS = (
    message(
        events.ObjectionFiled,
        at_desk("danger", "pen", _("The petitioner objects to the refusal; decision due by %(day)s")),
        to_party("warning", "pen", _("Objection to the refusal"), *(words, _("The city must decide it by %(due)s."))),
        to_citizen(
            _("We received your objection"),
            _("We received your objection to the refusal (Civil Petitions Treatment Act, art. 35)."),
            _("We will decide it by %(day)s at the latest and write to you at once."),
            urgency=Urgency.REQUIRED,
            text=_("We received your objection (%(reference)s) and will decide it by %(day)s."),
        ),
        to_officials(
            Reader.HANDLER,
            Reader.MANAGERS,
            subject=_("An objection was filed"),
            happened=_("The petitioner objects to the refusal in this case (Civil Petitions Treatment Act, art. 35)."),
            following=_("It must be decided within ten days. The case shows the deadline."),
        ),
    ),
    message(
        events.ObjectionPassedOn,
        at_desk("warning", "arrow", _("%(department)s decides the objection")),
        to_party("info", "arrow", _("%(department)s decides the objection")),
        to_citizen(
            _("Your objection was transferred to another department"),
            _("The department that refused it was closed; %(department)s now decides."),
            _("The deadline for deciding your objection stays the same."),
        ),
        to_officials(
            Reader.MANAGERS,
            subject=_("An objection was transferred to your department"),
            happened=_(
                "The department that refused this petition was closed; your department now decides the objection."
            ),
            following=_("It must be decided within ten days of being filed. The case shows the deadline."),
        ),
    ),
    message(
        events.ObjectionExtended,
        at_desk("warning", "calendar", _("The time to decide the objection is extended; decision due by %(day)s")),
        to_party("warning", "calendar", _("The time to decide the objection was extended"), words, NEW_DATE),
        to_citizen(
            _("The decision on your objection will take longer"),
            _("The time to decide your objection was extended (Civil Petitions Treatment Act, art. 35)."),
            _("We will decide it by %(day)s at the latest. The time cannot be extended again."),
            urgency=Urgency.REQUIRED,
            text=_("The decision on your objection (%(reference)s) will take longer, until %(day)s. The reason:"),
        ),
    ),
    message(
        events.ObjectionUpheld,
        at_desk("success", "check", _("Objection upheld: reopened, now due %(moment)s")),
        to_party(
            "success",
            "check",
            _("The objection was upheld: the case is reopened"),
            words,
            where_due(_("You will receive a new answer by %(due)s.")),
        ),
        to_citizen(
            _("Your objection was upheld"),
            _("Your objection was upheld: the refusal no longer stands, and your case has been reopened."),
            lambda e: _("You will receive a new answer by %(due)s.") if e.due_at else None,
            urgency=Urgency.REQUIRED,
            text=DECIDED,
        ),
        to_officials(
            Reader.MANAGERS,
            subject=_("An objection was upheld: the case needs a department"),
            happened=_("The case was reopened, and the department that answered it was closed."),
            following=_("Please transfer it to a department."),
            when=lambda e: not e.has_department,
        ),
        due_because=_("New processing period, because the objection was upheld"),
    ),
    message(
        events.ObjectionDismissed,
        at_desk("danger", "stop", _("Objection dismissed: the refusal stands")),
        to_party("danger", "stop", _("The objection was dismissed: the refusal stands"), words, remedies),
        to_citizen(
            _("Your objection was dismissed"),
            _("Your objection was dismissed: the refusal stands. The reasons follow."),
            _("Apart from this objection you can still contest the refusal; see above for how."),
            urgency=Urgency.REQUIRED,
            more=ways,
            text=DECIDED,
        ),
    ),
    message(
        events.ObjectionWithdrawn,
        at_desk("plain", "stop", _("Objection withdrawn: the refusal stands")),
        to_party("plain", "stop", _("The objection was withdrawn: the refusal stands")),
        to_citizen(
            _("Your objection was withdrawn"),
            _("Your objection was withdrawn, so no decision will be made: the refusal stands."),
            _(
                "If you did not intend this, please tell us at once. You can object again within 60 days "
                "of the refusal."
            ),
            urgency=Urgency.REQUIRED,
            quoted=False,
            text=_("Your objection (%(reference)s) was withdrawn. If you did not intend this, please call us."),
        ),
        to_officials(
            Reader.HANDLER,
            Reader.MANAGERS,
            subject=_("An objection was withdrawn"),
            happened=_(
                "The petitioner withdrew the objection in this case: the refusal stands, and there is "
                "nothing to decide."
            ),
        ),
    ),
    message(
        events.ObjectionDueSoon,
        at_desk("warning", "bell", _("The deadline for deciding the objection is near")),
        None,
        to_officials(
            Reader.HANDLER,
            Reader.MANAGERS,
            subject=_("An objection must be decided"),
            happened=_("The deadline for deciding the objection in this case is less than a day away."),
            following=_("Please decide it, or extend the time with a reason before the deadline."),
        ),
    ),
    message(
        events.ObjectionOverdue,
        at_desk("danger", "alert", _("The deadline for deciding the objection has passed")),
        to_party("danger", "alert", _("The objection was not decided in time"), WATCHED),
        to_citizen(
            _("The decision on your objection is late"),
            _("The deadline for deciding your objection has passed, and there is no decision yet. We apologise."),
            WATCHED,
            text=_("The decision on your objection (%(reference)s) is late. We apologise."),
        ),
        to_officials(
            Reader.HANDLER,
            Reader.MANAGERS,
            Reader.INSPECTORS,
            subject=_("An objection has not been decided in time"),
            happened=_("The deadline for deciding the objection in this case has passed without a decision."),
            following=_(
                "Please make sure it is decided now. The petitioner, the manager and the inspector have been notified."
            ),
        ),
    ),
)
