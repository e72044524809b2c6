"""The three tables of the public's submission: complete, closed in themselves, and every end is an end."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pytest

from forums import kinds, rights, rules
from forums.labels import COMMITMENT_STATES, FORUM_STATES, SUBMISSION_STATES
from forums.states import (
    COMMITMENT,
    FORUM,
    RUNNING_COMMITMENTS,
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
    assert set(SubmissionAction) - set(rights.SUBMISSION_RIGHTS) == {
        SubmissionAction.WITHDRAW,
        SubmissionAction.SUPPORT,
        SubmissionAction.COMMENT,
        SubmissionAction.PETITION,
    }


@dataclass(frozen=True)
class Held:
    kind: str
    status: ForumState
    speaks_from: datetime | None = None
    speaks_until: datetime | None = None
    closed_at: datetime | None = None


@pytest.mark.parametrize(
    ("forum", "submissions", "comments"),
    [
        (Held("listening", ForumState.PUBLISHED), True, True),
        (Held("listening", ForumState.RUNNING), True, True),
        (Held("discussion", ForumState.CLOSED, closed_at=NOW), False, False),
        (Held("discussion", ForumState.CLOSED, None, NOW + HOUR, NOW), True, True),
        (Held("listening", ForumState.CLOSED, closed_at=NOW - timedelta(days=14) + HOUR), True, True),
        (Held("listening", ForumState.CLOSED, closed_at=NOW - timedelta(days=14)), False, False),
        (Held("broadcast", ForumState.CLOSED, None, NOW, NOW), False, False),
        (Held("listening", ForumState.CLOSED), False, False),
        (Held("listening", ForumState.RUNNING, NOW + HOUR), False, True),
        (Held("listening", ForumState.RUNNING, None, NOW), False, True),
        (Held("listening", ForumState.RUNNING, NOW, NOW + HOUR), True, True),
        (Held("listening", ForumState.PROPOSED), False, True),
        (Held("listening", ForumState.DRAFT, None, NOW + HOUR), False, False),
        (Held("listening", ForumState.CANCELLED, None, NOW + HOUR), False, False),
        (Held("notice", ForumState.PUBLISHED), False, False),
    ],
)
def test_people_have_their_say_before_during_and_for_a_while_after(
    forum: Held, *, submissions: bool, comments: bool
) -> None:
    assert (kinds.takes_submissions(forum, NOW), kinds.takes_comments(forum, NOW)) == (submissions, comments)


def test_a_commitment_is_overdue_the_day_after() -> None:
    day = date(2026, 5, 4)
    for status in CommitmentState:
        assert not rules.commitment_overdue(status, day, day)
        assert rules.commitment_overdue(status, day, date(2026, 5, 5)) is (status in RUNNING_COMMITMENTS)


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
