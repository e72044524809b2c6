"""What became of what was said, as it is published: in total and by each dimension, for pages, JSON and ``verify``."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from forums.labels import KINDS
from forums.queries import figures
from server.core import database
from server.core.city import City
from server.core.ledger import END
from tracking.statistics import cells
from tracking.statistics.cells import ADOPTION, Filters
from tracking.statistics.rules import Figures

FORUMS = 50
"""Forums on a page."""
BLOCK = 1_000
DIMENSIONS = ("kind", "department", "district", "year")


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
class Line:
    """The figures of one value of a dimension."""

    key: Any
    figures: Figures


@dataclass(frozen=True)
class Adoption:
    """All of it at one place."""

    total: Figures
    by: Mapping[str, list[Line]]
    months: list[Line]
    forums: list[tuple[Forum, Figures]]
    older: int | None
    """The forum below which the next page begins."""


async def total(filters: Filters) -> Figures:
    """The figures at one place. Two queries."""
    sums = await cells.totals(ADOPTION, filters)
    days = await cells.days(ADOPTION, filters)
    return Figures(sums.get("", Counter()), days.get("", {}))


async def by(filters: Filters, dimension: str) -> list[Line]:
    """The figures by the values of a dimension, in their order. Two queries."""
    sums = await cells.totals(ADOPTION, filters, dimension)
    days = await cells.days(ADOPTION, filters, dimension)
    one = {"kind": filters.kind or None, "department": filters.department_id, "district": filters.district}
    wanted = one.get(dimension)
    lines = [
        Line(key, Figures(found, days.get(key, {}))) for key, found in sums.items() if wanted is None or key == wanted
    ]
    order = list(KINDS)
    if dimension == "kind":
        return sorted(lines, key=lambda line: order.index(line.key) if line.key in order else len(order))
    if dimension == "year":
        return sorted(lines, key=lambda line: line.key, reverse=True)
    return sorted(lines, key=lambda line: (-line.figures.received, str(line.key)))


async def months(filters: Filters) -> list[Line]:
    """The figures by month, the oldest first; without medians. One query."""
    sums = await cells.totals(ADOPTION, filters, "month")
    return [Line(key, Figures(sums[key])) for key in sorted(sums)]


async def forums(
    filters: Filters, before: int = END, limit: int = FORUMS
) -> tuple[list[tuple[Forum, Figures]], int | None]:
    """The figures by forum, the newest first, and where the next page begins. Four queries."""
    sums, days = await cells.forums(ADOPTION, filters, before, limit + 1)
    ids = list(sums)[:limit]
    named = await _named(ids)
    rows = [(named[i], Figures(sums[i], days.get(i, {}))) for i in ids if any(sums[i].values()) and i in named]
    return rows, ids[-1] if len(sums) > limit else None


async def _named(ids: list[int]) -> dict[int, Forum]:
    if not ids:
        return {}
    titles = await figures.forum_titles(ids)
    rows = await database.fetch(
        f"SELECT forum_id, slug, kind FROM statistics_forum WHERE forum_id IN ({', '.join('?' * len(ids))})", *ids
    )
    return {
        row["forum_id"]: Forum(
            row["forum_id"], row["slug"], titles.get(row["forum_id"], row["slug"]), row["kind"],
            row["forum_id"] in titles,
        )
        for row in rows
    }  # fmt: skip


async def adoption(filters: Filters, before: int = END, limit: int = FORUMS) -> Adoption:
    """Everything that the page and the JSON show. Fifteen queries, however much there is."""
    lines = {dimension: await by(filters, dimension) for dimension in DIMENSIONS}
    if filters.forum_id:
        named = await _named([filters.forum_id])
        whole = await total(filters)
        rows, older = [(forum, whole) for forum in named.values()], None
    else:
        whole = await total(filters)
        rows, older = await forums(filters, before, limit)
    return Adoption(whole, lines, await months(filters), rows, older)


async def published(known: City, filters: Filters) -> dict[str, Any]:
    """The figures with every forum, as ``verify`` holds them against the export."""
    found = await adoption(filters, limit=BLOCK)
    rows, older = list(found.forums), found.older
    while older is not None:
        more, older = await forums(filters, older, BLOCK)
        rows += more
    return document(replace(found, forums=rows), known, "en", {})


def coded(dimension: str, key: Any, known: City, language: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """A value of a dimension as everybody sees it: its stable code and its name; both empty for none."""
    if dimension == "kind":
        return key, kinds.get(key, key)
    if dimension == "department":
        row = known.departments.get(key)
        return (row.code, row.name(language)) if row else ("", "")
    if dimension == "district":
        return key, known.district_name(key, language) if key else ""
    return key, key


def document(found: Adoption, known: City, language: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    """The figures as JSON tells them, each value by its stable code and its name."""
    by_: dict[str, list[dict[str, Any]]] = {}
    for dimension, lines in found.by.items():
        by_[dimension] = []
        for line in lines:
            code, name = coded(dimension, line.key, known, language, kinds)
            by_[dimension].append({dimension: code, "name": name, **line.figures.published()})
    by_["month"] = [{"month": line.key, **line.figures.published(medians=False)} for line in found.months]
    by_["forum"] = [
        {"forum": forum.slug, "name": forum.title, "kind": forum.kind, **figures_.published()}
        for forum, figures_ in found.forums
    ]
    return {"total": found.total.published(), "by": by_, "next": found.older}
