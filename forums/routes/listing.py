"""The list of forums, the numbered pages of the notice board, and the broadcasts: live, scheduled and archived."""

from dataclasses import replace
from datetime import tzinfo
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import views
from forums.labels import FORUM_STATES
from forums.queries import front, lists
from forums.queries.lists import ALL, NOTICE, TAB_WORDS, TABS, Filters, Listed
from forums.routes import context
from forums.states import ForumState
from server.core import clock, i18n, listing, page_cache, web
from server.core.city import city
from server.core.errors import Invalid
from server.core.forms import Parameters, not_a_choice
from server.core.listing import Page

PAGE, NOTICES, BROADCASTS = "/forums", "/forums/notices", "/forums/broadcasts"
SCHEDULED = 40
"""Broadcasts in the schedule."""
MOST_PAGES = 10**8
AROUND = 2
"""How many pages of the board before and after the current one are linked."""


@page_cache.kept("after", filters=Filters)
async def index(request: Request) -> Response:
    """``/forums``: the front page; with a tab, filters or words the list of open, coming, past or proposed forums."""
    if not request.query_params.keys() - {"lang", web.TEXT_COOKIE}:
        return await _front(request)
    known, lang, start = await city(), web.language(request), request.query_params.get("after", "")
    wanted = Filters.parse(request.query_params, known)
    within = TABS[wanted.tab] if wanted.tab else ALL if wanted.q else TABS["open"]
    if wanted.state and wanted.state not in within:
        raise Invalid([not_a_choice("state", wanted.state)])
    states = (ForumState(wanted.state),) if wanted.state else within
    page = await lists.listed(replace(wanted, states=states), start)
    tab = wanted.tab or ("" if wanted.q else "open")
    if not (page.rows or start or wanted.chosen()):  # nothing is open, so show the coming ones
        tab, within = "coming", TABS["coming"]
        page = await lists.listed(Filters(states=within))
    here = replace(wanted, tab=tab)
    shown = listing.shown(PAGE, here, page, known, lang, start)
    choices = here.choices(known, lang)
    more = {
        **shown,
        "tab": tab,
        "tabs": listing.tabs(PAGE, Filters(tab=tab), "tab", TAB_WORDS, lang),
        "states": [(each.value, i18n.translate(lang, FORUM_STATES[each])) for each in within]
        if len(within) > 1
        else [],
        "kinds": [one for one in choices["kind"] if wanted.q or one[0] != lists.NOTICE],
        "years": await _years(web.site(request).settings.zone, wanted.year),
    }
    return await context.page(request, "forums/list.html", more)


async def _front(request: Request) -> Response:
    shown = {"front": await front.front(await city()), "cap": front.CAP}
    return await context.page(request, "forums/front.html", shown)


async def _years(zone: tzinfo, chosen: int) -> list[tuple[str, str]]:
    """The years to choose from, in ascending order up to next year; also one that only the address names."""
    now = clock.now().astimezone(zone).year
    years = {*range(await lists.first_year(zone) or now, now + 2), *([chosen] if chosen else [])}
    return [(str(year), str(year)) for year in sorted(years, reverse=True)]


@page_cache.kept("after")
async def broadcasts(request: Request) -> Response:
    """``/forums/broadcasts``: live, the schedule by day, and the archive with chapters."""
    zone = web.site(request).settings.zone
    after = request.query_params.get("after", "")
    on_air: Page[Listed] = Page(())
    coming = on_air
    if not after:
        on_air = await lists.listed(Filters("broadcast", states=TABS["open"]))
        coming = await lists.listed(Filters("broadcast", states=TABS["coming"]), limit=SCHEDULED)
    archive = await lists.listed(Filters("broadcast", states=TABS["over"]), after)
    shown = {
        "on_air": on_air.rows,
        "schedule": [
            (day, list(rows))
            for day, rows in groupby(coming.rows, lambda row: row.starts_at and row.starts_at.astimezone(zone).date())
            if day
        ],
        "longer": bool(coming.after),
        "archive": archive,
        "further": Filters().address(BROADCASTS, after=archive.after) if archive.after else "",
        "after": after,
    }
    return await context.page(request, "forums/broadcasts.html", shown)


@page_cache.kept("page")
async def board(request: Request) -> Response:
    """``/forums/notices``: page ``page`` of the board, or the results of a search for ``q``."""
    data = Parameters(request.query_params)
    q = data.text("q", limit=lists.MAX_WORDS)
    page = data.integer("page", low=1, high=MOST_PAGES) or 1
    data.done()
    shown: dict[str, object] = {"q": q, "found": None, "waiting": views.waiting}
    if q:
        wanted = Filters(NOTICE, q=q, states=ALL)
        found = await lists.listed(wanted, request.query_params.get("after", ""))
        shown["found"] = found.rows
        shown["further"] = replace(wanted, kind="").address(NOTICES, after=found.after) if found.after else ""
    else:
        current = await lists.board(page)
        low = max(1, min(current.page - AROUND, current.pages - 2 * AROUND))
        shown["board"] = current
        shown["near"] = range(low, min(current.pages, low + 2 * AROUND) + 1)
    return await context.page(request, "forums/board.html", shown)


routes = [
    Route(PAGE, index),
    Route(BROADCASTS, broadcasts),
    Route(NOTICES, board),
]
