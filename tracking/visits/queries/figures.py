"""What statistics count of each visit that was booked: where, through which channel, how long before, how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.core import database
from server.core.days import day_of
from tracking.visits.queries import papers
from tracking.visits.queries.papers import Papers
from tracking.visits.states import VisitState


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """One visit. It counts once it was booked, on its own day."""

    id: int
    number: str
    counted: bool
    channel: str
    office_id: int
    district: str
    """Of the office."""
    day: date
    lead_days: int | None
    """Days from the booking to the visit."""
    cancelled: int
    served: int
    missed: int
    """A no-show that counts."""
    with_documents: int
    """Documents were needed, and the visit is over: served or missed."""
    documents_complete: int
    """The department had accepted all documents before the visit began."""


async def visits_of(numbers: Sequence[str]) -> list[int]:
    """The ids of visits by their numbers."""
    return await database.column("SELECT id FROM visit WHERE number IN (?) ORDER BY id", numbers)


async def visit_ids(after: int, limit: int) -> list[int]:
    """The next visit ids above a given one."""
    return await database.column(f"SELECT id FROM visit WHERE id > ? ORDER BY id LIMIT {limit}", after)


async def office_ids() -> list[int]:
    """The ids of all offices, closed ones included."""
    return await database.column("SELECT id FROM office ORDER BY id")


async def visits(ids: Sequence[int]) -> list[VisitFigures]:
    """What is counted of some visits. Three queries."""
    rows = await database.fetch(
        "SELECT v.id, v.number, v.state, v.channel, v.office_id, o.district, v.date, v.starts_at, v.booked_at, "
        "n.excused FROM visit v JOIN office o ON o.id = v.office_id LEFT JOIN no_show n ON n.visit_id = v.id "
        "WHERE v.id IN (?) ORDER BY v.id",
        ids,
    )
    checklists = await papers.of(ids)
    return [_figures(row, checklists.get(row["id"], papers.NONE)) for row in rows]


def _figures(row: Mapping[str, Any], checklist: Papers) -> VisitFigures:
    starts_at, booked_at = database.moment(row["starts_at"]), database.moment_or_none(row["booked_at"])
    day = day_of(starts_at)
    over = row["state"] in {VisitState.SERVED, VisitState.MISSED}
    checked = [paper.checked_at for paper in checklist.needed]
    complete = checklist.complete and all(at is not None and at <= starts_at for at in checked)
    return VisitFigures(
        id=row["id"],
        number=row["number"],
        counted=booked_at is not None,
        channel=row["channel"],
        office_id=row["office_id"],
        district=row["district"],
        day=day,
        lead_days=max(0, (day - day_of(booked_at)).days) if booked_at else None,
        cancelled=int(row["state"] == VisitState.CANCELLED),
        served=int(row["state"] == VisitState.SERVED),
        missed=int(row["state"] == VisitState.MISSED and not row["excused"]),
        with_documents=int(over and bool(checklist.needed)),
        documents_complete=int(over and complete),
    )
