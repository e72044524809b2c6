"""Every published figure, one :class:`Measure` record each: its words, how it is counted, and where it is shown.

Counting, the recount, the tables, the pages, JSON with its schema, the CSV, the dictionary and ``verify`` read these
records. A new figure based on columns and durations that are already counted needs only one record.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Any

from server.core.errors import Text, _
from tracking.statistics.rules import (
    ADOPTED,
    ANSWER,
    DONE,
    HOURS,
    LEAD,
    OUTCOMES,
    At,
    Entry,
    Spread,
    days_between,
    percent,
)

Row = Mapping[str, Any]
SUBMISSION, FORUM, CASE, VISIT = "submission", "forum", "case", "visit"
"""The kinds of records that are counted, named as the prefix of their subject in the ledger."""


class Unit(StrEnum):
    """The unit of a figure, which decides how pages format it and its limits in the schema."""

    NUMBER = "number"
    PERCENT = "percent"
    DAYS = "days"
    HOURS = "hours"
    """Working hours."""
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


def _each(thing: str) -> Tally:
    """Counts one for every record."""
    return Tally(thing, lambda _row: 1, "COUNT(*)")


def _number(thing: str, column: str) -> Tally:
    """Adds the number in a column; a Boolean counts as 1 or 0."""
    return Tally(thing, itemgetter(column), f"SUM({column})", own=True)


def _where(thing: str, column: str, value: str) -> Tally:
    """Counts the records whose column has the given value."""
    return Tally(thing, lambda row: int(row[column] == value), f"SUM(CASE WHEN {column} = '{value}' THEN 1 ELSE 0 END)")


def _given(thing: str, column: str) -> Tally:
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
    def monthly(self) -> bool:
        """Whether it exists by month: durations are kept by year, and monthly ratings could reveal a few people."""
        return self.over is None and not self.restricted

    @property
    def whole(self) -> bool:
        """Whether it is always a whole number."""
        return self.unit is not Unit.POINTS and (self.over is None or self.point != "median")

    def of(self, figures: "Figures") -> Any:
        """The figure for a cell; None if it does not exist or must not be published."""
        if self.restricted and not figures.restricted_shown:
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

    def __getitem__(self, key: str) -> Measure:
        """A figure by its name."""
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> Mapping[str, Measure]:
        return {measure.key: measure for measure in self.measures}

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
            for thing in (SUBMISSION, FORUM, CASE, VISIT)
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

    def __getitem__(self, key: str) -> Any:
        """A figure by its name."""
        return self.area[key].of(self)

    def published(self, *, monthly: bool = False) -> dict[str, Any]:
        """All figures as in JSON and as ``verify`` compares them with the export."""
        return {one.key: one.of(self) for one in self.area.measures if one.monthly or not monthly}


def _mean(figures: Figures) -> float | None:
    """The mean rating, rounded down to one decimal place."""
    rated = figures.sums.get("rated", 0)
    return figures.sums.get("rating", 0) * 10 // rated / 10 if rated else None


def _on_time(figures: Figures) -> int | None:
    timed = figures.sums.get("timed", 0)
    return percent(figures.sums.get("on_time", 0), timed) if timed else None


def _documents(figures: Figures) -> int | None:
    wanted = figures.sums.get("with_documents", 0)
    return percent(figures.sums.get("documents_complete", 0), wanted) if wanted else None


def submission_row(received_on: Any, outcome: str, answered_on: Any, done_on: Any) -> dict[str, Any]:
    """The values that a submission's figures are computed from; an outcome counts only if its day is known."""
    answered = answered_on if outcome else None
    return {
        "received_on": received_on,
        "outcome": outcome,
        "outcome_on": answered,
        "done_on": done_on,
        "answer_days": days_between(received_on, answered) if answered else None,
        "done_days": days_between(received_on, done_on) if done_on else None,
    }


_OUTCOME = {name: _where(SUBMISSION, "outcome", name) for name in OUTCOMES}
_TO_ANSWER = Duration(ANSWER, SUBMISSION, "answer_days")
_TO_DONE = Duration(DONE, SUBMISSION, "done_days")
_WORKED = Duration(HOURS, CASE, "hours")
_LEAD = Duration(LEAD, VISIT, "lead_days")

ADOPTION = Area(
    "statistics_adoption",
    "statistics_adoption_days",
    (
        Measure(
            "forums",
            _("Forums that have started, by their first day; notices are not counted."),
            label=_("Forums"),
            head=_("Forums"),
            counts={"forums": _each(FORUM)},
        ),
        Measure(
            "participants",
            _("The sum of the participants of these forums; someone who took part in two forums counts twice."),
            label=_("Participants"),
            head=_("Participants"),
            counts={"participants": _number(FORUM, "participants")},
        ),
        Measure(
            "received",
            _("Submissions that everyone can read and nobody has withdrawn, by the day of receipt."),
            head=_("Came in"),
            counts={"received": _each(SUBMISSION)},
        ),
        Measure(
            "considered",
            _("Those that have been answered, whatever the outcome."),
            head=_("Answered so far"),
            counts=_OUTCOME,
        ),
        Measure(
            "adopted",
            _("Those adopted in full or in part."),
            head=_("Adopted"),
            counts={name: _OUTCOME[name] for name in ADOPTED},
        ),
        Measure(
            "adopted_percent",
            _("Share of received submissions that were adopted, rounded down."),
            Unit.PERCENT,
            head=Text("%"),
            value=lambda figures: percent(figures["adopted"], figures["received"]),
        ),
        Measure(
            "done",
            _("Those with a day on which they were carried out."),
            head=_("Carried out"),
            counts={"done": _given(SUBMISSION, "done_on")},
        ),
        Measure(
            "outcomes",
            _("How many of them have each answer."),
            Unit.EACH,
            value=lambda figures: {name: figures.sums.get(name, 0) for name in OUTCOMES},
            values=OUTCOMES,
        ),
        Measure(
            "median_days_to_answer",
            _("Half of the answers arrived within this many calendar days."),
            Unit.DAYS,
            label=_("Half of the answers arrived within"),
            head=_("Until the answer"),
            over=_TO_ANSWER,
        ),
        Measure(
            "median_days_to_done",
            _("Half of what was carried out was done within this many days after receipt."),
            Unit.DAYS,
            label=_("Half of what was carried out was done within"),
            head=_("Until it was carried out"),
            over=_TO_DONE,
        ),
    ),
)

