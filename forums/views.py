"""Page views of forums: counted in this process and written to the database together every few seconds.

A page that thousands open at once must not cause a write for each of them. A process writes its counts when it ends;
if it is killed, unwritten counts are lost.
"""

import asyncio
import logging

from server.core import database

EVERY = 5.0
"""Seconds between two writes."""

_counted: dict[int, int] = {}
log = logging.getLogger("sinmungo.views")


def seen(forum_id: int) -> None:
    """Count one view."""
    _counted[forum_id] = _counted.get(forum_id, 0) + 1


def waiting(forum_id: int) -> int:
    """The views of a forum that this process has not written yet."""
    return _counted.get(forum_id, 0)


async def write() -> None:
    """Write the counts in the order of ids, so that two processes cannot deadlock."""
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
            except Exception:  # kept in memory for the next attempt
                log.exception("views of forums could not be written down yet")
    finally:
        await write()
