"""Recomputing the figures of waiting from the export of tickets, a line each, and what such a line says."""

from collections.abc import Mapping
from typing import TextIO

from tracking.statistics import dictionary
from tracking.statistics.books import HOUR
from tracking.statistics.figures import TICKET, Row
from tracking.statistics.rules import AND, EVERYTHING
from tracking.statistics.verify import Line, Recomputed, Unreadable, lines, times
from tracking.statistics.waiting_measures import WAITING
from tracking.visits.queries.ticket_figures import BOOKED, WALK_IN, minutes

COLUMNS = dictionary.COLUMNS["waiting.csv"]
FILTERS = ("office", "how", "service", "year")
SETTLED, SETTLED_IN_ONE = "settled", "settled_in_one"


def line_of(row: Row, offices: Mapping[int, str]) -> dict[str, str]:
    """A counted ticket as its line of the export. ``offices``: codes by id."""
    service, hour = row["district"].split(AND)
    said = {
        "date": row["date"],
        "office": offices.get(row["department_id"], row["department_id"]),
        "how": row["kind"],
        "service": service,
        "hour": hour.removeprefix(HOUR),
        "visitors": int(row["visitors"]),
        "outcome": next((name for name in dictionary.TICKET_OUTCOMES if row[name]), ""),
        "wait_seconds": row["wait_seconds"] if row["called"] else "",
        "service_seconds": row["service_seconds"] if row["timed"] else "",
        "case": (SETTLED_IN_ONE if row["settled_in_one"] else SETTLED) if row["cases_settled"] else "",
        "estimate_bias_seconds": row["estimate_bias"] if row["estimates"] else "",
        "estimate_held": int(row["estimate_held"]) if row["estimates"] else "",
    }
    return {name: str(value) for name, value in said.items()}


def _row(line: Line) -> Row:
    """What is counted of a line's ticket. Raises ``Unreadable``."""
    wait, service, bias = (line.whole(f"{name}_seconds") for name in ("wait", "service", "estimate_bias"))
    outcome = line.one_of("outcome", ("", *dictionary.TICKET_OUTCOMES))
    case = line.one_of("case", ("", SETTLED, SETTLED_IN_ONE))
    held = line.one_of("estimate_held", ("",) if bias is None else ("0", "1"))
    if min(wait or 0, service or 0) < 0:
        raise Unreadable(f"line {line.number}: nobody waits or is served for less than 0 seconds")
    return {
        "visitors": int(line.one_of("visitors", ("0", "1"))),
        "called": int(wait is not None),
        "wait_seconds": wait or 0,
        "wait_minutes": None if wait is None else minutes(wait),
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

    def read(self, stream: TextIO) -> None:
        """Add up an export of tickets. Raises ``Unreadable``."""
        for number, row in lines(stream, COLUMNS):
            line = Line(number, row)
            line.one_of("how", (BOOKED, WALK_IN))
            line.one_of("hour", [f"{hour:02}" for hour in range(24)])
            keys = {**line.names("how", "office", "service", "hour"), **times(line.day("date"))}
            if "service" in self.filters:
                del keys["hour"]  # of one service there are no figures by hour
            self.lines += self.add(WAITING.entry(TICKET, EVERYTHING, _row(line)), keys)
