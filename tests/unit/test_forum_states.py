"""The three tables of the public's voice: complete, closed in themselves, and every end is an end."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pytest

from forums import rights, rules
from forums.labels import COMMITMENT_STATES, FORUM_STATES, SUBMISSION_STATES
from forums.states import (
    COMMITMENT,
    FORUM,
    RUNNING_PROMISES,
    SUBMISSION,
    TEXT,
    CommitmentState,
    ForumState,
    SubmissionAction,
    SubmissionState,
    TextAction,
    TextState,
    follow,
)

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("table", "states", "words"),
    [
        (FORUM, ForumState, FORUM_STATES),
        (SUBMISSION, SubmissionState, SUBMISSION_STATES),
        (COMMITMENT, CommitmentState, COMMITMENT_STATES),
    ],
    ids=["forum", "submission", "commitment"],
)
def test_each_state_has_its_row_and_its_words(
    table: dict[StrEnum, dict[StrEnum, StrEnum]], states: type[StrEnum], words: dict[str, object]
) -> None:
    assert set(table) == set(states)
    assert set(words) == {state.value for state in states}
    assert {after for row in table.values() for after in row.values()} <= set(states)


def test_ends_are_ends() -> None:
    assert [s for s in ForumState if not FORUM[s]] == [ForumState.DECLINED, ForumState.CANCELLED]
    assert [s for s in SubmissionState if not SUBMISSION[s]] == [SubmissionState.WITHDRAWN]
    assert [s for s in CommitmentState if not COMMITMENT[s]] == [CommitmentState.DROPPED]


def test_an_answer_may_be_given_again_but_not_taken_back() -> None:
    assert follow(SUBMISSION, SubmissionState.ANSWERED, SubmissionAction.ANSWER) is SubmissionState.ANSWERED
    assert follow(SUBMISSION, SubmissionState.ANSWERED, SubmissionAction.WITHDRAW) is None


def test_what_no_official_may_do_belongs_to_citizens() -> None:
    assert set(SubmissionAction) - set(rights.VOICE) == {
        SubmissionAction.WITHDRAW,
        SubmissionAction.SUPPORT,
        SubmissionAction.COMMENT,
        SubmissionAction.PETITION,
    }


@pytest.mark.parametrize(
    ("status", "opens", "ends", "may"),
    [
        (ForumState.PUBLISHED, None, None, True),
        (ForumState.RUNNING, None, None, True),
        (ForumState.CLOSED, None, None, False),
        (ForumState.CLOSED, None, NOW + HOUR, True),
        (ForumState.CLOSED, None, NOW, False),
        (ForumState.RUNNING, NOW + HOUR, None, False),
        (ForumState.RUNNING, NOW, NOW + HOUR, True),
        (ForumState.DRAFT, None, NOW + HOUR, False),
        (ForumState.CANCELLED, None, NOW + HOUR, False),
    ],
)
def test_speaking_is_possible_in_its_days_only(
    status: ForumState, opens: datetime | None, ends: datetime | None, *, may: bool
) -> None:
    assert rules.may_speak(status, opens, ends, NOW) is may


def test_a_promise_is_overdue_the_day_after() -> None:
    day = date(2026, 5, 4)
    for status in CommitmentState:
        assert not rules.promise_overdue(status, day, day)
        assert rules.promise_overdue(status, day, date(2026, 5, 5)) is (status in RUNNING_PROMISES)


@pytest.mark.parametrize("state", TextState)
@pytest.mark.parametrize("action", TextAction)
def test_a_text_is_hidden_once_and_appealed_for_only_then(state: TextState, action: TextAction) -> None:
    may = {
        TextAction.REPORT: {TextState.SHOWN},
        TextAction.SHOW: set(TextState),
        TextAction.HIDE: {TextState.PENDING, TextState.SHOWN},
        TextAction.APPEAL: {TextState.HIDDEN},
        TextAction.UPHOLD: {TextState.APPEALED},
    }
    assert (follow(TEXT, state, action) is not None) is (state in may[action])


def test_appeals_come_first_then_what_is_held_then_what_most_people_report() -> None:
    places = [
        rules.urgency("appeal", 3), rules.urgency("links", 0), rules.urgency("reported", 10**7),
        rules.urgency("reported", 40), rules.urgency("reported", 1),
    ]  # fmt: skip
    assert places == sorted(set(places))
    assert rules.urgency("before", 0) == rules.urgency("repeated", 0)
