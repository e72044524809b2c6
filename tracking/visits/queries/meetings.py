"""How visitor and counter meet: at the office, by video or by telephone."""

from collections.abc import Collection
from dataclasses import dataclass

from server.core.rows import columns, select_one
from tracking.visits.queries.offices import ServiceRow
from tracking.visits.queries.queue import TicketRow
from tracking.visits.states import VisitMode


def modes(services: Collection[ServiceRow]) -> list[VisitMode]:
    """How visitor and counter can meet for all of some services."""
    found = [VisitMode.IN_PERSON]
    if services and all(one.by_video for one in services):
        found.append(VisitMode.VIDEO)
    if services and all(one.by_phone for one in services):
        found.append(VisitMode.PHONE)
    return found


@dataclass(frozen=True, slots=True)
class Meeting:
    """By video or telephone, or at the office."""

    mode: VisitMode
    phone: str

    @property
    def last_digits(self) -> str:
        """What a page that is open to whoever knows the ticket's code says of the number."""
        return self.phone[-4:]


async def of_ticket(row: TicketRow) -> Meeting | None:
    """How a ticket's visitor meets the counter; None at the office."""
    if row.visit_id is None:
        return None
    sql = f"SELECT {columns(Meeting, 'v')} FROM visit v WHERE v.id = ? AND v.mode <> ?"
    return await select_one(Meeting, sql, row.visit_id, VisitMode.IN_PERSON)
