"""Whether the process is alive and ready."""

import pytest

from server.core import observe
from tests.support.system import System


async def test_a_running_server_says_that_it_is_ready(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await system.client.get("/healthz")).text == "ok\n"
    assert (await system.client.get("/readyz")).text == "ready\n"
    monkeypatch.setattr(observe, "_kept", [])
    metrics = (await system.client.get("/metrics")).text
    assert 'sinmungo_request_seconds_count{area="public",status="2xx"} ' in metrics
    assert 'sinmungo_route_seconds_count{route="server.pages.readyz"} ' in metrics


async def test_an_unknown_page_says_what_to_do(system: System) -> None:
    answer = await system.client.get("/nowhere")
    assert answer.status_code == 404
    assert "120" in answer.text
    problem = await system.client.get("/api/v1/nowhere")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["code"] == "not_found"
