"""Measuring the program beside the floor: a run in small, and the tables that it makes."""

import asyncio
import json
import os
import socket
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from server.bench import paths, processes, report
from server.bench.measuring import Figures
from server.bench.paths import Site
from server.bench.report import FLOOR, OURS, Memory, Run
from server.core.config import Settings
from tests.support.live import ROOT, environment
from tests.support.loopback import free_port

pytestmark = pytest.mark.untraced

SMALL = ("--cases", "40", "--rounds", "1", "--seconds", "0.01", "--connections", "1", "--workers", "1")


async def test_a_small_run_measures_both_and_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    some = () if settings.sqlite else ("--path", "file by API", "--path", "rare")
    command = [
        sys.executable,
        "-m",
        "server",
        "bench",
        "--json",
        *SMALL,
        *some,
    ]  # with the computer's clock, as its servers
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment(settings, TMPDIR=str(tmp_path / "scratch")), stdout=PIPE, stderr=PIPE
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    run = json.loads(output)
    assert (run["cases"], run["workers"], run["import_seconds"] > 0) == (40, 1, True)
    wanted = {"file by form", "book a visit", "desk case"} if settings.sqlite else set()
    assert {"file by API", "desk search, rare word"} | wanted <= run["paths"].keys()
    for name, found in run["paths"].items():
        assert found["of_floor"] > 0, name
        assert found[OURS]["rate"] > 0, name
        assert found[FLOOR]["rate"] > 0, name
    assert run["servers"][OURS]["processes"] > 10 * 2**20
    assert [*(tmp_path / "scratch").iterdir()] == []
    if not settings.sqlite:
        connection = await asyncpg.connect(urlsplit(settings.database_url)._replace(path="/postgres").geturl())
        assert await connection.fetch("SELECT 1 FROM pg_database WHERE datname LIKE 'sinmungo_bench_%'") == []
        await connection.close()


def test_processes_are_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert processes.listener(listener.getsockname()[1]) == os.getpid()
    assert processes.listener(free_port()) == 0
    assert processes.seconds(os.getpid()) > 0
    assert processes.proportional(os.getpid()) > 2**20
    assert processes.parent(os.getpid()) == os.getppid()


RUN = Run(
    "SQLite", 10_000, 1, 8, 3, 1.0, 12.5,
    {"public list": {FLOOR: Figures([200.0, 100.0, 300.0], [0.01] * 9, [(1.0, 2.0, 0.0)] * 3),
                     OURS: Figures([50.0, 60.0, 10.0], [0.02] * 9, [(3.0, 4.0, 0.5)] * 3),
                     "other": Figures([25.0], [0.04], [(5.0, 6.0, 0.0)])}},
    {OURS: Memory(1.25, 0.5, 150 * 2**20, 13 * 2**10)},
)  # fmt: skip


def test_the_tables_say_medians_and_ratios() -> None:
    assert RUN.as_json()["paths"]["public list"] == {
        FLOOR: {"rate": 200.0, "p99_ms": 10.0, "cpu_ms": {"web": 1.0, "database": 2.0, "worker": 0.0}},
        OURS: {"rate": 50.0, "p99_ms": 20.0, "cpu_ms": {"web": 3.0, "database": 4.0, "worker": 0.5}},
        "other": {"rate": 25.0, "p99_ms": 40.0, "cpu_ms": {"web": 5.0, "database": 6.0, "worker": 0.0}},
        "of_floor": 0.25,
        "to_other": 2.0,
    }
    lines = RUN.as_text().splitlines()
    assert lines[0].startswith("SQLite, 10,000 cases, 1 web process, 8 connections, 3 rounds of 1 s")
    assert (
        "| public list | 200 | 50 | 25% | 20.0 | 1.0 + 2.0 + 0.0 | 3.0 + 4.0 + 0.5 | 25 | 2.00 | 5.0 + 6.0 + 0.0 |"
        in lines
    )
    assert "| ours | 1.25 | 0.50 | 150 | 13 |" in lines


def test_a_path_that_an_older_server_has_not_is_left_empty() -> None:
    ours = {name: figures for name, figures in RUN.paths["public list"].items() if name != "other"}
    lines = replace(RUN, paths={**RUN.paths, "book a visit": ours}).as_text().splitlines()
    assert "| book a visit | 200 | 50 | 25% | 20.0 | 1.0 + 2.0 + 0.0 | 3.0 + 4.0 + 0.5 | – | – | – |" in lines


def test_a_server_without_offices_has_no_paths_of_visits() -> None:
    site = Site(reference="AAA-AAA-AAA", forum="1", cookies={"": {}})
    names = {one.name for one in paths.paths(site, "sqlite")}
    assert "file by form" in names
    assert not names & {"week grid", "queue", "book a visit"}


def test_the_tables_of_a_document_are_replaced_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write(document, RUN)
    report.write(document, RUN)
    text = document.read_text()
    assert text.startswith(f"before\n{report.BEGIN}\n\nSQLite")
    assert text.endswith(f"{report.END}\nafter\n")
    assert text.count("public list") == 1
    document.write_text("nothing")
    with pytest.raises(ValueError, match="has no line"):
        report.write(document, RUN)
