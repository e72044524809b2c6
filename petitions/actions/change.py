"""The frame of every action on a case: lock, check, change, record, in one transaction.

It locks the case's chain, so that actions on one case come one after the other; compares the version that the actor
has seen; asks the table of transitions and the table of rights; and writes the new state with compare-and-swap.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime

from petitions import rules
from petitions.consultation import ConsultationStatus
from petitions.consultation_events import ConsultationWithdrawn
from petitions.errors import ChangedMeanwhile, NoSuchCase, NotPossibleNow, Refused
from petitions.events import CaseRouted
from petitions.models import Case, Statement
from petitions.queries.consultations import asked
from petitions.reference import Reference, reference
from petitions.rights import FOR_CONSULTED, FOR_OWNER, RIGHTS, cooperates, keeps, subject
from petitions.states import OPEN, Action, State, follow
from server.core import clock, config, database, ledger
from server.core.accounts import Official, Role, keep_open
from server.core.clock import Due
from server.core.errors import Forbidden, NotFound, Text, _
from server.core.ledger import Chain, DomainEvent

SYSTEM = "system"
PETITIONER = "petitioner"
CHANGES = 50
"""Events of others that a conflict names at most, the newest."""


@dataclass
class Change:
    """A locked case inside its transaction."""

    case: Case
    chain: Chain
    actor: str
    reference: Reference
    after: State
    """Where the act leads, by the table."""
    new_events: list[DomainEvent] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)

    def set(self, **values: object) -> None:
        """Change columns of the case."""
        self.values.update(values)
        for name, value in values.items():
            setattr(self.case, name, value)

    def record(self, *new_events: DomainEvent) -> None:
        """Write events into the ledger when the action is complete."""
        self.new_events.extend(new_events)

    def redirect_to(self, action: Action) -> None:
        """Let this act end where another one leads. Raises ``NotPossibleNow`` where that one is not allowed."""
        after = follow(self.case.status, action)
        if after is None:
            raise NotPossibleNow(action, self.case.status)
        self.after = after

    async def say(self, text: str) -> int:
        """Keep somebody's words; the id that an event names them by."""
        statement = await Statement.create(case_id=self.case.id, text=text, created_at=clock.now())
        return int(statement.id)

    async def add_statement_if_any(self, text: str) -> int | None:
        """Keep words, where there are any."""
        return await self.say(text) if text else None

    def recompute_due(self) -> Due | None:
        """Count the due date anew and set it; None for a tip, which has no period."""
        due = due_of(self.case, self.reference)
        if due is not None:
            self.set(due_at=due.at, reminded=reminded(self.case, due.at))
        return due


def reminded(case: Case, due: datetime) -> int:
    """What is still known of a reminder under a new date: who was told that it is over is not told so again."""
    return 0 if due > clock.now() else case.reminded


def period_of(case: Case) -> rules.Period | None:
    """The period that a case was given at its receipt; None for a tip."""
    if not case.unit:
        return None
    return rules.Period(clock.Unit(case.unit), case.amount, Text(""))


def due_of(case: Case, reference_data: Reference) -> Due | None:
    """When a case's answer is due, by its own period, extensions and the days that do not count."""
    period = period_of(case)
    if period is None:
        return None
    started = case.clock_started_at.astimezone(config.settings().zone)
    return rules.due_date(reference_data.calendar, period, started, case.extensions, pauses_of(case, reference_data))


def pauses_of(case: Case, reference_data: Reference) -> list[tuple[date, date]]:
    """The days that do not count: of supplements (of one not yet received, up to its last day) and on the site."""
    found = []
    for first, last in case.pauses:
        start = date.fromisoformat(str(first))
        end = date.fromisoformat(last) if last else max(start, case.supplement_until or start)
        found.append((start, end))
    if site := case.investigation:
        begins = date.fromisoformat(site["first"])
        found.append(rules.site_investigation(reference_data.calendar, begins, site["days"] + site["more"]))
    return found


