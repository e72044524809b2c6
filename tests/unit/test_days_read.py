"""A day outside the years that can be entered is refused in words of its own: its form is right."""

import pytest

from server.core.forms.kinds import NOT_DATE, YEAR_OUTSIDE, Mistake, read_day


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01"])
def test_a_year_outside_is_told_from_a_wrong_form(day: str) -> None:
    with pytest.raises(Mistake) as refused:
        read_day(day)
    assert refused.value.text == YEAR_OUTSIDE


@pytest.mark.parametrize("day", ["2026-02-30", "1.5.2026", ""])
def test_what_is_no_day_is_asked_for_in_its_form(day: str) -> None:
    with pytest.raises(Mistake) as refused:
        read_day(day)
    assert refused.value.text == NOT_DATE
