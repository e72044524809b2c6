"""The embedded database is read beside a writer, by connections that cannot write; one web process owns it."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from server import wiring
from server.core import database, sqlite
from server.core.accounts import Account
from server.core.config import Settings
from server.core.sqlite import ImmediateClient, reads
from tests.support.command import sinmungo
from tests.support.live import Starter
from tests.support.stories import signed_in
from tests.support.system import System

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@contextlib.contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Somebody else writes, and takes their time."""
    other = sqlite3.connect(database.file_of(settings), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_pages_are_shown_while_somebody_else_writes(system: System) -> None:
    official = await signed_in(system, "handler")
    with locked(system.settings):
        filing = asyncio.create_task(system.file())
        await asyncio.sleep(0.2)  # it waits for the lock now
        for client, path in ((system.client, "/"), (system.client, "/petitions"), (official, "/desk")):
            assert (await client.get(path)).status_code == 200
            assert await Account.filter(username="handler").exists(), "by model as well"
        assert not filing.done(), "all of it was read before the lock was free"
    assert (await filing)["reference"]


async def test_what_was_written_is_read_at_once_and_reads_run_beside_each_other(system: System) -> None:
    for number in range(20):
        await Account.filter(username="handler").update(name=f"이름{number}")
        assert (await Account.get(username="handler")).name == f"이름{number}"
    async with database.transaction():
        await Account.filter(username="handler").update(name="새 이름")
        assert (await Account.get(username="handler")).name == "새 이름", "inside, its own"
        outside = await asyncio.to_thread(_name, system.settings)
    assert outside == "이름19"
    client = database.connection()
    assert isinstance(client, ImmediateClient)
    await asyncio.gather(*(database.fetch("SELECT COUNT(*) FROM account") for _one in range(20)))
    assert 1 <= len(client._idle) <= sqlite.READERS


def _name(settings: Settings) -> str:
    with contextlib.closing(sqlite3.connect(database.file_of(settings))) as other:
        return str(other.execute("SELECT name FROM account WHERE username = 'handler'").fetchone()[0])


WRITING = (
    "UPDATE account SET name = name WHERE username = 'handler' RETURNING id",
    "  update account SET name = name RETURNING id",
    "WITH one AS (SELECT 1) UPDATE account SET name = name RETURNING id",
    "INSERT INTO ledger_head (subject, length, hash) VALUES ('a', 0, '') RETURNING subject",
    "DELETE FROM ledger_head WHERE subject = 'a' RETURNING subject",
)


@pytest.mark.parametrize("query", WRITING)
async def test_what_writes_goes_to_the_writer(system: System, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    assert not reads(query)
    await database.fetch(query)
    monkeypatch.setattr(sqlite, "reads", lambda _query: True)
    with pytest.raises(database.OperationalError, match="readonly"):
        await database.fetch(query)


async def test_no_statement_of_a_story_that_writes_takes_the_path_of_reads(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filing, jobs and the desk: a write among the reads would fail, as the readers cannot write."""
    seen, original = list[str](), ImmediateClient._read

    async def noted(self: ImmediateClient, query: str, values: list[Any] | None) -> Any:
        seen.append(query)
        return await original(self, query, values)

    monkeypatch.setattr(ImmediateClient, "_read", noted)
    await system.file()
    await system.work()
    handler = await system.official("handler")
    assert (await handler.get("/desk")).status_code == 200
    assert len(seen) > 10
    assert {query.split()[0].upper() for query in seen} <= {"SELECT", "WITH"}


async def test_a_connection_that_opens_for_a_read_given_up_is_waited_for_and_closed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its thread would answer an event loop that may have ended."""
    real, opens = sqlite3.connect, threading.Event()

    def slow(*arguments: Any, **named: Any) -> Any:
        opens.wait(10)
        return real(*arguments, **named)

    await database.connect(settings, wiring.APPS)
    await database.execute("UPDATE account SET name = name")  # the writer is open
    monkeypatch.setattr(sqlite3, "connect", slow)
    reading = asyncio.create_task(database.fetch("SELECT 1 AS one"))
    await asyncio.sleep(0.1)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0.1)
    waited = not closing.done()
    opens.set()
    await closing
    assert waited


async def test_a_second_web_process_on_the_same_file_is_refused(settings: Settings, starter: Starter) -> None:
    first = await asyncio.to_thread(starter.serve, settings)
    refused = await asyncio.to_thread(sinmungo, settings, "serve")
    assert refused.exit_code == 1
    assert "`sinmungo serve` already uses" in refused.output
    first.kill()
    await asyncio.to_thread(starter.serve, settings)
