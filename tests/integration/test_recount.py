"""When the calendar changes, every running clock is counted anew: however many there are, whoever files meanwhile."""

import time
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from petitions import reference
from petitions.actions import handling, watch
from petitions.actions.intake import Filed
from petitions.forms import Accept, Extend
from petitions.models import Case
from petitions.rights import subject
from server.core import clock, ledger
from tests.support.stories import filed, new_holiday, somebody
from tests.support.system import System

MONDAY = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
HOLIDAY = datetime(2026, 11, 18, tzinfo=UTC).date()


async def kinds(case: Filed) -> list[str]:
    return [entry.kind for entry in await ledger.read(subject(case.reference))]


async def test_a_recount_goes_on_where_a_job_must_end(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "BATCH", 2)
    with clock.at(MONDAY):
        cases = [await filed() for _number in range(5)]
        await system.work()
        await new_holiday(HOLIDAY)
        assert await watch.recount("임시공휴일") is not None, "one job counts no more than a stretch"
        await system.work()
    for case in cases:
        assert (await kinds(case)).count("case.due_recomputed") == 1


async def test_a_case_filed_by_the_calendar_of_a_moment_ago_is_counted_as_well(system: System) -> None:
    with clock.at(MONDAY):
        old = await reference.reference()
        await new_holiday(HOLIDAY)
        await system.work()
        with patch.object(reference._references, "_found", {None: (time.monotonic(), old)}):  # as in another process
            case = await filed()
        before = (await Case.get(reference=case.reference)).due_at
    with clock.at(MONDAY + timedelta(minutes=1)):
        await system.work()
    assert before is not None
    after = (await Case.get(reference=case.reference)).due_at
    assert after is not None
    assert after - before == timedelta(days=1)


async def test_that_a_period_is_over_is_told_once_however_the_calendar_changes(system: System) -> None:
    with clock.at(MONDAY):
        case = await filed()
    with clock.at(MONDAY + timedelta(days=40)):
        await watch.remind()
        await new_holiday(HOLIDAY)
        await system.work()
        await watch.remind()
    assert (await kinds(case)).count("case.due_recomputed") == 1
    assert (await kinds(case)).count("case.overdue") == 1


async def test_nobody_hears_of_a_late_case_whose_period_was_extended_meanwhile(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.at(MONDAY):
        case = await filed()
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler, lock = await somebody("handler"), ledger.lock
    due = (await Case.get(reference=case.reference)).due_at
    assert due is not None
    with clock.at(due + timedelta(hours=1)):
        await Case.filter(reference=case.reference).update(reminded=1)

        async def extended(name: str) -> ledger.Chain:
            monkeypatch.setattr(ledger, "lock", lock)
            await handling.extend(handler, case.reference, Extend(1, "부품이 늦습니다."))
            return await lock(name)

        monkeypatch.setattr(ledger, "lock", extended)
        assert await watch.remind() == 0
