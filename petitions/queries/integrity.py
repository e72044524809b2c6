"""Checks that the cases agree with their chains in the ledger."""

from collections.abc import AsyncIterator
from datetime import timedelta

from petitions.rights import CASE_SUBJECT
from petitions.states import LEADS_TO
from server.core import clock, database, ledger
from server.core.ledger_check import WALKED

CLOCKS_APART = timedelta(minutes=5)
"""The clocks of two servers may differ by this much."""


async def problems() -> AsyncIterator[str]:
    """A sentence for each case without a chain, and each whose state does not match its last event."""
    place = 0
    while rows := await database.fetch(
        "SELECT c.id, c.reference, c.status, c.received_at > ? AS early, "
        f"COALESCE({ledger.version_of(CASE_SUBJECT)}, 0) > 0 AS chained, "
        f"{ledger.last_of('kind', CASE_SUBJECT, database.marks(LEADS_TO))} AS last "
        f"FROM petition_case c WHERE c.id > ? ORDER BY c.id LIMIT {WALKED}",
        clock.now() + CLOCKS_APART,
        *LEADS_TO,
        place,
    ):
        for row in rows:
            if row["early"]:
                yield f"case/{row['reference']}: was received in the future"
            if not row["chained"]:
                yield f"case/{row['reference']}: no chain in the ledger"
            elif row["last"] and LEADS_TO[row["last"]] != row["status"]:
                yield f"case/{row['reference']}: is “{row['status']}”, but its last event is “{row['last']}”"
        place = rows[-1]["id"]
