"""The numbers of forums, which go up by one within each kind, and of what is said in them, which are random.

Numbers are public and stay: a forum that was imported keeps the one it had.
"""

import re

from server.core import database, references

SAFE = re.compile(r"[0-9A-Z]+(-[0-9A-Z]+)*")
"""A submission's number, also one that was given elsewhere: it stands in addresses and in the ledger's names."""


async def next_number(series: str) -> int:
    """The next number of a series, never given twice; inside a transaction the series waits until it ends."""
    row = await database.fetch_one(
        "INSERT INTO forum_numbering (series, given) VALUES (?, 1) "
        "ON CONFLICT (series) DO UPDATE SET given = forum_numbering.given + 1 RETURNING given",
        series,
    )
    assert row is not None  # noqa: S101 — it was written just now
    return int(row["given"])


async def keep_number(series: str, number: int) -> None:
    """Remember that a number was given elsewhere, so that the series goes on behind it."""
    await database.execute(
        "INSERT INTO forum_numbering (series, given) VALUES (?, ?) ON CONFLICT (series) DO UPDATE "
        "SET given = excluded.given WHERE forum_numbering.given < excluded.given",
        series,
        number,
    )


def slug_of(kind: str, number: int) -> str:
    """A forum's name in addresses and in the ledger, such as ``listening-64``."""
    return f"{kind.replace('_', '-')}-{number}"


def new_submission_number() -> str:
    """A submission's number, such as ``V-K7Q-M9X-RW4``, which nobody takes for a petition's."""
    return f"V-{references.new_reference()}"


def new_commitment_number() -> str:
    """A commitment's number, such as ``C-K7Q-M9X-RW4``."""
    return f"C-{references.new_reference()}"
