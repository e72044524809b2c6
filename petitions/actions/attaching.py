"""Files that reach a case after it was filed: each a fact in its ledger, as long as the city still owes something."""

from collections.abc import Sequence

from petitions.actions.change import PETITIONER
from petitions.actions.intake import StoredFile, attach
from petitions.errors import NotPossibleNow, Refused
from petitions.events import AttachmentAdded
from petitions.models import Attachment, Case
from petitions.rights import subject
from petitions.states import OPEN
from server.core import database, ledger
from server.core.errors import _

MOST = 100
"""Files of one case."""


async def add(reference: str, files: Sequence[StoredFile]) -> None:
    """Add the petitioner's files, which lie in the store already. Raises ``NotPossibleNow`` once the case has ended."""
    async with database.transaction():
        chain = await ledger.lock(subject(reference))
        case = await Case.get(reference=reference)
        if case.status not in OPEN:
            raise NotPossibleNow("attach", case.status)
        if await Attachment.filter(case_id=case.id).count() + len(files) > MOST:
            raise Refused(_("A case holds at most %(most)s files.", most=MOST), code="too_many_files")
        rows = await attach(case.id, files, by_official=False)
        await chain.append(PETITIONER, *(AttachmentAdded(row.id) for row in rows))
