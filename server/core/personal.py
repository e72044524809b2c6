"""Whose rows are whose: what the tables hold about a person, to be exported, erased, or deleted with age.

Each room declares, beside its tables, the ways from a person to its rows (:class:`Way`) and what erasing leaves of them
(:class:`Held`). Rows that statistics count and that the ledger names stay, without what was said in them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.core import database

BLANK = "'—'"
"""What stands in place of a text or name that was erased, where pages show one. An SQL literal."""
DELETED = "DELETE"
MOST_KEYS = 500
"""Keys in one statement."""

Keys = Mapping[str, Collection[Any]]
"""Keys by the name of what they are keys of: ``email``, ``case``, ``participant``, …"""


@dataclass(frozen=True)
class Way:
    """``sql`` selects keys of ``to``; its lists, in order, are the keys that are known of each in ``by``."""

    to: str
    by: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Held:
    """The rows of a table whose ``column`` holds a key of ``of``."""

    table: str
    of: str
    column: str
    erase: str = DELETED
    """What an UPDATE sets to erase what they say; empty if they say nothing of anybody, but belong to an export."""
    files: str = ""
    """The column with the hash of a stored file."""
    secret: tuple[str, ...] = ()
    """Columns with fingerprints, of use to nobody but the program."""


@dataclass(frozen=True)
class Personal:
    """What one room holds about people."""

    ways: Sequence[Way] = ()
    held: Sequence[Held] = ()


@dataclass
class Erased:
    """What was erased, or would be: rows by table, and the contents of files that were theirs."""

    rows: dict[str, int] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


async def follow(rooms: Sequence[Personal], known: Keys) -> dict[str, list[Any]]:
    """All keys that the rooms' ways lead to. A way is followed once, after those that lead to what it starts from."""
    found = {name: list(keys) for name, keys in known.items()}
    for room in rooms:
        for way in room.ways:
            lists = [found.get(name, []) for name in way.by]
            if any(lists):
                keys = await database.column(way.sql, *lists)
                found[way.to] = sorted({*found.get(way.to, []), *keys})
    return found


async def rows(rooms: Sequence[Personal], keys: Keys) -> dict[str, list[dict[str, Any]]]:
    """Everything about the owner of these keys, by table, without fingerprints."""
    found: dict[str, list[dict[str, Any]]] = {}
    for held, part in _parts(rooms, keys):
        for row in await database.fetch(f"SELECT * FROM {held.table} WHERE {held.column} IN (?)", part):
            shown = {name: value for name, value in dict(row).items() if name not in held.secret}
            if shown not in found.setdefault(held.table, []):
                found[held.table].append(shown)
    return {table: each for table, each in found.items() if each}


async def erase(rooms: Sequence[Personal], keys: Keys, *, dry_run: bool = False) -> Erased:
    """Erase what belongs to these keys, in the surrounding transaction; ``dry_run`` only counts."""
    found = Erased()
    for held, part in _parts(rooms, keys):
        if not held.erase:
            continue
        where = f"FROM {held.table} WHERE {held.column} IN (?)"
        if held.files:
            found.files |= set(await database.column(f"SELECT {held.files} {where}", part))
        count = int(await database.value(f"SELECT COUNT(*) {where}", part))
        if count and not dry_run:
            if held.erase == DELETED:
                await database.execute(f"DELETE {where}", part)
            else:
                await database.execute(f"UPDATE {held.table} SET {held.erase} WHERE {held.column} IN (?)", part)
        if count:
            found.rows[held.table] = found.rows.get(held.table, 0) + count
    return found


def _parts(rooms: Sequence[Personal], keys: Keys) -> Iterator[tuple[Held, list[Any]]]:
    """Each declaration with its keys, so many at a time."""
    for room in rooms:
        for held in room.held:
            owned = list(keys.get(held.of, ()))
            for start in range(0, len(owned), MOST_KEYS):
                yield held, owned[start : start + MOST_KEYS]
