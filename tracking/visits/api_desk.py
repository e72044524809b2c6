"""The desk's visits in the JSON interface: the list of a day, one visit with its actions, restrictions and appeals."""

from datetime import datetime
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, contract, i18n, listing, web
from server.core.acts import Act, Api, Attempt
from server.core.city import city
from server.core.contract import Access, Answer, Contract, among, said
from server.core.days import today
from server.core.forms import Parameters
from tracking.visits.acts import RESTRICTIONS, VISITS
from tracking.visits.errors import NoSuchOffice
from tracking.visits.permissions import Permission
from tracking.visits.queries import desk, no_shows, offices
from tracking.visits.queries.desk import Filter, Row
from tracking.visits.queries.no_shows import RestrictionRow
from tracking.visits.rights import RESTRICTION_RIGHTS, VISIT_RIGHTS
from tracking.visits.states import Channel, RestrictionState, VisitState

LONGEST_PAGE = 500


class DeskMatter(Answer):
    """A service of a visit with its time."""

    service: str
    name: str
    start: datetime
    end: datetime


class DeskVisit(Answer):
    """A visit as officials see it."""

    number: str
    office: str
    date: str
    start: datetime
    end: datetime
    state: Annotated[str, among([one.value for one in VisitState])]
    channel: Annotated[str, among([one.value for one in Channel])]
    services: list[DeskMatter]
    counters: Annotated[list[str], said("As planned at present; on the day whichever is free calls.")]
    name: str
    phone: str
    email: str
    language: str
    party: int
    note: str
    documents: Annotated[str, among(["", *desk.DOCUMENTS], "Empty: nothing was handed in.")]
    case: str


class CalledNoShow(Answer):
    """A no-show with its evidence."""

    number: str
    start: datetime
    called: list[datetime]
    excused: Annotated[bool, said("It does not count.")]


class VisitRestriction(Answer):
    """A restriction after repeated no-shows."""

    id: int
    office: str
    state: Annotated[str, among([one.value for one in RestrictionState])]
    begins: datetime
    ends: datetime
    lifted: datetime | None
    name: str
    phone: str
    email: str
    no_shows: list[CalledNoShow]
    appeal: str
    appealed: datetime | None
    decision: str


async def _codes() -> dict[int, str]:
    return {one.id: one.code for one in await offices.offices()}


def _visit(row: Row, office: str, language: str) -> DeskVisit:
    return DeskVisit.of(
        row,
        office=office,
        date=row.date.isoformat(),
        start=row.starts_at,
        end=row.ends_at,
        services=[
            DeskMatter(service=one.code, name=i18n.name_in(one, language), start=one.starts_at, end=one.ends_at)
            for one in row.matters
        ],
        counters=[*row.counters],
        case=row.case_reference,
    )


def _restriction(row: RestrictionRow, office: str) -> VisitRestriction:
    return VisitRestriction.of(
        row,
        office=office,
        begins=row.begins_at,
        ends=row.ends_at,
        lifted=row.lifted_at,
        appealed=row.appealed_at,
        no_shows=[
            CalledNoShow(number=one.number, start=one.starts_at, called=one.called, excused=one.excused)
            for one in row.no_shows
        ],
    )


@Contract(
    "The visits of an office on a day, or what a search finds: in all offices, or in the one of `office`",
    contract.listed(DeskVisit),
    access=Access.OFFICIAL,
    query={**Filter.schema(), **listing.paging(LONGEST_PAGE)},
    refusals=(404,),
)
async def index(request: Request) -> Response:
    """``GET /desk/visits``: today's visits unless a ``date`` is given."""
    auth.official(request, Permission.SEE_VISITS)
    reference_data, data = await city(), Parameters(request.query_params)
    wanted = Filter.take(data, reference_data, json=True)
    day = (None if any(one.field == "date" for one in data.errors) else data.day("date")) or today()
    start, limit = listing.asked(data, desk.PAGE, LONGEST_PAGE)
    listing.started(data, start, *desk.ORDER.keys.values())
    data.done()
    known = await offices.offices_with_visits_to_move(wanted.office)
    place = next((one for one in known if wanted.office in {"", one.code}), None)
    if place is None:
        raise NoSuchOffice
    data.errors += await desk.unknown(wanted, place)
    data.done()
    if wanted.q:
        page = await desk.found_by(wanted, place if wanted.office else None, today(), reference_data, after=start)
    else:
        page = await desk.day_list(place, day, wanted, reference_data, after=start, limit=limit)
    codes, language = {one.id: one.code for one in known}, web.language(request)
    rows = [_visit(row, codes.get(row.office_id, ""), language) for row in page.rows]
    return web.items(rows, page.after or None, len(rows) if not start and not page.after else None)


