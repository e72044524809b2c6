"""All figures of an area, with those about a few people only where they identify nobody."""

from dataclasses import dataclass, replace
from typing import Any

from tracking.statistics.cells import Filters
from tracking.statistics.figures import Area
from tracking.statistics.queries import tables
from tracking.statistics.queries.tables import FigureRow, Tables
from tracking.statistics.rules import DIMENSIONS, total_shown, withheld


@dataclass(frozen=True)
class Restricted:
    """The restricted figures of an area: the column that counts people, and the one that says how many there can be."""

    area: Area
    people: str
    most: str

    def _counts(self, lines: list[FigureRow]) -> tuple[dict[Any, int], dict[Any, int]]:
        """How many each row has, and how many it could have. A row that could have none cannot conceal another."""
        found = {line.key: (line.figures.sums[self.people], line.figures.sums[self.most]) for line in lines}
        known = {key: pair for key, pair in found.items() if any(pair)}
        return {key: people for key, (people, _n) in known.items()}, {key: n for key, (_people, n) in known.items()}

    async def by(self, filters: Filters, dimension: str) -> list[FigureRow]:
        """The figures by the values of a dimension. Two queries.

        Restricted ones are shown for the city and by one dimension at a time: combined filters, or a second breakdown
        of the same records, would reveal those of a few people.
        """
        lines = await tables.by(self.area, filters, dimension)
        if filters != Filters():
            return lines
        people, most = self._counts(lines)
        shown = {*people} - withheld(people, most)
        return [replace(line, figures=replace(line.figures, restricted_shown=line.key in shown)) for line in lines]

    async def everything(self, filters: Filters) -> Tables:
        """Everything that a page and its JSON show, in a constant eleven queries."""
        by = {dimension: await self.by(filters, dimension) for dimension in DIMENSIONS}
        whole = await tables.total(self.area, filters)
        # These tables share the total: if one of them must not be shown beside it, the total is left out, and with it
        # what the others reveal of it.
        shown = filters == Filters() and all(total_shown(*self._counts(lines)) for lines in by.values())
        if not shown:
            by = {
                dimension: [replace(line, figures=replace(line.figures, restricted_shown=False)) for line in lines]
                for dimension, lines in by.items()
            }
        shown = shown and whole.sums.get(self.people, 0) > 0
        months = await tables.months(self.area, filters)
        return Tables(replace(whole, restricted_shown=shown), by, months)
