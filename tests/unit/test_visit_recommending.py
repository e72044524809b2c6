"""Which times are recommended and why, and which are the nearest to one that is gone."""

from datetime import UTC, date, datetime, timedelta

from tracking.visits.recommending import FreeTime, Why, nearest, recommend
from tracking.visits.rules import Mark

TODAY = date(2027, 3, 8)


def free(days: int, hour: float, *, mark: Mark = Mark.FREE, stars: int = 0) -> FreeTime:
    """A time some days ahead, at an office open from nine to six."""
    day = datetime(2027, 3, 8, tzinfo=UTC) + timedelta(days=days)
    return FreeTime(
        day + timedelta(hours=hour), mark, stars, day + timedelta(hours=9), day + timedelta(hours=18)
    )  # fmt: skip


def test_quiet_early_and_late_times_within_a_week_come_first() -> None:
    times = [free(4, 11, stars=2), free(4, 9, stars=0), free(5, 14, stars=1), free(6, 17), free(2, 9), free(8, 9)]
    found = recommend(times, TODAY, prepare=True)
    assert [(one.start.day, one.start.hour) for one in found] == [(12, 9), (13, 14), (14, 17)]
    assert found[0].reasons == (Why.QUIET, Why.EARLY, Why.ROOMY, Why.PREPARE)
    assert found[1].reasons == (Why.ROOMY, Why.PREPARE)
    assert found[2].reasons == (Why.QUIET, Why.LATE, Why.ROOMY, Why.PREPARE)


def test_nothing_to_prepare_allows_the_next_days() -> None:
    times = [free(days, 9) for days in (0, 1, 2, 3)]
    assert [one.start.day for one in recommend(times, TODAY, prepare=False)] == [9, 10, 11]
    assert [one.start.day for one in recommend(times, TODAY, prepare=True)] == [11]
    assert Why.PREPARE not in recommend(times, TODAY, prepare=False)[0].reasons


def test_of_a_day_only_its_best_time_and_nothing_that_has_no_reason() -> None:
    times = [free(3, 9, mark=Mark.FEW, stars=1), free(3, 10), free(3, 17), free(4, 12, mark=Mark.FEW, stars=3)]
    (one,) = recommend(times, TODAY, prepare=False)
    assert (one.start.day, one.start.hour) == (11, 17)
    assert recommend([], TODAY, prepare=False) == []


def test_the_nearest_times_stand_in_order() -> None:
    day = datetime(2027, 3, 15, tzinfo=UTC)
    starts = [day + timedelta(hours=hour) for hour in (9, 10, 11, 13, 16)]
    assert nearest(starts, day + timedelta(hours=11, minutes=30)) == starts[1:4]
    assert nearest(starts[:1], day) == starts[:1]
    assert nearest([], day) == []
