"""Days on which an office differs from its weekly hours, and the counter time that follows from them."""

from collections.abc import Mapping
from datetime import date

from server.core import ledger
from server.core.accounts import Official
from server.core.database import transaction
from server.core.days import today
from server.core.errors import FieldError, Invalid, Text
from server.core.ledger import SettingChanged
from tracking.visits import rules
from tracking.visits.actions import rebuilding
from tracking.visits.actions.rosters import OFF_STEP, OVER
from tracking.visits.models import Opening
from tracking.visits.queries import offices
from tracking.visits.states import OpeningKind

CHAIN = "settings/openings"


def on_step(step: int, times: Mapping[str, str]) -> None:
    """Refuse times off the steps of an office, which would move its timetable. Raises ``Invalid`` with the fields."""
    text = Text(OFF_STEP.msgid, {"step": step})
    wrong = [name for name, one in times.items() if one and not rules.on_step(one, step)]
    if wrong:
        raise Invalid([FieldError(name, text) for name in wrong])


async def open_day(actor: Official, office_code: str, day: date, opens: str, closes: str, reason: str = "") -> None:
    """Open an office on a day, also on a holiday; hours given earlier for that day are replaced.

    Raises ``NoSuchOffice``, and ``Invalid`` for a day that is over and for times off the office's steps.
    """
    place = await offices.office(office_code)
    if day < today():
        raise Invalid.at("date", OVER)
    on_step(place.step, {"start": opens, "end": closes})
    async with rebuilding.following(), transaction():
        chain = await ledger.open_or_begin(CHAIN)
        await Opening.filter(office_id=place.id, date=day, kind=OpeningKind.OPEN).delete()
        row = await Opening.create(
            office_id=place.id, date=day, kind=OpeningKind.OPEN, opens=opens, closes=closes, reason=reason
        )
        await chain.append(actor.actor, SettingChanged("opening", row.id, "added"))
        await rebuilding.plan(place.id, [day])
