"""The files of cases."""

from collections.abc import Sequence

from server.core import database


async def referred(hashes: Sequence[str]) -> set[str]:
    """Those of some contents of the store that our files refer to."""
    rows = await database.fetch(f"SELECT hash FROM attachment WHERE hash IN ({database.marks(hashes)})", *hashes)
    return {row["hash"] for row in rows}
