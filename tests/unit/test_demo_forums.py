"""The demonstration city's two years of forums: drawn the same again, believable by their days, and nobody's own."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from forums.players import player
from server.core import privacy
from server.demo.departments import DEPARTMENTS
from server.demo.forums import people, texts
from server.demo.forums.more_topics import ALL
from server.demo.forums.past import LATE, UNSTUDIED, Held, Past
from server.demo.forums.threads import THREADS
from server.demo.people import ACCOUNTS

TODAY = date(2026, 11, 25)
DEPARTMENT_IDS = {department.code: id_ for id_, department in enumerate(DEPARTMENTS, 1)}


@pytest.fixture(scope="module")
def past() -> list[Held]:
    return Past(7, TODAY, DEPARTMENT_IDS).everything()


@pytest.mark.untraced
def test_the_same_seed_and_day_tell_the_same_two_years(past: list[Held]) -> None:
    assert Past(7, TODAY, DEPARTMENT_IDS).everything() == past
    assert Past(8, TODAY, DEPARTMENT_IDS).everything() != past


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 1), date(2028, 2, 29)])
def test_the_city_keeps_its_word_nearly_always(today: date) -> None:
    submissions = [
        submission for held in Past(1, today, DEPARTMENT_IDS).everything() for submission in held.submissions
    ]
    promised = [submission for submission in submissions if submission.promised and submission.due_on]
    late = [
        submission
        for submission in promised
        if not submission.done_on and submission.due_on and submission.due_on < today
    ]
    assert len(late) <= LATE
    studies = [submission.study_until for submission in submissions if submission.study_until]
    assert len(studies) >= 8
    assert sum(until <= today for until in studies) <= UNSTUDIED
    for submission in promised:
        assert submission.outcome_on
        assert submission.received_on < submission.outcome_on <= min(submission.done_on or today, today)
    assert max(submission.done_on for submission in promised if submission.done_on) <= today


def test_meetings_are_on_working_days_and_speakers_stand_up_on_saturdays(past: list[Held]) -> None:
    days = {kind: {held.forum.held_on.weekday() for held in past if held.forum.kind == kind} for kind in
            ("listening", "broadcast", "notice", "speakers_corner", "field_office")}  # fmt: skip
    assert all(day < 5 for kind in ("listening", "broadcast", "notice") for day in days[kind])
    assert days["speakers_corner"] == {5}
    assert days["field_office"] == {1}  # until Thursday
    assert min(held.forum.held_on for held in past) > TODAY - timedelta(days=735)


def test_nobody_speaks_under_an_officials_name(past: list[Held]) -> None:
    officials = {account.name for account in ACCOUNTS}
    assert not officials & set(people.NAMES)
    assert not officials & {submission.author for held in past for submission in held.submissions}
    assert sum(people.AGES.values()) == people.CITIZENS >= sum(people.WEIGHTS)
    assert len({people.author(Random(turn)) for turn in range(300)}) > 100


def test_what_people_write_differs_and_tells_of_nobody() -> None:
    written = [text for one in THREADS for text in (one.comment, *one.answers)]
    written += [text for decision in texts.DECISIONS for text in (decision.text, decision.evidence)]
    assert Counter(written).most_common(1)[0][1] == 1
    assert not any(privacy.find(text) for text in written)
    wordings = {wording.title: wording for topic in ALL for wording in topic.wordings}
    assert {one.title for one in THREADS} <= set(wordings)
    studied = {title for title, wording in wordings.items() if wording.outcome == "under_study"}
    assert set(texts.STUDIED) == studied
    assert set(texts.ELSEWHERE) == {title for title, one in wordings.items() if one.outcome == "out_of_scope"}


def test_every_video_has_a_player() -> None:
    assert all(player(video) for video in texts.VIDEOS)
