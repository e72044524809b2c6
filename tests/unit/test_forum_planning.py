"""What a planner writes: read field by field, with an error beside each field that is wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from forums import kinds
from forums.forms.assigning import TextOnly
from forums.forms.planning import PlanForum, WriteMinutes, chapter_lines
from forums.labels import KINDS
from forums.states import FORUM, ForumAction, ForumState
from server.core import config
from server.core.city import City, DepartmentRow
from server.core.config import Settings
from server.core.errors import Invalid

ROADS = DepartmentRow(1, "roads", {"ko": "도로과", "ja": "", "en": ""}, "", "", "")
CITY = City({1: ROADS}, {"central": {"ko": "중앙구", "ja": "", "en": ""}}, {}, {}, ())
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """The city's zone."""
    config.use(Settings(secret_key="s" * 40))
    return iter([None])


def wrong(kind: str, **fields: str) -> set[str]:
    """The fields that are refused."""
    with pytest.raises(Invalid) as refused:
        PlanForum.parse(kind, {"title": "토론회", **fields}, CITY, "ko")
    return {error.field for error in refused.value.errors}


def test_each_kind_is_read_with_its_own_fields_only() -> None:
    everything = {
        "title": " 라이브 서울 ", "summary": "한 줄", "body": "내용", "department": "1", "district": "central",
        "place": "시청", "panel": "김상인\n\n박시민\n김상인", "starts_at": "2026-05-04T14:00",
        "ends_at": "2026-05-04T16:00", "link": "https://www.youtube.com/watch?v=x", "chapters": "1:02:03 끝\n00:10 앞",
        "moderation": "before", "speaks_from": "2026-05-01T00:00", "speaks_until": "2026-05-10T00:00",
    }  # fmt: skip
    found = PlanForum.parse("broadcast", everything, CITY, "ko")
    assert (found.title, found.panel, found.department_id) == ("라이브 서울", ("김상인", "박시민"), 1)
    assert found.starts_at == datetime(2026, 5, 4, 5, tzinfo=UTC), "as the city's clocks show it"
    assert found.chapters == ({"at": 10, "title": "앞"}, {"at": 3723, "title": "끝"})
    assert chapter_lines(found.chapters) == "0:00:10 앞\n1:02:03 끝"
    for kind in KINDS:
        empty = PlanForum.parse(kind, {"title": "제목"}, CITY, "ko").values()
        full = PlanForum.parse(kind, everything, CITY, "ko").values()
        own = {"department" if name == "department_id" else name for name in full if full[name] != empty[name]}
        assert own == set(kinds.FIELDS[kind])
        assert set(kinds.NEEDED[kind]) <= own


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"title": ""}, {"title"}),
        ({"department": "9", "district": "mars", "moderation": "never"}, {"department", "district", "moderation"}),
        ({"starts_at": "내일", "ends_at": "0001-01-01T00:00"}, {"starts_at", "ends_at"}),
        ({"starts_at": "2026-05-04T14:00", "ends_at": "2026-05-04T14:00"}, {"ends_at"}),
        ({"speaks_from": "2026-05-04T14:00", "speaks_until": "2026-05-03T14:00"}, {"speaks_until"}),
        ({"link": "javascript:alert(1)"}, {"link"}),
        ({"link": "https://[broken"}, {"link"}),
        ({"link": "https:///path"}, {"link"}),
        ({"chapters": "처음"}, {"chapters"}),
        ({"chapters": "0:75:00 너무 많은 분"}, {"chapters"}),
        ({"chapters": "0:00:75 너무 많은 초"}, {"chapters"}),
        ({"panel": "\n".join(f"시민 {n}" for n in range(61))}, {"panel"}),
        ({"title": "ㄱ" * 201, "summary": "ㄴ" * 501}, {"title", "summary"}),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(fields: dict[str, str], refused: set[str]) -> None:
    assert wrong("broadcast", **fields) == refused


def test_no_official_writes_a_resident_number() -> None:
    number = "신청인 900101-1234568"
    for field in ("title", "summary", "place", "panel"):
        assert wrong("listening", **{field: number}) == {field}
    assert wrong("notice", body=number) == {"body"}
    assert wrong("broadcast", chapters=f"0:10 {number}") == {"chapters"}
    assert "문의 02-731-2120" in PlanForum.parse("notice", {"title": "t2", "body": "문의 02-731-2120"}, CITY, "ko").body
    for form, field in ((TextOnly, "text"), (WriteMinutes, "minutes")):
        with pytest.raises(Invalid):
            form.parse({field: number})


def test_a_reason_says_something() -> None:
    assert TextOnly.parse({"text": " 비가 옵니다.\n미룹니다. "}).text == "비가 옵니다.\n미룹니다."
    with pytest.raises(Invalid):
        TextOnly.parse({"text": "  "})


def test_nobody_speaks_in_a_notice() -> None:
    for state in ForumState:
        assert set(kinds.table("notice")[state]) <= {ForumAction.EDIT, ForumAction.PUBLISH, ForumAction.CANCEL}
        assert kinds.table("listening")[state] == FORUM[state]


@pytest.mark.parametrize(
    ("kind", "ends", "over"),
    [
        ("discussion", NOW, True),
        ("broadcast", NOW - timedelta(days=1), True),
        ("discussion", NOW + timedelta(seconds=1), False),
        ("discussion", None, False),
        ("listening", NOW - timedelta(days=1), False),
    ],
)
def test_only_what_ends_by_itself_is_over_by_its_time(kind: str, ends: datetime | None, *, over: bool) -> None:
    assert kinds.is_over(kind, ends, NOW) is over
