"""The frame of every action on the places of a session, and the way of a free place to whoever waits for it.

The session's row is locked first, the forum's chain after it and for a moment only: hundreds who register for the
sessions of one forum wait for each other no longer than it takes to write their facts. A place is taken by one
conditional UPDATE that must hit one row; the table's CHECK stands behind it.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from forums import rights, rules
from forums.actions.change import Actor, name_of
from forums.errors import NoSuchSession, NotPossibleNow
from forums.place_events import PlaceOffered
from forums.states import FORUM, ForumAction, ForumState, follow
from server.core import clock, config, database, ledger
from server.core.accounts import Official
from server.core.errors import Forbidden
from server.core.ledger import Chain, Fact

DOOR = (ForumAction.REGISTER, ForumAction.MINUTES)
"""Either of these lets people be checked in: also when the forum is over and its list is completed."""


@dataclass
class Held:
    """A session whose row and whose forum's chain are locked."""

    id: int
    forum_id: int
    slug: str
    status: ForumState
    kind: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    chain: Chain
    actor: str
    facts: list[Fact] = field(default_factory=list)

    def record(self, *facts: Fact) -> None:
        """Write facts into the ledger when the action is complete."""
        self.facts.extend(facts)


@contextlib.asynccontextmanager
async def holding(session_id: int, actor: Actor, *actions: ForumAction, slug: str = "") -> AsyncIterator[Held]:
    """Open a session for one action. One of ``actions`` must be possible in its forum; without any, no state is asked.

    ``slug`` names the forum that it must belong to. Raises ``NoSuchSession``, ``Forbidden``, ``NotPossibleNow``.
    """
    permit(actor, *actions)
    async with database.transaction():
        row = await database.fetch_one(
            "UPDATE forum_session SET booked = booked WHERE id = ? "
            "RETURNING id, forum_id, kind, starts_at, ends_at, cancelled",
            session_id,
        )
        if row is None:
            raise NoSuchSession
        held = await _with_forum(row, actor, actions)
        if slug not in {"", held.slug}:
            raise NoSuchSession
        yield held
        if held.facts:
            await held.chain.append(held.actor, *held.facts)


def permit(actor: Actor, *actions: ForumAction) -> None:
    """Refuse an official without the right for any of the actions. Raises ``Forbidden``."""
    if isinstance(actor, Official) and not all(actor.may(rights.FORUM[action]) for action in actions):
        raise Forbidden


async def _with_forum(row: Any, actor: Actor, actions: tuple[ForumAction, ...]) -> Held:
    chain, status = await chain_of(row["forum_id"], *actions)
    return Held(
        row["id"], row["forum_id"], chain.subject.removeprefix("forum/"), status, row["kind"],
        database.moment(row["starts_at"]), database.moment(row["ends_at"]), bool(row["cancelled"]), chain,
        name_of(actor),
    )  # fmt: skip


async def chain_of(forum_id: int, *actions: ForumAction) -> tuple[Chain, ForumState]:
    """Lock a forum's chain and look where it stands. Raises ``NotPossibleNow`` if none of ``actions`` is possible."""
    found = await database.fetch_one("SELECT slug FROM forum WHERE id = ?", forum_id)
    if found is None:
        raise NoSuchSession
    chain = await ledger.lock(rights.forum_subject(found["slug"]))
    row = await database.fetch_one("SELECT status FROM forum WHERE id = ?", forum_id)
    status = ForumState(row["status"])  # type: ignore[index]
    if actions and not any(follow(FORUM, status, action) for action in actions):
        raise NotPossibleNow(actions[0], status)
    return chain, status


async def take(session_id: int, *, waited: bool = False) -> bool:
    """Take one free place of a session, for somebody of its waiting list or not; whether there was one."""
    return bool(
        await database.execute(
            f"UPDATE forum_session SET booked = booked + 1, waiting = waiting - {waited:d} "
            f"WHERE id = ? AND booked + 1 <= capacity AND waiting >= {waited:d} AND cancelled = ?",
            session_id,
            False,
        )
    )


async def free(session_id: int) -> None:
    """Give one taken place of a session back."""
    await database.execute("UPDATE forum_session SET booked = booked - 1 WHERE id = ?", session_id)


async def pass_on(held: Held) -> None:
    """Offer every free place to the next who wait, first come first served, as long as there is time for an offer."""
    until = rules.offer_until(clock.now(), held.starts_at, config.settings().zone)
    if until is None or follow(FORUM, held.status, ForumAction.REGISTER) is None:
        return
    while await take(held.id, waited=True):
        (row,) = await database.fetch(
            "UPDATE registration SET status = 'offered', offered_until = ? WHERE id = (SELECT id FROM registration "
            "WHERE session_id = ? AND status = 'waiting' ORDER BY created_at, id LIMIT 1) RETURNING id",
            until.astimezone(UTC),
            held.id,
        )
        held.record(PlaceOffered(held.id, row["id"], until.isoformat(timespec="seconds")))
