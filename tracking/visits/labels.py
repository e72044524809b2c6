"""The labels of states and channels of visits, and of states of restrictions."""

from server.core.errors import Text, _
from tracking.visits.states import (
    Channel,
    CounterState,
    RestrictionState,
    TicketState,
    VisitMode,
    VisitState,
    WaitingState,
)
from tracking.visits.waits.order import Because

VISIT_STATES: dict[str, Text] = {
    VisitState.HELD: _("Held"),
    VisitState.OFFERED: _("Offered"),
    VisitState.BOOKED: _("Booked"),
    VisitState.EXPIRED: _("Expired"),
    VisitState.CANCELLED: _("Reservation cancelled"),
    VisitState.MISSED: _("No-show"),
    VisitState.SERVED: _("Served"),
}

CHANNELS: dict[str, Text] = {
    Channel.ONLINE: _("Online"),
    Channel.PHONE: _("By telephone"),
    Channel.DESK: _("At the desk"),
}

VISIT_MODES: dict[str, Text] = {
    VisitMode.IN_PERSON: _("At the office"),
    VisitMode.VIDEO: _("By video"),
    VisitMode.PHONE: _("By telephone"),
}

RESTRICTION_STATES: dict[str, Text] = {
    RestrictionState.RUNNING: _("Cannot book"),
    RestrictionState.APPEALED: _("Appeal to be decided"),
    RestrictionState.UPHELD: _("Appeal refused"),
    RestrictionState.LIFTED: _("Lifted"),
}

WAITING_STATES: dict[str, Text] = {
    WaitingState.WAITING: _("Waiting"),
    WaitingState.OFFERED: _("Offered"),
    WaitingState.DONE: _("Has a reservation"),
    WaitingState.LEFT: _("Left the list"),
}
REMOVALS: dict[str, Text] = {
    "asked": _("They asked for it"),
    "settled": _("Settled in another way"),
    "twice": _("Entered twice"),
    "unreachable": _("The contact does not exist"),
}
"""Why an official takes somebody off a waiting list."""
WEEKDAYS: dict[str, Text] = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}
"""The days of a week in their order."""

COUNTER_STATES: dict[str, Text] = {
    CounterState.OPEN: _("The counter is open"),
    CounterState.PAUSED: _("The counter is paused"),
    CounterState.CLOSED: _("The counter is closed"),
}
TICKET_STATES: dict[str, Text] = {
    TicketState.WAITING: _("Waiting"),
    TicketState.CALLED: _("Called"),
    TicketState.SERVING: _("At the counter"),
    TicketState.PARKED: _("Fetches papers"),
    TicketState.DONE: _("Done"),
    TicketState.MISSED: _("Did not come"),
    TicketState.LEFT: _("Left"),
    TicketState.FORWARDED: _("Another office goes on"),
}
BECAUSE: dict[str, Text] = {
    Because.URGENT: _("goes first"),
    Because.RETURNED: _("is back with papers"),
    Because.FORWARDED: _("was forwarded"),
    Because.BOOKED: _("has a reservation"),
    Because.WAITED: _("let reservations go first for long enough"),
    Because.ARRIVED: _("in order of arrival"),
    Because.EARLY: _("reservation for later"),
    "chosen": _("chosen by the clerk"),
    "again": _("called again"),
}
"""Why a ticket is next, or was called."""
