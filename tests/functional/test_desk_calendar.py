"""An administrator keeps the working calendar: temporary holidays and local hours move running deadlines."""

from datetime import UTC, date, datetime

import pytest

from petitions.models import Case
from petitions.rights import subject
from server.core import clock, ledger
from server.core.accounts import Holiday, LocalHours
from tests.support.page_forms import form, send, submit
from tests.support.stories import filed
from tests.support.system import System

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""10:00 in Seoul, an ordinary week before an ordinary week."""


async def test_a_temporary_holiday_moves_running_clocks_and_both_dates_stay_in_the_ledger(system: System) -> None:
    with clock.at(MONDAY):
        case = await Case.get(reference=(await filed(title="공원 이용 문의", kind="inquiry")).reference)
        assert case.due_at
        before = case.due_at
        browser = await system.official("admin")
        calendar = await browser.get("/desk/calendar")
        assert "진행 중인 처리기간: 1건" in calendar.text
        answer = await send(browser, form(calendar, "/holidays/new"), date="2026-11-25", name="임시공휴일")
        assert answer.status_code == 303
        page = (await browser.get("/desk/calendar")).text
        assert "다시 계산" in page
        assert "임시공휴일" in page
        await system.work()
        moved = await Case.get(id=case.id)
        assert moved.due_at
        assert (moved.due_at - before).days == 1
        [event] = [e for e in await ledger.read(subject(case.reference)) if e.kind == "case.due_recomputed"]
        assert event.data["holiday"] == "임시공휴일"
        assert datetime.fromisoformat(event.data["previous_due_at"]) == before
        assert datetime.fromisoformat(event.data["due_at"]) == moved.due_at

        asked = await browser.get("/desk/calendar/holidays/2026-11-25/delete")
        assert "삭제하시겠습니까" in asked.text
        assert (await send(browser, form(asked, "/delete"))).status_code == 303
        await system.work()
        again = await Case.get(id=case.id)
        assert again.due_at == before
        assert not await Holiday.exists()
        assert (await send(browser, form(asked, "/delete"))).status_code == 404


async def test_local_hours_move_periods_that_are_counted_in_hours(system: System) -> None:
    with clock.at(MONDAY):
        case = await Case.get(reference=(await filed(title="벤치", kind="other")).reference)
        assert case.due_at == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 10 + 3 hours, lunch between
        browser = await system.official("admin")
        hours = {
            "first_day": "2026-11-01", "opens": "09:00", "lunch_starts": "11:30", "lunch_ends": "13:30",
            "closes": "17:00",
        }  # fmt: skip
        assert (await submit(browser, "/desk/calendar", "/hours/new", **hours)).status_code == 303
        await system.work()
        assert (await Case.get(id=case.id)).due_at == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
        page = (await browser.get("/desk/calendar")).text
        assert "09:00–17:00" in page
        assert (await LocalHours.get()).first_day == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("page", "typed", "name"),
    [
        ("holidays", {"date": "2026-12-25", "name": "성탄절"}, "date"),
        ("holidays", {"date": "2026-11-28", "name": "토요일"}, "date"),
        ("holidays", {"date": "1900-01-01", "name": "옛날"}, "date"),
        ("holidays", {"date": "내일", "name": "내일"}, "date"),
        ("holidays", {"date": "2026-11-25", "name": ""}, "name"),
        ("hours", {"first_day": "", "opens": "09:00"}, "first_day"),
        ("hours", {"first_day": "2200-01-01"}, "first_day"),
        ("hours", {"first_day": "2026-12-01", "opens": "25:00"}, "opens"),
        ("hours", {"first_day": "2026-12-01", "opens": "12:30"}, "opens"),
    ],
)
async def test_a_day_or_hours_that_cannot_be_are_refused_with_the_input_kept(
    system: System, page: str, typed: dict[str, str], name: str
) -> None:
    browser = await system.official("admin")
    times = {"lunch_starts": "12:00", "lunch_ends": "13:00", "closes": "18:00", "opens": "09:00"}
    fields = typed if page == "holidays" else {**times, **typed}
    answer = await submit(browser, "/desk/calendar", f"/{page}/new", **fields)
    assert answer.status_code == 422
    assert f'href="#field-{name}"' in answer.text
    assert all(f'value="{value}"' in answer.text for value in typed.values() if value)
    assert not await Holiday.exists()
    assert not await LocalHours.exists()
