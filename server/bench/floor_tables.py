"""The statements of the floor, by the bare driver of either database."""

import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import asyncpg

Rows = Sequence[Mapping[str, Any]]

_CASES = (
    "SELECT c.id, c.reference, c.title, c.kind, c.status, c.department_id, c.received_at, c.due_at, p.name AS "
    "petitioner, a.name AS handler, h.length AS version, c.channel FROM ({those}) c "
    "JOIN petitioner p ON p.case_id = c.id JOIN ledger_head h ON h.subject = 'case/' || c.reference "
    "LEFT JOIN account a ON a.id = c.handler_id ORDER BY c.{order}"
)
_SEARCHED = "SELECT * FROM petition_case WHERE id IN ({hits}) ORDER BY id DESC LIMIT 50"
_KIND = 1 << 40
PAGES = {
    "list": _CASES.format(
        those="SELECT * FROM petition_case WHERE open = {true} AND due_at IS NOT NULL ORDER BY due_at, id LIMIT 50",
        order="due_at, c.id",
    ),
    "public": (
        "SELECT c.reference, c.title, substr(c.body, 1, 140) AS body, c.kind, c.district, c.answered_at, "
        "(SELECT substr(a.text, 1, 140) FROM answer a WHERE a.case_id = c.id ORDER BY a.id DESC LIMIT 1) AS answer "
        "FROM petition_case c WHERE c.public = {true} AND c.status IN ('answered', 'closed') "
        "ORDER BY c.answered_at DESC, c.id DESC LIMIT 21"
    ),
    "forum": "SELECT number, title, text, author, received_at FROM submission ORDER BY id DESC LIMIT 20",
    "week": "SELECT starts, ends, places FROM booking_claim ORDER BY id DESC LIMIT 7",
    "figures": (
        "SELECT kind AS name, COUNT(*) AS number FROM (SELECT kind FROM petition_case ORDER BY id DESC LIMIT 50) AS c "
        "GROUP BY kind"
    ),
}
"""The statement of each page; a search has those of its database."""
HITS = {
    "sqlite": (
        f"SELECT rowid - {_KIND} FROM search_index WHERE search_index MATCH ? AND rowid >= {_KIND} "
        f"AND rowid < {2 * _KIND} ORDER BY rowid DESC LIMIT 50"
    ),
    "postgres": f"SELECT m - {_KIND} FROM search_matching($1) AS m WHERE m < {2 * _KIND} ORDER BY m DESC LIMIT 50",
}
_TABLES = (
    ("CREATE TABLE bench_petition "
    "(id {key}, number TEXT UNIQUE, secret TEXT, title TEXT, body TEXT, email TEXT, created {moment})"),
    "CREATE TABLE bench_event (id {key}, petition BIGINT, kind TEXT, data TEXT, at {moment})",
    "CREATE TABLE bench_job (id {key}, petition BIGINT, kind TEXT, payload TEXT)",
    "CREATE TABLE bench_day (start TEXT PRIMARY KEY, capacity INTEGER, taken INTEGER)",
    "CREATE TABLE bench_visit (id {key}, start TEXT, number TEXT UNIQUE, email TEXT)",
)  # fmt: skip
_FILE = (
    ("INSERT INTO bench_petition (number, secret, title, body, email, created) "
    "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"),
    "INSERT INTO bench_event (petition, kind, data, at) VALUES ($1, 'filed', $2, $3)",
    "INSERT INTO bench_job (petition, kind, payload) VALUES ($1, 'mail', $2)",
)  # fmt: skip
_BOOK = (
    "UPDATE bench_day SET taken = taken + 1 WHERE start = $1 AND taken < capacity",
    "INSERT INTO bench_visit (start, number, email) VALUES ($1, $2, $3)",
)
_CASE = (
    (
        "SELECT c.*, p.name, p.email, p.phone FROM petition_case c JOIN petitioner p ON p.case_id = c.id "
        "WHERE c.reference = $1"
    ),
    "SELECT * FROM answer WHERE case_id = $1 ORDER BY id",
    "SELECT * FROM ledger_event WHERE subject = $1 ORDER BY sequence",
)


