"""The refusals of counters: who may act there, and on whose number."""

from datetime import datetime

from server.core.errors import Conflict, NotPossibleNow, Text, _


class CounterBusy(Conflict):
    """409: the counter still calls or serves somebody."""

    code, text = "counter_busy", _("This counter still has a visitor. Please finish with them first.")


class CounterEmpty(Conflict):
    """409: the counter neither calls nor serves anybody."""

    code, text = "counter_empty", _("Nobody is at this counter.")


class NotYourCounter(Conflict):
    """409: somebody else sits at the counter; it says who."""

    code = "not_your_counter"

    def __init__(self, person: str) -> None:
        super().__init__(_("%(person)s sits at this counter. Open it yourself to take it over.", person=person))


class TicketNotPossible(NotPossibleNow):
    """409: the ticket's state, which it names, does not allow the action."""

    def __init__(self, action: str, state: str, label: Text) -> None:
        text = _("This is not possible now. State of the number: %(state)s.", state=label)
        super().__init__(action, state, text)


class CounterNotOpen(Conflict):
    """409: nobody sits at the counter, or it is paused."""

    code, text = "counter_not_open", _("This counter is not open. Please open it first.")


class CannotServe(Conflict):
    """409: the counter is not able to do what the ticket is for."""

    code, text = "cannot_serve", _("This counter cannot do the service for which this visitor came.")


class CalledJustNow(Conflict):
    """409: the ticket was called a moment ago, or as often as the office calls."""

    code = "called_just_now"

    def __init__(self, again: datetime) -> None:
        super().__init__(_("This visitor was called a moment ago. Call again from %(time)s.", time=f"{again:%H:%M}"))


class CalledOftenEnough(Conflict):
    """409: the ticket was called as often as the office calls; it is missed now."""

    code, text = "called_often_enough", _("This visitor has been called as often as the office calls.")
