"""The embedded engine: full-text search inside the database, updated in the same transaction as the data."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence

from server.core import database
from server.core.jobs import Task
from server.core.search import finding, lists, spelling
from server.core.search.port import Document, Found, Kind, Question
from server.core.search.related import Related
from server.core.search.tables import Tables

TABLES = Tables()
"""The tables in use."""
RELATED = Related()
"""The related words in use."""
FILL = "core.meilisearch"
"""The kind of the jobs that fill an engine beside the embedded one."""


class Embedded:
    """The engine that every installation has, and that answers when another one cannot."""

    name = "embedded"

    def __init__(self, kept: Tables = TABLES, related: Related | None = None) -> None:
        self.kept, self.related = kept, related

    async def put(self, documents: Sequence[Document], *, new: bool = False) -> None:
        """Index documents, replacing earlier ones; ``new`` if there are none."""
        await self.kept.put(documents, new=new)

    async def remove(self, kind: Kind, ids: Collection[int]) -> None:
        """Remove documents; those that are missing do not matter."""
        await self.kept.remove(kind, ids)

    async def search(self, question: Question) -> Found:
        """A page of what is found."""
        return await finding.search(self.kept, question, self.related)

    async def suggest(self, typed: str, limit: int = 8) -> list[str]:
        """What is being typed with its last word completed, by words that everybody may read."""
        return await spelling.complete(self.kept, typed, limit)

    async def newest(self, kind: Kind, q: str, *more: Kind, limit: int, before_id: int | None = None) -> list[int]:
        """The ids of the newest documents with all words of ``q``, for a list; ``more`` kinds are of the same table."""
        return await lists.newest(self.kept, (kind, *more), q, limit=limit, before_id=before_id)

    async def along(
        self, kind: Kind, q: str, *, limit: int, beyond: int | None = None, backward: bool = False
    ) -> list[int]:
        """On SQLite, the next of them beyond an id in either direction."""
        return await lists.along(self.kept, (kind,), q, limit=limit, beyond=beyond, backward=backward)

    async def is_common(self, q: str) -> bool:
        """Whether many documents contain each word, which :meth:`match_sql` wants to know."""
        return await lists.is_common(self.kept, q)

    def match_sql(self, kind: Kind, q: str, *, column: str = "c.id", common: bool = False) -> tuple[str, list[object]]:
        """A condition for the rows of a list that contain the words."""
        return lists.match_sql(self.kept, kind, database.dialect(), q, column=column, common=common)

    async def fill(self, task: Task) -> None:
        """Nothing: the index is filled with the data. Jobs of an engine that was switched off end here."""

    async def forget(self) -> str:
        """Make sure that what was removed is removed elsewhere, too; a sentence if that was not possible."""
        return ""

    async def problems(self) -> AsyncIterator[str]:
        """A sentence for each difference between another engine's index and this one."""
        none: Sequence[str] = ()
        for problem in none:
            yield problem

    async def rebuild(self, progress: Callable[[int], object]) -> int:  # noqa: ARG002 - nothing to tell
        """Build another engine's index anew out of this one; returns the number of documents."""
        return 0

    async def close(self) -> None:
        """End what runs for searches."""
