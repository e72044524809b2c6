"""``sinmungo import petitions``: every line once, whatever happens in between; refused ones with their reason."""

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from petitions.models import Case, Petitioner
from petitions.search import desk_index
from server import importing
from server.core import database, ledger_check
from server.core.jobs import Job
from tests.support.live import command, environment
from tests.support.system import System

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
    assert await desk_index.search(database.connection(), "벤치", limit=5) == [tip.id]
    assert not await Job.filter(kind__startswith="tracking").exists()


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
