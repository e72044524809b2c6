"""Tortoise's SQLite engine with transactions that take the write lock at once.

A plain ``BEGIN`` that reads before it writes fails with "database is locked" if a second process (an import beside
the server) writes in between; ``BEGIN IMMEDIATE`` waits for its turn instead. Datetimes are stored in UTC only, so
that their text sorts chronologically.
"""

import sqlite3
from datetime import UTC, datetime

from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
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


class ImmediateClient(SqliteClient):
    """The connection of the embedded database."""

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(ImmediateTransaction(self), self._lock)


client_class = ImmediateClient
