"""What a clerk may transcribe and correct, what a line is called, and when two lines are one submission."""

from datetime import UTC, date, datetime, timedelta

import pytest

from forums import rules
from forums.forms.transcribing import Transcribe
from forums.states import ForumState
from server.core.errors import Invalid

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize("status", ForumState)
def test_lines_are_taken_while_the_forum_goes_on_and_two_days_after(status: ForumState) -> None:
    going_on = status in {ForumState.PUBLISHED, ForumState.RUNNING}
    assert rules.may_transcribe(status, None, NOW) is going_on
    for hours, may in ((47, True), (48, False)):
        closed_at = NOW - timedelta(hours=hours)
        assert rules.may_transcribe(status, closed_at, NOW) is (may if status is ForumState.CLOSED else going_on)


def test_a_line_is_corrected_on_its_own_evening_only() -> None:
    day = date(2026, 5, 4)
    assert rules.may_correct("floor", day, day)
    assert rules.may_correct("paper", day, day)
    assert not rules.may_correct("web", day, day), "what a citizen wrote is the citizen's"
    assert not rules.may_correct("floor", day, day + timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("골목이 어둡습니다. 가로등을 세워 주세요.", "골목이 어둡습니다."),
        ("가로등을 세워 주세요", "가로등을 세워 주세요"),
        ("...음", "...음"[:2]),
        ("가" * 80, "가" * 60 + "…"),
        ("가나다라마 " * 20, ("가나다라마 " * 10)[:59].rstrip() + "…"),
        ("첫 줄\n둘째 줄", "첫 줄"),
    ],
)
def test_a_line_is_called_by_its_first_sentence(text: str, title: str) -> None:
    assert rules.title_of(text) == title


@pytest.mark.parametrize(
    ("one", "other", "same_speaker", "alike"),
    [
        ("시장 골목 가로등이 너무 어둡습니다", "시장골목 가로등이 너무 어둡습니다.", False, True),
        ("시장 골목 가로등이 너무 어둡습니다", "시장골목 가로등이 어두워요", True, True),
        ("시장 골목 가로등이 너무 어둡습니다", "시장골목 가로등이 어두워요", False, False),
        ("시장 골목 가로등을 늘려 주세요", "시장 골목 주차장을 늘려 주세요", False, False),
        ("찬성", "찬 성!", False, True),
        ("찬성", "반대", True, False),
        ("!", "?", True, True),
    ],
)
def test_two_lines_are_probably_one_submission(one: str, other: str, same_speaker: bool, alike: bool) -> None:
    assert rules.alike(rules.pairs(one), rules.pairs(other), same_speaker=same_speaker) is alike


def test_numbers_are_masked_before_they_are_kept_and_names_need_consent() -> None:
    line = Transcribe.parse(
        {"text": "제 번호는 010-1234-5678, 주민번호 900101-1234567입니다.", "speaker": "7", "stance": "for"}
    )
    assert "1234-5678" not in line.text
    assert "1234567" not in line.text
    assert (line.stance, line.channel, line.speaker, line.author) == ("for", "floor", 7, "")
    with pytest.raises(Invalid) as refused:
        Transcribe.parse({"text": "", "author": "김영희", "speaker": "0", "channel": "web"})
    assert {error.field for error in refused.value.errors} == {"text", "consent", "speaker", "channel"}
    assert Transcribe.parse({"text": "좋아요", "author": "김영희", "consent": "on"}).author == "김영희"
