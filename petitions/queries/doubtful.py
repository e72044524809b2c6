"""Cases that routing was not sure of: they are accepted one by one, never in bulk."""

from collections.abc import Collection

from server.core import database
from server.core.errors import _

DOUBTFUL = _("It is not sure where this case belongs: please open it and choose a department.")


async def doubtful(references: Collection[str]) -> set[str]:
    """Which of these cases no department has yet, because it is not sure where they belong."""
    return set(
        await database.column(
            "SELECT reference FROM petition_case WHERE reference IN (?) AND department_id IS NULL", list(references)
        )
    )
