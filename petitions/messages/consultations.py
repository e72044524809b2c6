"""What is said when departments work together on a case (협조, Act 20).

The consulted department's people hear what they owe and until when, the case's own what came of it, the petitioner
which department helps; the words themselves stay at the desk (Act 7).
"""

from petitions import part_events as events
from petitions.messages.event import CaseEvent, CaseMessage, Reader, at_desk, to_officials, to_party
from server.core.errors import Text, _
from server.core.messages import Detail, Notice


def _asked_until(event: CaseEvent) -> list[Detail]:
    if not event.due_at:
        return []
    by = _(
        "It replies to the department in charge by %(due)s. The promised date of your answer stays.",
        due=event.reply_by,
    )
    return [Detail(by)]


REQUESTED = CaseMessage(
    events.PartRequested,
    desk=at_desk(
        "info",
        "arrow",
        lambda e: _("%(department)s is asked for a part, until %(moment)s", department=e.department, moment=e.reply_by),
    ),
    party=to_party(
        "info",
        "arrow",
        lambda e: _("%(department)s is asked to help with your case", department=e.department),
        _asked_until,
    ),
    mails=(
        to_officials(
            Reader.CONSULTED,
            notice=lambda e: Notice(
                _("Your department is asked for a part of a case"),
                _(
                    "%(department)s is asked to work on a part of this case (Civil Petitions Treatment Act, art. 20).",
                    department=e.department,
                ),
                _(
                    "Please reply at the desk by %(due)s. Where that cannot be kept, put the reply off once before it "
                    "is due.",
                    due=e.reply_by,
                ),
            ),
        ),
    ),
)


def _later(event: CaseEvent) -> list[Detail]:
    if not event.due_at:
        return []
    return [Detail(_("It now replies by %(due)s. The promised date of your answer stays.", due=event.reply_by))]


EXTENDED = CaseMessage(
    events.PartExtended,
    desk=at_desk(
        "warning",
        "calendar",
        lambda e: _("%(department)s puts its reply off until %(moment)s", department=e.department, moment=e.reply_by),
    ),
    party=to_party(
        "warning",
        "calendar",
        lambda e: _("%(department)s needs longer for its part", department=e.department),
        _later,
    ),
    mails=(
        to_officials(
            Reader.IN_CHARGE,
            notice=lambda e: Notice(
                _("A reply comes later"),
                _("%(department)s has put off its reply to this case.", department=e.department),
                _("The reply now comes by %(due)s; the reason stands at the desk.", due=e.reply_by),
            ),
        ),
    ),
)


def _replied(event: CaseEvent) -> Text:
    if event.data["in_time"]:
        return _("%(department)s replied", department=event.department)
    return _("%(department)s replied, late", department=event.department)


REPLIED = CaseMessage(
    events.PartReplied,
    desk=at_desk("success", "check", _replied),
    party=to_party(
        "success",
        "check",
        lambda e: _("%(department)s replied to the department in charge", department=e.department),
    ),
    mails=(
        to_officials(
            Reader.IN_CHARGE,
            notice=lambda e: Notice(
                _("A department replied"),
                _("%(department)s has replied to what it was asked for in this case.", department=e.department),
                _("Please read the reply at the desk and go on with the case."),
            ),
        ),
    ),
)

WITHDRAWN = CaseMessage(
    events.PartWithdrawn,
    desk=at_desk("plain", "stop", lambda e: _("%(department)s need not reply any more", department=e.department)),
    party=to_party(
        "plain", "stop", lambda e: _("The help of %(department)s is not needed any more", department=e.department)
    ),
    mails=(
        to_officials(
            Reader.CONSULTED,
            notice=lambda e: Notice(
                _("Your department need not reply any more"),
                _("What %(department)s was asked for in this case was taken back.", department=e.department),
            ),
        ),
    ),
)

DUE_SOON = CaseMessage(
    events.PartDueSoon,
    desk=at_desk("warning", "bell", lambda e: _("The reply of %(department)s is due soon", department=e.department)),
    mails=(
        to_officials(
            Reader.CONSULTED,
            notice=lambda e: Notice(
                _("Your department's reply is due soon"),
                _("The reply of %(department)s to this case is due within a day.", department=e.department),
                _("Please reply at the desk, or put the reply off with the reason before it is due."),
            ),
        ),
    ),
)

OVERDUE = CaseMessage(
    events.PartOverdue,
    desk=at_desk("danger", "alert", lambda e: _("The reply of %(department)s is late", department=e.department)),
    mails=(
        to_officials(
            *(Reader.CONSULTED, Reader.IN_CHARGE),
            notice=lambda e: Notice(
                _("A department's reply is late"),
                _("The reply of %(department)s to this case was due and has not come.", department=e.department),
                _("Please see that the reply is given now, so that the case itself is answered in time."),
            ),
        ),
    ),
)

CONSULTATIONS = (REQUESTED, EXTENDED, REPLIED, WITHDRAWN, DUE_SOON, OVERDUE)
