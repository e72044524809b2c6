"""The permission that each action of officials on a visit or a restriction needs."""

from tracking.visits.permissions import Permission
from tracking.visits.states import RestrictionAction, VisitAction

VISIT_RIGHTS: dict[VisitAction, Permission] = {
    VisitAction.RESCHEDULE: Permission.BOOK_FOR_OTHERS,
    VisitAction.CANCEL: Permission.BOOK_FOR_OTHERS,
    VisitAction.ATTACH: Permission.BOOK_FOR_OTHERS,
    VisitAction.DETACH: Permission.BOOK_FOR_OTHERS,
    VisitAction.SERVE: Permission.SERVE_VISITS,
    VisitAction.NO_SHOW: Permission.SERVE_VISITS,
    VisitAction.UNDO_NO_SHOW: Permission.SERVE_VISITS,
}
RESTRICTION_RIGHTS: dict[RestrictionAction, Permission] = {
    RestrictionAction.APPEAL: Permission.BOOK_FOR_OTHERS,
    RestrictionAction.GRANT: Permission.DECIDE_APPEALS,
    RestrictionAction.REFUSE: Permission.DECIDE_APPEALS,
    RestrictionAction.LIFT: Permission.DECIDE_APPEALS,
}
