"""What is missing from a petition (보완, Act 22, Decree 24-25): asked for, given more time, sent, or never received.

While it is missing the deadline is paused; a petition that stays incomplete is returned, one whose petitioner cannot be
reached counts as withdrawn.
"""

from collections.abc import Sequence
from datetime import datetime

from petitions import rules
from petitions.act_forms import Prolong
from petitions.actions.attaching import keep
from petitions.actions.change import Change, changing, check, take
from petitions.errors import Refused
from petitions.events import (
    CaseDeemedWithdrawn,
    CaseReturned,
    SupplementProlonged,
    SupplementReceived,
    SupplementRequested,
    SupplementUndelivered,
)
from petitions.forms import RequestSupplement, TextOnly
from petitions.states import Action, State
from server.core import clock, config
from server.core.accounts import Official
from server.core.clock import Due
from server.core.days import today
from server.core.errors import FieldError, Invalid, _
from server.core.files import StoredFile

LATE = _(
    "The 8 working hours for requesting a supplement have passed. Please say what was found only now, and how "
    "(Enforcement Rule, art. 9)."
)


async def request(actor: Official, reference: str, command: RequestSupplement) -> None:
    """Ask for what is missing (Act 22, Decree 24); the deadline is paused from today.

    The first request comes within eight working hours, later only with the reason why the need was found so late
    (Rule 9①), which is kept. A further one is a second request of at most ten days (Decree 24③): after the time of
    the one before has run out, or when that one came back undelivered. Raises ``Refused`` and ``Invalid``.
    """
    async with changing(reference, Action.REQUEST_SUPPLEMENT, actor, seen=command.version) as change:
        case = change.case
        late = None
        if case.supplement_times:
            running = case.status is State.SUPPLEMENT_REQUESTED and not _run_out(change)
            came_back = case.supplement_times in case.supplement_undelivered
            check(rules.check_second_request(command.days, running=running and not came_back))
        elif _is_late(change):
            if not command.late_reason:
                raise Invalid([FieldError("late_reason", LATE)])
            late = await change.say(command.late_reason)
        until = rules.supplement_due(change.reference.calendar, today(), command.days).on
        take(change, actor)
        pauses = case.pauses if _stands(change) else [*case.pauses, [today().isoformat(), None]]
        change.set(
            supplement_until=until,
            supplement_days=command.days,
            supplement_times=case.supplement_times + 1,
            pauses=pauses,
        )
        change.recompute_due()
        text = await change.say(command.text)
        change.record(SupplementRequested(text, until.isoformat(), case.supplement_times, late))


def _is_late(change: Change) -> bool:
    """Whether the time to ask without a reason has passed (Rule 9①); of a tip, which has no period, it never does."""
    received = change.case.clock_started_at.astimezone(config.settings().zone)
    limit = rules.supplement_request_limit(change.reference.calendar, received)
    return bool(change.case.unit) and clock.overdue(limit, clock.now())


async def prolong(actor: Official | str, reference: str, command: Prolong) -> None:
    """Give the petitioner the further days that they name, from the last day on (Decree 24②); it holds at once.

    Policy: the law leaves the new period to the agency, so nobody is kept waiting for a decision that is only ever
    yes: it is granted while the time still runs, twice over all requests, each time at most as long as the request
    itself had given. Who needs more speaks with the handler. Raises ``Refused`` and ``Invalid``.
    """
    async with changing(reference, Action.PROLONG, actor, seen=command.version) as change:
        case, before = change.case, change.case.supplement_until
        check(rules.check_supplement_prolongation(case.supplement_prolonged))
        if before is None or _run_out(change):
            raise Refused(_("The time to send the supplement has already run out."), code="supplement_over")
        if command.days > case.supplement_days:
            text = _("At most %(days)s days, the number the request gave.", days=case.supplement_days)
            raise Invalid([FieldError("days", text)])
        until = rules.supplement_due(change.reference.calendar, before, command.days).on
        change.set(supplement_until=until, supplement_prolonged=case.supplement_prolonged + 1)
        change.recompute_due()
        change.record(
            SupplementProlonged(
                until.isoformat(),
                before.isoformat(),
                case.supplement_prolonged,
                await change.add_statement_if_any(command.reason),
            )
        )


async def receive(
    actor: Official | str, reference: str, command: TextOnly, *, files: Sequence[StoredFile] = ()
) -> None:
    """Take what was missing, from the petitioner or on their behalf; the deadline resumes from tomorrow.

    With it the request is met: whatever turns out to be missing later is asked for as a first request (Rule 9①), and
    a return needs two unmet requests for that (Decree 24③, 25①). The times that it was prolonged stay counted.
    """
    async with changing(reference, Action.SUPPLEMENT, actor, seen=command.version) as change:
        pauses = [[first, last or today().isoformat()] for first, last in change.case.pauses]
        change.set(pauses=pauses, supplement_until=None, supplement_times=0, supplement_undelivered=[])
        due = change.recompute_due()
        text = await change.say(command.text)
        kept = await keep(change, files, statement_id=text)
        change.record(SupplementReceived(text, due.at.isoformat() if due else None, kept))


async def cancel_registration(actor: Official, reference: str, command: TextOnly) -> None:
    """Return a case that was not supplemented after two requests in a row (반려, Decree 25①), with the reason."""
    async with changing(reference, Action.RETURN, actor, seen=command.version) as change:
        check(rules.may_return([_period(change)] * change.case.supplement_times, clock.now()))
        change.set(closed_at=clock.now())
        change.record(CaseReturned(await change.say(command.text)))


async def note_undelivered(actor: Official, reference: str, command: TextOnly) -> None:
    """Record that a request came back undelivered, and how (Decree 25②); each request once. Raises ``Refused``."""
    async with changing(reference, Action.UNDELIVERED, actor, seen=command.version) as change:
        case = change.case
        if case.supplement_times in case.supplement_undelivered:
            raise Refused(
                _(
                    "It is already recorded that this request was returned undelivered. Please send another "
                    "request first."
                ),
                code="undelivered_already",
            )
        change.set(supplement_undelivered=[*case.supplement_undelivered, case.supplement_times])
        change.record(SupplementUndelivered(case.supplement_times, await change.say(command.text)))


async def deem_withdrawn(actor: Official, reference: str, command: TextOnly) -> None:
    """Close a case whose requests came back undelivered twice, as withdrawn (Decree 25②), with the reason."""
    async with changing(reference, Action.DEEM_WITHDRAWN, actor, seen=command.version) as change:
        check(rules.may_deem_withdrawn(len(change.case.supplement_undelivered)))
        change.set(closed_at=clock.now())
        change.record(CaseDeemedWithdrawn(await change.say(command.text)))


def _stands(change: Change) -> bool:
    """Whether the deadline is paused for a supplement already."""
    return any(last is None for _first, last in change.case.pauses)


def _run_out(change: Change) -> bool:
    return clock.overdue(_period(change), clock.now())


def _period(change: Change) -> Due:
    """The end of the time to supplement as it stands; those of requests before it do not matter any more."""
    until = change.case.supplement_until or today()
    end = datetime.combine(until, clock.END_OF_DAY, config.settings().zone)
    return Due(end, until, by_day=True)
