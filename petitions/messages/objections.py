"""What is said of objections to a refusal (이의신청, Act 35)."""

from petitions import events
from petitions.messages.answers import remedies
from petitions.messages.event import (
    CaseEvent,
    CaseMessage,
    Reader,
    at_desk,
    to_citizen,
    to_officials,
    to_party,
    words,
)
from petitions.messages.periods import WATCHED
from server.core.errors import _
from server.core.messages import Detail, Notice, Urgency

FILED = CaseMessage(
    events.ObjectionFiled,
    desk=at_desk(
        "danger", "pen", lambda e: _("The petitioner objects to the refusal; decide by %(day)s", day=e.due_day)
    ),
    party=to_party(
        "warning",
        "pen",
        _("Objection to the refusal"),
        lambda e: [*words(e), Detail(_("The city must decide on it by %(due)s.", due=e.due_day))],
    ),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("We received your objection"),
                _("We received your objection to the refusal (Civil Petitions Treatment Act, art. 35)."),
                _("It is decided by %(day)s at the latest, and we write to you at once.", day=e.due_day),
                e.text,
            ),
            Urgency.REQUIRED,
        ),
        to_officials(
            *(Reader.HANDLER, Reader.MANAGERS),
            notice=Notice(
                _("An objection was filed"),
                _("The petitioner objects to the refusal of this case (Civil Petitions Treatment Act, art. 35)."),
                _("It must be decided within ten days; the case shows until when."),
            ),
        ),
    ),
)

PASSED_ON = CaseMessage(
    events.ObjectionPassedOn,
    desk=at_desk("warning", "arrow", lambda e: _("%(department)s decides the objection", department=e.department)),
    party=to_party("info", "arrow", lambda e: _("%(department)s decides the objection", department=e.department)),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your objection was passed on to another department"),
                _("The department that refused was closed; %(department)s decides now.", department=e.department),
                _("The day by which your objection is decided stays."),
                e.text,
            )
        ),
        to_officials(
            Reader.MANAGERS,
            notice=Notice(
                _("An objection was passed on to your department"),
                _("The department that refused what this case asks for was closed; yours decides the objection now."),
                _("It must be decided within ten days of its filing; the case shows until when."),
            ),
        ),
    ),
)


def _put_off(event: CaseEvent) -> list[Detail]:
    new = _("New date: %(due)s. Promised before: %(before)s.", due=event.due_day, before=event.day_before)
    return [*words(event), Detail(new)]


EXTENDED = CaseMessage(
    events.ObjectionExtended,
    desk=at_desk(
        "warning",
        "calendar",
        lambda e: _("The decision on the objection is put off; decide by %(day)s", day=e.due_day),
    ),
    party=to_party("warning", "calendar", _("The decision on the objection was put off"), _put_off),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("The decision on your objection takes longer"),
                _("The decision on your objection was put off (Civil Petitions Treatment Act, art. 35)."),
                _("It is decided by %(day)s at the latest. It cannot be put off again.", day=e.due_day),
                e.text,
            ),
            Urgency.REQUIRED,
        ),
    ),
)


def _upheld(event: CaseEvent) -> list[Detail]:
    new = _("You get a new answer by %(due)s.", due=event.due)
    return [*words(event), *([Detail(new)] if event.due_at else [])]


UPHELD = CaseMessage(
    events.ObjectionUpheld,
    desk=at_desk(
        "success", "check", lambda e: _("The objection is upheld: open again, now due %(moment)s", moment=e.due)
    ),
    party=to_party("success", "check", _("The objection was upheld: the case is open again"), _upheld),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your objection was upheld"),
                _("Your objection was upheld: the refusal does not stand, and your case is open again."),
                _("You get a new answer by %(due)s.", due=e.due) if e.due_at else None,
                e.text,
            ),
            Urgency.REQUIRED,
        ),
        to_officials(
            Reader.MANAGERS,
            notice=Notice(
                _("An objection was upheld: the case needs a department"),
                _("The case is open again, and the department that answered it was closed."),
                _("Please pass it on to a department."),
            ),
            when=lambda e: not e.has_department,
        ),
    ),
    promised=_("New period, because the objection was upheld"),
)

DISMISSED = CaseMessage(
    events.ObjectionDismissed,
    desk=at_desk("danger", "stop", _("The objection is dismissed: the refusal stands")),
    party=to_party(
        "danger",
        "stop",
        _("The objection was dismissed: the refusal stands"),
        lambda e: [*words(e), *remedies(e)],
    ),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your objection was dismissed"),
                _("Your objection was dismissed: the refusal stands. The reasons follow."),
                _("Independently of this objection you can still contest the refusal; how, stands above."),
                e.text,
                tuple((detail.title, detail.words) for detail in remedies(e) if detail.title),
            ),
            Urgency.REQUIRED,
        ),
    ),
)

WITHDRAWN = CaseMessage(
    events.ObjectionWithdrawn,
    desk=at_desk("plain", "stop", _("The objection is taken back: the refusal stands")),
    party=to_party("plain", "stop", _("The objection was taken back: the refusal stands")),
    mails=(
        to_citizen(
            Notice(
                _("Your objection was taken back"),
                _("Your objection was taken back, so it is not decided: the refusal stands."),
                _(
                    "If you did not want this, please tell us at once. "
                    "Within 60 days of the refusal you can object again."
                ),
            ),
            Urgency.REQUIRED,
        ),
        to_officials(
            *(Reader.HANDLER, Reader.MANAGERS),
            notice=Notice(
                _("An objection was taken back"),
                _(
                    "The petitioner took the objection in this case back: the refusal stands, "
                    "and nothing is to be decided."
                ),
            ),
        ),
    ),
)

DUE_SOON = CaseMessage(
    events.ObjectionDueSoon,
    desk=at_desk("warning", "bell", _("The time to decide the objection ends soon")),
    mails=(
        to_officials(
            *(Reader.HANDLER, Reader.MANAGERS),
            notice=Notice(
                _("An objection must be decided"),
                _("The time to decide the objection in this case ends within a day."),
                _("Please decide it, or put the decision off with the reason before the time ends."),
            ),
        ),
    ),
)

OVERDUE = CaseMessage(
    events.ObjectionOverdue,
    desk=at_desk("danger", "alert", _("The time to decide the objection is over")),
    party=to_party("danger", "alert", _("The objection was not decided in time"), lambda _e: [Detail(WATCHED)]),
    mails=(
        to_citizen(
            Notice(
                _("The decision on your objection is late"),
                _("The time to decide your objection has passed, and there is no decision yet. We are sorry."),
                WATCHED,
            )
        ),
        to_officials(
            *(Reader.HANDLER, Reader.MANAGERS, Reader.INSPECTORS),
            notice=Notice(
                _("An objection is not decided in time"),
                _("The time to decide the objection in this case has passed without a decision."),
                _("Please see that it is decided now; the petitioner, the manager and the inspector were told."),
            ),
        ),
    ),
)

OBJECTIONS = (FILED, PASSED_ON, EXTENDED, UPHELD, DISMISSED, WITHDRAWN, DUE_SOON, OVERDUE)
