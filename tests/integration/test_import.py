"""``sinmungo import petitions``: every line once, whatever happens in between; refused ones with their reason."""

import codecs
import contextlib
import json
import re
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from petitions.models import Case, Petitioner
from petitions.search import CASE
from server import check, importing
from server.core import clock, database, ledger_check, search
from server.core.jobs import Job
from tests.support.live import command, environment
from tests.support.system import System
from tracking.statistics.actions import recounting

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def write(path: Path, *lines: dict[str, Any] | str | bytes) -> Path:
    with path.open("wb") as stream:
        for line in lines:
            text = line if isinstance(line, str | bytes) else json.dumps(line, ensure_ascii=False)
            stream.write((text if isinstance(text, bytes) else text.encode()) + b"\n")
    return path


async def test_good_lines_become_cases_and_refused_ones_are_written_with_their_reason(
    system: System, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "old.jsonl",
        {"id": 1, "title": "가로등이 꺼졌어요", "body": "도로가 어둡습니다.", "who": "김하나", "mail": "a@example.org"},
        {"id": 2, "title": "공원 벤치 🌳"},
        {"id": 2, "title": "같은 번호"},
        {"id": 3, "title": ""},
        {"id": 4, "title": "번호", "body": "주민번호 900101-1234567 입니다"},
        "not json",
        b'{"id": 5, "title": "\xff\xfe"}',
        "[1, 2]",
        "",
        {"id": 6, "title": "때", "at": "gestern"},
        {"id": 7, "title": "지난 일", "at": "2026-03-04T10:30:00"},
    )
    refused = tmp_path / "refused.jsonl"
    mapped = importing.Mapped("old", name="who", email="mail", received="at")
    report = await importing.run(system.settings, path, mapped, refused)
    assert (report.new, report.repeated, report.refused) == (3, 0, 7)
    told = [json.loads(line) for line in refused.read_text().splitlines()]
    assert [line["line"] for line in told] == [3, 4, 5, 6, 7, 8, 10]
    assert "earlier line" in told[0]["reasons"][0]["message"]
    assert told[1]["reasons"][0]["field"] == "title"
    assert "resident" in told[2]["reasons"][0]["message"]
    first = await Case.get(import_key="old:1")
    assert (await Petitioner.get(case_id=first.id)).name == "김하나"
    assert (first.kind, first.due_at is not None) == ("other", True)
    tip = await Case.get(import_key="old:2")
    assert (tip.kind, tip.due_at, tip.title) == ("report", None, "공원 벤치 🌳")
    past = await Case.get(import_key="old:7")
    assert past.received_at.isoformat() == "2026-03-04T01:30:00+00:00"
    assert [problem async for problem in ledger_check.verify()] == []
    assert await search.ENGINE.newest(CASE, "벤치", limit=5) == [tip.id]
    assert not await Job.filter(kind__startswith="tracking").exists()


async def test_a_moment_that_no_page_can_show_is_refused_and_the_run_goes_on(system: System, tmp_path: Path) -> None:
    wrong: tuple[object, ...] = (
        "0001-01-01", "9999-12-31T23:59:59Z", "1899-12-31T23:59", "1900-01-01T00:00:00+14:00", 1e300, -1e300, 10**15,
        True, None, "", [], "2026-02-30",
    )  # fmt: skip
    path = write(
        tmp_path / "old.jsonl",
        *({"id": n, "title": "때가 이상함", "at": at} for n, at in enumerate(wrong)),
        {"id": "old", "title": "아주 오래됨", "body": "이름 있음", "who": "김하나", "at": "1900-01-01T00:00"},
        {"id": "soon", "title": "내일", "at": (clock.now() + timedelta(hours=1)).isoformat()},
        {"id": "now", "title": "방금", "at": (clock.now() - timedelta(seconds=1)).isoformat()},
    )
    refused = tmp_path / "refused.jsonl"
    report = await importing.run(system.settings, path, importing.Mapped("old", name="who", received="at"), refused)
    assert (report.new, report.refused) == (2, len(wrong) + 1)
    reasons = [json.loads(line)["reasons"][0]["message"] for line in refused.read_text().splitlines()]
    assert "before 1900 or in the future" in reasons[1]
    assert "is no moment" in reasons[-2]
    assert [problem async for problem in check.problems(system.settings)] == []


@pytest.mark.parametrize("at", ["1900-01-01T00:00", "1995-05-01T10:00", "1999-12-31T23:00", "2000-01-03T10:00"])
async def test_every_page_shows_the_oldest_petition_that_is_taken(system: System, tmp_path: Path, at: str) -> None:
    """No period is counted before the working calendar begins; such a line used to end the run."""
    line = {"id": 1, "title": "오래된 민원", "body": "오래된 내용", "who": "김하나", "mail": "a@example.org", "at": at}
    mapped = importing.Mapped("old", kind="grievance", name="who", email="mail", received="at")
    refused = tmp_path / "refused.jsonl"
    assert (await importing.run(system.settings, write(tmp_path / "old.jsonl", line), mapped, refused)).new == 1
    case = await Case.get()
    assert (case.kind, case.due_at is None) == ("grievance", not at.startswith("2000"))
    assert [problem async for problem in check.problems(system.settings)] == []
    admin = await system.official("admin")
    for page in (
        f"/desk/cases/{case.reference}",
        "/desk?q=오래된",
        "/api/v1/desk/cases",
        "/desk",
        "/statistics/petitions",
    ):
        assert (await admin.get(page)).status_code == 200, page
    await recounting.everything()


