"""What the city has promised, through JSON: the list as the page has it, and one with its steps and its history."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.api import coded, documents
from forums.queries import promises
from forums.queries.promises import Filters, PromiseView
from server.core import contract, listing, web
from server.core.city import City, city
from server.core.contract import Contract
from server.core.days import today
from server.core.fields import Input

LONGEST_PAGE = 100
Json = dict[str, object]


@contract.promises(
    Contract(
        "Commitments: open ones by the day that was promised, others the newest first",
        contract.listed(
            documents.COMMITMENT_ROW,
            contract.integer(0, promises.CAP, f"On all pages; {promises.CAP} is that many or more."),
        ),
        query=Filters.schema() | listing.paging(LONGEST_PAGE),
        refusals=(400,),
    )
)
async def index(request: Request) -> Response:
    """``GET /commitments``."""
    known, data = await city(), Input(request.query_params)
    wanted = Filters.take(data, known, json=True)
    cursor, limit = listing.asked(data, promises.PAGE, LONGEST_PAGE)
    data.done()
    page = await promises.listed(wanted, known, today(), cursor, limit)
    total = await promises.total(wanted, known, today()) if cursor or page.after else len(page.rows)
    return web.items([_row(request, known, row) for row in page.rows], page.after or None, total)


@contract.promises(Contract("One commitment", documents.COMMITMENT, refusals=(404,)))
async def read(request: Request) -> Response:
    """``GET /commitments/{number}``."""
    whole = await promises.promise(request.path_params["number"], today())
    row, zone = whole.promise, web.site(request).settings.zone
    url = f"{web.site(request).settings.public_url}/commitments/{row.number}"
    content: Json = {
        **_row(request, await city(), row),
        "version": whole.version,
        "text": row.text,
        "owner": row.role,
        "budget": row.budget,
        "evidence": row.evidence,
        "link": row.link,
        "contested": row.contested,
        "steps": [{"text": step.text, "due_on": step.due_on, "done_on": step.done_on} for step in whole.steps],
        "dates": [
            {"due_on": one.due_on, "said_at": one.at.astimezone(zone), "reason": one.reason} for one in whole.dates
        ],
        "files": [
            {"id": file.id, "name": file.name, "size": file.size, "media_type": file.media_type,
             "url": f"{url}/files/{file.id}/{quote(file.name)}"}
            for file in whole.files
        ],
    }  # fmt: skip
    return web.json(content)


def _row(request: Request, known: City, row: PromiseView) -> Json:
    site, lang = web.site(request), web.language(request)
    return {
        "number": row.number,
        "title": row.title,
        "status": row.status,
        "overdue": row.overdue,
        "department": coded.department(known, row.department_id, lang),
        "district": coded.district(known, row.district, lang),
        "due_on": row.due_on,
        "done_on": row.done_on,
        "forum": row.forum,
        "submission": row.voice,
        "created_at": row.created_at.astimezone(site.settings.zone),
        "url": f"{site.settings.public_url}/commitments/{row.number}",
    }


def brief(request: Request, row: PromiseView) -> Json:
    """What a submission says of its commitment."""
    url = f"{web.site(request).settings.public_url}/commitments/{row.number}"
    return {"number": row.number, "status": row.status, "due_on": row.due_on, "done_on": row.done_on, "url": url}


routes = [
    Route("/api/v1/commitments", index),
    Route("/api/v1/commitments/{number}", read),
]
