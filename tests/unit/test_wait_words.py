"""How a wait is said: never "0 to 1 minutes" or 685 minutes; by the server and by the browser in the same words."""

import base64
import itertools
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.core.errors import Text
from tests.support.chromium import OpenPage
from tracking.visits.wait_words import PLAIN, TO_VISITOR, Span, Waits, length, said, span
from tracking.visits.waits.closing import BeforeClosing, Closed
from tracking.visits.waits.queue import Wait

SCRIPT = Path(__file__).parents[2] / "server" / "static" / "js" / "waits.js"
ENDS = (0, 1, 2, 5, 29, 40, 59, 60, 61, 75, 89, 90, 91, 119, 120, 121, 150, 240, 685)
RANGES = [(low, high) for low, high in itertools.product(ENDS, ENDS) if low <= high]
LANGUAGES = ("ko", "ja", "en")
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0, Span("soon", 0, 0)),
        (0, 1, Span("soon", 0, 0)),
        (0, 2, Span("minutes", 0, 2)),
        (22, 90, Span("minutes", 22, 90)),
        (46, 91, Span("hours", 40, 120)),
        (125, 145, Span("hours", 120, 150)),
        (799, 1216, Span("hours", 780, 1230)),
    ],
)
def test_a_range_is_rounded_outwards(low: int, high: int, expected: Span) -> None:
    assert span(low, high) == expected


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_what_is_said_holds_the_range(low: int, high: int) -> None:
    form, first, last = span(low, high)
    if form != "soon":
        assert first <= low <= high <= last
        assert last - high < 30
        assert low - first < 30


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["In a moment", "5 to 40 minutes", "About 2 hours to 2 hours 30", "About 50 minutes to 2 hours"]),
        ("ko", ["곧", "5~40분", "약 2시간~2시간 30분", "약 50분~2시간"]),
        ("ja", ["まもなく", "5〜40分", "約2時間〜2時間30分", "約50分〜2時間"]),
    ],
)
def test_it_reads_well_in_each_language(language: str, expected: list[str]) -> None:
    found = [Waits(language).of(Wait(low, low, high)) for low, high in ((0, 1), (5, 40), (125, 145), (55, 91))]
    assert found == expected


def test_a_closed_counter_comes_before_the_range_and_too_late_before_all() -> None:
    wait, until = Wait(5, 8, 12), Closed(datetime(2026, 12, 7, 14, tzinfo=SEOUL))
    assert said(None) is None
    assert Waits("en").of(None) == ""
    assert said(wait, None, Closed(None)) == PLAIN["closed"]
    assert said(None, None, Closed(None)) == PLAIN["closed"], "also without an estimate"
    words = Waits("en", TO_VISITOR)
    assert words.of(wait, None, until).startswith("No counter is open for this now. The next one opens at 14:00;")
    assert words.of(wait, BeforeClosing.TOO_LATE, until) == "Probably not before closing"
    assert words.of(wait, BeforeClosing.UNCERTAIN) == "5 minutes or longer, until closing"
    assert words.of(Wait(0, 20, 50), BeforeClosing.UNCERTAIN) == "At any time until closing, or not today"
    assert words.of(Wait(140, 200, 300), BeforeClosing.UNCERTAIN) == "About 2 hours or longer, until closing"


@pytest.mark.parametrize("minutes", [1, 59, 60, 90, 120, 150, 1230])
def test_a_length_has_one_form(minutes: int) -> None:
    assert isinstance(length(minutes), Text)
    assert "None" not in Waits("en").of(Wait(minutes, minutes, minutes))


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_browser_and_server_say_the_same(open_page: OpenPage, language: str) -> None:
    page = await open_page()
    address = "data:text/javascript;charset=utf-8;base64," + base64.b64encode(SCRIPT.read_bytes()).decode()
    day = datetime(2026, 12, 7, tzinfo=SEOUL)
    closings = (None, BeforeClosing.IN_TIME, BeforeClosing.UNCERTAIN, BeforeClosing.TOO_LATE)
    opens = (None, Closed(None), Closed(day.replace(hour=9)), Closed(day.replace(hour=14, minute=30)))
    for words in (Waits(language), Waits(language, TO_VISITOR)):
        asked: list[list[Any]] = []
        expected = []
        for (low, high), closing, closed in itertools.product(RANGES, closings, opens):
            at = None if closed is None else f"{closed.opens_at:%H:%M}" if closed.opens_at else ""
            asked.append([[low, low, high], closing, at])
            expected.append(words.of(Wait(low, low, high), closing, closed))
        found = await page.evaluate(
            """async ([address, language, patterns, asked]) => {
                document.documentElement.lang = language;
                const { said } = await import(address);
                return asked.map(([minutes, closing, opens]) => said(patterns, minutes, closing, opens ?? undefined));
            }""",
            [address, language, words.patterns, asked],
        )
        assert found == expected
