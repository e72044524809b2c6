"""The program as it runs for real: ``sinmungo serve`` and ``sinmungo worker`` as processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from server.core import clock
from server.core.config import Settings
from tests.support import compiled

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0


def command(*arguments: str) -> list[str]:
    """The ``sinmungo`` command for a process whose clock shows what this test's shows now."""
    return [sys.executable, "-m", "tests.support.sinmungo", clock.now().isoformat(), *arguments]


@dataclass
class LiveProcess:
    """A started process, and where it listens (a worker does not)."""

    process: subprocess.Popen[bytes]
    url: str = ""

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment that gives a process these settings. Coverage is measured on SQLite."""
    ours = ("SINMUNGO_",) if settings.database_url.startswith("sqlite") else ("SINMUNGO_", "COVERAGE_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    compiled.share(settings)
    return clean | settings_as_environment(settings) | more


def settings_as_environment(settings: Settings) -> dict[str, str]:
    """The variables that give a command these settings."""
    return {
        "SINMUNGO_DATABASE_URL": settings.database_url,
        "SINMUNGO_DATA_DIR": str(settings.data_dir),
        "SINMUNGO_SECRET_KEY": settings.secret_key,
        "SINMUNGO_CITY_NAME": settings.city_name,
        "SINMUNGO_RATE_LIMITS": "off",
        "SINMUNGO_MEILISEARCH_URL": settings.meilisearch_url,
        "SINMUNGO_MEILISEARCH_KEY": settings.meilisearch_key,
    }


@dataclass
class Starter:
    """Starts processes for a test and ends them with it."""

    folder: Path
    started: list[LiveProcess]

    def serve(self, settings: Settings, port: int = 0, **more: str) -> LiveProcess:
        """A web process that answers, at a port that is free unless one is given."""
        port = port or free_port()
        url = f"http://127.0.0.1:{port}"
        found = self._start(["serve"], environment(settings, SINMUNGO_PORT=str(port), **more), url)
        patience = time.monotonic() + START_SECONDS
        while True:
            try:
                if httpx.get(f"{url}/readyz").status_code == httpx.codes.OK:
                    return found
            except httpx.TransportError:
                pass
            if found.process.poll() is not None or time.monotonic() > patience:
                raise RuntimeError(f"sinmungo serve did not start: {self.said()}")
            time.sleep(0.05)

    def worker(self, settings: Settings, **more: str) -> LiveProcess:
        """A process that only does jobs."""
        return self._start(["worker"], environment(settings, **more))

    def said(self) -> str:
        """The last that the processes wrote to their logs."""
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.folder.glob("*.log")))

    def _start(self, arguments: list[str], environ: dict[str, str], url: str = "") -> LiveProcess:
        with (self.folder / f"process-{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(command(*arguments), cwd=ROOT, env=environ, stdout=log, stderr=log)
        found = LiveProcess(process, url)
        self.started.append(found)
        return found


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    """Processes of this test."""
    found = Starter(tmp_path, [])
    yield found
    for live in reversed(found.started):
        live.stop()
