"""What is free at an office: the times of a week as the page, JSON and every booking see them."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.core import city, clock, config, database
from server.core.booking import times
from server.core.booking.day import Day, Free, Wanted
from server.core.days import today
from tracking.visits import rules
from tracking.visits.queries import offices
from tracking.visits.queries.offices import OfficeRow, Place, ServiceRow
from tracking.visits.rules import DayHours, Mark, Span
from tracking.visits.states import Channel


@dataclass(frozen=True, slots=True)
class Slot:
    """A start that can be booked, or could if it were not full."""

    start: datetime
    end: datetime
    capacity: int
    booked: int
    mark: Mark
    own: bool = False
    """Whether it is the present start of the visit that is to be changed."""

    @property
    def offered(self) -> bool:
        """Whether it can be chosen: one has one's present time already."""
        return self.left > 0 and not self.own

    @property
    def left(self) -> int:
        """How many more visits of this kind the asker's channel can book."""
        return self.capacity - self.booked


@dataclass(frozen=True, slots=True)
class GridDay:
    """A day of an office: its hours, and its starts if it can be booked now."""

    date: date
    hours: DayHours
    bookable: bool
    """Whether any start of the day is within the time in which the office can be booked."""
    slots: tuple[Slot, ...]

    @property
    def state(self) -> str:
        """``open``, ``full``, ``no_counter``, ``not_bookable`` or why the office is closed."""
        if not self.hours.spans:
            return str(self.hours.state)
        if not self.bookable:
            return "not_bookable"
        if not self.slots:
            return "no_counter"
        return "open" if any(slot.left for slot in self.slots) else "full"


@dataclass(frozen=True, slots=True)
class Errand:
    """What somebody comes for: services of an office, one after the other, through a channel."""

    place: Place
    services: tuple[ServiceRow, ...]
    channel: Channel = Channel.ONLINE
    party: int = 1
    counter: int | None = None
    """A named counter or guide, for the services that it does; None for any that is able."""
    planned: bool = False
    """Whether only a plan can settle it: on several floors, or with a guide."""
    guide: int | None = None
    """The counter of the guide who comes along."""
    present: datetime | None = None
    """The present start of a visit that is to be changed, unless it has lost its counter."""
    claims: Mapping[int, int] | None = None
    """The claims of that visit, which count as free, each with the people who come."""

    @property
    def office(self) -> OfficeRow:
        return self.place.office

    @property
    def every(self) -> int:
        """Minutes from one start on the grid to the next."""
        return max(one.every or self.office.step for one in self.services)

    def spans(self, start: int) -> list[Span]:
        """The time of each service from a start."""
        return rules.in_sequence(start, [one.minutes for one in self.services], self.office.step)

    @property
    def length(self) -> int:
        """The minutes of all services together."""
        return self.spans(0)[-1][1]

    def wanted(self, start: int) -> list[Wanted]:
        """What is asked of the booking engine for a start."""
        return [self.asked(one, span) for one, span in zip(self.services, self.spans(start), strict=True)]

    def asked(self, service: ServiceRow, span: Span, counter: int | None = None) -> Wanted:
        """What is asked for one service at a time, at a counter or at any that is able."""
        named = self.counter if self.counter in service.counters else None
        return Wanted(
            kind=service.id, starts=span[0], ends=span[1], channel=self.channel, places=service.places,
            number=self.party if service.places > 1 else 1, unit=counter or named,
        )  # fmt: skip


async def version(params: Mapping[str, str]) -> str:
    """Grows with every change of what is free at an office (``code``) from today on."""
    found = await database.fetch(
        "SELECT COUNT(*) AS days, SUM(b.version) AS changes FROM office o JOIN office_day d ON d.office_id = o.id "
        f"{times.with_calendar('d.calendar_id', 'b')}WHERE o.code = ? AND d.date >= ?",
        params["code"],
        today(),
    )
    return "{days} {changes}".format(**found[0])


