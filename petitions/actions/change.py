"""What every action on a case has in common: lock, check, change, record, in one transaction.

It locks the case's chain, so that actions on one case run one after the other; compares the version that the actor has
seen; checks the tables of transitions and rights; and writes the new state with compare-and-swap.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

from petitions import rules, search
from petitions.actions import drafts
from petitions.consultation import ConsultationStatus
from petitions.errors import ChangedMeanwhile, NoSuchCase, NotPossibleNow, Refused
from petitions.events import CaseRouted, ConsultationWithdrawn
from petitions.models import Case, Statement
from petitions.queries.consultations import asked
from petitions.reference import Reference, reference
from petitions.rights import FOR_CONSULTED, FOR_OWNER, RIGHTS, cooperates, keeps, subject
from petitions.standing import pauses_of
from petitions.states import ENDED, OPEN, Action, State, beside, follow
from server.core import clock, config, database, ledger
from server.core.accounts import Official, Role, keep_open
from server.core.clock import Due
from server.core.errors import Forbidden, Invalid, NotFound, _
from server.core.ledger import Chain, DomainEvent

SYSTEM = "system"
PETITIONER = "petitioner"
SUPPLEMENT_RECALLED = 10
"""Added to a case's reminder state once the petitioner was reminded of a supplement."""
CHANGES = 50
"""The most events of others that a conflict lists, newest first."""


@dataclass
class Change:
    """A locked case inside its transaction."""

    case: Case
    chain: Chain
    actor: str
    reference: Reference
    after: State
    """The next state, by the table."""
    new_events: list[DomainEvent] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)

    def set(self, **values: object) -> None:
        """Change columns of the case."""
        self.values.update(values)
        for name, value in values.items():
            setattr(self.case, name, value)

    def record(self, *new_events: DomainEvent) -> None:
        """Add events that are written to the ledger when the action completes."""
        self.new_events.extend(new_events)

    def redirect_to(self, action: Action) -> None:
        """Use the next state of another action. Raises ``NotPossibleNow`` if that action is not allowed."""
        after = follow(self.case.status, action)
        if after is None:
            raise NotPossibleNow(action, self.case.status)
        self.after = after

    async def say(self, text: str) -> int:
        """Store a text; returns the id by which an event refers to it."""
        statement = await Statement.create(case_id=self.case.id, text=text, created_at=clock.now())
        return int(statement.id)

    async def add_statement_if_any(self, text: str) -> int | None:
        """Store a text if there is any."""
        return await self.say(text) if text else None

    def recompute_due(self) -> Due | None:
        """Recompute and set the due date; None for a tip, which has no period."""
        due = due_of(self.case, self.reference)
        if due is not None:
            self.set(due_at=due.at, reminded=reminded(self.case, due.at))
        return due


def reminded(case: Case, due: datetime) -> int:
    """The reminder state under a new due date: an overdue case that stays overdue is not reported again."""
    return 0 if due > clock.now() else case.reminded % SUPPLEMENT_RECALLED


def period_of(case: Case) -> rules.Period | None:
    """The period that a case was given at its receipt; None for a tip."""
    if not case.unit:
        return None
    return rules.Period(clock.Unit(case.unit), case.amount)


def due_of(case: Case, reference_data: Reference) -> Due | None:
    """When a case's answer is due, by its period, extensions and pauses."""
    period = period_of(case)
    if period is None:
        return None
    started = case.clock_started_at.astimezone(config.settings().zone)
    return rules.due_date(
        reference_data.calendar, period, started, case.extensions, pauses_of(case, reference_data.calendar)
    )


@contextlib.asynccontextmanager
async def changing(
    reference_text: str, action: Action, actor: Official | str, *, seen: int | None = None, at: datetime | None = None
) -> AsyncIterator[Change]:
    """Open a case for one action; on exit the state is changed and the events are written, dated ``at`` or now.

    The official's draft of the action is deleted with it. Raises what :func:`locked` raises.
    """
    async with locked(reference_text, action, actor, seen=seen) as change:
        before = change.case.status
        yield change
        await _write(change, before, at)
        if isinstance(actor, Official):
            await drafts.drop(actor.id, change.case.id, action)


