"""Supplements (보완, Act 22, Decree 24-25): requested, extended, received, or never received.

Meanwhile the deadline is paused. A petition that stays incomplete is returned; one whose petitioner cannot be reached
is deemed withdrawn.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from petitions import events, rules
from petitions.act_forms import Prolong
from petitions.actions.attaching import keep
from petitions.actions.change import SUPPLEMENT_RECALLED, Change, changing, check, take
from petitions.errors import Refused
from petitions.forms import RequestSupplement, TextOnly
from petitions.states import Action, State
from server.core import clock, config
from server.core.accounts import Official
from server.core.clock import Due
from server.core.days import today
from server.core.errors import Invalid, _
from server.core.files import StoredFile

LATE = _(
    "The 8 working hours for requesting a supplement have passed. Please say what was found only now, and how "
    "(Enforcement Rule, art. 9)."
)


async def request(actor: Official, reference: str, command: RequestSupplement) -> None:
    """Request a supplement (Act 22, Decree 24); the deadline is paused from today.

    The first request is due within eight working hours; a later one needs the reason why the need was found so late
    (Rule 9①), which is stored. A further one is a second request of at most ten days (Decree 24③), possible after the
    previous one has expired or was returned undelivered. Raises ``Refused`` and ``Invalid``.
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
                raise Invalid.at("late_reason", LATE)
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
        _remind_before(change, until)
        text = await change.say(command.text)
        change.record(events.SupplementRequested(text, until.isoformat(), case.supplement_times, late))


def _remind_before(change: Change, until: date) -> None:
    """Remind the petitioner on the day before, unless that is today: then they have just been told."""
    told = SUPPLEMENT_RECALLED if until <= today() + timedelta(days=1) else 0
    change.set(reminded=change.case.reminded % SUPPLEMENT_RECALLED + told)


def _is_late(change: Change) -> bool:
    """Whether a request now needs a reason for being late (Rule 9①); never for a tip, which has no period."""
    received = change.case.clock_started_at.astimezone(config.settings().zone)
    limit = rules.supplement_request_limit(change.reference.calendar, received)
    return bool(change.case.unit) and clock.overdue(limit, clock.now())


async def prolong(actor: Official | str, reference: str, command: Prolong) -> None:
    """Give the petitioner the further days that they ask for, from the last day on (Decree 24②), at once.

    Policy: the law leaves the new period to the agency, so nobody waits for an approval that is always given: it is
    granted before the current time ends, twice over all requests, each time for at most as long as the original
    request. Anyone who needs more talks to the handler. Raises ``Refused`` and ``Invalid``.
    """
    async with changing(reference, Action.PROLONG, actor, seen=command.version) as change:
        case, before = change.case, change.case.supplement_until
        check(rules.check_supplement_prolongation(case.supplement_prolonged))
        if before is None or _run_out(change):
            raise Refused(_("The time to send the supplement has already run out."), code="supplement_over")
        if command.days > case.supplement_days:
            text = _("At most %(days)s days, the number the request gave.", days=case.supplement_days)
            raise Invalid.at("days", text)
        until = rules.supplement_due(change.reference.calendar, before, command.days).on
        change.set(supplement_until=until, supplement_prolonged=case.supplement_prolonged + 1)
        change.recompute_due()
        _remind_before(change, until)
        change.record(
            events.SupplementProlonged(
                until.isoformat(),
                before.isoformat(),
                case.supplement_prolonged,
                await change.add_statement_if_any(command.reason),
            )
        )


async def receive(
    actor: Official | str, reference: str, command: TextOnly, *, files: Sequence[StoredFile] = ()
) -> None:
    """Receive the supplement, from the petitioner or on their behalf; the deadline resumes tomorrow.

    The request is then met: whatever turns out to be missing later is a first request again (Rule 9①), and a return
    needs two unmet requests for it (Decree 24③, 25①). Extensions already granted still count.
    """
    async with changing(reference, Action.SUPPLEMENT, actor, seen=command.version) as change:
        pauses = [[first, last or today().isoformat()] for first, last in change.case.pauses]
        change.set(pauses=pauses, supplement_until=None, supplement_times=0, supplement_undelivered=[])
        due = change.recompute_due()
        text = await change.say(command.text)
        kept = await keep(change, files, statement_id=text)
        change.record(events.SupplementReceived(text, due.at.isoformat() if due else None, kept))


async def cancel_registration(actor: Official, reference: str, command: TextOnly) -> None:
    """Return a case that was not supplemented after two requests in a row (반려, Decree 25①), with the reason."""
    async with changing(reference, Action.RETURN, actor, seen=command.version) as change:
        check(rules.may_return([_period(change)] * change.case.supplement_times, clock.now()))
        change.record(events.CaseReturned(await change.say(command.text)))


async def note_undelivered(actor: Official, reference: str, command: TextOnly) -> None:
    """Record that a request was returned undelivered, and how (Decree 25②); once per request. Raises ``Refused``."""
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
        change.record(events.SupplementUndelivered(case.supplement_times, await change.say(command.text)))


async def deem_withdrawn(actor: Official, reference: str, command: TextOnly) -> None:
    """Close a case as deemed withdrawn, with the reason, after two undelivered requests (Decree 25②)."""
    async with changing(reference, Action.DEEM_WITHDRAWN, actor, seen=command.version) as change:
        check(rules.may_deem_withdrawn(len(change.case.supplement_undelivered)))
        change.record(events.CaseDeemedWithdrawn(await change.say(command.text)))


def _stands(change: Change) -> bool:
    """Whether the deadline is already paused for a supplement."""
    return any(last is None for _first, last in change.case.pauses)


def _run_out(change: Change) -> bool:
    return clock.overdue(_period(change), clock.now())


def _period(change: Change) -> Due:
    """The last day of the current request; the days of earlier requests no longer matter."""
    until = change.case.supplement_until or today()
    end = datetime.combine(until, clock.END_OF_DAY, config.settings().zone)
    return Due(end, until, by_day=True)
