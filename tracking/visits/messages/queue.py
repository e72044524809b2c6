"""Messages about the day of the visit. The queue's own record is for officials; nobody is written to about it."""

from server.core.errors import _
from tracking.visits import events
from tracking.visits.messages.event import message

QUEUE = (
    message(events.VisitorArrived, "info", "check", _("Checked in at the office")),
    message(events.VisitorLeft, "plain", "close", _("Gave the ticket back")),
    message(events.TicketWaits, "plain", "clock", _("Ticket %(number)s waits"), internal=True),
    message(events.TicketCalled, "info", "bell", _("Called"), internal=True),
    message(events.TicketStarted, "info", "person", _("At the counter"), internal=True),
    message(events.TicketFinished, "success", "check", _("Settled at the counter"), internal=True),
    message(events.TicketEnded, "plain", "close", _("No longer waiting"), internal=True),
    message(events.CounterChanged, "plain", "clock", _("Counter opened, paused or closed"), internal=True),
    message(events.QueueClosed, "plain", "close", _("Queue closed"), internal=True),
)
