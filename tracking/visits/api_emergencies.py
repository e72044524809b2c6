"""The silent call for help of a counter in the JSON interface, for officials only."""

from datetime import datetime
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import auth, contract, web
from server.core.contract import Access, Answer, Contract, said
from tracking.visits.actions import emergencies as actions
from tracking.visits.permissions import Permission
from tracking.visits.queries import emergencies, offices
from tracking.visits.queries.emergencies import EmergencyRow
from tracking.visits.queue_forms import EndEmergency


class Emergency(Answer):
    """A counter asks for help."""

    id: int
    counter: Annotated[str, said("Its number.")]
    floor: int
    raised_by: Annotated[str, said("The colleague's name.")]
    raised_at: datetime
    accepted_by: Annotated[str, said("Who goes there; empty until somebody does.")]
    accepted_at: datetime | None
    ended_at: datetime | None


def _document(row: EmergencyRow) -> Emergency:
    return Emergency.of(row, counter=row.number, raised_by=row.raised_by_name, accepted_by=row.accepted_by_name)


@Contract(
    "The calls for help at an office that are not over", contract.listed(Emergency), access=Access.OFFICIAL,
    query={"office": contract.text(about="An office's code.")}, refusals=(404,),
)  # fmt: skip
async def list_running(request: Request) -> Response:
    """``GET /desk/emergencies?office=``."""
    auth.official(request, Permission.SERVE_VISITS)
    place = await offices.office(request.query_params.get("office", ""))
    found = [_document(one) for one in await emergencies.running(place.id)]
    return web.items(found, None, len(found))


@Contract(
    "Silently ask the colleagues of the office for help; while it is not over, it is the same call",
    Emergency, 201, access=Access.OFFICIAL, refusals=(404,),
)  # fmt: skip
async def call_for_help(request: Request) -> Response:
    """``POST /desk/counters/{id}/emergency``."""
    official = auth.official(request, Permission.SERVE_VISITS)
    return web.json(_document(await actions.call_for_help(official, str(request.path_params["id"]))), 201)


@Contract("Go there; the first colleague does", Emergency, access=Access.OFFICIAL, refusals=(404, 409))
async def accept(request: Request) -> Response:
    """``POST /desk/emergencies/{id}/accept``."""
    official = auth.official(request, Permission.SERVE_VISITS)
    return web.json(_document(await actions.accept(official, request.path_params["id"])))


@Contract("End it with a short report", Emergency, access=Access.OFFICIAL, body=EndEmergency, refusals=(404,))
async def end(request: Request) -> Response:
    """``POST /desk/emergencies/{id}/end``."""
    official = auth.official(request, Permission.SERVE_VISITS)
    command = EndEmergency.parse(await web.read_json(request), strict=True)
    return web.json(_document(await actions.end(official, request.path_params["id"], command)))


routes = [
    Route("/api/v1/desk/emergencies", list_running),
    Route("/api/v1/desk/counters/{id:int}/emergency", call_for_help, methods=["POST"]),
    Route("/api/v1/desk/emergencies/{id:int}/accept", accept, methods=["POST"]),
    Route("/api/v1/desk/emergencies/{id:int}/end", end, methods=["POST"]),
]
