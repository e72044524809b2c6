"""Whether a visitor will be called before closing, decided from the estimate and the minutes that are left."""

import pytest

from tracking.visits.waits.closing import BeforeClosing, before_closing
from tracking.visits.waits.queue import Wait

WAIT = Wait(20, 40, 60)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (455, BeforeClosing.IN_TIME),
        (60, BeforeClosing.IN_TIME),
        (59.9, BeforeClosing.UNCERTAIN),
        (40, BeforeClosing.UNCERTAIN),
        (39.9, BeforeClosing.TOO_LATE),
        (1, BeforeClosing.TOO_LATE),
        (0, None),
        (-30, None),
        (None, None),
    ],
)
def test_the_end_of_the_range_and_its_middle_decide(minutes: float | None, expected: BeforeClosing | None) -> None:
    assert before_closing(WAIT, minutes) is expected


def test_it_is_decided_by_the_minutes_that_are_shown() -> None:
    assert before_closing(Wait(1, 5, 29.2), 29.5) is BeforeClosing.UNCERTAIN, "30 minutes would be shown"


def test_without_an_estimate_nothing_is_said() -> None:
    assert before_closing(None, 30) is None


def test_a_wait_of_hours_is_too_late_for_a_day_that_ends_before() -> None:
    assert before_closing(Wait(421, 552, 685), 455) is BeforeClosing.TOO_LATE
    assert before_closing(Wait(421, 452, 685), 455) is BeforeClosing.UNCERTAIN
