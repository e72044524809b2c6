"""Whatever takes or frees counter time, all at once: exactly the capacity is sold, and no place is wasted.

On PostgreSQL three web processes answer while this one holds, confirms, expires, offers and changes the roster; on
SQLite one process does everything. Afterwards the tables are read: see :mod:`tests.support.visit_books`.
"""

import asyncio
import contextlib
import random
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest

from server.core import clock, database
from server.core.booking import times
from server.core.booking.day import Day
from server.core.config import Settings
from server.core.errors import Refusal
from tests.support import visit_books
from tests.support.live import Starter
from tests.support.system import System, opened
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking, offering, supply, taking, waiting
from tracking.visits.models import Counter, CounterAbility, CounterService, Office, Shift, Visit, Waiting
from tracking.visits.queries import offices, planning
from tracking.visits.queries.planning import ACCOMPANIMENT, EVERY_START
from tracking.visits.states import Channel, VisitState, WaitingState

PROCESSES, AT_ONCE = 3, 24
ATTEMPTS = {"postgres": 1_200, "sqlite": 300}
BROWSERS = [f"{number:064}" for number in range(8)]
STARTS = [f"{hour:02}:{minute:02}" for hour in (9, 10, 11) for minute in (0, 15, 30, 45)][:10]
OFFICE = {"1": ["passport"], "2": ["passport", "moving"], "3": ["moving", "seal"], "4": ["tour"], "G": []}


async def a_busy_office() -> Office:
    """Two floors, counters that share services, tours for groups, a guide; a share is kept for walk-ins."""
    days = [next_monday() + timedelta(days=n) for n in range(2)]
    await CounterService.create(code="tour", name="청사 견학", minutes=30, places=6)
    office = await an_office(OFFICE, days=days, return_minutes=60, walk_in_percent=20, most_active=2)
    await Counter.filter(number__in=["3", "G"]).update(floor=2)
    company = await CounterService.create(code=ACCOMPANIMENT, name="동행", minutes=15, bookable=False)
    await CounterAbility.create(counter_id=(await Counter.get(number="G")).id, service_id=company.id)
    offices.forget()
    await supply.rebuild(office.id, days)
    return office


