"""Messages about the day of the visit. Of the queue's own record visitors read only that it is nearly their turn."""

from server.core.errors import _
from server.core.messages import Urgency
from tracking.visits import events
from tracking.visits.messages.event import message, to_visitor

QUEUE = (
    message(events.VisitorArrived, "info", "check", _("Checked in at the office")),
    message(events.VisitorLeft, "plain", "close", _("Gave the ticket back")),
    message(events.TicketWaits, "plain", "clock", _("Ticket %(number)s waits"), internal=True),
    message(events.TicketEstimated, "plain", "clock", _("Told how long the wait would be"), internal=True),
    message(events.TicketCalled, "info", "bell", _("Called"), internal=True),
    message(events.TicketStarted, "info", "person", _("At the counter"), internal=True),
    message(events.TicketOvertook, "plain", "clock", _("Was called before others who had waited longer"),
            internal=True),
    message(events.TicketFinished, "success", "check", _("Settled at the counter"), internal=True),
    message(events.TicketForwarded, "plain", "arrow", _("Another office goes on"), internal=True),
    message(events.TicketNoted, "plain", "document", _("Note for colleagues"), internal=True),
    message(events.EmergencyRaised, "warning", "alert", _("A colleague was asked for help"), internal=True),
    message(events.EmergencyAccepted, "info", "person", _("A colleague goes to help"), internal=True),
    message(events.EmergencyEnded, "plain", "check", _("The call for help is over"), internal=True),
    message(events.TicketFiled, "info", "document", _("Filed a petition at the counter"), internal=True),
    message(events.TicketEnded, "plain", "close", _("No longer waiting"), internal=True),
    message(events.TicketContactChanged, "plain", "bell", _("Contact for a notice left or removed"), internal=True),
    message(
        events.TicketTold,
        "plain",
        "bell",
        _("Told that it is nearly their turn"),
        to_visitor(
            _("It is nearly your turn"),
            _("It is nearly your turn at %(office)s, number %(ticket_number)s. %(wait)s"),
            _("Please come back to the waiting area now. If you cannot come, give the number back with the link "
              "below."),
            text=_("Nearly your turn: number %(ticket_number)s, %(office)s. %(wait)s Please come back now:"),
            urgency=Urgency.IMMEDIATE,
            when=lambda e: not e.data["called"],
        ),
        to_visitor(
            _("You are called now"),
            _("Number %(ticket_number)s is called at %(office)s: counter %(counter)s, floor %(floor)s."),
            _("Please go there at once. If you come too late, press “I am here again” on the page of your ticket."),
            text=_("You are called: number %(ticket_number)s, counter %(counter)s, floor %(floor)s, %(office)s. Are "
                   "you late? Say so here:"),
            urgency=Urgency.IMMEDIATE,
            when=lambda e: bool(e.data["called"]),
        ),
        internal=True,
    ),
    message(events.TicketRenumbered, "plain", "pen", _("Now has the number %(number)s"), internal=True),
    message(events.PrintReported, "plain", "print", _("Printing of the ticket"), internal=True),
    message(events.PassIssued, "info", "person", _("Visitor pass %(number)s issued"), internal=True),
    message(events.PassScreened, "success", "check", _("Security step passed, pass %(number)s"), internal=True),
    message(events.PassReturned, "success", "check", _("Visitor pass %(number)s returned"), internal=True),
    message(events.PassUndone, "plain", "close", _("A step of visitor pass %(number)s was undone"), internal=True),
    message(events.CounterChanged, "plain", "clock", _("Counter opened, paused or closed"), internal=True),
    message(events.QueueClosed, "plain", "close", _("Queue closed"), internal=True),
)  # fmt: skip
