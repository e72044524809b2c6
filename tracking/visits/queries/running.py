"""The counter time of visitors who are here."""

from server.core import database
from server.core.days import today
from tracking.visits.states import HERE


async def claims(office_id: int) -> frozenset[int]:
    """The claims of the visitors who are here today: their counters are not exchanged any more."""
    found = await database.column(
        "SELECT m.claim_id FROM queue_day q JOIN ticket t ON t.day_id = q.id AND t.state IN (?) "
        "JOIN visit_matter m ON m.visit_id = t.visit_id "
        "WHERE q.office_id = ? AND q.date = ? AND m.claim_id IS NOT NULL",
        tuple(HERE),
        office_id,
        today(),
    )
    return frozenset(found)
