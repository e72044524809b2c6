"""What fails around the program is no error of it: the reader is told to come back, and no address breaks a page."""

import asyncio
import errno
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError

from server import pages, wiring
from server.core import database
from server.core.config import Settings
from server.core.files import Store
from server.core.outages import DatabaseAway, outage
from tests.support.command import sinmungo
from tests.support.line import line_to
from tests.support.loopback import free_port
from tests.support.page_forms import post_without_page
from tests.support.stories import signed_in
from tests.support.system import PASSWORD, System, opened

BROKEN = ["http://[::1", "//[", "/desk/http://["]


@pytest.mark.parametrize("target", BROKEN)
async def test_an_address_that_is_none_breaks_no_page(system: System, target: str) -> None:
    shown = await system.client.get("/desk/sign-in", params={"next": target})
    assert shown.status_code == 200
    typed = {"username": "handler", "password": PASSWORD, "next": target}
    answer = await post_without_page(system.client, "/desk/sign-in", data=typed)
    assert (answer.status_code, answer.headers["location"][:5]) == (303, "/desk")


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "", "://", "http://127.0.0.1:8000@evil.example"])
async def test_an_origin_that_is_none_is_foreign(system: System, origin: str) -> None:
    answer = await post_without_page(system.client, "/cases", data={}, headers={"origin": origin})
    assert answer.status_code == 403


@pytest.mark.parametrize("engine", ["postgres"])
async def test_while_the_database_is_away_readers_are_told_to_come_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "READY_SECONDS", 0)
    address = urlsplit(settings.database_url)
    assert address.port
    async with line_to(address.port) as line:
        netloc = f"{address.username}@127.0.0.1:{line.port}"
        async with opened(replace(settings, database_url=address._replace(netloc=netloc).geturl())) as system:
            official = await signed_in(system, "handler")
            await line.cut()
            try:
                for client, path in (
                    (system.client, "/"), (system.client, "/api/v1/forums"), (official, "/desk"), (official, "/desk"),
                ):  # fmt: skip
                    answer = await client.get(path)
                    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), path
                sent = await system.client.post("/api/v1/tokens", json={"username": "handler", "password": PASSWORD})
                assert (sent.status_code, sent.json()["code"]) == (503, "database_away")
                assert (await system.client.get("/readyz")).status_code == 503
                assert (await system.client.get("/healthz")).status_code == 200
            finally:
                await line.mend()
            assert (await official.get("/desk")).status_code == 200
            assert (await system.client.get("/readyz")).status_code == 200
            await system.file()


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_database_that_takes_no_further_connection_is_away(settings: Settings) -> None:
    address = urlsplit(settings.database_url)
    await _do(settings, "CREATE ROLE limited LOGIN CONNECTION LIMIT 1")  # no limit holds for a superuser
    limited = replace(
        settings, database_url=address._replace(netloc=f"limited@{address.hostname}:{address.port}").geturl()
    )
    await database.connect(limited, wiring.APPS)
    try:
        await database.ping()
        async with database.connection().acquire_connection():
            with pytest.raises(asyncpg.TooManyConnectionsError) as refused:
                await database.ping()
            with pytest.raises(asyncpg.TooManyConnectionsError):
                async with database.transaction():
                    pass
        assert isinstance(outage(refused.value), DatabaseAway)
        await database.ping()
    finally:
        await database.close()
        await _do(settings, "DROP ROLE limited")


async def _do(settings: Settings, sql: str) -> None:
    connection = await asyncpg.connect(settings.database_url)
    await connection.execute(sql)
    await connection.close()


@pytest.mark.parametrize("error", [TimeoutError(), OSError("Multiple exceptions"), socket.gaierror(-3, "no answer")])
async def test_errors_of_the_system_in_connecting_are_the_database_s(
    monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    async def fail(*_arguments: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr(asyncpg, "connect", fail)
    with pytest.raises(DBConnectionError) as raised:
        await database._connect()
    assert isinstance(outage(raised.value), DatabaseAway)


@pytest.mark.parametrize("engine", ["sqlite"])  # which can be given a size limit
async def test_a_full_database_is_said_and_the_process_is_not_ready(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "READY_SECONDS", 0)
    async with opened(settings) as system:
        pages_now = await database.value("PRAGMA page_count")
        await database.fetch(f"PRAGMA max_page_count = {pages_now}")
        content = {"title": "제목", "body": "가" * 9_000, "petitioner": {"name": "홍", "email": "hong@example.org"}}
        answers = [await system.client.post("/api/v1/petitions", json=content) for _one in range(40)]
        full = answers[-1]
        assert (full.status_code, full.json()["code"], full.headers["retry-after"]) == (507, "storage_full", "60")
        assert {answer.status_code for answer in answers} <= {201, 507}
        assert (await system.client.get("/readyz")).status_code == 503
        assert (await system.client.get("/")).status_code == 200, "what is there can be read"
        await database.fetch(f"PRAGMA max_page_count = {pages_now + 10_000}")
        monkeypatch.setattr(pages, "FULL_SECONDS", 0)
        assert (await system.client.get("/readyz")).status_code == 200
        await system.file()


async def test_an_upload_without_space_is_said(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Store, "_keep", full)
    official = await system.program("handler")
    answer = await official.post("/api/v1/desk/files", files={"files": ("a.txt", "글".encode(), "text/plain")})
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")


async def test_a_data_folder_without_space_is_not_ready(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LEAST_SPACE", 2**60)
    answer = await system.client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the data folder is full or cannot be written to\n")


async def test_whoever_asks_often_whether_it_is_ready_has_nothing_written(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = list[Path]()

    def write(folder: Path) -> bool:
        written.append(folder)
        return True

    monkeypatch.setattr(pages, "_has_space", write)
    monkeypatch.setattr(pages, "READY_SECONDS", 600)
    answers = await asyncio.gather(*(system.client.get("/readyz") for _ in range(10)))
    assert {answer.text for answer in answers} == {"ready\n"}
    assert len(written) == 1
    monkeypatch.setattr(pages, "READY_SECONDS", 0)
    await system.client.get("/readyz")
    assert len(written) == 2


def test_a_database_that_does_not_answer_is_named_in_a_sentence(tmp_path: Path) -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    settings = Settings(database_url=url, secret_key="s" * 40, data_dir=tmp_path)
    for words in (["serve"], ["worker"], ["migrate"], ["check"]):
        refused = sinmungo(settings, *words)
        assert refused.exit_code == 1, words
        assert refused.output.startswith("Error: Our database does not answer right now."), words
