"""The published figures of an area in total, by each dimension and by month, for pages and JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.core.city import City
from server.core.errors import Text
from server.core.i18n import translate
from tracking.statistics import cells
from tracking.statistics.cells import Filters
from tracking.statistics.figures import Area, Figures


@dataclass(frozen=True)
class FigureRow:
    """The figures for one value of a dimension."""

    key: Any
    figures: Figures


@dataclass(frozen=True)
class Forum:
    """A forum as it is named beside figures."""

    id: int
    slug: str
    title: str
    kind: str
    named: bool
    """Whether its title is public; otherwise the title is its number, and it has no figures of its own."""


@dataclass(frozen=True)
class Tables:
    """All figures under one set of filters."""

    total: Figures
    by: Mapping[str, list[FigureRow]]
    months: list[FigureRow]
    forums: list[tuple[Forum, Figures]] = field(default_factory=list)
    older: int | None = None
    """The forum below which the next page begins."""


async def total(area: Area, filters: Filters) -> Figures:
    """The total figures under filters. Two queries."""
    sums, days = await cells.totals(area, filters), await cells.days(area, filters)
    return Figures(area, sums.get("", Counter()), days.get("", {}))


async def by(area: Area, filters: Filters, dimension: str, order: Sequence[str] = ()) -> list[FigureRow]:
    """The figures by the values of a dimension, in the given order or the largest first. Two queries."""
    sums = await cells.totals(area, filters, dimension)
    days = await cells.days(area, filters, dimension)
    one = {"kind": filters.kind or None, "department": filters.department_id, "district": filters.district}
    wanted = one.get(dimension)
    lines = [
        FigureRow(key, Figures(area, found, days.get(key, {})))
        for key, found in sums.items()
        if wanted is None or key == wanted
    ]
    if dimension == "year":
        return sorted(lines, key=lambda line: str(line.key), reverse=True)
    if order:
        return sorted(lines, key=lambda line: order.index(line.key) if line.key in order else len(order))
    return sorted(lines, key=lambda line: (-line.figures[area.main], str(line.key)))


async def months(area: Area, filters: Filters) -> list[FigureRow]:
    """The figures by month, oldest first; only those that exist by month. One query, two with medians."""
    sums = await cells.totals(area, filters, "month")
    days = await cells.days(area, filters, "month") if area.days_by_month else {}
    return [FigureRow(key, Figures(area, sums[key], days.get(key, {}))) for key in sorted(sums)]


def coded(dimension: str, key: Any, reference_data: City, language: str, kinds: Mapping[str, Text]) -> tuple[str, str]:
    """The stable code and the name of a dimension value; both empty for none."""
    if dimension == "kind":
        return key, translate(language, kinds[key]) if key in kinds else key
    if dimension == "department":
        row = reference_data.departments.get(key)
        return (row.code, row.name(language)) if row else ("", "")
    if dimension == "district":
        return key, reference_data.district_name(key, language) if key else ""
    return key, key


def document(found: Tables, reference_data: City, language: str, kinds: Mapping[str, Text]) -> dict[str, Any]:
    """The figures as JSON, each value with its stable code and its name."""
    said: dict[str, list[dict[str, Any]]] = {}
    for dimension, lines in found.by.items():
        said[dimension] = []
        for line in lines:
            code, name = coded(dimension, line.key, reference_data, language, kinds)
            said[dimension].append({dimension: code, "name": name, **line.figures.published()})
    said["month"] = [{"month": line.key, **line.figures.published(monthly=True)} for line in found.months]
    return {"total": found.total.published(), "by": said}
