"""The figures of an area as they are published, in total, by each dimension and by month: for pages and JSON alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.core.city import City
from tracking.statistics import cells
from tracking.statistics.cells import Filters
from tracking.statistics.measures import Area, Figures

DIMENSIONS = ("kind", "department", "district", "year")


@dataclass(frozen=True)
class FigureRow:
    """The figures of one value of a dimension."""

    key: Any
    figures: Figures


@dataclass(frozen=True)
class Forum:
    """A forum as figures name it."""

    id: int
    slug: str
    title: str
    kind: str
    named: bool
    """Whether everybody may read its title; else that is its number, and no figures of it alone are given."""


@dataclass(frozen=True)
class Tables:
    """All of it at one place."""

    total: Figures
    by: Mapping[str, list[FigureRow]]
    months: list[FigureRow]
    forums: list[tuple[Forum, Figures]] = field(default_factory=list)
    older: int | None = None
    """The forum below which the next page begins."""


async def total(area: Area, filters: Filters) -> Figures:
    """The figures at one place. Two queries."""
    sums, days = await cells.totals(area, filters), await cells.days(area, filters)
    return Figures(area, sums.get("", Counter()), days.get("", {}))


async def by(area: Area, filters: Filters, dimension: str, order: Sequence[str] = ()) -> list[FigureRow]:
    """The figures by the values of a dimension, in an order or the largest first. Two queries."""
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
    return sorted(lines, key=lambda line: (-line.figures["received"], str(line.key)))


async def months(area: Area, filters: Filters) -> list[FigureRow]:
    """The figures by month, the oldest first; without those that are not known by month. One query."""
    sums = await cells.totals(area, filters, "month")
    return [FigureRow(key, Figures(area, sums[key])) for key in sorted(sums)]


def coded(dimension: str, key: Any, reference_data: City, language: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """A value of a dimension as everybody sees it: its stable code and its name; both empty for none."""
    if dimension == "kind":
        return key, kinds.get(key, key)
    if dimension == "department":
        row = reference_data.departments.get(key)
        return (row.code, row.name(language)) if row else ("", "")
    if dimension == "district":
        return key, reference_data.district_name(key, language) if key else ""
    return key, key


def document(found: Tables, reference_data: City, language: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    """The figures as JSON tells them, each value by its stable code and its name."""
    said: dict[str, list[dict[str, Any]]] = {}
    for dimension, lines in found.by.items():
        said[dimension] = []
        for line in lines:
            code, name = coded(dimension, line.key, reference_data, language, kinds)
            said[dimension].append({dimension: code, "name": name, **line.figures.published()})
    said["month"] = [{"month": line.key, **line.figures.published(monthly=True)} for line in found.months]
    return {"total": found.total.published(), "by": said}
