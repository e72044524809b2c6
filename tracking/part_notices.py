"""What officials are told by mail when departments work together on a case (협조, Act 20), and who is told.

The asked department's people hear what they owe and until when, the case's own what came of it; the words themselves
stay at the desk (Act 7).
"""

from collections.abc import Mapping

from petitions.part_events import PartDueSoon, PartExtended, PartOverdue, PartReplied, PartRequested, PartWithdrawn
from petitions.part_words import reply_text
from petitions.queries.cases import CaseView
from server.core.errors import _
from server.core.ledger import Entry
from tracking.notices import Notice, Say, Told
from tracking.queries import handlers, managers


def _due(told: Told) -> str:
    return reply_text(told.event.due, told.language) if told.event.due else ""


def _requested(told: Told) -> Notice:
    return Notice(
        _("Your department is asked for a part of a case"),
        _(
            "%(department)s is asked to work on a part of this case (Civil Petitions Treatment Act, art. 20).",
            department=told.event.department,
        ),
        _(
            "Please reply at the desk by %(due)s. Where that cannot be kept, put the reply off once before it is due.",
            due=_due(told),
        ),
    )


def _extended(told: Told) -> Notice:
    return Notice(
        _("A reply comes later"),
        _("%(department)s has put off its reply to this case.", department=told.event.department),
        _("The reply now comes by %(due)s; the reason stands at the desk.", due=_due(told)),
    )


def _replied(told: Told) -> Notice:
    return Notice(
        _("A department replied"),
        _("%(department)s has replied to what it was asked for in this case.", department=told.event.department),
        _("Please read the reply at the desk and go on with the case."),
    )


def _withdrawn(told: Told) -> Notice:
    return Notice(
        _("Your department need not reply any more"),
        _("What %(department)s was asked for in this case was taken back.", department=told.event.department),
    )


def _due_soon(told: Told) -> Notice:
    return Notice(
        _("Your department's reply is due soon"),
        _("The reply of %(department)s to this case is due within a day.", department=told.event.department),
        _("Please reply at the desk, or put the reply off with the reason before it is due."),
    )


def _overdue(told: Told) -> Notice:
    return Notice(
        _("A department's reply is late"),
        _("The reply of %(department)s to this case was due and has not come.", department=told.event.department),
        _("Please see that the reply is given now, so that the case itself is answered in time."),
    )


PARTS: Mapping[str, Say] = {
    PartRequested.kind: _requested,
    PartExtended.kind: _extended,
    PartReplied.kind: _replied,
    PartWithdrawn.kind: _withdrawn,
    PartDueSoon.kind: _due_soon,
    PartOverdue.kind: _overdue,
}
"""What is said of each kind of fact."""


async def recipients(entry: Entry, view: CaseView) -> list[int]:
    """Which officials are told: a part has no handler of its own, so everybody who works on the department's cases."""
    if entry.kind not in PARTS:
        return []
    asked = [*await managers(entry.data["department"]), *await handlers(entry.data["department"])]
    own = [view.handler.id] if view.handler else await managers(view.department_id)
    match entry.kind:
        case PartExtended.kind | PartReplied.kind:
            told = own
        case PartOverdue.kind:
            told = [*asked, *own]
        case _:
            told = asked
    return [number for number in dict.fromkeys(told) if entry.actor != f"official:{number}"]
