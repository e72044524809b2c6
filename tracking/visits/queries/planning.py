"""Several matters in one visit: the plans that an office's days allow, as the page, JSON and every booking see them.

Reads a day, lets :mod:`tracking.visits.combining` search it, and puts the plans into words. A service that is done on
one floor is planned with any of its counters; one that is done on several floors with the counter that suits.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from server.core import accounts, clock, config, database
from server.core.booking.day import Day, Free, Held, Wanted
from server.core.errors import Text, _
from tracking.visits import combining, rules
from tracking.visits.combining import Choice, Combination, ObstacleKind, Plan
from tracking.visits.queries import grid, offices
from tracking.visits.queries.grid import Errand, GridDay, Slot
from tracking.visits.queries.offices import Place, ServiceRow
from tracking.visits.rules import ChosenStop, DayHours

ACCOMPANIMENT = "accompaniment"
"""The service that books the time of the case guide who accompanies a visit. It is not booked by itself."""
FLOOR_MINUTES = 3
"""Minutes from one floor to the next, by lift or by stairs."""
MOST = 3
MOST_DAYS = 14
AT_A_COUNTER = "counter-"
EVERY_START = 1_000


class CounterPlace(NamedTuple):
    """A counter as its visitors find it."""

    number: str
    name: str
    floor: int
    account: int | None
    person: str
    """The name of the guide that it stands for; empty for a counter."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One matter of a plan: its service, its time in minutes since the epoch, and where."""

    service: ServiceRow
    start: int
    end: int
    floor: int
    counter: int | None = None
    """None: at any counter of the floor that does it."""
    number: str = ""
    """The number of that counter."""

    @property
    def value(self) -> str:
        """What a form or a request sends to choose it: service, start and number of the counter."""
        return f"{self.service.code}@{rules.moment(self.start).isoformat(timespec='minutes')}@{self.number}"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A visit that settles everything, one matter after the other."""

    date: date
    stops: tuple[Stop, ...]
    walking: int
    guide: int | None = None

    @property
    def start(self) -> int:
        return self.stops[0].start

    @property
    def end(self) -> int:
        return self.stops[-1].end

    @property
    def minutes(self) -> int:
        """From the first start to the last end."""
        return self.end - self.start

    @property
    def waiting(self) -> int:
        """Minutes that are neither counter time nor walking."""
        return self.minutes - self.walking - sum(one.end - one.start for one in self.stops)

    @property
    def why(self) -> list[Text]:
        """What speaks for it."""
        floors = len({one.floor for one in self.stops})
        found = [
            _("Everything on one floor: no walking.")
            if floors == 1
            else _("%(minutes)s minutes of walking between floors.", minutes=self.walking),
            _("No waiting between the counters.")
            if not self.waiting
            else _("%(minutes)s minutes of waiting between the counters.", minutes=self.waiting),
        ]
        if self.guide is not None:
            found.append(_("Your case guide is with you the whole time."))
        return found


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """The best plans of a day, best first, or why there is none."""

    date: date
    plans: tuple[DayPlan, ...] = ()
    obstacle: Text | None = None


async def counters(office_id: int) -> dict[int, CounterPlace]:
    """The counters of an office by id."""
    rows = await database.fetch(
        f"SELECT c.id, c.number, c.name, c.floor, c.account_id, a.name AS person FROM counter c "
        f"{accounts.with_official('c.account_id', 'a')} WHERE c.office_id = ? AND c.active = ?",
        office_id,
        True,
    )
    return {
        row["id"]: CounterPlace(row["number"], row["name"], row["floor"], row["account_id"], row["person"] or "")
        for row in rows
    }


def accompaniment(place: Place) -> ServiceRow | None:
    """The service by which guides of an office are booked, if it has any."""
    return next((one for one in place.services.values() if one.code == ACCOMPANIMENT), None)


async def guides(place: Place) -> list[tuple[int, CounterPlace]]:
    """The guides of an office who can accompany a visit: their counter's id and what stands for them."""
    service = accompaniment(place)
    known = await counters(place.office.id) if service else {}
    return [(one, known[one]) for one in sorted(service.counters if service else ()) if one in known]


def spread(errand: Errand, known: Mapping[int, CounterPlace]) -> bool:
    """Whether the services of a visit are done on several floors, so that it has to be planned."""
    return len({known[one].floor for service in errand.services for one in service.counters if one in known}) > 1


