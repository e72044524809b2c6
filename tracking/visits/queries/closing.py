"""When an office closes today, and who will be called before that."""

from datetime import datetime

from server.core import city, clock
from server.core.days import today
from tracking.visits import rules
from tracking.visits.queries import offices
from tracking.visits.queries.offices import Place
from tracking.visits.waits.closing import BeforeClosing, Closed, before_closing
from tracking.visits.waits.queue import Wait


async def closes(place: Place) -> datetime | None:
    """When an office closes today; None on a day on which it is closed."""
    day = today()
    spans = (await offices.hours(place.office.id, place.weekly, [day], await city.kept_calendar()))[day].spans
    return rules.moment(spans[-1][1]) if spans else None


def expected(wait: Wait | None, closes_at: datetime | None) -> BeforeClosing | None:
    """What an estimate made now means for a visitor, see ``before_closing``."""
    return before_closing(wait, rules.until(closes_at, clock.now()).total_seconds() / 60 if closes_at else None)


def in_time(wait: Wait | None, expected: BeforeClosing | None, closed: Closed | None) -> Wait | None:
    """An estimate whose range can be told as it is; none if it may end after closing, or if no counter is open."""
    return wait if closed is None and expected in {None, BeforeClosing.IN_TIME} else None
