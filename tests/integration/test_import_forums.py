"""``sinmungo import forums`` and ``import submissions``: the city's past forums, with their numbers, each line once."""

import csv
import json
from pathlib import Path

import pytest

from forums.models import Commitment, Forum, Submission
from forums.numbering import next_number
from server import importing_forums
from server.core import database, ledger
from tests.support.house import House

FORUMS = ("kind", "number", "title", "held_on", "place", "department", "district", "participants", "panel")
VOICES = (
    "number", "forum", "title", "text", "department", "received_on", "outcome", "outcome_on", "outcome_text",
    "promised", "due_on", "done_on", "evidence",
)  # fmt: skip


def table(path: Path, columns: tuple[str, ...], *lines: tuple[object, ...]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(lines)
    return path


async def test_past_forums_keep_their_numbers_and_count(house: House, tmp_path: Path) -> None:
    forums = table(
        tmp_path / "forums.csv", FORUMS,
        ("listening", 63, "골목 상권", "2013-05-02", "시청", "roads", "central", 131, "김하나 (상인회), 이두리"),
        ("listening", 64, "보행 안전", "2014-01-15", "구청", "roads", "", 90, ""),
        ("listening", 64, "같은 번호", "2014-01-16", "", "", "", 1, ""),
        ("party", 1, "", "gestern", "", "nobody", "", -1, ""),
        ("listening", 65, "내일", "2999-01-01", "", "", "", "", ""),
    )  # fmt: skip
    refused = tmp_path / "refused.jsonl"
    report = await importing_forums.run_forums(house.settings, forums, refused)
    assert (report.new, report.known, report.refused) == (2, 0, 3)
    told = [json.loads(line) for line in refused.read_text().splitlines()]
    assert [line["line"] for line in told] == [4, 5, 6]
    assert {reason["field"] for reason in told[1]["reasons"]} == {
        "kind", "title", "held_on", "department", "participants",
    }  # fmt: skip
    again = await importing_forums.run_forums(house.settings, forums, refused)
    assert (again.new, again.known) == (0, 2)
    assert await next_number("listening") == 65, "the series goes on behind what was imported"
    forum = await Forum.get(slug="listening-63")
    assert (forum.status, forum.participants, forum.panel) == ("closed", 131, ["김하나 (상인회)", "이두리"])

    voices = table(
        tmp_path / "voices.csv", VOICES,
        ("2013-0412", "listening-63", "차양", "가게 앞 차양", "roads", "2013-05-02", "adopted", "2013-06-01", "합니다",
         "차양 설치", "2013-12-31", "2013-11-30", "사진"),
        ("", "listening-63", "", "주차장을 늘려 주세요", "", "2013-05-02", "", "", "", "", "", "", ""),
        ("2013-0412", "listening-64", "겹침", "", "", "2014-01-15", "", "", "", "", "", "", ""),
        ("X", "listening-99", "없는 곳", "", "", "2014-01-15", "", "", "", "", "", "", ""),
        ("Y", "listening-64", "순서", "", "", "2014-01-15", "not_adopted", "2013-01-01", "", "", "", "2014-02-01", ""),
    )  # fmt: skip
    first = await importing_forums.run_voices(house.settings, voices, refused)
    assert (first.new, first.refused) == (2, 3)
    assert [json.loads(line)["line"] for line in refused.read_text().splitlines()] == [4, 5, 6]
    second = await importing_forums.run_voices(house.settings, voices, refused)
    assert (second.new, second.known) == (0, 2)
    voice = await Submission.get(number="2013-0412")
    assert (voice.outcome, str(voice.done_on), voice.status) == ("adopted", "2013-11-30", "answered")
    facts = [entry.kind for entry in await ledger.read("submission/2013-0412")]
    assert facts == ["submission.received", "submission.handed", "submission.answered", "submission.done"]
    promise = await Commitment.get(submission_id=voice.id)
    assert (promise.status, promise.evidence) == ("done", "사진")
    assert (await Forum.get(slug="listening-63")).submissions == 2
    assert [problem async for problem in ledger.verify()] == []
    figures = (await house.client.get("/api/v1/statistics/adoption")).json()
    assert figures["total"] | {"received": 2, "adopted": 1, "done": 1, "adopted_percent": 50} == figures["total"]
    page = await house.client.get("/submissions/2013-0412")
    assert page.status_code == 200
    assert "가게 앞 차양" in page.text
    assert await database.fetch("SELECT 1 FROM job WHERE kind = 'tracking.notify'") == []


async def test_a_file_that_is_no_such_table_changes_nothing(house: House, tmp_path: Path) -> None:
    wrong = table(tmp_path / "wrong.csv", ("kind", "nummer"), ("listening", 1))
    with pytest.raises(importing_forums.WrongFile, match="nummer"):
        await importing_forums.run_forums(house.settings, wrong, tmp_path / "refused.jsonl")
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(importing_forums.WrongFile, match="none at all"):
        await importing_forums.run_voices(house.settings, empty, tmp_path / "refused.jsonl")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"kind,number\n\xff\xfe,1\n")
    with pytest.raises(importing_forums.WrongFile, match="Line 2"):
        await importing_forums.run_forums(house.settings, binary, tmp_path / "refused.jsonl")
    assert not await Forum.all().exists()
