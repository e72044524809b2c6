"""Recomputing the published figures from the export alone: what ``sinmungo statistics verify`` does.

It uses the same functions (``rules``) as the counting of records; only the source of the lines differs, and everything
is summed from scratch.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TextIO

import orjson

from tracking.statistics import dictionary
from tracking.statistics.figures import FORUM, SUBMISSION, Figures
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

    measures: Counter[str] = field(default_factory=Counter)
    days: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, entry: Entry) -> None:
        """Add one line's entry."""
        self.measures.update(entry.measures)
        for what, value in entry.days:
            self.days[what][value] += 1

    def published(self, *, monthly: bool) -> dict[str, Any]:
        """The figures as they are published."""
        days = {what: found for what, counts in self.days.items() if (found := spread(counts))}
        return Figures(ADOPTION, self.measures, days).published(monthly=monthly)


Place = tuple[str, str]
"""A dimension and its value; both empty for the total."""


class Recomputed:
    """The figures of an export, of the lines that match filters given as query parameters."""

    def __init__(self, filters: Mapping[str, str] | None = None) -> None:
        self.filters = {name: "" if value == NONE else value for name, value in (filters or {}).items()}
        self.sums: dict[Place, Sums] = defaultdict(Sums)
        self.lines = 0
        """Matching submissions."""
        self.forums = False
        self.compared = 0
        """Published figures that were compared with the lines."""

    def _add(self, entry: Entry, keys: Mapping[str, str]) -> bool:
        """Add a line's entry if it matches the filters; whether it does."""
        if any(keys[name] != value for name, value in self.filters.items()):
            return False
        self.sums["", ""].add(entry)
        for dimension, value in keys.items():
            self.sums[dimension, value].add(entry)
        return True

    def read(self, stream: TextIO) -> None:
        """Add up an export of submissions. Raises ``Unreadable``."""
        seen: set[str] = set()
        for number, row in lines(stream, COLUMNS):
            line = _Line(number, row)
            if not row["submission"] or row["submission"] in seen:
                raise Unreadable(
                    f"line {number}: the submission {row['submission']!r} stands there twice or is missing"
                )
            seen.add(row["submission"])
            received, outcome = line.day("received_on", required=True), row["outcome"]
            if received is None or outcome not in {"", *OUTCOMES}:
                raise Unreadable(f"line {number}: {outcome!r} is no outcome")
            answered, done = line.day("outcome_on"), line.day("done_on")
            if bool(outcome) != bool(answered):
                missing = "the day of its outcome" if outcome else "its outcome"
                raise Unreadable(f"line {number}: {row['submission']} lacks {missing}")
            if done and outcome not in ADOPTED:
                raise Unreadable(f"line {number}: {row['submission']} is done, but was not adopted")
            entry = ADOPTION.entry(SUBMISSION, EVERYTHING, submission_row(received, outcome, answered, done))
            self.lines += self._add(
                entry, {**line.names("forum", "kind", "department", "district"), **_times(received)}
            )

    def read_forums(self, stream: TextIO) -> None:
        """Add up an export of forums. Raises ``Unreadable``."""
        self.forums = True
        for number, row in lines(stream, FORUM_COLUMNS):
            line = _Line(number, row)
            held = line.day("held_on", required=True)
            if held is None or not re.fullmatch(r"[0-9]{1,9}", row["participants"]):
                raise Unreadable(f"line {number}: {row['participants']!r} is no number of people")
            entry = ADOPTION.entry(FORUM, EVERYTHING, {"participants": int(row["participants"])})
            self._add(entry, {**line.names("forum", "kind", "department", "district"), **_times(held)})

    def differences(self, published: Mapping[str, Any], *, every_forum: bool) -> Iterator[str]:
        """A sentence for each published figure that differs from the lines; ``every_forum``: none may be missing."""
        yield from self._compare("total", ("", ""), published.get("total", {}), monthly=False)
        listed = published.get("by", {})
        for dimension in (*DIMENSIONS, "forum", "month"):
            said = {str(entry.get(dimension, "")): entry for entry in listed.get(dimension, [])}
            for value, entry in said.items():
                where = f"{dimension} {value or '(none)'}"
                yield from self._compare(where, (dimension, value), entry, monthly=dimension == "month")
            if dimension == "forum" and not every_forum:
                continue
            for name, value in list(self.sums):
                if name == dimension and value not in said and self._anything((name, value)):
                    yield f"{dimension} {value or '(none)'}: not among the published figures"

    def _anything(self, place: Place) -> bool:
        return any(number for name, number in self.sums[place].measures.items() if self.forums or name not in PEOPLE)

    def _compare(self, where: str, place: Place, said: Mapping[str, Any], *, monthly: bool) -> Iterator[str]:
        right = (self.sums.get(place) or Sums()).published(monthly=monthly)
        for name, value in right.items():
            if name in PEOPLE and not self.forums:
                continue
            self.compared += 1
            if name not in said:
                yield f"{where}: {name} is not published"
            elif said[name] != value:
                yield f"{where}: {name} is published as {said[name]}, the lines say {value}"


def read_published(raw: bytes) -> Mapping[str, Any]:
    """Parse downloaded figures. Raises ``Unreadable``."""
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
        name in FILTERS and isinstance(value, str) for name, value in filters.items()
    ):
        raise Unreadable("the published figures stand under filters that are none of ours")
    return content


@dataclass(frozen=True)
class _Line:
    number: int
    row: Mapping[str, str]

    def day(self, name: str, *, required: bool = False) -> date | None:
        text = self.row[name]
        if not text and not required:
            return None
        try:
            return date.fromisoformat(text if len(text) == len("2025-01-01") else "")
        except ValueError as error:
            raise Unreadable(f"line {self.number}: {text!r} in {name} is no day (YYYY-MM-DD)") from error

    def names(self, *columns: str) -> dict[str, str]:
        for column in columns:
            if not _NAME.fullmatch(self.row[column]):
                raise Unreadable(f"line {self.number}: {self.row[column]!r} in {column} is no code")
        return {column: self.row[column] for column in columns}


def _times(day: date) -> dict[str, str]:
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
