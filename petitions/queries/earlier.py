"""What the same person filed before: what an official must know to see that a petition is repeated (Act 23)."""

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
"""Cases that are looked through, the newest; and how many of them are shown, the likest first."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case that the same person filed before."""

    reference: str
    title: str
    kind: str
    status: State
    received_at: Local
    told_at: datetime | None
    """When its petitioner was first told a result."""

    def results_notified(self, moment: datetime) -> bool:
        """Whether a result was told by then."""
        return self.told_at is not None and self.told_at <= moment


_COLUMNS = columns(Earlier, "c", told_at="(SELECT MIN(a.created_at) FROM answer a WHERE a.case_id = c.id)")


async def of_same_petitioner(case_id: int, official: Official, numbers: Collection[str] = ()) -> list[Earlier]:
    """The cases before this one of the same mail address or phone that the official sees, the newest first.

    With ``numbers`` only those. One query.
    """
    limits = scope(official)
    if limits is None:
        return []
    named, values = "", list[object]()
    if numbers:
        named = f" AND c.reference IN ({database.marks(numbers)})"
        values += numbers
    rows = await database.fetch(
        # Not "this or that", for which PostgreSQL would read every petitioner there is.
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
    """Earlier cases of the same petitioner, those first whose titles share most words with this one's. One query."""
    words = title_words(case.title)
    found = await of_same_petitioner(case.id, official)
    return sorted(found, key=lambda other: -sum(word in other.title for word in words))[:SHOWN]
