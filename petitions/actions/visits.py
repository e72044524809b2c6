"""What happened to a visit for a case, written into the case's history; visits report it through the wiring."""

from dataclasses import replace

from petitions.events import VisitNoted
from petitions.models import Case, Statement
from petitions.rights import subject
from server.core import clock, config, database, idempotency, ledger


async def note(reference: str, event: int, noted: VisitNoted, *, text: str = "") -> None:
    """Write it once for each ``event`` of visits, named by its id. Does nothing if there is no such case."""

    async def write() -> None:
        case = await Case.get_or_none(reference=reference)
        if case is None:
            return
        async with database.transaction():
            chain = await ledger.lock(subject(reference))
            said = await Statement.create(case_id=case.id, text=text, created_at=clock.now()) if text else None
            await chain.append("system", replace(noted, text=said.id if said else None))

    await idempotency.once(config.settings().secret_key, "case-visits", str(event), noted.what, write)
