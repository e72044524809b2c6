"""Restrictions after repeated no-shows: how one begins and is lifted, and appeals. It lapses by itself."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.core import clock, config, database, ledger
from server.core.accounts import Official
from server.core.errors import NotPossibleNow
from server.core.ledger import Chain
from server.core.rows import columns, select, select_one
from tracking.visits.actions import visits
from tracking.visits.desk_forms import Appeal, Decision, LiftRestriction
from tracking.visits.errors import NoSuchRestriction, RestrictionOver
from tracking.visits.events import AppealDecided, RestrictionAppealed, RestrictionBegun, RestrictionLifted
from tracking.visits.models import VisitWords
from tracking.visits.queries.households import OfHousehold, of_households
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.rules import NoShowRule
from tracking.visits.states import RESTRICTION, RestrictionAction, RestrictionState

VISITOR = "visitor"


def rule_of(place: OfficeRow) -> NoShowRule:
    """The rule of an office."""
    return NoShowRule(place.no_shows, place.no_show_days, place.restricted_days)


async def begin_if_due(visit: int, missed: OfHousehold, place: OfficeRow, chain: Chain) -> None:
    """Begin a restriction after a no-show if the office's rule says so and none runs. The office's row is locked."""
    now = clock.now()
    length = rule_of(place).restricts(await _counted(missed.households, place.id, now, place.no_show_days), now)
    runs = await database.value(
        f"SELECT id FROM visit_restriction WHERE {of_households('visit_restriction')} AND office_id = ? "
        "AND ends_at > ? AND lifted_at IS NULL LIMIT 1",
        missed.households, missed.households, place.id, now,
    )  # fmt: skip
    if length is None or runs is not None:
        return
    values = {
        "household": missed.household, "household_also": missed.household_also, "office_id": place.id,
        "visit_id": visit, "state": RestrictionState.RUNNING, "begins_at": now, "ends_at": now + length,
        "appeal": "", "decision": "",
    }  # fmt: skip
    (row,) = await database.insert("visit_restriction", tuple(values), [tuple(values.values())], returning="id")
    until = (now + length).astimezone(config.settings().zone).date()
    await chain.append("system", RestrictionBegun(row["id"], until.isoformat()))


async def _counted(households: Sequence[str], office: int, until: datetime, days: int) -> list[datetime]:
    """The no-shows of a household that count, within some days before a time."""
    found = await database.column(
        f"SELECT at FROM no_show WHERE {of_households('no_show')} AND office_id = ? AND at > ? AND at <= ? "
        "AND excused = ?",
        households, households, office, until - timedelta(days=days), until, False,
    )  # fmt: skip
    return [database.moment(one) for one in found]


@dataclass(frozen=True, slots=True)
class Restricted(OfHousehold):
    """A restriction as its actions need it."""

    id: int
    household: str
    household_also: str
    office_id: int
    visit_id: int
    state: RestrictionState
    begins_at: datetime
    ends_at: datetime


_ROW = columns(Restricted, "visit_restriction")


async def lift_if_unfounded(actor: Official, households: Sequence[str], place: OfficeRow) -> None:
    """Lift the restrictions for which too few no-shows count any more. The office's row is locked."""
    running = await select(
        Restricted,
        f"SELECT {_ROW} FROM visit_restriction WHERE {of_households('visit_restriction')} AND office_id = ? "
        "AND ends_at > ? AND lifted_at IS NULL ORDER BY id",
        households, households, place.id, clock.now(),
    )  # fmt: skip
    for one in running:
        counted = await _counted(one.households, place.id, one.begins_at, place.no_show_days)
        if rule_of(place).restricts(counted, one.begins_at) is None:
            await _lift(one, actor)
            chain = await _chain(one)
            await chain.append(actor.actor, RestrictionLifted(one.id))


