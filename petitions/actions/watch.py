"""The clock's own acts: reminding before and at the end of a period, and counting anew when the calendar changes."""

from datetime import date, datetime, timedelta

from petitions.actions.answering import close_quietly
from petitions.actions.change import SYSTEM, due_of
from petitions.events import CalendarChanged, DueRecomputed, DueSoon, ObjectionFiled, Overdue
from petitions.models import Case
from petitions.reference import forget, reference
from petitions.rights import subject
from petitions.states import State
from server.core import clock, config, database, ledger
from server.core.accounts import Holiday, LocalHours, Official
from server.core.errors import FieldError, Invalid, NotFound, _
from server.core.ledger import Fact

SOON = timedelta(hours=24)
QUIET_DAYS = 30
"""Days after which an answered case that nobody contests is closed."""
BATCH = 500
CALENDAR = "calendar"


async def remind() -> int:
    """Record that periods end soon, or have ended; each once. The number of cases that were told."""
    now = clock.now()
    told = 0
    for stage, limit, fact in ((1, now + SOON, DueSoon()), (2, now, Overdue())):
        rows = await database.fetch(
            "SELECT reference FROM petition_case WHERE open = ? AND reminded < ? AND due_at < ? "
            f"AND status <> ? ORDER BY due_at LIMIT {BATCH}",
            True,
            stage,
            limit,
            State.SUPPLEMENT_REQUESTED.value,
        )
        for row in rows:
            told += await _remind_one(row["reference"], stage, limit, fact)
    return told


async def _remind_one(reference_text: str, stage: int, limit: datetime, fact: Fact) -> bool:
    """Whether it still is so, now that nobody else changes the case."""
    async with database.transaction():
        chain = await ledger.lock(subject(reference_text))
        hit = (
            await Case.filter(reference=reference_text, open=True, reminded__lt=stage, due_at__lt=limit)
            .exclude(status=State.SUPPLEMENT_REQUESTED)
            .update(reminded=stage)
        )
        if hit:
            await chain.append(SYSTEM, fact)
    return bool(hit)


async def close_uncontested() -> int:
    """Close answered cases that nobody has contested for ``QUIET_DAYS``; how many. An objection keeps a case open."""
    rows = await database.fetch(
        "SELECT reference FROM petition_case c WHERE status = ? AND answered_at < ? AND NOT EXISTS (SELECT 1 "
        "FROM ledger_event e WHERE e.subject = 'case/' || c.reference AND e.kind = ?) "
        f"ORDER BY id LIMIT {BATCH}",
        State.ANSWERED.value,
        clock.now() - timedelta(days=QUIET_DAYS),
        ObjectionFiled.kind,
    )
    for row in rows:
        await close_quietly(row["reference"])
    return len(rows)


async def add_holiday(actor: Official, day: date, name: str) -> None:
    """Add a temporary holiday (임시공휴일); running clocks are counted anew by a job."""
    async with database.transaction():
        chain = await ledger.open_or_begin(CALENDAR)
        if await Holiday.exists(date=day):
            raise Invalid([FieldError("date", _("This day is in the table already."))])
        await Holiday.create(date=day, name=name, created_at=clock.now())
        await chain.append(actor.actor, CalendarChanged(day.isoformat(), name))
    forget()


async def remove_holiday(actor: Official, day: date) -> None:
    """Take a temporary holiday back; running clocks are counted anew by a job."""
    async with database.transaction():
        chain = await ledger.open_or_begin(CALENDAR)
        if not await Holiday.filter(date=day).delete():
            raise NotFound
        await chain.append(actor.actor, CalendarChanged(day.isoformat(), "-"))
    forget()


async def set_hours(actor: Official, hours: LocalHours) -> None:
    """Set the office hours from a day on."""
    async with database.transaction():
        chain = await ledger.open_or_begin(CALENDAR)
        await LocalHours.filter(first_day=hours.first_day).delete()
        await hours.save(force_create=True)
        await chain.append(actor.actor, CalendarChanged(hours.first_day.isoformat(), f"{hours.opens}-{hours.closes}"))
    forget()


async def recount(reason: str, after: int = 0) -> int | None:
    """Count running clocks anew, ``BATCH`` cases from an id on; where to go on, None at the end.

    A case whose date moves gets a fact that names both dates.
    """
    forget()
    rows = await database.fetch(
        f"SELECT id, reference FROM petition_case WHERE open = ? AND id > ? ORDER BY id LIMIT {BATCH}", True, after
    )
    for row in rows:
        await _recount_one(row["reference"], reason)
    return int(rows[-1]["id"]) if len(rows) == BATCH else None


async def _recount_one(reference_text: str, reason: str) -> None:
    known = await reference()
    async with database.transaction():
        chain = await ledger.lock(subject(reference_text))
        case = await Case.get(reference=reference_text)
        due = due_of(case, known) if case.open else None
        if due is None or case.due_at is None or due.at == case.due_at:
            return
        # Who was told that a period is over is not told again because it was over a day later.
        reminded = 0 if due.at > clock.now() else case.reminded
        await Case.filter(id=case.id).update(due_at=due.at, reminded=reminded)
        before = case.due_at.astimezone(config.settings().zone)
        await chain.append(SYSTEM, DueRecomputed(due.at.isoformat(), before.isoformat(), reason))
