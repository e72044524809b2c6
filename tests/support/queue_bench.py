"""An eventful day at an office, through the real actions, and what it adds up to when added up by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from server.core import clock
from server.core.accounts import Official
from tests.support.answers import official
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import arriving, booking, calling, counters, tickets
from tracking.visits.actions.arriving import Press
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Counter, CounterService, Office
from tracking.visits.queries import offices, queue, visits, waiting_times
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queue_forms import CallNext, Finish, OpenCounter, Transfer

MINUTE = timedelta(minutes=1)
COMBINED = (["passport"], ["moving"], ["seal"], ["seal", "moving"])


@dataclass
class Truth:
    """What a test saw of one ticket."""

    service: str
    hour: int
    booked: bool
    waits_from: datetime
    called_at: datetime | None = None
    since: datetime | None = None
    served: timedelta | None = None
    ended: str = ""
    told: tuple[float, float, float] | None = None
    told_at: datetime | None = None

    @property
    def wait(self) -> int | None:
        """In seconds."""
        if self.called_at is None:
            return None
        return max(0, round((self.called_at - self.waits_from).total_seconds()))


@dataclass
class Bench:
    """An office whose day passes step by step."""

    office: Office
    clerk: Official
    counter: dict[str, int]
    day: date
    truth: dict[int, Truth] = field(default_factory=dict)

    def key(self, counter: str) -> str:
        """A counter as its actions name it."""
        return str(self.counter[counter])

    async def arrives(self, *services: str, visit: str = "") -> TicketRow:
        """Somebody takes a ticket, or checks in for a reservation."""
        office = await offices.office(self.office.code)
        if visit:
            ticket, _when = await arriving.check_in(office, await visits.by_number(visit), Press(1))
        else:
            ticket = await arriving.walk_in(office, services, Press(1))
        now = clock.now()
        starts = max(now, ticket.booked_for) if ticket.booked_for else now
        one = Truth(services[0], at_hour(now), bool(visit), starts)
        self.truth[ticket.id] = one
        told = await waiting_times.published(await offices.place(self.office.code), ticket)
        if told:
            one.told, one.told_at = (told.p10, told.p50, told.p90), now
        return ticket

    async def calls(self, counter: str) -> TicketRow | None:
        """A counter calls the next."""
        found = await calling.call_next(self.clerk, self.key(counter), CallNext())
        if found:
            one = self.truth[found.id]
            one.called_at = one.called_at or clock.now()
        return found

    async def starts(self, counter: str, ticket: TicketRow) -> None:
        """Its visitor is there."""
        await calling.start(self.clerk, self.key(counter), Plain())
        self.truth[ticket.id].since = clock.now()

    def stops(self, ticket: TicketRow, ended: str = "") -> None:
        """The time at the counter is over."""
        one = self.truth[ticket.id]
        if one.since:
            one.served = (one.served or timedelta()) + (clock.now() - one.since)
            one.since = None
        one.ended = ended


def at_hour(moment: datetime) -> int:
    """The hour in the city."""
    return moment.astimezone(at("09:00").tzinfo).hour


async def an_eventful_day(
    day: date, seed: int = 1, *, carry_over: bool = False, code: str = "east", booked_an_hour: int = 4
) -> Bench:
    """A day with reservations, walk-ins, recalls, parking, forwarding, several matters, absences; then it is closed."""
    rng = Random(seed)
    office = await an_office(
        {"1": ["passport", "moving"], "2": ["passport", "seal"]}, code=code, days=[day], carry_over=carry_over,
        recall_minutes=1, most_calls=2,
    )  # fmt: skip
    clerk = await official("clerk")
    bench = Bench(office, clerk, {row.number: row.id for row in await Counter.filter(office_id=office.id)}, day)
    with clock.at(at("09:00", day) - timedelta(days=3)):
        starts = [
            f"{hour:02}:{minute}" for hour in (9, 10) for minute in sorted(("00", "15", "45", "30")[:booked_an_hour])
        ]
        booked = [
            (await booking.book_now(await wish(start=start, day=day, code=code), contact(f"{code}{n}"))).number
            for n, start in enumerate(starts)
        ]
    await CounterService.all().update(minutes=6)  # about what it takes on this day
    offices.forget()
    arrivals = [
        (at(start, day) + MINUTE * rng.randint(-12, 6), number) for start, number in zip(starts, booked, strict=True)
    ]
    arrivals += [(at("09:00", day) + timedelta(seconds=rng.randrange(2 * 3600)), "") for _n in range(24)]
    with clock.at(at("08:40", day)):
        for number in bench.counter:
            await counters.open_counter(clerk, bench.key(number), OpenCounter())
    await _pass(bench, rng, sorted(arrivals[1:]))
    return bench


async def _pass(bench: Bench, rng: Random, arrivals: Sequence[tuple[datetime, str]]) -> None:
    now, busy = at("08:45", bench.day), dict.fromkeys(bench.counter, at("08:45", bench.day))
    parked: list[tuple[datetime, str]] = []
    coming = [*arrivals]
    while now < at("11:58", bench.day):
        now += timedelta(seconds=rng.randint(7, 50))
        with clock.at(now):
            while coming and coming[0][0] <= now:
                _when, visit = coming.pop(0)
                services = (
                    ["passport"] if visit else rng.choice((["passport"], ["moving"], ["seal"], ["seal", "moving"]))
                )
                ticket = await bench.arrives(*services, visit=visit)
                if not visit and rng.random() < 0.08:
                    await tickets.leave(ticket.code)
                    bench.stops(ticket, "left")
            for code in [code for when, code in parked if when <= now]:
                await tickets.come_back(code)
            parked = [(when, code) for when, code in parked if when > now]
            for counter, free in busy.items():
                if free <= now:
                    busy[counter] = now + await _act(bench, rng, counter, now, parked)


async def _act(bench: Bench, rng: Random, counter: str, now: datetime, parked: list[tuple[datetime, str]]) -> timedelta:
    """What a counter does next, and how long until it does something again."""
    ticket = await queue.at_counter(bench.counter[counter])
    if ticket is None:
        await bench.calls(counter)
        return timedelta(seconds=rng.randint(20, 70))
    if ticket.started_at is None or ticket.state.value == "called":
        if rng.random() < 0.25:
            await calling.not_here(bench.clerk, bench.key(counter), Plain())
            row = await queue.ticket(ticket.id)
            bench.stops(ticket, "missed" if row.state.value == "missed" else "")
            return timedelta(seconds=rng.randint(5, 20))
        await bench.starts(counter, ticket)
        return timedelta(seconds=rng.randint(60, 700))
    chance = rng.random()
    if chance < 0.1:
        await calling.park(bench.clerk, bench.key(counter), Plain())
        bench.stops(ticket, "")
        parked.append((now + MINUTE * rng.randint(4, 15), ticket.code))
    elif chance < 0.2 and await _both_can(bench, ticket):
        other = "2" if counter == "1" else "1"
        await calling.transfer(bench.clerk, bench.key(counter), Transfer(other))
        bench.stops(ticket, "")
    else:
        row = await calling.finish(bench.clerk, bench.key(counter), Finish())
        bench.stops(ticket, "done" if row.state.value == "done" else "")
    return timedelta(seconds=rng.randint(5, 60))


async def _both_can(bench: Bench, ticket: TicketRow) -> bool:
    return all([ticket.service_id in await queue.abilities(one) for one in bench.counter.values()])