async def plans(
    errand: Errand,
    wanted: Sequence[date],
    *,
    guide: int | None = None,
    own: int | None = None,
    start: int | None = None,
    most: int = MOST,
) -> list[PlannedDay]:
    """The best plans of some days. Six queries; the search runs in a thread.

    ``own``: the visit that would be changed, whose time counts as free. ``start``: a start that is wished for.
    """
    known = await counters(errand.office.id)
    read = await grid.read_days(errand, wanted, own)
    inputs = {day: _Input(errand, known, guide, hours, found) for day, (hours, found) in read.items()}

    def search() -> list[PlannedDay]:
        return [one.planned(day, start, most) for day, one in inputs.items()]

    return await asyncio.to_thread(search)


async def days(errand: Errand, wanted: Sequence[date], own: int | None = None) -> list[GridDay]:
    """The days as ``grid.days`` gives them, for what has to be planned: free is each start of a plan with the guide."""
    known = await counters(errand.office.id)
    read = await grid.read_days(errand, wanted, own)
    inputs = {day: _Input(errand, known, errand.guide, hours, found) for day, (hours, found) in read.items()}
    return await asyncio.to_thread(lambda: [one.seen(day) for day, one in inputs.items()])


async def offered(errand: Errand, stops: Sequence[ChosenStop], *, guide: int | None = None) -> DayPlan | None:
    """Check chosen stops against what their day's counters can do.

    None if they were never offered. Whether they are still free is known when they are taken.
    """
    known = await counters(errand.office.id)
    day = offices.local(stops[0].start).date()
    hours, found = (await grid.read_days(errand, [day]))[day]
    empty = found and found.without({each.id: each.taken for each in found.claims.values()})
    return _Input(errand, known, guide, hours, empty).check(day, stops)


