"""Recomputing the figures of waiting from the export of tickets, and what its lines say."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TextIO

from tracking.statistics import dictionary
from tracking.statistics.dictionary import FEW
from tracking.statistics.figures import TICKET, Figures, Row
from tracking.statistics.rules import AND, EVERYTHING, LEAST
from tracking.statistics.small_groups import HOUR
from tracking.statistics.verify import Line, Place, Recomputed, Unreadable, lines
from tracking.statistics.waiting_measures import BY_HOUR, WAITING
from tracking.visits.queries.ticket_figures import BOOKED, WALK_IN, minutes

COLUMNS = dictionary.COLUMNS["waiting.csv"]
FILTERS = ("office", "how", "service", "year")
SETTLED, SETTLED_IN_ONE = "settled", "settled_in_one"
WITHHELD = "withheld"
GROUP = ("month", "office", "how", "service", "hour")
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def lines_of(row: Row, offices: Mapping[int, str]) -> tuple[dict[str, str], dict[str, str]]:
    """A counted ticket as its two lines of the export: one with its service, one with its hour. Neither has its day.

    They share nothing that tells which belong together but what many tickets have in common. ``offices``: codes by id.
    """
    service, hour = row["district"].split(AND)
    common = {
        "month": row["period"].removeprefix("m"),
        "office": offices.get(row["department_id"], row["department_id"]),
        "visitors": int(row["visitors"]),
        "outcome": next((name for name in dictionary.TICKET_OUTCOMES if row[name]), "") if row["told"] else WITHHELD,
    }
    of_service = {
        "how": row["kind"],
        "service": service,
        "wait_seconds": row["wait_seconds"] if row["called"] else "",
        "service_seconds": row["service_seconds"] if row["timed"] else "",
        "case": (SETTLED_IN_ONE if row["settled_in_one"] else SETTLED) if row["cases_settled"] else "",
        "estimate_bias_seconds": row["estimate_bias"] if row["estimates"] else "",
        "estimate_held": int(row["estimate_held"]) if row["estimates"] else "",
    }
    of_hour = {"hour": hour.removeprefix(HOUR), "wait_minutes": row["wait_minutes"] if row["called"] else ""}
    first, other = ({name: str({**common, **own}.get(name, "")) for name in COLUMNS} for own in (of_service, of_hour))
    return first, other


def _row(line: Line) -> Row:
    """What is counted of a line's ticket. Raises ``Unreadable``."""
    wait, service, bias = (line.whole(f"{name}_seconds") for name in ("wait", "service", "estimate_bias"))
    outcome = line.one_of("outcome", ("", *dictionary.TICKET_OUTCOMES, WITHHELD))
    case = line.one_of("case", ("", SETTLED, SETTLED_IN_ONE))
    held = line.one_of("estimate_held", ("",) if bias is None else ("0", "1"))
    shown = line.whole("wait_minutes")
    if min(wait or 0, service or 0, shown or 0) < 0:
        raise Unreadable(f"line {line.number}: nobody waits or is served for less than 0 seconds")
    visitors = int(line.one_of("visitors", ("0", "1")))
    return {
        "visitors": visitors,
        "shown": 0 if outcome == WITHHELD else visitors,
        "called": int(wait is not None or shown is not None),
        "wait_seconds": wait or 0,
        "wait_minutes": shown if wait is None else minutes(wait),
        "timed": int(service is not None),
        "service_seconds": service or 0,
        "service_minutes": None if service is None else minutes(service),
        **{name: int(name == outcome) for name in dictionary.TICKET_OUTCOMES},
        "cases_settled": int(bool(case)),
        "settled_in_one": int(case == SETTLED_IN_ONE),
        "estimates": int(bias is not None),
        "estimate_off": abs(bias or 0),
        "estimate_bias": bias or 0,
        "estimate_held": int(held == "1"),
    }


class Tickets(Recomputed):
    """The figures of an export of tickets."""

    area = WAITING
    dimensions = ("how", "office", "service", "hour", "year", "month")
    things = "tickets"

    def __init__(self, filters: Mapping[str, str] | None = None) -> None:
        super().__init__(filters)
        self.groups: Counter[tuple[str, ...]] = Counter()
        """How many lines say the same of who came where, for what, or when."""

    def read(self, stream: TextIO) -> None:
        """Add up an export of tickets. Raises ``Unreadable``."""
        for number, row in lines(stream, COLUMNS):
            line = Line(number, row)
            if not MONTH.fullmatch(row["month"]):
                raise Unreadable(f"line {number}: {row['month']!r} is no month (YYYY-MM)")
            if row["service"] and row["hour"]:
                raise Unreadable(f"line {number}: no line has both a service and an hour")
            line.one_of("how", ("",) if row["hour"] else (BOOKED, WALK_IN, FEW))
            keys = {**line.names("how", "office", "service"), "year": row["month"][:4], "month": row["month"]}
            entry = WAITING.entry(TICKET, EVERYTHING, _row(line))
            if row["outcome"] != WITHHELD:
                self.groups[tuple(row[name] for name in GROUP)] += 1
            if not row["hour"]:
                self.lines += self.add(entry, keys)
            elif all(keys[name] == value for name, value in self.filters.items()):  # never under a way or a service
                line.one_of("hour", [*(f"{hour:02}" for hour in range(24)), FEW])
                self.sums["hour", row["hour"]].add(entry)

    def differences(self, published: Mapping[str, Any]) -> Iterator[str]:
        yield from super().differences(published)
        for group, number in self.groups.items():
            if number < LEAST:
                yield f"{', '.join(filter(None, group))}: {number} lines, and fewer than {LEAST} are not published"

    def figures(self, place: Place) -> Figures:
        return replace(super().figures(place), only=BY_HOUR if place[0] == "hour" else frozenset[str]())
