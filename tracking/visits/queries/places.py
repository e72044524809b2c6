"""What the settings of offices show: visits that no counter can serve any more, and the roster of a week."""

from server.core import clock, database
from server.core.booking import times
from server.core.days import today


async def displaced() -> int:
    """How many booked visits to come have no counter any more. Three queries at most."""
    calendars = await database.column("SELECT calendar_id FROM office_day WHERE date >= ?", today())
    without = await times.unplaced(*calendars)
    if not without:
        return 0
    found: int = await database.value(
        "SELECT COUNT(DISTINCT v.id) FROM visit_matter m JOIN visit v ON v.id = m.visit_id "
        "WHERE m.claim_id IN (?) AND v.state = 'booked' AND v.starts_at > ?",
        without,
        clock.now(),
    )
    return found
