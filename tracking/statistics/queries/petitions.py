"""How petitions were handled, as it is published: ratings only where they tell of nobody."""

from dataclasses import replace
from typing import Any

from tracking.statistics.cells import Filters
from tracking.statistics.measures import PETITIONS
from tracking.statistics.queries import tables
from tracking.statistics.queries.tables import DIMENSIONS, FigureRow, Tables
from tracking.statistics.rules import total_shown, withheld


def _ratings(lines: list[FigureRow]) -> tuple[dict[Any, int], dict[Any, int]]:
    """How many rated in each line, and how many could have.

    Of what has no answer everybody knows that nobody rated it: it hides no other line.
    """
    found = {line.key: (line.figures.sums["rated"], line.figures.sums["answered"]) for line in lines}
    known = {key: pair for key, pair in found.items() if any(pair)}
    return {key: rated for key, (rated, _n) in known.items()}, {key: n for key, (_rated, n) in known.items()}


async def petitions_by(filters: Filters, dimension: str) -> list[FigureRow]:
    """The figures by the values of a dimension. Two queries.

    Ratings are shown for the city, and by one dimension at a time: a table that several filters cut smaller, or a
    second cut through the same petitions, would tell the ratings of a few.
    """
    lines = await tables.by(PETITIONS, filters, dimension)
    if filters != Filters():
        return lines
    rated, answered = _ratings(lines)
    shown = {*rated} - withheld(rated, answered)
    return [replace(line, figures=replace(line.figures, restricted_shown=line.key in shown)) for line in lines]


async def petitions(filters: Filters) -> Tables:
    """Everything that the page and the JSON show. Eleven queries, however many petitions there are."""
    by = {dimension: await petitions_by(filters, dimension) for dimension in DIMENSIONS}
    whole = await tables.total(PETITIONS, filters)
    # Of the tables that share the total, one alone that must not be seen beside it is enough to leave out the total,
    # and what the others show of it.
    shown = filters == Filters() and all(total_shown(*_ratings(lines)) for lines in by.values())
    if not shown:
        by = {
            dimension: [replace(line, figures=replace(line.figures, restricted_shown=False)) for line in lines]
            for dimension, lines in by.items()
        }
    shown = shown and whole.sums.get("rated", 0) > 0
    months = await tables.months(PETITIONS, filters)
    return Tables(replace(whole, restricted_shown=shown), by, months)
