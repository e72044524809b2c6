"""The demonstration city as ``make run`` makes it: by the command, through the real actions, once."""

import subprocess
import sys
from pathlib import Path

from petitions.states import State
from server import wiring
from server.core import database
from server.core.accounts import Role
from server.core.config import Settings
from tests.support.house import SECRET, opened
from tests.support.live import environment
from tests.support.postgres import Engine, NewDatabase


def sinmungo(settings: Settings, *arguments: str) -> str:
    command = [sys.executable, "-m", "server.cli", *arguments]
    done = subprocess.run(command, env=environment(settings), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_a_newcomer_finds_a_city_with_cases_in_every_state(
    engine: Engine, new_database: NewDatabase, tmp_path: Path
) -> None:
    settings = Settings(database_url=new_database(engine), secret_key=SECRET, data_dir=tmp_path / "data")
    sinmungo(settings, "migrate")
    sinmungo(settings, "seed", "--demo", "--if-empty")
    sinmungo(settings, "seed", "--demo", "--if-empty")
    assert sinmungo(settings, "check") == "Everything is in order.\n"
    await database.connect(settings, wiring.APPS)
    try:
        counted = await database.fetch("SELECT status, COUNT(*) AS n FROM petition_case GROUP BY status")
        roles = await database.fetch("SELECT DISTINCT role FROM account WHERE demo = ? AND active = ?", True, True)
    finally:
        await database.close()
    assert {row["status"] for row in counted} == set(State)
    assert 290 <= sum(row["n"] for row in counted) <= 320
    assert {row["role"] for row in roles} == set(Role)
    await two_years_of_forums_add_up(settings, tmp_path)


async def two_years_of_forums_add_up(settings: Settings, folder: Path) -> None:
    async with opened(settings) as house:
        for name in ("adoption.csv", "forums.csv"):
            (folder / name).write_bytes((await house.client.get(f"/api/v1/statistics/{name}")).content)
        figures = (await house.client.get("/api/v1/statistics/adoption")).json()
        listed = (await house.client.get("/forums?tab=over")).text
    assert "시민에게 듣습니다" in listed
    assert {"listening", "field_office", "speakers_corner", "discussion"} <= {
        each["kind"] for each in figures["by"]["kind"]
    }
    assert len(figures["by"]["year"]) >= 2
    total = figures["total"]
    assert 400 < total["received"] >= total["considered"] >= total["adopted"] >= total["done"] > 100
    said = sinmungo(
        settings, "statistics", "verify", str(folder / "adoption.csv"), "--forums", str(folder / "forums.csv")
    )
    assert said.startswith(f"{total['received']} submissions: every published figure")
