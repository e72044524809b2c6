"""What is decided about figures: which totals a thing counts in, what a median is, what must not be published.

Pure: the same functions make the published figures and recompute them from the export.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

ALL = "*"
EVERY_DEPARTMENT = -1
NO_DEPARTMENT = 0
EVERY_FORUM = 0
LEAST = 5
"""People below which a figure about people is not published."""

ADOPTED = ("adopted", "partly_adopted")
OUTCOMES = (*ADOPTED, "already_done", "under_study", "not_adopted", "out_of_scope")
ANSWER, DONE, HOURS = "answer", "done", "hours"
"""What is counted in days, or in working hours."""


class At(NamedTuple):
    """Where something is counted: one value in each dimension, or "all" of it."""

    forum_id: int
    kind: str
    department_id: int
    district: str
    period: str


EVERYTHING = At(EVERY_FORUM, ALL, EVERY_DEPARTMENT, ALL, ALL)


def month_of(day: date) -> str:
    """A day's month as totals name it: ``m2025-03``."""
    return f"m{day.isoformat()[:7]}"


def year_of(period: str) -> str:
    """The year of a month or year: ``y2025``."""
    return f"y{period[1:5]}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one thing adds to the totals, and where; ``at.period`` is its month."""

    at: At
    measures: Mapping[str, int]
    days: tuple[tuple[str, int], ...] = ()


def combinations(at: At) -> Iterator[At]:
    """A place without its forum, and everything that is the same with "all" for kind, department or district."""
    for kind in (at.kind, ALL):
        for department in (at.department_id, EVERY_DEPARTMENT):
            for district in (at.district, ALL):
                yield At(EVERY_FORUM, kind, department, district, at.period)


def forum_totals(at: At) -> Iterator[At]:
    """A forum's own totals: at the place itself, and of the whole forum in the month, in the year, and ever.

    The whole is kept, because a forum of 50,000 submissions has about as many places.
    """
    whole = at._replace(department_id=EVERY_DEPARTMENT, district=ALL)
    yield at
    for period in (at.period, year_of(at.period), ALL):
        yield whole._replace(period=period)


def forum_days(at: At) -> Iterator[At]:
    """The same for days, which are kept by year."""
    year = at._replace(period=year_of(at.period))
    whole = year._replace(department_id=EVERY_DEPARTMENT, district=ALL)
    yield from (year, whole, whole._replace(period=ALL))


def totals_of(at: At) -> Iterator[At]:
    """Every total that something at a place counts in: its forum's own, and all combinations above."""
    if at.forum_id:
        yield from forum_totals(at)
    for found in combinations(at):
        for period in (at.period, year_of(at.period), ALL):
            yield found._replace(period=period)


def days_of(at: At) -> Iterator[At]:
    """The same for days, which are kept by year."""
    if at.forum_id:
        yield from forum_days(at)
    for found in combinations(at):
        for period in (year_of(at.period), ALL):
            yield found._replace(period=period)


@dataclass
class Delta:
    """What totals change by."""

    totals: dict[At, Counter[str]] = field(default_factory=dict)
    days: Counter[tuple[At, str, int]] = field(default_factory=Counter)

    def add(self, entry: Entry | None, sign: int = 1) -> None:
        """Add an entry, or take it away."""
        if entry is None:
            return
        for at in totals_of(entry.at):
            found = self.totals.setdefault(at, Counter())
            for name, number in entry.measures.items():
                found[name] += sign * number
        for at in days_of(entry.at):
            for what, value in entry.days:
                self.days[at, what, value] += sign

    def move(self, last: Entry | None, now: Entry | None) -> bool:
        """Count something as it is now instead of as it was counted last; whether that is a difference."""
        if last == now:
            return False
        self.add(last, -1)
        self.add(now)
        return True


def days_between(first: date, last: date) -> int:
    """Days by the calendar; nothing ends before it began, whatever old records say."""
    return max(0, (last - first).days)


def percent(part: int, whole: int) -> int:
    """Per cent, always rounded down: 856 of 1,196 are 71 %, never 72; of nothing, 0."""
    return part * 100 // whole if whole else 0


@dataclass(frozen=True, slots=True)
class Spread:
    """Where counted values stand: the two in the middle (one twice where their number is odd), and the ninth tenth."""

    low: int
    high: int
    late: int
    """The smallest value that at least 90 per cent do not exceed (nearest rank)."""

    @property
    def median(self) -> float:
        """The middle; of an even number the mean of the two in the middle."""
        return (self.low + self.high) / 2


def spread(days: Mapping[int, int]) -> Spread | None:
    """Where values stand that were counted one by one; of none, None."""
    count = sum(days.values())
    if count <= 0:
        return None
    return Spread(nth(days, (count - 1) // 2), nth(days, count // 2), nth(days, -(-count * 90 // 100) - 1))


def nth(days: Mapping[int, int], place: int) -> int:
    """The value at a place, from 0, of all values in order."""
    for value in sorted(days):
        place -= days[value]
        if place < 0:
            return value
    raise IndexError


KeyT = TypeVar("KeyT")


def suppressed(counts: Mapping[KeyT, int], least: int = LEAST) -> set[KeyT]:
    """Which cells of a table about people must not be published beside its total, so that none can be computed.

    Cells under ``least`` go, nought included, or the others would tell that somebody is there. The total less what is
    published is the sum of those that go; where that tells one of them, the smallest of the others go as well, equal
    ones together. Where there are no others, the total goes (:func:`total_shown`).
    """
    gone = {key for key, count in counts.items() if count < least}
    if gone and not _safe(counts, gone, least):
        more = min((count for count in counts.values() if count >= least), default=least)
        gone |= {key for key, count in counts.items() if count == more}
    return gone


def _safe(counts: Mapping[KeyT, int], gone: set[KeyT], least: int) -> bool:
    """Whether the sum of hidden cells leaves open what each of them is, also to who knows how they were chosen.

    It is no number that would itself be hidden. Cells that differ could change places, and the same would be hidden;
    of two that are equal one could hold one more and the other one less, unless that much were shown.
    """
    hidden = {counts[key] for key in gone}
    alike = len(hidden) > 1 or (len(gone) > 1 and hidden < set(range(least - 1)))
    return alike and sum(counts[key] for key in gone) >= least


def withheld(counts: Mapping[KeyT, int], limits: Mapping[KeyT, int], least: int = LEAST) -> set[KeyT]:
    """The same of a table that also tells what no cell can exceed: how many ratings there can be at most.

    Hidden cells cannot change places where one has no room for what the other holds; then all of them go.
    """
    gone = suppressed(counts, least)
    room = max(least, *(counts[key] for key in gone)) if gone else 0
    return set(counts) if any(limits[key] < room for key in gone) else gone


def total_shown(counts: Mapping[KeyT, int], limits: Mapping[KeyT, int] | None = None, least: int = LEAST) -> bool:
    """Whether the total of such a table may be published.

    With ``limits`` it goes as well where the others have no room for all of it: then it tells what a small one has.
    """
    if limits is None:
        gone, tight = suppressed(counts, least), False
    else:
        gone = withheld(counts, limits, least)
        room = max([least, *sorted(limits[key] for key in gone)[:-1]])
        tight = sum(limits[key] - counts[key] for key in gone) < room
    return not gone or (_safe(counts, gone, least) and not tight)
