"""Documents before a visit in the JSON interface: the visitor hands them in, officials check them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, contract, uploads, web
from server.core.contract import Access, Contract
from server.core.files import MAX_FILES
from tracking.visits import api
from tracking.visits.actions import papers as actions
from tracking.visits.api import KEY, VISITOR, BookedVisit, VisitPaper
from tracking.visits.forms import CheckDocument, StateSituations
from tracking.visits.permissions import Permission
from tracking.visits.queries import checking, papers

FILES = contract.asked({"files": contract.many({"type": "string", "format": "binary"}, MAX_FILES)}, "files")


@Contract(
    "Hand in files of a document before the visit",
    BookedVisit,
    201,
    access=Access.PARTY,
    body=FILES,
    multipart=True,
    headers=KEY,
    refusals=(404, 409),
)
async def hand_in(request: Request) -> Response:
    """``POST /visits/{number}/documents/{code}``: one part ``files`` for each file."""
    found = await api.own(request)
    await actions.hand_in(found.number, request.path_params["code"], await uploads.sent(request), VISITOR)
    return await _answered(request, 201)


@Contract("Take back a file before it was accepted", BookedVisit, access=Access.PARTY, headers=KEY, refusals=(404, 409))
async def take_back(request: Request) -> Response:
    """``DELETE /visits/{number}/documents/{code}/files/{file}``: repeating it changes nothing."""
    found, where = await api.own(request), request.path_params
    await actions.take_back(found.number, where["code"], where["file"], VISITOR)
    return await _answered(request)


@Contract(
    "Say which situations apply to the visitor, which decide what is needed",
    BookedVisit,
    access=Access.PARTY,
    body=StateSituations,
    headers=KEY,
    refusals=(404, 409),
)
async def state_situations(request: Request) -> Response:
    """``POST /visits/{number}/situations``."""
    found = await api.own(request)
    command = StateSituations.parse(await web.read_json(request), strict=True)
    await actions.state_situations(found.number, command.situations, VISITOR)
    return await _answered(request)


async def _answered(request: Request, status: int = 200) -> Response:
    return web.json(await api.answer(await api.own(request), web.language(request)), status)


@Contract(
    "Check a document that was handed in",
    VisitPaper,
    access=Access.OFFICIAL,
    body=CheckDocument,
    refusals=(404, 409),
)
async def check(request: Request) -> Response:
    """``POST /desk/visits/{number}/documents/{code}``."""
    official, code = auth.official(request, Permission.CHECK_DOCUMENTS), request.path_params["code"]
    found = await checking.visit(request.path_params["number"], official)
    await actions.check(official, found.number, code, CheckDocument.parse(await web.read_json(request), strict=True))
    return web.json(api.paper(papers.paper_of(await papers.summary(found.id), code), web.language(request)))


routes = [
    Route("/api/v1/visits/{number}/documents/{code}", hand_in, methods=["POST"]),
    Route("/api/v1/visits/{number}/documents/{code}/files/{file:int}", take_back, methods=["DELETE"]),
    Route("/api/v1/visits/{number}/situations", state_situations, methods=["POST"]),
    Route("/api/v1/desk/visits/{number}/documents/{code}", check, methods=["POST"]),
]
