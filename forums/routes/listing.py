"""The list of forums, and the broadcasts' own page: what is on, what comes, what can be seen again."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from itertools import groupby
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.labels import FORUM_STATES, KINDS
from forums.queries import lists
from forums.queries.lists import ALL, TABS, Filters, Page, Place
from forums.routes import words
from forums.states import ForumState
from server.core import clock, i18n, web
from server.core.city import City, city
from server.core.errors import BadRequest, _
from server.core.fields import Input

MAX_WORDS = 100
FIRST_YEAR, LAST_YEAR = 1900, 2999
SCHEDULED = 40
"""Broadcasts that the schedule names."""

TAB_WORDS = {
    "open": FORUM_STATES["running"],
    "coming": _("Coming up"),
    "over": FORUM_STATES["closed"],
    "proposed": _("Asked for by citizens"),
}


def read_filters(data: Input, known: City, request: Request) -> tuple[Filters, dict[str, str]]:
    """What a list is narrowed by, and the same as it stands in an address; the states stay the caller's."""
    q = data.text("q", limit=MAX_WORDS)
    kind = data.choice("kind", [*lists.KINDS, lists.NOTICE])
    code = data.choice("department", [row.code for row in known.departments.values()])
    district = data.choice("district", known.districts)
    year = data.integer("year", low=FIRST_YEAR, high=LAST_YEAR)
    department = known.department_by_code(code) if code else None
    zone = web.site(request).settings.zone
    begins, ends = (datetime(year + n, 1, 1, tzinfo=zone) if year else None for n in (0, 1))
    said = {"kind": kind, "department": code, "district": district, "year": str(year or ""), "q": q}
    return Filters(kind, department.id if department else None, district, begins, ends, q), said


def read_place(data: Input) -> Place | None:
    """Where in a list a page begins. Raises ``BadRequest`` for a place that no page of ours gave."""
    text = data.text("after", limit=60)
    place = Place.read(text) if text else None
    if text and place is None:
        raise BadRequest(_("This page of the list does not exist. Please start from its beginning."))
    return place


async def listing(request: Request) -> Response:
    """``/forums``: what is open, comes, is over or is asked for, with filters and words."""
    known, lang = await city(), web.language(request)
    data = Input(request.query_params)
    tab = data.choice("tab", tuple(TABS))
    after = read_place(data)
    filters, chosen = read_filters(data, known, request)
    within = TABS[tab] if tab else ALL if filters.q else TABS["open"]
    state = data.choice("state", [each.value for each in within])
    data.done()
    states = (ForumState(state),) if state else within
    found = await lists.listed(filters.within(states), after)
    tab = tab or ("" if filters.q else "open")
    if not (found.rows or after or request.query_params.keys() - {"lang"}):  # nothing is open: what comes is news
        tab, within = "coming", TABS["coming"]
        found = await lists.listed(filters.within(within))
    chosen["state"] = state
    kept = {"tab": tab, **chosen}
    named = {
        "kind": i18n.translate(lang, KINDS[chosen["kind"]]) if chosen["kind"] else "",
        "department": _department(known, chosen["department"], lang),
        "district": known.district_name(chosen["district"], lang),
        "year": chosen["year"],
        "q": f"“{filters.q}”",
        "state": i18n.translate(lang, FORUM_STATES[state]) if state else "",
    }
    context = {
        "tab": tab,
        "tabs": [
            {"label": i18n.translate(lang, text), "href": address("/forums", {"tab": name}), "current": name == tab}
            for name, text in TAB_WORDS.items()
        ],
        "found": found,
        "chosen": chosen,
        "active": [(named[n], address("/forums", {**kept, n: ""})) for n, value in chosen.items() if value],
        "further": address("/forums", {**kept, "after": str(found.further)}) if found.further else "",
        "beginning": address("/forums", kept) if after else "",
        "states": [(each.value, i18n.translate(lang, FORUM_STATES[each])) for each in within]
        if len(within) > 1
        else [],
        "years": await _years(web.site(request).settings.zone, filters),
        **words.choices(known, lang, [*lists.KINDS, *([lists.NOTICE] if filters.q else [])]),
        **words.names(known, lang),
    }
    return web.page(request, "forums/list.html", context)


async def _years(zone: tzinfo, filters: Filters) -> list[tuple[str, str]]:
    """The years that can be chosen, the next one first; also one that was only written into the address."""
    now = clock.now().astimezone(zone).year
    years = {*range(await lists.first_year(zone) or now, now + 2)}
    if filters.begins:
        years.add(filters.begins.year)
    return [(str(year), str(year)) for year in sorted(years, reverse=True)]


def _department(known: City, code: str, lang: str) -> str:
    found = known.department_by_code(code)
    return found.name(lang) if found else ""


def address(path: str, query: Mapping[str, str]) -> str:
    """A page of ours with what its address says, the empty left out."""
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


async def broadcasts(request: Request) -> Response:
    """``/forums/broadcasts``: on air, the schedule by day, and the archive with chapters."""
    known, lang, zone = await city(), web.language(request), web.site(request).settings.zone
    data = Input(request.query_params)
    after = read_place(data)
    data.done()
    on_air, coming = Page((), None), Page((), None)
    if not after:
        on_air = await lists.listed(Filters("broadcast", states=TABS["open"]))
        coming = await lists.listed(Filters("broadcast", states=TABS["coming"]), limit=SCHEDULED)
    archive = await lists.listed(Filters("broadcast", states=TABS["over"]), after)
    context = {
        "on_air": on_air.rows,
        "schedule": [
            (day, list(rows))
            for day, rows in groupby(coming.rows, lambda row: row.starts_at and row.starts_at.astimezone(zone).date())
            if day
        ],
        "longer": coming.further is not None,
        "archive": archive,
        "further": address("/forums/broadcasts", {"after": str(archive.further)}) if archive.further else "",
        "after": after,
        **words.names(known, lang),
    }
    return web.page(request, "forums/broadcasts.html", context)


routes = [
    Route("/forums", listing),
    Route("/forums/broadcasts", broadcasts),
]
