"""The legal clock against a second, deliberately naive implementation, and against laws of any clock."""

import dataclasses
import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.clock import OfficeHours, Pause, StepKind, Unit, WorkingCalendar, due
from tests.unit.naive_clock import City, Hours

pytestmark = pytest.mark.untraced
"""Tens of thousands of random cases: tracing each line of them doubles the time and finds no new branch."""

ONE_DAY = timedelta(days=1)
ZONES = {"KR": ZoneInfo("Asia/Seoul"), "JP": ZoneInfo("Asia/Tokyo")}
LONGEST = {Unit.HOURS: 60, Unit.DAYS: 45, Unit.WEEKS: 12, Unit.MONTHS: 14, Unit.CIVIL_DAYS: 120}
SEEDS, CASES_A_SEED = 20, 5_000


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_second_naive_implementation_agrees_on_random_cases(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(CASES_A_SEED // 50):
        country = dice.choice(["KR", "KR", "JP"])
        extra = [_day(dice) for _ in range(dice.choice([0, 0, 40]))]
        hours = [(_day(dice), _hours(dice)) for _ in range(dice.choice([0, 0, 3]))]
        calendar = WorkingCalendar(
            country,
            ZONES[country],
            tuple((since, OfficeHours(*(time(*divmod(m, 60)) for m in local))) for since, local in hours),
            dict.fromkeys(extra, "임시공휴일"),
        )
        for _ in range(50):
            unit = dice.choice(list(Unit))
            amount = dice.randint(1, LONGEST[unit])
            received = datetime.combine(_day(dice), time(dice.randrange(24), dice.randrange(60)))
            pauses = [_pause(dice, received.date()) for _ in range(dice.choice([0, 0, 1, 2, 3]))]
            answer = due(calendar, unit, amount, received.replace(tzinfo=ZONES[country]), pauses)
            naive = City(country, extra, hours).due(unit, amount, received, pauses)
            found = answer.on if answer.by_day else answer.at.replace(tzinfo=None)
            assert found == naive, (country, unit, amount, received, pauses, extra, hours)


def _day(dice: random.Random) -> date:
    return date(2018, 1, 1) + ONE_DAY * dice.randrange(3_900)


def _pause(dice: random.Random, received: date) -> Pause:
    first = received + ONE_DAY * dice.randint(-3, 40)
    return first, first + ONE_DAY * dice.choice([0, 1, 2, 5, 10, 30])


def _hours(dice: random.Random) -> Hours:
    opens = dice.randrange(7 * 60, 10 * 60, 5)
    lunch_starts = dice.randrange(11 * 60, 13 * 60, 5)
    return opens, lunch_starts, lunch_starts + dice.choice([0, 45, 60]), dice.randrange(15 * 60, 20 * 60, 5)


moments = st.datetimes(datetime(2018, 1, 1), datetime(2027, 12, 31), timezones=st.just(ZONES["KR"]))  # noqa: DTZ001
units = st.sampled_from(list(Unit))
calendars = st.sampled_from([WorkingCalendar(), WorkingCalendar("JP", ZONES["JP"])])


@st.composite
def questions(draw: st.DrawFn) -> tuple[WorkingCalendar, Unit, int, datetime, list[Pause]]:
    unit, received = draw(units), draw(moments)
    spans = draw(st.lists(st.tuples(st.integers(-3, 60), st.integers(0, 20)), max_size=3))
    pauses = [
        (received.date() + ONE_DAY * since, received.date() + ONE_DAY * (since + length)) for since, length in spans
    ]
    return draw(calendars), unit, draw(st.integers(1, LONGEST[unit])), received, pauses


@given(questions(), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_what_is_received_later_is_never_due_earlier(
    question: tuple[WorkingCalendar, Unit, int, datetime, list[Pause]], later: timedelta
) -> None:
    calendar, unit, amount, received, pauses = question
    # Months are of unequal length: with a pause, one that begins in a short month may end before a long one.
    pauses = [] if unit is Unit.MONTHS else pauses
    assert due(calendar, unit, amount, received, pauses).at <= due(calendar, unit, amount, received + later, pauses).at


@given(questions())
def test_a_longer_period_never_ends_earlier(
    question: tuple[WorkingCalendar, Unit, int, datetime, list[Pause]],
) -> None:
    calendar, unit, amount, received, pauses = question
    assert due(calendar, unit, amount, received, pauses).at <= due(calendar, unit, amount + 1, received, pauses).at


@given(questions(), st.integers(-3, 60), st.integers(0, 20))
def test_a_pause_never_makes_it_earlier(
    question: tuple[WorkingCalendar, Unit, int, datetime, list[Pause]], since: int, length: int
) -> None:
    calendar, unit, amount, received, pauses = question
    first = received.date() + ONE_DAY * since
    more = [*pauses, (first, first + ONE_DAY * length)]
    assert due(calendar, unit, amount, received, pauses).at <= due(calendar, unit, amount, received, more).at


@given(questions(), st.integers(-1, 60))
def test_a_temporary_holiday_never_makes_it_earlier(
    question: tuple[WorkingCalendar, Unit, int, datetime, list[Pause]], after: int
) -> None:
    calendar, unit, amount, received, pauses = question
    pauses = [] if unit is Unit.MONTHS else pauses  # see above: the holiday may move the first day
    added = dataclasses.replace(calendar, extra_holidays={received.date() + ONE_DAY * after: "임시공휴일"})
    assert due(calendar, unit, amount, received, pauses).at <= due(added, unit, amount, received, pauses).at


@given(questions())
def test_the_steps_follow_each_other_and_add_up_to_the_period(
    question: tuple[WorkingCalendar, Unit, int, datetime, list[Pause]],
) -> None:
    calendar, unit, amount, received, pauses = question
    answer = due(calendar, unit, amount, received, pauses)
    assert answer.steps[0].first == calendar.local(received).date()
    assert answer.steps[-1].last == answer.on
    for before, after in zip(answer.steps, answer.steps[1:], strict=False):
        assert after.first == before.last + ONE_DAY
    counted = sum(step.days for step in answer.steps if step.kind is StepKind.COUNTED)
    if unit is Unit.HOURS:
        assert sum((step.worked for step in answer.steps), timedelta(0)) == timedelta(hours=amount)
    elif unit is Unit.MONTHS:
        assert 28 * amount <= counted <= 31 * amount
    else:
        assert counted == amount * (7 if unit is Unit.WEEKS else 1)
    assert calendar.is_working_day(answer.on)
    assert not any(first <= answer.on <= last for first, last in pauses)


@given(calendars, moments, moments, moments)
def test_working_time_adds_up_and_is_what_a_period_in_hours_takes(
    calendar: WorkingCalendar, first: datetime, second: datetime, third: datetime
) -> None:
    between = calendar.working_time_between
    near = [first + (moment - first) / 50 for moment in (first, second, third)]
    assert between(near[0], near[1]) + between(near[1], near[2]) == between(near[0], near[2])
    assert between(near[0], near[1]) == -between(near[1], near[0])
    assert between(first, calendar.add_working_time(first, timedelta(hours=17))[0]) == timedelta(hours=17)
    days = [moment.date() for moment in near]
    within = calendar.working_days_between
    assert within(days[0], days[1]) + within(days[1], days[2]) == within(days[0], days[2])
