"""Days on which an office differs from its weekly hours, and the counter time that follows from them."""

from datetime import date

from server.core import ledger
from server.core.accounts import Official
from server.core.database import transaction
from server.core.ledger import SettingChanged
from tracking.visits.actions import rebuilding
from tracking.visits.models import Opening
from tracking.visits.queries import offices
from tracking.visits.states import OpeningKind

CHAIN = "settings/openings"


async def open_day(actor: Official, office_code: str, day: date, opens: str, closes: str, reason: str = "") -> None:
    """Open an office on a day, also on a holiday; hours given earlier for that day are replaced.

    Raises ``NoSuchOffice``.
    """
    place = await offices.office(office_code)
    async with rebuilding.following(), transaction():
        chain = await ledger.open_or_begin(CHAIN)
        await Opening.filter(office_id=place.id, date=day, kind=OpeningKind.OPEN).delete()
        row = await Opening.create(
            office_id=place.id, date=day, kind=OpeningKind.OPEN, opens=opens, closes=closes, reason=reason
        )
        await chain.append(actor.actor, SettingChanged("opening", row.id, "added"))
        await rebuilding.plan(place.id, [day])
