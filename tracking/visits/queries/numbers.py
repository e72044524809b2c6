"""The numbers of an office's tickets on a day: which were given, which are kept for kiosks, how many are left.

The server gives numbers from the low end of a series' range, kiosks get theirs from its high end, so that neither needs
to know how many the other will want: the series is exhausted where both meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.core import database
from server.core.rows import columns, select
from tracking.visits.queries import queue
from tracking.visits.queries.queue import Series

SHARE = 10
"""A kiosk keeps at most one in so many numbers of a series."""
AT_ONCE = 4
"""And at most one in so many of those that are left, so that the last ones are not all kept for kiosks."""


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers that are reserved for one kiosk."""

    device_id: int
    prefix: str
    lowest: int
    highest: int
    reserved_at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """How many numbers a series has given at the server, skipped ones included, and how many tickets to walk-ins."""

    prefix: str
    given: int
    walk_ins: int


NONE = Given("", 0, 0)


@dataclass(frozen=True)
class Numbers:
    """The numbers of an office on a day."""

    series: Sequence[Series]
    blocks: Sequence[Block]
    given: Mapping[str, Given]

    def of_class(self, class_code: str) -> Series:
        """The series of a class of services."""
        return queue.series_of(self.series, class_code)

    def blocks_of(self, prefix: str) -> list[Block]:
        """The blocks of a series."""
        return [one for one in self.blocks if one.prefix == prefix]

    def following(self, series: Series) -> int:
        """The number that the server gives next, unless a ticket of the day before has it."""
        return beyond(series.lowest + self.given.get(series.prefix, NONE).given, self.blocks_of(series.prefix))

    def left(self, series: Series) -> int | None:
        """How many walk-ins still get a ticket today; None if only the numbers limit it, and there are some."""
        if self.following(series) > series.highest:
            return 0
        walk_ins = self.given.get(series.prefix, NONE).walk_ins
        return max(0, series.most_daily - walk_ins) if series.most_daily else None

    def wanted(self, series: Series, free: int, most: int) -> range:
        """Further numbers for a kiosk that has ``free`` ones of a series and may have ``most``."""
        floor = min([series.highest + 1, *(one.lowest for one in self.blocks_of(series.prefix))])
        rest = floor - series.lowest - self.given.get(series.prefix, NONE).given
        size = max(0, min(min(most, series.size // SHARE) - free, rest // AT_ONCE))
        return range(floor - size, floor)


def beyond(number: int, blocks: Sequence[Block]) -> int:
    """A number, or the first after the blocks that hold it."""
    for one in sorted(blocks, key=lambda one: one.lowest):
        if one.lowest <= number <= one.highest:
            number = one.highest + 1
    return number


async def numbers(office_id: int, day_id: int) -> Numbers:
    """The numbers of an office on a day."""
    return Numbers(
        await queue.all_series(office_id),
        await select(Block, f"SELECT {columns(Block, 'b')} FROM number_block b WHERE b.day_id = ?", day_id),
        {
            one.prefix: one
            for one in await select(Given, f"SELECT {columns(Given, 's')} FROM series_day s WHERE s.day_id = ?", day_id)
        },
    )


async def free(day_id: int, blocks: Sequence[Block]) -> dict[str, list[int]]:
    """The numbers of some blocks of a day that no ticket has, by prefix."""
    named = {f"{one.prefix}{n}": (one.prefix, n) for one in blocks for n in range(one.lowest, one.highest + 1)}
    taken = await database.column("SELECT number FROM ticket WHERE day_id = ? AND number IN (?)", day_id, (*named, ""))
    found: dict[str, list[int]] = {one.prefix: [] for one in blocks}
    for text in named.keys() - {*taken}:
        prefix, number = named[text]
        found[prefix].append(number)
    return {prefix: sorted(some) for prefix, some in found.items()}


async def kept(device_id: int, prefix: str, number: int) -> list[tuple[date, datetime]]:
    """The days on which a number was reserved for a kiosk, with the moment, the latest day first."""
    rows = await database.fetch(
        "SELECT d.date, b.reserved_at FROM number_block b JOIN queue_day d ON d.id = b.day_id "
        "WHERE b.device_id = ? AND b.prefix = ? AND b.lowest <= ? AND b.highest >= ? ORDER BY d.date DESC LIMIT 30",
        device_id, prefix, number, number,
    )  # fmt: skip
    return [(day, database.moment(row["reserved_at"])) for row in rows if (day := database.day_or_none(row["date"]))]
