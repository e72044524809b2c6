"""The published figures about the outcomes of submissions, with those of each forum."""

from dataclasses import replace
from typing import Any

from forums.labels import KINDS
from forums.queries import figures
from server.core import database
from server.core.city import City
from server.core.ledger import END
from tracking.statistics import cells
from tracking.statistics.cells import Filters
from tracking.statistics.figures import Figures
from tracking.statistics.measures import ADOPTION
from tracking.statistics.queries import tables
from tracking.statistics.queries.tables import FigureRow, Forum, Tables
from tracking.statistics.rules import DIMENSIONS

FORUMS = 50
"""Forums on a page."""
BLOCK = 1_000


async def by(filters: Filters, dimension: str) -> list[FigureRow]:
    """The figures by the values of a dimension; kinds in their declared order. Two queries."""
    return await tables.by(ADOPTION, filters, dimension, tuple(KINDS) if dimension == "kind" else ())


async def forums(
    filters: Filters, before: int = END, limit: int = FORUMS
) -> tuple[list[tuple[Forum, Figures]], int | None]:
    """The figures by forum, newest first, and where the next page begins. Four queries."""
    sums, days = await cells.forums(ADOPTION, filters, before, limit + 1)
    ids = list(sums)[:limit]
    named = await _named(ids)
    rows = [
        (named[i], Figures(ADOPTION, sums[i], days.get(i, {}))) for i in ids if any(sums[i].values()) and i in named
    ]
    return rows, ids[-1] if len(sums) > limit else None


async def _named(ids: list[int]) -> dict[int, Forum]:
    if not ids:
        return {}
    titles = await figures.forum_titles(ids)
    rows = await database.fetch(
        f"SELECT forum_id AS id, slug, kind FROM statistics_forum WHERE forum_id IN ({', '.join('?' * len(ids))})", *ids
    )
    return {
        row["id"]: Forum(**row, title=titles.get(row["id"], row["slug"]), named=row["id"] in titles) for row in rows
    }


async def adoption(filters: Filters, before: int = END, limit: int = FORUMS) -> Tables:
    """Everything that the page and the JSON show, in a constant fifteen queries."""
    lines = {dimension: await by(filters, dimension) for dimension in DIMENSIONS}
    whole = await tables.total(ADOPTION, filters)
    if filters.forum_id:
        rows, older = [(forum, whole) for forum in (await _named([filters.forum_id])).values()], None
    else:
        rows, older = await forums(filters, before, limit)
    return Tables(whole, lines, await tables.months(ADOPTION, filters), rows, older)


async def published(reference_data: City, filters: Filters) -> dict[str, Any]:
    """The figures with every forum, as ``verify`` compares them with the export."""
    found = await adoption(filters, limit=BLOCK)
    rows, older = list(found.forums), found.older
    while older is not None:
        more, older = await forums(filters, older, BLOCK)
        rows += more
    return document(replace(found, forums=rows, older=None), reference_data, "en")


def document(found: Tables, reference_data: City, language: str) -> dict[str, Any]:
    """The figures as JSON, with a page of forums and where the next one begins."""
    said = tables.document(found, reference_data, language, KINDS)
    said["by"]["forum"] = [
        {"forum": forum.slug, "name": forum.title, "kind": forum.kind, **figures_.published()}
        for forum, figures_ in found.forums
    ]
    return {**said, "next": found.older}
