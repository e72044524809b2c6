"""Thousands of requests made from the OpenAPI document, right and wrong ones: none breaks the server, and every answer
is one that the document commitments.
"""

import functools
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok

from server.app import routes
from server.openapi import document
from tests.support.contract import Described
from tests.support.system import System

EXAMPLES = 5
"""Right requests to each operation, and as many wrong ones; on two databases."""
BASE = "http://127.0.0.1:8000"
Operation = schemathesis.APIOperation[Any, Any, Any, Any]
Request = Case[Operation]
PLACE = "K7Q-M9X-RW4"
"""Stands for the number of a case that is there."""


def drawn(operation: Operation, mode: GenerationMode) -> list[Request]:
    """Requests for an operation, the same in every run."""
    found: list[Request] = []
    path = {"reference": PLACE} if "{reference}" in operation.path else None

    @seed(20260309)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode, path_parameters=path))
    def draw(case: Request) -> None:
        found.append(case)

    draw()
    return found


def sent(case: Request, number: str) -> tuple[str, str, list[tuple[bytes, bytes]], bytes]:
    """A request as it goes over the wire, without the credentials that were made up for it."""
    ready = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    headers = [
        (name.encode("latin-1"), value if isinstance(value, bytes) else value.encode("latin-1", "replace"))
        for name, value in ready.headers.items()
        if name.lower() not in {"authorization", "x-access-key", "content-length", "user-agent"}
    ]
    body = ready.body or b""
    assert isinstance(body, str | bytes)
    url = str(ready.url).replace(PLACE, number)
    return str(ready.method), url, headers, body.encode() if isinstance(body, str) else body


def modes(operation: Operation) -> list[GenerationMode]:
    can_be_wrong = bool(operation.body or operation.query)
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if can_be_wrong else [GenerationMode.POSITIVE]


@functools.cache
def all_drawn() -> list[tuple[Operation, list[list[Request]]]]:
    """Every operation with its requests by mode: drawing costs twice as much as sending, so both databases share it."""
    found = []
    for result in schemathesis.openapi.from_dict(document(routes())).get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        found.append((operation, [drawn(operation, mode) for mode in modes(operation)]))
    return found


@pytest.mark.untraced
async def test_no_request_breaks_the_server(system: System, described: Described) -> None:
    asked = 0
    for operation, by_mode in all_drawn():
        receipt = await system.file()
        # A new one each time: signing out is one of the operations.
        clients = [system.visitor(**{"x-access-key": receipt["access_key"]}), await system.program("intake")]
        for requests_of_mode in by_mode:
            for number, case in enumerate(requests_of_mode):
                method, url, headers, body = sent(case, receipt["reference"])
                client = clients["/desk/" in operation.path or number % 3 == 0]
                answer = await client.request(method, url, headers=headers, content=body)
                assert answer.status_code < 500, (answer.text, case.as_curl_command())
                asked += 1
    assert asked > EXAMPLES * len(described.document["paths"])
    answered = {(method, path) for method, path, _status in described.seen}
    assert len(answered) == sum(len(operations) for operations in described.document["paths"].values())
    assert {status for _method, _path, status in described.seen} >= {200, 201, 204, 400, 401, 404, 409, 422}
