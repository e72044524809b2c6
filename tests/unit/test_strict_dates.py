"""JSON takes dates and times as ISO 8601 only; a page's form may also send what older browsers let people type."""

from datetime import date
from typing import Annotated

import pytest

from server.core import config
from server.core.config import Settings
from server.core.errors import Invalid, Text
from server.core.forms import Day, Form, Label, Moment


@pytest.fixture(autouse=True)
def settings() -> None:
    config.use(Settings())


class _When(Form):
    day: Annotated[Day | None, Label(Text("Date"))] = None
    moment: Annotated[Moment | None, Label(Text("Date"))] = None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("day", "2027-3-3"),
        ("day", " 2027-03-03"),
        ("day", "20270303"),
        ("day", "2027-W09-3"),
        ("day", "2027-02-29"),
        ("moment", "2027-3-3T9:05"),
        ("moment", "2027-03-03 09:05"),
        ("moment", "2027-03-03T09:05Z"),
        ("moment", "2027-03-03T24:00"),
    ],
)
def test_json_refuses_another_notation(name: str, value: str) -> None:
    with pytest.raises(Invalid):
        _When.parse({name: value}, strict=True)


def test_json_takes_iso_8601() -> None:
    found = _When.parse({"day": "2027-03-03", "moment": "2027-03-03T09:05:59"}, strict=True)
    assert found.day == date(2027, 3, 3)
    assert found.moment is not None
    assert found.moment.strftime("%Y-%m-%d %H:%M:%S") == "2027-03-03 09:05:00"


def test_a_form_takes_what_an_input_sends_without_spaces_around_it() -> None:
    found = _When.parse({"day": " 2027-03-03 ", "moment": "2027-03-03 09:05"})
    assert (found.day, found.moment is not None) == (date(2027, 3, 3), True)


@pytest.mark.parametrize("typed", ["2027-3-3", "2027-03-3", "2027-3-03"])
def test_a_form_or_a_table_takes_days_typed_without_zeros(typed: str) -> None:
    found = _When.parse({"day": typed, "moment": f"{typed}T09:05"})
    assert found.day == date(2027, 3, 3)
    assert found.moment is not None
    assert found.moment.date() == date(2027, 3, 3)
