"""What officials do to one visit that has been booked: the frame of these actions, serving, no-shows and undoing them.

Lock order: the office's row where no-shows are counted, then the visit's row, then its chain in the ledger.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import orjson

from server.core import clock, config, database, ledger
from server.core.accounts import Official
from server.core.database import IntegrityError
from server.core.days import today
from server.core.errors import Invalid, NotPossibleNow, _
from server.core.ledger import Chain, DomainEvent
from server.core.rows import columns, select_one
from tracking.visits import rules
from tracking.visits.actions import booking, crowding, restrictions, visits
from tracking.visits.desk_forms import MarkNoShow, Plain, UndoNoShow
from tracking.visits.errors import NoSuchVisit, NotYetMissed, NotYetServed, OnePerHousehold, TooLateToUndo
from tracking.visits.events import NoShowMarked, NoShowUndone, VisitServed
from tracking.visits.queries import desk, offices
from tracking.visits.queries.households import OfHousehold
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.states import VISIT, VisitAction, VisitState

UNDO_DAYS = 7
"""Days within which a no-show can be undone as a mistake. One that the office caused can always be."""


@dataclass(frozen=True, slots=True)
class Marked(OfHousehold):
    """A visit as these actions need it."""

    id: int
    number: str
    office_id: int
    date: date
    starts_at: datetime
    state: VisitState
    household: str
    household_also: str


@dataclass
class Change:
    """A locked visit inside its transaction."""

    visit: Marked
    chain: Chain
    state: VisitState
    """The state that is written in the end: the one that the action leads to."""


@contextlib.asynccontextmanager
async def changing(
    number: str, action: VisitAction, *, actor: str = "", seen: int | None = None, counts: bool = False
) -> AsyncIterator[Change]:
    """Lock a booked visit for one action and write its new state. ``counts``: no-shows of its household are counted.

    ``seen`` is the version that the actor's page showed. Raises ``NoSuchVisit``, ``ChangedMeanwhile``,
    ``NotPossibleNow``, and ``OnePerHousehold`` if it becomes active beside another one.
    """
    office = await database.value("SELECT office_id FROM visit WHERE number = ? AND booked_at IS NOT NULL", number)
    if office is None:
        raise NoSuchVisit
    async with database.transaction():
        if counts:  # two no-shows of a household could otherwise each miss the other
            await database.execute("UPDATE office SET active = active WHERE id = ?", office)
        visit = await select_one(
            Marked, f"UPDATE visit SET state = state WHERE number = ? RETURNING {columns(Marked, 'visit')}", number
        )
        if visit is None:
            raise NoSuchVisit
        chain = await ledger.lock(f"visit/{number}")
        await visits.unchanged(number, seen, actor)
        state = VISIT[visit.state].get(action)
        if state is None:
            raise NotPossibleNow(action, visit.state)
        change = Change(visit, chain, state)
        yield change
        state = change.state
        active = state is VisitState.BOOKED
        if active:
            await booking.only_one(visit.id, office, visit.date, visit.households)
        try:
            await database.execute(
                "UPDATE visit SET state = ?, household_active = ?, ended_at = ? WHERE id = ?",
                state, visit.household if active else None, None if active else clock.now(), visit.id,
            )  # fmt: skip
        except IntegrityError:
            raise OnePerHousehold(visit.date) from None


async def serve(actor: Official, number: str, command: Plain) -> None:
    """The visitor came and was served. Raises ``NotYetServed`` before the day, and as :func:`changing`."""
    async with changing(number, VisitAction.SERVE, actor=actor.actor, seen=command.version) as change:
        if change.visit.date > today():
            raise NotYetServed
        await change.chain.append(actor.actor, VisitServed())
        await crowding.count_visit(change.visit.id)


async def mark_no_show(actor: Official, number: str, command: MarkNoShow) -> None:
    """Nobody came although they were called at these times. Begins a restriction if the office's rule says so.

    It counts only if the office called in time. Raises ``NotYetMissed``, ``Invalid`` for calls before the start, and as
    :func:`changing`.
    """
    async with changing(number, VisitAction.NO_SHOW, actor=actor.actor, seen=command.version, counts=True) as change:
        visit, now = change.visit, clock.now()
        place, zone = await offices.office_by_id(visit.office_id), config.settings().zone
        grace = timedelta(minutes=place.grace_minutes)
        called = [datetime.combine(visit.date, one, zone) for one in command.times]
        if called[-1] < visit.starts_at:
            raise Invalid.at("called", _("Please call the visitor at the booked time or later."))
        if called[-1] > now:
            raise Invalid.at("called", _("This time is still to come. Please enter the times at which you called."))
        earliest = rules.no_show_from(visit.starts_at, called, grace)
        if now < earliest:
            raise NotYetMissed(earliest.astimezone(zone))
        await _record_no_show(change, called, place, actor.actor)


async def _record_no_show(change: Change, called: Sequence[datetime], place: OfficeRow, actor: str) -> None:
    visit = change.visit
    counts = not rules.office_late(visit.starts_at, called, timedelta(minutes=place.grace_minutes))
    values = {
        "visit_id": visit.id, "household": visit.household, "household_also": visit.household_also,
        "office_id": visit.office_id, "at": clock.now(),
        "calls": orjson.dumps([one.isoformat() for one in called]).decode(), "excused": not counts,
    }  # fmt: skip
    await database.execute("DELETE FROM no_show WHERE visit_id = ?", visit.id)  # of an earlier mark, undone since
    await database.insert("no_show", tuple(values), [tuple(values.values())])
    await change.chain.append(actor, NoShowMarked(len(called), counts))
    if counts:
        await restrictions.begin_if_due(visit.id, visit, place, change.chain)


async def note_served(visit_id: int, actor: Official) -> None:
    """The matters of a visit were settled at the counters, where they were counted. Nothing if it ended meanwhile.

    Whoever missed their call, came back and was served was no no-show: it is undone.
    """
    missed = await database.value("SELECT state FROM visit WHERE id = ?", visit_id) == VisitState.MISSED
    action = VisitAction.UNDO_NO_SHOW if missed else VisitAction.SERVE
    with contextlib.suppress(NotPossibleNow):
        async with changing(await _number(visit_id), action, counts=missed) as change:
            if missed:
                change.state = VisitState.SERVED
                await _excuse(change, actor, NoShowUndone(office_late=False), VisitServed())
            else:
                await change.chain.append(actor.actor, VisitServed())


async def note_missed(visit_id: int, actor: str, called: Sequence[datetime]) -> None:
    """Nobody came to the counters that called the visitor at these times. Nothing if the visit ended meanwhile."""
    with contextlib.suppress(NotPossibleNow):
        async with changing(await _number(visit_id), VisitAction.NO_SHOW, counts=True) as change:
            place = await offices.office_by_id(change.visit.office_id)
            await _record_no_show(change, called, place, actor)


async def _number(visit_id: int) -> str:
    return str(await database.value("SELECT number FROM visit WHERE id = ?", visit_id))


async def undo_no_show(actor: Official, number: str, command: UndoNoShow) -> None:
    """A no-show was a mistake, or the office was late: it does not count, and a restriction that it began is lifted.

    Raises ``TooLateToUndo`` and as :func:`changing`.
    """
    try:
        await _undo_no_show(actor, number, command)
    except OnePerHousehold as refusal:
        found = await desk.visit(number)
        raise await desk.has_visit(found.households, found.row.office_id, refusal.day) from None


async def _undo_no_show(actor: Official, number: str, command: UndoNoShow) -> None:
    async with changing(
        number, VisitAction.UNDO_NO_SHOW, actor=actor.actor, seen=command.version, counts=True
    ) as change:
        visit = change.visit
        marked = await database.value("SELECT at FROM no_show WHERE visit_id = ?", visit.id)
        late = command.why == "office"
        if not late and database.moment(marked) < clock.now() - timedelta(days=UNDO_DAYS):
            raise TooLateToUndo(UNDO_DAYS)
        await _excuse(change, actor, NoShowUndone(late))


async def _excuse(change: Change, actor: Official, *events: DomainEvent) -> None:
    """The no-show does not count. Lifting a restriction continues the chain, so these events come first."""
    await database.execute("UPDATE no_show SET excused = ? WHERE visit_id = ?", True, change.visit.id)
    await change.chain.append(actor.actor, *events)
    place = await offices.office_by_id(change.visit.office_id)
    await restrictions.lift_if_unfounded(actor, change.visit.households, place)
