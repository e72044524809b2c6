"""The result of filing, read back from the ledger: a repeated request gets the first response.

It does not change with what has happened to the case since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from petitions.events import CaseReceived, CaseRouted, GuideAppointed
from petitions.rights import subject
from petitions.routing import reason
from server.core import database, ledger
from server.core.errors import Text
from server.core.roles import Card, card

FIRST = 3
"""Events of a filing: received, routed, guide appointed."""


@dataclass(frozen=True)
class Receipt:
    """A case as it was filed."""

    reference: str
    kind: str
    service_code: str
    department_id: int | None
    guide: Card | None
    due_at: datetime | None
    routing: Mapping[str, Any]

    @property
    def guide_because(self) -> Text:
        """Why the guide is nobody of the department, or why there is none."""
        return reason(self.routing.get("guide"))


async def receipt(reference_text: str) -> Receipt:
    """The first response to filing this case. Three small queries."""
    entries = await ledger.read(subject(reference_text), limit=FIRST)
    # Events recorded later by others are not part of the filing, however early they are in the chain.
    by_kind = {entry.kind: entry.data for entry in entries if entry.actor == entries[0].actor}
    (row,) = await database.fetch(
        "SELECT kind, service_code, routing FROM petition_case WHERE reference = ?", reference_text
    )
    due = by_kind[CaseReceived.kind]["due_at"]
    return Receipt(
        reference_text,
        row["kind"],
        row["service_code"],
        by_kind[CaseRouted.kind]["department"],
        await card(by_kind.get(GuideAppointed.kind, {}).get("guide")),
        datetime.fromisoformat(due) if due else None,
        database.document(row["routing"]),
    )
