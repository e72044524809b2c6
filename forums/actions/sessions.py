"""The sessions of a forum: added, cut into slots, changed, cancelled; and the video of each."""

from forums.actions.change import changing_forum, say
from forums.actions.places import SCOPE, holding, pass_on
from forums.errors import TwiceAtOnce
from forums.events import SessionCancelled, SessionChanged, SessionsAdded
from forums.forms.places import ChangeSession, KeepRecord, NewSession
from forums.models import Session
from forums.rights import session_subject
from forums.states import ForumAction
from server.core import database
from server.core.accounts import Official
from server.core.booking import slots
from server.core.booking.reading import with_slot
from server.core.booking.slots import NewSlot

SLOTS = frozenset({"slot", "walk_in"})


async def add(actor: Official, slug: str, new: list[NewSession]) -> list[int]:
    """Add sessions to a forum and return their ids. Raises ``NotPossibleNow``, and ``TwiceAtOnce`` for a second session
    at the same place and time.

    So the same form sent twice adds its sessions once.
    """
    async with changing_forum(slug, ForumAction.EDIT, actor) as change:
        found = []
        await _not_twice(change.row.id, new)
        places = [NewSlot(each.starts_at, each.capacity, each.kind != "walk_in") for each in new]
        for each, slot in zip(new, await slots.open_slots(SCOPE, places), strict=True):
            row = await Session.create(
                forum_id=change.row.id, kind=each.kind, title=each.title, starts_at=each.starts_at,
                ends_at=each.ends_at, place=each.place, slot_id=slot,
            )  # fmt: skip
            found.append(int(row.id))
        change.record(SessionsAdded(tuple(found)))
    return found


async def _not_twice(forum_id: int, new: list[NewSession]) -> None:
    """Refuse a second session of a kind at a place and time; slots and walk-in slots count as one kind."""
    first, last = min(each.starts_at for each in new), max(each.ends_at for each in new)
    rows = await database.fetch(
        f"SELECT s.kind, s.starts_at, s.ends_at, s.place FROM forum_session s {with_slot('s.slot_id', 'b')}"
        "WHERE s.forum_id = ? AND b.cancelled = ? AND s.starts_at < ? AND s.ends_at > ?",
        forum_id,
        False,
        last,
        first,
    )
    there = [
        (row["kind"] in SLOTS, row["place"], database.moment(row["starts_at"]), database.moment(row["ends_at"]))
        for row in rows
    ]
    for each in new:
        for slot, place, starts_at, ends_at in there:
            same = slot == (each.kind in SLOTS) and place == each.place
            if same and each.starts_at < ends_at and each.ends_at > starts_at:
                raise TwiceAtOnce


async def edit(actor: Official, slug: str, session_id: int, wanted: ChangeSession) -> None:
    """Change a session; places that become free are offered to the waiting list.

    Raises ``NoSuchSession``, ``TooFewPlaces`` where the new capacity is below the number of booked places.
    """
    async with holding(session_id, actor, ForumAction.EDIT, slug=slug) as held:
        row, columns = await Session.get(id=held.id), wanted.values()
        places = columns.pop("capacity")
        changed = [name for name, value in columns.items() if getattr(row, name) != value]
        if places != await slots.capacity(held.slot):
            changed.append("capacity")
        if not changed:
            return
        await slots.change(held.slot, wanted.capacity, wanted.starts_at)
        await Session.filter(id=held.id).update(**columns)
        held.record(SessionChanged(held.id, tuple(changed)))
        held.starts_at, held.ends_at = wanted.starts_at, wanted.ends_at
        await pass_on(held)


async def cancel(actor: Official, slug: str, session_id: int, reason: str) -> None:
    """Cancel a session and its registrations, with a public reason. Repeating it does nothing."""
    async with holding(session_id, actor, ForumAction.EDIT, slug=slug) as held:
        if held.cancelled:
            return
        ended = await slots.cancel(held.slot)
        words = await say(session_subject(held.id), reason)
        notified = tuple(booking for booking, participant in ended if participant is not None)
        held.record(SessionCancelled(held.id, words, notified))


async def keep_record(actor: Official, slug: str, session_id: int, record: KeepRecord) -> None:
    """Set a session's video and what was said there. Raises ``NoSuchSession``, ``NotPossibleNow``."""
    async with holding(session_id, actor, ForumAction.MINUTES, slug=slug) as held:
        row = await Session.get(id=held.id)
        values = {"link": record.link, "transcript": record.transcript}
        changed = tuple(name for name, value in values.items() if getattr(row, name) != value)
        if changed:
            await Session.filter(id=held.id).update(**values)
            held.record(SessionChanged(held.id, changed))
