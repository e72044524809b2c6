"""Officials' names and hours, as readers of other languages read them."""

import pytest

from server.core.i18n import hours_text
from server.core.romanised import name, name_in


@pytest.mark.parametrize(
    ("korean", "latin"),
    [("임다정", "Lim Dajeong (임다정)"), ("한후견", "Han Hugyeon (한후견)"), ("박온기", "Park Ongi (박온기)")],
)
def test_a_korean_name_is_written_in_latin_letters_and_as_it_is(korean: str, latin: str) -> None:
    assert name(korean) == latin


@pytest.mark.parametrize("text", ["佐藤美咲", "Sato", "", "도로과 상담원", "도로과장", "도로담당", "주무관"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert name(text) == text


def test_hours_are_read_in_the_readers_language() -> None:
    hours = "평일 10:00-17:00"
    assert [hours_text(hours, language) for language in ("ko", "ja", "en")] == [
        hours, "平日10:00～17:00", "weekdays 10:00–17:00",
    ]  # fmt: skip
    assert hours_text("화요일만", "en") == "화요일만"


def test_only_readers_of_other_languages_need_it() -> None:
    assert name_in("김민수", "ko") == "김민수"
    assert name_in("김민수", "en") == name_in("김민수", "ja") == name("김민수")
