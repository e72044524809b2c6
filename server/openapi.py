"""``/api/v1/openapi.json``: the description of the JSON API, made from the routes and their contracts.

OpenAPI 3.1. A route without a contract is left out; a test reports it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server.core import contract, web
from server.core.contract import PROBLEM, Access, Contract, Schema

PREFIX = "/api/v1"
DOCUMENT = f"{PREFIX}/openapi.json"

_REFUSALS = {
    400: "The request cannot be understood.",
    401: "An official's token is needed.",
    403: "The right is missing, or the request comes from another site.",
    404: "It does not exist, or this reader may not see it.",
    408: "The body did not arrive in time; nothing was changed.",
    409: "The state of the case, a legal rule or another person's change does not allow it.",
    413: "Too large.",
    415: "A content type that is not accepted.",
    422: "Some fields or parameters are wrong or unknown; `errors` names each.",
    429: "Too many requests; `Retry-After` says when to try again.",
    503: "Too many readers at once; `Retry-After` says when to try again.",
}
_PARAMETERS = {
    "reference": "The number of the case, for example K7Q-M9X-RW4; case, spaces and dashes do not matter.",
    "slug": "The forum's name in addresses, for example listening-64.",
}
_SECURITY: Mapping[Access, list[dict[str, list[str]]]] = {
    Access.EVERYBODY: [{}, {"token": []}],
    Access.PARTY: [{"key": []}, {"token": []}, {}],
    Access.OFFICIAL: [{"token": []}],
}
_braces = re.compile(r"\{(\w+)(?::\w+)?\}")


def document(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """The OpenAPI document of all routes with a contract."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        declared = contract.of(route.endpoint) if isinstance(route, Route) else None
        if declared is None or not isinstance(route, Route):
            continue
        path = _braces.sub(r"{\1}", route.path)
        for method in sorted((route.methods or set()) - {"HEAD"}):
            paths.setdefault(path, {})[method.lower()] = _operation(method, path, declared)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sinmungo",
            "version": "1",
            "summary": "Civil petitions: filed, routed, guided, answered, followed.",
            "description": (
                "Times are ISO 8601 with zone. Refusals are RFC 9457 problem documents with a stable `code`. "
                "Texts are in the language of `Accept-Language` or `?lang=` (ko, en, ja). Fields that are not named "
                "here are ignored."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": contract.definitions(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "From POST /api/v1/tokens."},
                "key": {"type": "apiKey", "in": "header", "name": "X-Access-Key", "description": "A case's key."},
            },
        },
    }


def _operation(method: str, path: str, declared: Contract) -> dict[str, Any]:
    named = re.sub(r"[^a-z]+", "_", path.removeprefix(PREFIX)).strip("_")
    operation: dict[str, Any] = {
        "operationId": f"{method.lower()}_{named}",
        "summary": declared.summary,
        "security": _SECURITY[declared.access],
        "responses": _responses(method, declared),
    }
    parameters = [
        _parameter(name, "path", contract.text(about=_PARAMETERS.get(name, ""))) for name in _braces.findall(path)
    ]
    parameters += [_parameter(name, "query", schema) for name, schema in declared.query.items()]
    parameters += [_parameter(name, "header", schema) for name, schema in declared.headers.items()]
    if parameters:
        operation["parameters"] = parameters
    if declared.body is not None:
        kind = "multipart/form-data" if declared.multipart else "application/json"
        body = contract.schema_of(declared.body)
        operation["requestBody"] = {
            "required": bool(body.get("required")) or "$ref" in body,
            "content": {kind: {"schema": body}},
        }
    return operation


def _parameter(name: str, place: str, schema: Schema) -> dict[str, Any]:
    bare = {key: value for key, value in schema.items() if key != "description"}
    said = {"description": schema["description"]} if "description" in schema else {}
    return {"name": name, "in": place, "required": place == "path", **said, "schema": bare}


def _responses(method: str, declared: Contract) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if declared.answer is not None:
        done["content"] = {declared.media: {"schema": contract.schema_of(declared.answer)}}
    answers = {str(declared.status): done}
    if declared.waits is not None:
        answers["202"] = {
            "description": "Accepted, but waiting for a confirmation by email.",
            "content": {"application/json": {"schema": contract.schema_of(declared.waits)}},
        }
    if declared.empty:
        answers["204"] = {"description": declared.empty}
    refusals = {422, 429, 503, *declared.refusals}
    if method != "GET":
        refusals |= {400, 403, 408, 413}
    if declared.body is not None:
        refusals.add(415)
    if declared.access is Access.OFFICIAL:
        refusals |= {401, 403}
    problem = {"application/problem+json": {"schema": PROBLEM}}
    return {
        **answers,
        **{str(status): {"description": _REFUSALS[status], "content": problem} for status in sorted(refusals)},
    }


@Contract("This document", {"type": "object"})
async def describe(request: Request) -> Response:
    """Serve the OpenAPI document of this application."""
    return web.json(document(request.app.routes))


routes = [Route(DOCUMENT, describe)]
