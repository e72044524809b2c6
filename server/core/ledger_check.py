"""Integrity check of the ledger's chains."""

from collections.abc import AsyncIterator
from typing import Any

from server.core import database
from server.core.ledger import COLUMNS, GENESIS, chain_hash

WALKED = 1000
"""Rows that :func:`verify` holds in memory at once."""


async def verify() -> AsyncIterator[str]:
    """Check every chain, :data:`WALKED` rows at a time; yields a sentence for each row or head that was altered."""
    subject, length, previous, head = "", 0, GENESIS, (0, GENESIS)
    async for row in _rows():
        if row["subject"] != subject:
            if (length, previous) != head:
                yield _wrong_end(subject, length)
            subject, length, previous = row["subject"], 0, GENESIS
        if row["sequence"] != length + 1 or row["previous_hash"] != previous:
            yield f"{subject}: event {row['sequence']} (id {row['id']}) does not follow the one before it"
        elif row["hash"] != _hash_of(row):
            yield f"{subject}: event {row['sequence']} (id {row['id']}) was changed"
        length, previous, head = row["sequence"], row["hash"], (row["head_length"], row["head_hash"])
    if (length, previous) != head:
        yield _wrong_end(subject, length)
    async for lonely in _lonely():
        yield f"{lonely}: the head has no events"


async def _rows() -> AsyncIterator[Any]:
    """Every row with its chain's head, ordered by subject and sequence, from one snapshot."""
    columns = ", ".join(f"e.{name}" for name in (*COLUMNS.split(", "), "previous_hash", "hash"))
    place: tuple[str, int, int] = ("", 0, 0)
    while rows := await database.fetch(
        f"SELECT {columns}, h.length AS head_length, h.hash AS head_hash "
        "FROM ledger_event e LEFT JOIN ledger_head h ON h.subject = e.subject "
        f"WHERE (e.subject, e.sequence, e.id) > (?, ?, ?) ORDER BY e.subject, e.sequence, e.id LIMIT {WALKED}",
        *place,
    ):
        for row in rows:
            yield row
        place = (rows[-1]["subject"], rows[-1]["sequence"], rows[-1]["id"])


async def _lonely() -> AsyncIterator[str]:
    """Heads with missing events. A head of length 0 is fine: its chain was opened and nothing was written."""
    place = ""
    while rows := await database.fetch(
        "SELECT subject, EXISTS (SELECT 1 FROM ledger_event e WHERE e.subject = h.subject) AS has_events "
        "FROM ledger_head h WHERE subject > ? AND (length > 0 OR hash <> ?) "
        f"ORDER BY subject LIMIT {WALKED}",
        place,
        GENESIS,
    ):
        for row in rows:
            if not row["has_events"]:
                yield row["subject"]
        place = rows[-1]["subject"]


def _hash_of(row: Any) -> str:
    return chain_hash(
        row["subject"], row["sequence"], row["kind"], row["data"], row["audience"], row["actor"],
        database.moment(row["occurred_at"]), row["previous_hash"],
    )  # fmt: skip


def _wrong_end(subject: str, length: int) -> str:
    return f"{subject}: the chain does not end as its head says (after {length} events)"