class Tables(Protocol):
    """What the pages ask for."""

    async def case(self, reference: str) -> Rows: ...
    async def rows(self, page: str, q: str) -> Rows: ...
    async def file(self, number: str, secret: str, title: str, body: str, email: str, at: datetime) -> None: ...
    async def book(self, start: str, email: str, number: str) -> str: ...


def _page(page: str, q: str, dialect: str) -> str:
    if not q:
        return PAGES[page].replace("{true}", "TRUE" if dialect == "postgres" else "1")
    return _CASES.format(those=_SEARCHED.format(hits=HITS[dialect]), order="id DESC")


class _Postgres:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def case(self, reference: str) -> Rows:
        found = await self.pool.fetchrow(_CASE[0], reference)
        if found is None:
            return []
        answers = await self.pool.fetch(_CASE[1], found["id"])
        events = await self.pool.fetch(_CASE[2], f"case/{reference}")
        return [dict(row) for row in (found, *answers, *events)]

    async def rows(self, page: str, q: str) -> Rows:
        return [dict(row) for row in await self.pool.fetch(_page(page, q, "postgres"), *([q] if q else []))]

    async def file(self, number: str, secret: str, title: str, body: str, email: str, at: datetime) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            made = await connection.fetchval(_FILE[0], number, secret, title, body, email, at)
            await connection.execute(_FILE[1], made, json.dumps({"title": title}), at)
            await connection.execute(_FILE[2], made, json.dumps({"to": email}))

    async def book(self, start: str, email: str, number: str) -> str:
        async with self.pool.acquire() as connection, connection.transaction():
            if await connection.execute(_BOOK[0], start) != "UPDATE 1":
                return ""
            await connection.execute(_BOOK[1], start, number, email)
        return number


class _SQLite:
    """In the thread of the loop, which costs least."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    async def case(self, reference: str) -> Rows:
        found = self._rows(_CASE[0], reference)
        if not found:
            return []
        return [*found, *self._rows(_CASE[1], found[0]["id"]), *self._rows(_CASE[2], f"case/{reference}")]

    async def rows(self, page: str, q: str) -> Rows:
        return self._rows(_page(page, q, "sqlite"), *([q] if q else []))

    async def file(self, number: str, secret: str, title: str, body: str, email: str, at: datetime) -> None:
        moment = at.astimezone(UTC).isoformat(" ")
        with self._transaction():
            made = self._rows(_FILE[0], number, secret, title, body, email, moment)[0]["id"]
            self._rows(_FILE[1], made, json.dumps({"title": title}), moment)
            self._rows(_FILE[2], made, json.dumps({"to": email}))

    async def book(self, start: str, email: str, number: str) -> str:
        with self._transaction():
            if not self.connection.execute(_BOOK[0].replace("$1", "?"), (start,)).rowcount:
                return ""
            self._rows(_BOOK[1], start, number, email)
        return number

    @contextlib.contextmanager
    def _transaction(self) -> Any:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def _rows(self, sql: str, *values: object) -> Rows:
        for place in range(len(values), 0, -1):
            sql = sql.replace(f"${place}", f"?{place}")
        return [dict(row) for row in self.connection.execute(sql, values)]


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Tables]:
    """The tables of a database."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(_file(url), isolation_level=None)
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 10000"):
            connection.execute(f"PRAGMA {pragma}")
        yield _SQLite(connection)
        connection.close()
        return
    async with asyncpg.create_pool(url, min_size=1, max_size=10, server_settings={"jit": "off"}) as pool:
        yield _Postgres(pool)


async def prepare(url: str, starts: Sequence[str], capacity: int) -> None:
    """Make the floor's own tables; visits can be booked at these starts."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(_file(url))) as own:
            for sql in _TABLES:
                own.execute(sql.format(key="INTEGER PRIMARY KEY", moment="TEXT"))
            own.executemany("INSERT INTO bench_day VALUES (?, ?, 0)", [(start, capacity) for start in starts])
            own.commit()
        return
    connection = await asyncpg.connect(url)
    for sql in _TABLES:
        await connection.execute(sql.format(key="BIGSERIAL PRIMARY KEY", moment="TIMESTAMPTZ"))
    await connection.executemany("INSERT INTO bench_day VALUES ($1, $2, 0)", [(start, capacity) for start in starts])
    await connection.close()


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
