"""When counter time is rebuilt: after every change of hours, rosters, counters, absences or holidays, and as days come.

The transaction of a change plans it as a job, so that no change is forgotten; the request that made the change usually
rebuilds the days itself as soon as it has committed, and deletes the job.
"""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, timedelta

from server.core import database, jobs, ledger, references
from server.core.booking import times
from server.core.days import today
from server.core.jobs import Task
from server.core.ledger import SettingChanged
from tracking.visits.actions import supply
from tracking.visits.queries import offices
from tracking.visits.queries.offices import OfficeRow

REBUILD = "visits.rebuild"
"""The job that rebuilds some days of an office."""
FOLLOW = "visits.follow"
"""The job that follows an event: an absence, a closed account, a public holiday."""
ACCOUNT = "account"
"""What the ledger calls an official's account in a change of settings."""
AT_ONCE = 62
"""Days that a request rebuilds itself, and that one job rebuilds."""
PATIENCE = timedelta(seconds=30)
"""Afterwards the job rebuilds what a request has not."""
SETTLED = timedelta(days=2)
"""Days before that are over for every office: their steps and claims are deleted."""


@dataclass(frozen=True, slots=True)
class _Plan:
    key: str
    office_id: int
    days: list[date]


_planned: ContextVar[list[_Plan] | None] = ContextVar("planned", default=None)


@dataclass(frozen=True, slots=True)
class Displaced:
    """The visits that a change has left without a counter, and the office that has most of them."""

    visits: int
    office: str


_displaced: ContextVar[Displaced | None] = ContextVar("displaced", default=None)


def displaced() -> Displaced | None:
    """What the last change of this request has displaced, on the days that it rebuilt itself; None for nothing."""
    return _displaced.get()


@contextlib.asynccontextmanager
async def following() -> AsyncIterator[None]:
    """Around the transaction of a change: rebuild at once what it has planned."""
    plans: list[_Plan] = []
    _displaced.set(None)
    token = _planned.set(plans)
    try:
        yield
    finally:
        _planned.reset(token)
    lost: Counter[int] = Counter()
    for one in plans:
        lost[one.office_id] += (await supply.rebuild(one.office_id, one.days)).displaced
        await jobs.done(one.key)
    ((office_id, visits),) = lost.most_common(1) or [(0, 0)]
    if visits:
        _displaced.set(Displaced(lost.total(), (await offices.office_by_id(office_id)).code))


async def plan(office_id: int, days: Collection[date] | None = None) -> None:
    """Rebuild some days of an office, or all of them, once the surrounding transaction has committed."""
    kept = await kept_days(await offices.office_by_id(office_id))
    wanted = sorted(kept if days is None else kept.intersection(days))
    plans = _planned.get()
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        key = f"{REBUILD}:{office_id}:{references.new_key()}"
        payload = {"office": office_id, "days": [day.isoformat() for day in part]}
        at_once = plans is not None and start == 0
        await jobs.enqueue((key, REBUILD, payload), delay=PATIENCE if at_once else timedelta())
        if plans is not None and at_once:
            plans.append(_Plan(key, office_id, part))


async def kept_days(office: OfficeRow) -> set[date]:
    """The days from today on whose counter time is kept: those that can be booked by tomorrow, and any later ones."""
    first = max(today(), office.opens_on or today())
    last = today() + timedelta(days=office.days_ahead + 1)
    return {*offices.span_of_days(first, last), *await offices.supplied(office.id, today())}


async def run(task: Task) -> None:
    """Rebuild the days of a job."""
    await supply.rebuild(int(task.payload["office"]), map(date.fromisoformat, task.payload["days"]))


async def follow(task: Task) -> None:
    """Plan what an event changes: an official's absence or account, or a public holiday."""
    event = await ledger.get(task.payload["event"])
    async with database.transaction():
        if event.kind != SettingChanged.kind:
            for place in await offices.offices():
                await plan(place.id, [date.fromisoformat(event.data["day"])])
        elif event.data["what"] == ACCOUNT:
            await plan_account(int(event.data["id"]))


async def plan_account(account: int, first: date | None = None, last: date | None = None) -> None:
    """Rebuild the days on which an official is on the roster, once the surrounding transaction has committed."""
    for office_id, days in (await _sits(account)).items():
        await plan(office_id, {day for day in days if (first or day) <= day <= (last or day)})


async def _sits(account: int) -> dict[int, set[date]]:
    """The days on which an official is on the roster, by office."""
    found: dict[int, set[date]] = {}
    for row in await database.fetch(
        "SELECT DISTINCT c.office_id, s.date FROM shift s JOIN counter c ON c.id = s.counter_id "
        "WHERE s.account_id = ? AND s.date >= ?",
        account,
        today(),
    ):
        if day := database.day_or_none(row["date"]):
            found.setdefault(row["office_id"], set()).add(day)
    return found


async def keep_supplied() -> int:
    """Supply the days that have come within the time in which offices are booked. Returns how many. Periodic."""
    count = 0
    for place in await offices.offices():
        missing = await kept_days(place) - {*await offices.supplied(place.id, today())}
        await supply.rebuild(place.id, missing)
        count += len(missing)
    return count


async def purge() -> int:
    """Delete the steps and claims of days that are over. Returns of how many. Periodic.

    Visits and their services stay, which statistics count; a claim only reserves time.
    """
    filled = await times.filled(supply.SCOPE)
    over = await database.column(
        "SELECT calendar_id FROM office_day WHERE calendar_id IN (?) AND date < ? ORDER BY calendar_id",
        filled,
        today() - SETTLED,
    )
    for calendar in over:
        async with database.transaction():
            await times.lock(calendar)
            claims = await times.clear(calendar)
            await _forget_claims(claims)
    return len(over)


async def _forget_claims(claims: Iterable[int]) -> None:
    numbers = tuple(claims)
    await database.execute("UPDATE visit_matter SET claim_id = NULL WHERE claim_id IN (?)", numbers)
    await database.execute("DELETE FROM freed_time WHERE claim_id IN (?)", numbers)
