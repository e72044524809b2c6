"""Taking and freeing the counter time of a visit: the frame of every action that does.

Lock order: the calendars of the days concerned, by id; then the visit's row; then its chain in the ledger.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.core import clock, config, database
from server.core.booking import times
from server.core.booking.day import Wanted
from server.core.booking.errors import TimeTaken
from server.core.errors import Invalid, _
from tracking.visits import rules
from tracking.visits.queries import offices
from tracking.visits.queries.offices import OfficeRow, ServiceRow
from tracking.visits.states import Channel


@dataclass(frozen=True, slots=True)
class Request:
    """A time that somebody wants at an office, for one service or several, one after the other."""

    office: OfficeRow
    services: tuple[ServiceRow, ...]
    start: int
    channel: Channel
    party: int = 1

    @property
    def date(self) -> date:
        """The day in the city's zone."""
        return offices.local(self.start).date()

    @property
    def spans(self) -> Sequence[rules.Span]:
        """The time of each service."""
        return rules.in_sequence(self.start, [one.minutes for one in self.services], self.office.step)

    @property
    def wanted(self) -> list[Wanted]:
        """What is asked of the booking engine."""
        return [
            Wanted(
                kind=service.id, starts=first, ends=last, channel=self.channel, places=service.places,
                number=self.party if service.places > 1 else 1,
            )
            for service, (first, last) in zip(self.services, self.spans, strict=True)
        ]  # fmt: skip


async def request(code: str, wanted: Sequence[str], start: datetime, channel: Channel, party: int = 1) -> Request:
    """Check a wished time against what the grid shows.

    Raises ``NoSuchOffice``, and ``Invalid`` for services that are not booked here and for a start that the grid does
    not show.
    """
    place = await offices.office(code)
    known = {one.code: one for one in (await offices.services(place.id)).values() if one.bookable}
    chosen = tuple(known[one] for one in wanted if one in known)
    if not wanted or len(chosen) != len(wanted) or len({*wanted}) != len(wanted):
        raise Invalid.at("service", _("This service cannot be booked at this office."))
    if len(chosen) > place.most_matters:
        raise Invalid.at("service", _("One visit can combine %(most)s services.", most=place.most_matters))
    largest = max((one.places for one in chosen if one.places > 1), default=place.most_matters)
    if not 1 <= party <= largest:
        raise Invalid.at("party", _("Please enter a number of people from 1 to %(most)s.", most=largest))
    found = Request(place, chosen, rules.minute(start), channel, party)
    await _as_shown(found, start)
    return found


async def of_visit(visit: int, office_id: int, start: datetime, channel: Channel, party: int) -> Request:
    """The request that a visit was made from."""
    known = await offices.services(office_id)
    order = await database.column("SELECT service_id FROM visit_matter WHERE visit_id = ? ORDER BY position", visit)
    chosen = tuple(known[one] for one in order if one in known)
    return Request(await offices.office_by_id(office_id), chosen, rules.minute(start), channel, party)


async def _as_shown(wished: Request, start: datetime) -> None:
    zone = config.settings().zone
    local, now = start.astimezone(zone), clock.now().astimezone(zone)
    in_window = wished.office.window.allows(local, now) or (wished.channel is not Channel.ONLINE and local > now)
    shown = False
    if in_window:
        hours = (await offices.hours(wished.office, [wished.date]))[wished.date]
        shown = wished.start in rules.starts(hours, length(wished), every(wished))
    if not shown or start.second or start.microsecond:
        raise Invalid.at("start", _("This time cannot be booked. Please choose one from the timetable."))


def length(wished: Request) -> int:
    """The minutes of all services together."""
    return wished.spans[-1][1] - wished.start


def every(wished: Request) -> int:
    """Minutes from one start on the grid to the next."""
    return max(one.every or wished.office.step for one in wished.services)


async def calendar_of(wished: Request) -> int:
    """The calendar of the day. Raises ``TimeTaken`` if nobody has entered a roster for it."""
    found = await offices.calendars(wished.office.id, [wished.date])
    if wished.date not in found:
        raise TimeTaken
    return found[wished.date]


async def take(wished: Request, calendar: int) -> list[int]:
    """Take the time of all services. Returns a claim for each. The calendar is locked. Raises ``TimeTaken``."""
    known = await offices.services(wished.office.id)  # under the lock: what a counter can do may just have changed
    place = await offices.office_by_id(wished.office.id)
    those = offices.terms(place, known)
    return [await times.take(calendar, one, those) for one in wished.wanted]


async def write_matters(visit: int, wished: Request, claims: Sequence[int]) -> None:
    """Write the services of a visit with their times and claims, instead of any earlier ones."""
    await database.execute("DELETE FROM visit_matter WHERE visit_id = ?", visit)
    rows = [
        (visit, service.id, position, rules.moment(first), rules.moment(last), claim)
        for position, (service, (first, last), claim) in enumerate(
            zip(wished.services, wished.spans, claims, strict=True)
        )
    ]
    columns = ("visit_id", "service_id", "position", "starts_at", "ends_at", "claim_id")
    await database.insert("visit_matter", columns, rows)


async def free(visit: int, party: int, *, later: datetime | None = None, for_good: bool = False) -> None:
    """Give back the time of a visit: now, ``later``, or ``for_good`` to walk-ins only. The calendar is locked."""
    numbers = await database.column(
        "SELECT claim_id FROM visit_matter WHERE visit_id = ? AND claim_id IS NOT NULL ORDER BY position", visit
    )
    kept = []
    for claim in await times.claims(numbers):
        number = party if claim.places > 1 else 1
        if later is None and not for_good:
            await times.give_back(claim.id, number)
        else:
            kept.append((claim.calendar_id, claim.id, number, later))
    await database.insert("freed_time", ("calendar_id", "claim_id", "places", "returns_at"), kept)
    await database.execute("UPDATE visit_matter SET claim_id = NULL WHERE visit_id = ?", visit)


def chance() -> float:
    """A random share, evenly from 0 to 1."""
    return secrets.randbelow(10_001) / 10_000
