"""Compares the real schema with the models: what was lost when a migration was edited, or changed by hand.

Migrations that are applied say nothing of it: they are known by their names only.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from tortoise import Tortoise
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from server.core import database


@dataclass
class Table:
    """What matters of a table: columns and whether they may be empty, indexes, references and the number of checks."""

    columns: dict[str, bool] = field(default_factory=dict)
    indexes: set[tuple[tuple[str, ...], bool]] = field(default_factory=set)
    """Columns in order, and whether the index is unique."""
    references: set[tuple[str, str]] = field(default_factory=set)
    checks: int = 0


async def problems() -> AsyncIterator[str]:
    """A sentence for each table, column, index, reference or check of the models that the database does not have."""
    real = await (_sqlite() if database.dialect() == "sqlite" else _postgres())
    for model in (model for models in (Tortoise.apps or {}).values() for model in models.values()):
        name, expected = model._meta.db_table, _described(model)  # noqa: SLF001 - the only way
        if name not in real:
            yield f"schema: table {name} is missing"
            continue
        for problem in _compared(expected, real[name]):
            yield f"schema: {name}{problem}"


def _compared(expected: Table, real: Table) -> Iterable[str]:
    for column in sorted(expected.columns.keys() - real.columns):
        yield f".{column} is missing"
    for column in sorted(real.columns.keys() - expected.columns):
        yield f".{column} is in no model"
    for column in sorted(expected.columns.keys() & real.columns):
        if expected.columns[column] != real.columns[column]:
            yield f".{column} may {'not ' * expected.columns[column]}be empty, unlike in the models"
    for columns, unique in sorted(expected.indexes):
        if (columns, unique) not in real.indexes and (unique or (columns, True) not in real.indexes):
            yield f" has no {'unique ' * unique}index on {', '.join(columns)}"
    for column, target in sorted(expected.references - real.references):
        yield f".{column} does not refer to {target}"
    if real.checks < expected.checks:
        yield f" has {real.checks} checks instead of {expected.checks}"


def _described(model: type[Model]) -> Table:
    """A table as its model describes it."""
    meta = model._meta  # noqa: SLF001 - the only way
    columns = meta.fields_db_projection
    found = Table(
        {column: bool(meta.fields_map[name].null) for name, column in columns.items()},
        checks=len([each for each in meta.constraints if hasattr(each, "check")]),
    )
    for name, column in columns.items():
        each = meta.fields_map[name]
        if name != meta.pk_attr and (each.unique or each.index):
            found.indexes.add(((column,), bool(each.unique)))
    indexes = [(list(names), True) for names in meta.unique_together]
    indexes += [(list(each if isinstance(each, list | tuple) else each.fields), False) for each in meta.indexes]
    for names, unique in indexes:
        found.indexes.add((tuple(columns.get(name, f"{name}_id") for name in names), unique))
    for name in meta.fk_fields | meta.o2o_fields:
        relation = meta.fields_map[name]
        if isinstance(relation, ForeignKeyFieldInstance) and relation.db_constraint:
            target = relation.related_model._meta.db_table  # noqa: SLF001 - the only way
            found.references.add((str(relation.source_field), target))
    return found


async def _sqlite() -> dict[str, Table]:
    found = {}
    for row in await database.fetch("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
        name = row["name"]
        table = found[name] = Table(checks=str(row["sql"]).upper().count("CHECK ("))
        for column in await database.fetch(f"PRAGMA table_info('{name}')"):
            table.columns[column["name"]] = not (column["notnull"] or column["pk"])
        for index in await database.fetch(f"PRAGMA index_list('{name}')"):
            parts = await database.fetch(f"PRAGMA index_info('{index['name']}')")
            table.indexes.add((tuple(str(part["name"]) for part in parts), bool(index["unique"])))
        for key in await database.fetch(f"PRAGMA foreign_key_list('{name}')"):
            table.references.add((key["from"], key["table"]))
    return found


_COLUMNS = """
SELECT table_name AS name, column_name AS part, is_nullable = 'YES' AS nullable
FROM information_schema.columns WHERE table_schema = current_schema()
"""
_INDEXES = """
SELECT t.relname AS name, i.indisunique AS is_unique, ARRAY(
    SELECT a.attname::text FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number ORDER BY k.place
) AS parts
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = current_schema() AND i.indisvalid
"""
_CONSTRAINTS = """
SELECT t.relname AS name, c.contype::text AS kind, a.attname::text AS part, f.relname AS target
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_class f ON f.oid = c.confrelid
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
WHERE n.nspname = current_schema() AND c.contype IN ('c', 'f')
"""


async def _postgres() -> dict[str, Table]:
    found: dict[str, Table] = {}
    for row in await database.fetch(_COLUMNS):
        found.setdefault(row["name"], Table()).columns[row["part"]] = row["nullable"]
    for row in await database.fetch(_INDEXES):
        found[row["name"]].indexes.add((tuple(row["parts"]), row["is_unique"]))
    for row in await database.fetch(_CONSTRAINTS):
        if row["kind"] == "c":
            found[row["name"]].checks += 1
        else:
            found[row["name"]].references.add((row["part"], row["target"]))
    return found
