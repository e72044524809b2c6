"""The data that statistics count: each petition as it is now, without names or texts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from petitions.reference import Reference, reference
from petitions.states import State
from server.core import database
from server.core.days import day_of

HOUR = timedelta(hours=1)
_COLUMNS = (
    "id, reference, kind, department_id, district, status, received_at, clock_started_at, due_at, answered_at, "
    "reopened, rating"
)
ANSWERED = frozenset({State.ANSWERED, State.CLOSED})
UNCOUNTED = frozenset({State.WITHDRAWN})
"""Withdrawn petitions are not counted."""


async def ids_of(numbers: Sequence[str]) -> list[int]:
    """The ids of cases by their numbers."""
    return await database.column("SELECT id FROM petition_case WHERE reference IN (?) ORDER BY id", numbers)


async def case_ids(after: int, limit: int) -> list[int]:
    """The ids of cases above an id, in order."""
    return await database.column(f"SELECT id FROM petition_case WHERE id > ? ORDER BY id LIMIT {limit}", after)


async def cases_by_id(
    ids: Sequence[int], kept: Mapping[int, tuple[datetime | None, int]] | None = None
) -> list[dict[str, Any]]:
    """Cases by their ids, as they are now.

    ``hours`` are the whole working hours from the receipt to the answer; they are taken from ``kept`` where it has them
    for the same moment of answer.
    """
    if not ids:
        return []
    reference_data = await reference()
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM petition_case WHERE id IN (?) ORDER BY id", ids)
    return [_figures(row, reference_data, (kept or {}).get(row["id"])) for row in rows]


def _figures(row: Any, reference_data: Reference, kept: tuple[datetime | None, int] | None) -> dict[str, Any]:
    received, answered = database.moment(row["received_at"]), database.moment_or_none(row["answered_at"])
    due = database.moment_or_none(row["due_at"])
    if row["status"] not in ANSWERED:  # reopened: the valid answer is still to come
        answered = None
    hours: int | None = None
    if answered is not None:
        same = kept is not None and kept[0] == answered
        hours = kept[1] if same and kept else reference_data.calendar.working_time_between(received, answered) // HOUR
    return {
        "case_id": row["id"],
        "reference": row["reference"],
        "counted": row["status"] not in UNCOUNTED,
        "kind": row["kind"],
        "department_id": row["department_id"] or 0,
        "district": row["district"],
        "period": f"m{day_of(received).isoformat()[:7]}",
        "answered": int(answered is not None),
        "timed": int(answered is not None and due is not None),
        "on_time": int(answered is not None and due is not None and answered <= due),
        "reopened": int(row["reopened"] > 0),
        "rated": int(row["rating"] is not None),
        "rating": row["rating"] or 0,
        "answered_at": answered,
        "hours": None if hours is None else max(0, hours),
    }
