"""What a published figure is: how a record adds to the totals, and how figures are computed from them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Any

from server.core.errors import Text
from tracking.statistics.rules import At, Entry, Spread

Row = Mapping[str, Any]
SUBMISSION, FORUM, CASE, VISIT, TICKET = "submission", "forum", "case", "visit", "queue"
"""The kinds of records that are counted, named as the prefix of their subject in the ledger."""


class Unit(StrEnum):
    """The unit of a figure, which decides how pages format it and its limits in the schema."""

    NUMBER = "number"
    PERCENT = "percent"
    DAYS = "days"
    HOURS = "hours"
    """Working hours."""
    MINUTES = "minutes"
    SECONDS = "seconds"
    """Shown in minutes."""
    POINTS = "points"
    """From 1 to 5."""
    EACH = "each"
    """Several numbers, one for each of the measure's ``values``."""


@dataclass(frozen=True, eq=False)
class Tally:
    """What one record adds to a column of the totals: computed from its row, and as SQL over the table of rows."""

    thing: str
    add: Callable[[Row], int]
    sql: str
    own: bool = False
    """Whether the row has a column of the same name with the number."""


def each(thing: str) -> Tally:
    """Counts one for every record."""
    return Tally(thing, lambda _row: 1, "COUNT(*)")


def number_of(thing: str, column: str) -> Tally:
    """Adds the number in a column; a Boolean counts as 1 or 0."""
    return Tally(thing, itemgetter(column), f"SUM({column})", own=True)


def where(thing: str, column: str, value: str) -> Tally:
    """Counts the records whose column has the given value."""
    return Tally(thing, lambda row: int(row[column] == value), f"SUM(CASE WHEN {column} = '{value}' THEN 1 ELSE 0 END)")


def given(thing: str, column: str) -> Tally:
    """Counts the records whose column is not empty."""
    return Tally(thing, lambda row: int(row[column] is not None), f"SUM(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)")


@dataclass(frozen=True)
class Duration:
    """A duration whose frequencies are counted by number of days or hours, so that medians are exact."""

    name: str
    thing: str
    column: str
    """The column of the record's row."""


@dataclass(frozen=True, eq=False)
class Measure:
    """One published figure."""

    key: str
    """The name in JSON, the CSV, the dictionary and ``verify``."""
    means: Text
    """The definition, for the dictionary and the schema."""
    unit: Unit = Unit.NUMBER
    label: Text | None = None
    """The label among the numbers at the top of the page; None: not shown there."""
    head: Text | None = None
    """The column heading in the page's tables; None: no column."""
    on_map: tuple[str, Text] | None = None
    """The map's query parameter value, and its title."""
    counts: Mapping[str, Tally] = field(default_factory=dict)
    """The columns of the totals that it is computed from; without ``value`` it is their sum."""
    value: Callable[["Figures"], Any] | None = None
    over: Duration | None = None
    point: str = "median"
    """Which point of ``over`` it is: ``median`` or ``late`` (90th percentile)."""
    restricted: bool = False
    """Whether it is withheld where it could reveal a few people: by month, under filters, and for low counts."""
    values: tuple[str, ...] = ()
    """The values that it distinguishes."""

    @property
    def whole(self) -> bool:
        """Whether it is always a whole number."""
        return self.unit is not Unit.POINTS and (self.over is None or self.point != "median")

    def of(self, figures: "Figures") -> Any:
        """The figure for a cell; None if it does not exist or must not be published."""
        if (self.restricted and not figures.restricted_shown) or figures.withholds(self.key):
            return None
        if self.over:
            spread = figures.days.get(self.over.name)
            return getattr(spread, self.point) if spread else None
        return self.value(figures) if self.value else sum(figures.sums.get(column, 0) for column in self.counts)


@dataclass(frozen=True, eq=False)
class Area:
    """A pair of tables and the figures computed from them."""

    totals: str
    """The table of sums."""
    days: str
    """The table of frequencies of each number of days or hours."""
    measures: tuple[Measure, ...]
    main: str = "received"
    """The measure by which the lines of a table are ordered."""
    people: str = ""
    """The measure that counts people."""
    shown: str = ""
    """The one that counts those of whom more than their number may be published."""
    days_by_month: bool = False
    """Whether frequencies are counted by month, too, so that there are medians of months."""

    def __getitem__(self, key: str) -> Measure:
        """A figure by its name."""
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> Mapping[str, Measure]:
        return {measure.key: measure for measure in self.measures}

    def by_month(self, measure: Measure) -> bool:
        """Whether a measure exists by month: monthly ratings could reveal a few people."""
        return not measure.restricted and (measure.over is None or self.days_by_month)

    @cached_property
    def tallies(self) -> Mapping[str, Tally]:
        """The distinct columns of the totals."""
        return {name: tally for measure in self.measures for name, tally in measure.counts.items()}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.tallies)

    @cached_property
    def _things(self) -> Mapping[str, tuple[list[tuple[str, Callable[[Row], int]]], list[Duration]]]:
        durations = dict.fromkeys(measure.over for measure in self.measures if measure.over)
        return {
            thing: (
                [(name, tally.add) for name, tally in self.tallies.items() if tally.thing == thing],
                [duration for duration in durations if duration.thing == thing],
            )
            for thing in (SUBMISSION, FORUM, CASE, VISIT, TICKET)
        }

    def durations(self, thing: str) -> list[Duration]:
        """The durations of a kind of record."""
        return self._things[thing][1]

    def entry(self, thing: str, at: At, row: Row) -> Entry:
        """What a record adds to the totals."""
        adds, durations = self._things[thing]
        days = ((duration.name, row[duration.column]) for duration in durations)
        return Entry(
            at,
            {name: number for name, add in adds if (number := add(row))},
            tuple((name, value) for name, value in days if value is not None),
            days_by_month=self.days_by_month,
        )


@dataclass(frozen=True)
class Figures:
    """The published figures of one cell: ``figures[key]`` by the name of a measure."""

    area: Area
    sums: Mapping[str, int] = field(default_factory=Counter)
    """The columns of the totals."""
    days: Mapping[str, Spread] = field(default_factory=dict)
    restricted_shown: bool = False
    """Whether enough people are counted for restricted figures to be shown."""
    only: frozenset[str] = frozenset()
    """The figures that exist for such a cell; empty: all."""

    def withholds(self, key: str) -> bool:
        """Whether a figure is not published, because it does not exist here or would tell of a few people."""
        none = self.area.shown and not self.sums.get(self.area.shown)
        return bool(self.only and key not in self.only) or bool(none and key not in {self.area.people, self.area.shown})

    def __getitem__(self, key: str) -> Any:
        """A figure by its name."""
        return self.area[key].of(self)

    def published(self, *, monthly: bool = False) -> dict[str, Any]:
        """All figures as in JSON and as ``verify`` compares them with the export."""
        return {one.key: one.of(self) for one in self.area.measures if not monthly or self.area.by_month(one)}
