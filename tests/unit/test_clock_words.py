"""The clock in words: what officials and petitioners read of a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from petitions.clock_words import clock_words
from petitions.standing import Standing
from petitions.states import OPEN, State
from server.core.clock import WorkingCalendar

SEOUL = ZoneInfo("Asia/Seoul")
CALENDAR = WorkingCalendar()


@dataclass(frozen=True)
class Row(Standing):
    reference: str = "K7Q-M9X-RW4"
    title: str = "가로등"
    kind: str = "inquiry"
    channel: str = "web"
    status: State = State.IN_PROGRESS
    received_at: datetime = datetime(2026, 3, 8, 10, tzinfo=SEOUL)
    unit: str = "days"
    amount: int = 7
    due_at: datetime | None = datetime(2026, 3, 17, 23, 59, 59, tzinfo=SEOUL)
    supplement_until: date | None = None
    interim_on: date | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    objection_due_at: datetime | None = None
    pauses: tuple[Sequence[str | None], ...] = ()
    investigation: Mapping[str, Any] | None = None


HOURS = Row(unit="hours", amount=3, due_at=datetime(2026, 3, 5, 11, 20, tzinfo=SEOUL))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("row", "now", "remaining", "tone"),
    [
        (Row(), "2026-03-09T10:00", "6 working days left", "ok"),
        (Row(), "2026-03-13T10:00", "2 working days left", "ok"),
        (Row(), "2026-03-14T10:00", "2 working days left", "ok"),  # a Saturday: Monday and Tuesday are left
        (Row(), "2026-03-16T10:00", "1 working day left", "soon"),
        (Row(), "2026-03-17T23:59:30", "due today", "soon"),
        (Row(), "2026-03-18T00:00", "1 working day late", "late"),
        (Row(), "2026-03-24T09:00", "5 working days late", "late"),
        (replace(Row(), due_at=at("2026-03-13T23:59:59")), "2026-03-14T09:00", "deadline passed", "late"),
        (Row(), "2026-06-18T09:00", "more than 3 months late", "late"),
        (Row(), "2025-12-01T09:00", "more than 3 months left", "ok"),
        (HOURS, "2027-03-05T09:00", "more than 11 months late", "late"),
        (HOURS, "2026-03-05T09:00", "2 h 20 min left", "ok"),
        (HOURS, "2026-03-04T17:20", "3 h left", "ok"),
        (HOURS, "2026-03-05T10:20", "1 h left", "soon"),
        (HOURS, "2026-03-05T11:10:30", "9 min left", "soon"),
        (HOURS, "2026-03-05T11:30", "10 min late", "late"),
        (HOURS, "2026-03-05T14:20", "2 h late", "late"),
        (HOURS, "2026-03-06T11:20", "1 working day late", "late"),
        (HOURS, "2026-03-19T09:00", "10 working days late", "late"),
        (replace(HOURS, due_at=at("2026-03-05T18:00")), "2026-03-05T18:30", "deadline passed", "late"),
        (
            replace(HOURS, amount=40, due_at=at("2026-03-10T10:00")),
            "2026-03-06T10:00",
            "2 working days left",
            "ok",
        ),
        (replace(HOURS, amount=40, due_at=at("2026-03-10T10:00")), "2026-03-09T10:00", "8 h left", "soon"),
        (
            replace(HOURS, amount=40, due_at=at("2026-03-13T10:00")),
            "2026-03-06T10:00",
            "5 working days left",
            "ok",
        ),
        (replace(Row(), due_at=None, unit="", amount=0), "2026-03-09T10:00", "No legal period", "ok"),
    ],
)
def test_a_running_clock_says_what_is_left(row: Row, now: str, remaining: str, tone: str) -> None:
    words = clock_words(row, CALENDAR, at(now), "en")
    assert (str(words.remaining), words.tone) == (remaining, tone)


def test_no_more_is_left_than_the_period_has() -> None:
    """On the day on which a supplement arrives, the deadline is still paused."""
    paused = replace(HOURS, pauses=(("2026-03-04", "2026-03-04"),), due_at=at("2026-03-05T11:20"))
    assert str(clock_words(paused, CALENDAR, at("2026-03-04T10:00"), "en").remaining) == "2 h 20 min left"
    assert str(clock_words(replace(paused, pauses=()), CALENDAR, at("2026-03-04T10:00"), "en").remaining) == (
        "9 h 20 min left"
    ), "what was said"
    investigated = replace(Row(), investigation={"first": "2026-03-11", "days": 3, "more": 0})
    assert str(clock_words(investigated, CALENDAR, at("2026-03-09T10:00"), "en").remaining) == "3 working days left"


def test_an_answered_case_is_not_done_while_an_objection_is_open() -> None:
    answered = replace(Row(), status=State.ANSWERED, answered_at=at("2026-03-12T10:00"))
    assert clock_words(answered, CALENDAR, at("2026-03-13T10:00"), "en").tone == "done"
    objected = replace(answered, objection_due_at=at("2026-03-23T23:59:59"))
    words = clock_words(objected, CALENDAR, at("2026-03-13T10:00"), "en")
    assert (str(words.remaining), words.tone) == ("Objection: 6 working days left", "ok")
    assert str(words.due_text) == "by the end of Mon 23 Mar 2026"


def test_the_due_date_is_written_in_the_readers_language() -> None:
    now = at("2026-03-09T10:00")
    assert str(clock_words(Row(), CALENDAR, now, "en").due_text) == "by the end of Tue 17 Mar 2026"
    assert "2026년 3월 17일" in str(clock_words(Row(), CALENDAR, now, "ko").due_text)
    assert str(clock_words(HOURS, CALENDAR, now, "en").due_text) == "by Thu 5 Mar 2026 11:20"


def test_a_paused_deadline_says_what_it_waits_for_and_names_no_date() -> None:
    row = replace(Row(), status=State.SUPPLEMENT_REQUESTED, supplement_until=date(2026, 3, 16))
    waiting = clock_words(row, CALENDAR, at("2026-03-16T20:00"), "en")
    assert (waiting.due_text, waiting.tone) == (None, "paused")
    assert str(waiting.remaining) == "supplement due by Mon 16 Mar 2026"
    missed = clock_words(row, CALENDAR, at("2026-03-17T00:00"), "en")
    assert str(missed.remaining) == "supplement was due by Mon 16 Mar 2026"


def test_an_answered_case_says_whether_it_was_in_time() -> None:
    row = replace(Row(), status=State.ANSWERED, answered_at=at("2026-03-17T23:59:59"))
    now = at("2026-04-01T09:00")
    assert str(clock_words(row, CALENDAR, now, "en").remaining) == "answered in time, on Tue 17 Mar 2026"
    late = replace(row, status=State.CLOSED, answered_at=at("2026-03-18T09:00"))
    assert str(clock_words(late, CALENDAR, now, "en").remaining) == "answered late, on Wed 18 Mar 2026"
    tip = replace(row, due_at=None)
    assert str(clock_words(tip, CALENDAR, now, "en").remaining) == "answered on Tue 17 Mar 2026"


@pytest.mark.parametrize("status", sorted(set(State) - OPEN))
def test_what_has_ended_has_no_date_left(status: State) -> None:
    row = replace(Row(), status=status, closed_at=at("2026-03-11T09:00"))
    words = clock_words(row, CALENDAR, at("2026-05-01T09:00"), "en")
    assert (words.due_text, words.tone) == (None, "done")
