"""How often a forum's page was opened: counted in this process and written down together, every few seconds.

A page that thousands open at once must not write for each of them. What a process has counted and not yet written is
lost when it is killed; when it ends it writes.
"""

import asyncio
import logging

from server.core import database

EVERY = 5.0
"""Seconds between two writings."""

_counted: dict[int, int] = {}
log = logging.getLogger("sinmungo.views")


def seen(forum_id: int) -> None:
    """Count one look."""
    _counted[forum_id] = _counted.get(forum_id, 0) + 1


def waiting(forum_id: int) -> int:
    """How many looks at a forum this process has counted and not written down yet."""
    return _counted.get(forum_id, 0)


async def write() -> None:
    """Write down what was counted, always in the same order, so that two processes never wait for each other."""
    counted = dict(sorted(_counted.items()))
    if not counted:
        return
    async with database.transaction():
        for forum_id, times in counted.items():
            await database.execute("UPDATE forum SET views = views + ? WHERE id = ?", times, forum_id)
    for forum_id, times in counted.items():
        _counted[forum_id] -= times
        if not _counted[forum_id]:
            del _counted[forum_id]


async def keep_writing() -> None:
    """Write every few seconds until cancelled, and then once more."""
    try:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await write()
            except (database.OperationalError, OSError):  # what was counted waits for the next time
                log.warning("views of forums could not be written down yet", exc_info=True)
    finally:
        await write()
