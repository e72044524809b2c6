"""Whether the cases agree with their chains in the ledger."""

from collections.abc import AsyncIterator

from petitions.states import State
from server.core import database

_LEADS_TO = {
    "case.received": State.RECEIVED,
    "case.accepted": State.ACCEPTED,
    "case.assigned": State.ASSIGNED,
    "case.started": State.IN_PROGRESS,
    "case.transferred": State.ACCEPTED,
    "case.transferred_out": State.TRANSFERRED_OUT,
    "case.supplement_requested": State.SUPPLEMENT_REQUESTED,
    "case.supplement_received": State.IN_PROGRESS,
    "case.returned": State.RETURNED,
    "case.answered": State.ANSWERED,
    "case.closed": State.CLOSED,
    "case.reopened": State.REOPENED,
    "case.withdrawn": State.WITHDRAWN,
}
"""The facts that move a case, and where to."""


async def problems() -> AsyncIterator[str]:
    """A sentence for each case without a chain, and each whose state is not what its last fact says."""
    for row in await database.fetch(
        "SELECT reference FROM petition_case c WHERE NOT EXISTS "
        "(SELECT 1 FROM ledger_head h WHERE h.subject = 'case/' || c.reference)"
    ):
        yield f"case/{row['reference']}: no chain in the ledger"
    marks = ", ".join("?" * len(_LEADS_TO))
    for row in await database.fetch(
        "SELECT c.reference, c.status, e.kind FROM petition_case c JOIN ledger_event e "
        "ON e.subject = 'case/' || c.reference AND e.sequence = (SELECT MAX(l.sequence) FROM ledger_event l "
        f"WHERE l.subject = 'case/' || c.reference AND l.kind IN ({marks}))",
        *_LEADS_TO,
    ):
        if _LEADS_TO[row["kind"]] != row["status"]:
            yield f"case/{row['reference']}: is “{row['status']}”, but its last fact is “{row['kind']}”"
