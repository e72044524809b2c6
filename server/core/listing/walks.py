"""Reading a list along an index: cursors, orders, and pages that end after a window of rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import NoneType
from typing import Any, Generic, NamedTuple, TypeVar, get_args

from server.core import database
from server.core.errors import BadCursor

R = TypeVar("R")
S = TypeVar("S")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER, _MICROSECONDS = re.compile(r"[0-9]{1,18}"), re.compile(r"-?[0-9]{1,18}")
_NAME = re.compile(r"[\w./@-]{1,60}")


def cursor(*parts: object) -> str:
    """A position in a list, as in URLs and JSON: its key values joined by dots.

    A datetime is written as microseconds since 1970, a date as YYYY-MM-DD, None as nothing.
    """
    return ".".join(map(_written, parts))


def _written(part: object) -> str:
    if isinstance(part, datetime):
        return str((part - _EPOCH) // timedelta(microseconds=1))
    return "" if part is None else str(part)


def place(text: str, *types: Any) -> tuple[Any, ...]:
    """The values in a cursor, converted to these types; empty for an empty cursor. Raises ``BadCursor``."""
    if not text:
        return ()
    parts = text.split(".", len(types) - 1)
    if len(parts) != len(types):
        raise BadCursor
    return tuple(_part(part, kind) for part, kind in zip(parts, types, strict=True))


def _part(text: str, kind: Any) -> Any:
    inner = get_args(kind)
    if not text and NoneType in inner:
        return None
    kind = inner[0] if inner else kind
    try:
        if kind is date and len(text) == len("2000-01-01"):
            return date.fromisoformat(text)
        if kind is int and _NUMBER.fullmatch(text):
            return int(text)
        if kind is datetime and _MICROSECONDS.fullmatch(text):
            return _EPOCH + timedelta(microseconds=int(text))
    except (ValueError, OverflowError) as error:
        raise BadCursor from error
    if kind is str and _NAME.fullmatch(text):
        return text
    raise BadCursor


class Condition(NamedTuple):
    """A piece of SQL with its values."""

    sql: str
    values: tuple[object, ...] = ()


def where(*conditions: Condition) -> Condition:
    """All conditions in a WHERE clause; empty without any."""
    said = [each for each in conditions if each.sql]
    sql = " WHERE " + " AND ".join(each.sql for each in said) if said else ""
    return Condition(sql, tuple(value for each in said for value in each.values))


@dataclass(frozen=True)
class Order:
    """The columns by which a list is ordered, with their types; the last one is unique."""

    keys: Mapping[str, Any]
    descending: bool = False

    def sql(self) -> str:
        """The ORDER BY expression."""
        return ", ".join(f"{key} DESC" if self.descending else key for key in self.keys)

    def beyond(self, start: Sequence[object]) -> Condition:
        """The condition for the rows after a position."""
        return self._compared("<" if self.descending else ">", start)

    def up_to(self, end: Sequence[object]) -> Condition:
        """The condition for the rows before a position, and the one there."""
        return self._compared(">=" if self.descending else "<=", end)

    def _compared(self, sign: str, place: Sequence[object]) -> Condition:
        sql = f"({', '.join(self.keys)}) {sign} ({database.marks(place)})" if place else ""
        return Condition(sql, tuple(place))

    def at(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """The position of a row."""
        return tuple(_raw(row[key.rpartition(".")[2]], kind) for key, kind in self.keys.items())

    def page(
        self, rows: Sequence[Mapping[str, Any]], limit: int, end: Sequence[object] = ()
    ) -> "Page[Mapping[str, Any]]":
        """A page of rows, fetched with ``limit`` + 1; ``end`` is the position at which the window ended."""
        if len(rows) > limit:
            return Page(rows[:limit], cursor(*self.at(rows[limit - 1])))
        return Page(rows, cursor(*end), stopped=bool(end))

    def read(self, text: str) -> tuple[Any, ...]:
        """The position that a cursor names. Raises ``BadCursor``."""
        return place(text, *self.keys.values())

    def start(self, text: str) -> tuple[Any, ...]:
        """The same; the beginning of the list if the cursor cannot be read."""
        try:
            return self.read(text)
        except BadCursor:
            return ()


def _raw(value: Any, kind: Any) -> Any:
    if kind is datetime:
        return database.moment(value)
    return database.day_or_none(value) if kind is date else value


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """A page of a list; ``after`` is the cursor of the next page, empty at the end."""

    rows: Sequence[R]
    after: str = ""
    before: str = ""
    """The cursor of the previous page, for lists that can be paged backwards."""
    stopped: bool = False
    """The page ended because its window was used up, not because it is full."""

    def of(self, rows: Sequence[S]) -> "Page[S]":
        """The same page with converted rows."""
        return Page(rows, self.after, self.before, self.stopped)


def cut(rows: Sequence[R], limit: int, *keys: str) -> Page[R]:
    """A page of rows that were fetched with ``limit`` + 1; ``keys`` are the attributes that make up a cursor."""
    after = cursor(*(getattr(rows[limit - 1], key) for key in keys)) if len(rows) > limit else ""
    return Page(rows[:limit], after)


@dataclass(frozen=True)
class Walk:
    """A list read along one index: the conditions that the index answers, and those checked row by row."""

    source: str
    """A table with an alias."""
    order: Order
    driving: Sequence[Condition] = ()
    residual: Sequence[Condition] = ()
    window: int = 0
    """Maximum rows that one page examines if there are conditions checked row by row; 0 for no limit."""

    def statement(self, start: Sequence[object], limit: int) -> Condition:
        """The rows after a position, ``SELECT *``, in order.

        With a window, the index scan is a subquery of its own, so that the planner cannot choose another index.
        """
        order = f"ORDER BY {self.order.sql()}"
        driven = where(*self.driving, self.order.beyond(start))
        if not (self.residual and self.window):
            driven = where(*self.driving, self.order.beyond(start), *self.residual)
            return Condition(f"SELECT * FROM {self.source}{driven.sql} {order} LIMIT {limit}", driven.values)
        rest, alias = where(*self.residual), self.source.split()[-1]
        inner = f"SELECT * FROM {self.source}{driven.sql} {order} LIMIT {self.window}"
        return Condition(
            f"SELECT * FROM ({inner}) {alias}{rest.sql} {order} LIMIT {limit}", (*driven.values, *rest.values)
        )

    async def end(self, start: Sequence[object]) -> tuple[Any, ...]:
        """The position of the last row that a page from here examines; empty if the list ends before."""
        if not (self.residual and self.window):
            return ()
        found = where(*self.driving, self.order.beyond(start))
        row = await database.fetch_one(
            f"SELECT {', '.join(self.order.keys)} FROM {self.source}{found.sql} ORDER BY {self.order.sql()} "
            f"LIMIT 1 OFFSET {self.window - 1}",
            *found.values,
        )
        return self.order.at(row) if row else ()

    async def page(self, sql: str, start: Sequence[object], limit: int, *values: object) -> Page[Mapping[str, Any]]:
        """A page of raw rows. ``sql`` has ``FROM ({walk})`` and ``ORDER BY {order}``; ``values`` precede the walk's.

        One query, and a second one if a window may have ended the page.
        """
        inner = self.statement(start, limit + 1)
        whole = sql.replace("{walk}", inner.sql).replace("{order}", self.order.sql())
        rows = await database.fetch(whole, *values, *inner.values)
        return self.order.page(rows, limit, () if len(rows) > limit else await self.end(start))


def union(parts: Sequence[Condition]) -> Condition:
    """The rows of several statements, concatenated; each keeps its own order and limit."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({each.sql}) AS part_{n}" for n, each in enumerate(parts))
    return Condition(sql, tuple(value for each in parts for value in each.values))


def lead(by: Mapping[str, Condition], indexes: Sequence[Sequence[str]]) -> tuple[list[Condition], list[Condition]]:
    """Split conditions (by filter name) into those that the first matching index answers, and the rest."""
    led = next((names for names in indexes if all(name in by for name in names)), ())
    return [by[name] for name in led], [each for name, each in by.items() if name not in led]


async def counts(wanted: Mapping[str, Condition], cap: int) -> dict[str, int]:
    """The numbers of rows, each ``table WHERE …`` counted up to ``cap`` + 1. One statement."""
    columns = (
        f"(SELECT COUNT(*) FROM (SELECT 1 FROM {each.sql} LIMIT {cap + 1}) AS counted) AS {name}"
        for name, each in wanted.items()
    )
    values = (value for each in wanted.values() for value in each.values)
    return {**(await database.fetch_one(f"SELECT {', '.join(columns)}", *values) or {})}