async def days(errand: Errand, wanted: Sequence[date], own: int | None = None) -> list[GridDay]:
    """The days of an office as somebody sees them who comes for something.

    ``own``: the visit that they would change, whose places count as free.
    """
    return [seen(errand, day, hours, found) for day, (hours, found) in (await read_days(errand, wanted, own)).items()]


async def read_days(
    errand: Errand, wanted: Sequence[date], own: int | None = None
) -> dict[date, tuple[DayHours, Day | None]]:
    """The hours and the counter time of days; None for a day without a roster. Parameters as for :func:`days`."""
    hours = await offices.hours(errand.office.id, errand.place.weekly, wanted, await city.kept_calendar())
    calendars = await offices.calendars(errand.office.id, wanted)
    read = await times.days([*calendars.values()])
    claims = errand.claims
    if own is not None and claims is None:
        rows = await database.fetch(
            "SELECT m.claim_id, v.party FROM visit_matter m JOIN visit v ON v.id = m.visit_id WHERE m.visit_id = ?", own
        )
        claims = {row["claim_id"]: row["party"] for row in rows}
    if claims:
        read = {number: _without(day, claims) for number, day in read.items()}
    return {day: (hours[day], read.get(calendars.get(day, 0))) for day in wanted}


def _without(day: Day, parties: Mapping[int, int]) -> Day:
    """A day without the claims of a visit, each with the people who come."""
    own = [day.claims[claim] for claim in parties if claim in day.claims]
    return day.without({one.id: parties[one.id] if one.places > 1 else 1 for one in own}) if own else day


def seen(errand: Errand, day: date, hours: DayHours, found: Day | None) -> GridDay:
    """A day with these hours and this counter time, if there is any, as somebody sees it."""
    zone = config.settings().zone
    now = clock.now().astimezone(zone)
    starts = [(at, rules.moment(at).astimezone(zone)) for at in rules.starts(hours, errand.length, errand.every)]
    allowed = [(at, start) for at, start in starts if allows(errand, start, now)]
    if found is None or not allowed:
        return GridDay(day, hours, bool(allowed), ())
    return GridDay(day, hours, bookable=True, slots=_slots(errand, allowed, found))


_Starts = Sequence[tuple[int, datetime]]
_seen = OrderedDict[tuple[object, ...], tuple[Day, Place, tuple[ServiceRow, ...], _Starts, tuple[Slot, ...]]]()
MOST_SEEN = 500
"""Days whose starts are kept: for as long as neither the day nor its office is read anew."""


def _slots(errand: Errand, allowed: _Starts, found: Day) -> tuple[Slot, ...]:
    """What is free of some starts."""
    key = found.id, tuple(one.id for one in errand.services), errand.channel, errand.party, errand.counter
    if kept := _seen.get(key):
        day, place, services, starts, slots = kept
        if day is found and place is errand.place and services == errand.services and starts == allowed:
            return slots
    free = Free(found, errand.place.terms)
    slots = tuple(slot for at, start in allowed if (slot := _slot(errand, at, start, free)))
    _seen.pop(key, None)
    _seen[key] = found, errand.place, errand.services, allowed, slots
    if len(_seen) > MOST_SEEN:
        _seen.popitem(last=False)
    return slots


def allows(errand: Errand, start: datetime, now: datetime) -> bool:
    """Whether a start is within the time in which it can be booked; officials book until it begins."""
    if errand.channel is Channel.ONLINE:
        return errand.office.window.allows(start, now)
    return rules.until(start, now) > timedelta()


def _slot(errand: Errand, at: int, start: datetime, free: Free) -> Slot | None:
    """A start; None if no counter serves it at all."""
    wanted = errand.wanted(at)
    if not all(free.served(one) for one in wanted):
        return None
    left = min(free.places(one) for one in wanted)
    if not all(free.fits(one) for one in wanted):
        left = 0  # the group does not fit any more, though smaller ones do
    booked = max(free.used(one) for one in wanted)
    end = rules.moment(at + errand.length).astimezone(start.tzinfo)
    return Slot(start, end, booked + left, booked, rules.mark(booked + left, left, errand.office.few_percent))
