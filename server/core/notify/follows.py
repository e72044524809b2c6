"""What an address follows, under names given by domains: news in the daily digest, and the link to unfollow."""

from collections.abc import Sequence

from server.core import clock, database
from server.core.config import Settings
from server.core.ledger import Entry
from server.core.signing import sign, unsign

_FOLLOWS = "follows"
MOST = 100
"""Maximum follows of one address."""


async def of(email: str) -> list[str]:
    """What an address follows, oldest first."""
    rows = await database.fetch("SELECT what FROM follow WHERE email = ? ORDER BY id", email) if email else []
    return [row["what"] for row in rows]


async def add(email: str, what: str, language: str) -> bool:
    """Follow something. Returns False if the address already has ``MOST`` follows."""
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
    """Stop following one thing, or everything."""
    one, values = (" AND what = ?", [what]) if what else ("", [])
    await database.execute(f"DELETE FROM follow WHERE email = ?{one}", email, *values)


async def between(first: str, last: str) -> list[str]:
    """All followed names from ``first`` up to, but not including, ``last``."""
    return await database.column("SELECT DISTINCT what FROM follow WHERE what >= ? AND what < ?", first, last)


async def tell(entry: Entry, names: Sequence[str]) -> None:
    """Add an event to the next digest of everybody who follows any of these."""
    if names:
        await database.execute(
            "INSERT INTO digest_item (event_id, email, subject, language, created_at) "
            f"SELECT ?, email, ?, MIN(language), ? FROM follow WHERE what IN ({', '.join('?' * len(names))}) "
            "GROUP BY email ON CONFLICT (event_id, email) DO NOTHING",
            entry.id, entry.subject, clock.now(), *names,
        )  # fmt: skip


async def token(settings: Settings, email: str) -> str:
    """A token that opens the list of an address's follows; empty if it has none. It does not expire."""
    first = await database.value("SELECT id FROM follow WHERE email = ? ORDER BY id LIMIT 1", email)
    return sign(settings, _FOLLOWS, first) if first else ""


async def read_token(settings: Settings, text: str) -> str:
    """The address that a token belongs to; empty if the token is forged or nothing is followed any more."""
    number = unsign(settings, _FOLLOWS, text)
    if not isinstance(number, int):
        return ""
    return await database.value("SELECT email FROM follow WHERE id = ?", number) or ""
