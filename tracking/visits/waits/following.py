"""Follows an office by its log: keeps the queue as it stands and learns how long things take.

It is given the lines one by one in the order in which they are known, so that nothing of the future gets into an
estimate. A new day begins with the first line about a ticket after four hours without one: whoever still waits then has
left, and numbers may come again.
"""

from collections import deque
from dataclasses import dataclass, field
from math import inf

from tracking.visits.waits.log import Line, What
from tracking.visits.waits.order import MINUTE, Overtaking, Rule, Ticket, can_serve, choose, overtakes_from
from tracking.visits.waits.pace import Pace
from tracking.visits.waits.queue import Coming, Counter, Queue, Serving

HOUR = 60 * MINUTE
NIGHT = 4 * HOUR
LONGEST_GAP = 30 * MINUTE
"""A counter that calls nobody for longer is taken for closed."""
DAY = 24 * HOUR
LOOK_BACK, HABIT = 5, 2
"""Without a plan, a change of the roster is expected that came at the same time on two of the last five days, and on
half of them."""
WORST_DELAYS = tuple(minutes * MINUTE for minutes in (30, 0, 15, 60, 24 * 60))
"""The log does not say by how much booked visitors may delay walk-ins: what explains the calls best is assumed."""
JUDGED = 300
"""After so many calls it is known."""

Services = frozenset[str]


@dataclass
class CounterNow:
    """A counter as it stands."""

    services: Services = frozenset()
    last_services: Services = frozenset()
    """Before it was closed."""
    in_roster: bool = False
    plan: list[tuple[float, Services]] = field(default_factory=list)
    """Changes to come, sorted."""
    habits: list[tuple[int, float, Services]] = field(default_factory=list)
    """Changes that nobody announced, of the last days: day, time of day, services."""
    ticket: str = ""
    serving: Serving | None = None
    free_from: float = -inf
    closed_since: float | None = None


