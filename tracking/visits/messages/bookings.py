"""Messages about a booked time: booked, changed, cancelled, without a counter, linked to a case."""

from server.core.errors import _
from server.core.messages import Urgency
from tracking.visits import events
from tracking.visits.messages.event import message, to_visitor

BOOKINGS = (
    message(
        events.VisitBooked,
        "info",
        "calendar",
        _("Booked for %(when)s"),
        to_visitor(
            _("Your visit is booked"),
            _("Your visit is booked: %(when)s, %(office)s."),
            _("You can change or cancel it until the day before with the links below. After that, please tell us if "
              "you cannot come: somebody else can then come."),
            text=_("Your visit is booked: %(when)s, %(office)s, %(services)s. No. %(number)s. Bring an identity card. "
                   "What to bring, change or cancel:"),
            urgency=Urgency.IMMEDIATE,
        ),
    ),
    message(
        events.VisitRescheduled,
        "info",
        "calendar",
        _("Moved from %(was)s to %(when)s"),
        to_visitor(
            _("Your visit has a new time"),
            _("Your visit has a new time: %(when)s, %(office)s."),
            _("You do not need to come at the earlier time, %(was)s."),
            text=_("Your visit %(number)s has a new time: %(when)s, %(office)s, instead of %(was)s."),
        ),
    ),
    message(
        events.VisitCancelled,
        "plain",
        "close",
        lambda e: _("Said that nobody comes") if e.data["late"] else _("Reservation cancelled"),
        to_visitor(
            _("Your visit was cancelled"),
            _("Your visit was cancelled: %(when)s, %(office)s."),
            _("You can book another time whenever you like."),
            text=_("Your visit %(number)s was cancelled: %(when)s, %(office)s."),
        ),
    ),
    message(
        events.VisitUnplaced, "warning", "alert", _("No counter can serve it any more at its time"), internal=True
    ),
    message(events.VisitPlaced, "success", "check", _("A counter can serve it again"), internal=True),
    message(events.VisitServed, "success", "check", _("Came and was served")),
    # The case tells its petitioner that a visit is asked for.
    message(events.VisitAsked, "info", "calendar", _("Asked for a visit in case %(case)s")),
    message(events.VisitNotAsked, "plain", "close", _("No longer asked for in case %(case)s")),
    message(events.VisitAttached, "plain", "document", _("Linked to case %(case)s")),
    message(events.VisitDetached, "plain", "document", _("No longer linked to case %(case)s")),
)  # fmt: skip
