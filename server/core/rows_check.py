"""Finds rows that no page can show: values outside what the program reads, in any table."""

from collections.abc import AsyncIterator, Iterable

from tortoise import Tortoise, fields
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.models import Model

from server.core import database
from server.core.forms.kinds import FIRST_YEAR, LAST_YEAR

NAMED = 20
"""Rows of one column that are named."""


async def problems() -> AsyncIterator[str]:
    """A sentence for each row with a date that zones cannot represent, an unknown state, or broken JSON."""
    for model in _models():
        for field in model._meta.fields_map.values():  # noqa: SLF001 — the only way
            name = field.source_field or field.model_field_name
            if isinstance(field, fields.DatetimeField | fields.DateField):
                first, behind = f"{FIRST_YEAR}-01-01", f"{LAST_YEAR + 1}-01-01"
                if isinstance(field, fields.DatetimeField):  # in UTC, which is a day before or behind a zone's
                    first, behind = f"{FIRST_YEAR - 1}-12-31", f"{LAST_YEAR + 1}-01-02"
                # Text on SQLite, where dates are written so that they sort.
                outside = f"{name} < '{first}' OR {name} >= '{behind}'"
                why = f"is not from {FIRST_YEAR} to {LAST_YEAR}"
            elif isinstance(field, CharEnumFieldInstance):
                known = ", ".join(f"'{one.value}'" for one in field.enum_type)
                outside, why = f"{name} NOT IN ({known})", "does not exist"
            elif isinstance(field, fields.JSONField) and database.dialect() == "sqlite":
                outside, why = f"{name} IS NOT NULL AND NOT json_valid({name})", "is not JSON"
            else:
                continue
            async for problem in _rows(model, name, outside, why):
                yield problem


def _models() -> Iterable[type[Model]]:
    return [model for app in (Tortoise.apps or {}).values() for model in app.values()]


async def _rows(model: type[Model], column: str, outside: str, why: str) -> AsyncIterator[str]:
    meta = model._meta  # noqa: SLF001
    key = meta.db_pk_column
    rows = await database.fetch(
        f"SELECT {key} AS number, CAST({column} AS text) AS value FROM {meta.db_table} "
        f"WHERE {outside} ORDER BY {key} LIMIT {NAMED + 1}"
    )
    for row in rows[:NAMED]:
        yield f"{meta.db_table} {row['number']}: {column} “{row['value']}” {why}; pages cannot show this row"
    if len(rows) > NAMED:
        yield f"{meta.db_table}: there are more such rows"
