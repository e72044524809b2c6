"""The queue of an office as it is: a visitor's ticket, and the stream that tickets, displays and counters follow."""

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server.core import i18n, web
from server.core.days import today
from server.core.errors import Conflict, Text, _
from server.core.security import network
from server.core.stream.listener import Listener, event
from tracking.visits import wait_words
from tracking.visits.actions import tickets
from tracking.visits.errors import NoSuchOffice
from tracking.visits.labels import TICKET_STATES
from tracking.visits.queries import forwarded, guidance, live_queue, meetings, offices, queue
from tracking.visits.queries.live_queue import LiveQueue
from tracking.visits.routes.tickets import told
from tracking.visits.states import HERE, TICKET, TicketAction, TicketState
from tracking.visits.waits.closing import BeforeClosing, Closed
from tracking.visits.waits.queue import Wait

AGAIN = 30.0
"""Seconds after which a queue is sent again although nothing has changed: estimates have, and pages see it is alive."""
KINDS = {
    TicketState.WAITING: "waiting",
    TicketState.CALLED: "called",
    TicketState.SERVING: "called",
    TicketState.PARKED: "parked",
    TicketState.MISSED: "missed",
}
"""How the page of a ticket tells its states apart; it has ended in any other."""
LOOKED = 3.0
"""Seconds for which what was read at the last look is sent to pages that are opened."""


class Queues:
    """The queues that are open on some page of this process: each state is read and encoded once for all of them."""

    prefix = "queue-pages/"
    woken_by = "queue/"

    def __init__(self) -> None:
        self._shown: dict[str, _Shown] = {}
        self._looked_at = 0.0

    def topic(self, code: str) -> str:
        """The topic of the pages that show an office's queue of today."""
        return f"{self.prefix}{code}"

    async def whole(self, code: str) -> bytes:
        """The queue of an office, for a page that has just been opened. Raises ``NoSuchOffice``."""
        shown = self._shown.get(code)
        if shown is None or time.monotonic() - self._looked_at >= LOOKED:
            shown = self._shown[code] = _show(await live_queue.of_office(await offices.place(code)))
        return shown.frame

    async def look(self, subjects: Collection[str]) -> list[tuple[str, bytes]]:
        """See ``server.core.stream.hub.Watcher``."""
        codes, day, now = [one.removeprefix(self.prefix) for one in subjects], today(), time.monotonic()
        versions = await live_queue.versions(codes, day)
        found = []
        for code, version in versions.items():
            before = self._shown.get(code)
            if before and (before.date, before.version) == (day, version) and now - before.read_at < AGAIN:
                continue
            with contextlib.suppress(NoSuchOffice):
                self._shown[code] = shown = _show(await live_queue.of_office(await offices.place(code), version))
                found.append((self.topic(code), shown.frame))
        self._shown = {code: one for code, one in self._shown.items() if code in versions}
        self._looked_at = now
        return found


@dataclass(frozen=True, slots=True)
class _Shown:
    """A queue as pages have it."""

    date: date
    version: int
    read_at: float
    frame: bytes


def _show(found: LiveQueue) -> _Shown:
    return _Shown(found.date, found.version, found.read_at, event("queue", **state(found)))


def state(found: LiveQueue) -> dict[str, Any]:
    """The queue of an office for scripts: numbers and codes only, so it is the same for everybody."""
    return {
        "day": found.date.isoformat(),
        "version": found.version,
        "waiting": found.total,
        "called": [
            {
                "number": one.number, "counter": one.counter, "floor": one.floor, "sequence": one.sequence,
                "state": one.state.value if one.there else "", "afar": one.afar,
            }
            for one in found.called
        ],
        "services": {
            one.code: [found.waiting.get(one.id, 0), *_minutes(found.walk_ins.get(one.id))]
            for one in found.place.services.values()
        },
        "ahead": {one.code: found.ahead.get(one.id, 0) for one in found.place.services.values()},
        "tickets": {number: [one.position, *_minutes(one.wait)] for number, one in found.tickets.items()},
        "closing": {  # of those who may come too late
            "services": _late({one.code: found.before_closing.get(one.id) for one in found.place.services.values()}),
            "tickets": _late({number: one.before_closing for number, one in found.tickets.items()}),
        },
        "closed": {  # those for which no counter is open: when one opens, if that is known
            "services": _opens({one.code: found.closed.get(one.id) for one in found.place.services.values()}),
            "tickets": _opens({number: one.closed for number, one in found.tickets.items()}),
        },
        **{one.value: numbers for one, numbers in found.away.items()},
    }  # fmt: skip


