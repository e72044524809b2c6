"""Checks that the cases agree with their chains in the ledger."""

from collections.abc import AsyncIterator

from petitions.rights import CASE_SUBJECT
from petitions.states import State
from server.core import database, ledger
from server.core.ledger_check import WALKED

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
    "case.objection_upheld": State.REOPENED,
    "case.withdrawn": State.WITHDRAWN,
    "case.deemed_withdrawn": State.WITHDRAWN,
    "case.closed_as_repeated": State.CLOSED,
}
"""The events that change a case's state, and the state that follows."""


async def problems() -> AsyncIterator[str]:
    """A sentence for each case without a chain, and each whose state does not match its last event."""
    place = 0
    while rows := await database.fetch(
        "SELECT c.id, c.reference, c.status, "
        f"COALESCE({ledger.version_of(CASE_SUBJECT)}, 0) > 0 AS chained, "
        f"{ledger.last_of('kind', CASE_SUBJECT, database.marks(_LEADS_TO))} AS last "
        f"FROM petition_case c WHERE c.id > ? ORDER BY c.id LIMIT {WALKED}",
        *_LEADS_TO,
        place,
    ):
        for row in rows:
            if not row["chained"]:
                yield f"case/{row['reference']}: no chain in the ledger"
            elif row["last"] and _LEADS_TO[row["last"]] != row["status"]:
                yield f"case/{row['reference']}: is “{row['status']}”, but its last event is “{row['last']}”"
        place = rows[-1]["id"]
