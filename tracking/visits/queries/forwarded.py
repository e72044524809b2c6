"""Where a ticket goes on at another office, and where it came from."""

from dataclasses import dataclass

from server.core.rows import columns, select_one
from tracking.visits.queries.queue import TicketRow
from tracking.visits.states import TicketState


@dataclass(frozen=True, slots=True)
class GoesOn:
    """The ticket at another office that continues one, or that one continues."""

    code: str
    number: str
    office_code: str
    name: str
    """Of the office, and its other names."""
    name_ja: str
    name_en: str
    address: str
    address_ja: str
    address_en: str


_GOES_ON = (
    f"SELECT {columns(GoesOn, 'o', code='t.code', number='t.number', office_code='o.code')} FROM ticket t "
    "JOIN queue_day d ON d.id = t.day_id JOIN office o ON o.id = d.office_id "
)


async def continued(row: TicketRow) -> GoesOn | None:
    """The ticket at another office that goes on with a forwarded one."""
    if row.state is not TicketState.FORWARDED:
        return None
    return await select_one(GoesOn, f"{_GOES_ON}WHERE d.date = ? AND t.forwarded_from = ?", row.date, row.id)


async def came_from(row: TicketRow) -> GoesOn | None:
    """The ticket at another office that this one continues."""
    if row.forwarded_from is None:
        return None
    return await select_one(GoesOn, f"{_GOES_ON}WHERE t.id = ?", row.forwarded_from)
