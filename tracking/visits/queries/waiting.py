"""Waiting lists: an entry as whoever joined sees it, and the list of a day as officials see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.core import database
from server.core.days import today
from server.core.rows import Local, columns, read, select
from tracking.visits.errors import NotWaiting
from tracking.visits.queries import offices
from tracking.visits.queries.offices import OfficeRow, ServiceRow
from tracking.visits.states import VisitState, WaitingState

SHOWN = 200
"""Entries of one day that the desk shows."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The time that is or was offered to an entry."""

    number: str
    starts_at: Local
    ends_at: Local
    held_until: Local | None
    state: VisitState


@dataclass(frozen=True, slots=True)
class WaitingView:
    """An entry of a waiting list."""

    id: int
    number: str
    office_id: int
    date: date
    services: tuple[int, ...]
    from_time: str
    until_time: str
    party: int
    language: str
    name: str
    email: str
    phone: str
    state: WaitingState
    refused: tuple[str, ...]
    created_at: Local
    position: int
    """From 1 among those who wait or have an offer; 0 for others."""
    offered: Offered | None = None

    @property
    def waits(self) -> bool:
        """Whether a time can still be offered to it."""
        return self.state in {WaitingState.WAITING, WaitingState.OFFERED} and self.date >= today()


_OPEN = "('waiting', 'offered')"
_POSITION = (
    f"CASE WHEN w.state IN {_OPEN} THEN (SELECT COUNT(*) FROM visit_waiting o WHERE o.office_id = w.office_id "
    f"AND o.date = w.date AND o.state IN {_OPEN} AND (o.created_at < w.created_at "
    "OR (o.created_at = w.created_at AND o.id <= w.id))) ELSE 0 END"
)
_VIEW = columns(WaitingView, "w", position=_POSITION)
_OFFERED = columns(
    Offered, "v", "offered_", number="v.number", starts_at="v.starts_at", ends_at="v.ends_at",
    held_until="v.held_until", state="v.state",
)  # fmt: skip
_FROM = "visit_waiting w LEFT JOIN visit v ON v.id = w.visit_id"


async def entry(number: str) -> WaitingView:
    """An entry by its number. Raises ``NotWaiting``."""
    row = await database.fetch_one(f"SELECT {_VIEW}, {_OFFERED} FROM {_FROM} WHERE w.number = ?", number)
    if row is None:
        raise NotWaiting
    return _read(row)


async def has_visit(found: WaitingView) -> bool:
    """Whether the household of an entry has a visit at the office on that day."""
    return bool(
        await database.value(
            "SELECT COUNT(*) FROM visit_waiting w JOIN visit v ON v.office_id = w.office_id AND v.date = w.date "
            "WHERE w.id = ? AND v.household_active IS NOT NULL "
            "AND (v.household IN (w.household, NULLIF(w.household_also, '')) "
            "OR v.household_also IN (w.household, NULLIF(w.household_also, '')))",
            found.id,
        )
    )


async def of_visit(visit_id: int) -> WaitingView | None:
    """The entry to which a visit is or was offered."""
    row = await database.fetch_one(
        f"SELECT {_VIEW}, {_OFFERED} FROM visit x JOIN visit_waiting w ON w.household = x.household "
        "AND w.office_id = x.office_id AND w.date = x.date LEFT JOIN visit v ON v.id = w.visit_id WHERE x.id = ?",
        visit_id,
    )
    return _read(row) if row else None


async def of_day(office_id: int, day: date) -> Sequence[WaitingView]:
    """The list of a day: those who wait or have an offer in order, then the others."""
    rows = await database.fetch(
        f"SELECT {_VIEW}, {_OFFERED} FROM {_FROM} WHERE w.office_id = ? AND w.date = ? "
        f"ORDER BY CASE WHEN w.state IN {_OPEN} THEN 0 ELSE 1 END, w.created_at, w.id LIMIT {SHOWN}",
        office_id,
        day,
    )
    return [_read(row) for row in rows]


def _read(row: Mapping[str, object]) -> WaitingView:
    offered = read(Offered, row, "offered_") if row["offered_number"] else None
    return read(WaitingView, {**row, "offered": offered})


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many wait for a day of an office."""

    date: date
    waiting: int
    offered: int


async def days(office_id: int, first: date) -> Sequence[DayCount]:
    """The days from the first on for which somebody waits."""
    return await select(
        DayCount,
        "SELECT date, SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS waiting, "
        "SUM(CASE WHEN state = 'offered' THEN 1 ELSE 0 END) AS offered FROM visit_waiting "
        f"WHERE office_id = ? AND date >= ? AND state IN {_OPEN} GROUP BY date ORDER BY date",
        office_id,
        first,
    )


async def what(found: WaitingView) -> tuple[OfficeRow, list[ServiceRow]]:
    """The office and the services for which somebody waits."""
    place = await offices.office_by_id(found.office_id)
    known = await offices.services(place.id)
    return place, [known[one] for one in found.services if one in known]
