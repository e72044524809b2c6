"""Reference lists that clients need to file and to route: departments and statutory procedures."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.api import documents, serializers
from petitions.reference import reference
from server.core import contract, web
from server.core.contract import Contract


@Contract("The departments and their responsibilities", contract.listed(documents.Department))
async def departments(request: Request) -> Response:
    """``GET /departments``."""
    known, lang = await reference(), web.language(request)
    rows = [serializers.department(row, known, lang) for row in known.open_departments]
    return web.items(rows, None, len(rows))


@Contract("The statutory procedures with their published periods", contract.listed(documents.Service))
async def services(request: Request) -> Response:
    """``GET /services``."""
    known, lang = await reference(), web.language(request)
    rows = [serializers.service(code, row, known, lang) for code, row in known.services.items()]
    return web.items(rows, None, len(rows))


routes = [
    Route("/api/v1/departments", departments),
    Route("/api/v1/services", services),
]
