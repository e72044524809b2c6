"""Offices and visits in the JSON interface."""

from datetime import datetime, timedelta
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import KEY_HEADER
from petitions.errors import NoSuchCase
from petitions.queries import following
from petitions.queries.cases import Credentials, Level
from server.core import auth, city, config, contract, i18n, idempotency, page_cache, references, web
from server.core.contract import Access, Answer, Contract, among, said
from server.core.days import today
from server.core.errors import NotPossibleNow
from server.core.forms import Parameters
from tracking.visits import access
from tracking.visits.actions import booking, for_others, openings, taking
from tracking.visits.actions.booking import Booked, Contact
from tracking.visits.actions.taking import Wish
from tracking.visits.crowding import forecast_day, levels_of
from tracking.visits.crowding.words import reason_text
from tracking.visits.errors import ClosedForGood
from tracking.visits.forms import MOST_PEOPLE, BookVisit, OpenDay, RescheduleVisit
from tracking.visits.permissions import Permission
from tracking.visits.queries import forecasts, grid, offices, papers, visits
from tracking.visits.queries.grid import Errand, GridDay
from tracking.visits.queries.offices import Place
from tracking.visits.queries.papers import Paper
from tracking.visits.queries.visits import VisitView
from tracking.visits.rules import Mark
from tracking.visits.states import VISIT, Channel, DocumentState, VisitAction, VisitMode, VisitState

KEY: dict[str, contract.Schema] = {
    "X-Access-Key": contract.text(about="The visit's key; for a new visit that belongs to a case, the case's key.")
}
VISITOR = "visitor"
WEEK, MOST_DAYS = 7, 42


class WeeklyHours(Answer):
    """The hours of a weekday."""

    weekday: Annotated[int, said("0 is Monday.")]
    opens: str
    closes: str
    lunch_starts: str
    lunch_ends: str


class OfficeService(Answer):
    """What an office does at its counters."""

    code: str
    name: str
    minutes: int
    bookable: bool
    walk_in: bool
    by_video: bool
    by_phone: bool
    elsewhere: Annotated[str, said("What cannot be done here, and where else; may be empty.")]


class VisitOffice(Answer):
    """An office."""

    code: str
    name: str
    address: str
    directions: str
    reception: Annotated[str, said("The steps at the entrance, and what may not be brought.")]
    phone: str
    hours: list[WeeklyHours]
    services: list[OfficeService]


class VisitForecast(Answer):
    """How crowded a day will be."""

    stars: Annotated[int, said("0 to 3.")]
    because: list[str]


class VisitSlot(Answer):
    """A start."""

    start: datetime
    end: datetime
    capacity: int
    booked: Annotated[int, said("Holds included. What is left can be booked through the asker's channel.")]
    mark: Annotated[str, among([one.value for one in Mark], "Free, few left, full.")]


class VisitDay(Answer):
    """A day of an office."""

    date: str
    state: Annotated[
        str,
        said(
            "open, full, no_counter (open, but no counter does it then), not_bookable, or why it is closed: closed, "
            "holiday, closure, maintenance."
        ),
    ]
    forecast: VisitForecast
    slots: Annotated[list[VisitSlot], said("Only starts that can be booked, or could if they were not full.")]


class VisitSituation(Answer):
    """A situation in which a document is needed."""

    code: str
    name: str


class VisitFile(Answer):
    """A file that was handed in; it is at `/visits/{number}/files/{id}/{name}`."""

    id: int
    name: str
    size: int
    media_type: str


class VisitPaper(Answer):
    """A document to bring."""

    code: str
    name: str
    needed: Annotated[bool, said("False while none of its situations is said to apply.")]
    situations: Annotated[list[VisitSituation], said("If there are any, it is needed only in these.")]
    state: Annotated[str, among([one.value for one in DocumentState])]
    note: Annotated[str, said("What is missing or to be brought, in the official's words.")]
    files: list[VisitFile]
    version: Annotated[int, said("Grows with every change; sent with the result of a check.")]


class VisitMatter(Answer):
    """A service of a visit with its time."""

    service: str
    name: str
    start: datetime
    end: datetime


class BookedVisit(Answer):
    """A visit as its owner sees it."""

    number: str
    office: str
    state: Annotated[str, among([one.value for one in VisitState])]
    start: datetime
    end: datetime
    services: list[VisitMatter]
    documents: list[VisitPaper]
    documents_complete: Annotated[bool, said("Whether the department has accepted all that is needed.")]
    party: int
    mode: Annotated[str, among([one.value for one in VisitMode], "How visitor and counter meet.")]
    case: str
    qr: Annotated[str, said("The content of the QR code for the day of the visit.")]
    key: Annotated[str | None, said("Shown once, when it is booked.")]


