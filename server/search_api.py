"""``/api/v1/search``: one search over everything, with highlights and facets, and suggestions while somebody types."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server import searching
from server.core import auth, contract, i18n, search, web
from server.core.city import City, city
from server.core.contract import Contract, among, said
from server.core.errors import _
from server.core.forms import Parameters
from server.core.search import Hit, Passage
from server.core.search.words import MAX_QUERY
from server.searching import TYPES, Filters, Value

NOTHING = _("Please say what to search for in “%(field)s”.")


class SearchPart(contract.Answer):
    """A piece of a text, and whether it is one of the words searched for."""

    text: str
    marked: bool


class SearchHighlights(contract.Answer):
    """The title and the passage in pieces."""

    title: Sequence[SearchPart]
    passage: Sequence[SearchPart]


class SearchHit(contract.Answer):
    """Something found."""

    type: Annotated[str, among(TYPES)]
    path: Annotated[str, said("The address of its page on this site.")]
    title: str
    passage: Annotated[str, said("The part of its text that says most about the question.")]
    highlights: SearchHighlights
    department: Annotated[str | None, said("A department's code.")]
    status: str
    district: str
    language: Annotated[str, said("Of its text; empty if that is not known.")]
    at: Annotated[datetime | None, said("When it was published, answered or filed.")]


class SearchValue(contract.Answer):
    """A value by which hits can be narrowed."""

    value: str
    label: str
    count: int


class SearchFacets(contract.Answer):
    """The values of each filter among the hits."""

    type: Sequence[SearchValue]
    department: Sequence[SearchValue]
    status: Sequence[SearchValue]
    district: Sequence[SearchValue]
    year: Sequence[SearchValue]


class SearchAnswer(contract.Answer):
    """A page of what was found."""

    items: Sequence[SearchHit]
    next: Annotated[int | None, said("The number of the next page.")]
    total: int
    more: Annotated[bool, said("There are more hits than `total`.")]
    meant: Annotated[str, said("What was searched for in place of words that nobody wrote; else empty.")]
    facets: SearchFacets
    took_ms: float
    engine: Annotated[str, said("The engine that answered.")]
    simple: Annotated[bool, said("A simpler engine answered in place of one that did not.")]


class SearchPage(contract.Answer):
    """A page that contains what is being typed."""

    type: Annotated[str, among(TYPES)]
    path: str
    title: str
    language: str


class SearchSuggestions(contract.Answer):
    """What somebody who types may mean."""

    completions: Annotated[Sequence[str], said("The text with its last word completed, the most frequent first.")]
    pages: Sequence[SearchPage]
    took_ms: float
    engine: str


@Contract(
    "Search petitions and answers, forums, submissions, commitments, services, notices and offices; for officials "
    "their cases, too",
    SearchAnswer,
    query=Filters.schema(),
)
async def index(request: Request) -> Response:
    """``GET /search``."""
    reference_data, lang = await city(), web.language(request)
    data = Parameters(request.query_params)
    wanted = Filters.take(data, reference_data, json=True)
    _need(data, wanted.q)
    answer = await searching.answer(wanted, auth.reader(request).official, reference_data, lang)
    page = max(1, wanted.page)
    following = page + 1 if page * searching.PAGE < answer.found.total and page < searching.PAGES else None
    return web.json(
        SearchAnswer(
            items=[_hit(hit, reference_data) for hit in answer.hits],
            next=following,
            total=answer.found.total,
            more=answer.found.more,
            meant=answer.found.meant,
            facets=SearchFacets(**{name: _values(values, lang) for name, values in answer.facets.items()}),
            took_ms=answer.took_ms,
            engine=answer.engine,
            simple=answer.found.simple,
        )
    )


@Contract(
    "What somebody who types may mean: completions and pages",
    SearchSuggestions,
    query={"q": contract.text(most=MAX_QUERY, about="What has been typed so far.")},
)
async def suggestions(request: Request) -> Response:
    """``GET /search/suggestions``."""
    data = Parameters(request.query_params)
    typed = data.text("q", limit=MAX_QUERY)
    _need(data, typed)
    begun = time.perf_counter()
    reader, language = auth.reader(request).official, web.language(request)
    completions, hits = await searching.suggestions(typed, reader, await city(), language)
    return web.json(
        SearchSuggestions(
            completions=completions,
            pages=[
                SearchPage(
                    type=searching.OF_KIND[hit.kind], path=hit.path, title=_plain(hit.title), language=hit.language
                )
                for hit in hits
            ],
            took_ms=round(1000 * (time.perf_counter() - begun), 1),
            engine=search.ENGINE.name,
        )
    )


def _need(data: Parameters, q: str) -> None:
    if not q and not data.errors:
        data.fail("q", NOTHING)
    data.done()


def _hit(hit: Hit, reference_data: City) -> SearchHit:
    department = reference_data.departments.get(hit.department or 0)
    return SearchHit.of(
        hit,
        type=searching.OF_KIND[hit.kind],
        title=_plain(hit.title),
        passage=_plain(hit.passage),
        highlights=SearchHighlights(title=_parts(hit.title), passage=_parts(hit.passage)),
        department=department.code if department else None,
        status=hit.state,
    )


def _plain(passages: Sequence[Passage]) -> str:
    return "".join(each.text for each in passages)


def _parts(passages: Sequence[Passage]) -> list[SearchPart]:
    return [SearchPart.of(each) for each in passages]


def _values(values: Sequence[Value], language: str) -> list[SearchValue]:
    return [SearchValue.of(value, label=i18n.translate(language, value.label)) for value in values]


routes = [
    Route("/api/v1/search", index),
    Route("/api/v1/search/suggestions", suggestions),
]
