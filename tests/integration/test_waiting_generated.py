"""Generated days of an office with a waiting list: offers never exceed its counters, and miss nothing."""

import contextlib
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.core import clock
from server.core.booking import times
from server.core.errors import Refusal
from tests.integration.test_booking_visits import book
from tests.integration.test_waiting_list import agrees, join
from tests.support.system import System
from tests.support.visits import an_office, at, next_monday
from tracking.visits.actions import booking, offering, supply, waiting
from tracking.visits.models import Counter, FreedTime, Office, Shift, Visit, Waiting
from tracking.visits.queries import offices
from tracking.visits.states import VisitState, WaitingState

STARTS = [f"09:{15 * n:02}" for n in range(4)]
STEPS = 30


class Day:
    """An office with two counters in its first hour, and what can happen to it."""

    def __init__(self, office: Office, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.office, self.chance, self.patch = office, random.Random(seed), monkeypatch
        self.people = 0

    def somebody(self) -> str:
        self.people += 1
        return f"p{self.people}"

    async def books(self) -> None:
        services = ["moving"] if self.chance.random() < 0.3 else []
        await book(self.chance.choice(STARTS), self.somebody(), *services)

    async def joins(self) -> None:
        services = ["moving"] if self.chance.random() < 0.3 else []
        until = self.chance.choice(["09:30", "09:45", "10:00"])
        await join(self.somebody(), *services, hours=("09:00", until))

    async def cancels(self) -> None:
        made = await Visit.filter(state=VisitState.BOOKED)
        if made:
            await booking.cancel(self.chance.choice(made).number, "visitor")

    async def answers(self) -> None:
        offers = await Visit.filter(state=VisitState.OFFERED)
        if offers:
            answer = waiting.accept if self.chance.random() < 0.5 else waiting.refuse
            await answer(self.chance.choice(offers).number)

    async def leaves(self) -> None:
        there = await Waiting.filter(state__in=[WaitingState.WAITING, WaitingState.OFFERED])
        if there:
            await waiting.leave(self.chance.choice(there).number, "visitor")

    async def time_passes(self) -> None:
        later = clock.now() + timedelta(minutes=self.chance.choice([5, 40, 70]))
        self.patch.setattr(clock, "now", lambda: later)
        await booking.expire()
        await booking.return_freed()

    async def roster_changes(self) -> None:
        one, two = await Shift.filter(counter__number="1").get(), await Counter.get(number="2")
        if not await Shift.filter(counter_id=two.id).delete():
            await Shift.create(
                counter_id=two.id, account_id=one.account_id, date=one.date, starts="09:00", ends="17:00"
            )
        await supply.rebuild(self.office.id, [next_monday()])

    @property
    def moves(self) -> list[Callable[[], Awaitable[None]]]:
        often = [self.books, self.joins, self.cancels, self.answers]
        return [*often, *often, self.leaves, self.time_passes, self.roster_changes]


async def sound(office: Office) -> None:
    """No step of a counter is sold twice, each offer is somebody's, and nobody waits for what is free."""
    calendar = (await offices.calendars(office.id, [next_monday()]))[next_monday()]
    day = (await times.days([calendar]))[calendar]
    for minute, units in day.steps.items():
        placed = [one for one in day.claims.values() if one.placed and one.starts <= minute < one.ends]
        assert len(placed) <= len(units), minute
        assert sorted(one for one in units.values() if one) == sorted(one.id for one in placed)
    offers = set(await Visit.filter(state=VisitState.OFFERED).values_list("id", flat=True))
    assert offers == set(await Waiting.filter(state=WaitingState.OFFERED).values_list("visit_id", flat=True))
    assert await offering.due() == 0, "somebody waits for a time that was free"


@pytest.mark.parametrize("seed", range(4))
async def test_offers_never_exceed_the_counters_and_miss_nothing(
    system: System, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    noon = at("12:00", next_monday() - timedelta(days=3))
    monkeypatch.setattr(clock, "now", lambda: noon)
    office = await an_office({"1": ["passport"], "2": ["passport", "moving"]}, most_active=99, return_minutes=30)
    day = Day(office, seed, monkeypatch)
    for _step in range(STEPS):
        move = day.chance.choice(day.moves)
        with contextlib.suppress(Refusal):  # a place was taken, or they need not wait: that is an answer, too
            await move()
        await sound(office)
    await FreedTime.all().update(returns_at=clock.now())
    await booking.return_freed()
    await agrees(office, STARTS)
