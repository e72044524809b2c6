"""Statements that insert rows, as text with their values."""

from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass, replace

import orjson

MOST_VALUES = 32_000
"""Values in one statement: the databases accept at most 32,766."""


def marks(values: Sized) -> str:
    """The placeholders of an ``IN`` list; ``NULL``, which matches nothing, if there are no values."""
    return ", ".join("?" * len(values)) or "NULL"


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
        sql = f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES {', '.join([f'({each})'] * len(self.rows))}"
        return (
            sql
            + f" ON CONFLICT {self.conflict}" * bool(self.conflict)
            + f" RETURNING {self.returning}" * bool(self.returning)
        )

    def values(self) -> list[object]:
        return [orjson.dumps(v).decode() if isinstance(v, dict | list) else v for row in self.rows for v in row]

    def parts(self) -> Iterator["Insert"]:
        """The same in as few statements as possible."""
        size = MOST_VALUES // len(self.columns)
        for start in range(0, len(self.rows), size):
            yield replace(self, rows=self.rows[start : start + size])
