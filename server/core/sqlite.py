"""Tortoise's SQLite engine with transactions that take the write lock at once.

A plain ``BEGIN`` that reads before it writes fails with "database is locked" if a second process (an import beside
the server) writes in between; ``BEGIN IMMEDIATE`` waits for its turn instead. Datetimes are stored in UTC only, so
that their text sorts chronologically.

Reads outside a transaction have connections of their own, which cannot write: while somebody else holds the write lock,
pages are still shown.
"""

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import aiosqlite
from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.exceptions import TransactionManagementError

sqlite3.register_adapter(datetime, lambda moment: moment.astimezone(UTC).isoformat(" "))


class ImmediateTransaction(SqliteTransactionWrapper):
    """One transaction on the single connection."""

    async def begin(self) -> None:
        """Take the write lock now, waiting up to ``busy_timeout``."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(ImmediateTransaction(self))


READERS = 4
"""Connections for reads: as many run at once."""
_BEGINS = re.compile(r"\s*(SELECT|WITH|VALUES|EXPLAIN)\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


def reads(query: str) -> bool:
    """Whether a statement only reads. In doubt it does not: the writing connection runs any."""
    begins = _BEGINS.match(query)
    return begins is not None and (begins[1].upper() != "WITH" or not _WRITES.search(query))


class ImmediateClient(SqliteClient):
    """The connections of the embedded database: one that writes, and some that only read."""

    def __init__(self, file_path: str, **named: Any) -> None:
        super().__init__(file_path, **named)
        self._idle: list[aiosqlite.Connection] = []
        self._places = asyncio.Semaphore(READERS)
        self._opening: set[asyncio.Task[aiosqlite.Connection]] = set()
        self._watcher: asyncio.Future[aiosqlite.Connection] | None = None

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(ImmediateTransaction(self), self._lock)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        """Tortoise's own, which sends reads to the connections for them."""
        if not reads(query):
            written: tuple[int, Sequence[Any]] = await super().execute_query(query, values)
            return written
        rows = await self._read(query, values)
        return len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """The same."""
        if not reads(query):
            written: list[dict[str, Any]] = await super().execute_query_dict(query, values)
            return written
        return [dict(row) for row in await self._read(query, values)]

    @translate_exceptions
    async def _read(self, query: str, values: list[Any] | None) -> list[sqlite3.Row]:
        if not self._connection:  # which makes the file what it should be
            async with self.acquire_connection():
                pass
        self.log.debug("%s: %s", query, values)
        async with self._places:
            connection = self._idle.pop() if self._idle else await self._another()
            try:
                return list(await connection.execute_fetchall(query.replace("\x00", "'||CHAR(0)||'"), values))
            finally:
                self._idle.append(connection)

    async def _another(self) -> aiosqlite.Connection:
        """Open one more; if nobody waits for it any more, it serves the next read: its thread would never end."""
        opening = asyncio.create_task(self._reader())
        self._opening.add(opening)
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._spare)
            raise
        finally:
            opening.add_done_callback(self._opening.discard)

    def _spare(self, opened: asyncio.Task[aiosqlite.Connection]) -> None:
        if not opened.cancelled() and opened.exception() is None:
            self._idle.append(opened.result())

    async def _reader(self) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(self.filename, isolation_level=None)
        connection.row_factory = sqlite3.Row
        for name in ("busy_timeout", "temp_store"):
            await connection.execute_fetchall(f"PRAGMA {name} = {self.pragmas[name]}")
        await connection.execute_fetchall("PRAGMA query_only = ON")
        return connection

    async def data_version(self) -> int:
        """The version of the file, which changes with each commit: on a connection of its own, that never writes."""
        if self._watcher is None:
            self._watcher = asyncio.ensure_future(self._reader())
        try:
            watcher = await asyncio.shield(self._watcher)
        except aiosqlite.Error:
            self._watcher = None  # the next one tries again
            raise
        ((version,),) = await watcher.execute_fetchall("PRAGMA data_version")
        return int(version)

    async def close(self) -> None:
        """Close all connections."""
        if self._watcher is not None:
            await (await self._watcher).close()
            self._watcher = None
        await asyncio.gather(*self._opening, return_exceptions=True)
        while self._idle:
            await self._idle.pop().close()
        await super().close()


client_class = ImmediateClient
