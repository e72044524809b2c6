"""The checks of ``sinmungo check``: the schema against the models, every chain of the ledger, cases against their
chains, values that no page can show, and the search index, which it repairs.
"""

from collections.abc import AsyncIterator

from petitions.queries import integrity
from server import wiring
from server.core import database, ledger_check, rows_check, schema_check, search
from server.core.config import Settings


async def problems(settings: Settings) -> AsyncIterator[str]:
    """A sentence for each problem found."""
    if pending := await database.pending(settings, wiring.APPS):
        yield f"database: {pending} migrations are not applied; run `sinmungo migrate`"
        return
    differs = False
    async for problem in schema_check.problems():
        differs = True
        yield problem
    if differs:  # the other checks ask for what is missing
        return
    async for problem in ledger_check.verify():
        yield problem
    async for problem in rows_check.problems():
        yield problem
    async for problem in integrity.problems():
        yield problem
    async for problem in search.problems(wiring.SEARCHED):
        yield problem
