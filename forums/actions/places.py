"""The frame of every action on the places of a session, and the offer of free places to the waiting list.

The session's slot is locked first, and the forum's chain after it and only briefly: of hundreds who register for the
sessions of one forum, each waits only while the events of the others are written.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

from forums import rights, rules
from forums.actions.change import Actor, name_of
from forums.errors import NoSuchSession
from forums.events import PlaceOffered
from forums.states import FORUM, ForumAction, ForumState, follow
from server.core import clock, config, database, ledger
from server.core.accounts import Official
from server.core.booking import places, slots
from server.core.errors import Forbidden, NotPossibleNow
from server.core.ledger import Chain, DomainEvent

SCOPE = "forums"
"""The scope of these slots in ``booking``."""
CHECK_IN = (ForumAction.REGISTER, ForumAction.MINUTES)
"""Either of these allows check-in: also after the forum's end, when its list is completed."""


@dataclass
class HeldPlaces:
    """A session whose slot and forum chain are locked."""

    id: int
    slot: int
    forum_id: int
    slug: str
    status: ForumState
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    chain: Chain
    actor: str
    new_events: list[DomainEvent] = field(default_factory=list)

    def record(self, *new_events: DomainEvent) -> None:
        """Write these events into the ledger when the action is complete."""
        self.new_events.extend(new_events)


@contextlib.asynccontextmanager
async def holding(session_id: int, actor: Actor, *actions: ForumAction, slug: str = "") -> AsyncIterator[HeldPlaces]:
    """Lock a session for one action. The forum must allow one of ``actions``; without any, its state is not checked.

    ``slug`` is the forum that it must belong to. Raises ``NoSuchSession``, ``Forbidden``, ``NotPossibleNow``.
    """
    permit(actor, *actions)
    slot, forum_id = await slot_of(session_id)
    async with database.transaction():
        cancelled = await slots.lock(slot)
        row = await database.fetch_one("SELECT starts_at, ends_at FROM forum_session WHERE id = ?", session_id)
        if cancelled is None or row is None:
            raise NoSuchSession
        chain, status = await chain_of(forum_id, *actions)
        held = HeldPlaces(
            session_id, slot, forum_id, chain.subject.removeprefix("forum/"), status,
            database.moment(row["starts_at"]), database.moment(row["ends_at"]), cancelled, chain, name_of(actor),
        )  # fmt: skip
        if slug not in {"", held.slug}:
            raise NoSuchSession
        yield held
        if held.new_events:
            await held.chain.append(held.actor, *held.new_events)


async def slot_of(session_id: int) -> tuple[int, int]:
    """A session's slot and its forum's id; neither ever changes. Raises ``NoSuchSession``."""
    row = await database.fetch_one("SELECT slot_id, forum_id FROM forum_session WHERE id = ?", session_id)
    if row is None:
        raise NoSuchSession
    return row["slot_id"], row["forum_id"]


async def session_of(slot_id: int) -> int:
    """The session that a slot belongs to. Raises ``NoSuchSession``."""
    found = await database.value("SELECT id FROM forum_session WHERE slot_id = ?", slot_id)
    if found is None:
        raise NoSuchSession
    return int(found)


def permit(actor: Actor, *actions: ForumAction) -> None:
    """Raise ``Forbidden`` for an official without the permission for any of the actions."""
    if isinstance(actor, Official) and not all(actor.may(rights.FORUM[action]) for action in actions):
        raise Forbidden


async def chain_of(forum_id: int, *actions: ForumAction) -> tuple[Chain, ForumState]:
    """Lock a forum's chain and read its state. Raises ``NotPossibleNow`` if none of ``actions`` is possible."""
    slug = await database.value("SELECT slug FROM forum WHERE id = ?", forum_id)
    if slug is None:
        raise NoSuchSession
    chain = await ledger.lock(rights.forum_subject(slug))
    status = ForumState(await database.value("SELECT status FROM forum WHERE id = ?", forum_id))
    if actions and not any(follow(FORUM, status, action) for action in actions):
        raise NotPossibleNow(actions[0], status)
    return chain, status


async def pass_on(held: HeldPlaces) -> None:
    """Offer every free place to the next on the waiting list, as long as there is time for an offer."""
    until = rules.offer_until(clock.now(), held.starts_at, config.settings().zone)
    if until is None or follow(FORUM, held.status, ForumAction.REGISTER) is None:
        return
    for booking in await places.offer_free(held.slot, until):
        held.record(PlaceOffered(held.id, booking, until.isoformat(timespec="seconds")))
