"""The site investigation of a grievance (실지조사, Decree 17④⑤): its working days do not count towards the period."""

from datetime import date
from typing import Any

from petitions import rules
from petitions.act_forms import Investigate
from petitions.actions.change import Change, changing, check, iso, take
from petitions.errors import Refused
from petitions.events import SiteInvestigated
from petitions.states import Action
from server.core.accounts import Official
from server.core.days import day_of, today
from server.core.errors import Invalid, _


async def investigate(actor: Official, reference: str, command: Investigate) -> None:
    """Set a site investigation of up to 14 working days, or extend the current one, once, by up to 7.

    The petitioner is told the new due date. Policy: it is set before it begins and begins within the period, and it is
    extended before it ends, because days already counted cannot be undone. A petition has one investigation; a reopened
    case may have another. Raises ``Refused`` and ``Invalid``.
    """
    async with changing(reference, Action.INVESTIGATE, actor, seen=command.version) as change:
        before, known = change.case.due_at, change.case.investigation
        if known is None:
            first, days, more = _begin(change, command), command.days, 0
        else:
            first, days, more = _prolong(change, command, known), known["days"], command.days
        _check_length(rules.Kind(change.case.kind), days, more)
        take(change, actor)
        change.set(investigation={"first": first.isoformat(), "days": days, "more": more})
        due = change.recompute_due()
        if due is None or before is None:  # pragma: no cover - every grievance has a period
            raise ValueError(change.case.reference)
        last = rules.site_investigation(change.reference.calendar, first, days + more)[1]
        change.record(
            SiteInvestigated(
                first.isoformat(),
                last.isoformat(),
                more > 0,
                due.at.isoformat(),
                iso(before),
                await change.say(command.reason),
            )
        )


def _begin(change: Change, command: Investigate) -> date:
    """The first day, between today and the last day of the period."""
    first, due = command.first, change.case.due_at
    if first is None:
        raise Investigate.missing("first")
    if first < today():
        raise Invalid.at(
            "first",
            _("A site investigation must be scheduled before it begins: please choose today or a later day."),
        )
    if due is not None and first > day_of(due):
        raise Invalid.at("first", _("It must begin before the deadline."))
    return first


def _prolong(change: Change, command: Investigate, known: dict[str, Any]) -> date:
    """The first day of the current investigation, if it can still be extended."""
    if command.first is not None or known["more"]:
        raise Refused(
            _(
                "A site investigation has already been scheduled. It can be extended once, but no second one can "
                "be scheduled."
            ),
            code="investigated_already",
        )
    first = date.fromisoformat(known["first"])
    if today() > rules.site_investigation(change.reference.calendar, first, known["days"])[1]:
        raise Refused(
            _("The site investigation is over. It could only be extended before it ended."), code="investigation_over"
        )
    return first


def _check_length(kind: rules.Kind, days: int, more: int) -> None:
    refusal = rules.check_site_investigation(kind, days, more)
    if refusal is not None and refusal.code == "investigation_length":
        raise Invalid.at("days", refusal.text)
    check(refusal)
