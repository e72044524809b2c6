"""How petitions were handled, as it is published: volume, times, promptness, satisfaction, reopened."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.core.city import City
from tracking.statistics import cells, rules
from tracking.statistics.cells import PETITIONS, Filters
from tracking.statistics.queries.adoption import coded
from tracking.statistics.rules import HOURS, Spread, total_shown, withheld

DIMENSIONS = ("kind", "department", "district", "year")


@dataclass(frozen=True)
class Handled:
    """The figures at one place."""

    measures: Mapping[str, int]
    hours: Spread | None = None
    satisfaction_shown: bool = False
    """Whether so many rated that no single rating can be computed from the average."""

    def __getattr__(self, name: str) -> int:
        """A measure by its name; what was never counted is 0."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.measures.get(name, 0)

    @property
    def on_time_percent(self) -> int | None:
        """Of the answers that had a day to be there by, rounded down."""
        return rules.percent(self.on_time, self.timed) if self.timed else None

    @property
    def median_hours(self) -> float | None:
        """Of the working hours from receipt to answer."""
        return self.hours.median if self.hours else None

    @property
    def p90_hours(self) -> int | None:
        """Working hours within which nine of ten answers were there."""
        return self.hours.late if self.hours else None

    @property
    def satisfaction(self) -> float | None:
        """Mean of the ratings from 1 to 5, to one place, rounded down."""
        return self.rating * 10 // self.rated / 10 if self.satisfaction_shown and self.rated else None

    def published(self, *, times: bool = True) -> dict[str, int | float | None]:
        """As JSON says it."""
        found: dict[str, int | float | None] = {
            "received": self.received,
            "answered": self.answered,
            "on_time_percent": self.on_time_percent,
            "reopened": self.reopened,
        }
        if times:
            found |= {
                "median_working_hours": self.median_hours,
                "p90_working_hours": self.p90_hours,
                "rated": self.rated if self.satisfaction_shown else None,
                "satisfaction": self.satisfaction,
            }
        return found


@dataclass(frozen=True)
class Petitions:
    """All of it at one place."""

    total: Handled
    by: Mapping[str, list[tuple[Any, Handled]]]
    months: list[tuple[str, Handled]]


async def total(filters: Filters) -> Handled:
    """The figures at one place, without ratings. Two queries."""
    sums, hours = await cells.totals(PETITIONS, filters), await cells.days(PETITIONS, filters)
    return Handled(sums.get("", Counter()), hours.get("", {}).get(HOURS))


Lines = list[tuple[Any, Handled]]


async def petitions_by(filters: Filters, dimension: str) -> Lines:
    """The figures by the values of a dimension. Two queries.

    Ratings are shown for the city, and by one dimension at a time: a table that several filters cut smaller, or a
    second cut through the same petitions, would tell the ratings of a few.
    """
    found = await cells.totals(PETITIONS, filters, dimension)
    times = await cells.days(PETITIONS, filters, dimension)
    hidden = set(found)
    if filters == Filters():
        # Of what has no answer everybody knows that nobody rated it: it hides no other line.
        rated = {key: one["rated"] for key, one in found.items() if one["answered"] or one["rated"]}
        hidden -= set(rated) - withheld(rated, {key: one["answered"] for key, one in found.items()})
    one_of = {"kind": filters.kind or None, "department": filters.department_id, "district": filters.district}
    wanted = one_of.get(dimension)
    lines = [
        (key, Handled(one, times.get(key, {}).get(HOURS), key not in hidden))
        for key, one in found.items()
        if wanted is None or key == wanted
    ]
    if dimension == "year":
        return sorted(lines, key=lambda pair: str(pair[0]), reverse=True)
    return sorted(lines, key=lambda pair: (-pair[1].received, str(pair[0])))


async def petitions(filters: Filters) -> Petitions:
    """Everything that the page and the JSON show. Eleven queries, however many petitions there are."""
    by = {dimension: await petitions_by(filters, dimension) for dimension in DIMENSIONS}
    whole = await total(filters)
    # Of the tables that share the total, one alone that must not be seen beside it is enough to leave out the total,
    # and what the others show of it.
    shown = filters == Filters() and all(map(_total_shown, by.values()))
    if not shown:
        by = {
            dimension: [(key, replace(one, satisfaction_shown=False)) for key, one in lines]
            for dimension, lines in by.items()
        }
    months = await cells.totals(PETITIONS, filters, "month")
    return Petitions(
        Handled(whole.measures, whole.hours, shown and whole.rated > 0),
        by,
        [(month, Handled(months[month])) for month in sorted(months)],
    )


def _total_shown(lines: Lines) -> bool:
    known = {key: one for key, one in lines if one.answered or one.rated}
    return total_shown(
        {key: one.rated for key, one in known.items()}, {key: one.answered for key, one in known.items()}
    )


def document(found: Petitions, known: City, language: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    """The figures as JSON tells them."""
    by: dict[str, list[dict[str, Any]]] = {}
    for dimension, lines in found.by.items():
        by[dimension] = []
        for key, handled in lines:
            code, name = coded(dimension, key, known, language, kinds)
            by[dimension].append({dimension: code, "name": name, **handled.published()})
    by["month"] = [{"month": month, **handled.published(times=False)} for month, handled in found.months]
    return {"total": found.total.published(), "by": by}
