"""``sinmungo import forums`` and ``import submissions``: the city's past forums, with their numbers, each line once."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from forums.models import Commitment, Forum, Submission
from forums.numbering import next_number
from server import importing_forums
from server.core import database, ledger, ledger_check
from tests.support.system import System

FORUMS = ("kind", "number", "title", "held_on", "place", "department", "district", "participants", "panel")
SUBMISSIONS = (
    "number", "forum", "title", "text", "department", "received_on", "outcome", "outcome_on", "outcome_text",
    "promised", "due_on", "done_on", "evidence",
)  # fmt: skip


def table(path: Path, columns: tuple[str, ...], *lines: tuple[object, ...]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(lines)
    return path


async def test_past_forums_keep_their_numbers_and_count(system: System, tmp_path: Path) -> None:
    forums = table(
        tmp_path / "forums.csv", FORUMS,
        ("listening", 63, "골목 상권", "2013-05-02", "시청", "roads", "central", 131, "김하나 (상인회), 이두리"),
        ("listening", 64, "보행 안전", "2014-01-15", "구청", "roads", "", 90, ""),
        ("listening", 64, "같은 번호", "2014-01-16", "", "", "", 1, ""),
        ("party", 1, "", "gestern", "", "nobody", "", -1, ""),
        ("listening", 65, "내일", "2999-01-01", "", "", "", "", ""),
    )  # fmt: skip
    refused = tmp_path / "refused.jsonl"
    report = await importing_forums.run_forums(system.settings, forums, refused)
    assert (report.new, report.repeated, report.refused) == (2, 0, 3)
    told = [json.loads(line) for line in refused.read_text().splitlines()]
    assert [line["line"] for line in told] == [4, 5, 6]
    assert {reason["field"] for reason in told[1]["reasons"]} == {
        "kind", "title", "held_on", "department", "participants",
    }  # fmt: skip
    again = await importing_forums.run_forums(system.settings, forums, refused)
    assert (again.new, again.repeated) == (0, 2)
    assert await next_number("listening") == 65, "the series goes on behind what was imported"
    forum = await Forum.get(slug="listening-63")
    assert (forum.status, forum.participants, forum.panel) == ("closed", 131, ["김하나 (상인회)", "이두리"])

    submissions = table(
        tmp_path / "submissions.csv", SUBMISSIONS,
        ("2013-0412", "listening-63", "차양", "가게 앞 차양", "roads", "2013-05-02", "adopted", "2013-06-01", "합니다",
         "차양 설치", "2013-12-31", "2013-11-30", "사진"),
        ("", "listening-63", "", "주차장을 늘려 주세요", "", "2013-05-02", "", "", "", "", "", "", ""),
        ("2013-0412", "listening-64", "겹침", "", "", "2014-01-15", "", "", "", "", "", "", ""),
        ("X", "listening-99", "없는 곳", "", "", "2014-01-15", "", "", "", "", "", "", ""),
        ("Y", "listening-64", "순서", "", "", "2014-01-15", "not_adopted", "2013-01-01", "", "", "", "2014-02-01", ""),
    )  # fmt: skip
    first = await importing_forums.run_submissions(system.settings, submissions, refused)
    assert (first.new, first.refused) == (2, 3)
    assert [json.loads(line)["line"] for line in refused.read_text().splitlines()] == [4, 5, 6]
    second = await importing_forums.run_submissions(system.settings, submissions, refused)
    assert (second.new, second.repeated) == (0, 2)
    submission = await Submission.get(number="2013-0412")
    assert (submission.outcome, str(submission.done_on), submission.status) == ("adopted", "2013-11-30", "answered")
    events = [entry.kind for entry in await ledger.read("submission/2013-0412")]
    assert events == ["submission.received", "submission.assigned", "submission.answered", "submission.done"]
    commitment = await Commitment.get(submission_id=submission.id)
    assert (commitment.status, commitment.evidence) == ("done", "사진")
    assert (await Forum.get(slug="listening-63")).submissions == 2
    assert [problem async for problem in ledger_check.verify()] == []
    figures = (await system.client.get("/api/v1/statistics/adoption")).json()
    assert figures["total"] | {"received": 2, "adopted": 1, "done": 1, "adopted_percent": 50} == figures["total"]
    page = await system.client.get("/submissions/2013-0412")
    assert page.status_code == 200
    assert "가게 앞 차양" in page.text
    assert await database.fetch("SELECT 1 FROM job WHERE kind = 'core.notify'") == []


async def test_a_file_that_is_no_such_table_changes_nothing(system: System, tmp_path: Path) -> None:
    wrong = table(tmp_path / "wrong.csv", ("kind", "nummer"), ("listening", 1))
    with pytest.raises(importing_forums.WrongFile, match="nummer"):
        await importing_forums.run_forums(system.settings, wrong, tmp_path / "refused.jsonl")
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(importing_forums.WrongFile, match="empty"):
        await importing_forums.run_submissions(system.settings, empty, tmp_path / "refused.jsonl")
    assert not await Forum.all().exists()


HEAD, GOOD = "kind,number,title,held_on,body", "listening,{},골목 상권,2013-05-02,"
GOODS = "\n".join([HEAD, *(GOOD.format(number) for number in range(1, importing_forums.BATCH + 2))])
"""More than one batch."""


BROKEN = [
    (GOODS.encode("cp949"), "Line 2 is no UTF-8"),
    (GOODS.encode("utf-16")[:-1], "Line 303 is no UTF-8"),
    (f"{GOODS}\n".encode() + GOOD.format(999).encode("cp949"), "Line 303 is no UTF-8"),
    (f"{GOODS}\n{GOOD.format(999)}{'가' * 10_000_000}".encode(), "Line 303: field larger than field limit"),
    (f'{GOODS}\n{GOOD.format(999)}"never closed\n{GOOD.format(998)}'.encode(), "unexpected end of data"),
    (GOODS.replace(",", "|").encode(), "'kind|number|title|held_on|body'. Columns are separated by commas"),
    (GOODS.replace("title", "").encode(), "not known: ''"),
    (GOODS.replace("body", "title").encode(), "twice: 'title'"),
    (GOODS.replace("held_on", "place").encode(), "lacks columns: 'held_on'"),
    ("\ufeff".encode(), "The file is empty"),
    (GOODS.replace("\n", "\r").encode(), "Line 1: new-line character seen in unquoted field"),
]


async def test_a_broken_file_changes_nothing_and_its_line_is_named(system: System, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    broken = folder / "broken.csv"
    for content, told in BROKEN:
        broken.write_bytes(content)
        with pytest.raises(importing_forums.WrongFile) as refused:
            await importing_forums.run_forums(system.settings, broken, folder / "refused.jsonl")
        assert told in str(refused.value)
        assert not await Forum.all().exists(), told
        assert [*folder.iterdir()] == [broken], told


UNSAFE = ("가-1", "A/1", "..", "A 1", "A%2F1", "A?1", "-1", "a-1")
"""What would not be the same in an address, or another one."""


SPREADSHEETS = {
    "an empty last column, blank rows": "kind,number,title,held_on,\r\nlistening,1,골목,2013-05-02,\r\n,,,,\r\n\r\n",
    "spaces in the names": " Kind ,number, title,Held on\nlistening,1,골목,2013-05-02\n",
    "semicolons": "kind;number;title;held_on\nlistening;1;골목;2013-05-02\n",
    "tabs": "kind\tnumber\ttitle\theld_on\nlistening\t1\t골목\t2013-05-02\n",
    "quoted names": '"kind";"number";"title";"held_on"\n"listening";"1";"골목";"2013-05-02"\n',
    "dotted days": "kind,number,title,held_on\nlistening,1,골목,2013. 5. 2.\n",
    "american days": "kind,number,title,held_on\nlistening,1,골목,05/02/2013\nlistening,2,공원,08/15/2013\n",
}


@pytest.mark.parametrize("how", SPREADSHEETS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
async def test_a_table_is_read_as_spreadsheets_write_it(
    system: System, tmp_path: Path, how: str, encoding: str
) -> None:
    path = tmp_path / "forums.csv"
    path.write_bytes(SPREADSHEETS[how].encode(encoding))
    report = await importing_forums.run_forums(system.settings, path, tmp_path / "refused.jsonl")
    assert report.refused == 0, (tmp_path / "refused.jsonl").read_text()
    forum = await Forum.get(slug="listening-1")
    assert forum.starts_at
    assert (forum.title, str(forum.starts_at.astimezone(system.settings.zone))[:10]) == ("골목", "2013-05-02")


async def test_days_that_may_be_either_are_refused_until_the_option_says_which(system: System, tmp_path: Path) -> None:
    path, refused = tmp_path / "forums.csv", tmp_path / "refused.jsonl"
    path.write_text(
        "kind,number,title,held_on,ended_on\nlistening,1,골목,05/02/2013,\nlistening,2,끝,05/02/2013,05/02/2999\n"
    )
    assert (await importing_forums.run_forums(system.settings, path, refused)).refused == 2
    assert (await importing_forums.run_forums(system.settings, path, refused, "dmy")).new == 1
    assert "ended_on" in refused.read_text(), "a past forum does not end in the future"


async def test_odd_lines_are_read_or_refused_one_by_one(system: System, tmp_path: Path) -> None:
    refused = tmp_path / "refused.jsonl"

    async def take(file: Path, run: Any = importing_forums.run_forums) -> tuple[int, dict[int, set[str]]]:
        report = await run(system.settings, file, refused)
        lines = [json.loads(line) for line in refused.read_text().splitlines()] if report.refused else []
        return report.new, {line["line"]: {reason["field"] for reason in line["reasons"]} for line in lines}

    forums = tmp_path / "forums.csv"
    days = ("2013.05.02", "2013/05/02", "20130502", "02-05-2013", "2013-02-30", "0001-01-01", "2013-05-02T10:00", "")
    odd = [
        HEAD, "", GOOD.format(1), "", ",,,,", "   ", "listening,2,\x00,2013-05-02,", "listening,1,다시,2013-05-02,",
        'listening,3,"두 줄의\r\n제목",2013-5-2,"첫 줄\r\n둘째 줄"', "listening,4,열이 많음,2013-05-02,,,",
        *(f"listening,{number},날짜,{day}," for number, day in enumerate(days, 10)),
    ]  # fmt: skip
    forums.write_bytes(("\ufeff" + "\r\n".join(odd) + "\r\n\r\n").encode())
    new, wrong = await take(forums)
    assert new == 3
    assert (await Forum.get(slug="listening-3")).body == "첫 줄\n둘째 줄"
    assert wrong == {
        7: {"title"}, 8: {""},
        **{line: {"held_on"} for line in range(13, 13 + len(days))},
    }  # fmt: skip
    submissions = table(
        tmp_path / "submissions.csv", ("number", "forum", "title", "received_on", "outcome", "department"),
        ("A", "listening-1", "하나", "2013-05-02", "adopted", "roads"),
        ("A", "listening-1", "둘", "2013-05-02", "", ""),
        ("B", "listening-1", "셋", "2013-05-02", "채택", "도로과"),
        ("C", "listening-1", "넷", "0001-01-01", "", ""),
        *((number, "listening-1", "주소", "2013-05-02", "", "") for number in UNSAFE),
    )  # fmt: skip
    assert await take(submissions, importing_forums.run_submissions) == (
        1, {3: {""}, 4: {"outcome", "department"}, 5: {"received_on"}, **{n: {"number"} for n in range(6, 14)}},
    )  # fmt: skip
    assert "capital letters A to Z" in refused.read_text()
    header = table(tmp_path / "header.csv", SUBMISSIONS)
    assert await take(header, importing_forums.run_submissions) == (0, {})
    assert not refused.exists()
