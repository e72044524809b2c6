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
    voices = [voice for held in Past(1, today, DEPARTMENT_IDS).everything() for voice in held.voices]
    promised = [voice for voice in voices if voice.promised and voice.due_on]
    late = [voice for voice in promised if not voice.done_on and voice.due_on and voice.due_on < today]
    assert len(late) <= LATE
    studies = [voice.study_until for voice in voices if voice.study_until]
    assert len(studies) >= 8
    assert sum(until <= today for until in studies) <= UNSTUDIED
    for voice in promised:
        assert voice.outcome_on
        assert voice.received_on < voice.outcome_on <= min(voice.done_on or today, today)
    assert max(voice.done_on for voice in promised if voice.done_on) <= today


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
    assert not officials & {voice.author for held in past for voice in held.voices}
    assert sum(people.AGES.values()) == people.CITIZENS >= sum(people.WEIGHTS)
    assert len({people.author(Random(turn)) for turn in range(300)}) > 100


def test_what_people_write_differs_and_tells_of_nobody() -> None:
    written = [text for one in THREADS for text in (one.comment, *one.answers)]
    written += [text for decision in texts.DECISIONS for text in (decision.text, decision.evidence)]
    assert Counter(written).most_common(1)[0][1] == 1
    assert not any(privacy.find(text) for text in written)
    opinions = {opinion.title: opinion for topic in ALL for opinion in topic.opinions}
    assert {one.title for one in THREADS} <= set(opinions)
    studied = {title for title, opinion in opinions.items() if opinion.outcome == "under_study"}
    assert set(texts.STUDIED) == studied
    assert set(texts.ELSEWHERE) == {title for title, one in opinions.items() if one.outcome == "out_of_scope"}


def test_every_film_has_a_player() -> None:
    assert all(player(film) for film in texts.FILMS)
