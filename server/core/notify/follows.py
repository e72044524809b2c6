"""What an address follows, by names that domains give: a mail once a day, and the link by which it is ended."""

from collections.abc import Sequence

from server.core import clock, database
from server.core.config import Settings
from server.core.ledger import Entry
from server.core.security import sign, unsign

_FOLLOWS = "follows"
MOST = 100
"""Things that one address follows."""


async def of(email: str) -> list[str]:
    """What an address follows, oldest first."""
    rows = await database.fetch("SELECT what FROM follow WHERE email = ? ORDER BY id", email) if email else []
    return [row["what"] for row in rows]


async def add(email: str, what: str, language: str) -> bool:
    """Follow one thing more; whether that was possible: an address follows ``MOST`` things."""
    count = await database.fetch_one("SELECT COUNT(*) AS n FROM follow WHERE email = ?", email)
    if count and count["n"] >= MOST:
        return False
    await database.execute(
        "INSERT INTO follow (email, what, language, created_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (email, what) DO UPDATE SET language = excluded.language",
        email, what, language, clock.now(),
    )  # fmt: skip
    return True


async def end(email: str, what: str = "") -> None:
    """Follow one thing no more, or nothing."""
    one, values = (" AND what = ?", [what]) if what else ("", [])
    await database.execute(f"DELETE FROM follow WHERE email = ?{one}", email, *values)


async def between(first: str, last: str) -> list[str]:
    """Everything that anybody follows whose name lies from ``first`` to before ``last``."""
    rows = await database.fetch("SELECT DISTINCT what FROM follow WHERE what >= ? AND what < ?", first, last)
    return [row["what"] for row in rows]


async def tell(entry: Entry, names: Sequence[str]) -> None:
    """Let an event wait for the next digest of everybody who follows one of these."""
    if names:
        await database.execute(
            "INSERT INTO digest_item (event_id, email, subject, language, created_at) "
            f"SELECT ?, email, ?, MIN(language), ? FROM follow WHERE what IN ({', '.join('?' * len(names))}) "
            "GROUP BY email ON CONFLICT (event_id, email) DO NOTHING",
            entry.id, entry.subject, clock.now(), *names,
        )  # fmt: skip


async def token(settings: Settings, email: str) -> str:
    """What opens the list of all that an address follows; empty for nothing. It does not run out."""
    row = await database.fetch_one("SELECT id FROM follow WHERE email = ? ORDER BY id LIMIT 1", email)
    return sign(settings, _FOLLOWS, row["id"]) if row else ""


async def read_token(settings: Settings, text: str) -> str:
    """The address whose follows it opens; empty where it is forged or nothing is followed any more."""
    number = unsign(settings, _FOLLOWS, text)
    if not isinstance(number, int):
        return ""
    row = await database.fetch_one("SELECT email FROM follow WHERE id = ?", number)
    return str(row["email"]) if row else ""
