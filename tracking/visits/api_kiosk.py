"""Kiosks in the JSON interface: what they need, check-in, tickets, and their printing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, config, contract, i18n, idempotency, references, web
from server.core.contract import Answer, Contract, among, said
from server.core.errors import Invalid, Refusal, _
from server.core.security import Rate
from tracking.visits import words
from tracking.visits.actions import arriving, counters, handing_in, numbering, printing, queueing
from tracking.visits.actions.arriving import Arrival, Press
from tracking.visits.actions.devices import DeviceRow
from tracking.visits.api_devices import TOKEN, the_kiosk
from tracking.visits.api_queue import CounterOpen, ExpectedBeforeClosing, ExpectedWait, OpensAt, service_of, wait_of
from tracking.visits.queries import closing, guidance, kiosk, offices, queue, reception, turns, visits, waiting_times
from tracking.visits.queries.kiosk import KioskView
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queue_forms import CheckIn, ReportPrint, TakeTicket
from tracking.visits.states import Printer, PrintState, TicketState
from tracking.visits.waits.queue import Wait

CHECK_INS = Rate(30, 20)
"""Attempts at one kiosk: a queue of visitors, but no trying of keys."""
KEYS = Rate(3, 10)
"""Attempts for one reservation, at whichever kiosk."""
MOST_AT_ONCE = 100


class InLanguages(Answer):
    """A name or a sentence in each language."""

    ko: str
    ja: str
    en: str


class KioskChoice(Answer):
    """A service as a kiosk offers it."""

    code: str
    name: InLanguages
    walk_in: Annotated[bool, said("False: it needs a reservation.")]
    bookable: Annotated[bool, said("Whether a time can be booked for it.")]
    waiting: int
    ahead: Annotated[
        int,
        said("How many are called before a visitor without a reservation who came now, at the counters able to do it."),
    ]
    expected_wait: Annotated[ExpectedWait | None, said("Of a visitor without a reservation who came now.")]
    before_closing: ExpectedBeforeClosing
    counter_open: CounterOpen
    opens_at: OpensAt
    prefix: Annotated[str, said("Of its numbers.")]
    left: Annotated[int | None, said("Tickets without a reservation that are left today; null: no limit is near.")]


class OpenSpan(Answer):
    """A time at which an office is open."""

    opens: datetime
    closes: datetime


class KioskBlock(Answer):
    """Numbers of a day that are reserved for one kiosk, which gives them out while it has no network."""

    prefix: str
    numbers: Annotated[list[int], said("Those that no ticket has. What the kiosk has given and not handed in is here.")]


class Kiosk(Answer):
    """What a kiosk needs to work, and to go on without network."""

    office: str
    name: str
    name_ja: str
    name_en: str
    date: Annotated[date, said("The day of the blocks. A number is given on this day only.")]
    now: datetime
    open: Annotated[bool, said("Whether tickets are given now.")]
    hours: Annotated[list[OpenSpan], said("Today.")]
    carry_over: Annotated[bool, said("Whether who still waits at closing waits again on the next open day.")]
    idle_seconds: int
    most_services: Annotated[int, said("For so many one visitor without a reservation can take one ticket.")]
    printer: Annotated[str, among([one.value for one in Printer])]
    paper_mm: int
    services: list[KioskChoice]
    blocks: list[KioskBlock]


class KioskTicket(Answer):
    """A ticket as the kiosk prints it."""

    number: str
    code: Annotated[str, said("Who knows it can follow the ticket.")]
    service: Annotated[str, said("The one that is next.")]
    services: Annotated[list[str], said("All, in their order.")]
    state: Annotated[str, among([one.value for one in TicketState])]
    position: Annotated[int, said("1 is next.")]
    arrival: Annotated[str, among(["", *[one.value for one in Arrival]], "Empty without a reservation.")]
    advice: Annotated[str, said("What early, on time or late means, and what to do now, in the ticket's language.")]
    where: Annotated[str, said("The counters at which it may be called, and their floors, in the ticket's language.")]
    where_in: Annotated[InLanguages, said("The same in each language.")]
    arrived_at: Annotated[datetime, said("As it counts: a kiosk's clock that is wrong is corrected.")]
    booked_for: datetime | None
    expected_wait: ExpectedWait | None
    before_closing: ExpectedBeforeClosing
    counter_open: CounterOpen
    opens_at: OpensAt
    follow_url: str
    print_state: Annotated[str, among([one.value for one in PrintState])]


class WhyNot(Answer):
    """Why a ticket was refused; sending it again changes nothing."""

    status: int
    code: str
    title: str


class HandedIn(Answer):
    """A ticket that was handed in, or the reason why not."""

    press_id: str
    ticket: KioskTicket | None
    refusal: WhyNot | None


# --- At the kiosk ----------------------------------------------------------------------------------------------------


@Contract(
    "What a kiosk needs to work, and to go on without network; reserves numbers for it",
    Kiosk, headers=TOKEN, refusals=(401,),
)  # fmt: skip
async def setup(request: Request) -> Response:
    """``GET /kiosk/{code}``."""
    device = await the_kiosk(request)
    place = await offices.place(device.office)
    found = await kiosk.view(place, device.id, device.enrolled_at)
    if found.short:
        await counters.close_before_today(place.office.id)
        async with queueing.changing(place.office, shown=False) as day:
            await numbering.reserve(day, device)
        found = await kiosk.view(place, device.id, device.enrolled_at)
    return web.json(_setup(found, device))


def _setup(found: KioskView, device: DeviceRow) -> Kiosk:
    office = found.place.office
    services = [
        KioskChoice(
            code=one.service.code,
            name=InLanguages(**{code: i18n.name_in(one.service, code) for code in ("ko", "ja", "en")}),
            walk_in=one.service.walk_in,
            bookable=one.service.bookable,
            waiting=one.waiting,
            ahead=one.ahead,
            expected_wait=wait_of(one.wait),
            before_closing=one.before_closing or "",
            counter_open=one.closed is None,
            opens_at=one.closed.opens_at if one.closed else None,
            prefix=one.prefix,
            left=one.left,
        )
        for one in found.services
    ]
    return Kiosk.of(
        office,
        office=office.code,
        date=found.date,
        now=found.now,
        open=found.open,
        most_services=office.most_matters,
        hours=[OpenSpan(opens=opens, closes=closes) for opens, closes in found.hours],
        printer=device.printer.value,
        paper_mm=device.paper_mm,
        services=services,
        blocks=[KioskBlock(prefix=prefix, numbers=[*some]) for prefix, some in found.blocks.items()],
    )


def _press(device: DeviceRow, command: CheckIn | TakeTicket) -> Press:
    return Press(device.id, command.press_id or None, command.language, printer=device.printer)


@Contract(
    "Check in with a reservation; repeating it gives the same ticket",
    KioskTicket, 201, body=CheckIn, headers=TOKEN, refusals=(401, 404, 409),
)  # fmt: skip
async def check_in(request: Request) -> Response:
    """``POST /kiosk/{code}/check-in``: a wrong number and a wrong key look the same."""
    device = await the_kiosk(request)
    auth.limit(request, f"check-in:{device.id}", CHECK_INS)
    command = CheckIn.parse(await web.read_json(request), strict=True)
    office, press = await offices.office(device.office), _press(device, command)
    if command.qr:
        ticket, arrival = await arriving.check_in_by_qr(office, command.qr, press)
    else:
        number = references.read_reference(command.number) or command.number.upper()
        auth.limit(request, f"check-in-of:{number}", KEYS)
        visit = await visits.visit(command.number, command.key)
        ticket, arrival = await arriving.check_in(office, visit, press)
    return web.json(await _at_kiosk(device, ticket, arrival.value), 201)


@Contract(
    "Take a ticket without a reservation; the same press gives the same ticket. With `number`: hand one in",
    KioskTicket, 201, body=TakeTicket, headers=TOKEN, refusals=(401, 409),
)  # fmt: skip
async def take_ticket(request: Request) -> Response:
    """``POST /kiosk/{code}/tickets``."""
    device = await the_kiosk(request)
    command = TakeTicket.parse(await web.read_json(request), strict=True)
    office = await offices.office(device.office)
    if command.number:
        ticket, arrival = await handing_in.hand_in(office, device, command)
        return web.json(await _at_kiosk(device, ticket, arrival, told=False), 201)
    ticket = await arriving.walk_in(office, command.chosen, _press(device, command))
    return web.json(await _at_kiosk(device, ticket, ""), 201)


@Contract(
    "Hand in several tickets that were given without network, in their order; repeating it changes nothing",
    contract.listed(HandedIn),
    body=contract.asked({"tickets": contract.many(TakeTicket, MOST_AT_ONCE)}, "tickets"),
    headers=TOKEN, refusals=(401,),
)  # fmt: skip
async def hand_in(request: Request) -> Response:
    """``POST /kiosk/{code}/tickets/handed-in``."""
    device = await the_kiosk(request)
    rows = (await web.read_json(request)).get("tickets")
    if not isinstance(rows, list) or len(rows) > MOST_AT_ONCE or not all(isinstance(one, dict) for one in rows):
        raise Invalid.at("tickets", _("Please send a list of at most %(most)s tickets.", most=MOST_AT_ONCE))
    office = await offices.office(device.office)
    done: list[tuple[TicketRow, str] | WhyNot] = []
    for raw in rows:
        try:
            command = TakeTicket.parse(raw, strict=True)
            if not command.number:
                raise TakeTicket.missing("number")
            done.append(await handing_in.hand_in(office, device, command))
        except Refusal as refusal:
            done.append(_why_not(request, refusal))
    shown = iter(await _at_kiosk_together(device, [one for one in done if not isinstance(one, WhyNot)]))
    answers = []
    for raw, one in zip(rows, done, strict=True):
        why_not = one if isinstance(one, WhyNot) else None
        press_id = str(raw.get("press_id") or "")
        answers.append(HandedIn(press_id=press_id, ticket=None if why_not else next(shown), refusal=why_not))
    return web.items(answers, None, len(answers))


def _why_not(request: Request, refusal: Refusal) -> WhyNot:
    errors = web.field_errors(web.language(request), refusal.errors) if isinstance(refusal, Invalid) else {}
    title = " ".join(errors.values()) or i18n.translate(web.language(request), refusal.text)
    return WhyNot(status=refusal.status, code=refusal.code, title=title)


@Contract(
    "Say what became of a ticket's paper: printed, failed, printed again, or not needed",
    KioskTicket, body=ReportPrint, headers=TOKEN, refusals=(401, 404, 409),
)  # fmt: skip
async def report_print(request: Request) -> Response:
    """``POST /kiosk/{code}/tickets/{number}/print``: the same press is counted once."""
    device, number = await the_kiosk(request), request.path_params["number"]
    raw = await web.read_json(request)
    command = ReportPrint.parse(raw, strict=True)
    office = await offices.office(device.office)

    async def do() -> None:
        await printing.report(office, device, number, PrintState(command.state))

    scope = f"kiosk/{device.id}/print/{number}"
    await idempotency.once(web.site(request).settings.secret_key, scope, command.press_id, raw, do)
    return web.json(await _at_kiosk(device, await printing.printed(device, number), "", told=False))


@Contract(
    "Give a ticket back whose print failed and that nobody wants; repeating it changes nothing",
    KioskTicket, headers=TOKEN, refusals=(401, 404, 409),
)  # fmt: skip
async def give_back(request: Request) -> Response:
    """``POST /kiosk/{code}/tickets/{number}/give-back``."""
    device = await the_kiosk(request)
    office = await offices.office(device.office)
    found = await printing.give_back(office, device, request.path_params["number"])
    return web.json(await _at_kiosk(device, found, "", told=False))


async def _at_kiosk(device: DeviceRow, ticket: TicketRow, arrival: str, *, told: bool = True) -> KioskTicket:
    """A ticket as the kiosk shows it. ``told``: its visitor is told now how long they wait, which is kept."""
    (shown,) = await _at_kiosk_together(device, [(ticket, arrival)], told=told)
    return shown


async def _at_kiosk_together(
    device: DeviceRow, given: Sequence[tuple[TicketRow, str]], *, told: bool = False
) -> list[KioskTicket]:
    """Tickets as the kiosk shows them, each with its arrival. The queue is read once for all of them."""
    if not given:
        return []
    place = await offices.place(device.office)
    now, closes = await waiting_times.now(place), await closing.closes(place)
    spots = await guidance.spots_of([ticket for ticket, _arrival in given], place)
    matters, _none = await reception.services([ticket.id for ticket, _arrival in given], [])
    known = await offices.services(place.office.id)
    positions = dict[str, int]()
    for day_id in {ticket.day_id for ticket, _arrival in given}:
        positions |= await turns.positions(day_id, queue.rule(place.office), place.able)
    answers = []
    for ticket, arrival in given:
        wait, closed = now.of(ticket)
        if told:
            wait = await waiting_times.published(place, ticket)
        expected = closing.expected(wait, closes) if wait else None
        where = {one: guidance.in_words(spots[ticket.id], one) for one in ("ko", "ja", "en")}
        shown = KioskTicket.of(
            ticket,
            service=await service_of(ticket),
            services=[known[one].code for one in matters.get(ticket.id, ()) if one in known],
            state=ticket.state.value,
            position=positions.get(queue.rank(ticket.id), 0),
            arrival=arrival,
            advice=await _advice(place.office, ticket, arrival, closing.in_time(wait, expected, closed)),
            where=guidance.in_words(spots[ticket.id], ticket.language),
            where_in=InLanguages(**where),
            expected_wait=wait_of(wait),
            before_closing=expected or "",
            counter_open=closed is None,
            opens_at=closed.opens_at if closed else None,
            follow_url=f"{config.settings().public_url}/tickets/{ticket.code}",
            print_state=ticket.print_state.value,
        )
        answers.append(shown)
    return answers


async def _advice(office: OfficeRow, ticket: TicketRow, arrival: str, wait: Wait | None) -> str:
    starts = await visits.start_of(ticket.visit_id) if arrival and ticket.visit_id else None
    found = words.advice(Arrival(arrival), starts, office, wait, ticket.language) if starts else ""
    return i18n.translate(ticket.language, found)


_KIOSK = "/api/v1/kiosk/{code}"
routes = [
    Route(_KIOSK, setup),
    Route(f"{_KIOSK}/check-in", check_in, methods=["POST"]),
    Route(f"{_KIOSK}/tickets", take_ticket, methods=["POST"]),
    Route(f"{_KIOSK}/tickets/handed-in", hand_in, methods=["POST"]),
    Route(f"{_KIOSK}/tickets/{{number}}/print", report_print, methods=["POST"]),
    Route(f"{_KIOSK}/tickets/{{number}}/give-back", give_back, methods=["POST"]),
]
