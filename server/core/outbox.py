"""The outbox as officials see it: what waits, what has failed for good, and trying that again."""

from dataclasses import dataclass
from datetime import datetime

from server.core import clock, database
from server.core.bell import bell
from server.core.rows import columns, select


@dataclass(frozen=True)
class Line:
    """A job as shown in a list."""

    id: int
    key: str
    kind: str
    attempts: int
    error: str
    created_at: datetime
    run_at: datetime


async def dead_letters(before: int, limit: int) -> list[Line]:
    """The dead letters with ids below ``before``, newest first."""
    return await _lines("dead = ? AND id < ? ORDER BY id DESC", limit, True, before)


async def waiting(limit: int) -> list[Line]:
    """The jobs that are due next."""
    return await _lines("dead = ? ORDER BY run_at, id", limit, False)


async def _lines(where: str, limit: int, *values: object) -> list[Line]:
    return await select(Line, f"SELECT {columns(Line, 'j')} FROM job j WHERE {where} LIMIT {limit}", *values)


async def counts(cap: int) -> dict[str, int]:
    """The numbers of ``dead`` and ``waiting`` jobs, each counted up to ``cap`` + 1."""
    row = await database.fetch_one(
        f"SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM job WHERE dead = ? LIMIT {cap + 1}) AS d) AS dead, "
        f"(SELECT COUNT(*) FROM (SELECT 1 FROM job WHERE dead = ? LIMIT {cap + 1}) AS w) AS waiting",
        True,
        False,
    )
    return dict(row or {})


async def key_of(job_id: int) -> str | None:
    """A job's key; None if the job no longer exists."""
    key: str | None = await database.value("SELECT key FROM job WHERE id = ?", job_id)
    return key


async def retry_dead(key: str = "") -> int:
    """Schedule a dead letter again, or all, with no attempts counted. Returns how many there were."""
    one, keys = (" AND key = ?", [key]) if key else ("", [])
    changed = await database.execute(
        f"UPDATE job SET dead = ?, attempts = 0, run_at = ? WHERE dead = ?{one}", False, clock.now(), True, *keys
    )
    bell.ring()
    return changed
