"""The drill: a backup taken under load is restored elsewhere and serves; damage and wrong targets are refused."""

import asyncio
import json
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from server import backup_postgres
from server.core import config, database
from server.core.config import Settings
from tests.functional.test_api_attachments import PNG, files
from tests.integration.test_never_lost import CITIZENS, file_until_it_breaks
from tests.support import postgres_keeper
from tests.support.command import sinmungo
from tests.support.live import Starter
from tests.support.postgres import Engine, NewDatabase
from tests.support.system import SECRET, System, opened

PROGRAMS = ("--programs", str(postgres_keeper.programs()))


@pytest.fixture
def elsewhere(engine: Engine, new_database: NewDatabase, tmp_path: Path) -> Settings:
    """An empty machine: no database, no files, no key of its own."""
    return Settings(
        database_url=new_database(engine), data_dir=tmp_path / "elsewhere", secret_key="", city_name="시험시"
    )


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday"


@pytest.fixture(autouse=True)
def _settings_of_this_process() -> Iterator[None]:
    before = list(config._current)
    yield
    config._current[:] = before


def restored(settings: Settings, source: Path, *more: str) -> tuple[int, str]:
    answer = sinmungo(settings, "restore", str(source), *PROGRAMS, *more)
    return answer.exit_code, answer.output


def backed_up(settings: Settings, target: Path) -> None:
    answer = sinmungo(settings, "backup", str(target), *PROGRAMS)
    assert answer.exit_code == 0, answer.output


async def test_a_backup_under_load_holds_all_that_was_acknowledged_and_serves_elsewhere(
    settings: Settings, starter: Starter, elsewhere: Settings, made: Path
) -> None:
    server = starter.serve(settings)
    filed: dict[str, str] = {}
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        petition = {"title": "가로등", "body": "집 앞 도로의 가로등이 꺼졌습니다.", "petitioner": {"name": "홍길동"}}
        receipt = (await client.post("/api/v1/petitions", json=petition)).json()
        case, key = f"/api/v1/cases/{receipt['reference']}", {"x-access-key": receipt["access_key"]}
        answer = await client.post(f"{case}/attachments", files=files(PNG), headers=key)
        assert answer.status_code == 201, answer.text
    load = [asyncio.create_task(file_until_it_breaks(server.url, n, filed)) for n in range(CITIZENS)]
    while len(filed) < CITIZENS:
        await asyncio.sleep(0.01)
    before = set(filed.values())
    await asyncio.to_thread(backed_up, settings, made)
    while len(filed) <= len(before):  # they were being written during the backup, and are afterwards
        await asyncio.sleep(0.01)
    await asyncio.to_thread(server.kill)
    await asyncio.gather(*load)
    assert [oct(stat.S_IMODE(path.stat().st_mode)) for path in (made, made / "secret_key")] == ["0o700", "0o600"]
    assert not list(made.parent.glob("*.unfinished"))
    code, said = await asyncio.to_thread(restored, elsewhere, made)
    assert (code, said.splitlines()[-1][-36:]) == (0, " Every chain of the ledger is whole."), said
    assert (elsewhere.data_dir / "secret_key").read_text().strip() == SECRET
    assert stat.S_IMODE((elsewhere.data_dir / "secret_key").stat().st_mode) == 0o600
    async with opened(replace(elsewhere, secret_key=SECRET, run_jobs=False, rate_limits=False)) as system:
        there = {row["reference"] for row in await database.fetch("SELECT reference FROM petition_case")}
        assert before <= there
        found = (await system.client.get(case, headers=key)).json()
        assert found["reference"] == receipt["reference"]
        (attachment,) = answer.json()["attachments"]
        assert (await system.client.get(attachment["url"], headers=key)).content == PNG


async def test_forms_that_are_being_typed_are_not_in_a_backup(system: System, made: Path) -> None:
    sql = "INSERT INTO kept_form (number, client, content, size, expires_at) VALUES ('n', 'c', ?, 1, ?)"
    moment = (await database.fetch_one("SELECT MAX(created_at) AS at FROM account"))["at"]  # type: ignore[index]
    await database.execute(sql, b"half a sentence", moment)
    await asyncio.to_thread(backed_up, system.settings, made)
    copy = next(path for path in made.iterdir() if path.stem == "sinmungo")
    if database.dialect() == "sqlite":
        with sqlite3.connect(copy) as connection:
            assert connection.execute("SELECT COUNT(*) FROM kept_form").fetchone() == (0,)
        connection.close()
    assert b"half a sentence" not in copy.read_bytes()


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


