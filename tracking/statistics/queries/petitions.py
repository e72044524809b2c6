"""The published figures about petitions; ratings only where they identify nobody."""

from dataclasses import replace
from typing import Any

from tracking.statistics.cells import Filters
from tracking.statistics.measures import PETITIONS
from tracking.statistics.queries import tables
from tracking.statistics.queries.tables import FigureRow, Tables
from tracking.statistics.rules import DIMENSIONS, total_shown, withheld


def _ratings(lines: list[FigureRow]) -> tuple[dict[Any, int], dict[Any, int]]:
    """How many ratings each row has, and how many it could have.

    Without an answer there can be no rating, so such a row cannot conceal another.
    """
    found = {line.key: (line.figures.sums["rated"], line.figures.sums["answered"]) for line in lines}
    known = {key: pair for key, pair in found.items() if any(pair)}
    return {key: rated for key, (rated, _n) in known.items()}, {key: n for key, (_rated, n) in known.items()}


async def petitions_by(filters: Filters, dimension: str) -> list[FigureRow]:
    """The figures by the values of a dimension. Two queries.

    Ratings are shown for the city and by one dimension at a time: combined filters, or a second breakdown of the same
    petitions, would reveal the ratings of a few people.
    """
    lines = await tables.by(PETITIONS, filters, dimension)
    if filters != Filters():
        return lines
    rated, answered = _ratings(lines)
    shown = {*rated} - withheld(rated, answered)
    return [replace(line, figures=replace(line.figures, restricted_shown=line.key in shown)) for line in lines]


async def petitions(filters: Filters) -> Tables:
    """Everything that the page and the JSON show, in a constant eleven queries."""
    by = {dimension: await petitions_by(filters, dimension) for dimension in DIMENSIONS}
    whole = await tables.total(PETITIONS, filters)
    # These tables share the total: if one of them must not be shown beside it, the total is left out, and with it what
    # the others reveal of it.
    shown = filters == Filters() and all(total_shown(*_ratings(lines)) for lines in by.values())
    if not shown:
        by = {
            dimension: [replace(line, figures=replace(line.figures, restricted_shown=False)) for line in lines]
            for dimension, lines in by.items()
        }
    shown = shown and whole.sums.get("rated", 0) > 0
    months = await tables.months(PETITIONS, filters)
    return Tables(replace(whole, restricted_shown=shown), by, months)
