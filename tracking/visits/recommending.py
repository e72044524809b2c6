"""Which free times suit a visitor best, and which are the nearest to one that is gone. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tracking.visits.rules import Mark

MOST = 3
EARLY, LATE = timedelta(minutes=60), timedelta(minutes=90)
"""After the opening and before the closing: when most offices are quietest."""
PREPARING, LATEST = 3, 7
"""Days ahead: enough to find and hand in documents, not so many that one forgets."""


class Why(StrEnum):
    """Why a time is recommended."""

    QUIET = "quiet"
    EARLY = "early"
    LATE = "late"
    ROOMY = "roomy"
    PREPARE = "prepare"


class FreeTime(NamedTuple):
    """A start that can be booked, with the crowding expected in its hour and the hours of its day."""

    start: datetime
    mark: Mark
    stars: int
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Recommended:
    """A time with the reasons for it, the most important first."""

    start: datetime
    reasons: tuple[Why, ...]


def recommend(times: Iterable[FreeTime], today: date, *, prepare: bool, most: int = MOST) -> list[Recommended]:
    """The best time of each day, at most ``most`` of them, the earliest first.

    ``prepare``: there are documents still to be handed in, so a visit within the next days would come too soon.
    """
    first = PREPARING if prepare else 1
    best: dict[date, tuple[int, FreeTime]] = {}
    for one in sorted(times):
        ahead = (one.start.date() - today).days
        points = _points(one)
        if first <= ahead <= LATEST and points and points > best.get(one.start.date(), (0, one))[0]:
            best[one.start.date()] = points, one
    chosen = sorted(best.values(), key=lambda found: (-found[0], found[1].start))[:most]
    return sorted(
        (Recommended(one.start, _reasons(one, prepare=prepare)) for _points, one in chosen), key=lambda one: one.start
    )


def _points(one: FreeTime) -> int:
    edge = _early(one) or _late(one)
    return 3 * (one.stars == 0) + (one.stars == 1) + 2 * edge + (one.mark is Mark.FREE)


def _early(one: FreeTime) -> bool:
    return one.start < one.opens + EARLY


def _late(one: FreeTime) -> bool:
    return one.start >= one.closes - LATE


def _reasons(one: FreeTime, *, prepare: bool) -> tuple[Why, ...]:
    said = {
        Why.QUIET: one.stars == 0,
        Why.EARLY: _early(one),
        Why.LATE: _late(one) and not _early(one),
        Why.ROOMY: one.mark is Mark.FREE,
        Why.PREPARE: prepare,
    }
    return tuple(why for why, true in said.items() if true)


def nearest(starts: Iterable[datetime], wanted: datetime, most: int = MOST) -> list[datetime]:
    """The free starts nearest to one that is not free, in order of time."""
    return sorted(sorted(starts, key=lambda start: (abs(start - wanted), start))[:most])
