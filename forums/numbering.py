"""The numbers of forums, consecutive within each kind, and of submissions and commitments, which are random.

Numbers are public and permanent: an imported forum keeps its number.
"""

import re

from server.core import database, references

SAFE = re.compile(r"[0-9A-Z]+(-[0-9A-Z]+)*")
"""A submission's number, including imported ones: it is part of addresses and of ledger subjects."""


async def next_number(series: str) -> int:
    """The next number of a series, never given twice. Locks the series until the surrounding transaction ends."""
    row = await database.fetch_one(
        "INSERT INTO forum_numbering (series, given) VALUES (?, 1) "
        "ON CONFLICT (series) DO UPDATE SET given = forum_numbering.given + 1 RETURNING given",
        series,
    )
    assert row is not None  # noqa: S101 — it was written just now
    return int(row["given"])


async def keep_number(series: str, number: int) -> None:
    """Record a number that was given elsewhere, so that the series continues after it."""
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
    """A submission's number, such as ``V-K7Q-M9X-RW4``; the prefix distinguishes it from a case number."""
    return f"V-{references.new_reference()}"


def new_commitment_number() -> str:
    """A commitment's number, such as ``C-K7Q-M9X-RW4``."""
    return f"C-{references.new_reference()}"
