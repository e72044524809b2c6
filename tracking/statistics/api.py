"""Statistics as an API: figures as JSON, the lines they are computed from as CSV, and the data dictionary."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from petitions.labels import KINDS as PETITION_KINDS
from server.core import clock, contract, listing, web
from server.core.city import city
from server.core.contract import Contract, Schema
from server.core.forms import Parameters
from server.core.i18n import translate
from server.core.ledger import END
from tracking.statistics import dictionary, verify_waiting
from tracking.statistics.figures import Area, Figures, Measure, Unit
from tracking.statistics.measures import ADOPTION, PETITIONS, VISITS
from tracking.statistics.queries import adoption, filters, lists, people, petitions, tables, visits, waiting
from tracking.statistics.rules import DIMENSIONS
from tracking.statistics.verify import COLUMNS, FORUM_COLUMNS
from tracking.statistics.waiting_measures import WAITING

CSV = "text/csv; charset=utf-8"

_COUNT = contract.integer(0)
_LIMITS: Mapping[Unit, tuple[int, int | None]] = {
    Unit.NUMBER: (0, None), Unit.PERCENT: (0, 100), Unit.DAYS: (0, None), Unit.HOURS: (0, 10**6), Unit.POINTS: (1, 5),
    Unit.MINUTES: (0, None), Unit.SECONDS: (-(10**9), None),
}  # fmt: skip


def _figure(measure: Measure, area: Area) -> Schema:
    """The schema of one figure; nullable if it may be missing, such as the median of no values."""
    if measure.unit is Unit.EACH:
        return contract.record(dict.fromkeys(measure.values, _COUNT))
    low, high = _LIMITS[measure.unit]
    schema = {**contract.integer(low, high, about=str(measure.means)), "type": "integer" if measure.whole else "number"}
    return contract.maybe(schema) if measure.of(Figures(area)) is None else schema


def _figures(area: Area, *, monthly: bool = False) -> dict[str, Schema]:
    return {one.key: _figure(one, area) for one in area.measures if not monthly or area.by_month(one)}


def _tables(
    area: Area, total: Schema, more: Mapping[str, Schema], dimensions: Iterable[str] = DIMENSIONS, **by: Schema
) -> Schema:
    """The schema common to both areas: the total, the figures by each dimension and by month, and the filters."""
    lines = {name: {name: contract.TEXT, "name": contract.TEXT, **_figures(area)} for name in dimensions}
    lines["month"] = {"month": contract.text(about="YYYY-MM"), **_figures(area, monthly=True)}
    return contract.record(
        {
            "total": total,
            "by": contract.record(
                {**{name: contract.many(contract.record(line)) for name, line in lines.items()}, **by}
            ),
            **more,
            "filters": {"type": "object", "additionalProperties": contract.TEXT},
            "as_of": contract.MOMENT,
            "rule": contract.TEXT,
            "licence": contract.TEXT,
        }
    )


_PEOPLE = contract.record(
    {
        "total": contract.maybe(_COUNT),
        "of": contract.many(
            contract.record(
                {
                    "value": contract.text(about="A code; empty for those who did not say."),
                    "name": contract.TEXT,
                    "people": {
                        **contract.maybe(_COUNT),
                        "description": "Null: too few, or a few people could be identified.",
                    },
                }
            )
        ),
    }
)
_ADOPTION = contract.named(
    "Adoption",
    _tables(
        ADOPTION,
        contract.named("AdoptionFigures", contract.record(_figures(ADOPTION))),
        {
            "people": contract.maybe(
                {
                    **contract.record(dict.fromkeys(people.DIMENSIONS, _PEOPLE)),
                    "description": "Who took part, in their own words; counted every night, null with filters.",
                }
            ),
            "next": contract.maybe(contract.text(about="Pass as `forums_after` for the next page of forums.")),
        },
        forum=contract.many(
            contract.record(
                {**dict.fromkeys(("forum", "name", "kind"), contract.TEXT), **_figures(ADOPTION)},
            )
        ),
    ),
)
_VISITS = contract.named(
    "VisitStatistics", _tables(VISITS, contract.record(_figures(VISITS)), {}, visits.NAMES.values())
)
_WAITING = contract.named(
    "WaitingStatistics", _tables(WAITING, contract.record(_figures(WAITING)), {}, waiting.DIMENSIONS)
)
_PETITIONS = contract.named("PetitionStatistics", _tables(PETITIONS, contract.record(_figures(PETITIONS)), {}))


def _about(request: Request, wanted: listing.Filters) -> dict[str, object]:
    lang = web.language(request)
    return {
        "filters": wanted.query(),
        "as_of": clock.now().astimezone(web.site(request).settings.zone).isoformat(timespec="seconds"),
        "rule": translate(lang, dictionary.FLOOR),
        "licence": dictionary.LICENCE,
    }


@Contract(
    "What became of submissions: in total and by each dimension",
    _ADOPTION,
    query={**filters.Adoption.schema(), "forums_after": contract.text(about="From `next`.")},
)
async def of_adoption(request: Request) -> Response:
    """``GET /statistics/adoption``."""
    reference_data, lang = await city(), web.language(request)
    data = Parameters(request.query_params)
    before = data.integer("forums_after", low=0, high=10**12 - 1)
    wanted, chosen = await filters.read(filters.Adoption, data, reference_data, json=True)
    found = await adoption.adoption(chosen, END if before is None else before, limit=200)
    said = adoption.document(found, reference_data, lang)
    who = None if wanted.query() else people.document(await people.people(), reference_data, lang)
    following = str(said["next"]) if said["next"] else None
    return web.json({**said, "people": who, "next": following, **_about(request, wanted)})


async def _handled(request: Request) -> tuple[filters.Petitions, dict[str, Any]]:
    reference_data = await city()
    wanted, chosen = await filters.read(filters.Petitions, Parameters(request.query_params), reference_data, json=True)
    found = await petitions.petitions(chosen)
    return wanted, tables.document(found, reference_data, web.language(request), PETITION_KINDS)


@Contract("How petitions were handled: in total and by each dimension", _PETITIONS, query=filters.Petitions.schema())
async def of_petitions(request: Request) -> Response:
    """``GET /statistics/petitions``."""
    wanted, found = await _handled(request)
    return web.json({**found, **_about(request, wanted)})


@Contract("The same figures of petitions, a line each", contract.text(), media=CSV, query=filters.Petitions.schema())
async def petitions_csv(request: Request) -> Response:
    """``GET /statistics/petitions.csv``."""
    wanted, found = await _handled(request)
    return _lines(request, "petitions", wanted, found)


def _lines(request: Request, what: str, wanted: listing.Filters, found: Mapping[str, Any]) -> Response:
    """The figures of a document as CSV, a line for each value of each dimension."""
    lines = [("total", "", found["total"])]
    lines += [(name, line[name], line) for name, those in found["by"].items() for line in those]
    columns = dictionary.COLUMNS[f"{what}.csv"]

    async def block() -> AsyncIterator[list[tuple[str, ...]]]:
        yield [
            (name, value, *("" if (n := line.get(column)) is None else str(n) for column in columns[2:]))
            for name, value, line in lines
        ]

    return _file(request, _name(what, wanted), columns, block())


async def _visited(request: Request) -> tuple[visits.Visits, dict[str, Any]]:
    reference_data = await city()
    wanted, chosen, known = await visits.read(Parameters(request.query_params), reference_data, json=True)
    return wanted, visits.document(await visits.visits(chosen), reference_data, web.language(request), known)


@Contract("Visits that were booked: in total and by each dimension", _VISITS, query=visits.Visits.schema())
async def of_visits(request: Request) -> Response:
    """``GET /statistics/visits``."""
    wanted, found = await _visited(request)
    return web.json({**found, **_about(request, wanted)})


@Contract("The same figures of visits, a line each", contract.text(), media=CSV, query=visits.Visits.schema())
async def visits_csv(request: Request) -> Response:
    """``GET /statistics/visits.csv``."""
    wanted, found = await _visited(request)
    return _lines(request, "visits", wanted, found)


@Contract("Waiting at the offices: in total and by each dimension", _WAITING, query=waiting.Waiting.schema())
async def of_waiting(request: Request) -> Response:
    """``GET /statistics/waiting``."""
    wanted, chosen, known = await waiting.read(Parameters(request.query_params), await city(), json=True)
    found = waiting.document(await waiting.waiting(chosen), web.language(request), known)
    return web.json({**found, **_about(request, wanted)})


@Contract("Every ticket of past days, a line each", contract.text(), media=CSV, query=waiting.Waiting.schema())
async def waiting_csv(request: Request) -> Response:
    """``GET /statistics/waiting.csv``."""
    wanted, chosen, known = await waiting.read(Parameters(request.query_params), await city(), json=True)
    codes = {number: office.code for number, office in known.offices.items()}
    return _file(request, _name("waiting", wanted), verify_waiting.COLUMNS, waiting.export(chosen, codes))


async def _stream(columns: Sequence[str], blocks: AsyncIterator[list[tuple[str, ...]]]) -> AsyncIterator[str]:
    """Lines of CSV (RFC 4180). Values are codes, numbers and dates, so none needs quoting."""
    yield ",".join(columns) + "\r\n"
    async for block in blocks:
        yield "".join(",".join(line) + "\r\n" for line in block)


def _name(name: str, wanted: listing.Filters) -> str:
    query = wanted.query()
    return "-".join((name, *(["part"] if query else []), *query.values()))


def _file(
    request: Request, name: str, columns: Sequence[str], blocks: AsyncIterator[list[tuple[str, ...]]]
) -> Response:
    day = clock.now().astimezone(web.site(request).settings.zone).date()
    headers = {
        "content-disposition": f'attachment; filename="{name}-{day}.csv"',
        "cache-control": "no-store",
        "link": f'<{dictionary.LICENCE_URL}>; rel="license"',
    }
    return StreamingResponse(_stream(columns, blocks), media_type="text/csv", headers=headers)


@Contract("Every counted submission, a line each", contract.text(), media=CSV, query=filters.Adoption.schema())
async def adoption_csv(request: Request) -> Response:
    """``GET /statistics/adoption.csv``."""
    reference_data = await city()
    wanted, chosen = await filters.read(filters.Adoption, Parameters(request.query_params), reference_data, json=True)
    codes = {row.id: row.code for row in reference_data.departments.values()}
    return _file(request, _name("adoption", wanted), COLUMNS, lists.export(chosen, codes))


@Contract("Every forum that was held, a line each", contract.text(), media=CSV)
async def forums_csv(request: Request) -> Response:
    """``GET /statistics/forums.csv``."""
    codes = {row.id: row.code for row in (await city()).departments.values()}
    return _file(request, "forums", FORUM_COLUMNS, lists.export_forums(codes))


_WORDS = contract.many(
    contract.record({"name": contract.TEXT, "means": contract.TEXT, "values": contract.many(contract.TEXT)})
)


@Contract(
    "What each column and figure means, and under which licence",
    contract.record(
        {
            "files": {"type": "object", "additionalProperties": _WORDS},
            **dict.fromkeys(("json", "figures", "people", "petitions", "visits", "waiting"), _WORDS),
            "rules": contract.many(contract.TEXT),
            "licence": contract.TEXT,
            "licence_url": contract.TEXT,
        }
    ),
)
async def words(request: Request) -> Response:
    """``GET /statistics/dictionary``."""
    return web.json(dictionary.document(web.language(request)))


routes = [
    Route("/api/v1/statistics/adoption", of_adoption),
    Route("/api/v1/statistics/adoption.csv", adoption_csv),
    Route("/api/v1/statistics/forums.csv", forums_csv),
    Route("/api/v1/statistics/petitions", of_petitions),
    Route("/api/v1/statistics/petitions.csv", petitions_csv),
    Route("/api/v1/statistics/visits", of_visits),
    Route("/api/v1/statistics/visits.csv", visits_csv),
    Route("/api/v1/statistics/waiting", of_waiting),
    Route("/api/v1/statistics/waiting.csv", waiting_csv),
    Route("/api/v1/statistics/dictionary", words),
]
