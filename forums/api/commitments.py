"""What the city has promised, through JSON: the list as the page has it, and one with its steps and its history."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.api import documents
from forums.queries import promises
from forums.queries.promises import Filters, PromiseView
from server.core import coded, contract, listing, web
from server.core.city import City, city
from server.core.contract import Contract
from server.core.days import today
from server.core.forms import Parameters

LONGEST_PAGE = 100


@contract.promises(
    Contract(
        "Commitments: open ones by the day that was promised, others the newest first",
        contract.listed(
            documents.ListedCommitment,
            contract.integer(0, promises.CAP, f"On all pages; {promises.CAP} is that many or more."),
        ),
        query=Filters.schema() | listing.paging(LONGEST_PAGE),
        refusals=(400,),
    )
)
async def index(request: Request) -> Response:
    """``GET /commitments``."""
    known, data = await city(), Parameters(request.query_params)
    wanted = Filters.take(data, known, json=True)
    cursor, limit = listing.asked(data, promises.PAGE, LONGEST_PAGE)
    data.done()
    page = await promises.listed(wanted, known, today(), cursor, limit)
    rows = [documents.ListedCommitment.of(row, **_listed(request, known, row)) for row in page.rows]
    total = await promises.total(wanted, known, today()) if cursor or page.after else len(page.rows)
    return web.items(rows, page.after or None, total)


@contract.promises(Contract("One commitment", documents.Commitment, refusals=(404,)))
async def read(request: Request) -> Response:
    """``GET /commitments/{number}``."""
    whole = await promises.promise(request.path_params["number"], today())
    row, known = whole.promise, await city()
    url = _page(request, row)
    answer = documents.Commitment.of(
        row,
        **_listed(request, known, row),
        version=whole.version,
        owner=row.role,
        steps=[documents.Step.of(step) for step in whole.steps],
        dates=[documents.PromisedDay.of(one, said_at=one.at) for one in whole.dates],
        files=[documents.File.of(each, url=f"{url}/files/{each.id}/{quote(each.name)}") for each in whole.files],
    )
    return web.json(answer)


def _listed(request: Request, known: City, row: PromiseView) -> dict[str, object]:
    """What the row does not say itself."""
    lang = web.language(request)
    return {
        "department": coded.department(known, row.department_id, lang),
        "district": coded.district(known, row.district, lang),
        "submission": row.voice,
        "url": _page(request, row),
    }


def _page(request: Request, row: PromiseView) -> str:
    return f"{web.site(request).settings.public_url}/commitments/{row.number}"


def outline(request: Request, row: PromiseView) -> documents.CommitmentOutline:
    """What a submission says of its commitment."""
    return documents.CommitmentOutline.of(row, url=_page(request, row))


routes = [
    Route("/api/v1/commitments", index),
    Route("/api/v1/commitments/{number}", read),
]
