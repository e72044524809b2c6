"""The checks of ``sinmungo check``: the schema, every chain of the ledger, and cases against their chains."""

from collections.abc import AsyncIterator

from tortoise.migrations.executor import MigrationExecutor

from petitions.queries import integrity
from server import wiring
from server.core import database, ledger_check
from server.core.config import Settings


async def problems(settings: Settings) -> AsyncIterator[str]:
    """A sentence for each problem found."""
    apps = database.config(settings, wiring.APPS)["apps"]
    plan = await MigrationExecutor(database.connection(), apps).plan(None)
    if plan:
        yield f"database: {len(plan)} migrations are not applied; run `sinmungo migrate`"
        return
    async for problem in ledger_check.verify():
        yield problem
    async for problem in integrity.problems():
        yield problem
