"""Several web processes on a slow machine: each may take its time to start, and the supervisor says what happens."""

import asyncio
from pathlib import Path

import pytest

from server.core.config import Settings
from tests.support.live import Starter

SLOW = """
import os, time
os.register_at_fork(after_in_child=lambda: time.sleep(8))
"""


@pytest.mark.parametrize("engine", ["postgres"])
async def test_processes_that_take_long_to_start_are_waited_for(
    settings: Settings, starter: Starter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "sitecustomize.py").write_text(SLOW)
    root = str(Path(__file__).parents[2])
    live = await asyncio.to_thread(
        starter.serve, settings, SINMUNGO_WORKERS="2", PYTHONPATH=f"{tmp_path / 'slow'}:{root}"
    )
    said = starter.said()
    assert '"message": "Started parent process' in said
    assert "died" not in said
    live.process.terminate()
    live.process.wait(30)
    assert '"message": "Stopping parent process' in starter.said()
