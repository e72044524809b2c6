"""Scheduled transitions of forums: discussions and broadcasts start and close, supported discussions open.

Each is an action in its own transaction, so one failure does not block the others.
"""

import contextlib

from forums.actions import planning, proposing
from forums.actions.change import SYSTEM
from forums.errors import EndIsPast
from forums.kinds import TIMED
from forums.states import ForumState
from server.core import clock, config, database
from server.core.errors import NotPossibleNow

BATCH = 500


async def by_time() -> None:
    """Close forums that have ended, start those that begin, and open discussions with enough support."""
    for kind in TIMED:
        for slug in await _reached(kind, ForumState.RUNNING, "ends_at"):
            await _close(slug)
        for slug in await _reached(kind, ForumState.PUBLISHED, "starts_at"):
            try:
                await planning.start(SYSTEM, slug)
            except EndIsPast:  # announced after its end, as the video of a broadcast may be
                await _close(slug)
            except NotPossibleNow:
                continue
    for slug in await _supported():
        await proposing.open_supported(slug)


async def _close(slug: str) -> None:
    with contextlib.suppress(NotPossibleNow):  # another action was faster
        await planning.close(SYSTEM, slug)


async def _reached(kind: str, status: ForumState, column: str) -> list[str]:
    return await database.column(
        f"SELECT slug FROM forum WHERE kind = ? AND status = ? AND {column} <= ? ORDER BY starts_at, id LIMIT {BATCH}",
        kind,
        status.value,
        clock.now(),
    )


async def _supported() -> list[str]:
    """Supported discussions that are not open yet, because the job after the last support did not open them."""
    return await database.column(
        f"SELECT slug FROM forum WHERE kind = ? AND status = ? AND supports >= ? ORDER BY starts_at, id LIMIT {BATCH}",
        "discussion",
        ForumState.PROPOSED.value,
        config.settings().forum_supports,
    )
