"""One interface to both databases: connecting, migrating, transactions, raw reads.

SQLite is the embedded default (one web process owns it), PostgreSQL is for larger installations. Domains use Tortoise
models for writing and :func:`fetch` for pages that must stay fast; both join the surrounding :func:`transaction`.
"""

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import orjson
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError
from tortoise.migrations.executor import MigrationExecutor
from tortoise.models import Model
from tortoise.transactions import in_transaction

from server.core import migrating
from server.core.config import Settings
from server.core.errors import OnlyShown
from server.core.inserting import MANY, Insert, marks, native, spread

__all__ = ["Insert", "IntegrityError", "OperationalError", "marks"]

CORE_MODELS = (
    "server.core.accounts",
    "server.core.booking.models",
    "server.core.city",
    "server.core.guesses",
    "server.core.idempotency",
    "server.core.jobs",
    "server.core.kept",
    "server.core.ledger",
    "server.core.notify.models",
    "server.core.participants.models",
)
POOL_SIZE = 10

_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)
_only_shown: ContextVar[bool] = ContextVar("only_shown", default=False)
_reads = re.compile(r"\s*(?:SELECT|WITH)\b", re.IGNORECASE)


class _Connection(asyncpg.Connection):
    """A pooled connection whose reset query is empty.

    Nothing in this program leaves session state behind (no temporary tables, no ``SET``, no advisory locks held past
    a transaction, no ``LISTEN`` on pooled connections), so the pool's reset round trip can be skipped.
    """

    def get_reset_query(self) -> str:
        return ""


async def _connect(*arguments: Any, **named: Any) -> asyncpg.Connection:
    """Open a connection for the pool. Raises ``DBConnectionError`` where the server is not reached.

    The system's own errors (of a name with several addresses, or of a server that does not answer in time) would look
    like those of a file.
    """
    try:
        return await asyncpg.connect(*arguments, **named)
    except OSError as error:
        raise DBConnectionError(error) from error


def config(settings: Settings, apps: dict[str, str]) -> dict[str, Any]:
    """Tortoise's configuration; ``apps`` maps an app label to its models module (migrations beside it)."""
    return {
        "connections": {"default": _credentials(settings)},
        "apps": {
            "core": {"models": list(CORE_MODELS), "migrations": "server.core.migrations"},
            **{
                label: {"models": [module], "migrations": f"{module.rpartition('.')[0]}.migrations"}
                for label, module in apps.items()
            },
        },
        "routers": [_Router],
        "use_tz": True,
        "timezone": "UTC",
    }


def file_of(settings: Settings) -> Path:
    """The file of the embedded database."""
    path = Path(settings.database_url.removeprefix("sqlite://").removeprefix("/") or "var/sinmungo.db")
    return Path("/") / path if settings.database_url.startswith("sqlite:////") else path


def serving(path: Path) -> Path:
    """The file that the server of an embedded database keeps locked."""
    return path.with_name(f"{path.name}.serving")


class _Router:
    """Tortoise's choice of a connection: there is one, and none for writing while a form is only shown."""

    @staticmethod
    def db_for_read(_model: type[Model]) -> str:
        return "default"

    @staticmethod
    def db_for_write(_model: type[Model]) -> str:
        _may_write()
        return "default"


def _may_write() -> None:
    if _only_shown.get():
        raise OnlyShown


def only_show() -> None:
    """Write nothing in the rest of this request: what would raises ``OnlyShown`` instead."""
    _only_shown.set(True)


def only_shown() -> bool:
    """Whether this request writes nothing."""
    return _only_shown.get()


@contextlib.contextmanager
def request_scope() -> Iterator[None]:
    """The time of one request, to which :func:`only_show` is limited."""
    token = _only_shown.set(False)
    try:
        yield
    finally:
        _only_shown.reset(token)


