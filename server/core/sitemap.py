"""The public pages of a table, by row id, for the sitemap: each domain declares its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core import database
from server.core.rows import select


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A page that everybody can read."""

    path: str
    changed: datetime | None
    """When its content changed last, if that is known."""


@dataclass(frozen=True)
class PublicPages:
    """A table of which some rows have a public page. All but ``shown_values`` are SQL."""

    table: str
    path: str
    changed: str
    shown: str
    """Which rows are public."""
    shown_values: Sequence[Any] = ()

    async def newest_id(self) -> int:
        """The highest row id, public or not; 0 for none."""
        return int(await database.value(f"SELECT MAX(id) FROM {self.table}") or 0)

    async def between(self, after: int, until: int) -> Sequence[PublicPage]:
        """The public pages with ids after the first number, up to the second. One query, along the primary key."""
        return await select(
            PublicPage,
            f"SELECT {self.path} AS path, {self.changed} AS changed FROM "
            f"(SELECT * FROM {self.table} WHERE id > ? AND id <= ? ORDER BY id LIMIT ?) AS range WHERE {self.shown}",
            after,
            until,
            until - after,
            *self.shown_values,
        )
