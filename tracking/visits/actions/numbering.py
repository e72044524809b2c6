"""Giving numbers to tickets, and reserving blocks of numbers for kiosks, with the queue of the day locked."""

from string import ascii_uppercase, digits

from server.core import clock, database
from tracking.visits.actions.devices import DeviceRow
from tracking.visits.actions.queueing import Queue
from tracking.visits.errors import NoTicketsLeft
from tracking.visits.queries import kiosk as kiosk_queries
from tracking.visits.queries import numbers
from tracking.visits.queries.numbers import Given
from tracking.visits.queries.queue import TicketRow


async def next_number(day: Queue, class_code: str, *, walk_in: bool) -> str:
    """The next number for a class of services. Walk-ins get one while there are any; who booked always does.

    Raises ``NoTicketsLeft``.
    """
    found = await numbers.numbers(day.office.id, day.id)
    series, start = found.of_class(class_code), found.of_class(class_code).lowest
    blocks = found.blocks_of(series.prefix)
    counted = await count(day, series.prefix, walk_ins=int(walk_in))
    if walk_in and series.most_daily and counted.walk_ins > series.most_daily:
        raise NoTicketsLeft
    number = start + counted.given
    while True:
        number = numbers.beyond(number, blocks)
        if walk_in and number > series.highest:
            raise NoTicketsLeft
        text = f"{series.prefix}{number}"
        if not await _taken(day, text):
            await count(day, series.prefix, given=number + 1 - start - counted.given)
            return text
        number += 1  # carried over from the day before


async def kept(day: Queue, ticket: TicketRow) -> str:
    """The number of a ticket that is carried over to a day: its own, or the next if that is not free any more."""
    found = await numbers.numbers(day.office.id, day.id)
    prefix, value = ticket.number.rstrip(digits), int(ticket.number.lstrip(ascii_uppercase))
    if numbers.beyond(value, found.blocks_of(prefix)) == value and not await _taken(day, ticket.number):
        return ticket.number
    class_code = await database.value("SELECT class_code FROM counter_service WHERE id = ?", ticket.service_id)
    return await next_number(day, class_code or "", walk_in=False)


async def _taken(day: Queue, number: str) -> bool:
    return bool(await database.value("SELECT id FROM ticket WHERE day_id = ? AND number = ?", day.id, number))


async def count(day: Queue, prefix: str, *, given: int = 0, walk_ins: int = 0) -> Given:
    """Count numbers that were given and tickets of walk-ins. Returns what there is now."""
    (row,) = await database.insert(
        "series_day", ("day_id", "prefix", "given", "walk_ins"), [(day.id, prefix, given, walk_ins)],
        conflict="(day_id, prefix) DO UPDATE SET given = series_day.given + excluded.given, "
        "walk_ins = series_day.walk_ins + excluded.walk_ins",
        returning="prefix, given, walk_ins",
    )  # fmt: skip
    return Given(**row)


async def reserve(day: Queue, kiosk: DeviceRow) -> None:
    """Reserve numbers of each series for a kiosk, until it has as many as the office wants it to have."""
    found = await numbers.numbers(day.office.id, day.id)
    free = await numbers.free(day.id, kiosk_queries.of_kiosk(found, kiosk.id, kiosk.enrolled_at))
    for series in found.series:
        some = found.wanted(series, len(free.get(series.prefix, ())), day.office.offline_numbers)
        if some:
            values = {
                "day_id": day.id, "device_id": kiosk.id, "prefix": series.prefix,
                "lowest": some[0], "highest": some[-1], "reserved_at": clock.now(),
            }  # fmt: skip
            await database.insert("number_block", tuple(values), [tuple(values.values())])
