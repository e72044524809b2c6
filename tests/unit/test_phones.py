"""Phone numbers: which ones a text message can reach, and how they are shown."""

import pytest

from server.core import phones


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("010-1234-5678", "KR", "+821012345678"),
        ("+82 10 1234 5678", "JP", "+821012345678"),
        ("01012345678", "KR", "+821012345678"),
        ("0082 10 1234 5678", "KR", "+821012345678"),
        ("0081 90 1234 5678", "KR", "+819012345678"),
        ("001 82 10 1234 5678", "KR", "+821012345678"),
        ("010 82 10 1234 5678", "JP", "+821012345678"),
        ("090-1234-5678", "JP", "+819012345678"),
        ("+81 90-1234-5678", "KR", "+819012345678"),
        ("011-123-4567", "KR", "+82111234567"),
        ("+1 202 555 0123", "KR", "+12025550123"),
        ("010-1234-567", "KR", ""),  # a digit is missing
        ("02-2133-7000", "KR", ""),
        ("070-1234-5678", "KR", ""),
        ("120", "KR", ""),
        ("112", "KR", ""),
        ("02-120", "KR", ""),
        ("hello", "KR", ""),
        ("", "KR", ""),
    ],
)
def test_only_mobile_numbers_get_text_messages(written: str, country: str, number: str) -> None:
    assert phones.for_texts(written, country) == number
    assert not number or phones.E164.fullmatch(number)


def test_own_numbers_are_shown_as_the_country_writes_them() -> None:
    assert phones.readable("+821012345678", "KR") == "010-1234-5678"
    assert phones.readable("010-1234-5678", "KR") == "010-1234-5678"
    assert phones.readable("+819012345678", "KR") == "+81 90-1234-5678"
    assert phones.readable("050712345678", "KR") == "0507-1234-5678", "a number that hides another one"
    assert phones.readable("0504-123-4567", "KR") == "0504-123-4567"
    assert phones.readable("hello", "KR") == ""


@pytest.mark.parametrize("written", ["900101-1234567", "02-120", "120", "0101234567", "010-1234-567"])
def test_what_is_no_number_of_the_country_is_not_shown(written: str) -> None:
    assert phones.readable(written, "KR") == ""
