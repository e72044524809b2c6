"""An offer that its owner ends, and that nobody else wants, is withheld like a cancelled time; on both databases."""

from datetime import timedelta

import pytest

from server.core import clock
from tests.integration.test_booking_visits import book, left
from tests.integration.test_waiting_list import full, join, later, offered, state
from tests.support.system import System
from tests.support.visits import an_office, at, next_monday
from tracking.visits.actions import booking, taking, waiting
from tracking.visits.states import WaitingState


@pytest.mark.parametrize("way", ["refuse", "leave", "book another"])
async def test_an_offer_given_up_returns_after_the_delay_of_a_cancellation(
    system: System, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    later(monkeypatch, at("12:00", next_monday() - timedelta(days=3)))
    office = await an_office({"1": ["passport", "moving"]}, return_minutes=60)
    monkeypatch.setattr(taking, "chance", lambda: 0.5)
    made = await full()
    number = await join("first")
    await join("mover", "moving")
    await booking.cancel(made[0].number, "visitor")
    if way == "refuse":
        await waiting.refuse(await offered("first"))
    elif way == "leave":
        await waiting.leave(number, "visitor")
    else:
        await book("11:00", "first")
    assert await left(office, "09:00") == 0, "against trading"
    assert (await state("mover"))[0] is WaitingState.WAITING, "a quarter of an hour is too short for them"
    later(monkeypatch, clock.now() + timedelta(minutes=29))
    assert await booking.return_freed() == 0
    later(monkeypatch, clock.now() + timedelta(minutes=1))
    assert await booking.return_freed() == 1
    assert await left(office, "09:00") == 1
