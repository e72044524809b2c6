"""Earlier petitions of the same person, which an official needs to recognise a repeated petition (Act 23)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from petitions.queries.cases import CaseView
from petitions.queries.desk import title_words
from petitions.queries.scope import scope
from petitions.states import State
from server.core import database
from server.core.accounts import Official
from server.core.rows import Local, columns, read_all

READ, SHOWN = 100, 10
"""The most recent cases that are compared, and how many of them are shown, the most similar first."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier case of the same person."""

    reference: str
    title: str
    kind: str
    status: State
    received_at: Local
    notified_at: datetime | None
    """When its petitioner was first notified of a result."""

    def results_notified(self, moment: datetime) -> bool:
        """Whether a result had been notified by then."""
        return self.notified_at is not None and self.notified_at <= moment


_COLUMNS = columns(Earlier, "c", notified_at="(SELECT MIN(a.created_at) FROM answer a WHERE a.case_id = c.id)")


async def of_same_petitioner(case_id: int, official: Official, numbers: Collection[str] = ()) -> list[Earlier]:
    """Earlier cases with the same email address or phone that the official may see, newest first.

    With ``numbers``, only those. One query.
    """
    limits = scope(official)
    if limits is None:
        return []
    named, values = "", list[object]()
    if numbers:
        named = f" AND c.reference IN ({database.marks(numbers)})"
        values += numbers
    rows = await database.fetch(
        # No OR: PostgreSQL would scan all petitioners.
        f"SELECT {_COLUMNS} FROM petition_case c "
        "WHERE c.id IN (SELECT o.case_id FROM petitioner p JOIN petitioner o ON o.email = p.email "
        "WHERE p.case_id = ? AND p.email <> '' UNION SELECT o.case_id FROM petitioner p JOIN petitioner o "
        "ON o.phone = p.phone WHERE p.case_id = ? AND p.phone <> '') AND c.id < ?"
        + named
        + (f" AND {limits.sql}" if limits.sql else "")
        + f" ORDER BY c.id DESC LIMIT {READ}",
        case_id,
        case_id,
        case_id,
        *values,
        *limits.values,
    )
    return read_all(Earlier, rows)


async def proposed(case: CaseView, official: Official) -> list[Earlier]:
    """Earlier cases of the same petitioner, ordered by how many title words they share with this one. One query."""
    words = title_words(case.title)
    found = await of_same_petitioner(case.id, official)
    return sorted(found, key=lambda other: -sum(word in other.title for word in words))[:SHOWN]
