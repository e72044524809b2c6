"""What the desk keeps from one request to the next: each official reads what they would without it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from petitions.desk import inbox
from server.core import changes, clock
from server.core.accounts import Account
from server.core.config import Settings
from tests.support.desk import Desk, desk
from tests.support.system import System, opened

MORNING = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
PARKS = {"title": "공원 나무가 쓰러졌어요", "body": "공원에 나무가 쓰러졌습니다."}
OFFICIALS = ("intake", "inspector", "admin", "handler", "gardener", "guide", "guide_parks", "clerk")


@pytest.fixture
async def keeping(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    """The city, keeping what it may."""
    async with opened(replace(settings, keep_pages=True)) as running:
        monkeypatch.setattr(changes.known, "heard", True)
        yield running


def forget(system: System) -> None:
    """Keep nothing."""
    changes.known.of_events()
    inbox._kept.clear()
    for environment in system.app.state.site.environments.values():
        environment.globals["remembered"].cache_clear()


async def shown(official: Desk, query: str) -> str:
    """The page, without the position in the ledger, which PostgreSQL moves when it tidies up."""
    return re.sub(r"after=\d+-\d+", "", (await official.client.get(f"/desk{query}")).text)


async def test_officials_read_the_same_whoever_asked_before(keeping: System) -> None:
    """Over lists, officials, languages and times, among them those at which words change within a day."""
    with clock.at(MORNING):
        roads, parks, urgent = [
            (await keeping.file(**given))["reference"]
            for given in ({}, PARKS, {"kind": "inquiry", "title": "급한 질의"})
        ]
        intake = await desk(keeping, "intake")
        await intake.bulk("accept", roads, parks)
        desks = {name: await desk(keeping, name) for name in OFFICIALS}
    queries = ("", "?status=all", "?mine=1", "?q=공원", "?parts=1", "?lang=ja", "?status=all&lang=en")
    hours = (0, 7.9, 8, 24, 24 * 9)
    for later in hours:
        with clock.at(MORNING + timedelta(hours=later)):
            for query in queries:
                for name, official in desks.items():
                    kept = [await shown(official, query) for _time in range(2)]
                    forget(keeping)
                    fresh = await shown(official, query)
                    assert kept == [fresh, fresh], f"{query} for {name} after {later} hours"
    assert urgent


async def test_words_that_change_within_a_day_are_made_anew(keeping: System) -> None:
    with clock.at(MORNING):
        await keeping.file()
        intake = await desk(keeping, "intake")
        assert "7 h 59 min left" not in intake.text
    with clock.at(MORNING + timedelta(minutes=1)):
        await intake.open("/desk")
        assert "7 h 59 min left" in intake.text


async def test_counts_and_choices_change_with_the_next_event(keeping: System) -> None:
    with clock.at(MORNING):
        await keeping.file()
        intake, admin = await desk(keeping, "intake"), await desk(keeping, "admin")
        assert "Unassigned 1" in intake.text
        await keeping.file(**PARKS)
        assert "Unassigned 2" in (await intake.open("/desk")).text
        [one, _other] = intake.listed
        await intake.bulk("accept", one)
        assert "1 Department assigned" in (await intake.open("/desk")).text
        assert "Unassigned 2" in (await admin.open("/desk")).text
        await Account.filter(username="gardener").update(name="새 이름")
        await keeping.file()
        assert "새 이름" in (await intake.open("/desk")).text
