"""The OpenAPI document is valid, says every JSON route, and is what the server gives."""

import re

from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.routing import Route

from server.app import routes
from server.core import contract
from server.openapi import DOCUMENT, document
from tests.support.system import System


def test_the_document_is_valid() -> None:
    errors = [error.message for error in OpenAPIV31SpecValidator(document(routes())).iter_errors()]
    assert errors == []


def test_every_json_route_is_in_it() -> None:
    found = document(routes())["paths"]
    api = [route for route in routes() if isinstance(route, Route) and route.path.startswith("/api/")]
    assert len(api) > 30
    for route in api:
        assert contract.of(route.endpoint), route.path
        for method in (route.methods or set()) - {"HEAD"}:
            assert method.lower() in found[re.sub(r":\w+}", "}", route.path)], f"{method} {route.path}"


def test_every_operation_has_a_name_of_its_own_and_an_answer() -> None:
    operations = [operation for path in document(routes())["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for operation in operations:
        assert operation["summary"]
        assert any(status.startswith("2") for status in operation["responses"])


def test_answers_without_content_are_in_it() -> None:
    paths = document(routes())["paths"]
    counter = {
        name: paths[f"/api/v1/desk/counters/{{id}}/{name}"]["post"]["responses"] for name in ("open", "call-next")
    }
    assert "content" not in counter["open"]["204"]
    assert "200" not in counter["open"]
    assert {"200", "204"} <= counter["call-next"].keys()


def test_every_named_shape_is_used() -> None:
    written = str(document(routes()))
    assert [name for name in contract.definitions() if f"#/components/schemas/{name}'" not in written] == []


async def test_the_server_gives_it(system: System) -> None:
    answer = await system.client.get(DOCUMENT)
    assert answer.status_code == 200
    assert answer.json() == document(system.app.routes)
