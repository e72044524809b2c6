"""What happens to cases by time: reminders before and at the end of a period, and recounts after calendar changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tortoise.expressions import F, Q
from tortoise.queryset import QuerySet

from petitions import events, rules
from petitions.actions.answering import close_quietly
from petitions.actions.change import SUPPLEMENT_RECALLED, SYSTEM, due_of, iso, reminded
from petitions.consultation import ConsultationStatus
from petitions.models import Case, Consultation
from petitions.reference import forget, reference
from petitions.rights import subject
from petitions.states import State
from server.core import clock, database, ledger
from server.core.days import day_of, today
from server.core.ledger import DomainEvent

SOON, SHORTLY = timedelta(hours=24), timedelta(hours=1)
"""How long before its end officials are reminded of a period, and of one that is shorter than a working day."""
MORNING = timedelta(hours=9)
"""When the petitioner is reminded of a supplement that is due tomorrow."""
QUIET_DAYS = 30
"""Days after which an uncontested answered case is closed."""
BATCH = 500


@dataclass(frozen=True)
class Reminder:
    """A reminder once for each date, to the desk or the petitioner: which rows, and how they are marked as reminded."""

    rows: Q
    """Which cases or consultations; checked again under the case's lock."""
    order: str
    reminded: Mapping[str, object]
    event: type[DomainEvent]
    data: Callable[[Any], tuple[object, ...]] = lambda _row: ()
    model: type[Case | Consultation] = Case
    reference: str = "reference"
    """Where a row has the case's number."""

    @property
    def due(self) -> QuerySet[Any]:
        """A batch of the rows that the reminder is for."""
        return self.model.filter(self.rows).order_by(self.order).limit(BATCH)

    async def send(self) -> int:
        """Record the reminder for each of them; returns how many."""
        return sum([await self._send_one(*found) for found in await self.due.values_list("id", self.reference)])

    async def _send_one(self, row_id: int, number: str) -> bool:
        async with database.transaction():
            chain = await ledger.lock(subject(number))
            row = await self.model.filter(self.rows, id=row_id).first()
            if row is not None:
                await self.model.filter(id=row_id).update(**self.reminded)
                await chain.append(SYSTEM, self.event(*self.data(row)))
        return row is not None


def reminders() -> tuple[Reminder, ...]:
    """The reminders: a case's period, an objection's or a consultation's deadline ends soon or has ended, each once.

    Also that an interim notice is due (Decree 23), once for each date.
    """
    now = clock.now()
    running = Q(open=True) & ~Q(status=State.SUPPLEMENT_REQUESTED)
    long = ~Q(unit=clock.Unit.HOURS) | Q(amount__gte=rules.HOURS_A_DAY)
    near = Q(reminded=0, due_at__lt=now + SOON) & (long | Q(due_at__lt=now + SHORTLY))
    return (
        Reminder(
            running & near, "due_at", {"reminded": 1}, events.DueSoon, lambda case: (case.due_at.isoformat(),)
        ),
        Reminder(running & Q(reminded=1, due_at__lt=now), "due_at", {"reminded": 2}, events.Overdue),
        Reminder(
            Q(
                status=State.SUPPLEMENT_REQUESTED, reminded__lt=SUPPLEMENT_RECALLED,
                supplement_until__lte=day_of(now - MORNING) + timedelta(days=1),
            ),
            "due_at", {"reminded": F("reminded") + SUPPLEMENT_RECALLED}, events.SupplementDueSoon,
            lambda case: (str(case.supplement_until),),
        ),
        Reminder(
            Q(reminded=0, objection_due_at__lt=now + SOON), "objection_due_at", {"reminded": 1},
            events.ObjectionDueSoon,
        ),
        Reminder(
            Q(reminded=1, objection_due_at__lt=now), "objection_due_at", {"reminded": 2}, events.ObjectionOverdue
        ),
        Reminder(
            Q(open=True, interim_ask_on__lte=today()), "interim_ask_on", {"interim_ask_on": None},
            events.InterimNoticeDue, lambda case: (str(case.interim_on),),
        ),
        *(
            Reminder(
                Q(status=ConsultationStatus.ASKED, due_at__lt=limit, reminded__lt=stage), "due_at", {"reminded": stage},
                event, lambda part: (part.id, part.department_id), Consultation, "case__reference",
            )
            for stage, limit, event in (
                (1, now + SOON, events.ConsultationDueSoon), (2, now, events.ConsultationOverdue),
            )
        ),
    )  # fmt: skip


async def remind() -> int:
    """Record all reminders that are due now; returns the number of events."""
    return sum([await reminder.send() for reminder in reminders()])


UNCONTESTED = (
    "SELECT reference FROM petition_case WHERE status = ? AND answered_at < ? AND objection_due_at IS NULL "
    f"AND (objection_decided_at IS NULL OR objection_decided_at < ?) ORDER BY answered_at LIMIT {BATCH}"
)


async def close_uncontested() -> int:
    """Close answered cases that were not contested for ``QUIET_DAYS``; returns how many.

    An open objection keeps its case open; after a dismissal, the days count from that decision.
    """
    quiet = clock.now() - timedelta(days=QUIET_DAYS)
    rows = await database.fetch(UNCONTESTED, State.ANSWERED.value, quiet, quiet)
    for row in rows:
        await close_quietly(row["reference"])
    return len(rows)


async def recount(reason: str, after: int = 0) -> int | None:
    """Recompute running deadlines, ``BATCH`` cases from an id on; returns the id to continue with, None at the end.

    A case whose due date changes gets an event with both dates.
    """
    forget()
    rows = await database.fetch(
        f"SELECT id, reference FROM petition_case WHERE open = ? AND id > ? ORDER BY id LIMIT {BATCH}", True, after
    )
    for row in rows:
        await _recount_one(row["reference"], reason)
    return int(rows[-1]["id"]) if len(rows) == BATCH else None


async def _recount_one(reference_text: str, reason: str) -> None:
    reference_data = await reference()
    async with database.transaction():
        chain = await ledger.lock(subject(reference_text))
        case = await Case.get(reference=reference_text)
        due = due_of(case, reference_data) if case.open else None
        if due is None or case.due_at is None or due.at == case.due_at:
            return
        await Case.filter(id=case.id).update(due_at=due.at, reminded=reminded(case, due.at))
        await chain.append(SYSTEM, events.DueRecomputed(due.at.isoformat(), iso(case.due_at), reason))
