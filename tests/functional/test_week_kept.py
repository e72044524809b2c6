"""The week of an office as JSON is shown again while nothing is booked, and made anew as soon as something is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from server.core import changes, clock
from server.core.config import Settings
from server.core.page_cache import FRESH
from tests.support.system import System, opened
from tests.support.visits import an_office
from tracking.visits.models import Office
from tracking.visits.queries import offices

MOMENT = datetime.fromisoformat("2027-03-09T02:00:30+00:00")


@pytest.fixture
async def keeping(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    """The city, keeping pages."""
    async with opened(replace(settings, keep_pages=True)) as running:
        monkeypatch.setattr(changes.known, "heard", True)
        yield running


async def test_a_booking_is_seen_at_once_and_a_counter_after_a_second(
    keeping: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping.app.state.hub, "_note_changes", list)  # this process hears of nothing
    with clock.at(MOMENT):
        await an_office({"1": ["passport"]})
        path = "/api/v1/offices/east/slots?service=passport"

        async def free() -> dict[str, int]:
            days = (await keeping.visitor().get(path)).json()["items"]
            return {slot["start"]: slot["capacity"] - slot["booked"] for day in days for slot in day["slots"]}

        before = await free()
        start = min(before)
        assert before[start] == 1
        booked = await keeping.client.post(
            "/api/v1/visits",
            json={
                "office": "east", "service": "passport", "start": start, "language": "ko",
                "contact": {"name": "홍길동", "email": "hong@example.org"},
            },
        )  # fmt: skip
        assert booked.status_code == 201, booked.text
        assert (await free())[start] == 0
        await Office.filter(code="east").update(notice_hours=24 * 60)  # without a word to anybody
        offices.forget()
        assert await free()
    with clock.at(MOMENT + FRESH):
        assert not await free()
