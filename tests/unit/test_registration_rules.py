"""How long a place is offered, when people register and are checked in, and how a day is cut into slots."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums import rules
from forums.states import ForumState

ZONE = ZoneInfo("Asia/Seoul")
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "starts", "until"),
    [
        ("2026-05-04T10:00", "2026-05-20T10:00", "2026-05-05T10:00"),  # a day
        ("2026-05-04T10:00", "2026-05-04T14:00", "2026-05-04T12:00"),  # half of what is left
        ("2026-05-04T23:00", "2026-05-20T10:00", "2026-05-06T09:00"),  # nobody answers at night
        ("2026-05-05T03:00", "2026-05-20T10:00", "2026-05-06T09:00"),
        ("2026-05-04T22:00", "2026-05-05T10:00", "2026-05-05T09:00"),
        ("2026-05-04T22:00", "2026-05-05T09:30", "2026-05-05T03:45"),  # the morning would be too late for the next
        ("2026-05-04T10:00", "2026-05-04T10:30", None),
        ("2026-05-04T10:00", "2026-05-04T09:00", None),
    ],
)
def test_an_offer_lasts(now: str, starts: str, until: str | None) -> None:
    found = rules.offer_until(at(now), at(starts), ZONE)
    assert found == (at(until) if until else None)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(minutes=-60), timedelta(days=40)),
)
def test_an_offer_leaves_time_to_answer_and_time_for_the_next(now: datetime, left: timedelta) -> None:
    until = rules.offer_until(now, now + left, ZONE)
    assert (until is None) == (left <= rules.LAST_OFFER)
    if until:
        assert until - now >= min(rules.OFFERED, left / 2)
        assert until - now <= timedelta(hours=36)
        assert now + left - until >= rules.LAST_OFFER / 2


@pytest.mark.parametrize(
    ("status", "begins_in", "cancelled", "may"),
    [
        (ForumState.PUBLISHED, HOUR, False, True),
        (ForumState.RUNNING, HOUR, False, True),
        (ForumState.RUNNING, HOUR, True, False),
        (ForumState.RUNNING, timedelta(), False, False),
        (ForumState.DRAFT, HOUR, False, False),
        (ForumState.CLOSED, HOUR, False, False),
    ],
)
def test_people_register_until_it_begins(status: ForumState, begins_in: timedelta, cancelled: bool, may: bool) -> None:
    now = at("2026-05-04T10:00")
    assert rules.may_register(status, now + begins_in, now, cancelled=cancelled) is may


def test_the_door_opens_on_the_morning_of_the_day_in_the_city() -> None:
    starts = at("2026-05-05T19:00")
    assert not rules.check_in_open(starts, at("2026-05-04T23:59"), ZONE)
    assert rules.check_in_open(starts, at("2026-05-05T00:00").astimezone(UTC), ZONE)
    assert rules.check_in_open(starts, at("2026-05-07T09:00"), ZONE)


def test_a_day_is_cut_into_slots_of_ten_minutes() -> None:
    first = at("2026-05-04T14:00")
    found = rules.slots(first, first + timedelta(minutes=65), kept=3)
    assert [start for start, _end, _kept in found] == [first + n * rules.SLOT for n in range(6)]
    assert all(end - start == rules.SLOT for start, end, _kept in found)
    assert [kept for _start, _end, kept in found] == [False, False, True, False, False, True]
    assert not any(kept for *_when, kept in rules.slots(first, first + HOUR))
    assert rules.slots(first, first - HOUR) == []
