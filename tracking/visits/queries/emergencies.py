"""Calls for help of an office's counters: those that are not over, and one by its id."""

from dataclasses import dataclass

from server.core import accounts
from server.core.errors import NotFound
from server.core.rows import Local, columns, select, select_one


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """A call for help."""

    id: int
    counter_id: int
    office_id: int
    number: str
    """Of the counter."""
    floor: int
    raised_by: int
    raised_by_name: str
    raised_at: Local
    accepted_by: int | None
    accepted_by_name: str
    accepted_at: Local | None
    ended_at: Local | None


_EMERGENCY = columns(
    EmergencyRow, "e", office_id="c.office_id", number="c.number", floor="c.floor",
    raised_by_name="COALESCE(r.name, '')", accepted_by_name="COALESCE(a.name, '')",
)  # fmt: skip
_FROM = (
    f"SELECT {_EMERGENCY} FROM emergency_call e JOIN counter c ON c.id = e.counter_id "
    f"{accounts.with_official('e.raised_by', 'r')}{accounts.with_official('e.accepted_by', 'a')}"
)


async def running(office_id: int) -> list[EmergencyRow]:
    """Those of an office that are not over, the first one first."""
    return await select(EmergencyRow, f"{_FROM}WHERE c.office_id = ? AND e.ended_at IS NULL ORDER BY e.id", office_id)


async def of_counter(counter_id: int) -> EmergencyRow | None:
    """The one of a counter that is not over."""
    return await select_one(EmergencyRow, f"{_FROM}WHERE e.counter_id = ? AND e.ended_at IS NULL", counter_id)


async def one(number: int) -> EmergencyRow:
    """A call for help by its id. Raises ``NotFound``."""
    found = await select_one(EmergencyRow, f"{_FROM}WHERE e.id = ?", number)
    if found is None:
        raise NotFound
    return found
