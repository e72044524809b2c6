"""Files added to a case after filing: on their own, or with an answer, a message, a note or a supplement.

Each is named by an event in the case's ledger: its own, or that of the text it came with.
"""

from collections.abc import Sequence

from petitions.actions.change import PETITIONER, Change
from petitions.actions.intake import attach
from petitions.errors import NotPossibleNow, Refused
from petitions.events import AttachmentAdded
from petitions.models import Attachment, Case
from petitions.rights import subject
from petitions.states import OPEN
from server.core import database, ledger
from server.core.errors import _
from server.core.files import StoredFile

MOST = 100
"""The most files of one case."""


async def add(reference: str, files: Sequence[StoredFile]) -> None:
    """Add the petitioner's files, already in the store. Raises ``NotPossibleNow`` once the case has ended."""
    async with database.transaction():
        chain = await ledger.lock(subject(reference))
        case = await Case.get(reference=reference)
        if case.status not in OPEN:
            raise NotPossibleNow("attach", case.status)
        await _check_room(case.id, files)
        rows = await attach(case.id, files, by_official=False)
        await chain.append(PETITIONER, *(AttachmentAdded(row.id) for row in rows))


async def keep(
    change: Change,
    files: Sequence[StoredFile],
    *,
    answer_id: int | None = None,
    statement_id: int | None = None,
    internal: bool = False,
) -> tuple[int, ...]:
    """Attach the files of an answer or a statement; returns the ids by which its event names them.

    ``internal`` files are for officials only, all others for the parties, never for the public. Raises ``Refused``
    where the case would hold more than :data:`MOST`.
    """
    if not files:
        return ()
    await _check_room(change.case.id, files)
    by_official = change.actor != PETITIONER
    rows = await attach(
        change.case.id,
        files,
        by_official=by_official,
        answer_id=answer_id,
        statement_id=statement_id,
        internal=internal,
    )
    return tuple(row.id for row in rows)


async def _check_room(case_id: int, files: Sequence[StoredFile]) -> None:
    if await Attachment.filter(case_id=case_id).count() + len(files) > MOST:
        raise Refused(_("A case can hold at most %(most)s files.", most=MOST), code="too_many_files")