async def test_a_damaged_backup_is_refused_and_nothing_is_written(
    system: System, elsewhere: Settings, made: Path
) -> None:
    receipt = await system.file()
    citizen = system.visitor(**{"x-access-key": receipt["access_key"]})
    await citizen.post(f"/api/v1/cases/{receipt['reference']}/attachments", files=files(PNG))
    await asyncio.to_thread(backed_up, system.settings, made)
    names = sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file())
    assert len(names) == 4, "database, file, key and manifest"
    for name in names:
        copy = made.with_name("copy")
        shutil.copytree(made, copy)
        flipped(copy / name)
        code, said = await asyncio.to_thread(restored, elsewhere, copy)
        assert code == 1, name
        assert "damaged" in said or "no backup that can be read" in said, (name, said)
        (copy / name).unlink()
        code, said = await asyncio.to_thread(restored, elsewhere, copy)
        assert code == 1, name
        assert f"{name} is missing" in said or "no backup that can be read" in said, (name, said)
        shutil.rmtree(copy)
    (made / "files" / "more").write_bytes(b"more")
    code, said = await asyncio.to_thread(restored, elsewhere, made)
    assert (code, "files/more is not in its list" in said) == (1, True)
    assert not elsewhere.data_dir.exists()


async def test_a_target_that_is_not_empty_is_refused_unless_told(
    system: System, elsewhere: Settings, made: Path
) -> None:
    first = await system.file()
    await asyncio.to_thread(backed_up, system.settings, made)
    assert (await asyncio.to_thread(restored, elsewhere, made))[0] == 0
    again = await asyncio.to_thread(sinmungo, system.settings, "backup", str(made), *PROGRAMS)
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    code, said = await asyncio.to_thread(restored, elsewhere, made)
    assert (code, "Not empty: " in said) == (1, True), said
    code, said = await asyncio.to_thread(restored, elsewhere, made, "--replace")
    assert code == 0, said
    await system.file()
    async with opened(replace(elsewhere, secret_key=SECRET, run_jobs=False)):
        assert await database.column("SELECT reference FROM petition_case") == [first["reference"]]


async def test_another_database_or_key_than_the_backups_is_refused(
    system: System, elsewhere: Settings, made: Path, new_database: NewDatabase
) -> None:
    await asyncio.to_thread(backed_up, system.settings, made)
    other = replace(elsewhere, secret_key="o" * 40)
    code, said = await asyncio.to_thread(restored, other, made)
    assert (code, "SINMUNGO_SECRET_KEY is another key" in said) == (1, True)
    wrong: Engine = "postgres" if system.settings.sqlite else "sqlite"
    code, said = await asyncio.to_thread(restored, replace(elsewhere, database_url=new_database(wrong)), made)
    assert (code, "names another database" in said) == (1, True)
    (manifest := made / "manifest.json").write_text(json.dumps({**json.loads(manifest.read_text()), "format": 2}))
    code, said = await asyncio.to_thread(restored, elsewhere, made)
    assert (code, "a backup of a newer version" in said) == (1, True)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_nothing_is_restored_under_a_server(settings: Settings, starter: Starter, made: Path) -> None:
    starter.serve(settings)
    await asyncio.to_thread(backed_up, settings, made)
    code, said = await asyncio.to_thread(restored, settings, made, "--replace")
    assert (code, "stop it first" in said) == (1, True), said


@pytest.mark.parametrize("engine", ["postgres"])
async def test_programs_of_another_version_are_refused_with_what_to_install(
    system: System, made: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for script, words in ((None, "none was found"), ("echo 'pg_dump (PostgreSQL) 9.6'", "is version 9")):
        if script:
            (old / "pg_dump").write_text(f"#!/bin/sh\n{script}\n")
            (old / "pg_dump").chmod(0o755)
        answer = await asyncio.to_thread(sinmungo, system.settings, "backup", str(made), "--programs", str(old))
        assert (answer.exit_code, words in answer.output) == (1, True), answer.output
        assert "Install the package postgresql-client-" in answer.output
        assert not made.exists()


def test_the_password_of_a_database_is_in_no_list_of_processes() -> None:
    url = "postgresql://city:p%40ss@db.example:6432/minwon?ssl=require"
    given = backup_postgres.environment(Settings(database_url=url))
    assert {name: value for name, value in given.items() if name.startswith("PG")} == {
        "PGHOST": "db.example", "PGPORT": "6432", "PGUSER": "city", "PGPASSWORD": "p@ss", "PGDATABASE": "minwon",
        "PGSSLMODE": "require",
    }  # fmt: skip
