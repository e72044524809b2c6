"""Whether the process is alive and ready."""

import pytest

from server import pages
from server.core import database, observe
from tests.support.system import System


async def test_a_running_server_says_that_it_is_ready(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await system.client.get("/healthz")).text == "ok\n"
    assert (await system.client.get("/readyz")).text == "ready\n"
    monkeypatch.setattr(observe, "_kept", [])
    metrics = (await system.client.get("/metrics")).text
    assert 'sinmungo_request_seconds_count{area="public",status="2xx"} ' in metrics
    assert 'sinmungo_route_seconds_count{route="server.pages.readyz"} ' in metrics


async def test_a_server_is_not_ready_while_a_migration_is_pending(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "READY_SECONDS", 0.0)
    assert (await system.client.get("/readyz")).status_code == 200
    last = await database.value("SELECT MAX(id) FROM tortoise_migrations")
    row = await database.fetch_one("SELECT * FROM tortoise_migrations WHERE id = ?", last)
    await database.execute("DELETE FROM tortoise_migrations WHERE id = ?", last)
    answer = await system.client.get("/readyz")
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (503, "migrations are pending\n", "2")
    await database.insert("tortoise_migrations", tuple(dict(row or {})), [tuple(dict(row or {}).values())])
    assert (await system.client.get("/readyz")).status_code == 200


async def test_an_unknown_page_says_what_to_do(system: System) -> None:
    answer = await system.client.get("/nowhere")
    assert answer.status_code == 404
    assert "120" in answer.text
    problem = await system.client.get("/api/v1/nowhere")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["code"] == "not_found"
