"""Rules of the figures: which totals a record counts in, what a median is, what must be suppressed.

Pure functions, used both to make the published figures and to recompute them from the export.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

DIMENSIONS = ("kind", "department", "district", "year")
ALL = "*"
EVERY_DEPARTMENT = -1
NO_DEPARTMENT = 0
EVERY_FORUM = 0
LEAST = 5
"""Smallest number of people for which a figure about people is published."""

ADOPTED = ("adopted", "partly_adopted")
OUTCOMES = (*ADOPTED, "already_done", "under_study", "not_adopted", "out_of_scope")
ANSWER, DONE, HOURS, LEAD = "answer", "done", "hours", "lead"
"""Durations, in days or in working hours."""
WAIT, SERVICE = "wait", "service"
"""Durations in minutes."""
AND = "/"
"""Between the two values that a record has in one dimension: it counts under either, not under both together."""


class At(NamedTuple):
    """A cell: one value, or "all", in each dimension."""

    forum_id: int
    kind: str
    department_id: int
    district: str
    period: str


EVERYTHING = At(EVERY_FORUM, ALL, EVERY_DEPARTMENT, ALL, ALL)


def month_of(day: date) -> str:
    """The month of a date as a period of the totals: ``m2025-03``."""
    return f"m{day.isoformat()[:7]}"


def year_of(period: str) -> str:
    """The year of a period: ``y2025``."""
    return f"y{period[1:5]}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one record adds to the totals, and to which cell; ``at.period`` is its month."""

    at: At
    measures: Mapping[str, int]
    days: tuple[tuple[str, int], ...] = ()
    days_by_month: bool = False


def combinations(at: At) -> Iterator[At]:
    """A cell without its forum, and the same with "all" for any of kind, department and district."""
    for kind in (at.kind, ALL):
        for department in (at.department_id, EVERY_DEPARTMENT):
            for district in (*at.district.split(AND), ALL):
                yield At(EVERY_FORUM, kind, department, district, at.period)


def forum_totals(at: At) -> Iterator[At]:
    """The cells of a forum's own totals: the cell itself, and the whole forum by month, by year and overall.

    The whole is stored because a forum of 50,000 submissions has about as many cells.
    """
    whole = at._replace(department_id=EVERY_DEPARTMENT, district=ALL)
    yield at
    for period in (at.period, year_of(at.period), ALL):
        yield whole._replace(period=period)


def forum_days(at: At) -> Iterator[At]:
    """The cells of a forum's own durations, which are kept by year."""
    year = at._replace(period=year_of(at.period))
    whole = year._replace(department_id=EVERY_DEPARTMENT, district=ALL)
    yield from (year, whole, whole._replace(period=ALL))


def totals_of(at: At) -> Iterator[At]:
    """Every total that a record in a cell counts in: its forum's own, and all combinations across forums."""
    if at.forum_id:
        yield from forum_totals(at)
    for found in combinations(at):
        for period in (at.period, year_of(at.period), ALL):
            yield found._replace(period=period)


def days_of(at: At, *, by_month: bool = False) -> Iterator[At]:
    """Every total that a record's durations count in; they are kept by year, and in some areas by month."""
    if at.forum_id:
        yield from forum_days(at)
    for found in combinations(at):
        for period in (*((at.period,) if by_month else ()), year_of(at.period), ALL):
            yield found._replace(period=period)


@dataclass
class Delta:
    """Changes to totals."""

    totals: dict[At, Counter[str]] = field(default_factory=dict)
    days: Counter[tuple[At, str, int]] = field(default_factory=Counter)

    def add(self, entry: Entry | None, sign: int = 1) -> None:
        """Add an entry; with ``sign=-1``, subtract it."""
        if entry is None:
            return
        for at in totals_of(entry.at):
            found = self.totals.setdefault(at, Counter())
            for name, number in entry.measures.items():
                found[name] += sign * number
        for at in days_of(entry.at, by_month=entry.days_by_month):
            for what, value in entry.days:
                self.days[at, what, value] += sign

    def move(self, last: Entry | None, now: Entry | None) -> bool:
        """Replace the entry that was counted last with the present one; whether they differ."""
        if last == now:
            return False
        self.add(last, -1)
        self.add(now)
        return True


def days_between(first: date, last: date) -> int:
    """Calendar days, at least 0, even if old records have an end before the start."""
    return max(0, (last - first).days)


def percent(part: int, whole: int) -> int:
    """Per cent, always rounded down: 856 of 1,196 are 71 %, not 72. 0 if ``whole`` is 0."""
    return part * 100 // whole if whole else 0


@dataclass(frozen=True, slots=True)
class Spread:
    """The two middle values of a distribution (equal if the count is odd), and its 90th percentile."""

    low: int
    high: int
    late: int
    """The 90th percentile by nearest rank."""

    @property
    def median(self) -> float:
        """The median: the mean of the two middle values."""
        return (self.low + self.high) / 2


def spread(days: Mapping[int, int]) -> Spread | None:
    """The spread of values given by their frequencies; None without values."""
    values = sorted(Counter(days).elements())
    count = len(values)
    return Spread(values[(count - 1) // 2], values[count // 2], values[-(-count * 90 // 100) - 1]) if values else None


KeyT = TypeVar("KeyT")


def suppressed(counts: Mapping[KeyT, int]) -> set[KeyT]:
    """The cells of a table about people to suppress beside its total, so that none of them can be computed.

    Cells below ``LEAST`` are suppressed, also zeros, or the suppressed ones would be known not to be zero. The total
    less the published cells is the sum of the suppressed ones; if that reveals one of them, the smallest of the others
    are suppressed too, all equal ones together. If there are no others, the total is suppressed (:func:`total_shown`).
    """
    gone = {key for key, count in counts.items() if count < LEAST}
    if gone and not _safe(counts, gone):
        more = min((count for count in counts.values() if count >= LEAST), default=LEAST)
        gone |= {key for key, count in counts.items() if count == more}
    return gone


def _safe(counts: Mapping[KeyT, int], gone: set[KeyT]) -> bool:
    """Whether the sum of suppressed cells reveals none of them, even to a reader who knows these rules.

    The sum must itself be large enough to be published. Cells that differ could be swapped with the same result; of two
    equal cells one could be greater by one and the other less by one, unless the greater would then be published.
    """
    hidden = {counts[key] for key in gone}
    alike = len(hidden) > 1 or (len(gone) > 1 and hidden < set(range(LEAST - 1)))
    return alike and sum(counts[key] for key in gone) >= LEAST


def withheld(counts: Mapping[KeyT, int], limits: Mapping[KeyT, int]) -> set[KeyT]:
    """The cells to suppress in a table that also shows an upper limit of each cell: how many ratings it could have.

    Suppressed cells cannot be swapped if the limit of one is below the value of another; then all cells are suppressed.
    """
    gone = suppressed(counts)
    room = max(LEAST, *(counts[key] for key in gone)) if gone else 0
    return set(counts) if any(limits[key] < room for key in gone) else gone


def total_shown(counts: Mapping[KeyT, int], limits: Mapping[KeyT, int] | None = None) -> bool:
    """Whether the total of a table about people may be published.

    With ``limits``, it is also suppressed if the limits leave so little room that it would reveal a small cell.
    """
    if limits is None:
        gone, tight = suppressed(counts), False
    else:
        gone = withheld(counts, limits)
        room = max([LEAST, *sorted(limits[key] for key in gone)[:-1]])
        tight = sum(limits[key] - counts[key] for key in gone) < room
    return not gone or (_safe(counts, gone) and not tight)
