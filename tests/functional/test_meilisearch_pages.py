"""A city with Meilisearch: pages, JSON and commands, while it answers and while it does not."""

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from server.core import search
from server.core.config import Settings
from server.core.search.meilisearch.engine import Meilisearch
from tests.support.answers import answer
from tests.support.command import sinmungo
from tests.support.markup import parse
from tests.support.meilisearch_server import MASTER, Server, running
from tests.support.system import System, opened

SIMPLE = "This is the simple search."


@pytest.fixture
async def city(settings: Settings) -> AsyncIterator[tuple[System, Server]]:
    with running() as server:
        chosen = replace(settings, meilisearch_url=server.url, meilisearch_key=MASTER)
        async with opened(chosen) as system:
            yield system, server


async def find(system: System, q: str) -> Any:
    response = await system.client.get("/api/v1/search", params={"q": q})
    assert response.status_code == 200, response.text
    return response.json()


async def page(system: System, q: str) -> str:
    response = await system.client.get("/search", params={"q": q, "lang": "en"})
    assert response.status_code == 200, response.text
    return str(parse(response.text).text)


async def public(system: System, title: str, **more: Any) -> None:
    filed = await system.file(title=title, public=True, **more)
    await answer(filed["reference"])


async def test_a_petition_is_found_through_meilisearch_and_without_it(city: tuple[System, Server]) -> None:
    system, server = city
    await public(system, "쀍쀍 가로등")
    found = await find(system, "쀍쀍")
    assert (found["engine"], found["simple"], found["total"]) == ("embedded", True, 1), "there is no index yet"
    done = sinmungo(system.settings, "reindex")
    assert done.exit_code == 0, done.output
    assert len(server.indexes["sinmungo"].documents) == int(done.output.split()[0])

    await asked_again(system)
    await public(system, "뿗뿗 보안등")
    while await system.worker.drain():
        pass
    found = await find(system, "뿗뿗")
    assert (found["engine"], found["simple"], found["total"]) == ("meilisearch", False, 1)
    assert [value["value"] for value in found["facets"]["type"]] == ["petition"]
    assert SIMPLE not in await page(system, "뿗뿗")

    server.faults.status = 503
    text = await page(system, "뿗뿗")
    assert SIMPLE in text
    assert "뿗뿗 보안등" in text
    found = await find(system, "뿗뿗")
    assert (found["engine"], found["simple"], found["total"]) == ("embedded", True, 1)


async def asked_again(system: System) -> None:
    """Wait until the engine, which was left alone for want of an index, is asked again."""
    assert isinstance(search.ENGINE, Meilisearch)
    assert search.ENGINE._probing is not None
    await search.ENGINE._probing


async def test_check_repairs_and_erasing_leaves_nothing_there(city: tuple[System, Server]) -> None:
    system, server = city
    await public(system, "쀍쀍 가로등")
    await public(system, "뿗뿗 보안등", petitioner={"name": "이웃", "email": "neighbour@example.org"})
    await system.work()
    assert sinmungo(system.settings, "reindex").exit_code == 0
    documents = server.indexes["sinmungo"].documents
    key, lost = next((key, one) for key, one in documents.items() if "뿗뿗" in str(one))
    server.indexes["sinmungo"].remove([key])
    done = sinmungo(system.settings, "check")
    assert "1 documents in Meilisearch were missing, outdated or too many; repaired" in done.output
    assert server.indexes["sinmungo"].documents[key] == lost
    assert sinmungo(system.settings, "check").exit_code == 0

    assert any("쀍쀍" in str(one) for one in documents.values())
    done = sinmungo(system.settings, "erase", "person", "hong@example.org")
    assert done.exit_code == 0, done.output
    left = [*server.indexes["sinmungo"].documents.values()]
    assert not [one for one in left if "쀍쀍" in str(one) or "".join(f"{ord('쀍'):06d}" * 2) in str(one)]
    assert [one for one in left if "뿗뿗" in str(one)]


async def test_erasing_while_it_is_away_says_so_and_is_made_good(city: tuple[System, Server]) -> None:
    system, server = city
    await public(system, "쀍쀍 가로등")
    await system.work()
    assert sinmungo(system.settings, "reindex").exit_code == 0
    server.faults.status = 503
    done = sinmungo(system.settings, "erase", "person", "hong@example.org")
    assert (done.exit_code, "a job will remove them" in done.output) == (0, True)
    server.faults.status = 0
    assert any("쀍쀍" in str(one) for one in server.indexes["sinmungo"].documents.values())
    while await system.worker.drain():
        pass
    assert not any("쀍쀍" in str(one) for one in server.indexes["sinmungo"].documents.values())


def test_only_its_setting_loads_its_client() -> None:
    code = "import sys, server.app, server.cli; print(*{'meilisearch', 'requests'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
