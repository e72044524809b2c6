"""Statements as text with their values: placeholders of either database, and rows to be inserted."""

import functools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from itertools import count

import orjson

MOST_VALUES = 32_000
"""Values in one statement: the databases accept at most 32,766."""
MANY = 20
"""Rows from which PostgreSQL gets an array for each column: the statement is shorter, and the same for each number."""
_placeholder = re.compile(r"\?")
_cast = re.compile(r"\?(?:::(\w+))?")


def marks(values: Sized) -> str:
    """The placeholders of an ``IN`` list; ``NULL``, which matches nothing, if there are no values."""
    return ", ".join("?" * len(values)) or "NULL"


@functools.lru_cache(maxsize=2_000)
def native(sql: str, dialect: str) -> str:
    """A statement with the placeholders of a database."""
    if dialect == "sqlite":
        return sql
    number = count(1)
    return _placeholder.sub(lambda _match: f"${next(number)}", sql)


def spread(sql: str, values: Sequence[object]) -> tuple[str, list[object]]:
    """A statement and its values; a collection among these takes a placeholder for each element."""
    groups = [
        tuple(each) if isinstance(each, Collection) and not isinstance(each, str | bytes) else each for each in values
    ]
    if not any(isinstance(each, tuple) for each in groups):
        return sql, groups
    left = iter(groups)
    sql = _placeholder.sub(lambda _match: marks(each) if isinstance(each := next(left), tuple) else "?", sql)
    return sql, [one for each in groups for one in (each if isinstance(each, tuple) else (each,))]


@dataclass(frozen=True)
class Insert:
    """Rows of raw columns for a table; lists and mappings become JSON."""

    table: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    conflict: str = ""
    """What stands behind ON CONFLICT."""
    returning: str = ""
    each: str = ""
    """The values of a row as SQL, where a placeholder for each is not enough."""

    def sql(self) -> str:
        each = self.each or marks(self.columns)
        return self._into(f"VALUES {', '.join([f'({each})'] * len(self.rows))}")

    def values(self) -> list[object]:
        return [_raw(value) for row in self.rows for value in row]

    def arrays(self, types: Mapping[str, str]) -> tuple[str, list[object]]:
        """The same for PostgreSQL with one array for each column, whose types these are."""
        names = self.columns[-len(self.rows[0]) :]  # where ``each`` computes some, they are the first ones
        left, given = iter(names), []

        def value(found: re.Match[str]) -> str:
            name = next(left)
            given.append(f"?::{found[1] or types[name]}[]")
            return f"given.{name}"

        each = _cast.sub(value, self.each or marks(self.columns))
        sql = self._into(f"SELECT {each} FROM unnest({', '.join(given)}) AS given({', '.join(names)})")
        return sql, [[_raw(value) for value in column] for column in zip(*self.rows, strict=True)]

    def _into(self, those: str) -> str:
        return (
            f"INSERT INTO {self.table} ({', '.join(self.columns)}) {those}"
            + f" ON CONFLICT {self.conflict}" * bool(self.conflict)
            + f" RETURNING {self.returning}" * bool(self.returning)
        )

    def parts(self) -> Iterator["Insert"]:
        """The same in as few statements as possible."""
        size = MOST_VALUES // len(self.columns)
        for start in range(0, len(self.rows), size):
            yield replace(self, rows=self.rows[start : start + size])


def _raw(value: object) -> object:
    """A value as the drivers take it."""
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value
