"""Rows as dataclasses: the select list is made from the fields, and values are read by column name.

Values are converted by the type of their field: SQLite stores datetimes and dates as text and booleans as numbers, and
both databases return JSON columns as text. A field can also name its own conversion, ``Annotated[str, function]``.
Values that are not in the table are added to the row before it is read.
"""

import functools
from collections import abc
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date, datetime
from enum import Enum
from operator import itemgetter
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from server.core import config, database, privacy

T = TypeVar("T")


def _local(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(config.settings().zone)


Local = Annotated[datetime, _local]
"""A datetime in the city's zone; a plain ``datetime`` is in UTC."""
Masked = Annotated[str, privacy.mask]
"""A citizen's text, or one that may quote a citizen, as everybody may read it: personal numbers are masked."""
OfOfficials = Annotated[str, functools.partial(privacy.mask, kinds=privacy.OF_OFFICIALS)]
"""The same for an official's text: their own telephone number and email address stay."""


def columns(row_type: type, table: str, prefix: str = "", **expressions: str) -> str:
    """The select list of a row: each field without a default as a column of ``table``, or as its own expression.

    ``prefix`` is prepended to the column names, for a row nested in another one. An empty expression leaves a field
    out: the caller adds it to the row.
    """
    names = [f.name for f in fields(row_type) if f.name in expressions or _required(f)]
    found = []
    for name in names:
        column = expressions.get(name, f"{table}.{name}")
        if column and not prefix and column.rpartition(".")[2] == name and column.replace(".", "").isidentifier():
            found.append(column)
        elif column:
            found.append(f"{column} AS {prefix}{name}")
    return ", ".join(found)


def read(row_type: type[T], row: Mapping[str, Any], prefix: str = "") -> T:
    """A row as a dataclass. Fields with a default may be missing from it. Raises ``KeyError`` for any other."""
    take, conversions, optional = _plan(row_type, prefix)  # type: ignore[arg-type]  # a class is hashable
    values = list(take(row))
    for place, convert in conversions:
        values[place] = convert(values[place])
    if not optional:
        return row_type(*values)
    return row_type(*values, **{n: convert(row[prefix + n]) for n, convert in optional if prefix + n in row})


def read_all(row_type: type[T], found: Iterable[Mapping[str, Any]]) -> list[T]:
    """Rows as dataclasses."""
    return [read(row_type, row) for row in found]


async def select(row_type: type[T], sql: str, *values: object) -> list[T]:
    """The rows of a statement as dataclasses."""
    return read_all(row_type, await database.fetch(sql, *values))


async def select_one(row_type: type[T], sql: str, *values: object) -> T | None:
    """The first row of a statement as a dataclass; None without one."""
    row = await database.fetch_one(sql, *values)
    return read(row_type, row) if row else None


_Convert = Callable[[Any], Any]
_Take = Callable[[Mapping[str, Any]], Iterable[Any]]


@functools.cache
def _plan(row_type: type, prefix: str) -> tuple[_Take, Sequence[tuple[int, _Convert]], Sequence[tuple[str, _Convert]]]:
    """How a row is read: all its columns, then the converters of some of them by position."""
    hints = get_type_hints(row_type, include_extras=True)
    own = [f for f in fields(row_type) if f.init]
    required = [f.name for f in own if _required(f)]
    places = {place: _conversion(hints[name]) for place, name in enumerate(required)}
    conversions = tuple((place, convert) for place, convert in places.items() if convert is not None)
    optional = [(f.name, _conversion(hints[f.name]) or _as_it_is) for f in own if not _required(f)]
    names = [prefix + name for name in required]
    if len(names) > 1:
        return itemgetter(*names), conversions, optional
    return lambda row: [row[name] for name in names], conversions, optional


def _required(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _as_it_is(value: Any) -> Any:
    return value


def _conversion(hint: Any) -> _Convert | None:
    """The converter for a field's type; None if the value needs none."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        others = [part for part in parts if part is not NoneType]
        convert = _conversion(others[0]) if len(others) == 1 else None
        return None if convert is None else lambda value: None if value is None else convert(value)
    if origin is Annotated:
        return next(filter(callable, parts[1:]), None) or _conversion(parts[0])
    base = origin or hint
    if isinstance(base, type) and issubclass(base, Enum):
        return base
    return _CONVERSIONS.get(base)


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


_CONVERSIONS: dict[Any, _Convert] = {
    datetime: database.moment,
    date: _day,
    bool: bool,
    tuple: lambda value: () if value == "[]" else tuple(database.document(value) or ()),
    list: lambda value: database.document(value) or [],
    dict: lambda value: database.document(value) or {},
    abc.Mapping: lambda value: {} if value is None else database.document(value) or {},
}