WRITTEN: dict[str, tuple[str, list[object], str]] = {
    "as New York writes them": ("auto", ["08/15/2017 09:12:44 AM", "12/31/2017 12:00:00 AM"], "2017-08-15T00:12:44"),
    "with the day first": ("auto", ["15/08/2017 21:12", "01/02/2017"], "2017-08-15T12:12:00"),
    "dotted": ("auto", ["2017.08.25", "2017. 8. 1. 10:00"], "2017-08-24T15:00:00"),
    "in Korean words": ("auto", ["2017년 8월 25일 오후 3:12:44", "2017년 08월 25일"], "2017-08-25T06:12:44"),
    "as Korean Excel writes them": (
        "auto",
        ["2017-08-25 오전 12:12:44", "2017-08-25 오후 3:12:44"],
        "2017-08-24T15:12:44",
    ),
    "in Japanese words": ("auto", ["2017年8月25日 午後0:30", "２０１７年８月２６日"], "2017-08-25T03:30:00"),
    "seconds": ("auto", [1503619200, "1503619201"], "2017-08-25T00:00:00"),
    "milliseconds": ("auto", [1503619200123, 1503619200999], "2017-08-25T00:00:00"),
    "milliseconds as text": ("auto", ["1503619200000"], "2017-08-25T00:00:00"),
    "by the option": ("dmy", ["05/06/2017"], "2017-06-04T15:00:00"),
    "by the option, noon": ("mdy", ["05/06/2017 12:30 PM"], "2017-05-06T03:30:00"),
}


@pytest.mark.parametrize("how", WRITTEN)
async def test_dates_are_read_as_the_option_or_every_line_says(system: System, tmp_path: Path, how: str) -> None:
    dates, values, first = WRITTEN[how]
    lines = [{"id": n, "title": "지난 일", "at": at} for n, at in enumerate(values)]
    path = write(tmp_path / "old.jsonl", *lines, {"id": "bad", "title": "지난 일", "at": "gestern"})
    mapped, refused = importing.Mapped("old", dates=dates, received="at"), tmp_path / "refused.jsonl"
    report = await importing.run(system.settings, path, mapped, refused)
    assert (report.new, report.refused) == (len(values), 1), refused.read_text()
    assert (await Case.get(import_key="old:0")).received_at.isoformat()[:19] == first


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["05/06/2017", "07/08/2017"], "two ways: say with --dates which (mdy, dmy)"),
        (["08/15/2017", "15/08/2017"], "say with --dates how the file writes dates"),
        (["2017-08-15", "2017.08.15"], "say with --dates how the file writes dates"),
    ],
)
async def test_no_date_is_guessed(system: System, tmp_path: Path, values: list[str], reason: str) -> None:
    path = write(tmp_path / "old.jsonl", *({"id": n, "title": "지난 일", "at": at} for n, at in enumerate(values)))
    refused = tmp_path / "refused.jsonl"
    report = await importing.run(system.settings, path, importing.Mapped("old", received="at"), refused)
    assert (report.new, report.refused) == (0, 2)
    assert reason in refused.read_text()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
async def test_marks_encodings_and_spaces_in_names_do_not_matter(system: System, tmp_path: Path, encoding: str) -> None:
    text = '{" id": 1, "title ": "ഊ 첫 줄"}\r\n\r\n{"id": 2, "title": "둘째 줄"}'
    content = text.encode(encoding)
    (tmp_path / "old.jsonl").write_bytes(codecs.BOM_UTF16_BE * (encoding == "utf-16-be") + content)
    refused = tmp_path / "refused.jsonl"
    report = await importing.run(system.settings, tmp_path / "old.jsonl", importing.Mapped("old"), refused)
    assert (report.new, report.refused) == (2, 0), refused.read_text()
    assert (await Case.get(import_key="old:1")).title == "ഊ 첫 줄"


async def test_half_a_character_spoils_only_its_line(system: System, tmp_path: Path) -> None:
    lone = '{"id": 1, "title": "하나"}\n{"id": 2, "title": "\ud800"}\n{"id": 3, "title": "셋째"}\n'
    content = codecs.BOM_UTF16_LE + lone.encode("utf-16-le", "surrogatepass") + b"x"
    (tmp_path / "old.jsonl").write_bytes(content)
    refused = tmp_path / "refused.jsonl"
    report = await importing.run(system.settings, tmp_path / "old.jsonl", importing.Mapped("old"), refused)
    assert (report.new, report.refused) == (2, 2)
    assert [json.loads(line)["line"] for line in refused.read_text().splitlines()] == [2, 4]


