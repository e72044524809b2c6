"""The legal clock against worked examples and official calendars; what it refuses; the time that is left."""

import asyncio
import dataclasses
import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.core import clock, working_calendar
from server.core.clock import Due, OfficeHours, Pause, Remaining, Unit, WorkingCalendar, due
from tests.support import moment

SEOUL, TOKYO = ZoneInfo("Asia/Seoul"), ZoneInfo("Asia/Tokyo")
KOREA, JAPAN = WorkingCalendar(), WorkingCalendar("JP", TOKYO)
CHECKOUT = Path(__file__).parents[2]
GAZETTE = CHECKOUT.parent / "shared" / "data" / "kr_holidays_gazette.jsonl"
CASES: list[dict[str, Any]] = json.loads((CHECKOUT / "tests/unit/deadline_cases.json").read_text("utf-8"))

ONE_DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def on(text: str) -> date:
    return date.fromisoformat(text)


# --- Worked examples ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_worked_example_is_due_when_the_law_says(case: dict[str, Any]) -> None:
    calendar = WorkingCalendar(extra_holidays={on(day): "임시공휴일" for day in case.get("holidays", ())})
    text = case["received"]
    pauses = [(on(first), on(last)) for first, last in case.get("pauses", ())]
    received = on(text) if len(text) == len("2026-01-01") else datetime.fromisoformat(text)
    answer = due(calendar, Unit(case["unit"]), case["amount"], received, pauses)
    assert (answer.on.isoformat() if answer.by_day else answer.at.isoformat()) == case["due"]
    assert answer.at.tzinfo is calendar.timezone
    assert answer.at.date() == answer.on
    assert not answer.by_day or answer.at.time() == time(23, 59, 59)


@pytest.mark.parametrize(
    ("received", "starts"),
    [
        ("2026-03-04T08:59", "2026-03-04T09:00"),
        ("2026-03-04T09:00", "2026-03-04T09:00"),
        ("2026-03-04T11:59:59", "2026-03-04T11:59:59"),
        ("2026-03-04T12:00", "2026-03-04T13:00"),
        ("2026-03-04T17:59:59", "2026-03-04T17:59:59"),
        ("2026-03-04T18:00", "2026-03-05T09:00"),
        ("2026-02-13T23:00", "2026-02-19T09:00"),  # the New Year holidays begin on the Monday
        ("2026-08-15T13:00", "2026-08-18T09:00"),
    ],
)
def test_a_receipt_outside_working_time_starts_at_the_next_working_instant(received: str, starts: str) -> None:
    assert KOREA.next_working_instant(at(received)) == at(starts)


def test_a_period_in_hours_ends_where_the_working_time_ends() -> None:
    assert due(KOREA, Unit.HOURS, 3, at("2026-03-04T09:00")).at == at("2026-03-04T12:00")
    assert due(KOREA, Unit.HOURS, 8, at("2026-03-04T09:00")).at == at("2026-03-04T18:00")
    assert due(KOREA, Unit.HOURS, 8, at("2026-03-04T09:00:01")).at == at("2026-03-05T09:00:01")


def test_a_calendar_period_received_on_a_closed_day_starts_on_the_next_open_one() -> None:
    # Saturday, Sunday and a substitute holiday: the month begins on Tuesday the 18th.
    assert due(KOREA, Unit.MONTHS, 1, at("2026-08-15T10:00")).on == on("2026-09-17")
    assert due(KOREA, Unit.WEEKS, 1, at("2026-08-14T18:00")).on == on("2026-08-24")
    # A civil period follows the date of the event, whatever day that is.
    assert due(KOREA, Unit.CIVIL_DAYS, 3, at("2026-08-15T10:00")).on == on("2026-08-18")
    assert due(KOREA, Unit.CIVIL_DAYS, 3, at("2026-08-14T23:59")).on == on("2026-08-18")


def test_months_end_with_the_month_where_there_is_no_corresponding_day() -> None:
    received = {day: due(KOREA, Unit.MONTHS, 13, on(f"2027-01-{day}")).on for day in (28, 29)}
    assert received == {28: on("2028-02-28"), 29: on("2028-02-28")}
    assert due(KOREA, Unit.MONTHS, 1, on("2028-01-31")).on == on("2028-02-29")
    assert due(KOREA, Unit.MONTHS, 12, on("2025-12-02")).on == on("2026-12-01")


