"""Participants by what they stated about themselves, as far as it may be published, and the latest recounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums.labels import AGE_BANDS
from server.core import database
from server.core.city import City
from server.core.i18n import translate
from server.core.rows import columns, select
from tracking.statistics.rules import suppressed, total_shown

DIMENSIONS = ("age", "district")


@dataclass(frozen=True)
class Table:
    """A table about people; a suppressed number is None."""

    counts: Mapping[str, int | None]
    total: int | None


async def people() -> dict[str, Table]:
    """Participants by age band and by district of residence; empty if not stated. One query."""
    rows = await database.fetch("SELECT dimension, value, people FROM statistics_people ORDER BY dimension, value")
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["dimension"], {})[row["value"]] = row["people"]
    # The tables share their total: if one of them must not show it, the other must not either, nor cells from which
    # it could be derived.
    shown = bool(found) and all(map(total_shown, found.values()))
    return {dimension: _table(counts, shown=shown) for dimension, counts in found.items()}


def _table(counts: Mapping[str, int], *, shown: bool) -> Table:
    gone = suppressed(counts) if shown else set(counts)
    return Table(
        {key: None if key in gone else n for key, n in counts.items()}, sum(counts.values()) if shown else None
    )


def value_name(dimension: str, value: str, reference_data: City, language: str) -> str:
    """The name of an age band or district; empty for those who did not say."""
    if dimension == "age":
        return translate(language, AGE_BANDS[value]) if value in AGE_BANDS else ""
    return reference_data.district_name(value, language) if value else ""


def document(tables: Mapping[str, Table], reference_data: City, language: str) -> dict[str, dict[str, Any]] | None:
    """The tables as JSON; None before the first count."""
    if not tables:
        return None
    return {
        dimension: {
            "total": table.total,
            "of": [
                {"value": value, "name": value_name(dimension, value, reference_data, language), "people": count}
                for value, count in table.counts.items()
            ],
        }
        for dimension, table in tables.items()
    }


@dataclass(frozen=True)
class Recounted:
    """A finished recount, as pages show it."""

    id: int
    why: str
    started_at: datetime
    finished_at: datetime | None
    looked_at: int
    late: int
    corrected: int
    samples: list[dict[str, Any]]


async def recounts(limit: int = 1) -> list[Recounted]:
    """The latest finished recounts. One query."""
    return await select(
        Recounted,
        f"SELECT {columns(Recounted, 'statistics_recount')} FROM statistics_recount "
        f"WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT {limit}",
    )