@Contract("The offices with their hours and services", contract.listed(VisitOffice))
async def list_offices(request: Request) -> Response:
    """``GET /offices``."""
    lang = web.language(request)
    found = [_office(await offices.place(one.code), lang) for one in await offices.offices()]
    return web.items(found, None, len(found))


def _office(place: Place, lang: str) -> VisitOffice:
    hours = [WeeklyHours(weekday=day, **one._asdict()) for day, one in sorted(place.weekly.items())]
    services = [
        OfficeService.of(one, name=i18n.name_in(one, lang), elsewhere=i18n.text_in(one, "elsewhere", lang))
        for one in place.services.values()
    ]
    own = {name: i18n.text_in(place.office, name, lang) for name in ("name", "address", "directions", "reception")}
    return VisitOffice.of(place.office, **own, hours=hours, services=services)


@page_cache.kept("service", "party", "counter", "from", "to", version=grid.version)
@Contract(
    "What is free at an office, day by day",
    contract.record({"items": contract.many(VisitDay)}),
    query={
        "service": contract.text(about="A service, or several: separated by commas, or one parameter each."),
        "party": contract.integer(about="The number of people."),
        "counter": contract.text(about="The number of a counter, if it must be that one."),
        "from": contract.DAY,
        "to": contract.DAY,
    },
    refusals=(404,),
)
async def slots(request: Request) -> Response:
    """``GET /offices/{code}/slots``: a week from today unless other days are asked for."""
    data = Parameters(request.query_params)
    first = data.day("from") or today()
    last = data.day("to") or first + timedelta(days=WEEK - 1)
    party = data.integer("party", low=1, high=MOST_PEOPLE) or 1
    counter = data.text("counter", limit=10)
    data.done()
    wanted = offices.span_of_days(first, min(last, first + timedelta(days=MOST_DAYS - 1)))
    code = request.path_params["code"]
    errand = await taking.errand(code, services_in(request), channel(request), party, counter)
    days = await grid.days(errand, wanted) if wanted else []
    lang = web.language(request)
    return web.json({"items": [await _day(errand, day, lang) for day in days]})


def services_in(request: Request) -> list[str]:
    """The services that an address names, separated by commas or one parameter each."""
    return [one for value in request.query_params.getlist("service") for one in value.split(",") if one]


def channel(request: Request) -> Channel:
    """Officials who may book for others see and book what is kept for callers."""
    who = auth.reader(request).official
    return Channel.PHONE if who and who.may(Permission.BOOK_FOR_OTHERS) else Channel.ONLINE


async def _day(errand: Errand, day: GridDay, lang: str) -> VisitDay:
    model = await forecasts.model(errand.office.id)
    hours = sorted({offices.local(at).hour for span in day.hours.spans for at in range(*span, 60)})
    found = forecast_day(model, levels_of(await city.kept_calendar(), day.date), hours)
    because = [i18n.translate(lang, reason_text(one)) for one in found.because]
    return VisitDay(
        date=day.date.isoformat(),
        state=day.state,
        forecast=VisitForecast(stars=found.stars if hours else 0, because=because if hours else []),
        slots=[VisitSlot.of(slot, mark=slot.mark.value) for slot in day.slots],
    )


@Contract(
    "Book a visit",
    BookedVisit,
    201,
    access=Access.PARTY,
    body=BookVisit,
    headers={**KEY, **contract.IDEMPOTENCY_HEADER},
    refusals=(404, 409),
)
async def book(request: Request) -> Response:
    """``POST /visits``: one press; a repeated Idempotency-Key returns the first visit again."""
    if channel(request) is Channel.ONLINE:
        access.limit_holds(request)
    raw = await web.read_json(request)
    command = BookVisit.parse(raw, strict=True)
    settings = config.settings()
    given = request.headers.get("idempotency-key")
    key = "" if given is None else idempotency.check(given)
    person = command.contact
    contact = Contact(person.name, person.email, person.phone, command.language, mode=VisitMode(command.mode))
    case = await _case(request, command.case) if command.case else ""

    def key_of(number: str) -> str:
        return references.derived_key(settings.secret_key, key, number)

    async def act() -> str:
        wished = await _wish(request, command)
        take = booking.book_now if wished.errand.channel is Channel.ONLINE else for_others.book
        made.append(await take(wished, contact, key_of if key else None, case))
        return made[0].number

    made: list[Booked] = []
    number = await idempotency.first(settings.secret_key, "visits", key, raw, act)
    secret = made[0].key if made else key_of(number)
    found = await visits.visit(number, secret)
    return web.json(
        await answer(found, web.language(request), secret), 201, {"location": f"/api/v1/visits/{found.number}"}
    )


