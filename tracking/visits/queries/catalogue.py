"""What can be done with the city: services at counters with the offices that do them, across all offices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.core import database
from server.core.rows import columns, read
from tracking.visits.queries.offices import ServiceRow

_SERVICE = columns(ServiceRow, "s")
_OFFERED = "s.active = ? AND (s.bookable = ? OR s.walk_in = ?)"


@dataclass(frozen=True, slots=True)
class At:
    """An office that does a service."""

    code: str
    name: str
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A service at counters, and where."""

    service: ServiceRow
    offices: Sequence[At]


async def offered() -> list[ServiceRow]:
    """What visitors can have done at any counter, by name."""
    rows = await database.fetch(
        f"SELECT {_SERVICE} FROM counter_service s WHERE {_OFFERED} ORDER BY s.name, s.id", True, True, True
    )
    return [read(ServiceRow, row) for row in rows]


async def of_code(code: str) -> list[Offered]:
    """The services at counters with a code, or for a statutory procedure; each with its offices. One query."""
    rows = await database.fetch(
        f"SELECT DISTINCT {_SERVICE}, o.code AS at_code, o.name AS at_name, o.name_ja AS at_name_ja, "
        "o.name_en AS at_name_en FROM counter_service s "
        "LEFT JOIN counter_ability a ON a.service_id = s.id "
        "LEFT JOIN counter c ON c.id = a.counter_id AND c.active = ? "
        "LEFT JOIN office o ON o.id = c.office_id AND o.active = ? "
        f"WHERE (s.code = ? OR s.statutory = ?) AND {_OFFERED} ORDER BY s.id, at_name",
        True, True, code, code, True, True, True,
    )  # fmt: skip
    found: dict[int, Mapping[str, Any]] = {}
    places: dict[int, list[At]] = {}
    for row in rows:
        found.setdefault(row["id"], row)
        here = places.setdefault(row["id"], [])
        if row["at_code"]:
            here.append(At(*(row[f"at_{name}"] for name in ("code", "name", "name_ja", "name_en"))))
    return [Offered(read(ServiceRow, row), places[number]) for number, row in found.items()]
