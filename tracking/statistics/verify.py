"""Recomputing the published figures from the export alone: what ``sinmungo statistics verify`` does.

It uses the same functions (``rules``) as the counting of records; only the source of the lines differs, and everything
is summed from scratch.
"""

import csv
import re
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TextIO

import orjson

from tracking.statistics import dictionary
from tracking.statistics.figures import FORUM, SUBMISSION, Area, Figures
from tracking.statistics.measures import ADOPTION, submission_row
from tracking.statistics.rules import ADOPTED, DIMENSIONS, EVERYTHING, OUTCOMES, Entry, spread

COLUMNS, FORUM_COLUMNS = dictionary.COLUMNS["adoption.csv"], dictionary.COLUMNS["forums.csv"]
FILTERS = ("forum", *DIMENSIONS)
NONE = "none"
"""The filter value for "no department" and "no district"."""
PEOPLE = {name for name, tally in ADOPTION.tallies.items() if tally.thing == FORUM}
"""Figures that can only be computed from the export of forums."""
_NAME = re.compile(r"[0-9A-Za-z_.-]{0,60}")


class Unreadable(ValueError):
    """The file is not a valid export; the message says where and why."""


@dataclass
class Sums:
    """The sums of one cell."""

    area: Area
    measures: Counter[str] = field(default_factory=Counter)
    days: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, entry: Entry) -> None:
        """Add one line's entry."""
        self.measures.update(entry.measures)
        for what, value in entry.days:
            self.days[what][value] += 1

    @property
    def figures(self) -> Figures:
        """The figures."""
        days = {what: found for what, counts in self.days.items() if (found := spread(counts))}
        return Figures(self.area, self.measures, days)


Place = tuple[str, str]
"""A dimension and its value; both empty for the total."""


class Recomputed(ABC):
    """The figures of an export, of the lines that match filters given as query parameters."""

    area: Area
    dimensions: tuple[str, ...]
    things: str
    """What its lines are, in the plural."""

    def __init__(self, filters: Mapping[str, str] | None = None) -> None:
        self.filters = {name: "" if value == NONE else value for name, value in (filters or {}).items()}
        self.sums: dict[Place, Sums] = defaultdict(lambda: Sums(self.area))
        self.lines = 0
        """Matching lines of the export."""
        self.compared = 0
        """Published figures that were compared with the lines."""

    @abstractmethod
    def read(self, stream: TextIO) -> None:
        """Add up an export. Raises ``Unreadable``."""

    def add(self, entry: Entry, keys: Mapping[str, str]) -> bool:
        """Add a line's entry if it matches the filters; whether it does."""
        if any(keys[name] != value for name, value in self.filters.items()):
            return False
        self.sums["", ""].add(entry)
        for dimension, value in keys.items():
            self.sums[dimension, value].add(entry)
        return True

    def differences(self, published: Mapping[str, Any]) -> Iterator[str]:
        """A sentence for each published figure that differs from the lines."""
        yield from self._compare("total", ("", ""), published.get("total", {}), monthly=False)
        listed = published.get("by", {})
        for dimension in self.dimensions:
            said = {str(entry.get(dimension, "")): entry for entry in listed.get(dimension, [])}
            for value, entry in said.items():
                where = f"{dimension} {value or '(none)'}"
                yield from self._compare(where, (dimension, value), entry, monthly=dimension == "month")
            if dimension == "forum" and published.get("next"):
                continue  # only the first page of them
            for name, value in list(self.sums):
                if name == dimension and value not in said and self._anything((name, value)):
                    yield f"{dimension} {value or '(none)'}: not among the published figures"

    def left_out(self) -> Collection[str]:
        """Figures that cannot be computed from the files that were read."""
        return ()

    def figures(self, place: Place) -> Figures:
        """The figures of a cell as they are to be published."""
        return (self.sums.get(place) or Sums(self.area)).figures

    def _anything(self, place: Place) -> bool:
        return any(number for name, number in self.sums[place].measures.items() if name not in self.left_out())

    def _compare(self, where: str, place: Place, said: Mapping[str, Any], *, monthly: bool) -> Iterator[str]:
        right = self.figures(place).published(monthly=monthly)
        for name, value in right.items():
            if name in self.left_out():
                continue
            self.compared += 1
            if name not in said:
                yield f"{where}: {name} is not published"
            elif said[name] != value:
                yield f"{where}: {name} is published as {said[name]}, the lines say {value}"