async def _wish(request: Request, command: BookVisit) -> Wish:
    errand = await taking.errand(command.office, command.chosen, channel(request), command.party, command.counter)
    if command.stops:
        return await taking.planned(errand, command.stops, command.guide)
    return await taking.at_start(errand, command.start)


async def _case(request: Request, reference: str) -> str:
    """The case that the visit is for, if the key or the session is its petitioner's. Raises ``NoSuchCase``."""
    who = auth.reader(request)
    shown = Credentials(None, who.cases, who.email, request.headers.get(KEY_HEADER, ""))
    number, level = await following.access_level(reference, shown)
    if level < Level.PARTY:
        raise NoSuchCase
    return number


async def answer(found: VisitView, lang: str, key: str | None = None) -> BookedVisit:
    """The visit as its owner reads it."""
    checklist = await papers.summary(found.id)
    return BookedVisit.of(
        found,
        office=found.office.code,
        start=found.starts_at,
        end=found.ends_at,
        services=[
            VisitMatter(service=one.code, name=i18n.name_in(one, lang), start=one.starts_at, end=one.ends_at)
            for one in found.matters
        ],
        documents=[paper(one, lang) for one in checklist.papers],
        documents_complete=checklist.complete,
        mode=found.mode.value,
        case=found.case_reference,
        qr=visits.qr(found.number, found.revision),
        key=key,
    )


def paper(found: Paper, lang: str) -> VisitPaper:
    """A document of the checklist."""
    return VisitPaper.of(
        found,
        name=found.document.in_language(lang),
        state=found.state.value,
        situations=[VisitSituation(code=one.code, name=one.in_language(lang)) for one in found.situations],
        files=[VisitFile.of(file) for file in found.files],
    )


@Contract("A visit", BookedVisit, access=Access.PARTY, headers=KEY, refusals=(404,))
async def read(request: Request) -> Response:
    """``GET /visits/{number}``."""
    return web.json(await answer(await own(request), web.language(request)))


async def own(request: Request) -> VisitView:
    """The visit in the path, whose key was sent. Raises ``NoSuchVisit``."""
    return await visits.visit(request.path_params["number"], request.headers.get(KEY_HEADER, ""))


@Contract(
    "Cancel a visit, or say that nobody comes", BookedVisit, access=Access.PARTY, headers=KEY, refusals=(404, 409)
)
async def cancel(request: Request) -> Response:
    """``DELETE /visits/{number}``: repeating it changes nothing."""
    found = await own(request)
    await booking.cancel(found.number, VISITOR, cannot_come=True)
    return web.json(await answer(await own(request), web.language(request)))


@Contract(
    "Take another time for a visit; a refusal leaves it as it was",
    BookedVisit,
    access=Access.PARTY,
    body=RescheduleVisit,
    headers=KEY,
    refusals=(404, 409),
)
async def reschedule(request: Request) -> Response:
    """``POST /visits/{number}/reschedule``."""
    found = await own(request)
    if VisitAction.RESCHEDULE not in VISIT[found.state]:
        raise NotPossibleNow(VisitAction.RESCHEDULE, found.state)
    if not found.office.active:
        raise ClosedForGood(found.office.phone or config.settings().call_centre)
    command = RescheduleVisit.parse(await web.read_json(request), strict=True)
    services = [one.code for one in found.matters]
    errand = await taking.errand(found.office.code, services, found.channel, found.party)
    wished = await taking.other_time(found.id, errand, command.start, command.stops)
    await booking.reschedule(found.number, wished, VISITOR)
    return web.json(await answer(await own(request), web.language(request)))


@Contract(
    "Open an office on a day",
    VisitOffice,
    201,
    access=Access.OFFICIAL,
    body=OpenDay,
    refusals=(404,),
)
async def open_day(request: Request) -> Response:
    """``POST /desk/offices/{code}/openings``."""
    actor = auth.official(request, Permission.EDIT_OFFICES)
    command = OpenDay.parse(await web.read_json(request), strict=True)
    code = request.path_params["code"]
    await openings.open_day(actor, code, command.date, command.start, command.end, command.reason)
    return web.json(_office(await offices.place(code), web.language(request)), 201)


routes = [
    Route("/api/v1/offices", list_offices),
    Route("/api/v1/offices/{code}/slots", slots),
    Route("/api/v1/visits", book, methods=["POST"]),
    Route("/api/v1/visits/{number}", read),
    Route("/api/v1/visits/{number}", cancel, methods=["DELETE"]),
    Route("/api/v1/visits/{number}/reschedule", reschedule, methods=["POST"]),
    Route("/api/v1/desk/offices/{code}/openings", open_day, methods=["POST"]),
]
