"""The actions of officials on a visit and on a restriction: one record each, with its form, function and texts."""

from typing import Any

from server.core import clock
from server.core.acts import Act, Offer
from server.core.days import today
from server.core.errors import _
from tracking.visits.actions import cases, for_others, marking, restrictions
from tracking.visits.desk_forms import (
    Appeal,
    Decision,
    LiftRestriction,
    LinkCase,
    MarkNoShow,
    MoveVisit,
    Plain,
    Reason,
    UndoNoShow,
)
from tracking.visits.queries.desk import DeskVisit
from tracking.visits.states import RestrictionAction, VisitAction

VisitAct = Act[VisitAction, Any]
RestrictionAct = Act[RestrictionAction, Any]
SEPARATE = "page"
"""The place of an action that has a page of its own."""


def _begun(found: DeskVisit) -> bool:
    return found.row.starts_at <= clock.now()


_VISITS: tuple[VisitAct, ...] = (
    Act(
        action=VisitAction.SERVE,
        form=Plain,
        run=marking.serve,
        when=lambda found: found.row.date <= today(),
        desk=Offer(
            summary="Record that the visitor was served",
            label=_("Served"),
            done=_("%(number)s is recorded as served."),
            icon="check",
        ),
    ),
    Act(
        action=VisitAction.RESCHEDULE,
        form=MoveVisit,
        run=for_others.reschedule,
        desk=Offer(
            summary="Give a visit another time; also when it is too late for its visitor to change it",
            label=_("Change the time"),
            send=_("Change the time"),
            done=_("The reservation %(number)s has been changed."),
            place=SEPARATE,
        ),
    ),
    Act(
        action=VisitAction.NO_SHOW,
        form=MarkNoShow,
        run=marking.mark_no_show,
        when=_begun,
        desk=Offer(
            summary="Record that nobody came, with the times of the calls",
            label=_("Nobody came …"),
            title=_("Nobody came?"),
            notes=(
                _(
                    "Please call the visitor several times first. It does not count against them if the office called "
                    "too late. After repeated no-shows they cannot book for some days; they can appeal."
                ),
            ),
            send=_("Record the no-show"),
            send_kind="danger",
            done=_("%(number)s is recorded as a no-show."),
        ),
    ),
    Act(
        action=VisitAction.UNDO_NO_SHOW,
        form=UndoNoShow,
        run=marking.undo_no_show,
        desk=Offer(
            summary="Undo a no-show: it was a mistake, or the office was late",
            label=_("Undo the no-show …"),
            title=_("Undo the no-show?"),
            send=_("Undo the no-show"),
            done=_("The no-show of %(number)s does not count any more."),
        ),
    ),
    Act(
        action=VisitAction.ATTACH,
        form=LinkCase,
        run=cases.attach_as_official,
        when=lambda found: not found.row.case_reference,
        desk=Offer(
            summary="Link a visit to a case that the official sees",
            label=_("Link to a case …"),
            title=_("Which case is this visit for?"),
            send=_("Link"),
            done=_("%(number)s is linked to the case."),
        ),
    ),
    Act(
        action=VisitAction.DETACH,
        form=Plain,
        run=cases.detach_as_official,
        when=lambda found: bool(found.row.case_reference),
        desk=Offer(
            summary="Undo the link between a visit and a case",
            label=_("Undo the link to the case"),
            done=_("%(number)s is no longer linked to a case."),
            kind="quiet",
            send_kind="quiet",
        ),
    ),
    Act(
        action=VisitAction.CANCEL,
        form=Reason,
        run=for_others.cancel,
        desk=Offer(
            summary="Cancel a visit for its visitor or because of the office, with the reason",
            label=_("Cancel the reservation …"),
            title=_("Cancel this reservation?"),
            send=_("Cancel the reservation"),
            send_kind="danger",
            kind="quiet",
            done=_("The reservation %(number)s has been cancelled."),
        ),
    ),
)
_RESTRICTIONS: tuple[RestrictionAct, ...] = (
    Act(
        action=RestrictionAction.GRANT,
        form=Decision,
        run=restrictions.grant,
        desk=Offer(
            summary="Grant an appeal: the restriction is lifted, and the no-show that began it does not count",
            label=_("Grant the appeal …"),
            title=_("Grant the appeal?"),
            notes=(_("The restriction is lifted, and the no-show that began it does not count."),),
            send=_("Grant the appeal"),
            done=_("The appeal has been granted."),
        ),
    ),
    Act(
        action=RestrictionAction.REFUSE,
        form=Decision,
        run=restrictions.refuse,
        desk=Offer(
            summary="Refuse an appeal, with the reasons",
            label=_("Refuse the appeal …"),
            title=_("Refuse the appeal?"),
            send=_("Refuse the appeal"),
            send_kind="danger",
            done=_("The appeal has been refused."),
        ),
    ),
    Act(
        action=RestrictionAction.APPEAL,
        form=Appeal,
        run=restrictions.appeal,
        desk=Offer(
            summary="Enter the appeal of a household against a restriction",
            label=_("Enter an appeal …"),
            title=_("Enter an appeal"),
            send=_("Enter the appeal"),
            done=_("The appeal has been entered."),
        ),
    ),
    Act(
        action=RestrictionAction.LIFT,
        form=LiftRestriction,
        run=restrictions.lift,
        desk=Offer(
            summary="Lift a restriction",
            label=_("Lift the restriction …"),
            title=_("Lift the restriction?"),
            send=_("Lift the restriction"),
            done=_("The restriction has been lifted."),
        ),
    ),
)
VISITS = {act.action.value: (act, act.desk) for act in _VISITS if act.desk}
RESTRICTIONS = {act.action.value: (act, act.desk) for act in _RESTRICTIONS if act.desk}
