"""What the tests stand on holds: databases on both engines are separate, real and gone afterwards."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import pytest
from tortoise import Tortoise, fields
from tortoise.models import Model

from tests.support import postgres as support
from tests.support.postgres import Engine, NewDatabase, PostgresServer


class Note(Model):
    text = fields.TextField()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_copied_database_has_its_templates_rows_and_keeps_its_own(
    engine: Engine, new_database: NewDatabase
) -> None:
    async def write(url: str, text: str) -> list[str]:
        # In Tortoise's own URLs an absolute SQLite path has one slash less than in the settings.
        await Tortoise.init(db_url=url.replace("sqlite:///", "sqlite://"), modules={"models": [__name__]})
        try:
            await Tortoise.generate_schemas(safe=True)
            await Note.create(text=text)
            return sorted([note.text for note in await Note.all()])
        finally:
            await Tortoise.close_connections()

    template = new_database(engine)
    assert await write(template, "소음") == ["소음"]
    assert await write(new_database(engine, template), "街灯") == ["街灯", "소음"]
    assert await write(template, "bus") == ["bus", "소음"]
    assert await write(new_database(engine), "새것") == ["새것"]


async def test_the_shared_server_is_fast_and_a_durable_one_is_durable(postgres: PostgresServer) -> None:
    async def setting(server: PostgresServer, name: str) -> str:
        connection = await asyncpg.connect(server.url())
        try:
            return str(await connection.fetchval(f"SHOW {name}"))
        finally:
            await connection.close()

    assert await setting(postgres, "fsync") == "off"
    assert await setting(postgres, "max_connections") == "300"
    with support.private_server(durable=True) as durable:
        assert durable.port != postgres.port
        assert await setting(durable, "fsync") == "on"
        assert await setting(durable, "synchronous_commit") == "on"
    with pytest.raises(OSError, match="Connect"):
        await asyncpg.connect(durable.url())


async def test_korean_and_japanese_words_are_folded_and_matched(postgres: PostgresServer) -> None:
    connection = await asyncpg.connect(postgres.url())
    try:
        assert await connection.fetchval("SELECT lower('ÀÉ') = 'àé' AND '민원' ~ '^\\w+$' AND '陳情' ~ '^\\w+$'")
    finally:
        await connection.close()


def test_a_killed_test_run_leaves_no_server_behind() -> None:
    run = subprocess.Popen(
        [
            sys.executable,
            "-c",
            (
                "import time; from tests.support import postgres\n"
                "with postgres.private_server(durable=False) as server: print(server.port, flush=True);"
                "time.sleep(60)"
            ),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with run:
        assert run.stdout is not None
        server = PostgresServer(int(run.stdout.readline()))
        assert list(Path(tempfile.gettempdir()).glob(f"sinmungo-test-postgres-{run.pid}-*"))
        run.kill()
    patience = time.monotonic() + 20
    while left := list(Path(tempfile.gettempdir()).glob(f"sinmungo-test-postgres-{run.pid}-*")):
        assert time.monotonic() < patience, left
        time.sleep(0.05)
    with pytest.raises(OSError, match="Connect"):
        asyncio.run(asyncpg.connect(server.url()))
