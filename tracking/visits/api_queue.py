"""The day of the visit in the JSON interface: counters, the live queue, and the ticket of a visitor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, config, contract, i18n, web
from server.core.acts import NO_CONTENT, Act, Api, Attempt
from server.core.contract import Access, Answer, Contract, among, said
from tracking.visits.actions import calling, tickets
from tracking.visits.counter_acts import COUNTERS
from tracking.visits.permissions import Permission
from tracking.visits.queries import closing, forwarded, guidance, live_queue, offices, queue, turns, waiting_times
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queue_forms import Reason
from tracking.visits.states import CounterAction, CounterState, TicketState
from tracking.visits.wait_words import TO_VISITOR, Waits
from tracking.visits.waits.closing import BeforeClosing
from tracking.visits.waits.queue import Wait


class QueueTicket(Answer):
    """A ticket."""

    number: str
    service: Annotated[str, said("The next service for which its visitor came.")]
    state: Annotated[str, among([one.value for one in TicketState])]
    because: Annotated[str, said("Why it was called.")]
    calls: int


class ExpectedWait(Answer):
    """Minutes until the first call: one in ten waits less than ``p10``, one in ten longer than ``p90``."""

    p10: int
    p50: int
    p90: int


ExpectedBeforeClosing = Annotated[
    str,
    among(
        ["", *[one.value for one in BeforeClosing]],
        "Whether the call will come before the office closes today. `uncertain`: only `p90` is after closing; "
        "`too_late`: `p50` is. Empty without an estimate, and once the office has closed.",
    ),
]
"""Stands beside each expected wait."""
CounterOpen = Annotated[
    bool, said("Whether a counter able to do it is open, or paused. If none is, visitors are told that and no minutes.")
]
OpensAt = Annotated[
    datetime | None, said("If none is open: when the roster opens one today; null if that is not known.")
]
InWords = Annotated[str, said("The wait as visitors read it, in the language of the request.")]


class FollowedTicket(Answer):
    """A ticket as its visitor follows it."""

    number: str
    office: str
    date: str
    service: str
    state: Annotated[str, among([one.value for one in TicketState])]
    position: Annotated[int, said("1 is next; of who is early: once they are due; 0 unless it waits.")]
    counter: Annotated[str, said("The counter that calls or serves it.")]
    where: Annotated[str, said("Floor and counter, or the counters at which it may be called, in words.")]
    goes_on: Annotated[str, said("Where the ticket at another office that continues it is followed; else empty.")]
    booked_for: datetime | None
    expected_wait: ExpectedWait | None
    before_closing: ExpectedBeforeClosing
    counter_open: CounterOpen
    opens_at: OpensAt
    wait_in_words: InWords


class CalledNumber(Answer):
    """A number that a counter calls or serves."""

    number: str
    service: Annotated[str, said("The next service for which its visitor came, or the last.")]
    counter: str
    state: Annotated[str, among([TicketState.CALLED.value, TicketState.SERVING.value])]
    at: datetime


class QueueOfService(Answer):
    """Who waits for one service."""

    service: str
    name: str
    waiting: int
    ahead: Annotated[
        int,
        said("How many are called before a visitor without a reservation who came now, at the counters able to do it."),
    ]
    expected_wait: Annotated[ExpectedWait | None, said("Of a visitor without a reservation who came now.")]
    before_closing: ExpectedBeforeClosing
    counter_open: CounterOpen
    opens_at: OpensAt
    wait_in_words: InWords


class LiveQueue(Answer):
    """The queue of an office."""

    office: str
    waiting: int
    called: Annotated[list[CalledNumber], said("The latest first.")]
    services: list[QueueOfService]


class DeskCounter(Answer):
    """A counter as its clerks see it."""

    id: int
    number: str
    name: str
    services: list[str]
    state: Annotated[str, among([one.value for one in CounterState])]
    serving: QueueTicket | None


def wait_of(found: Wait | None) -> ExpectedWait | None:
    """An estimate in whole minutes."""
    if found is None:
        return None
    p10, p50, p90 = found.in_minutes
    return ExpectedWait(p10=p10, p50=p50, p90=p90)


async def service_of(ticket: TicketRow) -> str:
    """The code of a ticket's next service."""
    known = await offices.services(ticket.office_id)
    return known[ticket.service_id].code if ticket.service_id in known else ""


# --- At the counter --------------------------------------------------------------------------------------------------


async def _tickets(found: Sequence[TicketRow]) -> list[QueueTicket]:
    known = await offices.services(found[0].office_id) if found else {}
    because = await queue.because(*(one.id for one in found)) if found else {}
    return [
        QueueTicket.of(
            one,
            service=known[one.service_id].code if one.service_id in known else "",
            state=one.state.value,
            because=because.get(one.id, ""),
        )
        for one in found
    ]


@Contract(
    "The counters of an office", contract.listed(DeskCounter), access=Access.OFFICIAL,
    query={"office": contract.text(about="An office's code.")}, refusals=(404,),
)  # fmt: skip
async def list_counters(request: Request) -> Response:
    """``GET /desk/counters?office=``."""
    auth.official(request, Permission.SERVE_VISITS)
    place = await offices.place(request.query_params.get("office", ""))
    there = await queue.at_counters(place.office.id)
    serving = dict(zip(there, await _tickets([*there.values()]), strict=True))
    found = [
        DeskCounter.of(
            one,
            name=i18n.name_in(one, web.language(request)),
            services=[service.code for service in place.services.values() if one.id in service.counters],
            state=one.state or CounterState.CLOSED.value,
            serving=serving.get(one.id),
        )
        for one in await queue.counters(place.office.id)
    ]
    return web.items(found, None, len(found))


