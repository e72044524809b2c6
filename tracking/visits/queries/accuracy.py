"""How good the estimates of the last four weeks were: what visitors were told, compared with their first call."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from server.core import database
from server.core.days import today

WEEKS = timedelta(weeks=4)
MOST = 1_000
"""Estimates of an office that are compared, the newest."""
ENOUGH = 30
"""With fewer nothing is said about how good they were."""
KEPT = 600
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What became of so many estimates."""

    count: int = 0
    held: int = 0
    """Whose visitors were called within p10 to p90."""
    off: float = 0
    """By how many minutes the middle (p50) was wrong, all together."""

    def __add__(self, other: Self) -> Self:
        return type(self)(self.count + other.count, self.held + other.held, self.off + other.off)

    @property
    def enough(self) -> bool:
        """Whether there are enough of them to say how good they were."""
        return self.count >= ENOUGH

    @property
    def tenths(self) -> int:
        """Of ten visitors, how many were called within the range; rounded down, as all shares are."""
        return self.held * 10 // self.count if self.count else 0

    @property
    def minutes(self) -> int:
        """By how much the middle was wrong on average, to the nearest minute."""
        return round(self.off / self.count) if self.count else 0


_kept: dict[int, tuple[float, Accuracy]] = {}


def forget() -> None:
    """Clear what this process has read."""
    _kept.clear()


async def of_offices(ids: Iterable[int]) -> Accuracy:
    """How good the estimates of some offices were. One query for each that was not asked for lately.

    Of those with enough, as long as there are any: what all lack of them would tell of an office with few.
    """
    found = [await of_office(one) for one in ids]
    return sum([one for one in found if one.enough] or found, Accuracy())


async def of_office(office_id: int) -> Accuracy:
    """How good an office's estimates were; read again every ten minutes. One query at most."""
    until, found = _kept.get(office_id, (0.0, Accuracy()))
    if until < time.monotonic():
        found = await _read(office_id)
        _kept[office_id] = time.monotonic() + KEPT, found
    return found


async def _read(office_id: int) -> Accuracy:
    rows = await database.fetch(
        "SELECT e.made_at, e.p10, e.p50, e.p90, t.first_called_at FROM queue_day d JOIN ticket t ON t.day_id = d.id "
        "JOIN wait_estimate e ON e.ticket_id = t.id WHERE d.office_id = ? AND d.date >= ? "
        "AND t.first_called_at IS NOT NULL AND t.forwarded_from IS NULL ORDER BY d.date DESC, t.id DESC LIMIT ?",
        office_id, today() - WEEKS, MOST,
    )  # fmt: skip
    held, off = 0, 0.0
    for row in rows:
        waited = (database.moment(row["first_called_at"]) - database.moment(row["made_at"])).total_seconds() / 60
        held += row["p10"] <= waited <= row["p90"]
        off += abs(row["p50"] - waited)
    return Accuracy(len(rows), held, off)
