"""The schema that the migrations make is the one that the models describe, on both databases."""

import re
from typing import Any

import pytest
from tortoise import Tortoise

from petitions.models import Case
from server import wiring
from server.core import database
from server.core.config import Settings
from tests.support.postgres import Engine, NewDatabase
from tests.support.system import SECRET, System, opened

OUTSIDE_THE_MODELS = re.compile(r"^(search_|sqlite_|tortoise_migrations)")
"""Text indexes (made by their own statements) and the databases' own tables."""


@pytest.fixture
async def described(engine: Engine, new_database: NewDatabase) -> dict[str, Any]:
    """The schema that Tortoise makes from the models alone."""
    settings = Settings(database_url=new_database(engine), secret_key=SECRET)
    await database.connect(settings, wiring.APPS)
    await Tortoise.generate_schemas()
    found = await schema()
    for model in (model for models in Tortoise.apps.values() for model in models.values()):
        for check in model._meta.constraints:  # which the generator leaves out
            await _expect(found[model._meta.db_table], check.check)
    await database.close()
    return found


async def _expect(table: dict[str, Any], check: str) -> None:
    """A check as each database says it again."""
    if database.dialect() == "sqlite":
        table["checks"].add(check)
    else:
        table["constraints"].add(f"CHECK (({' AND '.join(f'({part})' for part in check.split(' AND '))}))")


async def schema() -> dict[str, Any]:
    return await (_postgres() if database.dialect() == "postgres" else _sqlite())


async def _sqlite() -> dict[str, Any]:
    found = {}
    for table in await database.fetch("SELECT name FROM sqlite_master WHERE type = 'table'"):
        name = table["name"]
        if OUTSIDE_THE_MODELS.match(name):
            continue
        columns = {
            (c["name"], c["type"], c["notnull"], c["pk"]) for c in await database.fetch(f"PRAGMA table_info('{name}')")
        }
        indexes = set()
        for index in await database.fetch(f"PRAGMA index_list('{name}')"):
            parts = await database.fetch(f"PRAGMA index_info('{index['name']}')")
            indexes.add((tuple(part["name"] for part in parts), index["unique"]))
        foreign = {
            (k["from"], k["table"], k["to"], k["on_delete"])
            for k in await database.fetch(f"PRAGMA foreign_key_list('{name}')")
        }
        (made,) = await database.fetch("SELECT sql FROM sqlite_master WHERE name = ?", name)
        checks = set(re.findall(r"CHECK \((.*)\)\)", made["sql"]))
        found[name] = {"columns": columns, "indexes": indexes, "foreign": foreign, "checks": checks}
    return found


async def _postgres() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in await database.fetch(
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable "
        "FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        if not OUTSIDE_THE_MODELS.match(row["table_name"]):
            table = found.setdefault(row["table_name"], {"columns": set(), "indexes": set(), "constraints": set()})
            table["columns"].add(tuple(row.values())[1:])
    for row in await database.fetch("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"):
        if row["tablename"] in found:
            found[row["tablename"]]["indexes"].add(re.sub(r"INDEX \S+ ON", "INDEX ON", row["indexdef"]))
    for row in await database.fetch(
        "SELECT conrelid::regclass::text AS name, pg_get_constraintdef(oid) AS is FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u')"
    ):
        if row["name"] in found:
            found[row["name"]]["constraints"].add(row["is"])
    return found


async def test_migrations_make_what_the_models_describe(described: dict[str, Any], system: System) -> None:
    made = await schema()
    assert sorted(made) == sorted(described)
    for table, parts in described.items():
        for part, expected in parts.items():
            assert made[table][part] == expected, (table, part)


async def test_migrating_a_filled_database_again_changes_nothing(settings: Settings) -> None:
    async with opened(settings) as system:
        filed = await system.file()
        before = await schema()
    await database.migrate(settings, wiring.APPS)
    try:
        assert await schema() == before
        assert await Case.filter(reference=filed["reference"]).exists()
    finally:
        await database.close()