def _credentials(settings: Settings) -> dict[str, Any]:
    if settings.sqlite:
        return {
            "engine": "server.core.sqlite",
            "credentials": {
                "file_path": str(file_of(settings)),
                "journal_mode": "WAL",
                "synchronous": "FULL",
                "busy_timeout": 10_000,
                "journal_size_limit": 64 * 1024 * 1024,
                "foreign_keys": "ON",
                "cache_size": -65_536,
                "temp_store": "MEMORY",
            },
        }
    url = urlsplit(settings.database_url)
    options = {name: values[-1] for name, values in parse_qs(url.query).items()}
    return {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {
            "host": options.pop("host", None) or url.hostname,
            "port": int(options.pop("port", 0) or url.port or 5432),
            "user": unquote(url.username or "postgres"),
            "password": unquote(url.password) if url.password else None,
            "database": url.path.removeprefix("/"),
            "minsize": 1,
            "maxsize": int(options.pop("pool", POOL_SIZE)),
            "connection_class": _Connection,
            "connect": _connect,
            "server_settings": {
                "timezone": "UTC",
                "jit": "off",
                # A generic plan ignores the values: where one forum or department has a fifth of the rows,
                # it scans that fifth. 200 ms instead of 0.1.
                "plan_cache_mode": "force_custom_plan",
                # What is read often lies in memory. At the usual price of a page a list of fifty rows joins whole
                # tables: 1.4 to 7 ms instead of 0.6.
                "random_page_cost": "1.1",
                "application_name": "sinmungo",
            },
            **options,
        },
    }


async def connect(settings: Settings, apps: dict[str, str]) -> None:
    """Open the database for this process."""
    if settings.sqlite:
        file_of(settings).parent.mkdir(parents=True, exist_ok=True)
    await Tortoise.init(config=config(settings, apps), _enable_global_fallback=True)


async def close() -> None:
    """Close every connection of this process."""
    await Tortoise.close_connections()


async def migrate(settings: Settings, apps: dict[str, str]) -> None:
    """Apply all migrations; leaves the database open."""
    await connect(settings, apps)
    try:
        await migrating.apply(connection(), config(settings, apps)["apps"])
    finally:
        await close()
    await connect(settings, apps)


async def pending(settings: Settings, apps: dict[str, str]) -> int:
    """How many migrations are not applied. Raises if the database does not respond."""
    await ping()  # a database that does not answer is no empty one
    return len(await MigrationExecutor(connection(), config(settings, apps)["apps"]).plan(None))


async def applied() -> int:
    """How many migrations are applied."""
    return int(await value("SELECT COUNT(*) FROM tortoise_migrations"))


def connection() -> BaseDBAsyncClient:
    """The connection of the surrounding transaction, or the pool."""
    return get_connection("default")


def dialect() -> str:
    """``sqlite`` or ``postgres``."""
    return str(connection().capabilities.dialect)


@contextlib.asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """A transaction. Callbacks of :func:`after_commit` run once it is durable. A nested one joins the outer one."""
    _may_write()
    if _after_commit.get() is not None:
        yield
        return
    callbacks: list[Callable[[], None]] = []
    token = _after_commit.set(callbacks)
    try:
        async with in_transaction("default"):
            yield
    finally:
        _after_commit.reset(token)
    for callback in callbacks:
        callback()


def inside_transaction() -> bool:
    """Whether this task is inside a transaction."""
    return _after_commit.get() is not None


def after_commit(callback: Callable[[], None]) -> None:
    """Run ``callback`` after the surrounding transaction has committed, or now outside one. Equal ones run once."""
    callbacks = _after_commit.get()
    if callbacks is None:
        callback()
    elif callback not in callbacks:
        callbacks.append(callback)


async def fetch(sql: str, *values: object) -> Sequence[Any]:
    """Rows of one statement with ``?`` placeholders, ``RETURNING`` included; columns by name.

    A collection is written ``IN (?)``; an empty one matches nothing.
    """
    return await _rows(*spread(sql, values))


async def fetch_one(sql: str, *values: object) -> Any | None:
    """The first row, or None."""
    rows = await fetch(sql, *values)
    return rows[0] if rows else None


async def _rows(sql: str, values: list[object]) -> Sequence[Any]:
    # On PostgreSQL, Tortoise's execute_query drops the rows of "UPDATE … RETURNING"; execute_query_dict does not.
    if not _reads.match(sql):
        _may_write()
    return await connection().execute_query_dict(native(sql, dialect()), values)