class Office:
    """An office's queue while its log is read."""

    def __init__(self) -> None:
        self.pace = Pace()
        self.now = self.latest = -inf
        self.waiting: dict[str, Ticket] = {}
        self.known: dict[str, str] = {}
        """The service of each of today's tickets."""
        self.bookings: dict[tuple[str, float], Coming] = {}
        """By ticket and time: a log may use the same numbers every day."""
        self.places: dict[str, CounterNow] = {}
        self.walk_ins: deque[tuple[float, str]] = deque()
        self.overtakings: list[Overtaking] = []
        self.explained = dict.fromkeys(WORST_DELAYS, 0)
        self.judged = 0
        self.days = 0

    @property
    def rule(self) -> Rule:
        return Rule(worst_delay=max(self.explained, key=self.explained.__getitem__))

    def take(self, line: Line) -> bool:
        """Follow a line; whether it was about what can be followed."""
        if line.what is What.ROSTER:
            self._roster(line)
            return True
        if line.what is What.BOOKING:
            self._advance(line.at)
            booked_for = line.booked_for or line.at
            self.bookings[line.ticket, booked_for] = Coming(line.service, booked_for)
            return True
        if line.at >= self.latest + NIGHT:
            self._new_day(line.at)
        self.latest = line.at
        self._advance(line.at)
        follow = {
            What.ARRIVAL: self._arrival,
            What.CALL: self._call,
            What.START: self._start,
            What.END: self._end,
            What.NO_SHOW: self._no_show,
        }
        return follow[line.what](line)

    def queue(self) -> Queue:
        """The queue at the moment of the latest line."""
        counters = [self._counter(name, place) for name, place in self.places.items()]
        coming = [one for one in self.bookings.values() if one.booked_for > self.now - 2 * HOUR]
        while self.walk_ins and self.walk_ins[0][0] < self.now - HOUR:
            self.walk_ins.popleft()
        recent = dict[str, int]()
        for _at, service in self.walk_ins:
            recent[service] = recent.get(service, 0) + 1
        return Queue(
            self.now,
            self.rule,
            tuple(self.waiting.values()),
            tuple(counters),
            tuple(coming),
            walk_ins=tuple(recent.items()),
            overtakings=tuple(self.overtakings),
        )

    # --- Time --------------------------------------------------------------------------------------------------------

    def _advance(self, at: float) -> None:
        self.now = max(self.now, at)
        for place in self.places.values():
            while place.plan and place.plan[0][0] <= self.now:
                when, services = place.plan.pop(0)
                if services and not place.services:
                    place.free_from = max(place.free_from, when)
                place.services, place.closed_since = services, None

    def _new_day(self, at: float) -> None:
        self.pace.new_day()
        self.days += 1
        self.waiting.clear()
        self.known.clear()
        self.overtakings.clear()
        for ticket, booking in list(self.bookings.items()):
            if booking.booked_for < at - NIGHT:
                self.pace.coming.add(0)
                del self.bookings[ticket]
        for place in self.places.values():
            place.ticket, place.serving = "", None
            if not place.plan:
                place.plan = self._habits(place, at)

    def _habits(self, place: CounterNow, at: float) -> list[tuple[float, Services]]:
        """The changes that a day without a plan probably brings."""
        place.habits = [one for one in place.habits if one[0] >= self.days - LOOK_BACK]
        days = len({day for day, _time, _services in place.habits})
        often: dict[tuple[float, Services], int] = {}
        for _day, time, services in place.habits:
            often[time, services] = often.get((time, services), 0) + 1
        expected = [change for change, count in often.items() if count >= max(HABIT, days / 2)]
        return sorted([(at + (time - at) % DAY, services) for time, services in expected], key=lambda one: one[0])

    # --- Counters ----------------------------------------------------------------------------------------------------

    def _place(self, counter: str) -> CounterNow:
        return self.places.setdefault(counter, CounterNow())

    def _roster(self, line: Line) -> None:
        self._advance(line.known)
        place = self._place(line.counter)
        place.in_roster = True
        if line.at > self.now:
            place.plan = sorted(
                [one for one in place.plan if one[0] != line.at] + [(line.at, line.services)], key=lambda one: one[0]
            )
            return
        place.habits.append((self.days, line.at % DAY, line.services))
        if line.services == place.services:
            return
        if line.services:
            if place.closed_since is not None:
                self.pace.closure.add(line.at - place.closed_since)
            if not place.services and place.closed_since is None:
                place.free_from = line.at
            place.closed_since = None
        else:
            place.closed_since = line.at
            place.last_services = place.services
        place.services = line.services

    def _served_by(self, place: CounterNow) -> Services:
        return place.services if place.in_roster else frozenset(self.known.values())

    def _counter(self, name: str, place: CounterNow) -> Counter:
        services = self._served_by(place)
        spans, start = list[tuple[float, float]](), self.now if services else None
        for when, planned in place.plan:
            if planned and start is None:
                start = when
            elif not planned and start is not None:
                spans.append((start, when))
                start = None
        if start is not None:
            spans.append((start, inf))
        if not services and place.closed_since is not None:
            services = place.last_services
            first = place.plan[0][0] if place.plan else inf
            spans.insert(0, (self.now, first))
        services = services or next((planned for _at, planned in place.plan if planned), frozenset())
        free_since = None if place.serving or place.closed_since else self._free_since(name, place)
        return Counter(name, services, tuple(spans), place.serving, free_since, place.closed_since)

    def _free_since(self, name: str, place: CounterNow) -> float | None:
        """Since when a counter could call: when it became free, or when the first came whom it serves."""
        services = self._served_by(place)
        arrived = [ticket.arrived for ticket in self.waiting.values() if can_serve(name, services, ticket)]
        return max(place.free_from, min(arrived)) if arrived else None

    def _leave(self, name: str, counter: CounterNow, at: float) -> None:
        if counter.serving and counter.serving.since is not None:
            open_now = [self._served_by(place) for place in self.places.values()]
            counters = {one: max(sum(one in each for each in open_now), 1) for one in self._served_by(counter)}
            seconds = at - counter.serving.called
            self.overtakings.append(Overtaking(counter.serving.since, name, seconds, counters))
        counter.ticket, counter.serving, counter.free_from = "", None, at

    def _at(self, ticket: str) -> tuple[str, CounterNow] | None:
        return next(((name, place) for name, place in self.places.items() if place.ticket == ticket), None)

    def _booking(self, ticket: str) -> Coming | None:
        """Take the booking with this number that is for today."""
        booked = [key for key in self.bookings if key[0] == ticket and abs(key[1] - self.now) < DAY / 2]
        return self.bookings.pop(min(booked, key=lambda key: abs(key[1] - self.now))) if booked else None

    # --- Tickets -----------------------------------------------------------------------------------------------------

    def _arrival(self, line: Line) -> bool:
        if line.ticket in self.waiting or self._at(line.ticket):
            return False
        booking = self._booking(line.ticket)
        booked_for = line.booked_for or (booking and booking.booked_for)
        if booked_for:
            self.pace.coming.add(1)
            self.pace.punctual.add(booked_for - line.at)
        else:
            self.walk_ins.append((line.at, line.service))
        service = line.service or (booking.service if booking else "")
        again = line.ticket in self.known
        self.waiting[line.ticket] = Ticket(line.ticket, service, line.at, booked_for, forwarded=again)
        self.known[line.ticket] = service
        return not again

    def _call(self, line: Line) -> bool:
        place = self._place(line.counter)
        ticket = self.waiting.get(line.ticket)
        if ticket is None and place.ticket == line.ticket:
            return False
        if ticket:
            free_since = self._free_since(line.counter, place)
            if not place.serving and free_since is not None and line.at - free_since < LONGEST_GAP:
                self.pace.gap.add(max(line.at - free_since, 1))
            self._explain(line, place)
            del self.waiting[line.ticket]
        service = ticket.service if ticket else line.service or self.known.get(line.ticket, "")
        self.known.setdefault(line.ticket, service)
        since = overtakes_from(ticket, self.rule, line.at) if ticket else None
        place.ticket, place.serving = line.ticket, Serving(service, line.at, since=since)
        return ticket is not None

    def _explain(self, line: Line, place: CounterNow) -> None:
        """See which delay of walk-ins explains this call."""
        if self.judged >= JUDGED or not any(ticket.booked_for for ticket in self.waiting.values()):
            return
        self.judged += 1
        services = self._served_by(place)
        for delay in self.explained:
            rule = Rule(worst_delay=delay)
            chosen = choose(
                self.waiting.values(), rule, line.at, self.overtakings, counter=line.counter, services=services
            )
            self.explained[delay] += chosen is not None and chosen.ticket.number == line.ticket

    def _start(self, line: Line) -> bool:
        found = self._at(line.ticket)
        if not found or not found[1].serving or found[1].serving.started:
            return False
        _name, place = found
        serving = found[1].serving
        self.pace.absent.add(0)
        self.pace.walk.add(line.at - serving.called)
        place.serving = serving._replace(started=line.at)
        return True

    def _end(self, line: Line) -> bool:
        found = self._at(line.ticket)
        if not found or not found[1].serving:
            return False
        name, place = found
        serving = found[1].serving
        if serving.started is None:
            self.pace.absent.add(0)
        self.pace.served(serving.service, name, line.at - (serving.started or serving.called))
        self._leave(name, place, line.at)
        return True

    def _no_show(self, line: Line) -> bool:
        if self.waiting.pop(line.ticket, None):
            return True
        found = self._at(line.ticket)
        if not found or not found[1].serving:
            if self._booking(line.ticket) is None:
                return False
            self.pace.coming.add(0)
            return True
        self.pace.absent.add(1)
        self.pace.absence.add(line.at - found[1].serving.called)
        self._leave(*found, line.at)
        return True