@contextlib.asynccontextmanager
async def locked(
    reference_text: str, action: Action, actor: Official | str, *, seen: int | None = None
) -> AsyncIterator[Change]:
    """Open a case in a transaction of its own, for an action that is allowed now, without writing anything.

    ``seen`` is the ledger length that the actor's page showed; what others did since then is a conflict if it matters
    to this action (``petitions.states.beside``). Raises ``NoSuchCase`` (also for a case that the actor may not see),
    ``Forbidden``, ``ChangedMeanwhile`` and ``NotPossibleNow``.
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
            others = await ledger.newest(
                [chain.subject], after_sequence=seen, other_than=beside(action), not_by=(name, SYSTEM), limit=CHANGES
            )
            if others:
                raise ChangedMeanwhile(others[::-1])
        state = follow(case.status, action)
        if state is None:
            raise NotPossibleNow(action, case.status)
        yield Change(case, chain, name, reference_data, state)


async def _check_right(actor: Official, action: Action, case: Case) -> None:
    """Raises ``NoSuchCase`` for a case that the actor may not see, ``Forbidden`` for an action they may not do.

    A consulted department (협조, Act 20) sees the case and handles its consultation; all else is the owner's.
    """
    own = keeps(actor, department_id=case.department_id, guide_id=case.guide_id)
    if not own and not (cooperates(actor) and await asked(case.id, actor.department_id)):
        raise NoSuchCase
    if not actor.may(RIGHTS[action]):
        raise Forbidden
    if not own and action not in FOR_CONSULTED:
        raise Forbidden(
            _("Your department is being consulted on this case; only the department in charge can do this."),
            code="only_consulted",
        )
    if action in FOR_OWNER and actor.department_id != case.department_id:
        raise Forbidden(_("Only the department in charge of the case can consult others."), code="not_in_charge")


async def withdraw_consultations(change: Change, department_id: int | None = None) -> None:
    """Withdraw the open consultations of a case: all, or one department's."""
    where, values = (" AND department_id = ?", [department_id]) if department_id else ("", [])
    rows = await database.fetch(
        f"UPDATE consultation SET status = ? WHERE case_id = ? AND status = ?{where} RETURNING id, department_id",
        ConsultationStatus.WITHDRAWN.value, change.case.id, ConsultationStatus.ASKED.value, *values,
    )  # fmt: skip
    change.record(*(ConsultationWithdrawn(row["id"], row["department_id"]) for row in rows))


async def leave_closed_department(change: Change) -> None:
    """Remove a reopened case from a department that was closed meanwhile, so that the intake office assigns it anew."""
    department = change.case.department_id
    if department and not await keep_open(department):
        change.set(department_id=None, handler_id=None)
        change.record(CaseRouted(None, None))


async def _write(change: Change, before: State, at: datetime | None) -> None:
    if before in OPEN and change.after not in OPEN:
        await withdraw_consultations(change)
    if before not in OPEN and change.after in OPEN:
        await leave_closed_department(change)
    if change.after in ENDED and change.after is not before:
        change.set(closed_at=clock.now())
    change.set(status=change.after, open=change.after in OPEN)
    hit = await Case.filter(id=change.case.id, status=before).update(**change.values)
    if not hit:  # SQLite's count includes text-index rows written before, so this may exceed one
        raise NotPossibleNow("?", before)
    await change.chain.append(change.actor, *change.new_events, at=at)
    await search.refresh(change.case.id)


NO_DEPARTMENT = _("Please choose a department from the list.")


async def open_department(change: Change, code: str) -> int:
    """The id of an open department, kept open until the commit. Raises ``Invalid``."""
    row = change.reference.department_by_code(code)
    if row is None or not await keep_open(row.id):
        raise Invalid.at("department", NO_DEPARTMENT)
    return row.id


async def other_department(change: Change, code: str) -> int:
    """The same for a department that does not have the case."""
    department = await open_department(change, code)
    if department == change.case.department_id:
        raise Invalid.at("department", _("The case is already in this department."))
    return department


def iso(moment: datetime) -> str:
    """A moment as events hold it: in the city's zone."""
    return moment.astimezone(config.settings().zone).isoformat()


def check(refusal: rules.Refusal | None) -> None:
    """Raise a refusal of the law as ``Refused``."""
    if refusal is not None:
        raise Refused(refusal.text, code=refusal.code)


def take(change: Change, actor: Official) -> None:
    """Make the official the handler of a case that has none, if it is in their department."""
    if change.case.handler_id is None:
        if change.case.department_id is None:
            raise Forbidden(_("The case has no department yet."), code="no_department_yet")
        if actor.role in {Role.HANDLER, Role.MANAGER} and actor.department_id == change.case.department_id:
            change.set(handler_id=actor.id)