class _Input:
    """A day of an office as the planner reads it."""

    def __init__(
        self, errand: Errand, known: Mapping[int, CounterPlace], guide: int | None, hours: DayHours, found: Day | None
    ) -> None:
        self.errand, self.known, self.guide, self.hours = errand, known, guide, hours
        self.now = clock.now().astimezone(config.settings().zone)
        self.free = Free(found, errand.place.terms) if found else None
        self.step = errand.office.step
        self.spots = [self._spots(service) for service in errand.services]
        """By service: its places, and the counter that each stands for, if it is one."""

    def _spots(self, service: ServiceRow) -> dict[str, int | None]:
        able = {one for one in service.counters if one in self.known and one != self.guide}
        if self.errand.counter in able:
            able = {self.errand.counter}
        elif able == service.counters and len({self.known[one].floor for one in able}) == 1:
            return {str(self.known[min(able)].floor): None}
        return {f"{AT_A_COUNTER}{one}": one for one in sorted(able)}

    def floor(self, place: str) -> int:
        counter = place.removeprefix(AT_A_COUNTER)
        return self.known[int(counter)].floor if counter != place else int(place)

    def combination(self, start: int | None) -> Combination | None:
        """What the planner is asked; None if the office is closed."""
        if self.free is None or not self.hours.spans:
            return None
        first, last = self.hours.spans[0][0], self.hours.spans[-1][1]
        busy = self._busy(first, last)
        beside = self._beside_guide(first, last, busy)
        matters = [
            Choice(
                rules.rounded(service.minutes, self.step),
                {place: self._starts(service, counter, beside) for place, counter in spots.items()},
            )
            for service, spots in zip(self.errand.services, self.spots, strict=True)
        ]
        places = sorted({place for spots in self.spots for place in spots})
        walking = {
            (one, other): abs(self.floor(one) - self.floor(other)) * FLOOR_MINUTES for one in places for other in places
        }
        return Combination(
            matters=matters, walking=walking, guide_busy=busy, earliest=first, latest=last, wish=start,
        )  # fmt: skip

    def _starts(self, service: ServiceRow, counter: int | None, free: Free) -> list[int]:
        length = rules.rounded(service.minutes, self.step)
        return [
            at
            for at in rules.starts(self.hours, length, service.every or self.step)
            if grid.allows(self.errand, rules.moment(at).astimezone(self.now.tzinfo), self.now)
            and free.fits(self.wanted(service, at, counter))
        ]

    def wanted(self, service: ServiceRow, start: int, counter: int | None) -> Wanted:
        """What a matter asks of the booking engine."""
        return self.errand.asked(service, (start, start + rules.rounded(service.minutes, self.step)), counter)

    def _busy(self, first: int, last: int) -> list[tuple[int, int]]:
        service = accompaniment(self.errand.place)
        if self.guide is None:
            return []
        if service is None or self.free is None:
            return [(first, last)]
        return [
            (at, at + self.step)
            for at in range(first, last, self.step)
            if not self.free.claims(self.errand.asked(service, (at, at + self.step), self.guide))
        ]

    def _beside_guide(self, first: int, last: int, busy: Sequence[tuple[int, int]]) -> Free:
        """What is free for the matters while the guide comes along, whose time counts towards the same shares."""
        assert self.free  # noqa: S101 — the caller has looked
        service, day = accompaniment(self.errand.place), self.free.day
        if self.guide is None or service is None:
            return self.free
        company = {
            -at: Held(
                -at, day.id, service.id, self.guide, self.errand.channel, at, at + self.step, places=1, taken=1,
                placed=False,
            )
            for at in range(first, last, self.step)
            if (at, at + self.step) not in busy
        }  # fmt: skip
        return Free(replace(day, claims={**day.claims, **company}), self.free.terms)

    def planned(self, day: date, start: int | None, most: int) -> PlannedDay:
        """The best plans of the day, or why there is none."""
        combination = self.combination(start)
        if combination is None:
            return PlannedDay(day, obstacle=_("The office is closed on this day."))
        found = combining.plans(combination, most)
        if found:
            return PlannedDay(day, tuple(self._plan(day, one) for one in found))
        return PlannedDay(day, obstacle=self._obstacle(combination))

    def seen(self, day: date) -> GridDay:
        """The day with a start for each plan, and as full those from which there is none."""
        zone, errand = self.now.tzinfo, self.errand
        shown = {at: at + errand.length for at in rules.starts(self.hours, errand.length, errand.every)}
        allowed = {
            at: end for at, end in shown.items() if grid.allows(errand, rules.moment(at).astimezone(zone), self.now)
        }
        combination = self.combination(None)
        found = combining.plans(combination, EVERY_START) if combination and allowed else []
        free = {one.start: one.stops[-1].end for one in found}
        slots = [
            Slot(
                rules.moment(at).astimezone(zone), rules.moment(end).astimezone(zone), 1, int(at not in free),
                rules.mark(1, int(at in free), errand.office.few_percent),
            )
            for at, end in sorted({**allowed, **free}.items())
        ]  # fmt: skip
        return GridDay(day, self.hours, bool(allowed), tuple(slots) if self.free else ())

    def _obstacle(self, combination: Combination) -> Text:
        found = combining.obstacle(combination)
        if found and found.kind is ObstacleKind.GUIDE:
            return _("It is possible on this day, but not while the case guide is free.")
        if found and found.kind is ObstacleKind.COMBINATION:
            return _("Each service has free times on this day, but they do not fit into one visit.")
        return _("Not every service has a free time on this day.")

    def _plan(self, day: date, plan: Plan) -> DayPlan:
        stops = tuple(
            Stop(
                self.errand.services[one.matter], one.start, one.end, self.floor(one.place),
                counter := self.spots[one.matter][one.place], self.known[counter].number if counter else "",
            )
            for one in plan.stops
        )  # fmt: skip
        return DayPlan(day, stops, plan.walking, self.guide)

    def check(self, day: date, stops: Sequence[ChosenStop]) -> DayPlan | None:
        """Stops as they were chosen, as a plan; None if they are none."""
        combination = self.combination(None)
        by_code = {service.code: number for number, service in enumerate(self.errand.services)}
        by_number = {one.number: counter for counter, one in self.known.items()}
        if combination is None or sorted(code for code, _start, _counter in stops) != sorted(by_code):
            return None
        found: list[combining.Stop] = []
        for code, start, number in stops:
            matter = by_code[code]
            counter = by_number.get(number) if number else None
            place = next((one for one, each in self.spots[matter].items() if each == counter), None)
            if place is None or (number and counter is None):
                return None
            minutes = combination.matters[matter].minutes
            if start not in combination.matters[matter].starts[place]:
                return None
            if found and found[-1].end + combination.walking[found[-1].place, place] > start:
                return None
            found.append(combining.Stop(matter, place, start, start + minutes))
        if any(begin < found[-1].end and found[0].start < end for begin, end in combination.guide_busy):
            return None
        walking = sum(combination.walking[one.place, other.place] for one, other in pairwise(found))
        return self._plan(day, Plan(tuple(found), walking))


def with_services(errand: Errand, plan: DayPlan) -> Errand:
    """What somebody comes for, in the order of a plan."""
    return replace(errand, services=tuple(one.service for one in plan.stops))
