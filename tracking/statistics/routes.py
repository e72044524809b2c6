"""Public pages of statistics: overview, adoption down to single submissions, petitions with a map, open data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.labels import KINDS, OUTCOMES
from petitions.labels import KINDS as PETITION_KINDS
from server.core import listing, page_cache, web
from server.core.city import City, city
from server.core.days import today
from server.core.errors import Text, _
from server.core.forms import Parameters
from server.core.i18n import name_in, translate
from server.core.ledger import END
from tracking.statistics import dictionary, maps, measures, rules, waiting_measures
from tracking.statistics.cells import Filters
from tracking.statistics.queries import adoption, filters, lists, people, petitions, tables, visits, waiting
from tracking.statistics.queries.filters import MAPS
from tracking.statistics.queries.tables import FigureRow, Tables
from tracking.statistics.verify import NONE
from tracking.visits.queries import accuracy

ADOPTION, SUBMISSIONS = "/statistics/adoption", "/statistics/adoption/submissions"
PETITIONS, DATA = "/statistics/petitions", "/statistics/data"
VISITS, WAITING = "/statistics/visits", "/statistics/waiting"
HOURS_A_DAY = 8
STAGES = {name: stage.label for name, stage in lists.STAGES.items()}


def _so_far(months: Sequence[FigureRow]) -> list[FigureRow]:
    """The months without those to come, which have only forums that are planned."""
    return [row for row in months if row.key <= f"{today():%Y-%m}"]


def _bar(
    wanted: filters.Adoption, page: str, reference_data: City, lang: str, years: list[FigureRow]
) -> dict[str, Any]:
    """The context of the filter bar: choices, active filters, and the links that remove them."""
    return {
        "page": page, "wanted": wanted, "choices": wanted.choices(reference_data, lang),
        "years": [(line.key, line.key) for line in years], "active": wanted.chips(page, reference_data, lang),
    }  # fmt: skip


def _shown(
    found: Tables, wanted: filters.Adoption, page: str, reference_data: City, lang: str, kinds: Mapping[str, Text]
) -> dict[str, Any]:
    """The context common to both pages of figures: the rows by dimension, and links to the CSV and JSON."""
    by: dict[str, list[dict[str, Any]]] = {}
    for dimension, lines in found.by.items():
        by[dimension] = []
        for line in lines:
            code, name = tables.coded(dimension, line.key, reference_data, lang, kinds)
            url = replace(wanted, **{dimension: code or NONE}).address(page)
            by[dimension].append(
                {"label": name or translate(lang, filters.UNSPECIFIED), "url": url, "figures": line.figures}
            )
    return {
        "found": found, "by": by, "months": _so_far(found.months), "floor": dictionary.FLOOR,
        "csv": wanted.address(f"/api/v1{page}.csv"), "json": wanted.address(f"/api/v1{page}"),
    }  # fmt: skip


@page_cache.kept()
async def overview(request: Request) -> Response:
    """``/statistics``."""
    lang = web.language(request)
    whole = await tables.total(measures.ADOPTION, Filters())
    handled = await tables.total(measures.PETITIONS, Filters())
    who = await people.people()
    context = {
        "whole": whole, "handled": handled, "people": people.document(who, await city(), lang),
        "recount": next(iter(await people.recounts()), None),
        "months": _so_far(await tables.months(measures.ADOPTION, Filters())), "hours_a_day": HOURS_A_DAY,
        "floor": dictionary.FLOOR, "least": rules.LEAST,
    }  # fmt: skip
    return web.page(request, "statistics/overview.html", context)


@page_cache.kept("before", filters=filters.Adoption)
async def of_adoption(request: Request) -> Response:
    """``/statistics/adoption``: figures under filters, by each dimension."""
    reference_data, lang = await city(), web.language(request)
    data = Parameters(request.query_params)
    before = data.integer("before", low=0, high=10**12 - 1)
    wanted, chosen = await filters.read(filters.Adoption, data, reference_data)
    found = await adoption.adoption(chosen, END if before is None else before)
    forums = [
        {"label": forum.title, "figures": figures, "page": f"/forums/{forum.slug}",
         "url": replace(wanted, forum=forum.slug).address(ADOPTION) if forum.named else f"/forums/{forum.slug}"}
        for forum, figures in found.forums
    ]  # fmt: skip
    context = {
        "forums": forums,
        "older": wanted.address(ADOPTION, before=str(found.older)) if found.older else "",
        "submissions": lambda stage: wanted.address(SUBMISSIONS, stage=stage), "further": before is not None,
        "forum_title": found.forums[0][0].title if wanted.forum and found.forums else "",
        "stages": STAGES,
        **_shown(found, wanted, ADOPTION, reference_data, lang, KINDS),
        **_bar(wanted, ADOPTION, reference_data, lang, await adoption.by(Filters(), "year")),
    }  # fmt: skip
    return web.page(request, "statistics/adoption.html", context)


async def submissions(request: Request) -> Response:
    """``/statistics/adoption/submissions``: the submissions behind a number."""
    reference_data, lang = await city(), web.language(request)
    data = Parameters(request.query_params)
    before = data.text("before", limit=40)
    wanted, chosen = await filters.read(filters.Submissions, data, reference_data)
    rows, following, total = await lists.page(chosen, wanted.stage, before)
    context = {
        "rows": rows, "total": total, "further": bool(before),
        "older": wanted.address(SUBMISSIONS, before=following) if following else "",
        "department_names": reference_data.department_names(lang),
        "outcomes": OUTCOMES, "back": wanted.without("stage").address(ADOPTION),
        **_bar(wanted, SUBMISSIONS, reference_data, lang, await adoption.by(Filters(), "year")),
    }  # fmt: skip
    return web.page(request, "statistics/submissions.html", context)


@page_cache.kept(filters=filters.Petitions)
async def of_petitions(request: Request) -> Response:
    """``/statistics/petitions``: volume, processing times, punctuality and satisfaction, with a map."""
    reference_data, lang = await city(), web.language(request)
    wanted, chosen = await filters.read(filters.Petitions, Parameters(request.query_params), reference_data)
    found = await petitions.petitions(chosen)
    context = {
        "map": _map(wanted, reference_data, lang, found.by["district"]),
        "measure": MAPS[wanted.show],
        "hours_a_day": HOURS_A_DAY,
        "least": rules.LEAST,
        "maps": listing.tabs(PETITIONS, wanted, "show", filters.TITLES, lang),
        **_shown(found, wanted, PETITIONS, reference_data, lang, PETITION_KINDS),
        **_bar(wanted, PETITIONS, reference_data, lang, await tables.by(measures.PETITIONS, Filters(), "year")),
    }
    return web.page(request, "statistics/petitions.html", context)


def _map(wanted: filters.Petitions, reference_data: City, lang: str, lines: list[FigureRow]) -> dict[str, Any] | None:
    sheet = maps.draw(reference_data.sketch)
    if sheet is None:
        return None
    measure = MAPS[wanted.show].key
    values = {line.key: value for line in lines if line.key and (value := line.figures[measure]) is not None}
    bounds, steps = maps.steps(values)
    codes = [*values, *(shape.code for shape in sheet.shapes if shape.code not in values)]
    return {
        "sheet": sheet, "values": values, "steps": steps, "bounds": bounds,
        "names": {code: reference_data.district_name(code, lang) for code in {*reference_data.districts, *values}},
        "rows": [(code, replace(wanted, district=code).address(PETITIONS)) for code in codes],
    }  # fmt: skip


@page_cache.kept(filters=visits.Visits)
async def of_visits(request: Request) -> Response:
    """``/statistics/visits``: bookings, how long before, cancellations, no-shows and documents."""
    reference_data, lang = await city(), web.language(request)
    wanted, chosen, known = await visits.read(Parameters(request.query_params), reference_data)
    found = await visits.visits(chosen)
    by: dict[str, list[dict[str, Any]]] = {}
    for dimension, name in visits.NAMES.items():
        by[name] = []
        for line in found.by[dimension]:
            code, words = visits.coded(dimension, line.key, reference_data, lang, known)
            url = replace(wanted, **{name: code or NONE}).address(VISITS)
            by[name].append(
                {"label": words or translate(lang, filters.UNSPECIFIED), "url": url, "figures": line.figures}
            )
    years = await tables.by(measures.VISITS, Filters(), "year")
    context = {
        "found": found, "by": by, "months": _so_far(found.months), "floor": dictionary.FLOOR, "least": rules.LEAST,
        "csv": wanted.address(f"/api/v1{VISITS}.csv"), "json": wanted.address(f"/api/v1{VISITS}"),
        "page": VISITS, "wanted": wanted, "choices": wanted.choices(reference_data, lang),
        "offices": [(one.code, name_in(one, lang)) for one in known.values()],
        "years": [(line.key, line.key) for line in years],
        "active": wanted.chips(
            VISITS, reference_data, lang,
            {"office": next((name_in(one, lang) for one in known.values() if one.code == wanted.office), "")},
        ),
        "hours_a_day": HOURS_A_DAY,
    }  # fmt: skip
    return web.page(request, "statistics/visits.html", context)


@page_cache.kept("since", filters=waiting.Waiting)
async def of_waiting(request: Request) -> Response:
    """``/statistics/waiting``: how long visitors waited and were served, what changed, and how good estimates were."""
    reference_data, lang = await city(), web.language(request)
    data = Parameters(request.query_params)
    since = data.text("since", limit=7)
    wanted, chosen, known = await waiting.read(data, reference_data)
    found = await waiting.waiting(chosen)
    by: dict[str, list[dict[str, Any]]] = {}
    for dimension in waiting.DIMENSIONS:
        by[dimension] = []
        for line in found.by[dimension]:
            code, words = waiting.coded(dimension, line.key, lang, known)
            url = (
                ""
                if dimension == "hour" or line.key == dictionary.FEW
                else replace(wanted, **{dimension: code}).address(WAITING)
            )
            by[dimension].append({"label": words, "url": url, "figures": line.figures})
    months = _so_far(found.months)
    years = await tables.by(waiting_measures.WAITING, Filters(), "year")
    offices = [chosen.department_id] if chosen.department_id is not None else known.offices
    context = {
        "found": found, "by": by, "months": months, "floor": dictionary.FLOOR, "hours_a_day": HOURS_A_DAY,
        "least": rules.LEAST,
        "days": await waiting.by_day(chosen), "change": waiting.change(months, since) if since else None,
        "accuracy": await accuracy.of_offices(offices), "since": since,
        "csv": wanted.address(f"/api/v1{WAITING}.csv"), "json": wanted.address(f"/api/v1{WAITING}"),
        "page": WAITING, "wanted": wanted, "how": [(code, translate(lang, name)) for code, name in waiting.HOW.items()],
        "offices": [(one.code, name_in(one, lang)) for one in known.offices.values()],
        "services": [(code, known.service(code, lang)) for code in known.services],
        "years": [(line.key, line.key) for line in years],
        "since_months": [(line.key, line.key) for line in months[1:]],
        "active": wanted.chips(
            WAITING, reference_data, lang,
            {"office": known.office(wanted.office, lang), "service": known.service(wanted.service, lang)},
        ),
    }  # fmt: skip
    return web.page(request, "statistics/waiting.html", context)


@page_cache.kept()
async def data_page(request: Request) -> Response:
    """``/statistics/data``: downloads, the data dictionary, and how to recompute the figures."""
    context = {
        "files": dictionary.FILES, "json": dictionary.JSON, "rules": dictionary.RULES,
        "figures": [(_("Adoption figures"), dictionary.FIGURES), (_("Participant figures"), dictionary.PEOPLE),
                    (_("Petition figures"), dictionary.PETITIONS), (_("Visit figures"), dictionary.VISITS),
                    (_("Waiting figures"), dictionary.WAITING)],
        "licence": dictionary.LICENCE, "licence_url": dictionary.LICENCE_URL,
    }  # fmt: skip
    return web.page(request, "statistics/data.html", context)


routes = [
    Route("/statistics", overview),
    Route(ADOPTION, of_adoption),
    Route(SUBMISSIONS, submissions),
    Route(PETITIONS, of_petitions),
    Route(VISITS, of_visits),
    Route(WAITING, of_waiting),
    Route(DATA, data_page),
]