def test_each_paused_calendar_day_moves_a_calendar_period_by_a_day_and_no_end_falls_into_a_pause() -> None:
    pause = (on("2026-03-11"), on("2026-03-16"))
    assert due(KOREA, Unit.WEEKS, 2, on("2026-03-04")).on == on("2026-03-17")
    assert due(KOREA, Unit.WEEKS, 2, on("2026-03-04"), [pause]).on == on("2026-03-23")
    assert due(KOREA, Unit.MONTHS, 1, on("2026-03-04"), [pause, pause]).on == on("2026-04-09")
    # 12 + 6 days end on Sunday the 22nd; the office opens on Monday, unless time stands still until Tuesday.
    assert due(KOREA, Unit.CIVIL_DAYS, 12, on("2026-03-04"), [pause]).on == on("2026-03-23")
    later = (on("2026-03-23"), on("2026-03-24"))
    assert due(KOREA, Unit.CIVIL_DAYS, 12, on("2026-03-04"), [later, pause]).on == on("2026-03-25")


def test_the_steps_say_how_each_day_was_counted() -> None:
    def told(answer: Due) -> list[tuple[str, str, int, str]]:
        return [(step.kind, step.first.isoformat(), step.days, step.name) for step in answer.steps]

    hours = due(KOREA, Unit.HOURS, 24, at("2026-04-30T15:00"))
    assert told(hours) == [
        ("counted", "2026-04-30", 1, ""),
        ("holiday", "2026-05-01", 1, "노동절"),
        ("weekend", "2026-05-02", 2, ""),
        ("counted", "2026-05-04", 1, ""),
        ("holiday", "2026-05-05", 1, "어린이날"),
        ("counted", "2026-05-06", 2, ""),
    ]
    assert [step.worked / HOUR for step in hours.steps] == [3, 0, 0, 8, 0, 13]
    assert told(due(KOREA, Unit.DAYS, 3, at("2026-03-09T18:30"), [(on("2026-03-11"), on("2026-03-12"))])) == [
        ("after-hours", "2026-03-09", 1, ""),
        ("counted", "2026-03-10", 1, ""),
        ("pause", "2026-03-11", 2, ""),
        ("counted", "2026-03-13", 1, ""),
        ("weekend", "2026-03-14", 2, ""),
        ("counted", "2026-03-16", 1, ""),
    ]
    assert told(due(KOREA, Unit.MONTHS, 1, at("2026-01-29T19:00")))[0] == ("after-hours", "2026-01-29", 1, "")
    assert told(due(KOREA, Unit.CIVIL_DAYS, 7, on("2026-09-17"))) == [
        ("first-day", "2026-09-17", 1, ""),
        ("counted", "2026-09-18", 7, ""),
        ("holiday", "2026-09-25", 1, "추석"),
        ("holiday", "2026-09-26", 1, "추석 다음날"),
        ("weekend", "2026-09-27", 1, ""),
        ("moved", "2026-09-28", 1, ""),
    ]
    assert told(due(KOREA, Unit.HOURS, 1, at("2026-03-09T18:00")))[0] == ("after-hours", "2026-03-09", 1, "")
    assert told(due(KOREA, Unit.DAYS, 1, at("2026-03-14T19:00")))[0] == ("weekend", "2026-03-14", 2, "")


