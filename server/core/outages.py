"""What a failure of the database or of the disk is to the reader: come back later, instead of an error of ours."""

import errno
import sqlite3

import asyncpg
from tortoise.exceptions import BaseORMException, DBConnectionError

from server.core.errors import Refusal, _

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_BUSY_OR_LOST = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
})  # fmt: skip
_LOST = (
    DBConnectionError,
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it is being shut down, started or recovered
    asyncpg.TooManyConnectionsError,
    asyncpg.TransactionRollbackError,  # a deadlock was broken: nothing was done, and doing it again is right
    asyncpg.ReadOnlySQLTransactionError,  # a standby has not been promoted yet
)


class DatabaseAway(Refusal):
    """503: the database cannot be reached or is locked; retry after ``retry_after`` seconds."""

    status, code, retry_after = 503, "database_away", 5
    text = _("Our database does not answer right now. Please try again in a moment.")


class StorageFull(Refusal):
    """507: there is no space for what was sent."""

    status, code, retry_after = 507, "storage_full", 60
    text = _("Our storage is full, so nothing could be saved. Please try again later.")


def outage(error: BaseException) -> Refusal | None:
    """The refusal for an unexpected error, if the database or the disk has caused it."""
    cause = error.args[0] if isinstance(error, BaseORMException) and error.args else error
    if isinstance(cause, sqlite3.Error):
        primary = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the rest says more about the same error
        if primary == sqlite3.SQLITE_FULL:
            return StorageFull()
        return DatabaseAway() if primary in _BUSY_OR_LOST else None
    if isinstance(cause, asyncpg.DiskFullError) or (isinstance(cause, OSError) and cause.errno in _NO_SPACE):
        return StorageFull()
    closed = isinstance(cause, asyncpg.InterfaceError) and "closed" in str(cause)
    return DatabaseAway() if closed or isinstance(cause, _LOST) or isinstance(error, _LOST) else None
