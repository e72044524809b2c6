"""The queues of the demonstration's past weeks: tickets, calls and estimates, with the record that they would have left.

Acting them out would take minutes, so each day is simulated and written at once, its ledger as well. Who is next is
decided by the rule that the program uses, so the record can be replayed; only the estimates are invented, around what
happened.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from server.core import config, database, ledger, references
from server.core.accounts import Official
from server.core.ledger import DomainEvent
from server.core.working_calendar import WorkingCalendar
from server.demo.visits import places
from server.demo.visits.places import OFFICES
from tracking.visits.events import (
    CounterChanged,
    QueueClosed,
    TicketCalled,
    TicketEnded,
    TicketEstimated,
    TicketFinished,
    TicketStarted,
    TicketWaits,
)
from tracking.visits.models import Call, Counter, CounterService, Office, Ticket, TicketMatter
from tracking.visits.queries import queue
from tracking.visits.states import CounterState, TicketState, VisitState
from tracking.visits.waits import order

DAYS = 20
"""Working days."""
WALK_INS = 62
"""A day at an office of ordinary size."""
PEAKS = {8: 0.5, 9: 1.2, 10: 1.3, 11: 1.0, 12: 0.7, 13: 1.2, 14: 1.1, 15: 0.9, 16: 0.7, 17: 0.2}
ABSENT, LEAVES = 0.08, 0.03
LAST = 10**6
QUICK = 0.55
"""The share of the planned minutes that clerks need."""
LUNCH = (time(12), time(13))
SHARES = {
    "certificate": 9, "moving": 5, "passport": 6, "seal": 2, "family": 2, "stay-address": 1.5, "tax": 2, "pension": 2,
    "building": 0.6,
}  # fmt: skip
"""What walk-ins come for."""
LANGUAGES = ("ko",) * 8 + ("ja", "en")


async def play(
    number: int, now: datetime, calendar: WorkingCalendar, made: Mapping[str, Office], officials: Mapping[str, Official]
) -> None:
    """Write the queues of the last working days before today."""
    services = {row.id: row for row in await CounterService.all()}
    days = [day for n in range(1, 3 * DAYS) if calendar.is_working_day(day := now.date() - timedelta(days=n))][:DAYS]
    for office in OFFICES:
        row = made[office.code]
        units = {one.number: one.id for one in await Counter.filter(office_id=row.id)}
        for day in reversed(days):
            one = _Day(office, row, day, Random(f"{number} {office.code} {day}"), services, units, officials)
            visits = await database.fetch(
                "SELECT v.id, v.starts_at, v.language, MIN(m.service_id) AS service FROM visit v "
                "JOIN visit_matter m ON m.visit_id = v.id WHERE v.office_id = ? AND v.date = ? AND v.state = ? "
                "GROUP BY v.id, v.starts_at, v.language ORDER BY v.id",
                row.id, day, VisitState.SERVED,
            )  # fmt: skip
            one.run(visits)
            await one.write()


@dataclass
class _Visitor:
    """A ticket as it is simulated."""

    number: str
    service: int
    arrives: datetime
    language: str
    visit: int | None = None
    booked_for: datetime | None = None
    state: TicketState = TicketState.LEFT
    counter: int = 0
    called: list[datetime] = field(default_factory=list)
    because: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    turn: int = 0
    """The number of its call on this day."""
    id: int = 0

    @property
    def in_order(self) -> order.Ticket:
        """As the rule sees it; ids are given in the order of arrival, so the numbers sort as they will."""
        return order.Ticket(
            queue.rank(self.id), str(self.service), self.arrives.timestamp(),
            self.booked_for.timestamp() if self.booked_for else None,
        )  # fmt: skip


Happened = tuple[datetime, int, str, Any]


class _Day:
    def __init__(
        self, office: places.Office, row: Office, day: date, rng: Random, services: Mapping[int, CounterService],
        units: Mapping[str, int], officials: Mapping[str, Official],
    ) -> None:  # fmt: skip
        self.office, self.row, self.day, self.rng, self.services = office, row, day, rng, services
        weekly = office.weekly[day.weekday()]
        self.opens, self.closes = self._at(weekly.opens), self._at(weekly.closes)
        codes = {one.code: one.id for one in services.values()}
        self.able = {
            units[one.number]: sorted(codes[code] for code in one.able)
            for one in office.counters
            if day.weekday() in one.weekdays and not one.guide and not one.hours[0]
        }
        self.clerks = {units[one.number]: officials[one.staff[0]] for one in office.counters}
        self.codes = codes
        self.rule = order.Rule(row.delay_minutes * 60, row.grace_minutes * 60, row.urgent_daily)
        self.visitors: list[_Visitor] = []
        self.heap: list[Happened] = []
        self.order, self.turns = count(), count(1)
        self.waiting: list[_Visitor] = []
        self.free = dict.fromkeys(self.able, False)
        self.overtakings: list[tuple[datetime, order.Overtaking]] = []
        """Each with when it is over."""

    def _at(self, text: str) -> datetime:
        return datetime.combine(self.day, time.fromisoformat(text), config.settings().zone)

    def _later(self, at: datetime, what: str, about: Any) -> None:
        heappush(self.heap, (at.replace(microsecond=0), next(self.order), what, about))

    def run(self, visits: Sequence[Any]) -> None:
        """Let the day pass."""
        self._come(visits)
        for unit in self.able:
            self._later(self.opens, "free", unit)
        while self.heap:
            at, _order, what, about = heappop(self.heap)
            if what == "arrives":
                self.waiting.append(about)
                idle = next((u for u, free in self.free.items() if free and about.service in self.able[u]), None)
                if idle:
                    self.free[idle] = False
                    self._later(at + timedelta(seconds=self.rng.uniform(5, 25)), "free", idle)
            else:
                self._call(at, about)

    def _come(self, visits: Sequence[Any]) -> None:
        rng, found = self.rng, []
        usual = WALK_INS * self.office.crowd * rng.uniform(0.8, 1.2)
        offered = {self.codes[code]: share for code, share in SHARES.items() if self._offers(self.codes[code])}
        for _n in range(round(usual)):
            (hour,) = rng.choices([*PEAKS], [*PEAKS.values()])
            arrives = self._at("00:00") + timedelta(hours=hour, seconds=rng.randrange(3600))
            if self.opens - timedelta(minutes=10) <= arrives < self.closes - timedelta(minutes=30):
                (service,) = rng.choices([*offered], [*offered.values()])
                found.append(_Visitor("", service, arrives, rng.choice(LANGUAGES)))
        for row in visits:
            if self._offers(row["service"]):
                starts = database.moment(row["starts_at"])
                arrives = (starts + timedelta(minutes=rng.gauss(-6, 5))).replace(microsecond=0)
                on_time = arrives <= starts + timedelta(minutes=self.row.grace_minutes)
                found.append(
                    _Visitor("", row["service"], arrives, row["language"], row["id"], starts if on_time else None)
                )
        found.sort(key=lambda one: one.arrives)
        for place, one in enumerate(found, 1):
            one.number, one.id, one.arrives = str(place), place, one.arrives.replace(microsecond=0)
            self._later(one.arrives, "arrives", one)
        self.visitors = found

    def _offers(self, service: int) -> bool:
        return any(service in able for able in self.able.values())

    def _call(self, at: datetime, unit: int) -> None:
        local = at.astimezone(config.settings().zone).time()
        if LUNCH[0] <= local < LUNCH[1]:
            self._later(datetime.combine(self.day, LUNCH[1], config.settings().zone), "free", unit)
            return
        services = [str(one) for one in self.able[unit]]
        found = order.choose(
            (one.in_order for one in self.waiting), self.rule, at.timestamp(),
            [one for ended, one in self.overtakings if ended <= at],
            counter=str(unit), services=services,
        )  # fmt: skip
        if found is None:
            self.free[unit] = True
            return
        one = next(one for one in self.waiting if queue.rank(one.id) == found.ticket.number)
        self.waiting.remove(one)
        if at > one.arrives + timedelta(minutes=25) and self.rng.random() < LEAVES:
            one.ended = at - timedelta(seconds=30)  # gone already
            self._later(at, "free", unit)
            return
        one.counter, one.because, one.called, one.turn = unit, found.because, [at], next(self.turns)
        if one.visit is None and self.rng.random() < ABSENT:
            one.state, one.ended = TicketState.MISSED, at + timedelta(seconds=self.rng.randint(60, 120))
        else:
            one.state, one.started = TicketState.DONE, at + timedelta(seconds=self.rng.randint(8, 45))
            needed = self.services[one.service].minutes * 60 * QUICK * math.exp(self.rng.gauss(-0.1, 0.5))
            one.ended = one.started + timedelta(seconds=round(max(45, needed)))
        since = order.overtakes_from(found.ticket, self.rule, at.timestamp())
        if since is not None:
            counters = {one: sum(int(one) in able for able in self.able.values()) for one in services}
            over = order.Overtaking(since, str(unit), (one.ended - at).total_seconds(), counters)
            self.overtakings.append((one.ended, over))
        self._later(one.ended + timedelta(seconds=self.rng.randint(8, 60)), "free", unit)

    async def write(self) -> None:
        """Write the day as if it had been acted out, and closed at midnight."""
        midnight = self._at("00:00") + timedelta(days=1, seconds=30)
        for one in self.visitors:
            one.ended = one.ended or midnight
        (day,) = await database.insert(
            "queue_day", ("office_id", "date", "version", "closed_at"), [(self.row.id, self.day, 1, midnight)],
            returning="id",
        )  # fmt: skip
        rows = await database.insert_models(
            Ticket,
            [
                {
                    "day_id": day["id"], "number": one.number, "code": references.new_reference(), "visit_id": one.visit,
                    "state": one.state, "language": one.language, "arrived_at": one.arrives,
                    "booked_for": one.booked_for, "last_counter": one.counter or None, "calls": len(one.called),
                    "first_called_at": one.called[0] if one.called else None,
                    "called_at": one.called[-1] if one.called else None, "started_at": one.started,
                    "ended_at": one.ended,
                }
                for one in self.visitors
            ],
            returning="id, number",
        )  # fmt: skip
        ids = {row["number"]: row["id"] for row in rows}
        for one in self.visitors:
            one.id = ids[one.number]
        await database.insert_models(TicketMatter, [
            {"ticket_id": one.id, "service_id": one.service, "position": 0, "started_at": one.started,
             "ended_at": one.ended if one.started else None}
            for one in self.visitors
        ])  # fmt: skip
        await database.insert_models(Call, [
            {"day_id": day["id"], "ticket_id": one.id, "counter_id": one.counter, "at": at, "because": one.because}
            for one in self.visitors for at in one.called
        ])  # fmt: skip
        told = {one.id: self._told(one) for one in self.visitors}
        await database.insert(
            "wait_estimate", ("ticket_id", "made_at", "p10", "p50", "p90"),
            [(one.id, one.arrives, *told[one.id]) for one in self.visitors],
        )  # fmt: skip
        events = [(event, at) for at, _turn, event in sorted(self._events(told, midnight), key=lambda one: one[:2])]
        actor = self.clerks[min(self.able)].actor
        await ledger.begin_many(actor, [(queue.subject(self.office.code, self.day), events)])

    def _told(self, one: _Visitor) -> tuple[float, float, float]:
        """An estimate that was made when they came: near what happened, eight times of ten within its range."""
        actual = max(0.0, ((one.called or [one.ended or one.arrives])[0] - one.arrives).total_seconds() / 60)
        middle = max(0.5, actual * math.exp(self.rng.gauss(0, 0.28)) + self.rng.gauss(0, 0.7))
        return max(0.0, round(middle * 0.68 - 0.8, 2)), round(middle, 2), round(middle * 1.4 + 1.0, 2)

    def _events(
        self, told: Mapping[int, tuple[float, float, float]], midnight: datetime
    ) -> list[tuple[datetime, int, DomainEvent]]:
        """What happened and when; of the same second first who came, then the calls in their order."""
        found: list[tuple[datetime, int, DomainEvent]] = []
        for unit in self.able:
            clerk = self.clerks[unit].id
            found.append((self.opens - timedelta(seconds=60), 0, CounterChanged(unit, CounterState.OPEN, clerk)))
            found.append((midnight - timedelta(seconds=60), 0, CounterChanged(unit, CounterState.CLOSED, clerk)))
        for one in self.visitors:
            arrived, booked = _iso(one.arrives), _iso(one.booked_for) if one.booked_for else ""
            waits = TicketWaits(one.id, "kiosk", one.number, one.service, arrived, booked, visit=one.visit or 0)
            found += [(one.arrives, 0, waits), (one.arrives, 0, TicketEstimated(one.id, *told[one.id]))]
            for at in one.called:
                called = TicketCalled(
                    _iso(at), one.id, one.counter, one.because, tuple(self.able[one.counter]),
                    round(self.rule.worst_delay), round(self.rule.grace),
                )  # fmt: skip
                found.append((at, one.turn, called))
            ended = one.ended or midnight
            if one.started:
                found.append((one.started, LAST, TicketStarted(one.id, one.counter)))
                found.append((ended, LAST, TicketFinished(one.id, one.counter, (one.service,))))
            found.append((ended, LAST, TicketEnded(one.id, one.state, one.counter)))
        return [*found, (midnight + timedelta(seconds=1), LAST, QueueClosed(0, carried=False))]


def _iso(at: datetime) -> str:
    return at.isoformat()
