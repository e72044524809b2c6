"""Starting and stopping what is measured: this program with its worker, the floor, or a server that runs already."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import click

from server.bench import processes

START_SECONDS = 120.0


@dataclass(frozen=True)
class Server:
    """A server that answers, and its processes."""

    name: str
    url: str
    pid: int
    """0 if its processes are not seen from here."""
    ready: float = 0.0
    """Seconds from its start until it was ready."""
    first: float = 0.0
    """Seconds of its first page."""


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def started(name: str, command: list[str], environment: Mapping[str, str], port: int, log: Path) -> Iterator[Server]:
    """A server as a process of its own, once it is ready. Its port is in the command or the environment."""
    url = f"http://127.0.0.1:{port}"
    began = time.monotonic()
    with running(command, environment, log) as process:
        while not _answers(f"{url}/readyz"):
            if process.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise click.ClickException(f"{name} did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.01)
        ready = time.monotonic()
        _answers(f"{url}/")
        yield Server(name, url, process.pid, ready - began, time.monotonic() - ready)


@contextlib.contextmanager
def running(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended afterwards."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output)  # noqa: S603 — our own commands
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def there(url: str) -> Server:
    """A server that somebody else has started. Raises ``ClickException`` if it does not answer."""
    url = url.rstrip("/")
    if not _answers(f"{url}/readyz"):
        raise click.ClickException(f"Nothing is ready at {url}.")
    return Server("other", url, processes.listener(urlsplit(url).port or 80))


def sinmungo(*arguments: str) -> list[str]:
    """A command of this program."""
    return [sys.executable, "-m", "server", *arguments]


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=START_SECONDS) as answer:  # noqa: S310 — http only
            return bool(answer.read() is not None and answer.status == 200)  # noqa: PLR2004
    except (URLError, ConnectionError):
        return False
