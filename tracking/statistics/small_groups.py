"""What may be told of the tickets of an office in a month, so that no published figure is about a few visitors.

Everything is decided once, in what the totals and the export are made of, instead of where they are shown: tickets are
put into groups, and a group of a few goes together with others into one that has no name. Each published figure is
then a sum of whole groups, and so is the difference of any two.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tracking.statistics.dictionary import FEW
from tracking.statistics.figures import Row
from tracking.statistics.rules import AND, LEAST

HOUR = "@"
"""Before an hour where services and hours share a place, as no service's code begins."""
DETAILS = {
    "called": ("called", "wait_seconds", "wait_minutes"),
    "timed": ("timed", "service_seconds", "service_minutes"),
    "estimates": ("estimates", "estimate_off", "estimate_bias", "estimate_held"),
}
"""What is known of some tickets only: the number that says of which, and what it is."""
MINUTES = ("wait_minutes", "service_minutes")
KEYS = ("how", "service", "hour")
"""What a ticket has beside the numbers that are counted; a published row has ``kind`` and ``district`` instead."""


def publish(tickets: Sequence[Row]) -> list[dict[str, Any]]:
    """The published rows of all tickets of an office in a month, in the same order."""
    if len(tickets) < LEAST or 0 < sum(one["visitors"] for one in tickets) < LEAST:
        return [_only_counted(one) for one in tickets]
    gone = {name for detail, names in DETAILS.items() if 0 < sum(one[detail] for one in tickets) < LEAST
            for name in names}  # fmt: skip
    told = [{**one, "shown": one["visitors"], **{name: _nothing(name) for name in gone}} for one in tickets]
    ways, hours, days = (_named(told, key) for key in ("how", "hour", "date"))
    for one in told:
        one["kind"] = one["how"] if one["how"] in ways else FEW
    services = {
        way: _named([one for one in told if one["kind"] == way], "service") for way in {one["kind"] for one in told}
    }
    return [
        {
            **{name: value for name, value in one.items() if name not in KEYS},
            "counted": True,
            "told": True,
            "day_shown": one["date"] in days,
            "district": place(
                one["service"] if one["service"] in services[one["kind"]] else FEW,
                one["hour"] if one["hour"] in hours else None,
            ),
        }
        for one in told
    ]


def place(service: str, hour: int | None) -> str:
    """The two values of a ticket in the dimension that services and hours share: ``moving/@09``."""
    return f"{service}{AND}{HOUR}{FEW if hour is None else f'{hour:02}'}"


def _only_counted(ticket: Row) -> dict[str, Any]:
    """A ticket of which nothing is told but that a visitor came in this month."""
    kept = {"ticket_id", "number", "date", "department_id", "period", "visitors", "own"}
    row = {name: value if name in kept else _nothing(name) for name, value in ticket.items() if name not in KEYS}
    return {
        **row,
        "shown": 0,
        "counted": True,
        "told": False,
        "day_shown": False,
        "kind": FEW,
        "district": place(FEW, None),
    }


def _nothing(name: str) -> int | None:
    return None if name in MINUTES else 0


def _named(tickets: Iterable[Row], key: str) -> set[Any]:
    """The values whose tickets stand for themselves; the others together are enough, or there are none.

    As long as the others would be few, the smallest that stands for itself joins them.
    """
    numbers: dict[Any, Counter[str]] = defaultdict(Counter)
    for one in tickets:
        numbers[one[key]].update(tickets=1, **{name: one[name] for name in ("visitors", *DETAILS)})
    named = {value for value, found in numbers.items() if _enough(found)}
    size: Callable[[Any], tuple[int, str]] = lambda value: (numbers[value]["tickets"], str(value))  # noqa: E731
    while named and not _enough(sum((numbers[value] for value in numbers if value not in named), Counter())):
        named.remove(min(named, key=size))
    return named


def _enough(numbers: Counter[str]) -> bool:
    """Whether it has none or at least ``LEAST`` of each: tickets, visitors, those called, served, with an estimate."""
    return not any(0 < number < LEAST for number in numbers.values())
