"""Taking and freeing the counter time of a visit: the frame of every action that does.

Lock order: the calendars of the days concerned, by id; then the visit's row; then its chain in the ledger.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.core import database
from server.core.booking import times
from server.core.booking.day import Free, Wanted
from server.core.booking.errors import TimeTaken
from server.core.errors import Invalid, _
from tracking.visits import rules
from tracking.visits.queries import grid, offices
from tracking.visits.queries.grid import Errand
from tracking.visits.queries.offices import OfficeRow, Place, ServiceRow
from tracking.visits.queries.visits import VisitView
from tracking.visits.states import Channel

MOST_TOGETHER = 10
"""People who can come together to a service that is not for groups."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A time that somebody wants for what they come for."""

    errand: Errand
    start: int

    @property
    def office(self) -> OfficeRow:
        return self.errand.office

    @property
    def date(self) -> date:
        """The day in the city's zone."""
        return offices.local(self.start).date()

    @property
    def end(self) -> int:
        return self.start + self.errand.length


async def errand(code: str, wanted: Sequence[str], channel: Channel, party: int = 1, counter: str = "") -> Errand:
    """What somebody comes for; ``counter`` is the number of the one they ask for.

    Raises ``NoSuchOffice``, and ``Invalid`` for services that are not booked here or not at that counter.
    """
    place = await offices.place(code)
    known = {one.code: one for one in place.services.values() if one.bookable}
    chosen = tuple(known[one] for one in wanted if one in known)
    if not wanted or len(chosen) != len(wanted) or len({*wanted}) != len(wanted):
        raise Invalid.at("service", _("This service cannot be booked at this office."))
    if len(chosen) > place.office.most_matters:
        raise Invalid.at("service", _("One visit can combine %(most)s services.", most=place.office.most_matters))
    largest = min((one.places for one in chosen if one.places > 1), default=MOST_TOGETHER)
    if not 1 <= party <= largest:
        raise Invalid.at("party", _("Please enter a number of people from 1 to %(most)s.", most=largest))
    return Errand(place, chosen, channel, party, await _counter(place, chosen, counter) if counter else None)


async def _counter(place: Place, chosen: Sequence[ServiceRow], number: str) -> int:
    sql = "SELECT id FROM counter WHERE office_id = ? AND number = ? AND active = ?"
    found = await database.value(sql, place.office.id, number, True)
    if not any(found in one.counters for one in chosen):
        raise Invalid.at("counter", _("This counter does none of the chosen services."))
    return int(found)


async def wish(
    code: str, wanted: Sequence[str], start: datetime, channel: Channel, party: int = 1, counter: str = ""
) -> Wish:
    """Check a wished time against what the grid shows. Raises as :func:`errand`, and ``Invalid`` for another start."""
    found = Wish(await errand(code, wanted, channel, party, counter), rules.minute(start))
    (day,) = await grid.days(found.errand, [found.date])
    # As numbers: in the hour that comes twice, times with other zones are never equal (PEP 495).
    if all(slot.start.timestamp() != start.timestamp() for slot in day.slots):
        raise Invalid.at("start", _("This time cannot be booked. Please choose one from the timetable."))
    return found


async def other_time(visit: VisitView, start: datetime) -> Wish:
    """The wish for another time of a visit: the same services, people and named counter. Raises as :func:`wish`."""
    services = [one.code for one in visit.matters]
    named = await database.column(
        "SELECT DISTINCT c.number FROM visit_matter m JOIN booking_claim b ON b.id = m.claim_id "
        "JOIN counter c ON c.id = b.unit WHERE m.visit_id = ?",
        visit.id,
    )
    number = named[0] if len(named) == 1 else ""
    return await wish(visit.office.code, services, start, visit.channel, visit.party, number)


async def of_visit(visit: int, office_id: int, start: datetime, channel: Channel, party: int) -> Wish:
    """The wish that a visit was made from."""
    place = await offices.place((await offices.office_by_id(office_id)).code)
    order = await database.column("SELECT service_id FROM visit_matter WHERE visit_id = ? ORDER BY position", visit)
    chosen = tuple(place.services[one] for one in order if one in place.services)
    return Wish(Errand(place, chosen, channel, party), rules.minute(start))


async def calendar_of(wished: Wish) -> int:
    """The calendar of the day. Raises ``TimeTaken`` if nobody has entered a roster for it."""
    found = await offices.calendars(wished.office.id, [wished.date])
    if wished.date not in found:
        raise TimeTaken
    return found[wished.date]


async def take(wished: Wish, calendar: int) -> list[int]:
    """Take the time of all services. Returns a claim for each. The calendar is locked. Raises ``TimeTaken``."""
    known = await offices.services(wished.office.id)  # under the lock: what a counter can do may just have changed
    place = await offices.office_by_id(wished.office.id)
    those = offices.terms(place, known)
    return [await times.take(calendar, one, those) for one in wished.errand.wanted(wished.start)]


async def write_matters(visit: int, wished: Wish, claims: Sequence[int]) -> None:
    """Write the services of a visit with their times and claims, instead of any earlier ones."""
    await database.execute("DELETE FROM visit_matter WHERE visit_id = ?", visit)
    rows = [
        (visit, service.id, position, rules.moment(first), rules.moment(last), claim)
        for position, (service, (first, last), claim) in enumerate(
            zip(wished.errand.services, wished.errand.spans(wished.start), claims, strict=True)
        )
    ]
    columns = ("visit_id", "service_id", "position", "starts_at", "ends_at", "claim_id")
    await database.insert("visit_matter", columns, rows)


async def free(visit: int, party: int) -> list[Wanted]:
    """Give back the time of a visit. Returns what it was. The calendar is locked."""
    numbers = await database.column(
        "SELECT claim_id FROM visit_matter WHERE visit_id = ? AND claim_id IS NOT NULL ORDER BY position", visit
    )
    freed = []
    for claim in await times.claims(numbers):
        number = party if claim.places > 1 else 1
        await times.give_back(claim.id, number)
        freed.append(
            Wanted(
                kind=claim.kind, starts=claim.starts, ends=claim.ends, channel=claim.channel, unit=claim.unit,
                places=claim.places, number=number,
            )
        )  # fmt: skip
    await database.execute("UPDATE visit_matter SET claim_id = NULL WHERE visit_id = ?", visit)
    return freed


async def withhold(place: OfficeRow, calendar: int, freed: Sequence[Wanted], returns_at: datetime | None) -> None:
    """Keep what is still free of freed time until it returns, or for walk-ins (None). The calendar is locked."""
    those = offices.terms(place, await offices.services(place.id))
    for one in freed:
        if Free(await times.locked(calendar), those).fits(one):
            claim = await times.take(calendar, one, those)
            columns = ("calendar_id", "claim_id", "places", "returns_at")
            await database.insert("freed_time", columns, [(calendar, claim, one.number, returns_at)])


def chance() -> float:
    """A random share, evenly from 0 to 1."""
    return secrets.randbelow(10_001) / 10_000