def _late(found: Mapping[str, BeforeClosing | None]) -> dict[str, str]:
    return {name: one.value for name, one in found.items() if one and one is not BeforeClosing.IN_TIME}


def _opens(found: Mapping[str, Closed | None]) -> dict[str, str]:
    return {name: f"{one.opens_at:%H:%M}" if one.opens_at else "" for name, one in found.items() if one}


def _minutes(wait: Wait | None) -> tuple[int, ...]:
    return wait.in_minutes if wait else ()


class QueueStream:
    """``/offices/{code}/queue/stream``: the queue as it is, at the beginning, with each change and each half minute."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ``NoSuchOffice``."""
        request = Request(scope)
        queues: Queues = request.app.state.queues
        code = (await offices.place(request.path_params["code"])).office.code
        listener = Listener(send, f"queue:{network(request.scope)}", subject=queues.topic(code), crowd=True)

        async def past() -> AsyncIterator[tuple[int, bytes]]:
            yield 0, await queues.whole(code)

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
    live = await live_queue.of_office(place)
    waiting, today_s = found.state is TicketState.WAITING, found.date == today()
    standing = live.tickets.get(found.number) if waiting and today_s else None
    service = place.services.get(found.service_id)
    bookable = service is not None and service.bookable
    own_words = live.closes and wait_words.on_ticket(place.office, live.closes, language, bookable=bookable)
    waits = wait_words.Waits(language, own_words or wait_words.TO_VISITOR)
    context = {
        "ticket": found,
        "state": TICKET_STATES[found.state],
        "kind": "ended" if waiting and not today_s else KINDS.get(found.state, "ended"),
        "other_day": waiting and not today_s,
        "office": place.office,
        "office_name": i18n.name_in(place.office, language),
        "service": i18n.name_in(service, language) if service else "",
        "then": ", ".join(
            i18n.name_in(place.services[one], language)
            for one in (await queue.still_to_do(found.id) if found.state in HERE else ())[1:]
            if one in place.services
        ),
        "position": standing.position if standing else 0,
        "wait": waits.of(standing.wait, standing.before_closing, standing.closed) if standing else "",
        "waits": waits,
        "may_be_in_vain": standing is not None
        and (standing.closed is not None or standing.before_closing is BeforeClosing.TOO_LATE),
        "bookable": service.code if service and bookable else "",
        "due": queue.due(found, place.office),
        "counter": await queue.counter_place(found.counter),
        "goes_on": await forwarded.continued(found),
        "meeting": await meetings.of_ticket(found),
        "sequence": next((one.sequence for one in live.called if one.number == found.number), 0),
        "here": found.state in HERE,
        "may_leave": TicketAction.LEAVE in TICKET[found.state],
        "may_return": TicketAction.RETURN in TICKET[found.state] and today_s,
        "refusal": refusal,
        "where": await guidance.where(found, place, language),
        **await told(found, place.office),
    }
    return web.page(request, "visits/ticket.html", context, status=refusal.status if refusal else 200)


routes = [
    Route("/offices/{code}/queue/stream", QueueStream(), methods=["GET"]),
    Route("/tickets/{code}", ticket),
    Route("/tickets/{code}/leave", leave, methods=["POST"]),
    Route("/tickets/{code}/return", come_back, methods=["POST"]),
]