class Submissions(Recomputed):
    """The figures of an export of submissions, and perhaps one of forums."""

    area = ADOPTION
    dimensions = (*DIMENSIONS, "forum", "month")
    things = "submissions"
    forums = False
    """Whether forums have been read."""

    def read(self, stream: TextIO) -> None:
        """Add up an export of submissions. Raises ``Unreadable``."""
        seen: set[str] = set()
        for number, row in lines(stream, COLUMNS):
            line = Line(number, row)
            if not row["submission"] or row["submission"] in seen:
                raise Unreadable(
                    f"line {number}: the submission {row['submission']!r} stands there twice or is missing"
                )
            seen.add(row["submission"])
            received, outcome = line.day("received_on"), row["outcome"]
            if outcome not in {"", *OUTCOMES}:
                raise Unreadable(f"line {number}: {outcome!r} is no outcome")
            answered, done = line.day_or_none("outcome_on"), line.day_or_none("done_on")
            if bool(outcome) != bool(answered):
                missing = "the day of its outcome" if outcome else "its outcome"
                raise Unreadable(f"line {number}: {row['submission']} lacks {missing}")
            if done and outcome not in ADOPTED:
                raise Unreadable(f"line {number}: {row['submission']} is done, but was not adopted")
            entry = ADOPTION.entry(SUBMISSION, EVERYTHING, submission_row(received, outcome, answered, done))
            self.lines += self.add(entry, {**line.names("forum", "kind", "department", "district"), **times(received)})

    def read_forums(self, stream: TextIO) -> None:
        """Add up an export of forums. Raises ``Unreadable``."""
        self.forums = True
        for number, row in lines(stream, FORUM_COLUMNS):
            line = Line(number, row)
            held = line.day("held_on")
            if not re.fullmatch(r"[0-9]{1,9}", row["participants"]):
                raise Unreadable(f"line {number}: {row['participants']!r} is no number of people")
            entry = ADOPTION.entry(FORUM, EVERYTHING, {"participants": int(row["participants"])})
            self.add(entry, {**line.names("forum", "kind", "department", "district"), **times(held)})

    def left_out(self) -> Collection[str]:
        return () if self.forums else PEOPLE


def read_published(raw: bytes, allowed: Collection[str] = FILTERS) -> Mapping[str, Any]:
    """Parse downloaded figures, which may stand under the allowed filters. Raises ``Unreadable``."""
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the published figures are no JSON: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("total"), dict):
        raise Unreadable("the published figures have no total")
    by = content.get("by")
    lists = list(by.values()) if isinstance(by, dict) else [None]
    if not all(isinstance(lines, list) and all(isinstance(line, dict) for line in lines) for lines in lists):
        raise Unreadable("the published figures have no dimensions")
    filters = content.get("filters", {})
    if not isinstance(filters, dict) or not all(
        name in allowed and isinstance(value, str) for name, value in filters.items()
    ):
        raise Unreadable("the published figures stand under filters that are none of ours")
    return content


@dataclass(frozen=True)
class Line:
    """A line of an export, with its number in the file. Its methods raise ``Unreadable``."""

    number: int
    row: Mapping[str, str]

    def day(self, name: str) -> date:
        """A column's date."""
        text = self.row[name]
        try:
            return date.fromisoformat(text if len(text) == len("2025-01-01") else "")
        except ValueError as error:
            raise Unreadable(f"line {self.number}: {text!r} in {name} is no day (YYYY-MM-DD)") from error

    def day_or_none(self, name: str) -> date | None:
        """A column's date; None if it is empty."""
        return self.day(name) if self.row[name] else None

    def whole(self, name: str) -> int | None:
        """A column's whole number; None if it is empty."""
        text = self.row[name]
        if not re.fullmatch(r"(-?[0-9]{1,9})?", text):
            raise Unreadable(f"line {self.number}: {text!r} in {name} is no whole number")
        return int(text) if text else None

    def one_of(self, name: str, values: Collection[str]) -> str:
        """A column that has one of these values."""
        if self.row[name] not in values:
            raise Unreadable(f"line {self.number}: {self.row[name]!r} in {name} is none of its values")
        return self.row[name]

    def names(self, *columns: str) -> dict[str, str]:
        """Columns with codes."""
        for column in columns:
            if not _NAME.fullmatch(self.row[column]):
                raise Unreadable(f"line {self.number}: {self.row[column]!r} in {column} is no code")
        return {column: self.row[column] for column in columns}


def times(day: date) -> dict[str, str]:
    """The year and the month of a day, as dimensions."""
    return {"year": day.isoformat()[:4], "month": day.isoformat()[:7]}


def lines(stream: TextIO, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of an export with their line numbers. Raises ``Unreadable``."""
    wanted = list(columns)
    reader = csv.reader(stream, strict=True)
    try:
        head = [name.removeprefix("\ufeff") for name in next(reader, [])]
        if head != wanted:
            raise Unreadable(f"line 1: the columns must be {', '.join(wanted)}, not {', '.join(head) or 'none'}")
        for row in reader:
            if len(row) != len(wanted):
                raise Unreadable(f"line {reader.line_num}: {len(row)} values instead of {len(wanted)}")
            yield reader.line_num, dict(zip(wanted, row, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise Unreadable(f"line {reader.line_num}: {error}") from error
