"""Public pages of statistics: overview, adoption down to single submissions, petitions with a map, open data."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.labels import KINDS, OUTCOMES
from petitions.labels import KINDS as PETITION_KINDS
from server.core import web
from server.core.city import City, city
from server.core.days import today
from server.core.errors import _
from server.core.forms import Parameters
from server.core.i18n import translate
from server.core.ledger import END
from tracking.statistics import dictionary, forms, maps, measures, rules
from tracking.statistics.cells import Filters
from tracking.statistics.forms import Chosen, kind_names, petition_kinds
from tracking.statistics.measures import Measure
from tracking.statistics.queries import adoption, lists, people, petitions, tables
from tracking.statistics.queries.tables import FigureRow, Tables
from tracking.statistics.verify import FILTERS, NONE

ADOPTION, SUBMISSIONS = "/statistics/adoption", "/statistics/adoption/submissions"
PETITIONS, DATA = "/statistics/petitions", "/statistics/data"
HOURS_A_DAY = 8
STAGES = {name: stage.label for name, stage in lists.STAGES.items()}
MAPS = {one.on_map[0]: one for one in measures.PETITIONS.measures if one.on_map}
"""The measures that the map can show, by query parameter value."""


def _address(page: str, query: Mapping[str, str], **more: str | None) -> str:
    said = {name: value for name, value in {**query, **more}.items() if value}
    return f"{page}?{urlencode(said)}" if said else page


def _so_far(months: Sequence[FigureRow]) -> list[FigureRow]:
    """The months without those to come, which have only forums that are planned."""
    return [row for row in months if row.key <= f"{today():%Y-%m}"]


def _fields(
    reference_data: City, lang: str, chosen: Chosen, kinds: Mapping[str, str], page: str, years: list[str]
) -> dict[str, Any]:
    """The context of the filter bar: choices, active filters, and the links that remove them."""
    departments = [(row.code, row.name(lang)) for row in reference_data.departments.values()]
    districts = [(code, reference_data.district_name(code, lang)) for code in reference_data.districts]
    none = translate(lang, _("None specified"))
    words = {
        "kind": kinds, "department": dict([*departments, (NONE, none)]), "district": dict([*districts, (NONE, none)]),
    }  # fmt: skip
    query = chosen.query
    return {
        "chosen": {name: query.get(name, "") for name in FILTERS},
        "departments": sorted(departments, key=lambda pair: pair[1]),
        "districts": sorted(districts, key=lambda pair: pair[1]),
        "kinds": list(kinds.items()),
        "years": [(year, year) for year in years],
        "active": [
            (words.get(name, {}).get(value, value), _address(page, query, **{name: None}))
            for name, value in query.items()
        ],
        "page": page,
    }


def _shown(
    found: Tables, reference_data: City, lang: str, kinds: Mapping[str, str], chosen: Chosen, page: str, **more: str
) -> dict[str, Any]:
    """The context common to both pages of figures: the rows by dimension, and links to the CSV and JSON."""
    by: dict[str, list[dict[str, Any]]] = {}
    for dimension, lines in found.by.items():
        by[dimension] = []
        for line in lines:
            code, name = tables.coded(dimension, line.key, reference_data, lang, kinds)
            url = _address(page, chosen.query, **{**more, dimension: code or NONE})
            label = name or translate(lang, _("None specified"))
            by[dimension].append({"label": label, "url": url, "figures": line.figures})
    return {
        "found": found, "by": by, "months": _so_far(found.months), "floor": dictionary.FLOOR,
        "csv": _address(f"/api/v1{page}.csv", chosen.query), "json": _address(f"/api/v1{page}", chosen.query),
    }  # fmt: skip


async def overview(request: Request) -> Response:
    """``/statistics``."""
    lang = web.language(request)
    whole = await tables.total(measures.ADOPTION, Filters())
    handled = await tables.total(measures.PETITIONS, Filters())
    who = await people.people()
    reference_data = await city()
    unsaid = translate(lang, _("Not stated"))
    shown = [
        (
            dimension,
            [
                (people.value_name(dimension, value, reference_data, lang) or unsaid, n)
                for value, n in table.counts.items()
            ],
            table.total,
        )
        for dimension, table in who.items()
    ]
    context = {
        "whole": whole, "handled": handled, "people": shown, "recount": next(iter(await people.recounts()), None),
        "months": _so_far(await tables.months(measures.ADOPTION, Filters())), "hours_a_day": HOURS_A_DAY,
        "floor": dictionary.FLOOR, "least": rules.LEAST,
    }  # fmt: skip
    return web.page(request, "statistics/overview.html", context)


async def of_adoption(request: Request) -> Response:
    """``/statistics/adoption``: figures under filters, by each dimension."""
    reference_data, lang = await city(), web.language(request)
    data = Parameters(request.query_params)
    before = data.integer("before", low=0, high=10**12 - 1)
    chosen = await forms.read(request.query_params, reference_data, KINDS, data)
    found = await adoption.adoption(chosen.filters, END if before is None else before)
    kinds = kind_names(lang)
    query = chosen.query
    forums = [
        {"label": forum.title, "figures": figures, "page": f"/forums/{forum.slug}",
         "url": _address(ADOPTION, query, forum=forum.slug) if forum.named else f"/forums/{forum.slug}"}
        for forum, figures in found.forums
    ]  # fmt: skip
    years = [line.key for line in await adoption.by(Filters(), "year")]
    context = {
        "forums": forums,
        "older": _address(ADOPTION, query, before=str(found.older)) if found.older else "",
        "submissions": lambda stage: _address(SUBMISSIONS, query, stage=stage), "further": before is not None,
        "forum_title": found.forums[0][0].title if chosen.filters.forum_id and found.forums else "",
        "stages": STAGES,
        **_shown(found, reference_data, lang, kinds, chosen, ADOPTION),
        **_fields(reference_data, lang, chosen, kinds, ADOPTION, years),
    }  # fmt: skip
    return web.page(request, "statistics/adoption.html", context)


async def submissions(request: Request) -> Response:
    """``/statistics/adoption/submissions``: the submissions behind a number."""
    reference_data, lang = await city(), web.language(request)
    data = Parameters(request.query_params)
    stage = data.choice("stage", lists.STAGES)
    before = data.text("before", limit=40)
    chosen = await forms.read(request.query_params, reference_data, KINDS, data)
    rows, following, total = await lists.page(chosen.filters, stage, before)
    query = {**chosen.query, **({"stage": stage} if stage else {})}
    years = [line.key for line in await adoption.by(Filters(), "year")]
    fields = _fields(reference_data, lang, chosen, kind_names(lang), SUBMISSIONS, years)
    if stage:
        fields["active"].append((translate(lang, STAGES[stage]), _address(SUBMISSIONS, chosen.query)))
    context = {
        "rows": rows, "total": total, "further": bool(before),
        "older": _address(SUBMISSIONS, query, before=following) if following else "",
        "departments_by_id": reference_data.department_names(lang),
        "stage": stage, "stages": [(name, translate(lang, label)) for name, label in STAGES.items()],
        "outcomes": OUTCOMES, "back": _address(ADOPTION, chosen.query), **fields,
    }  # fmt: skip
    return web.page(request, "statistics/submissions.html", context)


async def of_petitions(request: Request) -> Response:
    """``/statistics/petitions``: volume, processing times, punctuality and satisfaction, with a map."""
    reference_data, lang = await city(), web.language(request)
    raw = {name: value for name, value in request.query_params.items() if name != "forum"}
    data = Parameters(raw)
    show = data.choice("show", MAPS, next(iter(MAPS)))
    chosen = await forms.read(raw, reference_data, PETITION_KINDS, data)
    found = await petitions.petitions(chosen.filters)
    kinds = petition_kinds(lang)
    more = {"show": show} if show != next(iter(MAPS)) else {}
    years = [line.key for line in await tables.by(measures.PETITIONS, Filters(), "year")]
    context = {
        "map": _map(reference_data, lang, found.by["district"], MAPS[show], {**chosen.query, **more}),
        "measure": MAPS[show],
        "hours_a_day": HOURS_A_DAY,
        "least": rules.LEAST,
        "maps": [(one, _address(PETITIONS, chosen.query, show=name)) for name, one in MAPS.items()],
        **_shown(found, reference_data, lang, kinds, chosen, PETITIONS, **more),
        **_fields(reference_data, lang, chosen, kinds, PETITIONS, years),
    }
    return web.page(request, "statistics/petitions.html", context)


def _map(
    reference_data: City, lang: str, lines: list[FigureRow], measure: Measure, query: Mapping[str, str]
) -> dict[str, Any] | None:
    sheet = maps.draw(reference_data.sketch)
    if sheet is None:
        return None
    values = {line.key: value for line in lines if line.key and (value := line.figures[measure.key]) is not None}
    bounds, steps = maps.steps(values)
    codes = [*values, *(shape.code for shape in sheet.shapes if shape.code not in values)]
    return {
        "sheet": sheet, "values": values, "steps": steps, "bounds": bounds,
        "names": {code: reference_data.district_name(code, lang) for code in {*reference_data.districts, *values}},
        "rows": [(code, _address(PETITIONS, query, district=code)) for code in codes],
    }  # fmt: skip


async def data_page(request: Request) -> Response:
    """``/statistics/data``: downloads, the data dictionary, and how to recompute the figures."""
    context = {
        "files": dictionary.FILES, "json": dictionary.JSON, "rules": dictionary.RULES,
        "figures": [(_("Adoption figures"), dictionary.FIGURES), (_("Participant figures"), dictionary.PEOPLE),
                    (_("Petition figures"), dictionary.PETITIONS)],
        "licence": dictionary.LICENCE, "licence_url": dictionary.LICENCE_URL,
    }  # fmt: skip
    return web.page(request, "statistics/data.html", context)


routes = [
    Route("/statistics", overview),
    Route(ADOPTION, of_adoption),
    Route(SUBMISSIONS, submissions),
    Route(PETITIONS, of_petitions),
    Route(DATA, data_page),
]
