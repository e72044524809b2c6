"""The refusals of counters: who may act there, and on whose number."""

from datetime import datetime

from server.core.errors import Conflict, NotPossibleNow, Text, _
from tracking.visits.states import TicketAction, TicketState


class CounterBusy(Conflict):
    """409: the counter still calls or serves somebody."""

    code, text = "counter_busy", _("This counter still has a visitor. Please finish with them first.")


class CounterEmpty(Conflict):
    """409: the counter neither calls nor serves anybody."""

    code, text = "counter_empty", _("Nobody is at this counter. Please call a visitor first.")


class NotYourCounter(Conflict):
    """409: somebody else sits at the counter; it says who."""

    code = "not_your_counter"

    def __init__(self, person: str) -> None:
        super().__init__(_("%(person)s sits at this counter. Open it yourself to take it over.", person=person))


_AT_THE_DESK: dict[TicketState, Text] = {
    TicketState.WAITING: _("This number still waits. It has to be called first."),
    TicketState.CALLED: _("This number is called. Please start with the visitor, or note that nobody came."),
    TicketState.SERVING: _("This visitor is at a counter and has to be finished with there first."),
    TicketState.PARKED: _("This visitor fetches papers. Please note that they are here again, or call the number."),
    TicketState.DONE: _("This number is done. For another matter the visitor needs a new one."),
    TicketState.MISSED: _("This visitor did not come. If they are here now, please note that they are here again."),
    TicketState.LEFT: _("This number was given back. The visitor needs a new one."),
    TicketState.FORWARDED: _("Another office goes on with this visitor, under a new number."),
}
_FOR_VISITORS: dict[TicketState, Text] = {
    TicketState.WAITING: _("You are waiting already. We call your number when it is your turn."),
    TicketState.CALLED: _("Your number is called. Please go to the counter now."),
    TicketState.SERVING: _("You are at the counter. If you want to leave, please tell the clerk."),
    TicketState.PARKED: _("You fetch papers. Please say on this page when you are here again."),
    TicketState.DONE: _("Your number is done. For another matter please take a new one."),
    TicketState.MISSED: _("Your number does not wait any more, so there is nothing to give back."),
    TicketState.LEFT: _("This number was given back. Please take a new one."),
    TicketState.FORWARDED: _("Another office goes on with you. Your new number is on this page."),
}


class TicketNotPossible(NotPossibleNow):
    """409: the ticket's state does not allow the action. Says how it stands, and what can be done instead."""

    def __init__(self, action: TicketAction, state: TicketState, *, to_visitor: bool = False) -> None:
        super().__init__(action, state, (_FOR_VISITORS if to_visitor else _AT_THE_DESK)[state])


class OfAnotherDay(NotPossibleNow):
    """409: a ticket of another day does not wait again."""

    def __init__(self, action: TicketAction, state: TicketState) -> None:
        super().__init__(action, state, _("This number is of another day. A new one is needed."))


class CounterNotOpen(Conflict):
    """409: nobody sits at the counter, or it is paused."""

    code, text = "counter_not_open", _("This counter is not open. Please open it first.")


class CannotServe(Conflict):
    """409: the counter is not able to do what the ticket is for."""

    code, text = (
        "cannot_serve",
        _("This counter cannot do the service for which this visitor came. A counter that can has to call the number."),
    )


class CalledJustNow(Conflict):
    """409: the ticket was called a moment ago, or as often as the office calls."""

    code = "called_just_now"

    def __init__(self, again: datetime) -> None:
        super().__init__(_("This visitor was called a moment ago. Call again from %(time)s.", time=f"{again:%H:%M}"))


class CalledOftenEnough(Conflict):
    """409: the ticket was called as often as the office calls; it is missed now."""

    code, text = (
        "called_often_enough",
        _("This visitor has been called as often as the office calls. Please note that nobody came."),
    )