async def _attempt(request: Request, act: Act[Any, Any]) -> Attempt:
    official, number = auth.official(request, Permission.SERVE_VISITS), str(request.path_params["id"])
    return Attempt(official, number, f"counters/{official.id}/{number}", act.action)


async def _answer(request: Request, attempt: Attempt, status: int) -> Response:
    """Whom the press called, else the counter's visitor, or whom it has just finished with; 204 if there is none."""
    ticket = None
    if attempt.action == CounterAction.CALL_NEXT:
        press_id = (await web.read_json(request)).get("press_id")
        called = await calling.of_press(int(attempt.subject), press_id) if press_id else None
        ticket = await queue.ticket(called) if called else None
    if ticket is None and status != NO_CONTENT:
        ticket = await queue.at_counter(int(attempt.subject))
        if ticket is None and attempt.action != CounterAction.CALL_NEXT:
            ticket = await queue.last_at_counter(int(attempt.subject))
    return web.json((await _tickets([ticket]))[0]) if ticket else Response(status_code=NO_CONTENT)


COUNTER_API = Api(
    path="/api/v1/desk/counters/{id:int}",
    content=QueueTicket,
    access=Access.OFFICIAL,
    attempt=_attempt,
    answer=_answer,
)


# --- The live queue --------------------------------------------------------------------------------------------------


@Contract("The queue of an office now, by service", LiveQueue, refusals=(404,))
async def queue_of_office(request: Request) -> Response:
    """``GET /offices/{code}/queue``: numbers, counters and times only."""
    place = await offices.place(request.path_params["code"])
    found, language = await live_queue.of_office(place), web.language(request)
    waits = Waits(language)
    services = [
        QueueOfService(
            service=one.code,
            name=i18n.name_in(one, language),
            waiting=found.waiting.get(one.id, 0),
            ahead=found.ahead.get(one.id, 0),
            expected_wait=wait_of(found.walk_ins.get(one.id)),
            before_closing=found.before_closing.get(one.id, ""),
            counter_open=closed is None,
            opens_at=closed.opens_at if closed else None,
            wait_in_words=waits.of(found.walk_ins.get(one.id), found.before_closing.get(one.id), closed),
        )
        for one in place.services.values()
        if one.bookable or one.walk_in
        for closed in [found.closed.get(one.id)]
    ]
    called = [
        CalledNumber.of(
            one,
            service=place.services[one.service_id].code if one.service_id in place.services else "",
            at=one.called_at,
            state=one.state.value,
        )
        for one in found.now_called
    ]
    return web.json(LiveQueue(office=place.office.code, waiting=found.total, called=called, services=services))


# --- The visitor's ticket --------------------------------------------------------------------------------------------


async def _followed(request: Request, ticket: TicketRow) -> Response:
    place = await offices.place((await offices.office_by_id(ticket.office_id)).code)
    wait = await waiting_times.of_ticket(place, ticket)
    expected = closing.expected(wait, await closing.closes(place)) if wait else None
    closed = await waiting_times.closed_for(place, ticket)
    place_of, goes_on = await queue.counter_place(ticket.counter), await forwarded.continued(ticket)
    found = FollowedTicket.of(
        ticket,
        office=place.office.code,
        date=ticket.date.isoformat(),
        service=await service_of(ticket),
        state=ticket.state.value,
        position=await turns.position(ticket, queue.rule(place.office), place.able),
        counter=place_of.number if place_of else "",
        where=await guidance.where(ticket, place, web.language(request)),
        goes_on=f"{config.settings().public_url}/tickets/{goes_on.code}" if goes_on else "",
        expected_wait=wait_of(wait),
        before_closing=expected or "",
        counter_open=closed is None,
        opens_at=closed.opens_at if closed else None,
        wait_in_words=Waits(web.language(request), TO_VISITOR).of(wait, expected, closed),
    )
    return web.json(found)


@Contract("A ticket, for whoever knows its code", FollowedTicket, refusals=(404,))
async def follow(request: Request) -> Response:
    """``GET /tickets/{code}``."""
    return await _followed(request, await queue.by_code(request.path_params["code"]))


@Contract("Give a ticket back; repeating it changes nothing", FollowedTicket, refusals=(404, 409))
async def leave(request: Request) -> Response:
    """``POST /tickets/{code}/leave``."""
    return await _followed(request, await tickets.leave(request.path_params["code"]))


@Contract("Be back: with the papers that were fetched, or after a call was missed", FollowedTicket, refusals=(404, 409))
async def come_back(request: Request) -> Response:
    """``POST /tickets/{code}/return``."""
    return await _followed(request, await tickets.come_back(request.path_params["code"]))


@Contract(
    "Put a waiting ticket first, for a reason", FollowedTicket, access=Access.OFFICIAL, body=Reason,
    refusals=(404, 409),
)  # fmt: skip
async def put_first(request: Request) -> Response:
    """``POST /desk/tickets/{code}/urgent``."""
    actor = auth.official(request, Permission.PUT_FIRST)
    command = Reason.parse(await web.read_json(request), strict=True)
    return await _followed(request, await tickets.put_first(actor.actor, request.path_params["code"], command.reason))


routes = [
    Route("/api/v1/offices/{code}/queue", queue_of_office),
    Route("/api/v1/tickets/{code}", follow),
    Route("/api/v1/tickets/{code}/leave", leave, methods=["POST"]),
    Route("/api/v1/tickets/{code}/return", come_back, methods=["POST"]),
    Route("/api/v1/desk/tickets/{code}/urgent", put_first, methods=["POST"]),
    Route("/api/v1/desk/counters", list_counters),
    *(COUNTER_API.operation(act, offer) for act, offer in COUNTERS.values()),
]
