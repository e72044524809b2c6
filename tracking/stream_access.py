"""Whether open streams may stay open: sessions end, officials change departments, access keys are changed.

Checked at every heartbeat, once per reader and case however many streams they have, a few hundred at a time, so that
five thousand streams cost a few dozen small reads and do not delay requests.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from petitions.queries import following
from petitions.queries.cases import AUDIENCES, Credentials, Level
from server.core import auth
from server.core.ledger import Audience
from server.core.stream.listener import StreamAccess

AT_ONCE = 250
"""Readers or cases in one statement."""
BREATH = 0.02
"""Seconds between two statements, to let other queries run."""

Found = TypeVar("Found")


@dataclass(slots=True, eq=False, kw_only=True)
class CaseDoor(StreamAccess):
    """The stream access of one case: the credentials it was opened with and the access they gave."""

    key: str
    number: str
    audiences: Collection[Audience]


async def revoked(stream_access: Sequence[StreamAccess]) -> list[StreamAccess]:
    """Streams whose audience has changed since they opened, whether they may now show less, more or something else."""
    readers = await _all(auth.readers, {access.token_hash for access in stream_access if access.token_hash})
    cases = await _all(
        following.case_access, {access.number for access in stream_access if isinstance(access, CaseDoor)}
    )
    found = []
    for count, access in enumerate(stream_access, 1):
        who = readers.get(access.token_hash, auth.NOBODY)
        if isinstance(access, CaseDoor):
            keeper = cases.get(access.number)
            seen = Credentials(who.official, who.cases, who.email, access.key)
            still = AUDIENCES[keeper.level(seen) if keeper else Level.NONE] == access.audiences
        else:
            still = who.official == access.official
        if not still:
            found.append(access)
        if count % AT_ONCE == 0:
            await asyncio.sleep(0)
    return found


async def _all(
    ask: Callable[[Sequence[str]], Awaitable[Mapping[str, Found]]], names: Collection[str]
) -> dict[str, Found]:
    found: dict[str, Found] = {}
    wanted = sorted(names)
    for first in range(0, len(wanted), AT_ONCE):
        if first:
            await asyncio.sleep(BREATH)
        found.update(await ask(wanted[first : first + AT_ONCE]))
    return found
