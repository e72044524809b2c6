"""The front page of the forums: what is on, what comes next, what citizens propose, and what came of it.

Every part walks an index and stops after a few rows, so that the page costs the same with a million submissions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forums.queries import commitments, lists, submissions
from forums.queries.commitments import CommitmentView
from forums.queries.lists import NOTICE, Filters, Listed
from forums.queries.submissions import SubmissionView
from forums.states import ForumState
from server.core import clock, database, listing
from server.core.booking.reading import with_slot
from server.core.city import City
from server.core.days import today
from server.core.listing import Condition

ON, COMING, PROPOSED, OVER = 6, 4, 3, 3
"""The most forums of each part."""
SAID, KEPT = 4, 3
"""Submissions and commitments."""
CAP = 1000
"""Counts of commitments stop here."""


@dataclass(frozen=True)
class Front:
    """What the front page shows."""

    on: Sequence[Listed]
    coming: Sequence[Listed]
    proposed: Sequence[Listed]
    over: Sequence[Listed]
    registering: frozenset[int]
    """Ids of the coming forums that have a session for which people can register."""
    said: Sequence[SubmissionView]
    kept: Sequence[CommitmentView]
    counts: Mapping[str, int]
    """Commitments that are ``done``, ``open`` and ``overdue``, each up to ``CAP`` + 1."""


async def front(reference_data: City) -> Front:
    """The whole page. Five queries, one fewer if nothing is coming."""
    forums = await _forums(reference_data)
    coming = sorted(forums[ForumState.PUBLISHED], key=_when)[:COMING]
    return Front(
        on=sorted(forums[ForumState.RUNNING], key=_when, reverse=True)[:ON],
        coming=coming,
        proposed=sorted(forums[ForumState.PROPOSED], key=lambda row: -row.id)[:PROPOSED],
        over=[row for row in sorted(forums[ForumState.CLOSED], key=_when, reverse=True) if row.kind != NOTICE][:OVER],
        registering=await _registering(coming),
        said=await submissions.latest(SAID),
        kept=(await commitments.listed(commitments.Filters(tab="done"), reference_data, limit=KEPT)).rows,
        counts=await _counts(),
    )


def _when(forum: Listed) -> tuple[float, int]:
    return forum.starts_at.timestamp() if forum.starts_at else 0, forum.id


async def _forums(reference_data: City) -> dict[ForumState, list[Listed]]:
    parts = {"open": ON, "coming": COMING, "over": 3 * OVER, "proposed": PROPOSED}
    branches = [
        lists.first(Filters(states=lists.TABS[tab]), reference_data, lists.TABS[tab][0], most)
        for tab, most in parts.items()
    ]
    found: dict[ForumState, list[Listed]] = {lists.TABS[tab][0]: [] for tab in parts}
    for row in await lists.merged(branches):
        found[row.status].append(row)
    return found


async def _registering(coming: Sequence[Listed]) -> frozenset[int]:
    """The forums with a session for which people can register now."""
    if not coming:
        return frozenset()
    rows = await database.column(
        f"SELECT DISTINCT s.forum_id FROM forum_session s {with_slot('s.slot_id', 'b')}"
        "WHERE s.forum_id IN (?) AND s.starts_at > ? AND s.kind <> 'walk_in' AND b.capacity > 0 AND NOT b.cancelled",
        [row.id for row in coming],
        clock.now(),
    )
    return frozenset(rows)


async def _counts() -> Mapping[str, int]:
    return await listing.counts(
        {
            "done": Condition("commitment WHERE status = ?", ("done",)),
            "open": Condition("commitment WHERE open = ?", (True,)),
            "overdue": Condition("commitment WHERE open = ? AND due_on < ?", (True, today())),
        },
        CAP,
    )
