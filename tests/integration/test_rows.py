"""Rows come as dataclasses by the names of their columns, with what both databases keep differently made the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

from server.core import config, database, rows
from server.core.rows import Local, Masked, OfOfficials
from tests.support.system import System

NOON = datetime(2026, 5, 6, 3, tzinfo=UTC)


class Sort(StrEnum):
    FRUIT = "fruit"


@dataclass(frozen=True, slots=True)
class Thing:
    id: int
    label: str
    sort: Sort
    fresh: bool
    at: datetime
    seen: Local | None
    day: date
    gone: date | None
    notes: Mapping[str, Any]
    tags: tuple[str, ...]
    extra: str = ""


_AS_WRITTEN = {"sqlite": ("2026-05-06 03:00:00+00:00", "2026-05-06"), "postgres": (NOON, date(2026, 5, 6))}


async def test_a_row_is_read_by_name_and_converted_by_type(system: System) -> None:
    at, day = _AS_WRITTEN[database.dialect()]
    cast = {"sqlite": "?", "postgres": "CAST(? AS timestamptz)"}[database.dialect()]
    days = {"sqlite": "?", "postgres": "CAST(? AS date)"}[database.dialect()]
    source = (
        f"SELECT 7 AS id, 'apple' AS name, 'fruit' AS sort, {cast} AS at, {cast} AS seen, {days} AS day, "
        f'1 = 1 AS fresh, NULL AS notes, \'["a","b"]\' AS tags'
    )
    columns = rows.columns(Thing, "t", label="t.name", gone="NULL")
    assert columns == ("t.id, t.name AS label, t.sort, t.fresh, t.at, t.seen, t.day, NULL AS gone, t.notes, t.tags"), (
        "what has a default is not asked for"
    )
    found = await database.fetch_one(f"SELECT {columns} FROM ({source}) AS t", at, at, day)
    assert found is not None
    thing = rows.read(Thing, found)
    assert thing == Thing(7, "apple", Sort.FRUIT, True, NOON, NOON, date(2026, 5, 6), None, {}, ("a", "b"))
    assert thing.at.utcoffset() == timedelta()
    assert thing.fresh is True
    assert thing.seen is not None
    assert thing.seen.tzinfo is config.settings().zone
    assert rows.read(Thing, {**found, "extra": "more", "label": "pear"}).extra == "more"
    assert rows.read_all(Thing, [found, found]) == [thing, thing]
    with pytest.raises(KeyError, match="label"):
        rows.read(Thing, {name: value for name, value in found.items() if name != "label"})


@dataclass(frozen=True)
class Inner:
    id: int
    name: str


async def test_a_row_inside_another_one_has_a_prefix(system: System) -> None:
    columns = rows.columns(Inner, "i", "inner_", name="UPPER(i.name)")
    assert columns == "i.id AS inner_id, UPPER(i.name) AS inner_name"
    found = await database.fetch_one(f"SELECT {columns} FROM (SELECT 1 AS id, 'x' AS name) AS i")
    assert found is not None
    assert rows.read(Inner, found, "inner_") == Inner(1, "X")
    assert rows.columns(Inner, "i", id="") == "i.name", "the caller puts it into the row"


async def test_an_in_list_has_a_mark_for_each_value_and_nothing_is_in_an_empty_one(system: System) -> None:
    for wanted, n in (([1, 3], 2), ([], 0)):
        row = await database.fetch_one(
            f"SELECT COUNT(*) AS n FROM (SELECT 1 AS id UNION ALL SELECT 2 UNION ALL SELECT 3) AS t "
            f"WHERE id IN ({database.marks(wanted)})", *wanted,
        )  # fmt: skip
        assert row is not None
        assert row["n"] == n


@dataclass(frozen=True, slots=True)
class Said:
    text: Masked
    reply: OfOfficials
    note: Masked | None


async def test_a_field_says_how_its_text_is_published(system: System) -> None:
    sql = "SELECT '010-1234-5678' AS text, '900101-1234567, 02-123-4567' AS reply, NULL AS note"
    found = await rows.select_one(Said, sql)
    assert found == Said("010-****-5678", "900101-1******, 02-123-4567", None)
    assert await rows.select(Said, f"{sql} UNION ALL {sql}") == [found, found]
    assert await rows.select_one(Said, f"SELECT * FROM ({sql}) AS t WHERE text = ''") is None


async def test_one_value_and_one_column_are_read_without_naming_them(system: System) -> None:
    assert await database.value("SELECT 1 AS one WHERE 1 = ?", 1) == 1
    assert await database.value("SELECT 1 AS one WHERE 1 = ?", 2) is None
    assert await database.column("SELECT 1 AS one UNION ALL SELECT 2 ORDER BY one") == [1, 2]


async def test_a_collection_takes_a_placeholder_for_each_element(system: System) -> None:
    sql = "SELECT n FROM (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) AS t WHERE n > ? AND n IN (?) AND n < ?"
    assert await database.column(f"{sql} ORDER BY n", 0, {1, 2, 3}, 3) == [1, 2]
    assert await database.column(sql, 0, dict.fromkeys((3, 2)).keys(), 3) == [2]
    assert await database.column(sql, 0, [], 3) == []
