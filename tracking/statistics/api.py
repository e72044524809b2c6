"""Statistics for programs: figures as JSON, the lines that they come of as CSV, and what each word means."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from forums.labels import KINDS
from petitions.labels import KINDS as PETITION_KINDS
from server.core import clock, contract, web
from server.core.city import city
from server.core.contract import Contract, Schema, promises
from server.core.fields import Input
from server.core.i18n import translate
from server.core.ledger import END
from tracking.statistics import dictionary, forms
from tracking.statistics.forms import kind_names, petition_kinds
from tracking.statistics.queries import adoption, lists, people, petitions
from tracking.statistics.rules import OUTCOMES
from tracking.statistics.verify import COLUMNS, FORUM_COLUMNS

CSV = "text/csv; charset=utf-8"

_COUNT = contract.integer(0)
_DAYS: Schema = contract.maybe(
    {"type": "number", "minimum": 0, "description": "Days by the calendar; halves are possible."}
)
_MEASURES: dict[str, Schema] = {
    "forums": _COUNT,
    "participants": _COUNT,
    "received": _COUNT,
    "considered": _COUNT,
    "adopted": _COUNT,
    "done": _COUNT,
    "adopted_percent": contract.integer(0, 100, about="Of those received, always rounded down."),
    "outcomes": contract.record(dict.fromkeys(OUTCOMES, _COUNT)),
}
_MEDIANS: dict[str, Schema] = {"median_days_to_answer": _DAYS, "median_days_to_done": _DAYS}
_FIGURES = contract.named("AdoptionFigures", contract.record({**_MEASURES, **_MEDIANS}))


def _lines(of: dict[str, Schema], **more: Schema) -> Schema:
    return contract.many(contract.record({**more, **of}))


_PEOPLE = contract.record(
    {
        "total": contract.maybe(_COUNT),
        "of": contract.many(
            contract.record(
                {
                    "value": contract.text(about="A code; empty for those who did not say."),
                    "name": contract.TEXT,
                    "people": {**contract.maybe(_COUNT), "description": "Null: too few, or telling of few."},
                }
            )
        ),
    }
)
_ADOPTION = contract.named(
    "Adoption",
    contract.record(
        {
            "total": _FIGURES,
            "by": contract.record(
                {
                    **{
                        name: _lines({**_MEASURES, **_MEDIANS}, **{name: contract.TEXT, "name": contract.TEXT})
                        for name in adoption.DIMENSIONS
                    },
                    "month": _lines(_MEASURES, month=contract.text(about="YYYY-MM")),
                    "forum": _lines(
                        {**_MEASURES, **_MEDIANS}, forum=contract.TEXT, name=contract.TEXT, kind=contract.TEXT
                    ),
                }
            ),
            "people": contract.maybe(
                {
                    **contract.record(dict.fromkeys(people.DIMENSIONS, _PEOPLE)),
                    "description": "Who took part, as they say of themselves, counted every night; null under filters.",
                }
            ),
            "next": contract.maybe(contract.text(about="Pass as `forums_after` for the next page of forums.")),
            "filters": {"type": "object", "additionalProperties": contract.TEXT},
            "as_of": contract.MOMENT,
            "rule": contract.TEXT,
            "licence": contract.TEXT,
        }
    ),
)
_HANDLED: dict[str, Schema] = {
    "received": _COUNT,
    "answered": _COUNT,
    "on_time_percent": contract.maybe(contract.integer(0, 100)),
    "reopened": _COUNT,
}
_TIMES: dict[str, Schema] = {
    "median_working_hours": contract.maybe(contract.number(0, 10**6)),
    "p90_working_hours": contract.maybe(_COUNT),
    "rated": contract.maybe(_COUNT),
    "satisfaction": contract.maybe(contract.number(1, 5)),
}
_PETITIONS = contract.named(
    "PetitionStatistics",
    contract.record(
        {
            "total": contract.record({**_HANDLED, **_TIMES}),
            "by": contract.record(
                {
                    **{
                        name: _lines({**_HANDLED, **_TIMES}, **{name: contract.TEXT, "name": contract.TEXT})
                        for name in petitions.DIMENSIONS
                    },
                    "month": _lines(_HANDLED, month=contract.text(about="YYYY-MM")),
                }
            ),
            "filters": {"type": "object", "additionalProperties": contract.TEXT},
            "as_of": contract.MOMENT,
            "rule": contract.TEXT,
            "licence": contract.TEXT,
        }
    ),
)
_CODE = contract.text(about="A code as the lists give it; `none` for those without.")
_QUERY: dict[str, Schema] = {
    "kind": contract.TEXT,
    "department": _CODE,
    "district": _CODE,
    "year": contract.text(about="YYYY"),
}
_BY_FORUM = {"forum": contract.text(about="The forum's name in its address, such as listening-64."), **_QUERY}


def _about(request: Request, chosen: forms.Chosen) -> dict[str, object]:
    lang = web.language(request)
    return {
        "filters": dict(chosen.query),
        "as_of": clock.now().astimezone(web.site(request).settings.zone).isoformat(timespec="seconds"),
        "rule": translate(lang, dictionary.FLOOR),
        "licence": dictionary.LICENCE,
    }


@promises(
    Contract(
        "What became of what was said in forums: in total and by each dimension", _ADOPTION,
        query={**_BY_FORUM, "forums_after": contract.text(about="From `next`.")},
    )
)  # fmt: skip
async def of_adoption(request: Request) -> Response:
    """``GET /statistics/adoption``."""
    known, lang = await city(), web.language(request)
    data = Input(request.query_params)
    before = data.integer("forums_after", low=0, high=10**12 - 1)
    chosen = await forms.read(request.query_params, known, KINDS, data)
    found = await adoption.adoption(chosen.filters, END if before is None else before, limit=200)
    said = adoption.document(found, known, lang, kind_names(lang))
    who = None if chosen.query else people.document(await people.people(), known, lang)
    following = str(said["next"]) if said["next"] else None
    return web.json({**said, "people": who, "next": following, **_about(request, chosen)})


async def _handled(request: Request) -> tuple[forms.Chosen, dict[str, Any]]:
    known, lang = await city(), web.language(request)
    raw = {name: value for name, value in request.query_params.items() if name != "forum"}
    chosen = await forms.read(raw, known, PETITION_KINDS)
    found = await petitions.petitions(chosen.filters)
    return chosen, petitions.document(found, known, lang, petition_kinds(lang))


@promises(Contract("How petitions were handled: in total and by each dimension", _PETITIONS, query=_QUERY))
async def of_petitions(request: Request) -> Response:
    """``GET /statistics/petitions``."""
    chosen, found = await _handled(request)
    return web.json({**found, **_about(request, chosen)})


@promises(Contract("The same figures of petitions, a line each", contract.text(), media=CSV, query=_QUERY))
async def petitions_csv(request: Request) -> Response:
    """``GET /statistics/petitions.csv``."""
    chosen, found = await _handled(request)
    lines = [("total", "", found["total"])]
    lines += [(name, line[name], line) for name, those in found["by"].items() for line in those]
    columns = [word.name for word in dictionary.FILES["petitions.csv"]]

    async def block() -> AsyncIterator[list[tuple[str, ...]]]:
        yield [
            (name, value, *("" if (n := line.get(column)) is None else str(n) for column in columns[2:]))
            for name, value, line in lines
        ]

    return _file(request, _name("petitions", chosen), columns, block())


async def _stream(columns: Sequence[str], blocks: AsyncIterator[list[tuple[str, ...]]]) -> AsyncIterator[str]:
    """Lines of CSV (RFC 4180). No value holds a comma, a quote or a line break: codes, numbers and days only."""
    yield ",".join(columns) + "\r\n"
    async for block in blocks:
        yield "".join(",".join(line) + "\r\n" for line in block)


def _name(name: str, chosen: forms.Chosen) -> str:
    return "-".join((name, *(["part"] if chosen.query else []), *chosen.query.values()))


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


@promises(Contract("Every counted submission, a line each", contract.text(), media=CSV, query=_BY_FORUM))
async def adoption_csv(request: Request) -> Response:
    """``GET /statistics/adoption.csv``."""
    known = await city()
    chosen = await forms.read(request.query_params, known, KINDS)
    codes = {row.id: row.code for row in known.departments.values()}
    return _file(request, _name("adoption", chosen), COLUMNS, lists.export(chosen.filters, codes))


@promises(Contract("Every forum that was held, a line each", contract.text(), media=CSV))
async def forums_csv(request: Request) -> Response:
    """``GET /statistics/forums.csv``."""
    codes = {row.id: row.code for row in (await city()).departments.values()}
    return _file(request, "forums", FORUM_COLUMNS, lists.export_forums(codes))


_WORDS = contract.many(
    contract.record({"name": contract.TEXT, "means": contract.TEXT, "values": contract.many(contract.TEXT)})
)


@promises(
    Contract(
        "What each column and figure means, and under which licence",
        contract.record(
            {
                "files": {"type": "object", "additionalProperties": _WORDS},
                **dict.fromkeys(("json", "figures", "people", "petitions"), _WORDS),
                "rules": contract.many(contract.TEXT), "licence": contract.TEXT, "licence_url": contract.TEXT,
            }
        ),
    )
)  # fmt: skip
async def words(request: Request) -> Response:
    """``GET /statistics/dictionary``."""
    return web.json(dictionary.document(web.language(request)))


routes = [
    Route("/api/v1/statistics/adoption", of_adoption),
    Route("/api/v1/statistics/adoption.csv", adoption_csv),
    Route("/api/v1/statistics/forums.csv", forums_csv),
    Route("/api/v1/statistics/petitions", of_petitions),
    Route("/api/v1/statistics/petitions.csv", petitions_csv),
    Route("/api/v1/statistics/dictionary", words),
]