async def test_a_second_run_makes_nothing_twice(system: System, tmp_path: Path) -> None:
    path = write(tmp_path / "old.jsonl", *({"id": n, "title": f"민원 {n}"} for n in range(20)))
    refused = tmp_path / "refused.jsonl"
    assert (await importing.run(system.settings, path, importing.Mapped("old"), refused)).new == 20
    write(path, *({"id": n, "title": f"민원 {n}"} for n in range(25)))
    again = await importing.run(system.settings, path, importing.Mapped("old"), refused)
    assert (again.new, again.repeated) == (5, 20)
    assert not refused.exists()
    assert await Case.all().count() == 25


async def test_lines_without_an_id_are_known_by_their_content(system: System, tmp_path: Path) -> None:
    path = write(tmp_path / "old.jsonl", {"title": "하나"}, {"title": "하나다"}, {"title": "하나다"})
    refused = tmp_path / "refused.jsonl"
    report = await importing.run(system.settings, path, importing.Mapped("old"), refused)
    assert (report.new, report.refused) == (2, 1)


async def test_an_import_that_is_killed_goes_on_without_duplicates(system: System, tmp_path: Path) -> None:
    lines = 5_000
    path = write(tmp_path / "old.jsonl", *({"id": n, "title": f"가로등 민원 {n}"} for n in range(lines)))
    importing_it = command("import", "petitions", str(path))
    environ = environment(system.settings)
    running = subprocess.Popen(importing_it, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not (done := await Case.all().count()) and running.poll() is None:
            time.sleep(0.01)
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    done = await Case.all().count()
    assert 0 < done < lines
    assert done % importing.BATCH == 0
    finished = subprocess.run(importing_it, env=environ, capture_output=True, text=True, check=True)
    assert f"{lines - done} imported, {done} imported before, 0 refused." in finished.stdout
    assert await Case.all().count() == lines
    assert [problem async for problem in ledger_check.verify()] == []


@pytest.mark.parametrize(
    ("name", "mapped"),
    [
        ("ko_petition_body_2017-08.jsonl", importing.Mapped("blue")),
        ("en_wethepeople_1000.jsonl", importing.Mapped("wtp", language="en")),
    ],
)
async def test_real_files_are_taken(system: System, tmp_path: Path, name: str, mapped: importing.Mapped) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the checkout")
    report = await importing.run(system.settings, path, mapped, tmp_path / "refused.jsonl")
    assert report.new > 0.99 * (report.new + report.refused)


RANDOM = {"reference", "key_hash", "hash", "previous_hash", "transaction_id", "digest"}
IDS = {"id", "case_id", "document"}
TABLES = {
    "petition_case": "", "petitioner": "", "ledger_head": "", "ledger_event": "", "search_document": "id",
    "search_index": "id", "search_delta": "document",
}  # fmt: skip
"""With the column that says of what kind a document is."""


class Undone(Exception):
    """Takes back what a transaction did."""


async def _rows() -> dict[str, list[dict[str, Any]]]:
    """What an import wrote without what is random: ids from 0, and each case called by its import key."""
    keys = {row["reference"]: row["import_key"] for row in await database.fetch("SELECT * FROM petition_case")}
    found = {}
    for table, column in TABLES.items():
        own = column if database.dialect() == "postgres" or table != "search_index" else "rowid"
        where = f"WHERE {own} BETWEEN {CASE.base} AND {CASE.end - 1}" if own else ""
        rows = await database.fetch(f"SELECT * FROM {table} {where}")
        least = {name: min(row[name] for row in rows) for name in IDS & {*rows[0]}}
        found[table] = sorted(
            (
                {
                    name: value - least[name] if name in IDS else _named(str(value), keys)
                    for name, value in row.items()
                    if name not in RANDOM
                }
                for row in rows
            ),
            key=str,
        )
    return found


def _named(text: str, keys: dict[str, str]) -> str:
    for number, key in keys.items():
        text = text.replace(number, key)
    for number in keys:
        for part in number.split("-"):  # as tokens of the index
            text = re.sub(rf"(?<![0-9a-z]){part}(?![0-9a-z])", "part", text, flags=re.IGNORECASE)
    return " ".join(sorted(text.split())) if ":" in text else text


async def test_a_batch_writes_the_rows_that_single_lines_write(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch of lines is a few statements with many values, or with an array for each column; a line has its own."""
    path = write(
        tmp_path / "old.jsonl",
        *(
            {"id": f"line{n}", "title": f"가로등 {n}", "body": f"도로가 '어둡습니다'.\n둘째 줄 \"{n}\" \\ NULL, 🌳",
             "who": "김하나" if n % 2 else "", "at": f"2026-03-{n % 28 + 1:02}T10:30:00"}
            for n in range(45)
        ),
    )  # fmt: skip
    mapped = importing.Mapped("old", name="who", received="at")
    written = []
    for batch in (1, importing.BATCH):
        monkeypatch.setattr(importing, "BATCH", batch)
        with contextlib.suppress(Undone):
            async with database.transaction():
                report = await importing.run(system.settings, path, mapped, tmp_path / "refused.jsonl")
                assert report.new == 45
                assert [problem async for problem in ledger_check.verify()] == []
                written.append(await _rows())
                raise Undone
    single, together = written
    for table in TABLES:
        assert single[table] == together[table]
