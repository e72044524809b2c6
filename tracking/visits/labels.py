"""The labels of states and channels of visits, and of states of restrictions."""

from server.core.errors import Text, _
from tracking.visits.states import Channel, RestrictionState, VisitState, WaitingState

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