PETITIONS = Area(
    "statistics_petitions",
    "statistics_petition_hours",
    (
        Measure(
            "received",
            _("Petitions that nobody has withdrawn, by the day of receipt."),
            label=_("Petitions received"),
            head=_("Came in"),
            on_map=("received", _("Number of petitions")),
            counts={"received": _each(CASE)},
        ),
        Measure(
            "answered",
            _("Those with a valid answer."),
            label=_("Petitions answered"),
            head=_("Answered so far"),
            counts={"answered": _number(CASE, "answered")},
        ),
        Measure(
            "on_time_percent",
            _("Share of answers with a deadline that arrived in time, rounded down. Empty: none had a deadline."),
            Unit.PERCENT,
            label=_("Answered in time"),
            head=_("Answered in time"),
            on_map=("on_time_percent", _("Answered in time")),
            counts={name: _number(CASE, name) for name in ("timed", "on_time")},
            value=_on_time,
        ),
        Measure(
            "reopened",
            _("Petitions that were reopened after an answer."),
            label=_("Cases reopened"),
            head=_("Cases reopened"),
            counts={"reopened": _number(CASE, "reopened")},
        ),
        Measure(
            "median_working_hours",
            _("Half of the answers arrived within this many working hours, eight to a day."),
            Unit.HOURS,
            label=_("Half of the answers arrived within"),
            head=_("Half answered within (working time)"),
            on_map=("median_hours", _("Median time")),
            over=_WORKED,
        ),
        Measure(
            "p90_working_hours",
            _("Nine out of ten answers arrived within this many working hours."),
            Unit.HOURS,
            label=_("Nine out of ten answers arrived within"),
            head=_("Nine out of ten answered within (working time)"),
            over=_WORKED,
            point="late",
        ),
        Measure(
            "rated",
            _("Petitions whose answer was rated. Empty if there are few, by month, and with filters."),
            counts={"rated": _number(CASE, "rated")},
            restricted=True,
        ),
        Measure(
            "satisfaction",
            _("The mean of these ratings from 1 to 5, rounded down to one decimal place."),
            Unit.POINTS,
            label=_("Satisfaction (1 to 5)"),
            head=_("Satisfaction (1 to 5)"),
            counts={"rating": _number(CASE, "rating")},
            value=_mean,
            restricted=True,
        ),
    ),
)

VISITS = Area(
    "statistics_visits",
    "statistics_visit_days",
    (
        Measure(
            "booked",
            _("Visits that were booked, by their own day, whatever became of them."),
            label=_("Visits booked"),
            head=_("Booked"),
            counts={"booked": _each(VISIT)},
        ),
        Measure(
            "median_lead_days",
            _("Half of the visits were booked at most this many days before."),
            Unit.DAYS,
            label=_("Half were booked at most so long before"),
            head=_("Booked before"),
            over=_LEAD,
        ),
        Measure(
            "cancelled",
            _("Visits that their visitors or the office cancelled."),
            head=_("Visits cancelled"),
            counts={"cancelled": _number(VISIT, "cancelled")},
        ),
        Measure(
            "cancelled_percent",
            _("Share of booked visits that were cancelled, rounded down."),
            Unit.PERCENT,
            label=_("Cancelled"),
            head=_("Cancelled"),
            value=lambda figures: percent(figures["cancelled"], figures["booked"]),
        ),
        Measure(
            "served",
            _("Visits whose visitors came and were served."),
            label=_("Visitors served"),
            head=_("Served"),
            counts={"served": _number(VISIT, "served")},
        ),
        Measure(
            "no_shows",
            _("Visits to which nobody came, without excused ones. Empty if there are few, by month, and with filters."),
            label=_("No-shows"),
            head=_("No-shows"),
            counts={"missed": _number(VISIT, "missed")},
            restricted=True,
        ),
        Measure(
            "with_documents",
            _("Visits for which documents were to be handed in."),
            counts={"with_documents": _number(VISIT, "with_documents")},
        ),
        Measure(
            "documents_complete_percent",
            _("Share of these whose documents were all accepted before the visit, rounded down. Empty: none had any."),
            Unit.PERCENT,
            label=_("Documents complete before the visit"),
            head=_("Documents complete"),
            counts={"documents_complete": _number(VISIT, "documents_complete")},
            value=_documents,
        ),
    ),
    main="booked",
)
