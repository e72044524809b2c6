"""``/search``: one box for everything. It works without JavaScript; with it, the box offers completions and pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server import searching
from server.core import auth, i18n, references, web
from server.core.accounts import Official
from server.core.city import City, city
from server.core.errors import Text, _
from server.core.search import Hit
from server.core.search.words import MAX_QUERY
from server.searching import AT_DESK, PAGES, SORTS, TYPES, Answer, Filters

PAGE = "/search"
SHOWN = 8
"""Values of a facet that are shown."""
FACETS = {
    "department": _("Department"),
    "status": _("State"),
    "district": _("District"),
    "year": _("Year"),
}


@dataclass(frozen=True)
class Found:
    """A hit as the page shows it."""

    hit: Hit
    type: Text
    state: Text | str
    department: str
    district: str
    language: str
    """Of its text, if it is not the page's; else empty."""


async def page(request: Request) -> Response:
    """``/search``. Raises ``Invalid`` for a filter that does not exist."""
    reference_data, lang, official = await city(), web.language(request), auth.reader(request).official
    typed = request.query_params.get("q", "")
    wanted = Filters.parse({**request.query_params, "q": typed[:MAX_QUERY]}, reference_data)
    answer = await searching.answer(wanted, official, reference_data, lang) if wanted.q else None
    number = max(1, wanted.page)
    last = not answer or number * searching.PAGE >= answer.found.total or number == PAGES
    return web.page(
        request,
        "search.html",
        {
            "wanted": wanted,
            "answer": answer,
            "hits": [shown(hit, reference_data, lang) for hit in answer.hits] if answer else [],
            "types": _types(wanted, answer, official, lang) if answer else [],
            "facets": _facets(wanted, answer) if answer else [],
            "sorts": [
                (SORTS[one], replace(wanted, sort=one, page=0).address(PAGE), one == wanted.sort) for one in SORTS
            ],
            "active": replace(wanted, type="", page=0).chips(PAGE, reference_data, lang, {"year": str(wanted.year)}),
            "everything": Filters(q=wanted.q).address(PAGE),
            "number": _number(wanted.q, official, answer),
            "newer": replace(wanted, page=number - 1).address(PAGE) if number > 1 else "",
            "older": "" if last else replace(wanted, page=number + 1).address(PAGE),
        },
    )


def shown(hit: Hit, reference_data: City, lang: str) -> Found:
    """A hit with its names in a language."""
    name = searching.OF_KIND[hit.kind]
    language = hit.language or i18n.written_in("".join(each.text for each in hit.title), lang)
    return Found(
        hit,
        TYPES[name].label,
        TYPES[name].states.get(hit.state, ""),
        reference_data.department_name(hit.department, lang),
        reference_data.district_name(hit.district, lang) if hit.district else "",
        language if language != lang else "",
    )


def _types(wanted: Filters, answer: Answer, official: Official | None, lang: str) -> Sequence[Mapping[str, object]]:
    """The types as views: with the number of hits, as far as it is known."""
    counts = {value.value: value.count for value in answer.facets["type"]}
    views: list[Mapping[str, object]] = []
    for name in ("", *TYPES):
        if name in AT_DESK and official is None:
            continue
        view = {
            "label": i18n.translate(lang, TYPES[name].label if name else _("Everything")),
            "href": replace(wanted, type=name, status="", page=0).address(PAGE),
            "current": name == wanted.type,
        }
        if not wanted.type and name:
            view["count"] = i18n.number_text(counts.get(name, 0), lang)
        views.append(view)
    return views


def _facets(wanted: Filters, answer: Answer) -> Sequence[tuple[Text, Sequence[tuple[Text | str, int, str]]]]:
    """What can narrow the hits: each with its values, their numbers and addresses. States only within a type."""
    found = []
    for name, label in FACETS.items():
        values = answer.facets[name]
        if wanted.chosen().get(name) or len(values) < 2 or (name == "status" and not wanted.type):  # noqa: PLR2004 — one narrows nothing
            continue
        states = TYPES[wanted.type].states if name == "status" else {}
        others = replace(wanted, page=0)
        links = [
            (states.get(one.value, one.label), one.count, others.address(PAGE, **{name: one.value}))
            for one in values[:SHOWN]
        ]
        found.append((label, links))
    return found


def _number(q: str, official: Official | None, answer: Answer | None) -> tuple[str, str] | None:
    """A case's number that was typed, with the page that opens it. It does not say whether there is such a case."""
    reference = references.read_reference(q)
    if reference is None:
        return None
    desk = f"/desk/cases/{reference}"
    if official and answer and any(hit.path == desk for hit in answer.hits):
        return reference, desk
    return reference, f"/cases?reference={reference}"


routes = [Route(PAGE, page)]