@pytest.mark.parametrize(
    ("unit", "amount", "received", "pauses", "says"),
    [
        (Unit.DAYS, 0, on("2026-03-04"), [], "from 1 to 2500 days, not 0"),
        (Unit.DAYS, -7, on("2026-03-04"), [], "not -7"),
        (Unit.HOURS, 20_001, at("2026-03-04T10:00"), [], "from 1 to 20000 hours"),
        (Unit.MONTHS, 10**30, on("2026-03-04"), [], "from 1 to 120 months"),
        (Unit.HOURS, 3, on("2026-03-04"), [], "time of day"),
        (Unit.HOURS, 3, at("2026-03-04T10:00").replace(tzinfo=None), [], "zone"),
        (Unit.DAYS, 7, at("2026-03-04T10:00").replace(tzinfo=None), [], "zone"),
        (Unit.DAYS, 7, on("2026-03-04"), [(on("2026-03-12"), on("2026-03-11"))], "must not end"),
        (Unit.CIVIL_DAYS, 7, date.max, [], "2000 to 2099, not 9999"),
        (Unit.HOURS, 7, datetime.min.replace(tzinfo=UTC), [], "not 1"),
        (Unit.MONTHS, 12, on("2099-06-01"), [], "not 2100"),
        (Unit.DAYS, 7, on("2026-03-04"), [(date.min, date.max)], "not 2100"),
    ],
)
def test_senseless_input_is_refused_with_a_reason(
    unit: Unit, amount: int, received: date, pauses: list[Pause], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        due(KOREA, unit, amount, received, pauses)


# --- The calendar -------------------------------------------------------------------------------------------


def test_korean_holidays_are_those_of_the_gazette() -> None:
    if not GAZETTE.exists():
        pytest.skip("the gazette's list of holidays is not beside the checkout")
    with GAZETTE.open(encoding="utf-8") as lines:
        gazette = {on(json.loads(line)["date"]) for line in lines}
    assert {day.year for day in gazette} == set(range(2018, 2028))
    first, last = date(2018, 1, 1), date(2027, 12, 31)
    every = [first + ONE_DAY * n for n in range((last - first).days + 1)]
    assert {day for day in every if KOREA.holiday_name(day) is not None} == gazette


@pytest.mark.parametrize(
    ("year", "spring", "autumn"),
    [
        (2025, "1/1 1/27 1/28 1/29 1/30 3/1 3/3 5/5 5/6 6/3 6/6", "8/15 10/3 10/5 10/6 10/7 10/8 10/9 12/25"),
        (
            2026,
            "1/1 2/16 2/17 2/18 3/1 3/2 5/1 5/5 5/24 5/25 6/3 6/6",
            "7/17 8/15 8/17 9/24 9/25 9/26 10/3 10/5 10/9 12/25",
        ),
        (
            2027,
            "1/1 2/6 2/7 2/8 2/9 3/1 5/1 5/3 5/5 5/13 6/6",
            "7/17 7/19 8/15 8/16 9/14 9/15 9/16 10/3 10/4 10/9 10/11 12/25 12/27",
        ),
    ],
)
def test_korean_holidays_of_a_year(year: int, spring: str, autumn: str) -> None:
    assert holidays_of(KOREA, year) == [*spring.split(), *autumn.split()]


@pytest.mark.parametrize(
    ("year", "listed"),
    [
        (2026, "1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
        (2027, "1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"),
    ],
)
def test_japanese_holidays_of_a_year_with_its_turn(year: int, listed: str) -> None:
    assert holidays_of(JAPAN, year) == ["1/1", "1/2", "1/3", *listed.split(), "12/29", "12/30", "12/31"]


def holidays_of(calendar: WorkingCalendar, year: int) -> list[str]:
    every = [date(year, 1, 1) + ONE_DAY * n for n in range(366)]
    return [f"{d.month}/{d.day}" for d in every if d.year == year and calendar.holiday_name(d) is not None]


def test_japanese_offices_reopen_on_4_january_and_stay_closed_through_silver_week() -> None:
    closing = datetime(2026, 12, 28, 18, tzinfo=TOKYO)
    assert JAPAN.next_working_instant(closing) == datetime(2027, 1, 4, 9, tzinfo=TOKYO)
    assert not any(JAPAN.is_working_day(date(2026, 9, day)) for day in range(19, 24))
    assert JAPAN.is_working_day(date(2026, 9, 24))
    assert due(JAPAN, Unit.CIVIL_DAYS, 1, date(2026, 12, 28)).on == date(2027, 1, 4)
    assert JAPAN.holiday_name(date(2026, 12, 29)) == "年末年始"
    assert JAPAN.holiday_name(date(2026, 1, 1)) == "元日"
    assert JAPAN.holiday_name(date(2026, 12, 29), "en") == "New Year closure"
    assert JAPAN.holiday_name(date(2026, 1, 1), "ja") == "元日"
    assert JAPAN.holiday_name(date(2026, 1, 1), "ko") == "New Year's Day"


def test_holidays_are_named_in_the_countrys_language_whatever_the_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "en_US")
    working_calendar._holidays.cache_clear()
    assert WorkingCalendar().holiday_name(date(2031, 8, 15)) == "광복절"
    assert WorkingCalendar().holiday_name(date(2031, 8, 15), "en") == "Liberation Day"
    assert WorkingCalendar(extra_holidays={date(2031, 8, 15): "축일"}).holiday_name(date(2031, 8, 15), "en") == "축일"


def test_local_hours_hold_from_their_date_on() -> None:
    short = OfficeHours(closes=time(17))
    early = OfficeHours(time(8), time(12), time(12), time(16))
    calendar = WorkingCalendar(hours=((on("2026-04-01"), early), (on("2026-03-05"), short)))
    assert calendar.hours_on(on("2026-03-04")) == OfficeHours()
    assert calendar.hours_on(on("2026-03-05")) is short
    assert calendar.hours_on(on("2026-04-01")) is early
    assert due(calendar, Unit.HOURS, 8, at("2026-03-05T09:00")).at == at("2026-03-06T10:00")
    assert due(calendar, Unit.HOURS, 8, at("2026-04-01T08:00")).at == at("2026-04-01T16:00")
    assert due(calendar, Unit.DAYS, 1, at("2026-03-05T17:30")).on == on("2026-03-06")
    assert due(calendar, Unit.DAYS, 1, at("2026-03-04T17:30")).on == on("2026-03-04")


@pytest.mark.parametrize("spoilt", [{"opens": time(13)}, {"lunch_ends": time(11)}, {"closes": time(13)}])
def test_office_hours_out_of_order_are_refused(spoilt: dict[str, time]) -> None:
    with pytest.raises(ValueError, match="in order"):
        OfficeHours(**spoilt)


def test_a_calendar_is_a_value_that_nobody_changes_later() -> None:
    table = {on("2026-03-20"): "임시공휴일"}
    calendar = WorkingCalendar(extra_holidays=table)
    table.clear()
    assert calendar.holiday_name(on("2026-03-20")) == "임시공휴일"
    assert not calendar.is_working_day(on("2026-03-20"))
    assert calendar == WorkingCalendar(extra_holidays={on("2026-03-20"): "임시공휴일"}) != KOREA
    assert len({calendar, dataclasses.replace(calendar), KOREA}) == 2
    with pytest.raises(ValueError, match="'XX'"):
        WorkingCalendar("XX")


# --- Now, overdue, remaining --------------------------------------------------------------------------------


async def test_now_is_utc_and_stands_still_where_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_machine", moment.machine)
    before = datetime.now(UTC)  # noqa: TID251 - what the clock is compared with
    assert before <= clock.now() <= before + timedelta(minutes=1)
    with clock.at(at("2026-03-04T10:30")):
        assert clock.now().isoformat() == "2026-03-04T01:30:00+00:00"
        assert await asyncio.create_task(read_clock()) == clock.now()
        with clock.at(at("2026-03-05T10:30")):
            assert clock.now() == at("2026-03-05T10:30")
        assert clock.now() == at("2026-03-04T10:30")
    assert clock.now() >= before
    with pytest.raises(ValueError, match="zone"), clock.at(datetime(2026, 3, 4)):  # noqa: DTZ001 - the point
        pass


async def read_clock() -> datetime:
    return clock.now()


def test_a_day_is_in_time_until_midnight_and_an_hour_until_its_instant() -> None:
    by_day = due(KOREA, Unit.DAYS, 7, at("2026-03-09T10:00"))
    assert not clock.overdue(by_day, at("2026-03-17T23:59:59.999"))
    assert clock.overdue(by_day, at("2026-03-18T00:00"))
    by_hour = due(KOREA, Unit.HOURS, 3, at("2026-03-04T10:30"))
    assert not clock.overdue(by_hour, at("2026-03-04T14:30"))
    assert clock.overdue(by_hour, at("2026-03-04T14:30:00.001"))
    assert clock.closes_at(KOREA, by_day) == at("2026-03-17T18:00")
    assert clock.closes_at(KOREA, by_hour) == by_hour.at


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        ("2026-03-12T17:00", (3, 25 * 60)),
        ("2026-03-13T19:00", (2, 16 * 60)),
        ("2026-03-15T12:00", (2, 16 * 60)),
        ("2026-03-17T11:30", (0, 330)),
        ("2026-03-17T20:00", (0, 0)),
        ("2026-03-18T08:00", (-1, 0)),
        ("2026-03-18T13:30", (-1, -210)),
        ("2026-03-23T10:00", (-4, -25 * 60)),
    ],
)
def test_remaining_counts_working_time_only_and_goes_below_zero(moment: str, left: tuple[int, int]) -> None:
    by_day = due(KOREA, Unit.DAYS, 7, at("2026-03-09T10:00"))
    assert by_day.on == on("2026-03-17")
    assert clock.remaining(KOREA, by_day, at(moment)) == Remaining(*left)
