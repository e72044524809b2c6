"""What a kiosk needs to work, and to go on without network."""

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.core import city, clock
from server.core.days import today
from tracking.visits import rules
from tracking.visits.queries import closing, live_queue, numbers, offices, queue, waiting_times
from tracking.visits.queries.numbers import Block, Numbers
from tracking.visits.queries.offices import Place, ServiceRow
from tracking.visits.waits.closing import BeforeClosing, Closed
from tracking.visits.waits.queue import Wait


@dataclass(frozen=True)
class KioskService:
    """What visitors choose at a kiosk."""

    service: ServiceRow
    waiting: int
    ahead: int
    """Who waits for the same counters; see ``live_queue.ahead``."""
    wait: Wait | None
    before_closing: BeforeClosing | None
    closed: Closed | None
    prefix: str
    left: int | None


@dataclass(frozen=True)
class KioskView:
    """An office as its kiosks see it."""

    place: Place
    date: date
    now: datetime
    open: bool
    """Whether tickets are given."""
    hours: Sequence[tuple[datetime, datetime]]
    services: Sequence[KioskService]
    blocks: Mapping[str, Sequence[int]]
    """By prefix, the numbers that the kiosk can give without network and has not handed in."""
    short: bool
    """Whether it should be given more of them."""


async def view(place: Place, device_id: int, enrolled_at: datetime) -> KioskView:
    """An office as one of its kiosks sees it."""
    day, now = today(), clock.now()
    found = (await offices.hours(place.office.id, place.weekly, [day], await city.kept_calendar()))[day]
    is_open = bool(found.spans) and not offices.closed_now(found)
    day_id, version = await queue.day(place.office.id, day)
    counted = await numbers.numbers(place.office.id, day_id)
    own = of_kiosk(counted, device_id, enrolled_at)
    free = await numbers.free(day_id, own)
    tickets = await queue.waiting(day_id)
    waiting = Tally(one.service_id for one in tickets)
    closes = rules.moment(found.spans[-1][1]) if found.spans else None
    estimates, closed, overtakings = await waiting_times.now(place, (day_id, version))
    ahead = live_queue.ahead([one.in_order for one in tickets], queue.rule(place.office), place.able, overtakings)
    most = place.office.offline_numbers
    return KioskView(
        place, day, now, is_open,
        [(rules.moment(first), rules.moment(last)) for first, last in found.spans],
        [
            KioskService(
                one, waiting[one.id], ahead.get(one.id, 0), wait, closing.expected(wait, closes),
                closed.get(one.id), series.prefix, counted.left(series),
            )
            for one in place.services.values()
            if one.bookable or one.walk_in
            for series, wait in [(counted.of_class(one.class_code), estimates.walk_ins.get(str(one.id)))]
        ],
        {prefix: some for prefix, some in free.items() if some},
        is_open and any(counted.wanted(one, len(free.get(one.prefix, ())), most) for one in counted.series),
    )  # fmt: skip


def of_kiosk(found: Numbers, device_id: int, enrolled_at: datetime) -> list[Block]:
    """The blocks from which a kiosk can give numbers: those reserved since it was enrolled."""
    return [one for one in found.blocks if one.device_id == device_id and one.reserved_at >= enrolled_at]
