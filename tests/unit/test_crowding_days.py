"""What is special about a day for an office, and the stars and reasons that rules alone give it."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from server.core.i18n import translate
from server.core.working_calendar import WorkingCalendar
from tracking.visits.crowding import levels_of, rules, words
from tracking.visits.crowding.days import SEASONS, WEDDING_DATES

KOREA, JAPAN = WorkingCalendar(), WorkingCalendar("JP", ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("calendar", "day", "expected"),
    [
        (KOREA, "2026-11-18", {}),  # an ordinary Wednesday
        (KOREA, "2026-11-16", {}),  # after an ordinary weekend
        (KOREA, "2026-11-27", {"edge": "last-2"}),
        (KOREA, "2026-11-30", {"edge": "last-1"}),
        (KOREA, "2026-12-01", {"edge": "first-1"}),
        (KOREA, "2026-03-03", {"edge": "first-1", "before": "long", "season": "school-year-2"}),
        (KOREA, "2026-03-04", {"edge": "first-2", "before": "second", "season": "school-year-2"}),
        (KOREA, "2026-02-13", {"after": "long", "season": "school-year-1"}),
        (KOREA, "2026-05-04", {"edge": "first-1", "before": "long", "after": "bridge"}),
        (KOREA, "2026-06-02", {"edge": "first-2", "after": "holiday"}),  # an election
        (KOREA, "2026-06-04", {"edge": "first-3", "before": "holiday"}),
        (KOREA, "2026-12-25", {"weekday": "holiday", "season": "year-end-1"}),
        (KOREA, "2026-11-22", {}),
        (JAPAN, "2027-01-04", {"edge": "first-1", "before": "longest", "season": "new-year-1"}),
        (JAPAN, "2026-03-31", {"edge": "last-1", "season": "fiscal-year-3", "lucky": "tomobiki"}),
        (JAPAN, "2026-03-05", {"lucky": "taian"}),
        (JAPAN, "2026-04-08", {"season": "fiscal-year-4", "lucky": "butsumetsu"}),
        (JAPAN, "2026-11-20", {"after": "long"}),
        (JAPAN, "2024-11-22", {"lucky": "date"}),
    ],
)
def test_a_day_has_these_levels_and_is_ordinary_otherwise(
    calendar: WorkingCalendar, day: str, expected: dict[str, str]
) -> None:
    on = date.fromisoformat(day)
    found = levels_of(calendar, on)
    ordinary = {"weekday": str(on.weekday()), "week": str((on.day + 6) // 7), "month": str(on.month)}
    assert {key: level for key, level in found._asdict().items() if level} == {**ordinary, **expected}


def test_days_at_the_end_of_the_known_calendar_have_levels() -> None:
    assert levels_of(KOREA, date(2099, 12, 31)).edge == "last-1"
    assert levels_of(JAPAN, date(2000, 1, 4)).before == "longest"


@pytest.mark.parametrize(
    ("calendar", "day", "stars", "codes"),
    [
        (KOREA, "2026-11-18", 0, set()),
        (KOREA, "2026-11-16", 1, {"monday"}),
        (KOREA, "2026-11-30", 2, {"monday", "month-end"}),
        (KOREA, "2026-03-03", 3, {"after-long-closure", "month-start", "school-year"}),
        (KOREA, "2026-05-04", 2, {"monday", "after-long-closure", "bridge-day", "month-start"}),
        (JAPAN, "2025-03-31", 3, {"monday", "month-end", "fiscal-year", "taian"}),
        (JAPAN, "2024-11-22", 2, {"wedding-date"}),
    ],
)
def test_rules_alone_give_stars_with_reasons(calendar: WorkingCalendar, day: str, stars: int, codes: set[str]) -> None:
    levels = levels_of(calendar, date.fromisoformat(day))
    assert rules.day_stars(levels) == stars
    assert {reason.code for reason in rules.reasons(levels)} == codes


def test_rules_tell_busy_hours_from_quiet_ones() -> None:
    levels = levels_of(KOREA, date(2026, 11, 16))
    assert [rules.hour_stars(levels, hour) for hour in range(9, 18)] == [0, 2, 2, 1, 1, 2, 1, 0, 0]
    assert [reason.code for reason in rules.reasons(levels, 10)] == ["monday", "busy-hour"]
    assert [reason.code for reason in rules.reasons(levels, 17)] == ["monday", "quiet-hour"]


def test_every_reason_has_words_in_three_languages() -> None:
    seasons = {rules.code_of("season", season.level) for country in SEASONS.values() for season in country}
    codes = {*rules.CODES.values(), *rules.POINTS, *seasons, "weekday", "week-of-month", "time-of-year"}
    assert codes | {"busy-hour", "quiet-hour"} == set(words.REASONS)
    assert (11, 22) in WEDDING_DATES
    taian = rules.Reason("taian", 36)
    assert translate("en", words.reason_text(taian)) == "Lucky day (Taian): about 36% more visitors"
    assert translate("ja", words.reason_text(taian)) == "大安：来庁者が約36%多くなります"
    assert translate("ko", words.reason_text(rules.Reason("weekday", -12))) == "이 요일: 방문자가 약 12% 적습니다"
    assert translate("ko", words.reason_text(rules.Reason("month-end"))) == "월말"