class Storm:
    """People, officials and jobs who do what they like to an office, all at once."""

    def __init__(self, office: Office, clients: list[httpx.AsyncClient], system: System) -> None:
        self.office, self.clients, self.system = office, clients, system
        self.draw = random.Random(9)
        self.days = [next_monday() + timedelta(days=n) for n in range(2)]
        self.made: list[tuple[str, str]] = []
        self.held: list[tuple[str, str]] = []
        self.plans: list[dict[str, Any]] = []
        self.done = Tally[str]()
        self.acts: list[Callable[[], Awaitable[object]]] = [
            *[self.book] * 6, self.book_a_named_counter, self.book_several, self.book_a_tour, *[self.book_a_plan] * 2,
            *[self.cancel] * 3, *[self.move] * 3, *[self.hold] * 3, *[self.confirm] * 3, self.expire, self.return_freed,
            self.wait, self.answer_an_offer, self.change_the_roster, self.do_jobs,
        ]  # fmt: skip

    async def blow(self, attempts: int) -> None:
        """Do so many things, some at once."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one() -> None:
            async with gate:
                act = self.draw.choice(self.acts)
                try:
                    said = await act()
                except Refusal as refusal:
                    said = refusal.code
                self.done[f"{act.__name__} {said or ''}".strip()] += 1

        await asyncio.gather(*(one() for _attempt in range(attempts)))

    async def make_room(self) -> None:
        """Cancel all that is booked and sell it again: a plan needs much free time at once."""
        for number in await Visit.filter(state=VisitState.BOOKED).values_list("number", flat=True):
            await booking.cancel(str(number), "citizen")
        await sell_all_that_is_freed()

    async def calm(self) -> None:
        """Let everybody come to work and the jobs finish."""
        for counter in await Counter.all():
            for day in self.days:
                await self._sits(counter.id, day)
        await supply.rebuild(self.office.id, self.days)
        await self.system.work()

    # --- at the web processes ---

    async def _post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        answer = await self.draw.choice(self.clients).post(path, json=body, headers=headers)
        assert answer.status_code in {200, 201, 404, 409, 422}, answer.text
        return answer

    async def _book(self, *services: str, **more: Any) -> str:
        body = {
            "office": "east", "services": services, "start": self._start().isoformat(), "contact": self._somebody(),
            **more,
        }  # fmt: skip
        answer = await self._post("/api/v1/visits", body)
        if answer.status_code == httpx.codes.CREATED:
            self.made.append((answer.json()["number"], answer.json()["key"]))
            return "booked"
        return str(answer.json()["code"])

    def _start(self) -> datetime:
        return at(self.draw.choice(STARTS), self.draw.choice(self.days))

    def _somebody(self) -> dict[str, str]:
        return {"name": "김", "email": f"p{self.draw.randrange(150)}@example.org"}

    async def book(self) -> str:
        return await self._book(self.draw.choice(("passport", "moving", "seal")))

    async def book_a_named_counter(self) -> str:
        return await self._book("passport", counter=self.draw.choice("12"))

    async def book_several(self) -> str:
        return await self._book("passport", "moving")

    async def book_a_tour(self) -> str:
        return await self._book("tour", party=self.draw.randint(1, 4))

    async def book_a_plan(self) -> str:
        plan = self.draw.choice(self.plans)
        return await self._book(*plan["services"], stops=plan["stops"], guide=plan["guide"])

    async def cancel(self) -> str:
        if not self.made:
            return ""
        number, key = self.draw.choice(self.made)
        path = f"/api/v1/visits/{number}"
        answer = await self.draw.choice(self.clients).delete(path, headers={"x-access-key": key})
        assert answer.status_code == httpx.codes.OK, answer.text
        return str(answer.json()["state"])

    async def move(self) -> str:
        if not self.made:
            return ""
        number, key = self.draw.choice(self.made)
        body = {"start": self._start().isoformat()}
        answer = await self._post(f"/api/v1/visits/{number}/reschedule", body, **{"x-access-key": key})
        return "moved" if answer.status_code == httpx.codes.OK else str(answer.json()["code"])

    # --- in this process ---

    async def hold(self) -> str:
        holder = self.draw.choice(BROWSERS)
        service, start = self.draw.choice(("passport", "moving")), self.draw.choice(STARTS)
        number = await booking.hold(await wish(service, start=start, day=self.draw.choice(self.days)), holder, "ko")
        self.held.append((number, holder))
        return "held"

    async def confirm(self) -> str:
        if not self.held:
            return ""
        number, holder = self.draw.choice(self.held[-12:])
        made = await booking.book_held(number, holder, contact(f"h{self.draw.randrange(60)}"))
        return "confirmed" if made.key else "confirmed again"

    async def expire(self) -> str:
        number = self.draw.choice(self.held)[0] if self.held else ""
        await Visit.filter(number=number, state=VisitState.HELD).update(held_until=clock.now())
        return f"{await booking.expire() and 'some'}"

    async def return_freed(self) -> None:
        await database.execute("UPDATE freed_time SET returns_at = ? WHERE id % 2 = 0", clock.now())
        await booking.return_freed()

    async def wait(self) -> str:
        errand = await taking.errand("east", [self.draw.choice(("passport", "seal", "moving"))], Channel.ONLINE)
        await waiting.join(
            waiting.Wanted(errand, self.draw.choice(self.days), "09:00", "12:00"),
            contact(f"w{self.draw.randrange(40)}"),
        )
        return "waits"

    async def answer_an_offer(self) -> str:
        offered = await Visit.filter(state=VisitState.OFFERED).order_by("id").first()
        if offered is None:
            await offering.due()
            return ""
        if self.draw.random() < 0.7:
            await waiting.accept(offered.number)
            return "accepted"
        await waiting.refuse(offered.number)
        return "refused"

    async def change_the_roster(self) -> None:
        counter = await Counter.get(number=self.draw.choice("123G"))
        day = self.draw.choice(self.days)
        if self.draw.random() < 0.3:
            await Shift.filter(counter_id=counter.id, date=day).delete()
        else:
            await self._sits(counter.id, day)
        await supply.rebuild(self.office.id, [day])

    async def _sits(self, counter: int, day: date) -> None:
        if not await Shift.filter(counter_id=counter, date=day).exists():
            account = await database.value("SELECT id FROM account WHERE username = ?", "clerk")
            await Shift.create(counter_id=counter, account_id=account, date=day, starts="09:00", ends="17:00")

    async def do_jobs(self) -> None:
        await self.system.work()


async def all_plans() -> list[dict[str, Any]]:
    """Every plan of two matters on two floors, with the guide and without, to be asked for while others take it."""
    found = []
    services = ("passport", "seal")
    errand = await taking.errand("east", services, Channel.ONLINE)
    for guide in ("", "G"):
        company = await taking.guide_of(errand.place, guide)
        for day in await planning.plans(errand, [next_monday()], guide=company, most=EVERY_START):
            early = [one for one in day.plans if offices.local(one.end).hour < 12]
            found += [{"services": services, "guide": guide, "stops": [s.value for s in one.stops]} for one in early]
    return found


async def sell_all_that_is_freed() -> None:
    await database.execute("UPDATE freed_time SET returns_at = ?", clock.now())
    while await booking.return_freed():
        pass


async def nobody_waits_for_what_is_free() -> None:
    assert await offering.due() == 0
    offered = await Waiting.filter(state=WaitingState.OFFERED).values_list("visit_id", flat=True)
    assert sorted(offered) == await Visit.filter(state=VisitState.OFFERED).order_by("id").values_list("id", flat=True)


async def weathered(storm: Storm, attempts: int, ways: Sequence[str]) -> None:
    """Let a storm pass, longer if some of the ``ways`` have not happened yet, and check the books."""
    storm.plans = await all_plans()
    for _part in range(4):
        await storm.blow(attempts)
        await storm.calm()
        if all(storm.done[one] for one in ways):
            break
        await storm.make_room()
    assert [one for one in ways if not storm.done[one]] == [], storm.done
    await visit_books.agree("east")
    await nobody_waits_for_what_is_free()
    await sell_all_that_is_freed()
    await visit_books.agree("east")
    assert await visit_books.sell_the_rest("east") > 0
    await visit_books.agree("east", sold=True)


EVERY_WAY = (
    "book booked", "move moved", "cancel cancelled", "hold held", "confirm confirmed", "wait waits", "expire some",
    "book_a_named_counter booked", "book_several booked", "book_a_plan booked", "book_a_tour booked",
    "answer_an_offer accepted", "answer_an_offer refused", "book slot_full",
)  # fmt: skip


async def test_every_way_of_taking_and_freeing_at_once(settings: Settings, starter: Starter, engine: str) -> None:
    async with opened(settings) as system, contextlib.AsyncExitStack() as stack:
        office = await a_busy_office()
        if engine == "sqlite":
            clients = [system.client]
        else:
            live = await asyncio.gather(
                *(asyncio.to_thread(starter.serve, settings, SINMUNGO_RUN_JOBS="off") for _process in range(PROCESSES))
            )
            clients = [await stack.enter_async_context(httpx.AsyncClient(base_url=one.url, timeout=60)) for one in live]
        storm = Storm(office, clients, system)
        await weathered(storm, ATTEMPTS[engine], EVERY_WAY if engine == "postgres" else ())


@pytest.mark.parametrize("engine", ["postgres"])
@pytest.mark.parametrize("guarded", [True, False])
async def test_without_the_lock_of_the_day_places_are_wasted(
    system: System, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The guard that all of this rests on: taken out, those who read the day together get in each other's way."""
    await an_office({str(n): ["passport"] for n in range(8)}, walk_in_percent=50)
    wished = await wish()
    if not guarded:
        together, read = asyncio.Barrier(6), times.locked

        async def nothing(*_calendars: int) -> None:
            pass

        async def read_together(calendar: int) -> Day:
            found = await read(calendar)
            with contextlib.suppress(TimeoutError, asyncio.BrokenBarrierError):
                async with asyncio.timeout(5):
                    await together.wait()
            return found

        monkeypatch.setattr(times, "lock", nothing)
        monkeypatch.setattr(times, "locked", read_together)
    found = await asyncio.gather(
        *(booking.book_now(wished, contact(f"v{n}")) for n in range(6)), return_exceptions=True
    )
    sold = sum(isinstance(one, booking.Booked) for one in found)
    assert (sold == 4) is guarded, found
