"""Commitments in JSON: the list with the page's filters, and one with its steps and history."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.api import documents
from forums.queries import commitments
from forums.queries.commitments import CommitmentView, Filters
from server.core import coded, contract, listing, web
from server.core.city import City, city
from server.core.contract import Contract
from server.core.forms import Parameters

LONGEST_PAGE = 100


@Contract(
    "Commitments: open ones by due date, others newest first",
    contract.listed(
        documents.ListedCommitment,
        contract.integer(0, commitments.CAP, f"On all pages; {commitments.CAP} is that many or more."),
    ),
    query=Filters.schema() | listing.paging(LONGEST_PAGE),
)
async def index(request: Request) -> Response:
    """``GET /commitments``."""
    reference_data, data = await city(), Parameters(request.query_params)
    wanted = Filters.take(data, reference_data, json=True)
    cursor, limit = listing.asked(data, commitments.PAGE, LONGEST_PAGE)
    data.done()
    page = await commitments.listed(wanted, reference_data, cursor, limit)
    rows = [documents.ListedCommitment.of(row, **_listed(request, reference_data, row)) for row in page.rows]
    total = await commitments.total(wanted, reference_data) if cursor or page.after else len(page.rows)
    return web.items(rows, page.after or None, total)


@Contract("One commitment", documents.Commitment, refusals=(404,))
async def read(request: Request) -> Response:
    """``GET /commitments/{number}``."""
    whole = await commitments.commitment(request.path_params["number"])
    row, reference_data = whole.commitment, await city()
    url = _page(request, row)
    answer = documents.Commitment.of(
        row,
        **_listed(request, reference_data, row),
        version=whole.version,
        owner=row.role,
        steps=[documents.Step.of(step) for step in whole.steps],
        dates=[documents.DueDay.of(one, said_at=one.at) for one in whole.dates],
        files=[documents.File.of(each, url=f"{url}/files/{each.id}/{quote(each.name)}") for each in whole.files],
    )
    return web.json(answer)


def _listed(request: Request, reference_data: City, row: CommitmentView) -> dict[str, object]:
    """The fields that are not attributes of the row."""
    return {
        **coded.of(reference_data, row, web.language(request)),
        "submission": row.submission,
        "url": _page(request, row),
    }


def _page(request: Request, row: CommitmentView) -> str:
    return f"{web.site(request).settings.public_url}/commitments/{row.number}"


def outline(request: Request, row: CommitmentView) -> documents.CommitmentOutline:
    """A commitment as part of its submission."""
    return documents.CommitmentOutline.of(row, url=_page(request, row))


routes = [
    Route("/api/v1/commitments", index),
    Route("/api/v1/commitments/{number}", read),
]