@contextlib.asynccontextmanager
async def changing(
    reference_text: str, action: Action, actor: Official | str, *, seen: int | None = None
) -> AsyncIterator[Change]:
    """Open a case for one action; on leaving, the state moves on and the events are written.

    ``seen`` is the ledger length that the actor's page showed. Raises ``NoSuchCase`` (also for a case that the actor
    may not see), ``Forbidden``, ``ChangedMeanwhile`` and ``NotPossibleNow``.
    """
    reference_data = await reference()
    name = actor.actor if isinstance(actor, Official) else actor
    async with database.transaction():
        try:
            chain = await ledger.lock(subject(reference_text))
        except NotFound as error:
            raise NoSuchCase from error
        case = await Case.get(reference=reference_text)
        if isinstance(actor, Official):
            await _check_right(actor, action, case)
        if seen is not None and seen < chain.length:
            others = await ledger.newest([chain.subject], after_sequence=seen, not_by=(name, SYSTEM), limit=CHANGES)
            if others:
                raise ChangedMeanwhile(others[::-1])
        state = follow(case.status, action)
        if state is None:
            raise NotPossibleNow(action, case.status)
        change = Change(case, chain, name, reference_data, state)
        before = case.status
        yield change
        await _write(change, before)


async def _check_right(actor: Official, action: Action, case: Case) -> None:
    """Raises ``NoSuchCase`` for a case that the actor may not see, ``Forbidden`` for what is not theirs to do.

    An asked department (협조, Act 20) sees the case and does its own part; everything else is the owner's.
    """
    own = keeps(actor, department_id=case.department_id, guide_id=case.guide_id)
    if not own and not (cooperates(actor) and await asked(case.id, actor.department_id)):
        raise NoSuchCase
    if not actor.may(RIGHTS[action]):
        raise Forbidden
    if not own and action not in FOR_CONSULTED:
        raise Forbidden(
            _("Your department is being consulted on this case; only the department in charge can do this.")
        )
    if action in FOR_OWNER and actor.department_id != case.department_id:
        raise Forbidden(_("Only the department in charge of the case can consult others."))


async def withdraw_consultations(change: Change, department_id: int | None = None) -> None:
    """Take back what departments were asked for and have not replied to: all of it, or one department's."""
    where, values = (" AND department_id = ?", [department_id]) if department_id else ("", [])
    rows = await database.fetch(
        f"UPDATE consultation SET status = ? WHERE case_id = ? AND status = ?{where} RETURNING id, department_id",
        ConsultationStatus.WITHDRAWN.value, change.case.id, ConsultationStatus.ASKED.value, *values,
    )  # fmt: skip
    change.record(*(ConsultationWithdrawn(row["id"], row["department_id"]) for row in rows))


async def leave_closed_department(change: Change) -> None:
    """Take a case that something is owed on again from a department closed since: the intake office passes it on."""
    department = change.case.department_id
    if department and not await keep_open(department):
        change.set(department_id=None, handler_id=None)
        change.record(CaseRouted(None, None))


async def _write(change: Change, before: State) -> None:
    if before in OPEN and change.after not in OPEN:
        await withdraw_consultations(change)
    if before not in OPEN and change.after in OPEN:
        await leave_closed_department(change)
    change.set(status=change.after, open=change.after in OPEN)
    hit = await Case.filter(id=change.case.id, status=before).update(**change.values)
    if not hit:  # SQLite counts the rows of a text index that was written before with them, so it may be more than one
        raise NotPossibleNow("?", before)
    await change.chain.append(change.actor, *change.new_events)


def check(refusal: rules.Refusal | None) -> None:
    """Raise what a rule of the law refuses."""
    if refusal is not None:
        raise Refused(refusal.text, code=refusal.code)


def take(change: Change, actor: Official) -> None:
    """Who works on a case without a handler becomes its handler, within the case's department."""
    if change.case.handler_id is None:
        if change.case.department_id is None:
            raise Forbidden(_("The case has no department yet."))
        if actor.role in {Role.HANDLER, Role.MANAGER} and actor.department_id == change.case.department_id:
            change.set(handler_id=actor.id)
