"""Lucky days (六曜) against printed calendars."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.core.lucky_days import LuckyDay, lucky_day

PRINTED = Path(__file__).parents[3] / "shared" / "data" / "jp_rokuyo_2018-01_2026-03.jsonl"
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "luck"),
    [
        ("2022-09-26", "先負"),
        ("2025-07-25", "赤口"),  # the first of a leap sixth month
        ("2026-01-01", "大安"),
        ("2026-02-17", "先勝"),
        ("2026-03-18", "赤口"),
        ("2026-03-19", "友引"),
        ("2026-09-25", "仏滅"),
        ("2026-10-10", "先勝"),
        ("2026-10-11", "先負"),
        ("2026-12-31", "先負"),
        ("2027-01-01", "仏滅"),
        ("2027-02-07", "先勝"),
    ],
)
def test_a_day_has_the_luck_of_printed_calendars(day: str, luck: str) -> None:
    assert lucky_day(date.fromisoformat(day)) == luck


def test_three_printed_months_agree_day_by_day() -> None:
    if not PRINTED.exists():
        pytest.skip("the printed calendars' lucky days are not beside the checkout")
    with PRINTED.open(encoding="utf-8") as lines:
        printed = {date.fromisoformat(row["date"]): row["rokuyo"] for row in map(json.loads, lines)}
    assert len(printed) == 66
    assert {day: lucky_day(day) for day in printed} == printed


def test_days_follow_in_order_except_where_a_month_begins() -> None:
    order = list(LuckyDay)
    first = date(2017, 6, 24)  # a leap fifth month in Japan and Korea, an ordinary month in China
    luck = [lucky_day(first + ONE_DAY * n) for n in range(29)]
    start = order.index(LuckyDay.TAIAN)
    assert luck == [order[(start + n) % 6] for n in range(29)]


def test_the_undecided_months_of_2033_have_a_leap_eleventh_month() -> None:
    assert lucky_day(date(2033, 11, 22)) is LuckyDay.TAIAN  # 11/1
    assert lucky_day(date(2033, 12, 22)) is LuckyDay.TAIAN  # leap 11/1; without the leap month 赤口
    assert lucky_day(date(2034, 1, 20)) is LuckyDay.SHAKKO  # 12/1
    assert lucky_day(date(2034, 2, 19)) is LuckyDay.SENSHO  # 1/1


def test_no_luck_is_known_after_the_table_ends() -> None:
    assert lucky_day(date(2050, 12, 31)) is not None
    assert lucky_day(date(2051, 1, 1)) is None
