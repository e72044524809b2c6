"""The queue of an office as it is: a visitor's ticket, the display in the hall, and the stream that both follow."""

from collections.abc import AsyncIterator, Awaitable, Collection

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server.core import i18n, web
from server.core.days import today
from server.core.errors import Conflict, Text, _
from server.core.stream.listener import Listener, event
from tracking.visits.actions import tickets
from tracking.visits.labels import TICKET_STATES
from tracking.visits.queries import forwarded, offices, queue, waiting_times
from tracking.visits.routes.tickets import told
from tracking.visits.states import HERE, TICKET, TicketAction

SHOWN = 12
"""Numbers on a display; the latest calls come first."""


class Queues:
    """The queues that are open on some page of this process: one query a second tells which have changed."""

    prefix = "queue-pages/"

    def __init__(self) -> None:
        self._versions: dict[int, int] = {}

    def topic(self, office_id: int) -> str:
        """The topic of the pages that show an office's queue of today."""
        return f"{self.prefix}{office_id}"

    async def look(self, subjects: Collection[str]) -> list[tuple[str, bytes]]:
        """See ``server.core.stream.hub.Watcher``."""
        shown = [int(subject.removeprefix(self.prefix)) for subject in subjects]
        now = await queue.versions(shown, today()) if shown else {}
        changed = [(one, version) for one, version in now.items() if self._versions.get(one) != version]
        self._versions = now
        return [(self.topic(one), event("queue", version=version)) for one, version in changed]


class QueueStream:
    """``/offices/{code}/queue/stream``: says that the queue has changed, and once at the beginning, after a cut too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ``NoSuchOffice``."""
        request = Request(scope)
        place = await offices.place(request.path_params["code"])
        address = request.client.host if request.client else "?"
        topic = request.app.state.queues.topic(place.office.id)
        listener = Listener(send, f"queue:{address}", subject=topic, crowd=True)

        async def past() -> AsyncIterator[tuple[int, bytes]]:
            yield 0, event("queue", version=(await queue.day(place.office.id, today()))[1])

        await request.app.state.hub.serve(listener, past(), receive)


async def ticket(request: Request) -> Response:
    """``/tickets/{code}``: the place in the queue and the wait, for whoever knows the code."""
    return await _ticket(request)


async def leave(request: Request) -> Response:
    """``POST /tickets/{code}/leave``: gives the ticket back."""
    return await _act(request, tickets.leave(request.path_params["code"]), _("Your ticket has been given back."))


async def come_back(request: Request) -> Response:
    """``POST /tickets/{code}/return``: here again, with the papers or after a missed call."""
    return await _act(request, tickets.come_back(request.path_params["code"]), _("You wait again."))


async def _act(request: Request, doing: Awaitable[object], done: Text) -> Response:
    try:
        await doing
    except Conflict as refusal:
        return await _ticket(request, refusal)
    return web.redirect(request, f"/tickets/{request.path_params['code']}", done)


async def _ticket(request: Request, refusal: Conflict | None = None) -> Response:
    found, language = await queue.by_code(request.path_params["code"]), web.language(request)
    place = await offices.place((await offices.office_by_id(found.office_id)).code)
    wait = await waiting_times.of_ticket(place, found)
    service = place.services.get(found.service_id)
    context = {
        "ticket": found,
        "state": TICKET_STATES[found.state],
        "office": place.office,
        "office_name": i18n.name_in(place.office, language),
        "service": i18n.name_in(service, language) if service else "",
        "position": await queue.position(found, queue.rule(place.office), place.able),
        "wait": wait.in_minutes if wait else None,
        "counter": await queue.counter_place(found.counter),
        "goes_on": await forwarded.continued(found),
        "here": found.state in HERE,
        "may_leave": TicketAction.LEAVE in TICKET[found.state],
        "may_return": TicketAction.RETURN in TICKET[found.state] and found.date == today(),
        "refusal": refusal,
        **await told(found, place.office),
    }
    return web.page(request, "visits/ticket.html", context, status=refusal.status if refusal else 200)


async def display(request: Request) -> Response:
    """``/offices/{code}/display``: numbers and counters, readable from afar."""
    place, language = await offices.place(request.path_params["code"]), web.language(request)
    found = await waiting_times.live(place)
    names = {one.id: i18n.name_in(one, language) for one in place.services.values()}
    context = {
        "office": place.office,
        "office_name": i18n.name_in(place.office, language),
        "called": found.called[:SHOWN],
        "waiting": sum(found.waiting.values()),
        "services": [(names[one], count) for one, count in sorted(found.waiting.items()) if one in names],
    }
    return web.page(request, "visits/display.html", context)


routes = [
    Route("/offices/{code}/queue/stream", QueueStream(), methods=["GET"]),
    Route("/offices/{code}/display", display),
    Route("/tickets/{code}", ticket),
    Route("/tickets/{code}/leave", leave, methods=["POST"]),
    Route("/tickets/{code}/return", come_back, methods=["POST"]),
]
