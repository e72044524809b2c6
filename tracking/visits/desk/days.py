"""The list of a day's visits at an office: filters, search, a sheet to print, and the same as CSV."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, exports, i18n, listing, web
from server.core.city import city
from server.core.days import today
from server.core.errors import _
from server.core.forms import Parameters
from server.core.listing import PAGING
from tracking.visits.daylist import HEAD, cells
from tracking.visits.desk.common import PAGE, chosen_office, names, visits_official
from tracking.visits.labels import CHANNELS, VISIT_STATES
from tracking.visits.permissions import Permission
from tracking.visits.queries import desk, offices
from tracking.visits.queries.desk import DOCUMENTS, Filter
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.states import VisitState

SHEETS = 2_000
"""The most visits on a sheet to print."""


async def _wanted(request: Request) -> tuple[Filter, date, OfficeRow, Sequence[OfficeRow]]:
    """The filters, the day, the office and all offices. Raises ``Invalid``, ``NoSuchOffice``."""
    official = visits_official(request)
    data = Parameters(request.query_params)
    day = data.day("date") or today()
    data.done()
    wanted = Filter.parse(request.query_params, await city(), also=PAGING)
    known = await offices.offices_with_visits_to_move(wanted.office)
    place = await chosen_office(official, known, wanted.office)
    return replace(wanted, office=place.code, date=day.isoformat()), day, place, known


async def show(request: Request) -> Response:
    """``/desk/visits``: the day, or what a search finds."""
    official = visits_official(request)
    if not await offices.offices_with_visits_to_move(request.query_params.get("office", "")):
        return web.page(request, "desk/visits/none.html", {"edits": official.may(Permission.EDIT_OFFICES)})
    wanted, day, place, known = await _wanted(request)
    if wanted.q and (number := await desk.number_of(wanted.q)):
        return web.redirect(request, f"{PAGE}/{number}")
    reference_data, language, start = await city(), web.language(request), request.query_params.get("after", "")
    if wanted.q:
        page = await desk.found_by(wanted, None, today(), reference_data, after=start)
    else:
        page = await desk.day_list(place, day, wanted, reference_data, after=start)
    found = await (offices.place(place.code) if place.active else offices.place_of(place))
    counters = await desk.counters(place.id)
    services = names(found.services, language)
    own = {"service": dict(services).get(wanted.service, wanted.service)}
    if wanted.counter in counters:
        own["counter"] = i18n.translate(language, _("Counter %(number)s", number=counters[wanted.counter].number))

    def to(other: date) -> str:
        return replace(wanted, q="", past=False, date=other.isoformat()).address(PAGE)

    context = {
        **listing.shown(PAGE, wanted, page, reference_data, language, start),
        "active": wanted.chips(PAGE, reference_data, language, own),
        "reset": Filter(office=wanted.office, date=wanted.date).address(PAGE),
        "office": place,
        "office_name": i18n.name_in(place, language),
        "offices": names(known, language),
        "office_names": {one.id: i18n.name_in(one, language) for one in known},
        "services": services,
        "counters": counters,
        "day": day,
        "days": {"before": to(day - timedelta(days=1)), "after": to(day + timedelta(days=1)), "today": to(today())},
        "is_today": day == today(),
        "summary": {} if wanted.q else await desk.summary(place.id, day),
        "csv": wanted.address(f"{PAGE}.csv"),
        "sheet": wanted.address(f"{PAGE}/sheet"),
        "other_time": replace(wanted, past=not wanted.past).address(PAGE),
        "states": VISIT_STATES,
        "channels": CHANNELS,
        "documents": DOCUMENTS,
    }
    return web.page(request, "desk/visits/list.html", context)


async def sheet(request: Request) -> Response:
    """``/desk/visits/sheet``: the day to print, counter by counter."""
    wanted, day, place, _known = await _wanted(request)
    language = web.language(request)
    page = await desk.day_list(place, day, replace(wanted, q=""), await city(), limit=SHEETS)
    groups = desk.by_counter(row for row in page.rows if row.state is not VisitState.CANCELLED or wanted.state)
    if wanted.counter:
        chosen = (await desk.counters(place.id)).get(wanted.counter)
        groups = {number: those for number, those in groups.items() if chosen and number == chosen.number}
    context = {
        "groups": [*groups.items()],
        "office_name": i18n.name_in(place, language),
        "day": day,
        "back": wanted.address(PAGE),
        "more": bool(page.after),
        "states": VISIT_STATES,
        "channels": CHANNELS,
        "documents": DOCUMENTS,
    }
    return web.page(request, "desk/visits/sheet.html", context)


async def csv(request: Request) -> Response:
    """``/desk/visits.csv``: the same list, all pages of it."""
    auth.official(request, Permission.EXPORT_VISITS)
    wanted, day, place, _known = await _wanted(request)
    wanted, reference_data = replace(wanted, q=""), await city()

    async def blocks() -> AsyncIterator[list[tuple[object, ...]]]:
        async for rows in desk.blocks(place, day, wanted, reference_data):
            yield [cells(row) for row in rows]

    return exports.table(f"visits-{place.code}-{day}", HEAD, blocks())


routes = [Route(PAGE, show), Route(f"{PAGE}.csv", csv), Route(f"{PAGE}/sheet", sheet)]
