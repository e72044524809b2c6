"""Opening hours, counter time, what can be booked, marks, households and no-shows."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracking.visits import rules
from tracking.visits.rules import DayState, Exceptional, Mark, NoShowRule, Sitting, Weekly, Window
from tracking.visits.states import ACTIVE, VISIT, OpeningKind, VisitAction, VisitState

SEOUL, BERLIN = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 30)
WEEKLY = Weekly("08:30", "17:30", "12:00", "13:00")


def clock(spans: object, zone: ZoneInfo = SEOUL) -> list[str]:
    """Spans as times of day."""
    return [
        "-".join(rules.moment(at).astimezone(zone).strftime("%H:%M") for at in span)
        for span in spans  # type: ignore[attr-defined]
    ]


def hours(day: date = MONDAY, *exceptions: Exceptional, weekly: Weekly | None = WEEKLY, holiday: str | None = None):  # type: ignore[no-untyped-def] # noqa: ANN201
    return rules.day_hours(day, SEOUL, weekly, exceptions, holiday)


def test_an_ordinary_day_has_lunch() -> None:
    found = hours()
    assert (found.state, clock(found.spans)) == (DayState.OPEN, ["08:30-12:00", "13:00-17:30"])
    assert clock([found.lunch]) == ["12:00-13:00"]


def test_closed_days_say_why() -> None:
    closed = Exceptional(OpeningKind.CLOSED, reason="이전")
    works = Exceptional(OpeningKind.MAINTENANCE, reason="전산 점검")
    assert hours(weekly=None).state is DayState.CLOSED
    assert (hours(holiday="설날").state, hours(holiday="설날").reason) == (DayState.HOLIDAY, "설날")
    assert (hours(MONDAY, closed).state, hours(MONDAY, closed).reason) == (DayState.CLOSURE, "이전")
    assert hours(MONDAY, works).state is DayState.MAINTENANCE
    for one in (hours(weekly=None), hours(holiday="설날"), hours(MONDAY, closed)):
        assert one.spans == ()


def test_a_holiday_opening_wins_over_weekend_and_holiday() -> None:
    opening = Exceptional(OpeningKind.OPEN, "09:00", "12:30", "휴일 민원실")
    sunday = date(2026, 12, 6)
    assert clock(hours(sunday, opening, weekly=None).spans) == ["09:00-12:30"]
    assert clock(hours(sunday, opening, weekly=None, holiday="성탄절").spans) == ["09:00-12:30"]
    both = hours(sunday, opening, Exceptional(OpeningKind.CLOSED), weekly=None)
    assert both.spans == (), "a closure of the whole day wins over everything"


def test_a_closure_of_an_hour_is_cut_out() -> None:
    outage = Exceptional(OpeningKind.MAINTENANCE, "11:00", "14:00", "전산 점검")
    assert clock(hours(MONDAY, outage).spans) == ["08:30-11:00", "14:00-17:30"]
    assert hours(MONDAY, outage).reason == "전산 점검"


def test_counter_time_is_whole_steps_with_somebody_there() -> None:
    day = hours()
    early = Sitting(1, 7, (rules.at_time(MONDAY, "08:30", SEOUL), rules.at_time(MONDAY, "11:50", SEOUL)))
    late = Sitting(2, 8, (rules.at_time(MONDAY, "16:50", SEOUL), rules.at_time(MONDAY, "19:00", SEOUL)))
    found = rules.counter_time(day, [early, late], (), 15)
    first, last = (sorted(at for counter, at in found if counter == which) for which in (1, 2))
    assert clock([(first[0], first[-1])]) == ["08:30-11:30"], "11:45 would end after the shift"
    assert clock([(last[0], last[-1])]) == ["17:00-17:15"]
    assert rules.counter_time(day, [early, late], {7}, 15) == {(2, at) for at in last}


@pytest.mark.parametrize(
    ("day", "length"), [(date(2026, 10, 25), 25 * 60), (date(2027, 3, 28), 23 * 60), (date(2028, 2, 29), 24 * 60)]
)
def test_a_day_has_as_many_steps_as_minutes(day: date, length: int) -> None:
    """Summer time ends and begins in Berlin; nothing is booked twice or in an hour that does not exist."""
    all_day = rules.day_hours(day, BERLIN, Weekly("00:00", "24:00"), (), None)
    night = Sitting(1, 7, all_day.spans[0])
    found = rules.counter_time(all_day, [night], (), 15)
    assert len(found) == length // 15
    shown = [rules.moment(at).astimezone(BERLIN) for _counter, at in found]
    assert len({one.isoformat() for one in shown}) == len(found)
    assert {one.date() for one in shown} == {day}


def test_bookable_from_thirty_days_before_until_the_day_before() -> None:
    window = Window(30)
    now = datetime(2026, 11, 30, 23, 59, tzinfo=SEOUL)
    assert window.days(now) == (date(2026, 12, 1), date(2026, 12, 30))
    assert window.allows(datetime(2026, 12, 1, 8, 30, tzinfo=SEOUL), now)
    assert not window.allows(datetime(2026, 11, 30, 23, 59, 30, tzinfo=SEOUL), now)
    assert not window.allows(datetime(2026, 12, 31, 8, 30, tzinfo=SEOUL), now)
    assert not window.allows(datetime(2026, 12, 1, 8, 30, tzinfo=SEOUL), now + timedelta(minutes=1)), (
        "midnight has passed"
    )


def test_a_new_office_and_one_that_wants_notice() -> None:
    now = datetime(2026, 11, 30, 10, tzinfo=SEOUL)
    new = Window(30, opens_on=date(2026, 12, 14))
    assert not new.allows(datetime(2026, 12, 11, 9, tzinfo=SEOUL), now)
    assert new.allows(datetime(2026, 12, 14, 9, tzinfo=SEOUL), now)
    assert not new.allows(datetime(2027, 1, 4, 9, tzinfo=SEOUL), now)
    soon = Window(30, same_day=True, notice_hours=2)
    assert soon.allows(datetime(2026, 11, 30, 12, tzinfo=SEOUL), now)
    assert not soon.allows(datetime(2026, 11, 30, 11, 45, tzinfo=SEOUL), now)
    assert not Window(30, same_day=True).allows(now, now), "it has begun"


def test_changes_until_the_day_before() -> None:
    start = datetime(2026, 12, 1, 8, 30, tzinfo=SEOUL)
    assert Window(30).can_change(start, datetime(2026, 11, 30, 23, 59, tzinfo=SEOUL))
    assert not Window(30).can_change(start, datetime(2026, 12, 1, 0, 0, tzinfo=SEOUL))
    assert Window(30, same_day=True, notice_hours=2).can_change(start, start - timedelta(hours=2))
    assert not Window(30, same_day=True, notice_hours=2).can_change(start, start - timedelta(hours=1))


@pytest.mark.parametrize(
    ("capacity", "left", "expected"),
    [(8, 0, Mark.FULL), (8, 1, Mark.FEW), (8, 2, Mark.FEW), (8, 3, Mark.FREE), (2, 1, Mark.FEW), (3, 2, Mark.FREE),
     (0, 0, Mark.FULL), (3, -1, Mark.FULL)],
)  # fmt: skip
def test_marks(capacity: int, left: int, expected: Mark) -> None:
    assert rules.mark(capacity, left, 25) is expected


def test_services_follow_each_other_in_whole_steps() -> None:
    assert rules.in_sequence(600, [45, 20], 15) == [(600, 645), (645, 675)]


def test_a_household_is_its_contact_however_it_is_written() -> None:
    one = rules.household("secret", " Kim@Example.org", "")
    assert one == rules.household("secret", "kim@example.org", "+821012345678")
    assert one != rules.household("other", "kim@example.org", "")
    assert rules.household("secret", "", "+82 10-1234-5678") == rules.household("secret", "", "+821012345678")
    with pytest.raises(ValueError, match="household"):
        rules.household("secret", "", "")


def test_freed_time_comes_back_later_or_is_left_to_walk_ins() -> None:
    start = datetime(2026, 12, 1, 15, tzinfo=SEOUL)
    assert rules.returns_at(start - timedelta(days=1), start, 60, 0.5) == start - timedelta(hours=23, minutes=30)
    assert rules.returns_at(start - timedelta(hours=2, minutes=30), start, 60, 1.0) is None
    assert rules.returns_at(start - timedelta(hours=1), start, 60, 0.0) is None


def test_a_visit_lies_between_two_times_of_day() -> None:
    start, end = datetime(2026, 12, 1, 9, 30, tzinfo=SEOUL), datetime(2026, 12, 1, 10, 15, tzinfo=SEOUL)
    assert rules.within(start, end, "", "")
    assert rules.within(start, end, "09:30", "10:15")
    assert not rules.within(start, end, "09:31", "")
    assert not rules.within(start, end, "", "10:14")


@pytest.mark.parametrize(
    ("now", "awake", "start", "window", "until"),
    [("11-30 14:00", "", "12-01 15:00", Window(30), "11-30 15:00"),
     ("11-30 23:00", "12-01 08:00", "12-02 15:00", Window(30), "12-01 09:00"),  # an hour of the morning
     ("11-30 23:30", "12-01 08:00", "12-01 15:00", Window(30), "12-01 00:00"),  # no changes on the day itself
     ("11-30 23:55", "12-01 08:00", "12-01 15:00", Window(30), ""),
     ("12-01 12:30", "", "12-01 15:00", Window(30, same_day=True), "12-01 13:00"),  # then it goes to walk-ins
     ("12-01 12:55", "", "12-01 15:00", Window(30, same_day=True), ""),
     ("12-01 10:30", "", "12-01 15:00", Window(30, same_day=True, notice_hours=4), "12-01 11:00"),
     ("12-01 11:30", "", "12-01 15:00", Window(30, same_day=True, notice_hours=4), ""),
     ("11-30 14:00", "", "12-31 15:00", Window(30), "")],
)  # fmt: skip
def test_an_offer_ends_before_its_time_can_no_longer_be_booked(
    now: str, awake: str, start: str, window: Window, until: str
) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}").replace(tzinfo=SEOUL)

    found = rules.offer_until(at(now), at(awake or now), at(start), window, 60)
    assert found == (at(until) if until else None)


def test_an_offer_lasts_its_minutes_when_clocks_change() -> None:
    """In Berlin the hour from two to three comes twice on 25 October 2026."""
    now, start = datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN), datetime(2026, 10, 27, 9, tzinfo=BERLIN)
    until = rules.offer_until(now, now, start, Window(30), 120)
    assert until == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert rules.offer_until(now, now, start, Window(30), 5) is not None, "the office's own minutes are enough"


def test_a_proposal_ends_before_either_time_begins() -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=SEOUL)
    soon, late = now + timedelta(hours=3), now + timedelta(days=9)
    assert rules.proposal_until(now, late, late + timedelta(days=1)) == now + timedelta(days=2)
    assert rules.proposal_until(now, soon, late) == soon
    assert rules.proposal_until(now, late, soon) == soon - timedelta(hours=1)
    over = now - timedelta(hours=1)
    assert rules.proposal_until(now, over, soon) == soon - timedelta(hours=1), "a time that is over does not count"
    assert rules.proposal_until(now, over, now + timedelta(minutes=90)) == now + timedelta(minutes=45)
    assert rules.proposal_until(now, over, now + timedelta(minutes=20)) == now + timedelta(minutes=10)


def test_repeated_no_shows_restrict() -> None:
    rule = NoShowRule(2, 90, 30)
    now = datetime(2026, 11, 30, tzinfo=SEOUL)
    assert rule.restricts([now], now) is None
    assert rule.restricts([now, now - timedelta(days=89)], now) == timedelta(days=30)
    assert rule.restricts([now, now - timedelta(days=91)], now) is None
    assert NoShowRule(0, 90, 30).restricts([now] * 5, now) is None


def test_the_table_of_states_is_whole() -> None:
    assert set(VISIT) == set(VisitState)
    assert {action for row in VISIT.values() for action in row} == set(VisitAction)
    assert all(VISIT[state] for state in ACTIVE)