@Contract("A visit as officials see it", DeskVisit, access=Access.OFFICIAL, refusals=(404,))
async def read(request: Request) -> Response:
    """``GET /desk/visits/{number}``."""
    auth.official(request, Permission.SEE_VISITS)
    return await _answer(request, request.path_params["number"], 200)


async def _answer(request: Request, number: str, status: int) -> Response:
    found = await desk.visit(number)
    return web.json(_visit(found.row, found.office.code, web.language(request)), status)


async def _visit_attempt(request: Request, act: Act[Any, Any]) -> Attempt:
    official = auth.official(request, VISIT_RIGHTS[act.action])
    number = (await desk.visit(request.path_params["number"])).row.number
    return Attempt(official, number, f"desk-visits/{official.id}/{number}")


async def _after_visit(request: Request, attempt: Attempt, status: int) -> Response:
    return await _answer(request, attempt.subject, status)


@Contract(
    "Restrictions after no-shows: appeals to be decided, then those that run, or those in a state",
    contract.listed(VisitRestriction),
    access=Access.OFFICIAL,
    query={**no_shows.Filter.schema(), "cursor": contract.text(about="`next` of the page before.")},
    refusals=(404,),
)
async def restrictions(request: Request) -> Response:
    """``GET /desk/restrictions``."""
    auth.official(request, Permission.SEE_VISITS)
    codes = await _codes()
    data = Parameters(request.query_params)
    wanted = no_shows.Filter.take(data, await city(), json=True)
    start = data.text("cursor", limit=listing.LONGEST_CURSOR)
    listing.started(data, start, datetime, int)
    data.done()
    office = next((number for number, known in codes.items() if known == wanted.office), None)
    if wanted.office and office is None:
        raise NoSuchOffice
    first = () if start or wanted.state else (await no_shows.appeals(office)).rows
    page = await no_shows.listed(office, wanted.state, after=start)
    rows = [_restriction(row, codes.get(row.office_id, "")) for row in (*first, *page.rows)]
    return web.items(rows, page.after or None, None)


async def _restriction_attempt(request: Request, act: Act[Any, Any]) -> Attempt:
    official = auth.official(request, RESTRICTION_RIGHTS[act.action])
    number = str(request.path_params["id"])
    return Attempt(official, number, f"desk-restrictions/{official.id}/{number}")


async def _after_restriction(_request: Request, attempt: Attempt, status: int) -> Response:
    row = await no_shows.restriction(int(attempt.subject))
    return web.json(_restriction(row, (await _codes()).get(row.office_id, "")), status)


VISIT_API = Api(
    path="/api/v1/desk/visits/{number}",
    content=DeskVisit,
    access=Access.OFFICIAL,
    attempt=_visit_attempt,
    answer=_after_visit,
)
RESTRICTION_API = Api(
    path="/api/v1/desk/restrictions/{id:int}",
    content=VisitRestriction,
    access=Access.OFFICIAL,
    attempt=_restriction_attempt,
    answer=_after_restriction,
)
routes = [
    Route("/api/v1/desk/visits", index),
    Route("/api/v1/desk/visits/{number}", read),
    *(VISIT_API.operation(act, offer) for act, offer in VISITS.values()),
    Route("/api/v1/desk/restrictions", restrictions),
    *(RESTRICTION_API.operation(act, offer) for act, offer in RESTRICTIONS.values()),
]
