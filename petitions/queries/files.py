"""The files of cases."""

from collections.abc import Sequence

from server.core import database


async def referred(hashes: Sequence[str]) -> set[str]:
    """The stored contents, out of those given, that files of cases refer to."""
    rows = await database.fetch(f"SELECT hash FROM attachment WHERE hash IN ({database.marks(hashes)})", *hashes)
    return {row["hash"] for row in rows}