async def value(sql: str, *values: object) -> Any:
    """The value of a statement with one column and at most one row; None without a row."""
    return next(iter(await column(sql, *values)), None)


async def column(sql: str, *values: object) -> list[Any]:
    """The values of a statement with one column."""
    return [each for row in await fetch(sql, *values) for each in row.values()]


async def ping() -> None:
    """Run a trivial query. Raises if the database does not respond."""
    await fetch("SELECT 1 AS one")


async def mark() -> str:
    """A name of what is committed now: while it stays the same, every read gives the same result.

    On PostgreSQL the snapshot, which changes with each transaction of the server that has written; on SQLite the
    version of the file.
    """
    found: Any = connection()
    if dialect() == "sqlite":
        return str(await found.data_version())
    async with found.acquire_connection() as raw:
        return str(await raw.fetchval("SELECT pg_current_snapshot()::text"))


async def execute(sql: str, *values: object) -> int:
    """Run one statement with ``?`` placeholders. Returns the number of rows that an UPDATE or DELETE changed.

    For an INSERT the number is meaningless (Tortoise reads PostgreSQL's ``INSERT 0 1`` as 0): use ``RETURNING``.
    """
    _may_write()
    sql, raw = spread(sql, values)
    return (await connection().execute_query(native(sql, dialect()), raw))[0]


async def insert(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, conflict: str = "", returning: str = ""
) -> Sequence[Any]:
    """Insert many rows, see :class:`Insert`. Returns ``returning``."""
    return await insert_together(Insert(table, columns, rows, conflict, returning)) if rows else []


async def insert_together(*inserts: Insert) -> Sequence[Any]:
    """Insert rows into several tables, none of which needs another's. Returns ``returning`` of the last one.

    On PostgreSQL, where each statement is a round trip, it is one. On SQLite each is as many as the values need.
    """
    if dialect() == "postgres":
        several = [await _statement(one) for one in inserts]
        *others, last = (sql for sql, _values in several)
        together = ", ".join(f"part_{n} AS ({sql})" for n, sql in enumerate(others))
        sql = f"WITH {together} {last}" if others else last
        return await _rows(sql, [value for _sql, values in several for value in values])
    found: Sequence[Any] = []
    for one in inserts:
        found = [row for part in one.parts() for row in await _rows(part.sql(), part.values())]
    return found


async def _statement(one: Insert) -> tuple[str, list[object]]:
    if len(one.rows) < MANY:
        return one.sql(), one.values()
    if one.table not in _types:
        rows = await fetch(
            "SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = ?::regclass "
            "AND attnum > 0 AND NOT attisdropped",
            one.table,
        )
        _types[one.table] = {row["attname"]: row["type"] for row in rows}
    return one.arrays(_types[one.table])


_types = dict[str, Mapping[str, str]]()
"""Of the columns of each table that many rows were inserted into, on PostgreSQL."""


async def insert_models(
    model: type[Model], values: Sequence[Mapping[str, Any]], *, returning: str = ""
) -> Sequence[Any]:
    """Insert many rows, with the model's defaults. Returns ``returning``.

    No instances are made, which would be a quarter of an import; what a model's field would convert is refused by the
    database instead.
    """
    meta = model._meta  # noqa: SLF001 — the only way
    columns = tuple(name for name in meta.fields_db_projection if name != meta.pk_attr)
    left = {name: meta.fields_map[name].default for name in columns}
    if unknown := {name for each in values for name in each} - left.keys() - {meta.pk_attr}:
        raise ValueError(f"no columns of {meta.db_table}: {unknown}")
    lines = [
        [each[name] if name in each else one() if callable(one) else one for name, one in left.items()]
        for each in values
    ]
    return await insert(meta.db_table, columns, lines, returning=returning)


def moment(value: Any) -> datetime:
    """The datetime in a raw column, aware and in UTC (SQLite stores text)."""
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def moment_or_none(value: Any) -> datetime | None:
    """As :func:`moment`, for a nullable column."""
    return None if value is None else moment(value)


def day_or_none(value: Any) -> date | None:
    """The date in a raw, nullable column (SQLite stores text)."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def document(value: Any) -> Any:
    """The value of a raw JSON column."""
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value
