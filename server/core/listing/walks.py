"""Walking a list along an index: cursors, orders, and pages that end after a window of rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import NoneType
from typing import Any, Generic, NamedTuple, TypeVar, get_args

from server.core import database
from server.core.errors import BadRequest, _

R = TypeVar("R")
S = TypeVar("S")
BAD_CURSOR = BadRequest(_("This page of the list does not exist. Please start from the beginning."))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER, _MICROSECONDS = re.compile(r"[0-9]{1,18}"), re.compile(r"-?[0-9]{1,18}")
_NAME = re.compile(r"[\w./@-]{1,60}")


def cursor(*parts: object) -> str:
    """A place in a list as addresses and JSON carry it: the values of its keys between dots.

    A moment is written in microseconds since 1970, a day as YYYY-MM-DD, nothing as nothing.
    """
    return ".".join(map(_written, parts))


def _written(part: object) -> str:
    if isinstance(part, datetime):
        return str((part - _EPOCH) // timedelta(microseconds=1))
    return "" if part is None else str(part)


def place(text: str, *types: Any) -> tuple[Any, ...]:
    """The values that a cursor holds, of these types; empty for an empty one. Raises ``BadRequest``."""
    if not text:
        return ()
    parts = text.split(".", len(types) - 1)
    if len(parts) != len(types):
        raise BAD_CURSOR
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
        raise BAD_CURSOR from error
    if kind is str and _NAME.fullmatch(text):
        return text
    raise BAD_CURSOR


class Condition(NamedTuple):
    """A piece of SQL with its values."""

    sql: str
    values: tuple[object, ...] = ()


def where(*conditions: Condition) -> Condition:
    """All of them after a WHERE; nothing where there are none."""
    said = [each for each in conditions if each.sql]
    sql = " WHERE " + " AND ".join(each.sql for each in said) if said else ""
    return Condition(sql, tuple(value for each in said for value in each.values))


@dataclass(frozen=True)
class Order:
    """By which columns a list is ordered, with the types of their values; the last one tells all rows apart."""

    keys: Mapping[str, Any]
    descending: bool = False

    def sql(self) -> str:
        """After ORDER BY."""
        return ", ".join(f"{key} DESC" if self.descending else key for key in self.keys)

    def beyond(self, start: Sequence[object]) -> Condition:
        """The rows beyond a place."""
        if not start:
            return Condition("")
        keys, sign, values = ", ".join(self.keys), "<" if self.descending else ">", tuple(start)
        return Condition(f"({keys}) {sign} ({database.marks(values)})", values)

    def at(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """The place of a row."""
        return tuple(_raw(row[key.rpartition(".")[2]], kind) for key, kind in self.keys.items())

    def page(
        self, rows: Sequence[Mapping[str, Any]], limit: int, end: Sequence[object] = ()
    ) -> "Page[Mapping[str, Any]]":
        """A page of rows, of which one more than ``limit`` was asked for; ``end`` is where the looking stopped."""
        if len(rows) > limit:
            return Page(rows[:limit], cursor(*self.at(rows[limit - 1])))
        return Page(rows, cursor(*end), stopped=bool(end))

    def read(self, text: str) -> tuple[Any, ...]:
        """The place that a cursor names. Raises ``BadRequest``."""
        return place(text, *self.keys.values())


def _raw(value: Any, kind: Any) -> Any:
    if kind is datetime:
        return database.moment(value)
    return database.day_or_none(value) if kind is date else value


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """A page of a list; ``after`` is the cursor of what follows, empty at the end."""

    rows: Sequence[R]
    after: str = ""
    before: str = ""
    """The cursor of what comes before, for lists that are walked back, too."""
    stopped: bool = False
    """The page ended because enough was looked through, not because it is full."""

    def of(self, rows: Sequence[S]) -> "Page[S]":
        """The same page with its rows in another form."""
        return Page(rows, self.after, self.before, self.stopped)


@dataclass(frozen=True)
class Walk:
    """The way of a list along one index: what the index answers, and what is looked at row by row."""

    source: str
    """A table with its alias."""
    order: Order
    driving: Sequence[Condition] = ()
    residual: Sequence[Condition] = ()
    window: int = 0
    """How many rows one page looks through where anything is looked at row by row; 0 for any number."""

    def statement(self, start: Sequence[object], limit: int) -> Condition:
        """The rows from a place on, ``SELECT *``, in order.

        With a window the walk along the index is a statement of its own inside, so that no planner leaves the index.
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
        """The last row that a page from here looks at; nothing where the list ends before."""
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
        """A page of raw rows. ``sql`` selects ``FROM ({walk})`` and orders ``BY {order}``; ``values`` come before.

        One query, and one more where a window may have ended the page.
        """
        inner = self.statement(start, limit + 1)
        whole = sql.replace("{walk}", inner.sql).replace("{order}", self.order.sql())
        rows = await database.fetch(whole, *values, *inner.values)
        return self.order.page(rows, limit, () if len(rows) > limit else await self.end(start))


def union(parts: Sequence[Condition]) -> Condition:
    """The rows of several statements one after the other, each with an order and a limit of its own."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({each.sql}) AS part_{n}" for n, each in enumerate(parts))
    return Condition(sql, tuple(value for each in parts for value in each.values))


def lead(by: Mapping[str, Condition], indexes: Sequence[Sequence[str]]) -> tuple[list[Condition], list[Condition]]:
    """What the first fitting of some indexes answers, and the rest; ``by``: conditions by the names of filters."""
    led = next((names for names in indexes if all(name in by for name in names)), ())
    return [by[name] for name in led], [each for name, each in by.items() if name not in led]


async def count(source: str, conditions: Sequence[Condition], cap: int) -> int:
    """How many rows there are, up to ``cap``."""
    found = where(*conditions)
    row = await database.fetch_one(
        f"SELECT COUNT(*) AS n FROM (SELECT 1 FROM {source}{found.sql} LIMIT {cap}) AS counted", *found.values
    )
    return int(row["n"]) if row else 0