async def _lift(one: Restricted, actor: Official) -> None:
    await database.execute(
        "UPDATE visit_restriction SET state = ?, lifted_at = ?, lifted_by = ? WHERE id = ?",
        RestrictionState.LIFTED, clock.now(), actor.id, one.id,
    )  # fmt: skip


async def _chain(one: Restricted) -> Chain:
    number = await database.value("SELECT number FROM visit WHERE id = ?", one.visit_id)
    return await ledger.lock(f"visit/{number}")


@contextlib.asynccontextmanager
async def _changing(
    number: str, action: RestrictionAction, actor: str, seen: int | None
) -> AsyncIterator[tuple[Restricted, Chain]]:
    """Lock a restriction for one action.

    ``seen`` is the version that the actor's page showed. Raises ``NoSuchRestriction``, ``ChangedMeanwhile``,
    ``NotPossibleNow``.
    """
    async with database.transaction():
        found = await select_one(
            Restricted, f"UPDATE visit_restriction SET state = state WHERE id = ? RETURNING {_ROW}", _id(number)
        )
        if found is None:
            raise NoSuchRestriction
        visit = str(await database.value("SELECT number FROM visit WHERE id = ?", found.visit_id))
        chain = await ledger.lock(f"visit/{visit}")
        await visits.unchanged(visit, seen, actor)
        state = RESTRICTION[found.state].get(action)
        if state is None:
            raise NotPossibleNow(action, found.state)
        await database.execute("UPDATE visit_restriction SET state = ? WHERE id = ?", state, found.id)
        yield found, chain


def _id(number: str) -> int:
    return int(number) if number.isdecimal() and number.isascii() and len(number) < 10 else 0  # noqa: PLR2004


async def appeal(actor: Official | str, number: str, command: Appeal) -> None:
    """Say why a restriction is wrong: the household itself, or an official for them.

    Raises ``NoSuchRestriction``, ``RestrictionOver``, ``ChangedMeanwhile``, ``NotPossibleNow``.
    """
    name = actor if isinstance(actor, str) else actor.actor
    async with _changing(number, RestrictionAction.APPEAL, name, command.version) as (found, chain):
        if found.ends_at <= clock.now():
            raise RestrictionOver if name == VISITOR else RestrictionOver().for_officials()
        await database.execute(
            "UPDATE visit_restriction SET appeal = ?, appealed_at = ? WHERE id = ?",
            command.text, clock.now(), found.id,
        )  # fmt: skip
        await chain.append(name, RestrictionAppealed(found.id))


async def grant(actor: Official, number: str, command: Decision) -> None:
    """Grant an appeal: the restriction is lifted, and the no-show that began it does not count.

    Raises as :func:`_changing`.
    """
    async with _changing(number, RestrictionAction.GRANT, actor.actor, command.version) as (found, chain):
        await _decide(found, command)
        await _lift(found, actor)
        await database.execute("UPDATE no_show SET excused = ? WHERE visit_id = ?", True, found.visit_id)
        await chain.append(actor.actor, AppealDecided(found.id, granted=True))


async def refuse(actor: Official, number: str, command: Decision) -> None:
    """Refuse an appeal, with the reasons. Raises as :func:`_changing`."""
    async with _changing(number, RestrictionAction.REFUSE, actor.actor, command.version) as (found, chain):
        await _decide(found, command)
        await chain.append(actor.actor, AppealDecided(found.id, granted=False))


async def _decide(found: Restricted, command: Decision) -> None:
    await database.execute("UPDATE visit_restriction SET decision = ? WHERE id = ?", command.text, found.id)


async def lift(actor: Official, number: str, command: LiftRestriction) -> None:
    """Lift a restriction for a reason, whether there is an appeal or not. Raises as :func:`_changing`."""
    async with _changing(number, RestrictionAction.LIFT, actor.actor, command.version) as (found, chain):
        await _lift(found, actor)
        words = await VisitWords.create(visit_id=found.visit_id, text=command.text, created_at=clock.now())
        await chain.append(actor.actor, RestrictionLifted(found.id, words.id))
