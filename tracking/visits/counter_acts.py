"""What a counter does: one record for each action, with its form, function and texts, for the page and for JSON."""

from typing import Any

from server.core.acts import Act, Offer, Overrides
from server.core.errors import _
from tracking.visits.actions import calling, counters, forwarding
from tracking.visits.desk_forms import Plain
from tracking.visits.queries.counter import CounterView
from tracking.visits.queue_forms import CallChosen, CallNext, Finish, Forward, OpenCounter, Transfer, WriteNote
from tracking.visits.states import CounterAction, CounterState, TicketState

CounterAct = Act[CounterAction, Any]


def _free(there: CounterView) -> bool:
    return there.state is CounterState.OPEN and there.ticket is None


def _with(*states: TicketState) -> Any:
    return lambda there: there.ticket is not None and there.ticket.state in states


def _settled(there: CounterView) -> Overrides | None:
    """The services are only asked for if there are several, the case only if there is one."""
    several = len(there.matters) > 1
    return {"services": {"choices": there.matters, "asked": several}, "settles_case": {"asked": bool(there.case)}}


def _elsewhere(there: CounterView) -> Overrides | None:
    return {"counter": {"choices": there.elsewhere}} if there.elsewhere else None


def _other_offices(there: CounterView) -> Overrides | None:
    return {"office": {"choices": there.other_offices}} if there.other_offices else None


_COUNTERS: tuple[CounterAct, ...] = (
    Act(
        action=CounterAction.CALL_NEXT,
        form=CallNext,
        run=calling.call_next,
        when=_free,
        desk=Offer(
            summary="Call whoever is next",
            empty="Nobody waits whom the counter can serve.",
            label=_("Call the next visitor"),
            done=_("The next visitor is called."),
            icon="bell",
            attrs={"data-key": "n"},
        ),
    ),
    Act(
        action=CounterAction.START,
        form=Plain,
        run=calling.start,
        when=_with(TicketState.CALLED),
        desk=Offer(
            summary="The visitor is at the counter",
            label=_("Is here: start"),
            done=_("Started."),
            icon="person",
            attrs={"data-key": "s"},
        ),
    ),
    Act(
        action=CounterAction.FINISH,
        form=Finish,
        run=calling.finish,
        when=_with(TicketState.SERVING),
        desk=Offer(
            summary="Some or all matters of the visitor are settled",
            label=_("Settled: finish"),
            done=_("Finished."),
            icon="check",
            kind="primary",
            attrs={"data-key": "f"},
            fit=_settled,
        ),
    ),
    Act(
        action=CounterAction.RECALL,
        form=Plain,
        run=calling.recall,
        when=_with(TicketState.CALLED),
        desk=Offer(
            summary="Call the same visitor again",
            label=_("Call again"),
            done=_("Called again."),
            send_kind="secondary",
            attrs={"data-key": "r"},
        ),
    ),
    Act(
        action=CounterAction.NO_SHOW,
        form=Plain,
        run=calling.not_here,
        when=_with(TicketState.CALLED),
        desk=Offer(
            summary="Nobody came; the ticket is called again later, or is missed after the office's number of calls",
            label=_("Not here"),
            done=_("Recorded: nobody came."),
            send_kind="secondary",
            attrs={"data-key": "a"},
        ),
    ),
    Act(
        action=CounterAction.PARK,
        form=Plain,
        run=calling.park,
        when=_with(TicketState.SERVING),
        desk=Offer(
            summary="The visitor fetches something and comes back near the front",
            label=_("Fetches papers"),
            done=_("The visitor will come back near the front."),
            send_kind="secondary",
            attrs={"data-key": "p"},
        ),
    ),
    Act(
        action=CounterAction.TRANSFER,
        form=Transfer,
        run=calling.transfer,
        when=_with(TicketState.CALLED, TicketState.SERVING),
        desk=Offer(
            summary="Forward the visitor to another counter",
            label=_("Forward …"),
            title=_("To which counter?"),
            send=_("Forward"),
            done=_("The visitor has been forwarded."),
            attrs={"data-key": "t"},
            fit=_elsewhere,
        ),
    ),
    Act(
        action=CounterAction.FORWARD,
        form=Forward,
        run=forwarding.forward,
        when=_with(TicketState.CALLED, TicketState.SERVING),
        desk=Offer(
            summary="Forward the visitor to another office",
            label=_("To another office …"),
            title=_("To which office?"),
            send=_("Forward"),
            done=_("The visitor has a number at the other office."),
            attrs={"data-key": "o"},
            fit=_other_offices,
        ),
    ),
    Act(
        action=CounterAction.NOTE,
        form=WriteNote,
        run=calling.write_note,
        when=_with(TicketState.CALLED, TicketState.SERVING),
        desk=Offer(
            summary="Write a note for whoever serves the visitor next; an empty one erases it",
            label=_("Note …"),
            title=_("Note for colleagues"),
            send=_("Save"),
            done=_("The note is saved."),
            attrs={"data-key": "m"},
            fit=lambda there: {"note": {"value": there.ticket.note}},
        ),
    ),
    Act(
        action=CounterAction.CALL,
        form=CallChosen,
        run=calling.call,
        when=_free,
        desk=Offer(
            summary="Call a chosen ticket",
            label=_("Call a number …"),
            title=_("Which ticket?"),
            send=_("Call"),
            done=_("The visitor is called."),
            attrs={"data-key": "c"},
        ),
    ),
    Act(
        action=CounterAction.OPEN,
        form=OpenCounter,
        run=counters.open_counter,
        when=lambda there: there.state is not CounterState.OPEN or not there.operable,
        desk=Offer(
            summary="Open the counter, or take it over from whoever sits there",
            label=_("Open the counter"),
            done=_("The counter is open."),
            status=204,
            fit=lambda there: {"take_over": {"asked": not there.operable}},
        ),
    ),
    Act(
        action=CounterAction.PAUSE,
        form=Plain,
        run=counters.pause,
        when=_free,
        desk=Offer(
            summary="Pause: nobody is called",
            label=_("Pause"),
            done=_("The counter is paused."),
            send_kind="secondary",
            status=204,
        ),
    ),
    Act(
        action=CounterAction.CLOSE,
        form=Plain,
        run=counters.close,
        when=lambda there: there.ticket is None and there.state is not CounterState.CLOSED,
        desk=Offer(
            summary="Close the counter",
            label=_("Close the counter"),
            done=_("The counter is closed."),
            send_kind="quiet",
            status=204,
        ),
    ),
)
COUNTERS = {act.action.value: (act, act.desk) for act in _COUNTERS if act.desk}
