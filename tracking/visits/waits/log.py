"""The log of an office's queue, a JSON object a line, as ``sinmungo queue evaluate`` reads it.

A line is known when the lines before it in the file have happened, and holds from its ``at`` on. So a roster that
stands before the lines of a day is its plan, and one that stands among them in the order of time is a surprise.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from math import inf
from typing import Any, NamedTuple

import orjson


class What(StrEnum):
    """What happened."""

    ROSTER = "roster"
    """From now on a counter serves these services; none: it is closed."""
    BOOKING = "booking"
    ARRIVAL = "arrival"
    CALL = "call"
    START = "start"
    END = "end"
    NO_SHOW = "no_show"


NEEDED = {
    What.ROSTER: ("counter", "services"),
    What.BOOKING: ("ticket", "service", "booked_for"),
    What.ARRIVAL: ("ticket",),
    What.CALL: ("ticket", "counter"),
    What.START: ("ticket",),
    What.END: ("ticket",),
    What.NO_SHOW: ("ticket",),
}


class Line(NamedTuple):
    """One line; moments are seconds since the epoch."""

    number: int
    at: float
    what: What
    ticket: str = ""
    service: str = ""
    counter: str = ""
    services: frozenset[str] = frozenset()
    booked_for: float | None = None
    known: float = 0
    """When it is known: for a roster or a booking that may be earlier than it holds."""


class BadLine(Exception):
    """A line that cannot be read, with its number and field."""

    def __init__(self, number: int, name: str, problem: str) -> None:
        super().__init__(f"line {number}: {name}: {problem}" if name else f"line {number}: {problem}")
        self.number, self.field = number, name


@dataclass
class Log:
    """The lines of a log in the order in which they are known, and what was odd about the file."""

    lines: list[Line] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    """How many lines had another ``what``; they are left out."""
    out_of_order: int = 0
    """How many lines were earlier than one before them; they are put where they belong."""


def read(lines: Iterable[bytes]) -> Log:
    """Read a log. Raises :class:`BadLine` for the first line that is wrong."""
    log, latest = Log(), -inf
    booked = set[str]()
    for line in _lines(lines, log):
        if line.what is What.BOOKING:
            booked.add(line.ticket)
        if line.what is What.ARRIVAL and not line.service and line.ticket not in booked:
            raise BadLine(line.number, "service", "missing, and there is no booking of this ticket before it")
        if line.what is What.ROSTER:
            log.lines.append(line._replace(known=min(line.at, latest)))
            continue
        if line.what is not What.BOOKING:
            log.out_of_order += line.at < latest
            latest = max(latest, line.at)
        log.lines.append(line._replace(known=line.at))
    earliest = inf
    for place in reversed(range(len(log.lines))):
        line = log.lines[place]
        if line.what not in {What.ROSTER, What.BOOKING}:
            earliest = min(earliest, line.at)
        elif line.what is What.ROSTER and earliest >= line.at:  # nothing after it happened before it: no plan
            log.lines[place] = line._replace(known=line.at)
    log.lines.sort(key=lambda line: line.known)
    return log


def _lines(lines: Iterable[bytes], log: Log) -> Iterator[Line]:
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            values = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise BadLine(number, "", f"not JSON: {error}") from error
        if not isinstance(values, dict):
            raise BadLine(number, "", "not an object")
        line = _Reader(number, values)
        what = line.text("what")
        if what not in set(What):
            log.unknown[what] = log.unknown.get(what, 0) + 1
            continue
        yield line.read(What(what))


class _Reader:
    def __init__(self, number: int, values: dict[str, Any]) -> None:
        self.number, self.values = number, values

    def read(self, what: What) -> Line:
        for name in NEEDED[what]:
            if self.values.get(name) is None:
                raise BadLine(self.number, name, f"missing, a line of {what} needs it")
        return Line(
            self.number,
            self.moment("at"),
            what,
            ticket=self.given("ticket", self.name, ""),
            service=self.given("service", self.text, ""),
            counter=self.given("counter", self.name, ""),
            services=self.given("services", self.names, frozenset()),
            booked_for=self.given("booked_for", self.moment, None),
        )

    def given(self, name: str, read: Callable[[str], Any], default: Any) -> Any:
        return default if self.values.get(name) is None else read(name)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            raise BadLine(self.number, name, "missing" if value is None else "not a text" if value != "" else "empty")
        return value

    def name(self, name: str) -> str:
        """A text, or a whole number in its place."""
        value = self.values[name]
        return str(value) if type(value) is int else self.text(name)

    def names(self, name: str) -> frozenset[str]:
        value = self.values[name]
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise BadLine(self.number, name, "not a list of texts")
        return frozenset(value)

    def moment(self, name: str) -> float:
        text = self.text(name)
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise BadLine(self.number, name, f"{text!r} is not a moment such as 2026-03-04T10:30:00+09:00") from None
        if found.tzinfo is None:
            raise BadLine(self.number, name, f"{text!r} has no time zone, such as +09:00")
        return found.astimezone(UTC).timestamp()
