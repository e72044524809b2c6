"""Messages that follow from no event: reminders, and what somebody asks to get again."""

from enum import StrEnum

from server.core.errors import _
from server.core.messages import Urgency
from tracking.visits.messages.event import to_visitor


class Sent(StrEnum):
    """What is sent about a visit without an event."""

    DAY_BEFORE = "day_before"
    SOON = "soon"
    AGAIN = "again"


MAILINGS = {
    Sent.DAY_BEFORE: to_visitor(
        _("A reminder of your visit"),
        _("A reminder of your visit: %(when)s, %(office)s."),
        _("Can you not come? Please cancel it today with the link below, so that somebody else can come."),
        text=_("A reminder of your visit %(number)s: %(when)s, %(office)s. Bring an identity card. What to bring, "
               "change or cancel:"),
    ),
    Sent.SOON: to_visitor(
        _("Your visit is soon"),
        _("Your visit is soon: %(when)s, %(office)s."),
        _("Can you not come? Please tell us with the link below: the time then goes to others who wait."),
        text=_("Your visit %(number)s is soon: %(when)s, %(office)s. If you cannot come, please say so:"),
        urgency=Urgency.IMMEDIATE,
    ),
    Sent.AGAIN: to_visitor(
        _("Your reservation"),
        _("Your reservation: %(when)s, %(office)s."),
        text=_("Your reservation %(number)s: %(when)s, %(office)s, %(services)s. What to bring, change or cancel:"),
        urgency=Urgency.IMMEDIATE,
    ),
}  # fmt: skip

TICKET_LINK = to_visitor(
    _("The link to your ticket"),
    _("Here is your ticket again: number %(ticket_number)s, %(office)s."),
    _("The page shows your place in the queue and how long it will still take. If you did not ask for it, you do not "
      "need to do anything."),
    text=_("Here is your ticket again: number %(ticket_number)s, %(office)s:"),
    urgency=Urgency.IMMEDIATE,
)  # fmt: skip
"""The link to a ticket that was lost, on request."""
