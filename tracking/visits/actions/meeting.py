"""Visits by video or telephone: the visitor says that they are ready, and waits for the call where they are."""

from server.core import clock
from server.core.errors import NotPossibleNow
from tracking.visits.actions import arriving
from tracking.visits.actions.arriving import Press
from tracking.visits.errors import NotYetReady
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queries.visits import VisitView
from tracking.visits.states import VisitAction, VisitMode

READY = "ready"


async def ready(visit: VisitView) -> TicketRow:
    """Give the visitor of a visit by video or telephone their ticket; once they have one, the same again.

    Raises ``NotPossibleNow`` for a visit at the office, ``NotYetReady``, and as :func:`arriving.check_in`.
    """
    if visit.mode is VisitMode.IN_PERSON:
        raise NotPossibleNow(VisitAction.SERVE, visit.state)
    if clock.now() < visit.ready_from:
        raise NotYetReady(visit.ready_from)
    ticket, _arrival = await arriving.check_in(
        visit.office, visit, Press(language=visit.language, how=READY, by="visitor")
    )
    return ticket
